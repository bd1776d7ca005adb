"""Private files: nobody reads them by an old address, and whoever may see them does, all the while."""

import time

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser import people, running
from tests.browser.people import button, is_drawn, settled

pytestmark = [pytest.mark.browser, pytest.mark.emulator]

ADDRESSES = ("url", "preview_url", "thumbnail_url")


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    """Signed addresses end after 6 seconds here."""
    folder = tmp_path_factory.mktemp("data")
    app = running.RunningApp(folder, program=("tests.browser.short_lived",))
    app.start()
    yield app
    app.stop()


@pytest.fixture(scope="module")
def mia(app, browser):
    person = people.join(app, browser, "Mia")
    yield person
    person.api.close()


@pytest.fixture
def picture(mia, tmp_path):
    path = tmp_path / "dune.jpg"
    Image.effect_noise((1500, 1000), 40).convert("RGB").save(path)
    file = mia.upload(path)
    yield file
    mia.api.delete(f"/api/files/{file['id']}")


@pytest.fixture
def private(mia, picture):
    answer = mia.api.put(f"/api/files/{picture['id']}/private", json={"private": True})
    return answer.raise_for_status().json()


@pytest.fixture
def own(browser, app, mia):
    page = mia.tab(browser, app)
    yield page
    page.context.close()


@pytest.fixture
def visitor(browser, app):
    page = people.stranger(browser, app)
    yield page
    page.context.close()


def statuses(visitor, addresses):
    """As the edge answers somebody who wrote the addresses down, without any cookie."""
    return [visitor.request.get(address).status for address in addresses]


def addresses(mia, file):
    """Fresh ones, of the file, its preview and its thumbnail."""
    now = mia.api.get(f"/api/files/{file['id']}").raise_for_status().json()
    return [now[name] for name in ADDRESSES]


def unsigned(signed):
    return [address.partition("?")[0] for address in signed]


def wait_until_nothing_comes(visitor, addresses):
    """The CDN forgets its copies within moments, a signature ends within seconds."""
    deadline = time.monotonic() + 60
    while 200 in statuses(visitor, addresses):
        assert time.monotonic() < deadline, "the addresses still work"
        visitor.wait_for_timeout(300)


def test_a_file_is_made_private_in_its_drawer_and_public_again(own, mia, picture, visitor):
    public = addresses(mia, picture)
    assert statuses(visitor, public) == [200] * 3

    own.goto(f"/library?file={picture['id']}")
    drawer = own.get_by_role("dialog")
    drawer.wait_for()
    settled(own)
    button(own, "Make private").click()
    expect(drawer.get_by_text("only signed addresses open it")).to_be_visible()
    expect(drawer.get_by_text("Private", exact=True)).to_be_visible()
    is_drawn(drawer.locator("img").first)
    drawer.evaluate("drawer => { drawer.dataset.same = 'yes' }")
    wait_until_nothing_comes(visitor, public)
    expect(drawer.get_by_text("Forgotten")).to_be_visible()
    expect(drawer.get_by_text("The address from before opens nothing any more.")).to_be_visible()
    expect(drawer).to_have_attribute("data-same", "yes")  # whoever types there goes on
    signed = addresses(mia, picture)
    assert statuses(visitor, signed) == [200] * 3
    assert statuses(visitor, unsigned(signed)) == [403] * 3

    settled(own)
    button(own, "Make public").click()
    expect(drawer.get_by_text("Whoever knows this address can open it")).to_be_visible()
    assert statuses(visitor, addresses(mia, picture)) == [200] * 3
    wait_until_nothing_comes(visitor, [*signed, *unsigned(signed)])


@pytest.mark.usefixtures("private")
def test_who_looks_on_sees_private_pictures_after_their_addresses_ended(own, visitor):
    own.goto("/library?is=private")
    tile = own.locator(".gallery .tile", has=own.get_by_text("dune.jpg"))
    is_drawn(tile.locator("img"))
    wait_until_nothing_comes(visitor, [tile.locator("img").get_attribute("src")])
    tile.focus()
    own.keyboard.press("v")
    is_drawn(own.locator("dialog.viewer img").first)
    expect(own.locator("dialog.viewer .name")).to_have_text("dune.jpg")


def test_a_link_shows_a_private_picture_and_its_page_outlives_an_address(mia, private, visitor):
    link = mia.share(target={"kind": "files", "file_ids": [private["id"]]})
    visitor.goto(link["url"])
    thumbnail = visitor.locator(".share-picture img")
    is_drawn(thumbnail)
    first = thumbnail.get_attribute("src")
    wait_until_nothing_comes(visitor, [first])
    visitor.locator(".share-picture").click()
    is_drawn(visitor.locator(".share-view img"))
    with visitor.expect_download() as download:
        visitor.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename == "dune.jpg"
    mia.api.delete(f"/api/shares/{link['id']}").raise_for_status()
    visitor.reload()
    expect(visitor.get_by_role("heading", name="Nothing is here")).to_be_visible()
