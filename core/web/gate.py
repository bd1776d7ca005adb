"""The door: nothing of the app is served, and no websocket opened, without a live session.

Pure ASGI, so that it also stands before Streamlit's websocket. Cookies and headers are frozen once
a websocket is open; pages, fragments and services therefore ask for the session again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol
from urllib.parse import quote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from core.accounts.service import AccountsService
from core.errors import DashboardError, NotAllowed, NotSignedIn
from core.model.identity import SESSION_COOKIE, Actor
from core.settings import Settings
from core.web.api.problems import problem
from core.web.origin import SAFE_METHODS, is_foreign
from core.web.pages import problem_page
from core.web.theme import HEADER

SIGN_IN = "/session/sign-in"
_OPEN_PATHS = frozenset(
    {
        "/healthz",
        "/readyz",
        "/metrics",  # asks for its own token
        "/_stcore/health",
        "/favicon.ico",
        "/favicon.png",
        "/favicon.svg",
    }
)
_OPEN_FOLDERS = (
    "/session/",
    "/assets/",
    "/static/",  # Streamlit's public JavaScript: sixty requests a page, none worth a look-up
    "/s/",
    "/api/",  # asks by itself: programs come with bearer tokens
    "/emulator/",  # checks signatures by itself, as S3 and the CDN do
)
_TRUSTED_HEADERS = b"x-dash-"
_CLOSE_NOT_SIGNED_IN, _CLOSE_FOREIGN, _CLOSE_UNAVAILABLE = 4401, 4403, 1013


class Door(Protocol):
    """What the door needs of the dashboard."""

    @property
    def settings(self) -> Settings: ...
    @property
    def accounts(self) -> AccountsService: ...


class AuthGate:
    def __init__(self, app: ASGIApp, get_dashboard: Callable[[], Door]) -> None:
        self._app, self._get_dashboard = app, get_dashboard

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        scope = {**scope, "headers": _without_trusted(scope["headers"])}
        if scope["type"] == "http" and is_open(route_path(scope)):
            await self._app(scope, receive, send)
            return
        try:
            actor = await run_in_threadpool(self._admit, HTTPConnection(scope))
        except DashboardError as error:
            await _refuse(error, scope, receive, send)
            return
        await self._app(_with_trusted(scope, actor), receive, send)

    def _admit(self, connection: HTTPConnection) -> Actor:
        """Raises `NotAllowed` for other sites' pages and `NotSignedIn` for everybody else."""
        dashboard = self._get_dashboard()
        changes = connection.scope.get("method", "CONNECT") not in SAFE_METHODS
        if changes and is_foreign(connection, dashboard.settings.site_url):
            raise NotAllowed("This request came from another site.", hint="Use this site's pages.")
        actor = dashboard.accounts.actor_for_cookie(connection.cookies.get(SESSION_COOKIE))
        if actor is None:
            raise NotSignedIn(
                "You are not signed in, or your session has ended.", hint=f"Sign in at {SIGN_IN}."
            )
        return actor


def route_path(scope: Scope) -> str:
    """The path that Starlette will route: decoded once by the server, without a mount's prefix."""
    path, root = str(scope["path"]), str(scope.get("root_path", ""))
    return path[len(root) :] if root and path.startswith(root + "/") else path


def is_open(path: str) -> bool:
    """Whether anybody may ask for `path`. Anything that could mean two places is not open."""
    steps = path.split("/")[1:]
    if "\\" in path or "" in steps[:-1] or not {".", ".."}.isdisjoint(steps):
        return False
    return path in _OPEN_PATHS or path.startswith(_OPEN_FOLDERS)


def safe_next(target: str) -> str:
    """Where to go after signing in: a page of this site, else its start.

    Browsers drop tabs and line breaks in addresses and read a backslash as a slash.
    """
    odd = any(ord(mark) <= 0x20 or mark == "\\" or ord(mark) == 0x7F for mark in target)
    if odd or not target.startswith("/") or target.startswith("//"):
        return "/"
    path = urlsplit(target).path
    return "/" if path.startswith(("//", "/session")) else target


def sign_in_link(path: str, query: str) -> str:
    target = quote(path, safe="/") + (f"?{query}" if query else "")
    return SIGN_IN if target == "/" else f"{SIGN_IN}?next={quote(target, safe='')}"


def _is_trusted(name: bytes) -> bool:
    return name.lower().replace(b"_", b"-").startswith(_TRUSTED_HEADERS)


def _without_trusted(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    return [(name, value) for name, value in headers if not _is_trusted(name)]


def _with_trusted(scope: Scope, actor: Actor) -> Scope:
    """Whoever reads these headers knows that the door wrote them."""
    own = [
        (b"x-dash-account", actor.account_id.encode()),
        (b"x-dash-role", actor.role.value.encode()),
        (HEADER.encode(), actor.preferences.theme.value.encode()),
    ]
    return {**scope, "headers": [*scope["headers"], *own]}


async def _refuse(error: DashboardError, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()  # the handshake; closing instead of accepting answers it with 403
        await send({"type": "websocket.close", "code": _close_code(error)})
        return
    await _answer(error, HTTPConnection(scope))(scope, receive, send)


def _answer(error: DashboardError, connection: HTTPConnection) -> Response:
    scope = connection.scope
    reads = scope["method"] in {"GET", "HEAD"}
    if reads and "text/html" in connection.headers.get("accept", ""):
        if isinstance(error, NotSignedIn):
            query = scope["query_string"].decode("latin-1")
            return RedirectResponse(sign_in_link(route_path(scope), query), 303)
        return problem_page(error)
    return problem(error.status, error.slug, error.title, error.message, hint=error.hint)


def _close_code(error: DashboardError) -> int:
    codes = {NotSignedIn: _CLOSE_NOT_SIGNED_IN, NotAllowed: _CLOSE_FOREIGN}
    return codes.get(type(error), _CLOSE_UNAVAILABLE)
