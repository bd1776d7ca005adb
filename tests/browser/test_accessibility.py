"""The whole way without a mouse, and axe-core's rules on every page in light and dark."""

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.conftest import ADMIN
from tests.browser.running import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.emulator]

AXE = ROOT / "tests" / "browser" / "axe" / "node_modules" / "axe-core" / "axe.min.js"
needs_axe = pytest.mark.skipif(
    not AXE.is_file(), reason="run `npm ci` in tests/browser/axe for the rules of axe-core"
)

# Rules that parts of Streamlit break and that cannot be mended from outside.
KNOWN = {
    # Its menu wraps the sections in <div>, so the <ul> holds no <li>; it is read well all the same.
    '[data-testid="stSidebarNavItems"]': ["list", "listitem"],
}
PAGES = [
    "/",
    "/upload",
    "/library",
    "/library?view=List",
    "/library?in=Trash",
    "/library?in=Folders",
    "/library?in=Duplicates",
    "/library?view=Dates",
    "/doctor",
    "/doctor?url=https://nowhere.cloudfront.net/a.jpg",
    "/audit",
    "/audit?source=DynamoDB+table",
    "/audit?source=CSV+file",
    "/audit?source=Access+logs",
    "/audit?view=Layouts+of+keys",
    "/audit?view=Configuration",
    "/people",
    "/people?view=Events",
    "/profile",
    "/progress",
    "/shared",
    "/shared?view=Drop+boxes",
    "/shared?view=All+links",
    "/shared?view=Policy",
]

RUN_AXE = """async known => {
  const { violations } = await axe.run(document, { resultTypes: ['violations'] })
  const inside = (target, part) => typeof target === 'string' && document.querySelector(target)?.closest(part)
  const excused = (rule, node) =>
    Object.entries(known).some(([part, rules]) => rules.includes(rule) && inside(node.target[0], part))
  return violations
    .filter(({ impact }) => ['serious', 'critical'].includes(impact))
    .flatMap(({ id, nodes }) => nodes.filter(node => !excused(id, node)).map(node => `${id}: ${node.html}`))
}"""

ACTIVE = """() => {
  let at = document.activeElement
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement
  window.__at = at
  if (at.matches('body, main, section')) return '' // what scrolls can have the focus, too
  const label = at.labels?.[0]?.innerText
  return (at.getAttribute('aria-label') || label || at.innerText || '').trim()
}"""
AROUND = """() => {
  const { x, y, width, height } = window.__at.getBoundingClientRect()
  return { x: Math.max(0, x - 6), y: Math.max(0, y - 6), width: width + 12, height: height + 12 }
}"""


@pytest.fixture(scope="module")
def cookies(app, browser):
    context = browser.new_context(base_url=app.url)
    page = context.new_page()
    page.goto(app.first_admin_link())
    page.get_by_label("Email").fill(ADMIN[0])
    page.get_by_label("Username").fill("Ada")
    page.get_by_label("Password").fill(ADMIN[1])
    page.get_by_role("button", name="Make admin").click()
    page.get_by_role("link", name="Home").first.wait_for()
    found = context.cookies()
    context.close()
    return found


def violations(page):
    page.evaluate(AXE.read_text(encoding="utf-8") + "; null")
    return page.evaluate(RUN_AXE, KNOWN)


def drawn(page):
    """The page's script has ended and what it loads late is there."""
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
    expect(page.locator('[data-testid="stSkeleton"]')).to_have_count(0)


@pytest.fixture
def pictures(tmp_path):
    paths = [tmp_path / f"shot {number}.jpg" for number in range(2)]
    for number, path in enumerate(paths):
        Image.new("RGB", (640, 480), (90, 60 * number, 120)).save(path)
    return [str(path) for path in paths]


def go_to(page, name):
    """Press Tab until the control of this name has the focus, which must be seen."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if name in page.evaluate(ACTIVE):
            break
    else:
        raise AssertionError(f"Tab does not lead to {name!r}")
    assert focus_is_seen(page), f"nothing shows that {name!r} has the focus"


def focus_is_seen(page):
    """The control looks other than when the one before it has the focus."""
    focused = page.screenshot(clip=page.evaluate(AROUND), animations="disabled")
    page.keyboard.press("Shift+Tab")
    plain = page.screenshot(clip=page.evaluate(AROUND), animations="disabled")
    page.keyboard.press("Tab")
    return focused != plain


def press(page, name, key="Enter"):
    go_to(page, name)
    page.keyboard.press(key)


def test_the_way_from_sign_in_to_undo_needs_no_mouse(tab, cookies, pictures):
    page = tab
    # Nobody can answer the newer window for choosing files here: as in browsers that have none.
    page.add_init_script("delete globalThis.showOpenFilePicker")
    page.goto("/session/sign-in")
    expect(page.get_by_label("Email")).to_be_focused()
    page.keyboard.type(ADMIN[0])
    go_to(page, "Password")
    page.keyboard.type(ADMIN[1])
    press(page, "Sign in")
    page.get_by_role("link", name="Upload").first.wait_for()
    drawn(page)

    press(page, "Upload")
    page.locator(".drop").wait_for()
    with page.expect_file_chooser() as chooser:
        press(page, "Choose files")
    chooser.value.set_files(pictures)
    expect(page.get_by_text("2 files delivered")).to_be_visible(timeout=60_000)

    page.evaluate("document.activeElement.blur()")
    page.goto("/library")
    page.locator(".tile").nth(1).wait_for()
    drawn(page)
    press(page, "shot ")
    expect(page.get_by_role("dialog")).to_be_visible()
    drawn(page)
    press(page, "Move to trash")
    expect(page.get_by_text("1 file moved to the trash.")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    drawn(page)
    press(page, "Undo")
    expect(page.get_by_text("1 file restored.")).to_be_visible()
    expect(page.locator(".tile")).to_have_count(2)


@needs_axe
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_on_any_page(browser, app, cookies, scheme):
    context = browser.new_context(base_url=app.url, color_scheme=scheme)
    page = context.new_page()
    found = {}
    for path in ("/session/sign-in", "/session/register"):
        page.goto(path)
        found[path] = violations(page)
    context.add_cookies(cookies)
    for path in PAGES:
        page.goto(path)
        drawn(page)
        found[path] = violations(page)
    context.close()
    assert {path: broken for path, broken in found.items() if broken} == {}
