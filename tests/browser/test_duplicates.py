"""Duplicates are reviewed side by side and go to the trash, from where everything comes back."""

import io
import re

import httpx
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser import people
from tests.browser.people import button, is_drawn
from tests.browser.test_accessibility import ACTIVE, drawn, go_to, needs_axe, press, violations

pytestmark = [pytest.mark.browser, pytest.mark.emulator]

NOTES = [f"note {number}.txt" for number in range(8)]


def picture(turns, size=(600, 400), quality=90):
    """Another look for each number of turns."""
    out = io.BytesIO()
    slope = Image.linear_gradient("L").rotate(90 * turns).resize(size)
    disc = Image.radial_gradient("L").resize(size)
    Image.merge("RGB", (slope, disc, slope)).save(out, "JPEG", quality=quality)
    return out.getvalue()


PICTURES = {
    "pier.jpg": picture(0),
    "pier copy.jpg": picture(0),
    "מזח <b>.jpg": picture(0),
    "dune.jpg": picture(1),
    "dune small.jpg": picture(1, size=(300, 200), quality=60),
}


@pytest.fixture(scope="module")
def dora(app, browser):
    dora = people.join(app, browser, "Dora")
    for name, content in PICTURES.items():
        keep(dora, name, content)
    yield dora
    dora.api.close()


@pytest.fixture(scope="module")
def tom(app, browser):
    tom = people.join(app, browser, "Tom")
    yield tom
    tom.api.close()


def keep(person, name, content, content_type="image/jpeg"):
    sent = {"file": (name, content, content_type)}
    return person.api.post("/api/files", files=sent).raise_for_status().json()


@pytest.fixture
def page(browser, app, dora):
    page = dora.tab(browser, app)
    yield page
    page.context.close()


def names(person, **asked):
    found = person.api.get("/api/files", params=asked).raise_for_status().json()
    return {one["name"] for one in found["items"]}


def test_of_files_with_the_same_bytes_one_is_kept_and_undo_brings_the_others_back(page, dora):
    page.goto("/library?in=Duplicates")
    expect(page.get_by_role("heading", name=re.compile("^1 group of duplicates"))).to_be_visible()
    drawn(page)
    for name in ("pier.jpg", "pier copy.jpg", "מזח <b>.jpg"):  # side by side, markup as text
        is_drawn(page.get_by_role("img", name=name, exact=True))
        expect(page.locator("b").filter(has_text=name)).to_be_visible()
    kept = page.locator("[class*=st-key-twin_]", has=page.get_by_text("pier copy.jpg", exact=True))
    kept.get_by_role("button", name="Keep this, trash 2 others").click()
    expect(page.get_by_text("2 files moved to the trash.")).to_be_visible()
    heading = page.get_by_role("heading", name="No two of your files have the same bytes")
    expect(heading).to_be_visible()
    drawn(page)
    assert names(dora) == {"pier copy.jpg", "dune.jpg", "dune small.jpg"}
    button(page, "Undo").click()
    expect(page.get_by_text("2 files restored.")).to_be_visible()
    expect(page.get_by_role("heading", name=re.compile("^1 group of duplicates"))).to_be_visible()
    assert names(dora) == set(PICTURES)


def choose(page, first, wanted):
    """An answer of a row of them, which Tab enters at the first and arrows walk along."""
    go_to(page, first)
    for _ in range(8):
        if page.evaluate(ACTIVE) == wanted:
            break
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")


