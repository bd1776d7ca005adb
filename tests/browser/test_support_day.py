"""A day at support: reported URLs, their repair by two people, audits, old layouts, the linter."""

import csv
import json
import re
import urllib.parse
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.running import ROOT, RunningApp
from tests.browser.test_accessibility import drawn, needs_axe, press, violations

pytestmark = [pytest.mark.browser, pytest.mark.emulator]

SUPPORT, ADMIN, MEMBER = (f"{name}@demo.example" for name in ("sven", "ada", "mia"))
AVATAR = "Avatar of u1 is broken"
PRESS = "Press pictures answer 403"
STALE = "was replaced, but the old one shows"
DESIGN = ROOT / "tests" / "diagnostics" / "lint" / "seeds" / "coach.md"
ORIGIN = "Clear the origin path"
SECONDS = 30_000
CONFLICT = "Not possible as things are now"
WORKS_OR_NOT = re.compile(f"^(works|{CONFLICT})$")


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    """The demo with few pictures and all of its faults."""
    app = RunningApp(tmp_path_factory.mktemp("demo"), program=("tests.browser.small_demo",))
    try:
        app.start().wait_for_output("demo files were loaded", seconds=120)
        yield app
    finally:
        app.stop()


@pytest.fixture(scope="module")
def cookies(app, browser):
    """Each person signs in once."""
    password = (app.data / "demo-password").read_text().strip()

    def of(email):
        context = browser.new_context(base_url=app.url)
        page = context.new_page()
        page.goto("/session/sign-in")
        page.get_by_label("Email").fill(email)
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("link", name="Home").first.wait_for()
        found = context.cookies()
        context.close()
        return found

    return {email: of(email) for email in (SUPPORT, ADMIN, MEMBER)}


@pytest.fixture
def come(app, browser, cookies):
    """A person in a browser of their own."""
    contexts = []

    def enter(email, **options):
        context = browser.new_context(
            base_url=app.url, viewport={"width": 1280, "height": 900}, **options
        )
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        context.set_default_timeout(20_000)
        context.add_cookies(cookies[email])
        contexts.append(context)
        return context.new_page()

    yield enter
    for context in contexts:
        context.close()


def reported(page, note):
    """Ask about a reported URL with the button beside its note; the page's address with it."""
    page.goto("/doctor")
    row = page.locator("[data-testid=stHorizontalBlock]", has_text=note)
    row.get_by_role("button", name="Diagnose").click()
    page.locator(".ui-way").wait_for()
    drawn(page)
    return page.url


def repair(page, title):
    """The part of the doctor's page that offers this repair."""
    return page.locator("[data-testid=stVerticalBlock]", has_text=title).filter(
        has=page.get_by_role("button")
    ).last  # fmt: skip


@contextmanager
def downloaded(page, name):
    with page.expect_download() as download:
        page.get_by_role("button", name=name).click()
    yield Path(download.value.path())


def answer(page, url):
    """What a viewer gets, by the site's own route to the CDN."""
    parts = urllib.parse.urlsplit(url)
    return page.request.get(
        f"/emulator/cdn/{parts.hostname.partition('.')[0]}{parts.path}", max_redirects=0
    )


def pick(page, label, option):
    page.get_by_role("combobox", name=re.compile(label)).click()
    page.get_by_role("option", name=re.compile(option)).click()
    drawn(page)


def audit(page, table=None):
    """Start an audit and wait for its report."""
    page.goto("/audit?source=DynamoDB+table" if table else "/audit")
    drawn(page)
    if table:
        pick(page, "Table", table)
    page.get_by_role("button", name="Audit", exact=True).click()
    expect(page.get_by_text("What viewers get")).to_be_visible(timeout=SECONDS)
    drawn(page)


def open_group(page, row):
    """Pick a row of the table of groups; its boxes are painted, so by its place."""
    table = page.locator("[data-testid=stDataFrame] canvas").first
    table.scroll_into_view_if_needed()
    box = table.bounding_box()
    page.mouse.click(box["x"] + 16, box["y"] + 32 + 31 * row + 15)
    drawn(page)


def test_support_diagnoses_a_reported_url_and_sends_the_link(come):
    page = come(SUPPORT)
    link = reported(page, AVATAR)
    expect(page.get_by_role("heading", level=1)).to_contain_text("repeats the origin path")
    assert page.locator(".ui-break-here").count() == 1
    page.get_by_role("button", name="Copy the sentence").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.get_by_role("heading", level=1).inner_text()

    other = page.context.new_page()
    other.goto(link)
    expect(other.get_by_role("heading", level=1)).to_have_text(copied)
    picture = other.locator(".ui-candidate img").first
    expect(picture).to_have_js_property("complete", value=True)
    assert picture.evaluate("image => image.naturalWidth") > 0


