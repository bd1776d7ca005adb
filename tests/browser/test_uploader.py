"""The upload list under what happens to uploads: pauses, reloads, faults, refusals, other pages."""

import itertools
import re
import shutil
import time

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

PERSON = ("uploads@example.com", "walnut-harbour-cedar-52")


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    app = RunningApp(tmp_path_factory.mktemp("data"), environment=SMALL_PARTS)
    app.start()
    register(app)
    yield app
    app.stop()


def register(app):
    email, password = PERSON
    body = {"email": email, "password": password, "username": "Uma"}
    httpx.post(f"{app.url}/api/auth/register", json=body).raise_for_status()


@pytest.fixture(scope="module")
def signed_in(app, browser):
    context = browser.new_context(base_url=app.url)
    page = context.new_page()
    page.goto("/session/sign-in")
    page.get_by_label("Email").fill(PERSON[0])
    page.get_by_label("Password").fill(PERSON[1])
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="Home").first.wait_for()
    cookies = context.cookies()
    context.close()
    return cookies


@pytest.fixture
def page(tab, signed_in):
    tab.context.add_cookies(signed_in)
    tab.on("dialog", lambda dialog: dialog.accept())
    tab.goto("/upload")
    tab.locator(".drop").wait_for()
    return tab


@pytest.fixture
def line(page):
    return throttle(page)


@pytest.fixture
def sent(page):
    return parts_sent(page)


@pytest.fixture
def begun(page):
    return parts_begun(page)


def choose(page, *paths):
    page.locator("input.files-input").set_input_files([str(path) for path in paths])


def api(app):
    email, password = PERSON
    token = httpx.post(f"{app.url}/api/auth/login", json={"email": email, "password": password})
    headers = {"Authorization": f"Bearer {token.json()['access_token']}"}
    return httpx.Client(base_url=app.url, headers=headers)


def stored(app, name):
    with api(app) as client:
        items = client.get("/api/files", params={"query": name}).json()["items"]
    return [item for item in items if item["name"] == name]


def test_after_a_reload_only_the_missing_parts_are_sent(app, page, line, sent, begun, tmp_path):
    film = blob(tmp_path / "reloaded.mov", 6 * PART)
    line(6 * MIB)
    choose(page, film)
    wait_for_parts(page, sent, 2)
    page.wait_for_timeout(1200)  # the bytes are kept a second after the start
    before = list(sent)
    sent.clear()
    page.reload()
    row(page, film.name, "delivered").wait_for(timeout=60_000)
    assert not set(before) & set(sent)
    assert sent
    assert len(begun) - len(set(begun)) <= 1  # no more than was under way
    assert [item["upload_size"] for item in stored(app, film.name)] == [6 * PART]


def test_a_file_too_large_to_keep_continues_when_it_is_chosen_again(
    app, page, line, sent, tmp_path
):
    film = blob(tmp_path / "large.mov", 66 * MIB)
    line(12 * MIB)
    choose(page, film)
    wait_for_parts(page, sent, 3)
    before = list(sent)
    page.reload()
    waiting = row(page, film.name, "needs-file")
    expect(waiting).to_contain_text("are already stored")
    sent.clear()
    line(-1)
    choose(page, film)
    row(page, film.name, "delivered").wait_for(timeout=60_000)
    assert not set(before) & set(sent)
    assert [item["upload_size"] for item in stored(app, film.name)] == [66 * MIB]
    assert page.locator("li.row").count() == 1


def drop(page, path):
    """As from the desktop, so that the browser has a handle of the file."""
    session = page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(path)], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        event = {"type": kind, "x": 640, "y": 450, "data": data}
        session.send("Input.dispatchDragEvent", event)


def test_a_large_file_that_was_dropped_goes_on_by_itself_after_a_reload(
    app, page, line, sent, begun, tmp_path
):
    film = blob(tmp_path / "dropped.mov", 66 * MIB)
    line(24 * MIB)
    drop(page, film)
    wait_for_parts(page, sent, 6)
    page.wait_for_timeout(1200)  # the handle is kept a second after the start
    before = list(sent)
    page.reload()
    line(-1)
    row(page, film.name, "delivered").wait_for(timeout=60_000)
    assert sorted(set(begun)) == list(range(1, 15))
    assert len(begun) - len(set(begun)) <= 1
    assert set(before) < set(sent)
    assert [item["upload_size"] for item in stored(app, film.name)] == [66 * MIB]


PICKED = """async ([name, size]) => {
  const folder = await navigator.storage.getDirectory()
  const handle = await folder.getFileHandle(name, { create: true })
  const file = await handle.createWritable()
  await file.write(new Uint8Array(size).fill(48))
  await file.close()
  window.showOpenFilePicker = async () => [handle]
}"""


