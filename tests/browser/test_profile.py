"""A person's own day: a picture, settings that apply, and two progress photos compared."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import MEMBER
from tests.browser.running import ROOT
from tests.browser.test_accessibility import AXE, drawn, violations
from tests.browser.test_first_day import register

pytestmark = [pytest.mark.browser, pytest.mark.emulator]

PHOTOS = ROOT / "tests" / "photos"
DARK = re.compile(r"rgb\(20, 23, 28\)")


def choose(page, name, option):
    page.get_by_role("combobox", name=name).click()
    page.keyboard.type(option)  # a long list holds only what is near
    page.get_by_role("option", name=option, exact=True).click()


def loaded(picture):
    expect(picture).to_be_visible()
    picture.evaluate("image => image.decode()")
    return picture.evaluate("image => [image.naturalWidth, image.naturalHeight]")


def test_a_person_chooses_a_picture_a_theme_and_compares_two_photos(app, tab):
    app.first_admin_link()
    register(tab, *MEMBER)

    tab.goto("/profile")
    tab.locator(".avatar input[type=file]").set_input_files(PHOTOS / "gps" / "DSCN0010.jpg")
    frame = tab.locator(".frame")
    expect(frame).to_be_focused()
    before = frame.locator("img").get_attribute("style")
    for key in ("+", "+", "ArrowLeft"):
        tab.keyboard.press(key)
    assert frame.locator("img").get_attribute("style") != before
    tab.get_by_role("button", name="Save picture").click()
    small = tab.locator(".ui-avatar img")
    assert loaded(small) == [128, 128]
    assert re.search(
        r"/emulator/cdn/.*/avatars/avatar_\w+_\d+_[\w-]+\.jpg", small.get_attribute("src")
    )
    assert loaded(tab.get_by_role("img", name="Your picture")) == [512, 512]

    shell = tab.get_by_test_id("stApp")
    expect(shell).not_to_have_css("background-color", DARK)
    choose(tab, "Theme", "Dark")
    choose(tab, "Files on a page", "30")
    choose(tab, "Time zone", "Asia/Kolkata")
    tab.get_by_role("button", name="Save settings").click()
    expect(shell).to_have_css("background-color", DARK)
    # Dialogs stand beside the shell: what is written in them takes its colours from here.
    expect(tab.locator("html")).to_have_css("color-scheme", "dark")
    expect(tab.locator("time").first).to_have_attribute("title", re.compile(r"IST \(.* UTC\)"))

    tab.goto("/progress")
    expect(tab.get_by_text("No photos yet")).to_be_visible()
    expect(shell).to_have_css(
        "background-color", DARK
    )  # each page of its own, from its first moment
    shots = [PHOTOS / "orientation" / f"portrait_{number}.jpg" for number in (1, 6)]
    tab.locator(".add input[type=file]").set_input_files(shots)
    compare = tab.locator(".compare")
    assert loaded(compare.locator(".before img")) == loaded(compare.locator(".after img"))
    slider = compare.get_by_role("slider")
    slider.focus()
    for _ in range(3):
        tab.keyboard.press("ArrowRight")
    expect(slider).to_have_value("53")
    expect(compare.locator(".stage")).to_have_attribute("style", "--at: 53%;")
    compare.get_by_role("button", name="Side by side").click()
    expect(slider).to_be_hidden()
    drawn(tab)
    if AXE.is_file():
        assert violations(tab) == []

    tab.get_by_role("button", name="Delete").first.click()
    expect(tab.locator(".ui-photo")).to_have_count(1)
    tab.get_by_role("button", name="Undo").click()
    expect(tab.locator(".ui-photo")).to_have_count(2)
    url = tab.locator(".ui-photo img").first.get_attribute("src")
    tab.context.clear_cookies()
    assert tab.request.get(url).status == 401