def test_a_case_is_kept_opened_without_aws_and_exported(come):
    page = come(SUPPORT)
    reported(page, AVATAR)
    with downloaded(page, "Export the case") as file:
        assert json.loads(file.read_text())
        case = file.read_bytes()
    page.get_by_role("button", name="Keep this case").click()
    page.get_by_label("Name").fill("Avatars since the move")
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(page.get_by_text("is kept")).to_be_visible()

    page.goto("/doctor")
    drawn(page)
    open_group(page, 0)
    with downloaded(page, re.compile("^Export$")) as file:
        assert json.loads(file.read_text())
    page.locator("[data-testid=stButton]", has_text=re.compile("^Open$")).click()
    expect(page.get_by_text("no AWS account was asked")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_contain_text("repeats the origin path")
    assert page.get_by_role("button", name="Propose").count() == 0

    page.goto("/doctor")
    page.get_by_role("button", name="Options").click()
    upload = page.locator("[data-testid=stPopoverBody] input[type=file]")
    upload.set_input_files({"name": "case.json", "mimeType": "application/json", "buffer": case})
    expect(page.get_by_text("no AWS account was asked")).to_be_visible()
    page.keyboard.press("Escape")


def test_support_proposes_an_admin_applies_and_takes_back(come):
    support, admin = come(SUPPORT), come(ADMIN)
    link = reported(support, AVATAR)
    broken = _address(link)
    assert answer(support, broken).status == 403
    repair(support, ORIGIN).get_by_role("button", name="Propose").click()
    expect(repair(support, ORIGIN).get_by_text("waits for approval")).to_be_visible()
    assert repair(support, ORIGIN).get_by_role("button", name="Apply").count() == 0

    admin.goto(link)
    drawn(admin)
    repair(admin, ORIGIN).get_by_role("button", name="Apply").click()
    expect(admin.get_by_text("works", exact=True)).to_be_visible(timeout=SECONDS)
    assert answer(admin, broken).status == 200

    repair(admin, ORIGIN).get_by_role("button", name="Undo").click()
    expect(admin.get_by_text("put back", exact=True).first).to_be_visible(timeout=SECONDS)
    other = broken.replace("u1_1690000001_ab01", "u3_1690000003_ab03")  # not in the edge's cache
    assert answer(admin, other).status == 403


def test_a_stale_entry_is_repaired_by_invalidating_it(come):
    page = come(ADMIN)
    url = _address(reported(page, STALE))
    before = answer(page, url).body()
    page.get_by_role("button", name="Apply").first.click()
    works, again = (
        page.get_by_text("works", exact=True),
        page.get_by_role("button", name="Ask again"),
    )
    for _ in range(5):  # an invalidation takes its time
        expect(works.or_(again).first).to_be_visible(timeout=SECONDS)
        if works.count():
            break
        again.click()
        drawn(page)
    assert answer(page, url).body() != before


def test_a_repair_is_diagnosed_and_applied_without_a_mouse(come):
    page = come(ADMIN)
    url = _address(reported(page, "Old progress photo of u1"))
    page.goto("/doctor")
    drawn(page)
    press(page, "URL", key="Space")
    page.keyboard.press("Backspace")
    page.keyboard.type(url)
    page.keyboard.press("Enter")
    page.locator(".ui-way").wait_for()
    drawn(page)
    press(page, "Apply")
    expect(page.get_by_text("works", exact=True)).to_be_visible(timeout=SECONDS)


def test_two_people_who_apply_at_once_change_one_thing_once(come, app):
    one, two = come(ADMIN), come(ADMIN)
    link = reported(one, PRESS)
    repair(one, "policy").get_by_role("button", name="Propose").click()
    expect(one.get_by_text("waits for approval")).to_be_visible()
    two.goto(link)
    expect(two.get_by_text("waits for approval")).to_be_visible()
    drawn(two)
    for page in (one, two):  # neither waits for the other
        button = page.get_by_role("button", name="Apply").first.element_handle()
        page.evaluate("button => setTimeout(() => button.click(), 50)", button)
    expect(one.get_by_text(WORKS_OR_NOT).first).to_be_visible(timeout=SECONDS)
    expect(two.get_by_text(WORKS_OR_NOT).first).to_be_visible(timeout=SECONDS)
    conflicts = [page.get_by_role("heading", name=CONFLICT).count() for page in (one, two)]
    assert sorted(conflicts) == [0, 1]
    one.goto("/doctor")
    expect(one.get_by_text("Correct AllowCloudFrontServicePrincipal", exact=True)).to_have_count(1)


def test_an_audit_of_a_table_ends_in_rows_that_are_right(come):
    """And a repair of one of its rows, proposed before, is a conflict then."""
    support, admin = come(SUPPORT), come(ADMIN)
    reported(support, AVATAR)
    repair(support, "Write avatarUrl anew").get_by_role("button", name="Propose").click()
    expect(support.get_by_text("waits for approval")).to_be_visible()

    audit(support, "demo-users")
    expect(support.get_by_role("heading", level=1)).to_have_text(
        "40 of 45 URLs do not work; 39 share one cause"
    )
    with downloaded(support, "Export CSV") as file:
        rows = list(csv.DictReader(file.read_text().splitlines()))
    assert len(rows) == 40
    open_group(support, 0)
    support.get_by_role("button", name="Try the repair on all URLs").click()
    expect(support.get_by_text("39 fixed")).to_be_visible(timeout=SECONDS)
    expect(support.get_by_text("0 broken by it")).to_be_visible()
    support.get_by_role("button", name="Propose for 39 records").click()
    expect(support.get_by_text("waits for approval")).to_be_visible()

    admin.goto(support.url)
    admin.get_by_role("button", name="Apply").click()
    expect(admin.get_by_text("works", exact=True)).to_be_visible(timeout=SECONDS)
    audit(admin, "demo-users")
    expect(admin.get_by_role("heading", level=1)).to_have_text("1 of 45 URLs does not work")

    admin.goto("/doctor")
    waiting = admin.locator("[data-testid=stVerticalBlock]", has_text="waits for approval").last
    waiting.get_by_role("button", name="Apply").click()
    expect(admin.get_by_role("heading", name=CONFLICT)).to_be_visible(timeout=SECONDS)


def test_an_audit_of_the_library_finds_the_file_without_objects(come):
    page = come(SUPPORT)
    audit(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("do not work")
    open_group(page, 0)
    page.get_by_role("link", name="Open the first URL in the doctor").click()
    expect(page.locator(".ui-way")).to_be_visible()


def test_an_old_layout_is_planned_approved_and_moved(come):
    support, admin = come(SUPPORT), come(ADMIN)
    support.goto("/audit?view=Layouts+of+keys")
    drawn(support)
    pick(support, "Bucket", "demo-progress-photos")
    support.get_by_label("Table with rows").fill("demo-photos")
    support.get_by_role("button", name="Find layouts").click()
    expect(support.get_by_text("Plan a migration")).to_be_visible()
    drawn(support)
    pick(support, "Records that name", "DynamoDB")
    support.get_by_label("Attribute with the key or URL").fill("s3_key")
    support.keyboard.press("Enter")
    drawn(support)
    support.get_by_role("button", name="Dry run").click()
    support.get_by_role("button", name="Ask to move").click()
    expect(support.get_by_text("Waits until somebody approves moving.")).to_be_visible()

    admin.goto("/audit?view=Layouts+of+keys")
    admin.get_by_role("button", name="Approve moving").click()
    expect(admin.get_by_role("button", name="Delete old objects")).to_be_visible(timeout=SECONDS)


def test_the_linter_says_what_is_wrong_with_a_document(come):
    page = come(SUPPORT)
    page.goto("/audit?view=Configuration")
    page.locator("input[type=file]").set_input_files(DESIGN)
    page.get_by_text(DESIGN.name).wait_for()
    page.get_by_role("button", name="Check the files").click()
    expect(page.get_by_role("heading", name=re.compile("errors.* found.$"))).to_be_visible()
    expect(page.locator(".ui-fixes details[open]").first).to_be_visible()


@pytest.mark.parametrize("path", ["/doctor", "/audit"])
def test_a_member_gets_neither_doctor_nor_audit(come, path):
    page = come(MEMBER)
    page.goto(path)
    expect(page.get_by_text("Not allowed").first).to_be_visible()
    for name in ("Doctor", "Audit"):
        assert page.get_by_role("link", name=name).count() == 0


def _address(link):
    return urllib.parse.parse_qs(urllib.parse.urlsplit(link).query)["url"][0]


@needs_axe
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_what_this_day_left(come, scheme):
    page = come(ADMIN, color_scheme=scheme)
    found = {}

    def look(name):
        drawn(page)
        page.wait_for_timeout(500)  # what fades in has its colours
        found[name] = violations(page)

    page.goto("/doctor")
    look("repairs and saved cases")
    reported(page, PRESS)
    look("a repair")
    audit(page, "demo-users")
    look("a report with its only group")
    audit(page)
    open_group(page, 0)
    look("a report with a group")
    page.goto("/audit?view=Layouts+of+keys")
    look("migrations")
    page.goto("/audit?view=Configuration")
    page.locator("input[type=file]").set_input_files(DESIGN)
    page.get_by_role("button", name="Check the files").click()
    page.locator(".ui-fixes").first.wait_for()
    look("findings")
    assert {name: broken for name, broken in found.items() if broken} == {}
