"""The frame around every page: narrow screens, the folded sidebar, the browser's back button."""

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.conftest import ADMIN

pytestmark = [pytest.mark.browser, pytest.mark.emulator]

PHONE = {"width": 390, "height": 844}
BANNER_FITS = """banner => {
  banner.textContent += '; its content is made up for the demo'
  return banner.scrollHeight <= banner.clientHeight
}"""
PAGES = [
    "/",
    "/upload",
    "/library",
    "/library?view=List",
    "/library?view=Dates",
    "/shared?view=All+links",
    "/profile",
    "/doctor",
    "/audit",
    "/usage",
    "/usage?view=Storage",
    "/costs?view=Budgets",
    "/people?view=Events",
]
# What reaches over the screen's edge must lie in something that scrolls, and that says so.
CUT = """() => {
  const outer = (e) => e.parentElement ?? e.getRootNode().host
  const within = (e) => { const all = []; for (let at = e; at; at = outer(at)) all.push(at); return all }
  const hints = (e) => e.matches('.ui-table') || getComputedStyle(e).maskImage !== 'none'
  const every = (root) => [...root.querySelectorAll('*')].flatMap((e) => [e, ...(e.shadowRoot ? every(e.shadowRoot) : [])])
  const main = document.querySelector('[data-testid=stMain]')
  const wide = main.scrollWidth > innerWidth ? ['the page itself'] : []
  return wide.concat(every(main).filter((e) => {
    const { width, height, right } = e.getBoundingClientRect()
    return width > 1 && height > 1 && right > innerWidth + 1 && !within(e).some(hints)
  }).map((e) => `${e.tagName} ${e.className}: ${(e.innerText ?? '').slice(0, 60)}`))
}"""
LEFT = """() => {
  window.__left = []
  const look = () => {
    const main = document.querySelector('[data-testid=stMainBlockContainer]')
    if (main) window.__left.push(Math.round(main.getBoundingClientRect().left))
    requestAnimationFrame(look)
  }
  look()
}"""


@pytest.fixture(scope="module")
def cookies(app, browser, tmp_path_factory):
    context = browser.new_context(base_url=app.url)
    page = context.new_page()
    page.goto(app.first_admin_link())
    page.get_by_label("Email").fill(ADMIN[0])
    page.get_by_label("Username").fill("Ada")
    page.get_by_label("Password").fill(ADMIN[1])
    page.get_by_role("button", name="Make admin").click()
    page.get_by_role("link", name="Home").first.wait_for()
    path = tmp_path_factory.mktemp("pictures") / "shot.jpg"
    for number in range(4):
        Image.new("RGB", (320, 240), (90, 60 * number, 120)).save(path)
        content = {"name": f"shot {number}.jpg", "mimeType": "image/jpeg"}
        sent = {"file": content | {"buffer": path.read_bytes()}}
        answer = page.request.post("/api/files", multipart=sent, headers={"Origin": app.url})
        assert answer.ok, answer.text()
    found = context.cookies()
    context.close()
    return found


@pytest.fixture
def page(tab, cookies):
    tab.context.add_cookies(cookies)
    return tab


def drawn(page):
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
    expect(page.locator('[data-testid="stSkeleton"]')).to_have_count(0)


def open_page(page, address):
    page.goto(address)
    page.locator('[data-testid="stMainBlockContainer"] h1').first.wait_for()
    drawn(page)


def test_nothing_is_cut_at_the_edge_of_a_phone_without_a_hint(page):
    page.set_viewport_size(PHONE)
    for address in PAGES:
        page.goto(address)
        drawn(page)
        expect(page.locator('[data-testid="stMainBlockContainer"]')).not_to_be_empty()
        assert page.evaluate(CUT) == [], address
    assert page.locator(".ui-banner").evaluate(BANNER_FITS)


def test_what_can_be_done_with_a_selection_stands_at_the_foot_and_moves_nothing(page):
    page.set_viewport_size(PHONE)
    page.goto("/library")
    tiles = page.locator(".gallery .tile")
    expect(tiles).to_have_count(4)
    drawn(page)
    before = tiles.first.bounding_box()
    tiles.first.locator(".check").click()
    bar = page.locator(".st-key-selected_in_Gallery")
    tag = bar.get_by_role("button", name="Tag", exact=True)
    expect(tag).to_be_in_viewport()
    drawn(page)
    assert tag.bounding_box()["y"] > PHONE["height"] - 80
    assert tiles.first.bounding_box() == before
    assert page.evaluate(CUT) == []
    more = bar.get_by_role("button", name="More", exact=True)
    expect(more).not_to_be_in_viewport()
    more.focus()  # as Tab does
    expect(more).to_be_in_viewport()


@pytest.mark.parametrize("width", [900, 1280])
def test_the_rest_is_selected_with_the_mouse_once_something_is(page, width):
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/library")
    tiles = page.locator(".gallery .tile")
    expect(tiles).to_have_count(4)
    tiles.nth(1).locator(".check").click()
    bar = page.locator(".st-key-selected_in_Gallery")
    bar.get_by_role("button", name="Details").hover()
    drawn(page)
    page.get_by_role("button", name="Select all").click()
    expect(page.locator(".gallery [role=status]")).to_have_text("4 selected")
    expect(bar.get_by_role("button", name="Details")).to_have_count(0)
    drawn(page)
    bar.get_by_role("button", name="Tag", exact=True).click()
    expect(page.get_by_role("dialog").get_by_text("Tag: 4 files")).to_be_visible()


def test_a_folded_sidebar_comes_folded_and_the_page_stays(page):
    open_page(page, "/library")
    page.locator('[data-testid="stSidebar"]').hover()
    page.locator('[data-testid="stSidebarCollapseButton"] button').click()
    expect(page.locator('[data-testid="stSidebar"]')).to_have_attribute("data-collapsed", "true")
    page.add_init_script(f"({LEFT})()")
    open_page(page, "/library")
    expect(page.locator(".gallery .tile")).to_have_count(4)
    assert set(page.evaluate("window.__left")) <= {0, 1}  # its border


def test_the_back_button_steps_through_tabs_and_into_the_page_before(page):
    open_page(page, "/people")
    chosen = page.locator('[role="radio"][aria-checked="true"]').first
    page.get_by_role("radio", name="Events").click()
    expect(page).to_have_url("/people?view=Events")
    drawn(page)
    page.get_by_role("link", name="Shared").first.click()
    expect(page.get_by_role("radio", name="My links")).to_be_checked()
    drawn(page)
    page.get_by_role("radio", name="Policy").click()
    expect(page.get_by_text("What links may do here")).to_be_visible()
    drawn(page)
    page.go_back()
    expect(chosen).to_have_text("My links")
    drawn(page)
    page.go_back()
    expect(chosen).to_have_text("Events")
    drawn(page)
    page.go_back()
    expect(chosen).to_have_text("Accounts")
    drawn(page)
    page.go_forward()
    expect(chosen).to_have_text("Events")


def test_the_back_button_leaves_a_part_of_the_library_with_its_search(page):
    page.goto("/library")
    expect(page.locator(".gallery .tile")).to_have_count(4)
    page.get_by_label("Search").first.fill("shot 1")
    expect(page.get_by_role("heading", name="1 file found")).to_be_visible()
    page.get_by_role("radio", name="Trash").click()
    expect(page.get_by_role("heading", name="0 files in the trash")).to_be_visible()
    drawn(page)
    page.go_back()
    expect(page.get_by_role("heading", name="1 file found")).to_be_visible()
    expect(page.get_by_role("radio", name="Files")).to_be_checked()