def test_a_large_file_that_was_picked_goes_on_by_itself_after_a_reload(
    app, page, line, sent, begun
):
    page.evaluate(PICKED, ["picked.mov", 66 * MIB])
    line(24 * MIB)
    page.get_by_role("button", name="Choose files").click()
    wait_for_parts(page, sent, 6)
    page.wait_for_timeout(1200)  # the handle is kept a second after the start
    before = list(sent)
    page.reload()
    line(-1)
    row(page, "picked.mov", "delivered").wait_for(timeout=60_000)
    assert set(before) < set(sent)
    assert sorted(set(begun)) == list(range(1, 15))
    assert len(begun) - len(set(begun)) <= 1
    assert [item["upload_size"] for item in stored(app, "picked.mov")] == [66 * MIB]


def test_several_interrupted_files_are_chosen_again_together(page, line, sent, tmp_path):
    films = [blob(tmp_path / f"together-{n}.mov", 65 * MIB) for n in range(2)]
    line(12 * MIB)
    choose(page, *films)
    wait_for_parts(page, sent, 3)
    page.reload()
    note = page.get_by_role("status").filter(has_text="2 files were interrupted.")
    note.wait_for()
    note.locator("input").set_input_files([str(film) for film in films])
    for film in films:
        row(page, film.name, "uploading").wait_for()
    expect(note).to_have_count(0)
    assert page.locator("li.row").count() == 2


def test_what_waits_for_a_person_is_left_to_the_tab_that_shows_it(page, line, sent, tmp_path):
    film = blob(tmp_path / "left.mov", 65 * MIB)
    line(12 * MIB)
    choose(page, film)
    wait_for_parts(page, sent, 1)
    with page.expect_response(re.compile("/assets/uploader.js")):
        page.goto("/")
    page.wait_for_function("navigator.locks.query().then((all) => all.held.length === 0)")
    other = page.context.new_page()
    other.goto("/upload")
    expect(row(other, film.name, "needs-file")).to_contain_text("are already stored")


def test_another_answer_on_the_page_shows_no_second_list(page, tmp_path):
    choose(page, blob(tmp_path / "once.txt", 300))
    row(page, "once.txt", "delivered").wait_for()
    page.get_by_text("Private", exact=True).click()
    page.wait_for_url("**private=true**")
    expect(page.locator('[data-stale="true"]')).to_have_count(0)
    assert page.locator(".drop").count() == 1
    assert page.locator("li.row").count() == 1


def test_a_paused_upload_holds_still_and_goes_on_where_it_was(page, line, sent, tmp_path):
    film = blob(tmp_path / "paused.mov", 6 * PART)
    line(8 * MIB)
    choose(page, film)
    wait_for_parts(page, sent, 1)
    page.get_by_label(f"Pause {film.name}").click()
    row(page, film.name, "paused").wait_for()
    page.wait_for_timeout(300)  # an answer may still have been on its way
    held = list(sent)
    page.wait_for_timeout(1200)
    assert sent == held
    line(-1)
    page.get_by_label(f"Resume {film.name}").click()
    row(page, film.name, "delivered").wait_for(timeout=60_000)
    assert len(sent) == len(set(sent))  # one that arrived as the pause began has no answer here
    assert set(sent) > set(held)


@pytest.mark.parametrize(("name", "size"), [("parts.mov", 3 * PART), ("whole.txt", 3000)])
def test_a_storage_that_asks_to_slow_down_is_tried_again_with_pauses(page, tmp_path, name, size):
    tries, faults = [], [500, 503, 503]

    def fail_first(route):
        if route.request.method not in {"PUT", "POST"}:
            return route.continue_()
        tries.append(time.monotonic())
        if faults:
            return route.fulfill(status=faults.pop(), body="<Error><Code>SlowDown</Code></Error>")
        return route.continue_()

    page.route("**/emulator/s3/**", fail_first)
    choose(page, blob(tmp_path / name, size))
    waiting = row(page, name, "retrying")
    expect(waiting).to_contain_text("Trying again")
    expect(waiting).to_contain_text("The storage asks to send more slowly.")
    row(page, name, "delivered").wait_for(timeout=60_000)
    assert faults == []
    pauses = [after - before for before, after in itertools.pairwise(tries[:4])]
    assert [pause > least for pause, least in zip(pauses, (0.3, 0.7, 1.4), strict=True)] == [
        True
    ] * 3


def test_a_network_cut_is_shown_and_survived(page, line, sent, tmp_path):
    film = blob(tmp_path / "cut.mov", 6 * PART)
    line(8 * MIB)
    choose(page, film)
    wait_for_parts(page, sent, 1)
    line(0)
    row(page, film.name, "retrying").wait_for()
    expect(page.get_by_text("No connection. Uploads go on when it is back.")).to_be_visible()
    line(-1)
    row(page, film.name, "delivered").wait_for(timeout=60_000)
    assert len(sent) == len(set(sent))


