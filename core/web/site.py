"""Everything of the web but Streamlit: routes and middleware for the launcher."""

from __future__ import annotations

from collections.abc import Callable

from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route

from core.dashboard import Dashboard
from core.errors import NotFound
from core.web.api.app import build_api
from core.web.assets import Assets
from core.web.emulator_routes import emulator_routes
from core.web.gate import AuthGate
from core.web.headers import SecurityHeaders
from core.web.health import health_routes
from core.web.pages import problem_page
from core.web.session_routes import session_routes
from core.web.share_routes import share_routes
from core.web.theme import ThemeTag


def build_site(get_dashboard: Callable[[], Dashboard]) -> tuple[list[BaseRoute], list[Middleware]]:
    """`get_dashboard` is asked on each request: routes exist before the dashboard is open."""
    routes: list[BaseRoute] = [
        *session_routes(get_dashboard),
        *health_routes(get_dashboard),
        Mount("/assets", Assets()),
        Mount("/api", build_api(get_dashboard)),
        *share_routes(get_dashboard),
        *emulator_routes(lambda: get_dashboard().emulator),
        *_closed("/session", "/s", "/emulator"),
    ]
    return routes, [
        Middleware(SecurityHeaders, get_dashboard=get_dashboard),
        Middleware(AuthGate, get_dashboard=get_dashboard),
        Middleware(ThemeTag),
    ]


def _closed(*folders: str) -> list[Route]:
    """What the door lets through and nobody serves ends here, not in Streamlit's catch-all."""
    return [
        Route(folder + "/{rest:path}", _not_found, methods=["GET", "POST"]) for folder in folders
    ]


def _not_found(_: Request) -> Response:
    return problem_page(
        NotFound("There is no such page.", hint="The address may be mistyped or out of date.")
    )
