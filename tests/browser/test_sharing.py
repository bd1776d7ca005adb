"""Sharing as people do it: a link with a password and two downloads, and a drop box for a guest."""

import re

import httpx
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.test_accessibility import drawn, needs_axe, violations

pytestmark = [pytest.mark.browser, pytest.mark.emulator]

PERSON = {"email": "mia@example.com", "password": "walnut-harbour-cedar-52", "username": "Mia"}
SECRET = "harbour lantern 7"


@pytest.fixture(scope="module")
def owner(app, tmp_path_factory):
    """A person with one delivered picture, as a program signs her in."""
    path = tmp_path_factory.mktemp("pictures") / "\u05d9\u05dd beach.jpg"
    Image.new("RGB", (1200, 800), (40, 120, 200)).save(path)
    with httpx.Client(base_url=app.url, timeout=60) as client:
        client.post("/api/auth/register", json=PERSON).raise_for_status()
        entry = {key: PERSON[key] for key in ("email", "password")}
        token = client.post("/api/auth/login", json=entry).json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        files = {"file": (path.name, path.read_bytes(), "image/jpeg")}
        sent = client.post("/api/files", files=files)
        sent.raise_for_status()
        client.file_id = sent.json()["id"]
        yield client


@pytest.fixture
def guest(browser, app):
    """Somebody without an account, in a browser of their own."""
    context = browser.new_context(base_url=app.url, accept_downloads=True)
    context.set_default_timeout(20_000)
    yield context.new_page()
    context.close()


def sign_in(tab):
    tab.goto("/session/sign-in")
    tab.get_by_label("Email").fill(PERSON["email"])
    tab.get_by_label("Password").fill(PERSON["password"])
    tab.get_by_role("button", name="Sign in").click()
    tab.get_by_role("link", name="Shared").first.wait_for()


def make_link(tab):
    tab.goto("/library")
    tab.locator(".tile").first.wait_for()
    drawn(tab)
    tab.locator(".tile").first.dblclick()
    tab.get_by_role("button", name="Share", exact=True).click()
    tab.get_by_label("Password (optional)").fill(SECRET)
    tab.get_by_label("Downloads at most (optional)").fill("2")
    tab.get_by_role("button", name="Make link").click()
    shown = tab.get_by_text(re.compile(r"http://\S+/s/\S+")).first
    shown.wait_for()
    return shown.inner_text()


def fetch(guest):
    with guest.expect_download() as download:
        guest.get_by_role("link", name="Download").first.click()
    return download.value


def test_a_link_with_a_password_and_two_downloads_from_making_to_revoking(tab, owner, guest):
    sign_in(tab)
    url = make_link(tab)

    guest.goto(url)
    expect(guest.get_by_text("beach.jpg")).to_have_count(0)
    guest.get_by_label("Password").fill("a wrong one")
    guest.get_by_role("button", name="Open").click()
    expect(guest.get_by_text("This is not the password of the link.")).to_be_visible()
    guest.get_by_label("Password").fill(SECRET)
    guest.get_by_role("button", name="Open").click()

    expect(guest.get_by_text("2 of 2 downloads left")).to_be_visible()
    picture = guest.locator(".share-picture img")
    expect(picture).to_have_js_property("complete", value=True)
    assert picture.evaluate("image => image.naturalWidth") > 0
    assert fetch(guest).suggested_filename == "\u05d9\u05dd beach.jpg"
    guest.reload()
    expect(guest.get_by_text("1 of 2 downloads left")).to_be_visible()
    third = guest.get_by_role("link", name="Download").first.get_attribute("href")
    assert fetch(guest).path()
    guest.reload()
    expect(guest.get_by_text("No downloads left")).to_be_visible()
    guest.goto(third)
    expect(guest.get_by_role("heading", name="No downloads are left")).to_be_visible()

    tab.goto("/shared")
    table = tab.locator("[data-testid=stDataFrame] canvas").first
    table.wait_for()
    drawn(tab)
    table.click(position={"x": 16, "y": 52}, force=True)  # the box of the first row is painted
    tab.get_by_role("button", name="Revoke").click()
    expect(tab.get_by_text("is revoked.")).to_be_visible()
    guest.goto(url)
    expect(guest.get_by_role("heading", name="Nothing is here")).to_be_visible()


def test_a_guest_drops_files_and_hears_what_is_not_taken(owner, guest, tmp_path):
    drop = {"max_files": 5, "max_file_bytes": 10**6, "max_total_bytes": 10**7, "kinds": ["image"]}
    target = {"kind": "folder", "folder": "from guests"}
    body = {"kind": "drop", "target": target, "expires_in": 3600, "drop": drop}
    box = owner.post("/api/shares", json=body).json()
    good, bad = tmp_path / "party \u5c71.png", tmp_path / "fake.png"
    Image.new("RGB", (60, 40), "red").save(good)
    bad.write_bytes(b"no picture at all")

    guest.goto(box["url"])
    guest.get_by_label("Your name").fill("Zo\u00eb")
    guest.get_by_label("Files", exact=True).set_input_files([good, bad])
    expect(guest.locator(".share-ok")).to_contain_text("received")
    expect(guest.locator(".share-fail")).to_contain_text("its content is not one")

    found = owner.get("/api/files", params={"folder": "from guests"}).json()["items"]
    assert [file["name"] for file in found] == ["party \u5c71.png"]
    assert found[0]["tags"] == ["drop box", "from zo\u00eb"]
    assert owner.get(f"/api/shares/{box['id']}").json()["drop"]["received_files"] == 1


@needs_axe
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_under_a_link(browser, app, owner, scheme, tmp_path):
    def share(**body):
        target = {"kind": "files", "file_ids": [owner.file_id]}
        sent = owner.post("/api/shares", json={"target": target, "expires_in": 3600, **body})
        return sent.json()["url"]

    drop = {"max_files": 1, "max_file_bytes": 10**4, "max_total_bytes": 10**5}
    shown, locked = share(max_downloads=3), share(password=SECRET)
    box = share(kind="drop", target={"kind": "folder"}, drop=drop)
    nothing = share(target={"kind": "folder", "folder": "empty"})
    pages = (shown, f"{shown}/v/{owner.file_id}", nothing, f"{app.url}/s/nothing", box, locked)
    context = browser.new_context(color_scheme=scheme, viewport={"width": 390, "height": 844})
    page, found = context.new_page(), {}
    for address in pages:
        page.goto(address)
        found[address] = violations(page)
    page.get_by_label("Password").fill("a wrong one")
    page.get_by_role("button", name="Open").click()
    found["a wrong password"] = violations(page)
    page.goto(box)
    (tmp_path / "small.bin").write_bytes(b"x" * 100)
    (tmp_path / "large.bin").write_bytes(b"x" * (10**4 + 1))
    page.get_by_label("Files", exact=True).set_input_files(list(tmp_path.iterdir()))
    expect(page.locator(".share-ok")).to_have_count(1)
    expect(page.locator(".share-fail")).to_have_count(1)
    found["what was sent"] = violations(page)
    page.reload()
    found["a full box"] = violations(page)
    context.close()
    assert {address: broken for address, broken in found.items() if broken} == {}
