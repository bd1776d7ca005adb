"""An admin's look at usage and costs: a map walked into, addresses, files, an uploaded bill."""

import csv
import re
from datetime import UTC, datetime, timedelta

import pyarrow.parquet as pq
import pytest
from playwright.sync_api import expect

from core.model.usage import StorageSource
from core.ui.costs_view import _months
from core.ui.formats import month
from core.usage.service.storage_reading import Reader
from tests.bench.inventory import make
from tests.browser.conftest import ADMIN
from tests.browser.test_accessibility import drawn
from tests.costs.test_exports import CUR, ROWS
from tests.pages.bills import bill
from tests.pages.conftest import keep_bill

pytestmark = [pytest.mark.browser, pytest.mark.emulator]

NOW = datetime.now(UTC)
LAST = _months(NOW.date())[1]
_SHIFTS = """window.shifts = 0; new PerformanceObserver((list) => {
  for (const one of list.getEntries()) if (!one.hadRecentInput) window.shifts += one.value
}).observe({type: 'layout-shift', buffered: true})"""
MOST_SHIFT = 0.1  # what web.dev calls good
COLUMNS = {"key": "key", "size": "size", "modified": "last_modified_date", "etag": "e_tag",
           "class": "storage_class"}  # fmt: skip


@pytest.fixture
def admin(app, tab):
    listed(app.data / "usage" / "storage" / "many-objects" / "listing")
    keep_bill(app.data / "costs", bill(LAST, NOW))
    keep_bill(app.data / "costs", bill(_months(NOW.date())[2], NOW - timedelta(days=20)))
    tab.goto(app.first_admin_link())
    tab.get_by_label("Email").fill(ADMIN[0])
    tab.get_by_label("Username").fill("Ada")
    tab.get_by_label("Password").fill(ADMIN[1])
    tab.get_by_role("button", name="Make admin").click()
    tab.get_by_role("link", name="Costs").first.wait_for()
    return tab


def listed(place):
    """What a listing of 3,000 objects leaves in the data folder."""
    rows = place / "rows"
    rows.mkdir(parents=True)
    make(rows, 3000, 4)
    for number, file in enumerate(sorted(rows.glob("*.parquet"))):
        file.rename(rows / f"part-{number:06}.parquet")
    reader = Reader(None, lambda: NOW, dict, None)
    report = reader.summarise("many-objects", StorageSource.LISTING, rows, COLUMNS, NOW)
    (place / "report.json").write_text(report.model_dump_json())


def saved(page, form):
    with page.expect_download() as download:
        page.get_by_role("button", name=form, exact=True).first.click()
    return download.value.path()


def cut_off(page):
    """Choices that begin or end outside of the screen."""
    return page.evaluate("""() => [...document.querySelectorAll('[data-testid=stButtonGroup] button')]
      .filter((one) => one.getBoundingClientRect().right > innerWidth).map((one) => one.innerText)""")


def test_an_admin_walks_through_usage_and_costs(admin):
    walk_the_map(admin)
    files_open_elsewhere(admin)
    nothing_is_cut_off_on_a_phone(admin)
    a_bill_is_uploaded_and_a_change_is_tried(admin)
    nothing_jumps_while_it_loads(admin)


def walk_the_map(page):
    page.goto("/usage?view=Storage&bucket=many-objects")
    expect(page.get_by_role("heading", level=1)).to_contain_text("stored in 3,000 objects")
    page.locator('button.tile[data-into="progress-photos/"]').click()
    expect(page.get_by_text("The figures below are of progress-photos/ alone.")).to_be_visible()
    expect(page.locator(".map[aria-busy]")).to_have_count(0)
    page.locator('button.tile[data-into^="progress-photos/u"]').first.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("at=progress-photos%2Fu"))
    expect(page.locator(".map[aria-busy]")).to_have_count(0)
    page.locator('button.tile[data-into$="/2026/"]').click(position={"x": 8, "y": 8})
    expect(page).to_have_url(re.compile("2026%2F"))
    page.reload()
    expect(page.get_by_text("The figures below are of progress-photos/")).to_be_visible()
    page.get_by_role("button", name="progress-photos/", exact=True).click()
    expect(page).to_have_url(re.compile(r"at=progress-photos%2F$"))
    drawn(page)
    page.go_back()
    expect(page).to_have_url(re.compile("2026%2F"))
    expect(page.get_by_text("The figures below are of progress-photos/u")).to_be_visible()


def files_open_elsewhere(page):
    page.goto("/usage?view=Storage&bucket=many-objects")
    drawn(page)
    rows = list(csv.DictReader(saved(page, "CSV").read_text(encoding="utf-8-sig").splitlines()))
    table = pq.read_table(saved(page, "Parquet")).to_pylist()
    assert list(rows[0]) == ["Prefix", "Objects", "Stored (bytes)", "Share (%)"]
    assert [int(row["Stored (bytes)"]) for row in rows] == [row["Stored (bytes)"] for row in table]
    assert sum(row["Objects"] for row in table) == 3000


def nothing_is_cut_off_on_a_phone(page):
    page.set_viewport_size({"width": 390, "height": 844})
    for path in ("/usage?days=7+days", f"/costs?month={month(LAST).replace(' ', '+')}"):
        page.goto(path)
        page.locator("[data-testid=stButtonGroup]").first.wait_for()
        drawn(page)
        assert cut_off(page) == []
    page.goto("/usage?days=7+days")
    page.reload()
    expect(page.get_by_role("radio", name="7 days")).to_be_checked()
    page.set_viewport_size({"width": 1280, "height": 900})


def a_bill_is_uploaded_and_a_change_is_tried(page):
    page.goto(f"/costs?month={month(LAST).replace(' ', '+')}&view=Reconciliation")
    expect(page.get_by_role("heading", name=re.compile(r"^AWS billed \$7"))).to_be_visible()
    drawn(page)
    export = {"name": "export.csv", "mimeType": "text/csv"}
    export["buffer"] = (CUR + ROWS).replace("2026-10", LAST).encode()
    page.locator("input[type=file]").set_input_files(export)
    expect(page.get_by_role("heading", name=re.compile(r"^AWS billed \$0.33"))).to_be_visible()
    page.get_by_role("radio", name="What if").click()
    page.get_by_role("radio", name="Cache hits").click()
    hits = page.get_by_role("slider", name="Requests that the cache answers")
    hits.press("ArrowLeft")
    expect(page).to_have_url(re.compile("hits=94"))
    page.get_by_placeholder("Originals to Glacier").fill("Fewer hits")
    page.get_by_role("button", name="Save scenario").click()
    expect(page.get_by_role("cell", name="Fewer hits")).to_be_visible()
    page.reload()
    expect(page.get_by_role("cell", name="Fewer hits")).to_be_visible()
    expect(hits).to_have_value("94")


def nothing_jumps_while_it_loads(page):
    page.add_init_script(_SHIFTS)
    last = month(LAST).replace(" ", "+")
    for path in (
        "/usage", "/usage?view=Storage&bucket=many-objects", f"/costs?month={last}",
        f"/costs?month={last}&view=What+if", f"/costs?month={last}&view=Reconciliation",
    ):  # fmt: skip
        page.goto(path)
        page.get_by_role("heading", level=1).wait_for()
        drawn(page)
        assert page.evaluate("window.shifts") <= MOST_SHIFT, path
