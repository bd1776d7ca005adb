"""One app and one Chromium for a test file; each test gets fresh tabs."""

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.browser import running

expect.set_options(timeout=20_000)  # two cores may be busy with pictures

ADMIN = ("admin@example.com", "kettle-orbit-violin-19")
MEMBER = ("member@example.com", "walnut-harbour-cedar-52")


@pytest.fixture(scope="module")
def browser():
    """Ends with its file: Playwright holds an event loop, in which others could not run theirs."""
    with sync_playwright() as playwright:
        chromium = running.launch(playwright)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    app = running.RunningApp(tmp_path_factory.mktemp("data"))
    app.start()
    yield app
    app.stop()


@pytest.fixture
def tab(browser, app):
    """A browser of its own: no cookies from another test."""
    context = browser.new_context(base_url=app.url, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(20_000)
    yield context.new_page()
    context.close()
