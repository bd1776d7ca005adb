"""Takes the README's pictures of a demo app: `python -m tests.browser.screens [NAME ...]`.

Light, 1280 by 860, and small enough for a repository.
"""

import io
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote_plus

from PIL import Image
from playwright.sync_api import sync_playwright

from core.ui.costs_view import _months
from core.ui.formats import month
from tests.browser.running import ROOT, RunningApp, launch

FOLDER = ROOT / "docs" / "screens"
SIZE = {"width": 1280, "height": 860}
MOST_BYTES = 250 * 1024
LOADED = r"demo files were loaded"
ADMIN = "ada@demo.example"
ONLY = sys.argv[1:]  # names of pictures; none: all
MEASURED = {
    "usage": "/usage",
    "storage": "/usage?view=Storage&bucket=demo-archive",
    "costs": "/costs",
    "reconciliation": "/costs?view=Reconciliation&month={month}",
}
REPORT = "Avatar of u1 is broken since the move"  # the origin path that is repeated


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="screens-") as data:
        app = RunningApp(Path(data), demo=True)
        try:
            app.start().wait_for_output(LOADED, seconds=900)
            take(app, (Path(data) / "demo-password").read_text().strip())
        finally:
            app.stop()


def take(app, password):
    with sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_page(base_url=app.url, viewport=SIZE, color_scheme="light")
        page.goto("/session/sign-in")
        keep(page, "sign-in")
        page.get_by_label("Email").fill(ADMIN)
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_text("Arrived last").wait_for()
        keep(page, "home")
        for name, awaited in {"upload": ".drop", "library": ".tile img"}.items():
            page.goto(f"/{name}")
            page.locator(awaited).first.wait_for()
            keep(page, name)
        page.goto("/people")
        page.locator("[data-testid=stDataFrame] canvas").first.wait_for()
        keep(page, "people")
        page.goto("/profile")
        page.get_by_text(ADMIN).first.wait_for()
        keep(page, "profile")
        for name, address in MEASURED.items():
            page.goto(address.format(month=quote_plus(last_month())))
            page.locator(
                "[data-testid=stPlotlyChart] .main-svg, .ui-cost, .ui-table"
            ).first.wait_for()
            keep(page, name)
        page.goto("/doctor")
        diagnose(page)
        keep(page, "doctor")
        audit(page)
        keep(page, "audit")
        browser.close()


def last_month():
    """As the page's address names it."""
    return month(_months(datetime.now(UTC).date())[1])


def diagnose(page):
    """Ask for the reported URL as support does: with the button beside its note."""
    note = page.locator("[data-testid=stHorizontalBlock]", has_text=REPORT)
    note.get_by_role("button", name="Diagnose").click()
    page.locator(".ui-way").wait_for()


def audit(page):
    """The users whose avatars share a fault, with the dry run of their repair."""
    page.goto("/audit?source=DynamoDB+table")
    page.get_by_role("combobox", name="Table").click()
    page.get_by_role("option", name="demo-users").click()
    settled(page)
    page.get_by_role("button", name="Audit", exact=True).click()
    groups = page.locator("[data-testid=stDataFrame] canvas").first
    groups.wait_for()
    settled(page)
    groups.click(position={"x": 16, "y": 47}, force=True)  # the box of the first row is painted
    page.get_by_role("button", name="Try the repair on all URLs").click()
    page.get_by_text("39 fixed").wait_for()
    page.mouse.move(640, 400)
    page.mouse.wheel(0, 330)


def keep(page, name):
    if ONLY and name not in ONLY:
        return
    settled(page)
    page.mouse.move(0, 0)
    whole = Image.open(io.BytesIO(page.screenshot(animations="disabled")))
    content = small(whole.convert("RGB"))
    (FOLDER / f"{name}.png").write_bytes(content)
    print(f"docs/screens/{name}.png {len(content) / 1024:.0f} KiB")


def settled(page):
    """The script has ended, and every picture in view is there."""
    if page.locator("[data-testid=stApp]").count():
        page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(600)  # fonts and fading in


def small(picture):
    """True colours where they fit, else as many as do."""
    for candidate in (picture, *(palette(picture, colours) for colours in (256, 128, 64))):
        out = io.BytesIO()
        candidate.save(out, "PNG", optimize=True)
        if out.tell() <= MOST_BYTES:
            return out.getvalue()
    raise RuntimeError(f"no palette brings the picture below {MOST_BYTES} bytes")


def palette(picture, colours):
    """Dithered, so that the skies in the pictures show no steps; the page itself stays white."""
    reduced = picture.quantize(
        palette=picture.quantize(colours), dither=Image.Dither.FLOYDSTEINBERG
    )
    counts = reduced.histogram()
    page = counts.index(max(counts))
    parts = reduced.getpalette()
    reduced.putpalette([*parts[: 3 * page], 255, 255, 255, *parts[3 * page + 3 :]])
    return reduced


if __name__ == "__main__":
    main()
