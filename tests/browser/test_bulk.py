"""Many files at once as people change them: looked at, left, reloaded, named, taken back; by keys.

And handed on: one zip, one link.
"""

import io
import re
import zipfile
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from playwright.sync_api import expect

from core.model.media import FileKind, FileState, MediaFile
from core.stores.files import file_records
from core.stores.search_index import SearchIndex
from core.stores.sqlite import SqliteRecordStore
from tests.browser import running

pytestmark = [pytest.mark.browser, pytest.mark.emulator]

PERSON = {"email": "bulk@example.com", "password": "walnut-harbour-cedar-52", "username": "Bo"}
NOTES, FULL = 120, ("full a.txt", "full b.txt", "full \u05d2.txt")
ALL = NOTES + len(FULL)
TWENTY = tuple(f"t{number}" for number in range(20))  # as many tags as a file takes

ACTIVE = """() => {
  let at = document.activeElement
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement
  return (at?.getAttribute('aria-label') || at?.labels?.[0]?.innerText || at?.innerText || '').trim()
}"""


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    app = running.RunningApp(tmp_path_factory.mktemp("data"), program=("tests.browser.held_bulk",))
    app.start()
    yield app
    app.stop()


@pytest.fixture(scope="module")
def client(app):
    with httpx.Client(base_url=app.url, timeout=60) as client:
        client.post("/api/auth/register", json=PERSON).raise_for_status()
        entry = {key: PERSON[key] for key in ("email", "password")}
        signed = client.post("/api/auth/login", json=entry)
        client.headers["Authorization"] = f"Bearer {signed.json()['access_token']}"
        client.patch("/api/users/me", json={"preferences": {"page_size": 30}}).raise_for_status()
        yield client


@pytest.fixture(scope="module")
def shelf(app, client):
    """120 notes and three that take no more tags, as records; two small texts with their bytes."""
    owner = client.get("/api/users/me").json()["id"]
    path = app.data / "dashboard.sqlite3"
    index = SearchIndex(path)
    store = SqliteRecordStore(path, [index])
    files = file_records(store)
    for name in (*(f"note {number:03}.txt" for number in range(NOTES)), *FULL):
        files.add(record(name, owner, TWENTY if name in FULL else ()))
    index.close()
    store.close()
    for name in ("map one.txt", "map two.txt"):
        sent = {"file": (name, f"bytes of {name}".encode(), "text/plain")}
        client.post("/api/files", files=sent).raise_for_status()


def record(name, owner, tags):
    id_ = name.replace(" ", "").removesuffix(".txt")
    return MediaFile(
        id=id_,
        owner_id=owner,
        name=name,
        size=5,
        content_type="text/plain",
        kind=FileKind.DOCUMENT,
        state=FileState.DELIVERED,
        uploaded_at=datetime.now(UTC) - timedelta(hours=1),
        bucket="media",
        key=f"media/{id_}/note.txt",
        folder="Notes",
        tags=tags,
    )


@pytest.fixture(scope="module")
def cookies(app, browser, shelf):
    context = browser.new_context(base_url=app.url)
    page = context.new_page()
    page.goto("/session/sign-in")
    page.get_by_label("Email").fill(PERSON["email"])
    page.get_by_label("Password").fill(PERSON["password"])
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="Home").first.wait_for()
    found = context.cookies()
    context.close()
    return found


@pytest.fixture
def page(tab, cookies):
    tab.context.add_cookies(cookies)
    return tab


@pytest.fixture
def hold(app):
    """While it lies there, a change stops after its first step."""
    path = app.data / "hold"
    path.touch()
    yield path
    path.unlink(missing_ok=True)


def visit(page, address, count):
    page.goto(address)
    expect(page.locator(".gallery .tile")).to_have_count(count)
    return settled(page)


def settled(page):
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
    return page


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


def tab_to(page, name, *, back=False):
    """Press Tab until the control of this name has the focus."""
    for _ in range(120):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        if re.search(name, page.evaluate(ACTIVE)):
            return
    raise AssertionError(f"Tab does not lead to {name!r}")


def press(page, name, *, back=False):
    tab_to(page, name, back=back)
    page.keyboard.press("Enter")