def test_look_alikes_are_reviewed_with_the_keyboard_alone(page, dora):
    page.goto("/library")
    expect(page.locator(".tile")).to_have_count(len(PICTURES))
    drawn(page)
    choose(page, "Files", "Duplicates")
    expect(page.get_by_role("heading", name=re.compile("^1 group of duplicates"))).to_be_visible()
    drawn(page)
    choose(page, "Same bytes", "Look alike")
    group = page.locator("[class*=st-key-group_]").filter(has_text="dune.jpg")
    expect(group).to_contain_text("It has the most pixels.")
    expect(group).to_contain_text("300 \u00d7 200")
    drawn(page)
    press(page, "Keep this, trash 1 other")  # Tab comes to the suggested one first
    expect(page.get_by_text("1 file moved to the trash.")).to_be_visible()
    assert names(dora) == set(PICTURES) - {"dune small.jpg"}
    drawn(page)
    press(page, "Undo")
    expect(page.get_by_text("1 file restored.")).to_be_visible()
    expect(group).to_be_visible()
    assert names(dora) == set(PICTURES)


@needs_axe
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_among_duplicates_and_in_the_trash(browser, app, dora, scheme):
    gone = keep(dora, f"old {scheme}.txt", scheme.encode(), "text/plain")
    dora.api.delete(f"/api/files/{gone['id']}").raise_for_status()
    page = dora.tab(browser, app, color_scheme=scheme)
    found = {}
    for path in ("Duplicates", "Duplicates&alike=Look+alike", "Trash"):
        page.goto(f"/library?in={path}")
        expect(page.get_by_role("heading", level=1)).not_to_contain_text("No")
        drawn(page)
        found[path] = violations(page)
    page.context.close()
    assert {path: broken for path, broken in found.items() if broken} == {}


def test_what_goes_to_the_trash_comes_back_by_undo_and_from_the_trash(browser, app, tom):
    for name in NOTES:
        keep(tom, name, name.encode(), "text/plain")
    page = tom.tab(browser, app)
    page.goto("/library")
    check(page, NOTES[0])
    button(page, "Move to trash").click()
    expect(page.get_by_text("1 file moved to the trash.")).to_be_visible()
    expect(page.locator(".tile")).to_have_count(len(NOTES) - 1)
    drawn(page)
    button(page, "Undo").click()
    expect(page.get_by_text("1 file restored.")).to_be_visible()
    expect(page.locator(".tile")).to_have_count(len(NOTES))
    drawn(page)

    check(page, NOTES[1])
    button(page, "Move to trash").click()
    expect(page.get_by_text("1 file moved to the trash.")).to_be_visible()
    page.goto("/library?in=Trash")
    expect(page.locator(".tile")).to_contain_text("30 days left")
    check(page, NOTES[1])
    button(page, "Restore").click()
    expect(page.get_by_role("heading", name="The trash is empty")).to_be_visible()
    assert names(tom) == set(NOTES)
    page.context.close()


def test_a_trash_emptied_while_files_are_restored_loses_none_of_the_restored(browser, app, tom):
    files = [keep(tom, f"late {name}", name.encode(), "text/plain") for name in NOTES]
    for file in files:
        tom.api.delete(f"/api/files/{file['id']}").raise_for_status()
    restoring, emptying = tom.tab(browser, app), tom.tab(browser, app)
    for page in (restoring, emptying):
        page.goto("/library?in=Trash")
        expect(page.locator(".tile")).to_have_count(len(files))
        drawn(page)
    button(restoring, "Select all").click()
    expect(button(restoring, "Restore")).to_be_visible()
    emptying.get_by_role("button", name="Empty trash").click()
    expect(button(emptying, "Delete all for good")).to_be_visible()
    drawn(restoring)
    button(restoring, "Restore").click(no_wait_after=True)
    button(emptying, "Delete all for good").click()
    for page in (restoring, emptying):
        expect(page.get_by_role("heading", name="The trash is empty")).to_be_visible()
        page.context.close()
    for file in files:
        answer = tom.api.get(f"/api/files/{file['id']}")
        if answer.status_code == httpx.codes.NOT_FOUND:
            continue  # it was gone before it could be restored
        assert answer.json()["trashed_at"] is None
        assert httpx.get(answer.json()["url"]).text == file["name"].removeprefix("late ")


def check(page, name):
    tile = page.locator(".tile", has=page.get_by_text(name, exact=True))
    tile.locator(".check").click()
