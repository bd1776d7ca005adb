"""The library's first page in a warm headless Chromium: navigation, and a click on the next page,
until the last of 60 thumbnails is painted. The window is as tall as the page, so that all are due.
"""

import io
import statistics

from playwright.sync_api import sync_playwright

from core.dashboard import utc_now
from core.demo.pictures import landscape
from tests.bench._app import admin_client, report, running_app, sign_in
from tests.bench._gallery import opened, watch_for
from tests.browser.running import launch

FILES, ROUNDS, SHOWN = 180, 7, 60


def fill(client):
    for number in range(FILES):
        content = landscape(number, utc_now())
        files = {"file": (f"bench-{number:03}.jpg", io.BytesIO(content), "image/jpeg")}
        client.post("/api/files", files=files).raise_for_status()


def measure(page):
    painted, first = opened(page, "/library")
    page.wait_for_timeout(400)
    button = page.get_by_role("button", name="2", exact=True).or_(page.get_by_label("Page 2"))
    begun = button.first.evaluate("b => { b.click(); return performance.now() }")
    done, _ = page.evaluate("previous => window.__painted(previous)", first)
    return painted, done - begun


def main():
    with running_app() as app, sync_playwright() as playwright:
        fill(admin_client(app))
        browser = launch(playwright)
        context = browser.new_context(base_url=app.url, viewport={"width": 1440, "height": 3200})
        context.add_init_script(watch_for(SHOWN))
        page = context.new_page()
        sign_in(page)
        for _ in range(2):
            measure(page)
        rounds = [measure(page) for _ in range(ROUNDS)]
        browser.close()
    navigation, click = zip(*rounds, strict=True)
    report(
        "gallery_paint",
        thumbnails=SHOWN,
        rounds=ROUNDS,
        navigation_ms=round(statistics.median(navigation)),
        navigation_worst_ms=round(max(navigation)),
        navigation_bar_ms=800,
        click_ms=round(statistics.median(click)),
        click_worst_ms=round(max(click)),
        click_bar_ms=350,
    )


if __name__ == "__main__":
    main()
