"""The real routes and middleware on a real store; Streamlit is played by a page and a socket."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket

from core.accounts.service import AccountsService
from core.settings import Settings
from core.shares.service import SharesService
from core.stores.audit_log import AuditLog
from core.stores.jobs import JobQueue
from core.stores.search_index import SearchIndex
from core.stores.sqlite import SqliteRecordStore
from core.web.site import build_site

PASSWORD = "violet-anchor-tractor-moon"
SITE = "http://localhost:8501"
HTML = {"Accept": "text/html"}
OWN = {"Origin": SITE}


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Parts:
    """The parts of the dashboard that the web shell asks for."""

    settings: Settings
    accounts: AccountsService
    index: SearchIndex
    jobs: JobQueue
    shares: SharesService
    library: None = None
    checks: dict[str, tuple[bool, str]] = field(default_factory=dict)
    emulator: None = None

    def health(self) -> dict[str, tuple[bool, str]]:
        return self.checks


def make_parts(store: SqliteRecordStore, index: SearchIndex, **settings) -> Parts:
    chosen = Settings(**settings)
    audit = AuditLog(store, utc_now)
    return Parts(
        chosen,
        AccountsService(store, audit, chosen, utc_now, "k" * 40),
        index,
        JobQueue(store, utc_now),
        SharesService(store, index, None, audit, chosen, utc_now, "k" * 40),
        checks={"records": (True, "answers")},
    )


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[tuple[SqliteRecordStore, SearchIndex]]:
    index = SearchIndex(tmp_path / "dashboard.sqlite3")
    store = SqliteRecordStore(tmp_path / "dashboard.sqlite3", [index])
    yield store, index
    store.close()
    index.close()


@pytest.fixture
def parts(stores) -> Parts:
    return make_parts(*stores)


@pytest.fixture
def browser(parts: Parts) -> Iterator[TestClient]:
    with open_browser(parts) as client:
        yield client


def open_browser(parts: Parts, base_url: str = SITE) -> TestClient:
    routes, middleware = build_site(lambda: parts)

    async def streamlit_page(request: Request) -> JSONResponse:
        headers = {name: value for name, value in request.headers.items() if "dash" in name}
        return JSONResponse({"page": request.url.path, "headers": headers})

    async def streamlit_socket(socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_text("hello")
        await socket.close()

    streamlit = [
        WebSocketRoute("/_stcore/stream", streamlit_socket),
        WebSocketRoute("/{rest:path}", streamlit_socket),
        Route("/{rest:path}", streamlit_page, methods=["GET", "POST", "PUT", "DELETE", "HEAD"]),
    ]
    app = Starlette(routes=[*routes, *streamlit], middleware=middleware)
    return TestClient(app, base_url, follow_redirects=False)


def csrf(browser: TestClient, path: str = "/session/sign-in") -> str:
    page = browser.get(path).text
    return page.split('name="csrf" value="')[1].split('"')[0]


def send(browser: TestClient, path: str, headers=None, **fields):
    """Fill the form of our own page and send it, as a browser would."""
    form = {"csrf": csrf(browser, fields.pop("_page", path)), **fields}
    return browser.post(path, data=form, headers=OWN if headers is None else headers)


def sign_in(browser: TestClient, parts: Parts, email: str = "ada@example.com", **fields):
    if not parts.accounts._records.by_email(email):
        parts.accounts.register(email, PASSWORD, "Ada")
    return send(browser, "/session/sign-in", email=email, password=PASSWORD, **fields)
