"""Whose word on a visitor's address is taken, through uvicorn's own rules."""

import os

import httpx
import pytest
from starlette.responses import PlainTextResponse
from uvicorn.config import Config
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from core.settings import load_settings
from core.web import serve


@pytest.fixture
def started(monkeypatch):
    """The environment that Streamlit's server begins with."""

    def start(**settings):
        seen = {}
        monkeypatch.setattr(serve, "_refuse_taken_port", lambda *_: None)
        monkeypatch.setattr(os, "chdir", lambda _: None)
        monkeypatch.setattr(os, "execve", lambda *call: seen.update(call[2]))
        serve.serve(load_settings(**settings), demo=False)
        return seen

    return start


async def who(scope, receive, send):
    await PlainTextResponse(scope["client"][0])(scope, receive, send)


async def seen_as(trusted, peer, forwarded):
    transport = httpx.ASGITransport(
        ProxyHeadersMiddleware(who, trusted_hosts=trusted), client=(peer, 1)
    )
    async with httpx.AsyncClient(transport=transport, base_url="http://site") as client:
        return (await client.get("/", headers={"X-Forwarded-For": forwarded})).text


@pytest.mark.parametrize("peer", ["127.0.0.1", "::1", "10.0.0.5"])
@pytest.mark.anyio
async def test_without_the_setting_no_header_changes_who_a_visitor_is(started, peer):
    assert await seen_as(started()["FORWARDED_ALLOW_IPS"], peer, "203.0.113.9") == peer


@pytest.mark.parametrize(
    ("peer", "forwarded", "visitor"),
    [
        ("10.0.0.5", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.5", "198.51.100.1, 203.0.113.9", "203.0.113.9"),  # the first one is only claimed
        ("10.0.0.5", "203.0.113.9, 10.0.0.6", "203.0.113.9"),
        ("::ffff:10.0.0.5", "203.0.113.9", "203.0.113.9"),
        ("192.0.2.1", "203.0.113.9", "192.0.2.1"),
    ],
)
@pytest.mark.anyio
async def test_a_trusted_proxy_names_the_visitor_and_nobody_else_does(
    started, peer, forwarded, visitor
):
    trusted = started(trusted_proxies="10.0.0.0/8")["FORWARDED_ALLOW_IPS"]
    assert await seen_as(trusted, peer, forwarded) == visitor


@pytest.mark.parametrize("proxies", ["", "10.0.0.0/8", "127.0.0.1"])
def test_a_server_that_was_started_in_another_way_says_whom_it_believes(started, proxies):
    settings = load_settings(trusted_proxies=proxies)
    assert serve.past_serve(settings, started(trusted_proxies=proxies)) == ""
    told = serve.past_serve(settings, {})
    assert "believed from 127.0.0.1, not as" in told
    assert f"FORWARDED_ALLOW_IPS={serve.proxies(settings)!r}" in told


def test_the_server_reads_what_it_is_started_with(started, monkeypatch):
    for settings in ({}, {"trusted_proxies": "10.0.0.0/8"}):
        handed = started(**settings)["FORWARDED_ALLOW_IPS"]
        monkeypatch.setenv("FORWARDED_ALLOW_IPS", handed)
        assert Config(who).forwarded_allow_ips == handed
