"""What a team does on its first day, as people do it: in a real browser, on the real app."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import ADMIN, MEMBER
from tests.browser.running import ROOT, RunningApp

pytestmark = [pytest.mark.browser, pytest.mark.emulator]

PHOTOS = ROOT / "tests" / "photos"


def photos():
    found = sorted(p for p in PHOTOS.rglob("*.jpg") if p.parent.name != "broken")
    return [str(p) for p in found[:3]]


def sign_in(page, email, password):
    page.goto("/session/sign-in")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("link", name="Home").first).to_be_visible()


def register(page, email, password):
    page.goto("/session/register")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Username").fill(email.split("@")[0])
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Make account").click()
    expect(page.get_by_role("link", name="Home").first).to_be_visible()


@pytest.fixture(scope="module")
def admin(app, browser):
    """The first admin, made with the link from the console, signed in."""
    context = browser.new_context(base_url=app.url, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(20_000)
    page = context.new_page()
    page.goto(app.first_admin_link())
    page.get_by_label("Email").fill(ADMIN[0])
    page.get_by_label("Username").fill("Ada")
    page.get_by_label("Password").fill(ADMIN[1])
    page.get_by_role("button", name="Make admin").click()
    expect(page.get_by_role("link", name="People").first).to_be_visible()
    yield page
    context.close()


def test_the_one_time_link_makes_the_first_admin_and_no_second(app, admin, tab):
    link = app.first_admin_link()
    answer = tab.goto(link)
    assert answer.status in {404, 409, 410}
    assert "Make admin" not in tab.content()


def test_three_uploaded_photos_show_thumbnails_from_the_cdn_route(admin):
    fetched = []
    admin.on("response", lambda r: fetched.append(r) if "/emulator/cdn/" in r.url else None)
    admin.goto("/upload")
    admin.locator("input[type=file]").first.set_input_files(photos())
    expect(admin.get_by_text(re.compile(r"^\s*Delivered", re.IGNORECASE)).nth(2)).to_be_visible(
        timeout=60_000
    )
    admin.goto("/library")
    tiles = admin.locator("img[src*='/emulator/cdn/']")
    expect(tiles).to_have_count(3)
    for number in range(3):
        expect(tiles.nth(number)).to_have_js_property("complete", value=True)
        assert tiles.nth(number).evaluate("image => image.naturalWidth") > 0
    thumbnails = [r for r in fetched if "thumbnail" in r.url]
    assert len(thumbnails) >= 3
    assert {r.status for r in thumbnails} <= {200, 304}


def test_a_reload_keeps_the_person_signed_in(admin):
    admin.goto("/library")
    admin.reload()
    expect(admin.get_by_role("link", name="People").first).to_be_visible()


def test_a_broken_url_gets_its_cause(app, admin):
    admin.goto(f"/doctor?url={app.url}/emulator/cdn/nothing/media/none.jpg")
    expect(admin.locator(".ui-way")).to_be_visible()
    expect(admin.get_by_text("url-host-typo-or-wrong-distribution").first).to_be_visible()
    expect(admin.locator("[data-testid=stException]")).to_have_count(0)


def test_sign_out_in_one_tab_ends_the_other(tab, app):
    register(tab, "two-tabs@example.com", MEMBER[1])
    other = tab.context.new_page()
    other.goto("/library")
    expect(other.get_by_role("link", name="Home").first).to_be_visible()
    tab.get_by_role("button", name="Sign out").click()
    tab.wait_for_url("**/session/sign-in**")
    other.goto("/library")
    expect(other.get_by_role("button", name="Sign in")).to_be_visible()


def test_a_member_is_refused_on_an_admin_page_in_a_fresh_process(browser, tmp_path):
    """Streamlit would serve `pages/` itself until the first navigation, were the script beside it."""
    app = RunningApp(tmp_path)
    app.start()
    try:
        context = browser.new_context(base_url=app.url)
        register(context.new_page(), *MEMBER)
        cookies = context.cookies()
        app.stop()
        app.start()
        context.add_cookies(cookies)
        page = context.new_page()
        page.goto("/people")
        expect(page.get_by_role("link", name="Home").first).to_be_visible()
        expect(page.get_by_text("Not allowed").first).to_be_visible()
        expect(page.get_by_role("link", name="People")).to_have_count(0)
        assert "Audit events" not in page.content()
        context.close()
    finally:
        app.stop()


def test_files_survive_kill_minus_nine(browser, tmp_path):
    app = RunningApp(tmp_path)
    app.start()
    try:
        context = browser.new_context(base_url=app.url)
        page = context.new_page()
        register(page, *MEMBER)
        page.goto("/upload")
        page.locator("input[type=file]").first.set_input_files(photos()[:1])
        expect(page.get_by_text(re.compile(r"^\s*Delivered", re.IGNORECASE)).first).to_be_visible(
            timeout=60_000
        )
        app.kill()
        app.start()
        page = context.new_page()
        page.goto("/library")
        picture = page.locator("img[src*='/emulator/cdn/']").first
        expect(picture).to_have_js_property("complete", value=True)
        assert picture.evaluate("image => image.naturalWidth") > 0
        context.close()
    finally:
        app.stop()