def everything(page, search, count):
    visit(page, f"/library?q={search}", 30)
    button(page, "Select all").click()
    button(page, f"Select all {count}").click()
    expect(page.locator(".gallery [role=status]")).to_have_text(f"All {count} selected")


def under_way(page):
    return page.get_by_text(re.compile(rf"^\d+ of {ALL} files tagged holiday$"))


def test_progress_is_there_again_after_a_reload_and_ends_with_the_refused_named(page, hold):
    everything(page, "folder:Notes", ALL)
    button(page, "Tag").last.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox", name="Tags").fill("holiday")
    page.keyboard.press("Enter")
    expect(dialog.get_by_text(f"{NOTES} will change")).to_be_visible()
    dialog.get_by_text("Refused: 3 files").click()
    for name in FULL:
        expect(dialog.get_by_role("cell", name=name, exact=True)).to_be_visible()
    button(page, f"Tag {NOTES} files").click()
    expect(under_way(page)).to_be_visible()
    page.get_by_role("link", name="Home").first.click()
    page.get_by_text("Arrived last").wait_for()
    page.goto("/library")
    page.reload()
    expect(under_way(page)).to_be_visible()
    hold.unlink()
    expect(page.get_by_text(f"{NOTES} files tagged holiday. 3 refused.")).to_be_visible()
    button(page, "3 refused").click()
    for name in FULL:
        expect(page.get_by_role("cell", name=name, exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    button(page, "Undo").first.click()
    expect(page.get_by_text(f"{NOTES} files put back.")).to_be_visible()
    button(page, "Changes").click()
    expect(page.get_by_text(re.compile(r"tagged holiday \(taken back\)"))).to_be_visible()


def test_the_same_with_the_keyboard_alone(page, client):
    visit(page, "/library?q=folder%3ANotes", 30)
    tab_to(page, r"\.txt")
    page.keyboard.press("Control+a")
    expect(page.locator(".gallery [role=status]")).to_have_text("30 selected")
    press(page, rf"^Select all {ALL}$", back=True)
    expect(page.locator(".gallery [role=status]")).to_have_text(f"All {ALL} selected")
    settled(page)
    press(page, "^Tag$")
    expect(page.get_by_role("dialog")).to_be_visible()
    tab_to(page, "^Tags")
    page.keyboard.type("by keys")
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"{NOTES} will change")).to_be_visible()
    press(page, f"^Tag {NOTES} files$")
    expect(page.get_by_text(f"{NOTES} files tagged by keys. 3 refused.")).to_be_visible()
    press(page, "^3 refused")
    expect(page.get_by_role("cell", name=FULL[0], exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    press(page, "^Undo$", back=True)
    expect(page.get_by_text(f"{NOTES} files put back.")).to_be_visible()
    left = client.get("/api/files", params={"query": 'tag:"by keys"'}).json()
    assert left["total"] == 0


def test_all_that_a_search_finds_comes_as_one_zip_and_goes_into_one_link(page):
    visit(page, "/library?q=map", 2)
    button(page, "Select all").click()
    button(page, "Download").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download 2 files as one zip").click()
    with zipfile.ZipFile(io.BytesIO(download.value.path().read_bytes())) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {
            "map one.txt": b"bytes of map one.txt",
            "map two.txt": b"bytes of map two.txt",
        }
    page.keyboard.press("Escape")
    everything(page, "folder:Notes", ALL)
    button(page, "Share").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("What this search finds later is not added")).to_be_visible()
    dialog.get_by_role("button", name="Make link").click()
    expect(dialog.get_by_text(f"{ALL} files")).to_have_count(2)
    expect(dialog.get_by_role("button", name="Copy link")).to_be_visible()


def test_a_button_pressed_at_once_after_a_selection_is_not_lost(page):
    visit(page, "/library?q=map", 2)
    checks = page.locator(".gallery .tile .check")
    checks.first.click()
    tags = button(page, "Tag")
    expect(tags).to_have_count(2)  # the filter and the change
    settled(page)
    for place in (checks.last, tags.last):  # two clicks of a quick hand, as nothing is waited for
        box = place.bounding_box()
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.get_by_role("dialog", name="Tag: 2 files")).to_be_visible()
