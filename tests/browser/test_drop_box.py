"""A drop box as its owner makes it and a guest uses it: what arrives, what is refused, and its end."""

import re

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser import people
from tests.browser.people import button, settled
from tests.browser.running import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.emulator]

SECRET = "harbour lantern 7"
PHOTOS = ROOT / "tests" / "photos"
TURNED, PHONE = PHOTOS / "orientation" / "portrait_6.jpg", PHOTOS / "cameras" / "IMG_5195.HEIC"
LARGE = PHOTOS / "cameras" / "iphone_hdr_YES.jpg"  # 1.9 MiB


@pytest.fixture(scope="module")
def mia(app, browser):
    person = people.join(app, browser, "Mia")
    yield person
    person.api.close()


@pytest.fixture
def own(browser, app, mia):
    page = mia.tab(browser, app)
    yield page
    page.context.close()


@pytest.fixture
def guest(browser, app):
    page = people.stranger(browser, app)
    yield page
    page.context.close()


def choose(page, label, option):
    page.get_by_role("combobox", name=label).click()
    page.get_by_role("option", name=option, exact=True).click()


def make_box(page):
    """Pictures only, three files, 1 MiB for each, with a password, for a day."""
    page.goto("/shared?view=Drop+boxes")
    settled(page)
    button(page, "New drop box").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("What it is for").fill("Summer party <b>2026</b>")
    dialog.get_by_label("Folder in which files arrive").fill("from guests/party")
    dialog.get_by_label("Files at most").fill("3")
    dialog.get_by_label("MiB in total").fill("2")
    dialog.get_by_label("MiB for one file").fill("1")
    choose(page, "Takes", "Pictures")
    choose(page, "Ends after", "1 day")
    dialog.get_by_label("Password (optional)").fill(SECRET)
    button(dialog, "Make drop box").click()
    return people.address_in(page)


def send(guest, *paths):
    guest.get_by_label("Files", exact=True).set_input_files([str(path) for path in paths])


def row(guest, name):
    return guest.locator("#sent li", has_text=name)


@pytest.fixture
def dot(tmp_path):
    path = tmp_path / "dot.png"
    Image.new("RGB", (60, 40), "red").save(path)
    return path


def test_a_box_takes_what_fits_says_why_not_and_ends_when_its_owner_says_so(
    own, mia, guest, dot, tmp_path
):
    url = make_box(own)
    notes = tmp_path / "notes.txt"
    notes.write_text("no picture")

    guest.goto(url)
    expect(guest.get_by_text("Summer party")).to_have_count(0)
    guest.get_by_label("Password").fill(SECRET)
    guest.get_by_role("button", name="Open").click()
    expect(guest.get_by_role("heading", name="Summer party <b>2026</b>")).to_be_visible()
    expect(
        guest.get_by_text(re.compile(r"Ends in 23 hours, \d+ \w+ 20\d\d \d\d:\d\d UTC"))
    ).to_be_visible()
    expect(
        guest.get_by_text(
            "Only pictures. 1 MiB for one file at most. There is room for 3 files more and 2 MiB."
        )
    ).to_be_visible()
    guest.get_by_label("Your name").fill("Zoë")
    send(guest, TURNED, PHONE, notes, LARGE)
    expect(row(guest, TURNED.name)).to_contain_text("received")
    expect(row(guest, PHONE.name)).to_contain_text("received", timeout=40_000)
    expect(row(guest, "notes.txt")).to_contain_text("only pictures")
    expect(row(guest, LARGE.name)).to_contain_text("1 MiB is the most")
    expect(guest.get_by_role("button", name="Try again")).to_have_count(0)
    expect(guest.get_by_text("There is room for 1 file more")).to_be_visible()
    guest.reload()
    expect(guest.get_by_text("There is room for 1 file more")).to_be_visible()
    expect(guest.get_by_label("Your name")).to_have_value("Zoë")

    own.goto("/library?in=Folders&folder=from+guests%2Fparty")
    expect(own.locator(".gallery .tile")).to_have_count(2)
    found = mia.api.get("/api/files", params={"folder": "from guests/party"}).json()["items"]
    assert {file["name"] for file in found} == {TURNED.name, PHONE.name}
    assert {tuple(file["tags"]) for file in found} == {("drop box", "from zoë")}
    assert not any(file["private"] for file in found)

    own.goto("/shared?view=Drop+boxes")
    table = own.locator("[data-testid=stDataFrame] canvas").first
    table.wait_for()
    settled(own)
    table.click(position={"x": 16, "y": 52}, force=True)  # the box of the first row is painted
    button(own, "Revoke").click()
    expect(own.get_by_text("is revoked.")).to_be_visible()
    send(guest, dot)
    expect(guest.locator("#sent .share-fail")).to_contain_text("There is nothing under this link.")
    guest.reload()
    expect(guest.get_by_role("heading", name="Nothing is here")).to_be_visible()


def drop(page, path):
    """From another window, onto the frame that says so."""
    data = page.evaluate_handle(
        """([name, bytes]) => {
          const data = new DataTransfer()
          data.items.add(new File([new Uint8Array(bytes)], name, { type: 'image/png' }))
          return data
        }""",
        [path.name, list(path.read_bytes())],
    )
    page.dispatch_event("#drop", "dragover", {"dataTransfer": data})
    page.dispatch_event("#drop", "drop", {"dataTransfer": data})


def test_a_full_box_says_so_at_once_and_offers_nothing_to_send(mia, guest, dot):
    limits = {"max_files": 1, "max_file_bytes": 10**6, "max_total_bytes": 10**6}
    box = mia.share(kind="drop", target={"kind": "folder", "folder": "one"}, drop=limits)
    guest.goto(box["url"])
    expect(guest.get_by_text("There is room for 1 file more")).to_be_visible()
    drop(guest, dot)
    expect(row(guest, dot.name)).to_contain_text("received")
    expect(guest.get_by_text("The box is full. Ask whoever sent you the link.")).to_be_visible()
    send(guest, dot)
    expect(guest.locator("#sent .share-fail")).to_contain_text("The box is full.")
    guest.reload()
    expect(guest.get_by_text("It takes no more files.")).to_be_visible()
    expect(guest.get_by_label("Files", exact=True)).to_have_count(0)
