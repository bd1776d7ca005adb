"""The FastAPI app behind /api: routers, problems, limits and its own reference page."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import Depends, FastAPI
from fastapi.routing import APIRoute
from starlette.datastructures import MutableHeaders
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.web.api import (
    archives,
    audit,
    audits,
    auth,
    avatars,
    bulk_changes,
    cases,
    costs,
    diagnoses,
    duplicates,
    file_details,
    files,
    finding,
    fixes,
    lint,
    migrations,
    places,
    progress,
    shares,
    uploads,
    usage,
    users,
    versions,
    viewing,
)
from core.web.api.access import Services
from core.web.api.limits import BodyLimit
from core.web.api.openapi import DESCRIPTION, TITLE
from core.web.api.problems import Unexpected, add_problem_handlers
from core.web.api.reference import reference_page
from core.web.api.strict import known_parameters

VERSION = "1"
PREFIX = "/api"

_PARTS = (
    auth,
    avatars,
    users,
    progress,
    uploads,
    archives,
    finding,  # before `files`, whose /files/{id} would take its routes
    files,
    places,
    bulk_changes,
    versions,
    duplicates,
    shares,
    diagnoses,
    cases,
    fixes,
    lint,
    audits,
    migrations,
    costs,
    usage,
    viewing,
    file_details,
    audit,
)


def build_api(get_dashboard: Callable[[], Services]) -> FastAPI:
    """`get_dashboard` is asked on each request: the routes exist before the dashboard does."""
    api = FastAPI(
        title=TITLE,
        version=VERSION,
        description=DESCRIPTION,
        servers=[{"url": PREFIX}],
        root_path_in_servers=False,
        openapi_url="/openapi.json",
        docs_url=None,  # the usual pages load their scripts from a CDN
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=_operation_id,
        dependencies=[Depends(known_parameters)],
    )
    api.state.get_dashboard = get_dashboard
    for part in _PARTS:
        api.include_router(part.router)
    add_problem_handlers(api)
    api.add_middleware(BodyLimit, file_paths=("/files", "/audits"))
    api.add_middleware(Unexpected)
    api.add_middleware(Private)
    api.add_api_route("/docs", _reference(api), include_in_schema=False)
    return api


class Private:
    """Answers are about one person and one moment: no cache may keep them."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def mark(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, mark)


def _operation_id(route: APIRoute) -> str:
    return route.name


def _reference(api: FastAPI) -> Callable[[], HTMLResponse]:
    def show() -> HTMLResponse:
        return HTMLResponse(reference_page(api.openapi()))

    return show
