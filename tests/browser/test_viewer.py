"""One file at a time: the viewer and the drawer with the keyboard alone, and what browsers play."""

import io
import math
import struct
import wave

import httpx
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.test_accessibility import drawn, go_to, needs_axe, press, violations

pytestmark = [pytest.mark.browser, pytest.mark.emulator]

PERSON = {"email": "viewer@example.com", "password": "walnut-harbour-cedar-52", "username": "Vera"}
RTL = "תוכנית <b>العطلة.csv"


def tone():
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setparams((1, 2, 8000, 8000, "NONE", ""))
        frames = (struct.pack("<h", int(8000 * math.sin(n / 5))) for n in range(8000))
        sound.writeframes(b"".join(frames))
    return out.getvalue()


def picture(number):
    out = io.BytesIO()
    Image.new("RGB", (1800, 1200), (40 * number, 90, 120)).save(out, "JPEG")
    return out.getvalue()


FILES = [
    ("film.avi", b"RIFF\x00\x10\x00\x00AVI LIST" + bytes(4000), "video/x-msvideo"),
    ("tone.wav", tone(), "audio/wav"),
    (RTL, "שם,גודל\n".encode() * 9000, "text/csv"),
    *((f"shot {number}.jpg", picture(number), "image/jpeg") for number in range(3)),
]


@pytest.fixture(scope="module")
def cookies(app, browser):
    with httpx.Client(base_url=app.url, timeout=60) as client:
        client.post("/api/auth/register", json=PERSON).raise_for_status()
        entry = {key: PERSON[key] for key in ("email", "password")}
        signed = client.post("/api/auth/login", json=entry)
        client.headers["Authorization"] = f"Bearer {signed.json()['access_token']}"
        for name, content, kind in FILES:
            sent = {"file": (name, content, kind)}
            client.post("/api/files", files=sent).raise_for_status()
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
    tab.goto("/library")
    expect(tab.locator(".tile")).to_have_count(len(FILES))
    drawn(tab)
    return tab


def view(page, name):
    page.locator(".tile", has_text=name).focus()
    page.keyboard.press("v")
    expect(page.locator("dialog.viewer .name")).to_contain_text(name)


def place(page):
    return page.locator("dialog.viewer .place")


def test_the_way_through_viewer_and_drawer_needs_no_mouse(page):
    page.evaluate("document.activeElement.blur()")
    go_to(page, "shot 2.jpg")
    page.keyboard.press("v")
    expect(place(page)).to_contain_text("1 of 6")
    assert "show=" in page.url
    page.keyboard.press("ArrowRight")
    expect(page.locator("dialog.viewer .name")).to_have_text("shot 1.jpg")
    expect(place(page)).to_contain_text("2 of 6")
    with page.expect_response(lambda answer: answer.url.endswith("shot-1.jpg")):
        page.keyboard.press("+")  # the file itself comes when it is enlarged
    expect(page.locator("dialog.viewer .scale")).to_have_text("150 %")
    page.keyboard.press("ArrowRight")  # moves what is enlarged
    expect(place(page)).to_contain_text("2 of 6")
    page.keyboard.press("0")
    expect(page.locator("dialog.viewer .scale")).to_have_text("100 %")
    page.keyboard.press("End")
    expect(place(page)).to_contain_text("6 of 6")
    page.keyboard.press("Home")
    expect(page.locator("dialog.viewer .name")).to_have_text("shot 2.jpg")
    page.keyboard.press("Escape")
    expect(page.locator("dialog.viewer")).to_be_hidden()
    assert "show=" not in page.url

    page.keyboard.press("Enter")  # the tile has the focus again
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name="shot 2.jpg")).to_be_visible()
    drawn(page)
    go_to(page, "Name")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("beach at dusk.jpg")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("heading", name="beach at dusk.jpg")).to_be_visible()
    drawn(page)
    press(page, "Undo")
    expect(dialog.get_by_role("heading", name="shot 2.jpg")).to_be_visible()
    expect(dialog.get_by_label("Name")).to_have_value("shot 2.jpg")


def test_back_closes_the_viewer_and_a_reload_opens_it_again(page):
    view(page, "shot 0.jpg")
    page.reload()
    expect(page.locator("dialog.viewer .name")).to_have_text("shot 0.jpg")
    page.keyboard.press("Escape")
    expect(page.locator("dialog.viewer")).to_be_hidden()
    drawn(page)
    view(page, "shot 1.jpg")
    page.go_back()
    expect(page.locator("dialog.viewer")).to_be_hidden()
    page.go_forward()
    expect(page.locator("dialog.viewer .name")).to_have_text("shot 1.jpg")


def test_a_very_long_name_leaves_the_tools_in_sight(page):
    view(page, "shot 0.jpg")
    page.set_viewport_size({"width": 390, "height": 844})
    page.locator("dialog.viewer .name").evaluate("name => name.textContent = 'w'.repeat(200)")
    for tool in ("Close", "Zoom in", "Next file"):
        expect(page.get_by_role("button", name=tool)).to_be_in_viewport(ratio=1)
    assert page.locator("dialog.viewer .stage").bounding_box()["width"] == 390


def test_sound_comes_in_parts_a_film_without_a_codec_says_so_and_text_stays_text(page):
    with page.expect_response(lambda answer: answer.url.endswith("tone.wav")) as heard:
        view(page, "tone.wav")
    assert heard.value.status == 206
    assert heard.value.headers["content-range"].startswith("bytes 0-")
    page.keyboard.press(" ")
    playing = "() => [...document.querySelectorAll('*')].some(e => e.shadowRoot?.querySelector('audio')?.paused === false)"
    page.wait_for_function(playing)
    page.keyboard.press("PageDown")
    expect(page.locator("dialog.viewer .name")).to_have_text("film.avi")
    expect(page.get_by_text("This browser can't play this video")).to_be_visible()
    page.keyboard.press("PageUp")
    page.keyboard.press("PageUp")
    expect(page.locator("dialog.viewer .name")).to_have_text(RTL)  # markup in a name stays text
    expect(page.locator("dialog.viewer pre")).to_contain_text("שם,גודל")
    expect(page.locator("dialog.viewer .foot")).to_have_text("First 64.0 KiB of 123 KiB, UTF-8")


@needs_axe
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_viewer_and_drawer(browser, app, cookies, scheme):
    context = browser.new_context(base_url=app.url, color_scheme=scheme)
    context.add_cookies(cookies)
    page = context.new_page()
    page.goto("/library")
    expect(page.locator(".tile")).to_have_count(len(FILES))
    found = {}
    for name in ("shot 1.jpg", "csv"):
        view(page, name)
        page.wait_for_timeout(200)
        found[name] = violations(page)
        page.keyboard.press("Escape")
        expect(page.locator("dialog.viewer")).to_be_hidden()
    page.locator(".tile", has_text="shot 1.jpg").focus()
    page.keyboard.press("Enter")
    page.get_by_role("dialog").get_by_text("What it costs").click()
    page.get_by_text("1,000 views of the original").wait_for()
    drawn(page)
    found["drawer"] = violations(page)
    context.close()
    assert {name: broken for name, broken in found.items() if broken} == {}
