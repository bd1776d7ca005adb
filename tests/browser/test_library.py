"""The library as people live in it: find, change a whole search, folders, albums, dates, keys."""

import re
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from PIL import Image
from playwright.sync_api import expect

from core.model.media import FileKind, FileState, MediaFile
from core.stores.files import file_records
from core.stores.search_index import SearchIndex
from core.stores.sqlite import SqliteRecordStore

pytestmark = [pytest.mark.browser, pytest.mark.emulator]

PERSON = {"email": "library@example.com", "password": "walnut-harbour-cedar-52", "username": "Lia"}
NOTES = 34  # more than a page of 30, and more than is changed at once


@pytest.fixture(scope="module")
def client(app):
    with httpx.Client(base_url=app.url, timeout=60) as client:
        client.post("/api/auth/register", json=PERSON).raise_for_status()
        entry = {key: PERSON[key] for key in ("email", "password")}
        signed = client.post("/api/auth/login", json=entry)
        client.headers["Authorization"] = f"Bearer {signed.json()['access_token']}"
        yield client


@pytest.fixture(scope="module")
def shelf(app, client, tmp_path_factory):
    """34 notes and two pictures that were taken on one day, shown thirty at a time."""
    wanted = {"preferences": {"page_size": 30}}
    client.patch("/api/users/me", json=wanted).raise_for_status()
    keep_notes(app.data / "dashboard.sqlite3", client.get("/api/users/me").json()["id"])
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = "2024:05:17 10:00:00"  # when it was taken
    for number in range(2):
        path = tmp_path_factory.mktemp("pictures") / f"dune {number}.jpg"
        Image.new("RGB", (320, 240), (90, 60 * number, 120)).save(path, exif=exif)
        content = {"file": (path.name, path.read_bytes(), "image/jpeg")}
        client.post("/api/files", files=content).raise_for_status()


def keep_notes(path, owner):
    """As records beside the running app: an upload of each would take its second."""
    index = SearchIndex(path)
    store = SqliteRecordStore(path, [index])
    for number in range(NOTES):
        note = MediaFile(
            id=f"note{number}",
            owner_id=owner,
            name=f"note {number:02}.txt",
            size=5,
            content_type="text/plain",
            kind=FileKind.DOCUMENT,
            state=FileState.DELIVERED,
            uploaded_at=datetime.now(UTC) - timedelta(hours=1),
            bucket="media",
            key=f"media/note{number}/note.txt",
        )
        file_records(store).add(note)
    index.close()
    store.close()


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


def visit(page, address, count):
    page.goto(address)
    expect(page.locator(".gallery .tile")).to_have_count(count)
    return settled(page)


def settled(page):
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
    return page


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


def check(page, name):
    tile = page.locator(".tile", has=page.get_by_text(name, exact=True))
    tile.locator(".check").click()


def test_a_whole_search_is_tagged_after_a_look_and_taken_back_after_leaving(page):
    visit(page, "/library", 30)
    page.get_by_label("Search").first.fill("note")
    expect(page.get_by_role("heading", name=f"{NOTES} files found")).to_be_visible()
    button(page, "Type").click()
    page.get_by_role("button", name=re.compile(rf"^Documents {NOTES}")).click()
    expect(page.get_by_role("button", name="Type: Documents")).to_be_visible()
    settled(page)
    button(page, "Select all").click()
    button(page, f"Select all {NOTES}").click()
    expect(page.locator(".gallery [role=status]")).to_have_text(f"All {NOTES} selected")
    button(page, "Tag").last.click()
    page.get_by_role("dialog").get_by_role("combobox", name="Tags").fill("holiday")
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"{NOTES} will change")).to_be_visible()
    page.keyboard.press("Tab")  # away from the list of known tags
    button(page, f"Tag {NOTES} files").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("link", name="Home").first.click()
    page.get_by_text("Arrived last").wait_for()
    page.get_by_role("link", name="Library").first.click()
    expect(page.get_by_text(f"{NOTES} files tagged holiday.")).to_be_visible()
    button(page, "Undo").first.click()
    expect(page.get_by_text(f"{NOTES} files put back.")).to_be_visible()


def test_files_move_into_a_new_folder_and_the_way_leads_back_up(page):
    visit(page, "/library?in=Folders&q=dune", 2)
    button(page, "New folder").click()
    page.get_by_label("Name", exact=True).fill("Seaside")
    button(page, "Create folder").click()
    expect(page.get_by_role("heading", name="Nothing matches")).to_be_visible()
    visit(page, "/library?q=dune", 2)
    check(page, "dune 0.jpg")
    button(page, "Move").click()
    page.get_by_role("dialog").get_by_role("combobox", name="Folder").click()
    page.get_by_role("option", name="Seaside").click()
    expect(page.get_by_text("1 will change")).to_be_visible()
    button(page, "Move 1 file").click()
    expect(page.get_by_text("1 file moved to /Seaside.")).to_be_visible()
    page.goto("/library?in=Folders")
    page.get_by_role("button", name=re.compile("^Seaside 1")).click()
    expect(page.locator(".gallery .tile")).to_have_count(1)
    settled(page)
    button(page, "All folders").click()
    expect(page.locator(".gallery .tile")).to_have_count(30)


def test_an_album_takes_files_and_shows_its_cover(page):
    page.goto("/library?in=Albums")
    page.get_by_label("New album").fill("Best of")
    button(page, "Create album").click()
    expect(page.get_by_text("No files on this album yet")).to_be_visible()
    visit(page, "/library?q=dune", 2)
    check(page, "dune 1.jpg")
    button(page, "More").click()
    page.get_by_role("menuitem", name="Add to album").or_(
        page.get_by_text("Add to album", exact=True)
    ).first.click()
    page.get_by_role("dialog").get_by_role("combobox", name="Album").click()
    page.get_by_role("option", name="Best of").click()
    button(page, "Add 1 file").click()
    expect(page.get_by_text("1 file put into an album.")).to_be_visible()
    page.goto("/library?in=Albums")
    expect(page.locator(".st-key-album_cards img")).to_be_visible()
    button(page, "Best of").click()
    expect(page.locator(".gallery .tile")).to_have_count(1)


def test_a_day_is_picked_on_the_map_of_dates_by_keys(page):
    visit(page, "/library?view=Dates", 30)
    page.get_by_role("rowheader", name="May 2024, 2 files").focus()
    for _ in range(17):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Taken: 2024-05-17")).to_be_visible()
    expect(page.locator(".gallery .tile")).to_have_count(2)
    expect(page.get_by_role("gridcell", name="17 May 2024, 2 files")).to_have_attribute(
        "aria-selected", "true"
    )


def test_a_private_picture_whose_address_has_ended_gets_a_fresh_one(page, client):
    found = client.get("/api/files", params={"query": "dune 0"}).json()["items"][0]["id"]
    private = client.put(f"/api/files/{found}/private", json={"private": True})
    private.raise_for_status()
    ended = []
    page.route(
        "**/thumbnail.webp?*",
        lambda route: ended.append(1) or route.abort() if not ended else route.continue_(),
    )
    visit(page, "/library?is=private", 1)
    picture = page.locator(".tile img")
    expect(picture).to_have_js_property("naturalWidth", 320)
    assert ended
    expect(page.locator(".tile")).to_have_accessible_name(re.compile("Private"))
