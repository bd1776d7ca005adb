"""What links promise and admins decide: real ends, guessed passwords, limits, revoking, the record of it."""

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser import people
from tests.browser.people import button, cells, is_drawn, settled

pytestmark = [pytest.mark.browser, pytest.mark.emulator]

SECRET = "harbour lantern 7"
WEEK = 7 * 24 * 3600


@pytest.fixture(scope="module")
def ada(app, browser):
    person = people.first_admin(app, browser)
    yield person
    person.api.close()


@pytest.fixture(scope="module")
def mia(app, browser, ada):
    person = people.join(app, browser, "Mia")
    yield person
    person.api.close()


@pytest.fixture(scope="module")
def pictures(mia, tmp_path_factory):
    paths = [tmp_path_factory.mktemp("pictures") / f"dune {number}.jpg" for number in range(2)]
    for number, path in enumerate(paths):
        Image.new("RGB", (900, 600), (40, 120 + 40 * number, 200)).save(path)
    return [mia.upload(path)["id"] for path in paths]


@pytest.fixture
def links(mia, pictures):
    def make(**more):
        return mia.share(target={"kind": "files", "file_ids": pictures}, **more)

    return make


@pytest.fixture
def tab_of(browser, app):
    """Tabs of people, or of strangers."""
    opened = []

    def make(person=None):
        page = person.tab(browser, app) if person else people.stranger(browser, app)
        opened.append(page)
        return page

    yield make
    for page in opened:
        page.context.close()


def unlock(guest, password):
    guest.get_by_label("Password").fill(password)
    guest.get_by_role("button", name="Open").click()


def pick_first(page):
    table = page.locator("[data-testid=stDataFrame] canvas").first
    table.wait_for()
    settled(page)
    table.click(position={"x": 16, "y": 52}, force=True)  # the box of the first row is painted


def is_gone(guest):
    expect(guest.get_by_role("heading", name="Nothing is here")).to_be_visible()


def test_who_guesses_the_password_has_to_wait_also_with_the_right_one(links, tab_of):
    guest, url = tab_of(), links(password=SECRET)["url"]
    guest.goto(url)
    for number in range(5):
        unlock(guest, f"a wrong one {number}")
        expect(guest.get_by_text("This is not the password of the link.")).to_be_visible()
    unlock(guest, SECRET)
    expect(
        guest.get_by_text("Too many wrong passwords. The link is closed for 15 minutes")
    ).to_be_visible()
    expect(guest.get_by_text("Wait until then")).to_be_visible()
    expect(guest.locator(".share-picture")).to_have_count(0)


def test_a_link_that_is_revoked_while_somebody_looks_hands_nothing_more_out(links, mia, tab_of):
    guest, link = tab_of(), links(max_downloads=3)
    guest.goto(link["url"])
    is_drawn(guest.locator(".share-picture img").first)
    expect(guest.get_by_text("3 of 3 downloads left")).to_be_visible()
    expect(guest.get_by_text("one zip, 2 downloads")).to_be_visible()
    with guest.expect_download() as whole:
        guest.get_by_role("link", name="Download all").click()
    assert whole.value.suggested_filename.endswith(".zip")
    guest.locator(".share-picture").first.click()
    expect(guest.get_by_text("1 of 3 downloads left")).to_be_visible()
    mia.api.delete(f"/api/shares/{link['id']}").raise_for_status()
    guest.get_by_role("link", name="Download").click()
    is_gone(guest)


def test_an_admin_cuts_links_to_a_policy_revokes_one_and_reads_who_came(links, mia, ada, tab_of):
    open_one, locked = (
        links(expires_in=WEEK, title="open"),
        links(expires_in=WEEK, password=SECRET, title="locked"),
    )
    guest, owner, admin = tab_of(), tab_of(mia), tab_of(ada)
    guest.goto(locked["url"])
    unlock(guest, "a wrong one")
    unlock(guest, SECRET)
    expect(guest.get_by_text("Ends in 6 days")).to_be_visible()
    with guest.expect_download():
        guest.get_by_role("link", name="Download dune 1.jpg").click()

    admin.goto("/shared?view=Policy")
    settled(admin)
    admin.get_by_label("Longest life of a link (days)").fill("1")
    admin.get_by_text("Every link needs a password").click()
    button(admin, "Save").click()
    expect(admin.get_by_text("The policy is saved.")).to_be_visible()

    guest.reload()
    expect(guest.get_by_text("Ends in 23 hours")).to_be_visible()
    stranger = tab_of()
    stranger.goto(open_one["url"])
    is_gone(stranger)
    owner.goto("/shared")
    expect(cells(owner, "stopped")).to_have_count(1)
    pick_first(owner)
    expect(owner.get_by_text("because links may not live longer here")).to_be_visible()

    admin.goto("/shared?view=All+links")
    expect(cells(admin, "Mia")).not_to_have_count(0)
    pick_first(admin)
    expect(button(admin, "Copy link")).to_have_count(0)
    button(admin, "Revoke").click()
    expect(admin.get_by_text("is revoked.")).to_be_visible()
    guest.reload()
    is_gone(guest)
    owner.goto("/shared")
    pick_first(owner)
    button(owner, "Take back").click()
    expect(owner.get_by_text("An admin revoked this link.")).to_be_visible()

    admin.goto("/people?view=Events")
    for action in ("created", "password_wrong", "opened", "downloaded", "revoked"):
        expect(cells(admin, f"share.{action}")).not_to_have_count(0)
    expect(cells(admin, "share_policy.changed")).to_have_count(1)
    expect(cells(admin, "127.0.0.1")).not_to_have_count(0)