def test_a_refused_file_says_why_and_the_others_go_on(page, tmp_path):
    empty = blob(tmp_path / "empty.txt", 0)
    broken = blob(tmp_path / "broken.jpg", 3000, b"\xff\xd8\xff\xe0 not a picture at all ")
    fine = blob(tmp_path / "fine.txt", 3000)
    choose(page, empty, broken, fine)
    row(page, "fine.txt", "delivered").wait_for(timeout=30_000)
    refused = row(page, "empty.txt", "refused")
    expect(refused.locator(".trouble-text")).to_contain_text("empty")
    expect(refused.get_by_role("button", name="Retry empty.txt")).to_be_visible()
    expect(page.locator("li.row .trouble-text .hint").first).not_to_be_empty()


def test_uploads_go_on_while_another_page_is_shown(page, line, sent, tmp_path):
    film = blob(tmp_path / "elsewhere.mov", 6 * PART)
    line(8 * MIB)
    choose(page, film)
    wait_for_parts(page, sent, 1)
    page.get_by_role("link", name="Home").first.click()
    page.locator(".drop").wait_for(state="detached")
    seen = len(sent)
    wait_for_parts(page, sent, seen + 2)
    page.get_by_role("link", name="Upload").first.click()
    row(page, film.name, "delivered").wait_for(timeout=60_000)
    assert page.locator(".drop").count() == 1


def test_a_second_tab_leaves_the_upload_to_the_first(page, line, sent, tmp_path):
    film = blob(tmp_path / "tabs.mov", 4 * PART)
    line(8 * MIB)
    choose(page, film)
    wait_for_parts(page, sent, 1)
    other = page.context.new_page()
    other.goto("/upload")
    other.locator(".drop").wait_for()
    other.wait_for_timeout(500)
    assert other.locator("li.row").count() == 0
    line(-1)
    row(page, film.name, "delivered").wait_for(timeout=60_000)
    assert sorted(sent) == [1, 2, 3, 4]


def test_a_cancelled_upload_leaves_nothing_behind(app, page, line, sent, tmp_path):
    film = blob(tmp_path / "cancelled.mov", 6 * PART)
    line(6 * MIB)
    with page.expect_response(lambda r: r.url.endswith("/api/uploads")) as opened:
        choose(page, film)
    upload_id = opened.value.json()["upload_id"]
    wait_for_parts(page, sent, 1)
    with page.expect_response(lambda r: r.request.method == "DELETE") as ended:
        page.get_by_label(f"Cancel: {film.name}").click()
    assert ended.value.status == 204
    expect(page.locator("li.row")).to_have_count(0)
    with api(app) as client:
        assert client.get(f"/api/uploads/{upload_id}").json()["state"] == "aborted"
    kept = "Object.keys(localStorage).filter((key) => key.startsWith('dashboard.upload'))"
    assert page.evaluate(kept) == []


def test_a_folder_keeps_its_folders_and_leaves_junk_behind(app, page, tmp_path):
    inner = tmp_path / "journey" / "day 1"
    inner.mkdir(parents=True)
    blob(tmp_path / "journey" / "notes-a.txt", 300)
    blob(inner / "notes-b.txt", 300)
    blob(tmp_path / "journey" / ".DS_Store", 10)
    page.locator("input.folder-input").set_input_files(str(tmp_path / "journey"))
    row(page, "notes-b.txt", "delivered").wait_for(timeout=30_000)
    row(page, "notes-a.txt", "delivered").wait_for(timeout=30_000)
    assert page.locator("li.row").count() == 2
    assert [item["folder"] for item in stored(app, "notes-b.txt")] == ["journey/day 1"]
    shutil.rmtree(tmp_path / "journey")


def test_dropped_files_are_uploaded_wherever_they_fall(page):
    page.evaluate(
        """() => {
          const dataTransfer = new DataTransfer()
          dataTransfer.items.add(new File(['dropped'], 'dropped.txt', { type: 'text/plain' }))
          const event = { dataTransfer, bubbles: true, cancelable: true, composed: true }
          document.querySelector('h1').dispatchEvent(new DragEvent('drop', event))
        }"""
    )
    row(page, "dropped.txt", "delivered").wait_for(timeout=30_000)


def test_many_files_are_all_delivered(app, page, tmp_path):
    many = [blob(tmp_path / f"many-{number:03d}.txt", 2000 + number) for number in range(60)]
    choose(page, *many)
    expect(page.get_by_text("60 files delivered")).to_be_visible(timeout=90_000)
    page.get_by_role("button", name="Clear finished").click()
    expect(page.locator("li.row")).to_have_count(0)


def test_nothing_but_this_site_is_asked(page, tmp_path):
    hosts = set()
    page.on(
        "request", lambda request: hosts.add(re.sub(r"^\w+:(//)?([^/]*).*", r"\2", request.url))
    )
    choose(page, blob(tmp_path / "same-site.txt", 500))
    row(page, "same-site.txt", "delivered").wait_for(timeout=30_000)
    expected = page.evaluate("location.host")
    assert {host for host in hosts if "localhost" not in host and host} <= {expected}
