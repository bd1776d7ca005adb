"""200 files dropped at once while the network is cut twice: all arrive, once, and nothing is claimed early."""

import re

import httpx
import pytest
from playwright.sync_api import expect

from tests.browser.cable import Cable

pytestmark = [pytest.mark.browser, pytest.mark.emulator]

COUNT = 200
PERSON = {"email": "cut@example.com", "password": "walnut-harbour-cedar-52"}
DROP = """count => {
  const dataTransfer = new DataTransfer()
  for (let number = 0; number < count; number += 1) {
    const name = `note-${String(number).padStart(3, '0')}.txt`
    dataTransfer.items.add(new File([`${number} `.repeat(200 + number)], name, { type: 'text/plain' }))
  }
  const event = { dataTransfer, bubbles: true, cancelable: true, composed: true }
  document.querySelector('h1').dispatchEvent(new DragEvent('drop', event))
}"""


@pytest.fixture
def cable(app):
    cable = Cable(app.port)
    yield cable
    cable.close()


@pytest.fixture
def member(app):
    with httpx.Client(base_url=app.url) as client:
        client.post("/api/auth/register", json=PERSON | {"username": "Ulf"}).raise_for_status()
        token = client.post("/api/auth/login", json=PERSON).json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        yield client


@pytest.fixture
def page(browser, cable, member):
    context = browser.new_context(base_url=cable.url)
    page = context.new_page()
    page.goto("/session/sign-in")
    page.get_by_label("Email").fill(PERSON["email"])
    page.get_by_label("Password").fill(PERSON["password"])
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="Upload").first.click()
    page.locator(".drop").wait_for()
    yield page
    context.close()


def stored(member):
    """Every file that the app has, page by page."""
    items, cursor = [], None
    while True:
        params = {"limit": 200, "sort": "name", **({"cursor": cursor} if cursor else {})}
        answer = member.get("/api/files", params=params).json()
        items += answer["items"]
        cursor = answer.get("next_cursor")
        if not cursor:
            return items


def claimed(page):
    """How many files the page calls delivered."""
    chip = page.get_by_role("button", name=re.compile("^Delivered"))
    return int(re.search(r"\d+", chip.inner_text())[0])


def wait_until_claimed(page, least):
    chip = page.get_by_role("button", name=re.compile("^Delivered"))
    for _ in range(600):
        if chip.count() and claimed(page) >= least:
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"only {claimed(page)} of {least} files are delivered")


def assert_honest(page, member):
    shown = claimed(page)  # read before the app is asked, which can only be further by then
    assert shown <= sum(item["state"] == "delivered" for item in stored(member))
    attention = page.get_by_role("button", name=re.compile("^Need attention"))
    assert attention.inner_text().split()[-1] == "0"


def assert_standing_still(page):
    """Nothing is done without a network."""
    page.wait_for_timeout(300)  # what was answered before the cut has been read
    before = claimed(page)
    page.wait_for_timeout(500)
    assert claimed(page) == before < COUNT


def test_200_files_arrive_once_although_the_network_is_cut_twice(page, cable, member):
    page.evaluate(DROP, COUNT)
    wait_until_claimed(page, 20)
    cable.cut()
    expect(page.locator('li.row[data-stage="retrying"]').first).to_be_visible()
    assert_standing_still(page)
    assert_honest(page, member)
    cable.mend()
    wait_until_claimed(page, 90)
    page.context.set_offline(True)
    expect(page.get_by_text("No connection. Uploads go on when it is back.")).to_be_visible()
    assert_standing_still(page)
    assert_honest(page, member)
    page.context.set_offline(False)
    expect(page.get_by_text(f"{COUNT} files delivered")).to_be_visible(timeout=60_000)
    files = stored(member)
    assert [item["name"] for item in files] == [f"note-{n:03}.txt" for n in range(COUNT)]
    assert {item["state"] for item in files} == {"delivered"}
    sizes = {item["name"]: item["upload_size"] for item in files}
    assert sizes == {f"note-{n:03}.txt": len(f"{n} ") * (200 + n) for n in range(COUNT)}
    page.get_by_role("link", name="Library").first.click()
    expect(page.get_by_text("note-199.txt").first).to_be_visible()
