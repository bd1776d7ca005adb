"""Links for people without an account: look, give the password, fetch, and send into a drop box.

Nothing here knows who is signed in. Unknown, ended and revoked links get one and the same answer.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Protocol

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from core.errors import (
    DashboardError,
    InvalidInput,
    NotAllowed,
    NotFound,
    NotSignedIn,
    TooManyAttempts,
)
from core.library.service import LibraryService
from core.model.names import attachment
from core.model.sharing import SHARE_PATH, ShareKind
from core.settings import Settings
from core.shares.records import Visit
from core.shares.robots import is_robot
from core.shares.service import SharesService
from core.upload.service import UploadService
from core.web.archive_response import ArchiveResponse
from core.web.forms import read_form
from core.web.origin import is_foreign
from core.web.share_pages import SharePages

PROOF_COOKIE = "share_proof"


class ShareDoor(Protocol):
    """What links need of the dashboard."""

    @property
    def settings(self) -> Settings: ...
    @property
    def shares(self) -> SharesService: ...
    @property
    def library(self) -> LibraryService: ...
    @property
    def uploads(self) -> UploadService: ...


class Visitor:
    """One request of somebody who came with a link."""

    def __init__(self, request: Request, dashboard: ShareDoor) -> None:
        self.request, self.dashboard = request, dashboard
        self.token = str(request.path_params["token"])
        self.path = f"{SHARE_PATH}{self.token}"
        self.address = request.client.host if request.client else ""
        self.robot = is_robot(request.method, request.headers)
        self.pages = SharePages(dashboard.settings, dashboard.library, self.path)

    def enter(self, kind: ShareKind | None = None) -> Visit:
        proof = self.request.cookies.get(PROOF_COOKIE, "")
        return self.dashboard.shares.enter(self.token, proof, kind)

    def refuse_robots(self) -> None:
        if self.robot:
            raise NotAllowed(
                "Downloads are for people.", hint="Open the link in a browser and choose Download."
            )

    def refuse_foreign(self) -> None:
        if is_foreign(self.request, self.dashboard.settings.site_url):
            raise NotAllowed("This request came from another site.", hint="Use the link's page.")

    def tell(self, visit: Visit, looked_at: Mapping[str, str]) -> None:
        """Every access is an audit event; nothing named is the page itself, which counts."""
        shares, address = self.dashboard.shares, self.address
        if self.robot:
            shares.shown_to_robot(visit, address=address)
        elif looked_at:
            shares.looked(visit, looked_at, address=address)
        else:
            shares.opened(visit, address=address)

    def page_number(self) -> int:
        asked = self.request.query_params.get("page", "1")
        return int(asked) if asked.isdecimal() and len(asked) < 8 else 1

    @property
    def secure(self) -> bool:
        site = self.dashboard.settings.site_url.partition(":")[0]
        return "https" in (self.request.url.scheme, site)


def share_routes(get_dashboard: Callable[[], ShareDoor]) -> list[Route]:
    from core.web.drop_routes import drop_routes  # it needs `Visitor`  # noqa: PLC0415

    def guarded(work: Callable[[Visitor], Response]) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            visitor = Visitor(request, get_dashboard())
            return await run_in_threadpool(_told, work, visitor)

        return answer

    async def unlock(request: Request) -> Response:
        visitor = Visitor(request, get_dashboard())
        try:
            visitor.refuse_foreign()
            form = await read_form(request)
        except DashboardError as error:
            return visitor.pages.problem(error)
        return await run_in_threadpool(_unlock, visitor, form.get("password", ""))

    link = SHARE_PATH + "{token}"
    return [
        Route(link, guarded(_look), methods=["GET"]),
        Route(link, unlock, methods=["POST"]),
        Route(link + "/v/{file_id}", guarded(_look_closer), methods=["GET"]),
        Route(link + "/d/{file_id}", guarded(_download), methods=["GET"]),
        Route(link + "/zip", guarded(_archive), methods=["GET"]),
        *drop_routes(link, get_dashboard),
    ]


def _told(work: Callable[[Visitor], Response], visitor: Visitor) -> Response:
    try:
        return work(visitor)
    except NotSignedIn:
        return visitor.pages.password()
    except NotFound as error:
        return visitor.pages.gone(error)
    except DashboardError as error:
        return visitor.pages.problem(error)


def _look(visitor: Visitor) -> Response:
    visit, now = visitor.enter(), datetime.now(UTC)
    number = visitor.page_number()
    visitor.tell(visit, {"page": str(number)} if number > 1 else {})
    if visit.link.kind is ShareKind.DROP:
        limits, room = visitor.dashboard.shares.drop_room(visit)
        return visitor.pages.drop(visit, limits, room, now)
    found = visitor.dashboard.shares.files(visit, number)
    return visitor.pages.files(visit, found, now)


def _look_closer(visitor: Visitor) -> Response:
    visit = visitor.enter(ShareKind.VIEW)
    file = visitor.dashboard.shares.file(visit, str(visitor.request.path_params["file_id"]))
    visitor.tell(visit, {"file": file.id, "name": file.name})
    shown = visitor.dashboard.shares.files(visit, visitor.page_number())
    return visitor.pages.picture(visit, file, shown, datetime.now(UTC))


def _download(visitor: Visitor) -> Response:
    visit = visitor.enter(ShareKind.VIEW)
    visitor.refuse_robots()
    file_id = str(visitor.request.path_params["file_id"])
    url = visitor.dashboard.shares.download(visit, file_id, address=visitor.address)
    headers = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    return RedirectResponse(url, 307, headers)


def _archive(visitor: Visitor) -> Response:
    visit = visitor.enter(ShareKind.VIEW)
    visitor.refuse_robots()
    archive = visitor.dashboard.shares.archive(visit, address=visitor.address)
    return ArchiveResponse(archive.chunks, attachment(archive.name))


def _unlock(visitor: Visitor, password: str) -> Response:
    try:
        proof, until = visitor.dashboard.shares.unlock(
            visitor.token, password, address=visitor.address
        )
    except TooManyAttempts as error:
        answer = visitor.pages.password(error)
        answer.headers["Retry-After"] = str(error.seconds)
        return answer
    except NotFound as error:
        return visitor.pages.gone(error)
    except InvalidInput as error:
        return visitor.pages.password(error)
    response = RedirectResponse(visitor.path, 303, {"Cache-Control": "no-store"})
    response.set_cookie(
        PROOF_COOKIE,
        proof,
        expires=until,
        path=visitor.path,
        httponly=True,
        samesite="lax",
        secure=visitor.secure,
    )
    return response
