"""Puts the person's theme and our styles into the page, before Streamlit draws anything.

Streamlit reads its theme from the browser's storage as soon as its scripts run, so a script of ours
stands before them. It is one file for everybody; whose page it is says only its tag. The styles
come with the script's first run as well, but what is drawn until then would jump.
"""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.model.preferences import Theme
from core.web.assets import asset_url

HEADER = "x-dash-theme"  # written by the door, who knows the person
_AFTER, _END = b"</title>", b"</body>"
# A page that the browser has kept would bring the theme of before; a packed one can't be added to.
_CONDITIONS = frozenset({b"if-none-match", b"if-modified-since", b"accept-encoding"})


class ThemeTag:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        theme = _theme_of_page(scope)
        if theme is None:
            await self._app(scope, receive, send)
            return
        headers = [(name, value) for name, value in scope["headers"] if name not in _CONDITIONS]
        await self._app({**scope, "headers": headers}, receive, _Page(theme, send))


def _theme_of_page(scope: Scope) -> Theme | None:
    """None for everything that is not somebody's page."""
    if scope["type"] != "http" or scope["method"] != "GET":
        return None
    headers = Headers(scope=scope)
    if "text/html" not in headers.get("accept", "") or HEADER not in headers:
        return None
    return Theme(headers[HEADER])


class _Page:
    """Holds a page back until it is whole, then sends it with the tag; lets all else through."""

    def __init__(self, theme: Theme, send: Send) -> None:
        self._theme, self._send = theme, send
        self._start: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_page(message):
            self._start = message
        elif self._start is None:
            await self._send(message)
        elif message["type"] == "http.response.body":
            self._body += message.get("body", b"")
            if not message.get("more_body"):
                await self._finish(self._start)

    async def _finish(self, start: Message) -> None:
        body = self._body.replace(_AFTER, _AFTER + tag(self._theme), 1)
        body = body.replace(_END, styles() + _END, 1)
        headers = MutableHeaders(scope=start)
        headers["Content-Length"] = str(len(body))
        headers["Cache-Control"] = "no-store"
        for name in ("etag", "last-modified"):
            if name in headers:
                del headers[name]
        await self._send(start)
        await self._send({"type": "http.response.body", "body": body})


def _is_page(start: Message) -> bool:
    headers = Headers(raw=start["headers"])
    is_html = headers.get("content-type", "").startswith("text/html")
    return start["status"] == 200 and is_html and "content-encoding" not in headers


def tag(theme: Theme) -> bytes:
    return f'<script src="{asset_url("theme.js")}" data-theme="{theme.value}"></script>'.encode()


def styles() -> bytes:
    """At the end of the page: behind Streamlit's own styles, which stand in its head."""
    return f'<link rel="stylesheet" href="{asset_url("app.css")}">'.encode()
