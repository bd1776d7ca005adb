"""Sharing with colleagues: what they may do, what they may not, and what is left once it is taken back."""

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser import people
from tests.browser.people import button, is_drawn, settled

pytestmark = [pytest.mark.browser, pytest.mark.emulator]


@pytest.fixture(scope="module")
def team(app, browser):
    """Mia owns, Noa is let in, Tom never is."""
    found = {name: people.join(app, browser, name) for name in ("Mia", "Noa", "Tom")}
    yield found
    for person in found.values():
        person.api.close()


@pytest.fixture
def tabs(team, browser, app):
    found = {name: person.tab(browser, app) for name, person in team.items()}
    yield found
    for page in found.values():
        page.context.close()


@pytest.fixture
def picture(team, tmp_path):
    path = tmp_path / "beach.jpg"
    Image.new("RGB", (900, 600), (40, 120, 200)).save(path)
    return team["Mia"].upload(path)


def shared_with_me(page):
    page.goto("/shared?view=Shared+with+me")
    return settled(page)


def open_drawer(page, file):
    page.goto(f"/library?file={file['id']}")
    page.get_by_role("dialog").wait_for()
    return settled(page).get_by_role("dialog")


def share_dialog(mia, picture):
    drawer = open_drawer(mia, picture)
    button(drawer, "Share").click()
    mia.get_by_role("dialog").get_by_text("With people").click()
    mia.get_by_label("Emails").wait_for()
    return settled(mia).get_by_role("dialog")


def share_with(mia, picture, email, right):
    dialog = share_dialog(mia, picture)
    dialog.get_by_label("Emails").fill(email)
    dialog.get_by_role("combobox", name="They may").click()
    mia.get_by_role("option", name=right).click()
    button(dialog, "Share").click()
    expect(dialog.get_by_text(f"Shared with {email}.")).to_be_visible()


def sees_nothing(page, picture):
    """Neither in a list nor under its address, and that is said in words."""
    shared_with_me(page)
    expect(page.get_by_text("Nothing yet")).to_be_visible()
    page.goto(f"/library?file={picture['id']}")
    expect(page.get_by_text(f"There is no file '{picture['id']}'.")).to_be_visible()
    expect(page.get_by_text("nobody foresaw")).to_have_count(0)


def test_a_colleague_looks_then_edits_then_is_out_and_a_third_never_knows(team, tabs, picture):
    mia, noa, tom = tabs.values()
    share_with(mia, picture, "noa@example.com", "Look and download")
    shared_with_me(noa)
    expect(noa.get_by_role("heading", name="1 file shared with you")).to_be_visible()
    is_drawn(noa.locator(".tile img"))
    noa.locator(".tile").dblclick()
    drawer = noa.get_by_role("dialog")
    expect(drawer.get_by_role("heading", name="beach.jpg")).to_be_visible()
    settled(noa)
    expect(drawer.get_by_role("link", name="Download")).to_be_visible()
    for name in ("Share", "Move to trash", "Make private"):
        expect(button(drawer, name)).to_have_count(0)
    expect(drawer.get_by_label("Name", exact=True)).to_have_count(0)
    refused = team["Noa"].api.patch(f"/api/files/{picture['id']}", json={"name": "mine.jpg"})
    assert refused.status_code == 403
    sees_nothing(tom, picture)

    share_with(mia, picture, "noa@example.com", "Also rename, move, tag")
    drawer = open_drawer(noa, picture)
    drawer.get_by_label("Name", exact=True).fill("dawn at the beach.jpg")
    noa.keyboard.press("Enter")
    expect(drawer.get_by_role("heading", name="dawn at the beach.jpg")).to_be_visible()
    expect(button(drawer, "Move to trash")).to_have_count(0)
    sees_nothing(tom, picture)
    assert team["Tom"].api.get(f"/api/files/{picture['id']}").status_code == 404

    dialog = share_dialog(mia, picture)
    expect(dialog.get_by_role("heading", name="dawn at the beach.jpg")).to_be_visible()
    expect(dialog.get_by_text("Noa, noa@example.com: may edit")).to_be_visible()
    button(dialog, "Remove").click()
    expect(dialog.get_by_text("Noa sees it no more.")).to_be_visible()
    button(dialog, "Undo").click()
    expect(dialog.get_by_text("Noa, noa@example.com: may edit")).to_be_visible()
    button(dialog, "Remove").click()
    expect(dialog.get_by_text("noa@example.com")).to_have_count(0)
    sees_nothing(noa, picture)


def test_an_unknown_address_is_named_and_nobody_is_let_in(tabs, picture, team):
    mia = tabs["Mia"]
    dialog = share_dialog(mia, picture)
    dialog.get_by_label("Emails").fill("tom@example.com, who@example.com")
    button(dialog, "Share").click()
    expect(dialog.get_by_text("Nobody here has the address who@example.com.")).to_be_visible()
    assert team["Tom"].api.get(f"/api/files/{picture['id']}").status_code == 404


def test_shared_files_are_viewed_left_and_taken_back_several_at_once(team, tabs, picture, tmp_path):
    mia, noa = tabs["Mia"], tabs["Noa"]
    another = tmp_path / "another.jpg"
    Image.new("RGB", (300, 200), "green").save(another)
    also = team["Mia"].upload(another)["id"]
    for file_id in (picture["id"], also):
        people_of = f"/api/files/{file_id}/people"
        body = {"emails": ["noa@example.com", "tom@example.com"], "right": "view"}
        team["Mia"].api.post(people_of, json=body).raise_for_status()
    shared_with_me(noa)
    noa.locator(".tile").first.focus()
    noa.keyboard.press("v")
    is_drawn(noa.locator("dialog.viewer img").first)
    noa.keyboard.press("Escape")
    settled(noa)
    button(noa, "Select all").click()
    button(noa, "Download").click()
    expect(noa.get_by_role("button", name="Download 2 files as one zip")).to_be_visible()
    noa.keyboard.press("Escape")
    button(noa, "Leave 2 files").click()
    expect(noa.get_by_text("You left 2 files.")).to_be_visible()
    expect(noa.get_by_text("Nothing yet")).to_be_visible()
    button(noa, "Undo").click()
    expect(noa.get_by_text("2 files are shared again.")).to_be_visible()
    expect(noa.locator(".tile")).to_have_count(2)

    mia.goto("/shared?view=Shared+by+me")
    expect(mia.locator(".tile")).to_have_count(2)
    settled(mia)
    button(mia, "Select all").click()
    button(mia, "Stop sharing 2 files").click()
    expect(mia.get_by_text("Nothing yet")).to_be_visible()
    assert team["Tom"].api.get(f"/api/files/{also}").status_code == 404
    button(mia, "Undo").click()
    expect(mia.locator(".tile")).to_have_count(2)
    assert team["Tom"].api.get(f"/api/files/{also}").status_code == 200
    button(settled(mia), "Select all").click()
    button(mia, "Stop sharing 2 files").click()
    button(mia, "Dismiss").click()
    expect(mia.get_by_text("You share 2 files")).to_have_count(0)
