"""The person's theme stands in the page before Streamlit's scripts, and in nothing else."""

import importlib.util
import re
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse, JSONResponse, StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from core.accounts.records import PreferenceChanges, ProfileChanges
from core.model.preferences import StartPage, Theme
from core.web.theme import HEADER, ThemeTag, styles, tag
from tests.web.conftest import PASSWORD, sign_in

STATIC = Path(importlib.util.find_spec("streamlit").origin).parent / "static"
INDEX = (STATIC / "index.html").read_text(encoding="utf-8")
PAGE = {"Accept": "text/html", HEADER: "dark"}


@pytest.fixture
def page():
    seen = {}

    def html(request):
        seen.update(request.headers)
        return HTMLResponse(INDEX, headers={"ETag": '"1"', "Cache-Control": "no-cache"})

    def pieces(_):
        halves = (INDEX[:300], INDEX[300:])
        return StreamingResponse(iter(halves), media_type="text/html")

    def gone(_):
        return HTMLResponse("<title>x</title>", 404)

    routes = [
        Route("/", html),
        Route("/pieces", pieces),
        Route("/json", lambda _: JSONResponse({"a": "</title>"})),
        Route("/gone", gone),
    ]
    with TestClient(Starlette(routes=routes, middleware=[Middleware(ThemeTag)])) as client:
        client.seen = seen
        yield client


@pytest.mark.parametrize("path", ["/", "/pieces"])
def test_the_tag_stands_before_the_first_script_and_the_styles_at_the_end(page, path):
    answer = page.get(path, headers=PAGE)
    theme, look = tag(Theme.DARK).decode(), styles().decode()
    assert answer.text.replace(theme, "").replace(look, "") == INDEX
    assert answer.text.index(theme) == answer.text.index("<script")
    assert answer.text.index(look) > answer.text.index('<div id="root">')
    assert answer.headers["content-length"] == str(len(answer.content))


def test_a_page_of_before_is_never_taken_from_the_browser(page):
    conditions = {"If-None-Match": '"1"', "Accept-Encoding": "gzip"}
    answer = page.get("/", headers=PAGE | conditions)
    assert answer.headers["cache-control"] == "no-store"
    assert "etag" not in answer.headers
    assert {"if-none-match", "accept-encoding"}.isdisjoint(page.seen)


def test_everything_else_passes_as_it_is(page):
    assert page.get("/json", headers=PAGE).text == '{"a":"</title>"}'
    assert page.get("/gone", headers=PAGE).text == "<title>x</title>"
    assert page.get("/", headers={"Accept": "text/html"}).text == INDEX
    assert page.get("/", headers={HEADER: "dark"}).headers["etag"] == '"1"'


def test_only_the_door_says_which_theme(browser, parts):
    sign_in(browser, parts)
    forged = browser.get("/x", headers={"X-Dash-Theme": "pink"}).json()["headers"]
    assert forged["x-dash-theme"] == "system"
    prefer(parts, theme=Theme.DARK)
    assert browser.get("/x").json()["headers"]["x-dash-theme"] == "dark"


def prefer(parts, **wanted):
    signed_in = parts.accounts.sign_in("ada@example.com", PASSWORD)
    actor = parts.accounts.actor_for_cookie(signed_in.token)
    changes = ProfileChanges(preferences=PreferenceChanges(**wanted))
    parts.accounts.update_profile(actor, changes)


def test_streamlit_still_reads_the_key_that_the_script_writes():
    bundles = (path.read_text(encoding="utf-8") for path in (STATIC / "static/js").glob("*.js"))
    code = next(text for text in bundles if "stActiveTheme-" in text)
    name = re.search(r"(\w+)=`stActiveTheme-\$\{window\.location\.pathname\}`", code)[1]
    version = re.search(rf"(\w+)=(\d+),{name}=", code)
    assert f"`${{{name}}}-v${{{version[1]}}}`" in code
    assert version[2] == "2"
    assert "`Dark`" in code


def test_a_person_starts_where_they_chose_unless_a_link_led_elsewhere(browser, parts):
    sign_in(browser, parts)
    prefer(parts, start_page=StartPage.LIBRARY)
    for target, expected in ({}, "/library"), ({"next": "/upload"}, "/upload"):
        browser.cookies.clear()
        assert sign_in(browser, parts, **target).headers["location"] == expected
