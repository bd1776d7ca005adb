"""Large new bytes for a file that exists: reloads and other pages in the middle, as with any upload."""

import httpx
import pytest
from playwright.sync_api import expect

from tests.browser.running import RunningApp
from tests.browser.wire import (
    MIB,
    PART,
    SMALL_PARTS,
    blob,
    parts_begun,
    parts_sent,
    row,
    throttle,
    wait_for_parts,
)

pytestmark = [pytest.mark.browser, pytest.mark.emulator]

PERSON = {"email": "replaces@example.com", "password": "walnut-harbour-cedar-52"}


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    app = RunningApp(tmp_path_factory.mktemp("data"), environment=SMALL_PARTS)
    app.start()
    yield app
    app.stop()


@pytest.fixture(scope="module")
def member(app):
    with httpx.Client(base_url=app.url) as client:
        client.post("/api/auth/register", json=PERSON | {"username": "Rita"}).raise_for_status()
        token = client.post("/api/auth/login", json=PERSON).json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        yield client


@pytest.fixture
def page(tab, member):
    tab.on("dialog", lambda dialog: dialog.accept())
    tab.goto("/session/sign-in")
    tab.get_by_label("Email").fill(PERSON["email"])
    tab.get_by_label("Password").fill(PERSON["password"])
    tab.get_by_role("button", name="Sign in").click()
    tab.get_by_role("link", name="Library").first.wait_for()
    return tab


@pytest.fixture
def film(member, request):
    """A small file that is there already."""
    name = f"{request.node.name[:40]}.mov"
    body = b"the bytes before"
    sent = member.post("/api/files", files={"file": (name, body)})
    sent.raise_for_status()
    return sent.json()["id"]


def open_replacer(page, file_id):
    page.goto(f"/library?file={file_id}")
    page.get_by_text("Replace or restore").click()
    page.get_by_role("button", name="Choose the new file").wait_for()
    return page.locator(".replacer")


def choose(replacer, path):
    replacer.locator("> input[type=file]").set_input_files(str(path))


def wait_until_replaced(page, member, file_id, size):
    for _ in range(600):
        file = member.get(f"/api/files/{file_id}").json()
        if file["revision"] == 2:
            assert file["upload_size"] == size
            return
        page.wait_for_timeout(100)
    raise AssertionError("the file still has the bytes of before")


def test_a_replacement_goes_on_after_a_reload_with_at_most_one_part_again(
    page, member, film, tmp_path
):
    line, sent, begun = throttle(page), parts_sent(page), parts_begun(page)
    replacer = open_replacer(page, film)
    fresh = blob(tmp_path / "fresh.mov", 8 * PART)
    line(8 * MIB)
    choose(replacer, fresh)
    wait_for_parts(page, sent, 2)
    expect(row(replacer, fresh.name, "uploading")).to_contain_text("sent")
    page.wait_for_timeout(1200)  # the bytes are kept a second after the start
    before = list(sent)
    page.goto("/")  # the drawer is closed, and no page of uploads is open
    line(-1)
    wait_until_replaced(page, member, film, 8 * PART)
    assert set(before) < set(sent)
    assert len(begun) - len(set(begun)) <= 1
    assert sorted(set(begun)) == list(range(1, 9))


def test_one_too_large_to_keep_goes_on_where_it_was_when_it_is_chosen_again(
    page, member, film, tmp_path
):
    line, sent = throttle(page), parts_sent(page)
    replacer = open_replacer(page, film)
    fresh = blob(tmp_path / "fresh.mov", 66 * MIB)
    line(16 * MIB)
    choose(replacer, fresh)
    wait_for_parts(page, sent, 4)
    before = list(sent)
    replacer = open_replacer(page, film)
    waiting = row(replacer, fresh.name, "needs-file")
    expect(waiting).to_contain_text("Choose the same file again to go on at ")
    again = waiting.locator("input[type=file]")
    again.set_input_files(str(blob(tmp_path / "other.mov", 3000)))
    expect(waiting.get_by_role("alert")).to_contain_text("It is called other.mov.")
    sent.clear()
    line(-1)
    again.set_input_files(str(fresh))
    wait_until_replaced(page, member, film, 66 * MIB)
    assert sent
    assert not set(before) & set(sent)
    expect(replacer.get_by_role("status")).to_contain_text("The bytes before are kept")


def test_it_stays_under_way_when_the_drawer_closes_and_is_listed_with_the_uploads(
    page, member, film, tmp_path
):
    line, sent = throttle(page), parts_sent(page)
    replacer = open_replacer(page, film)
    fresh = blob(tmp_path / "beside.mov", 4 * PART)
    line(6 * MIB)
    choose(replacer, fresh)
    wait_for_parts(page, sent, 1)
    page.keyboard.press("Escape")
    expect(page.locator(".replacer")).to_have_count(0)
    page.get_by_role("link", name="Upload").first.click()
    listed = row(page, fresh.name)
    expect(listed).to_contain_text(" · for test_it_stays")
    line(-1)
    expect(listed).to_contain_text("Replaced")
    wait_until_replaced(page, member, film, 4 * PART)
    assert sorted(sent) == [1, 2, 3, 4]
