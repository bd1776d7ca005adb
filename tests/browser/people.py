"""People of a test: an account and a program of theirs, and tabs in which they are signed in."""

import re
from dataclasses import dataclass

import httpx
from playwright.sync_api import expect

from tests.browser.conftest import ADMIN

PASSWORD = "walnut-harbour-cedar-52"
WIDE = {"width": 1280, "height": 900}


@dataclass
class Person:
    email: str
    api: httpx.Client
    cookies: list

    def tab(self, browser, app, **options):
        """A browser of their own, in which they are signed in."""
        page = stranger(browser, app, **options)
        page.context.add_cookies(self.cookies)
        return page

    def upload(self, path, content_type="image/jpeg", **form):
        sent = {"file": (path.name, path.read_bytes(), content_type)}
        answer = self.api.post("/api/files", files=sent, data=form)
        return answer.raise_for_status().json()

    def share(self, **body):
        answer = self.api.post("/api/shares", json={"expires_in": 3600, **body})
        return answer.raise_for_status().json()


def join(app, browser, name):
    """A member, whose session comes from the form, as a browser gets it."""
    body = {"email": f"{name.lower()}@example.com", "password": PASSWORD, "username": name}
    with httpx.Client(base_url=app.url, timeout=60) as client:
        client.post("/api/auth/register", json=body).raise_for_status()
    return _signed_in(app, browser, body["email"], PASSWORD)


def first_admin(app, browser):
    page = stranger(browser, app)
    page.goto(app.first_admin_link())
    page.get_by_label("Email").fill(ADMIN[0])
    page.get_by_label("Username").fill("Ada")
    page.get_by_label("Password").fill(ADMIN[1])
    page.get_by_role("button", name="Make admin").click()
    page.get_by_role("link", name="Home").first.wait_for()
    page.context.close()
    return _signed_in(app, browser, *ADMIN)


def _signed_in(app, browser, email, password):
    entry = {"email": email, "password": password}
    page = stranger(browser, app)
    page.goto("/session/sign-in")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(password)
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.get_by_role("button", name="Sign in").click()
    cookies = page.context.cookies()
    page.context.close()
    api = httpx.Client(base_url=app.url, timeout=60)
    token = api.post("/api/auth/login", json=entry).raise_for_status().json()["access_token"]
    api.headers["Authorization"] = f"Bearer {token}"
    return Person(email, api, cookies)


def stranger(browser, app, **options):
    """A browser of somebody who has no account."""
    context = browser.new_context(base_url=app.url, **{"viewport": WIDE, **options})
    context.set_default_timeout(20_000)
    return context.new_page()


def settled(page):
    """The page's script has ended."""
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
    return page


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


def cells(page, text):
    """Cells of a table: it is painted, but says the same to screen readers."""
    return page.locator("[data-testid=stDataFrame] canvas td").filter(has_text=text)


def is_drawn(image):
    """The picture itself has come, not its frame."""
    expect(image).to_have_js_property("complete", value=True)
    expect(image).not_to_have_js_property("naturalWidth", 0)


def address_in(page):
    """The link that a dialog shows."""
    shown = page.get_by_text(re.compile(r"^http://\S+/s/\S+$")).first
    shown.wait_for()
    return shown.inner_text()
