"""The gallery under hands and keys: selection, opening, tiles without a picture, hostile names."""

import httpx
import pytest
from PIL import Image
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.emulator]

PERSON = {"email": "gallery@example.com", "password": "walnut-harbour-cedar-52", "username": "Gil"}
PICTURES = 7


@pytest.fixture(scope="module")
def library(app, tmp_path_factory):
    """Seven pictures and one document of one person."""
    folder = tmp_path_factory.mktemp("pictures")
    with httpx.Client(base_url=app.url, timeout=60) as client:
        client.post("/api/auth/register", json=PERSON).raise_for_status()
        entry = {key: PERSON[key] for key in ("email", "password")}
        signed = client.post("/api/auth/login", json=entry)
        client.headers["Authorization"] = f"Bearer {signed.json()['access_token']}"
        for number in range(PICTURES):
            path = folder / f"picture {number}.jpg"
            Image.new("RGB", (640, 480), (30 * number, 90, 200 - 20 * number)).save(path)
            send(client, path.name, path.read_bytes(), "image/jpeg")
        send(client, "<img src=x onerror=alert(1)>.txt", b"plain words", "text/plain")


def send(client, name, content, type):
    client.post("/api/files", files={"file": (name, content, type)}).raise_for_status()


@pytest.fixture(scope="module")
def cookies(app, browser, library):
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
    expect(tiles(tab)).to_have_count(PICTURES + 1)
    return tab


def tiles(page):
    return page.locator(".gallery .tile")


def selected(page):
    return [
        name.removesuffix(".jpg")[-1]
        for name in page.locator(".tile[aria-selected=true] .tile-name").all_inner_texts()
    ]


def status(page):
    return page.locator(".gallery .toolbar [role=status]")


def focused(page):
    return page.evaluate(
        """() => {
          let at = document.activeElement
          while (at.shadowRoot?.activeElement) at = at.shadowRoot.activeElement
          return at.getAttribute('aria-label')
        }"""
    )


def picture(page, number):
    return page.locator(".tile", has=page.get_by_text(f"picture {number}.jpg", exact=True))


def test_a_check_and_a_shift_click_select_a_range(page):
    picture(page, 1).locator(".check").click()
    picture(page, 4).click(modifiers=["Shift"])
    assert sorted(selected(page)) == ["1", "2", "3", "4"]
    expect(status(page)).to_have_text("4 selected")


def test_control_clicks_add_and_remove_single_tiles(page):
    picture(page, 0).click(modifiers=["ControlOrMeta"])
    picture(page, 5).click(modifiers=["ControlOrMeta"])
    picture(page, 0).click(modifiers=["ControlOrMeta"])
    assert selected(page) == ["5"]


def test_everything_works_from_the_keyboard(page):
    picture(page, 3).focus()
    page.keyboard.press("ArrowRight")  # newest first: on to the older one
    assert focused(page).startswith("picture 2.jpg, ")
    page.keyboard.press(" ")
    page.keyboard.press("Shift+ArrowRight")
    assert sorted(selected(page)) == ["1", "2"]
    page.keyboard.press("Escape")
    expect(status(page)).to_have_text(f"{PICTURES + 1} files")
    page.keyboard.press("ControlOrMeta+a")
    expect(status(page)).to_have_text(f"{PICTURES + 1} selected")
    page.keyboard.press("Home")
    page.keyboard.press("End")
    assert page.locator(".tile[tabindex='0']").count() == 1


def test_enter_opens_the_file(page):
    picture(page, 3).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text("picture 3.jpg")


def test_a_click_on_the_picture_opens_the_file(page):
    picture(page, 2).locator("img").click()
    expect(page.get_by_role("dialog")).to_contain_text("picture 2.jpg")


def test_the_selection_reaches_the_page(page):
    picture(page, 1).locator(".check").click()
    picture(page, 2).locator(".check").click()
    expect(page.get_by_role("button", name="Move to trash")).to_be_visible()
    expect(page.get_by_role("button", name="Details")).to_have_count(0)  # that is for one file


def test_no_tile_moves_when_a_selection_gets_its_buttons(page):
    before = tiles(page).last.bounding_box()
    picture(page, 1).locator(".check").click()
    expect(page.get_by_role("button", name="Move to trash")).to_be_visible()
    assert tiles(page).last.bounding_box() == before


def test_a_name_is_shown_as_text_and_never_run(page):
    hostile = page.locator(".tile", has_text="onerror")
    expect(hostile.locator(".tile-name")).to_contain_text("<img src=x onerror=alert(1)>")
    assert hostile.locator("img").count() == 0
    expect(hostile.locator(".kind-name")).to_have_text("TXT")


def test_a_thumbnail_that_does_not_load_says_so(page):
    page.route("**/thumbnail.webp*", lambda route: route.abort())
    page.reload()
    expect(page.get_by_text("Thumbnail did not load").first).to_be_visible()
    expect(page.get_by_text("Thumbnail did not load")).to_have_count(PICTURES)


def test_nothing_moves_while_thumbnails_load(page):
    page.route("**/thumbnail.webp*", lambda route: None)
    page.reload()
    expect(tiles(page)).to_have_count(PICTURES + 1)
    before = tiles(page).last.bounding_box()
    page.unroute("**/thumbnail.webp*")
    page.reload()
    expect(picture(page, 0).locator("img")).to_have_js_property("complete", value=True)
    assert tiles(page).last.bounding_box() == before
