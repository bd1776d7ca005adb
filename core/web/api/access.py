"""Who calls, proven by the session cookie or a bearer token, and where this site is.

A cookie travels with every request, also with those that another site makes a browser send. So
whoever changes something by cookie must show that the request came from this site.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Protocol

from fastapi import Depends, Request
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer

from core.errors import NotAllowed, NotSignedIn
from core.model.identity import SESSION_COOKIE, Actor
from core.web.origin import SAFE_METHODS, is_ours

if TYPE_CHECKING:  # the routes get the services handed in; they need not load them
    from core.accounts.service import AccountsService
    from core.costs.service import CostsService
    from core.diagnostics.service import DiagnosticsService
    from core.diagnostics.service.audits.service import AuditsService
    from core.diagnostics.service.cases.service import CasesService
    from core.diagnostics.service.migrations.service import MigrationsService
    from core.diagnostics.service.repairs.service import RepairsService
    from core.library.service import LibraryService
    from core.library.service.advising import AdvisingService
    from core.library.service.viewing import ViewingService
    from core.settings import Settings
    from core.shares.service import SharesService
    from core.stores.jobs import JobQueue
    from core.upload.service import UploadService
    from core.upload.service.avatars import AvatarService
    from core.upload.service.progress import ProgressService
    from core.usage.service.storage import StorageService
    from core.usage.service.traffic import TrafficService

_bearer = HTTPBearer(auto_error=False, description="The access_token of POST /api/auth/login")
_cookie = APIKeyCookie(
    name=SESSION_COOKIE,
    auto_error=False,
    description="The browser's session. Calls that change something need a same-origin Origin.",
)


class Services(Protocol):
    """What the routes need of the dashboard."""

    @property
    def settings(self) -> Settings: ...
    @property
    def accounts(self) -> AccountsService: ...
    @property
    def avatars(self) -> AvatarService: ...
    @property
    def progress(self) -> ProgressService: ...
    @property
    def uploads(self) -> UploadService: ...
    @property
    def library(self) -> LibraryService: ...
    @property
    def viewing(self) -> ViewingService: ...
    @property
    def advising(self) -> AdvisingService: ...
    @property
    def shares(self) -> SharesService: ...
    @property
    def diagnostics(self) -> DiagnosticsService: ...
    @property
    def cases(self) -> CasesService: ...
    @property
    def migrations(self) -> MigrationsService: ...
    @property
    def audits(self) -> AuditsService: ...
    @property
    def repairs(self) -> RepairsService: ...
    @property
    def costs(self) -> CostsService: ...
    @property
    def storage(self) -> StorageService: ...
    @property
    def traffic(self) -> TrafficService: ...
    @property
    def jobs(self) -> JobQueue: ...


def services(request: Request) -> Services:
    found: Services = request.app.state.get_dashboard()
    return found


Dashboard = Annotated[Services, Depends(services)]


def current_actor(
    request: Request,
    dashboard: Dashboard,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    cookie: Annotated[str | None, Depends(_cookie)],
) -> Actor:
    """Raise `NotSignedIn`, or `NotAllowed` for a change by cookie from another site."""
    if bearer is not None:
        return _signed_in(dashboard.accounts.actor_for_bearer(bearer.credentials))
    actor = _signed_in(dashboard.accounts.actor_for_cookie(cookie))
    changes = request.method not in SAFE_METHODS
    if changes and not is_ours(request, dashboard.settings.site_url):
        raise NotAllowed(
            "This request came from another site.",
            hint="Call from this site, or with a bearer token instead of the cookie.",
        )
    return actor


Caller = Annotated[Actor, Depends(current_actor)]


def address(request: Request) -> str:
    return request.client.host if request.client else ""


def device(request: Request) -> str:
    return request.headers.get("user-agent", "")


class Site:
    """Makes addresses that services give relative to this site absolute for programs."""

    def __init__(self, request: Request, dashboard: Dashboard) -> None:
        self._base = dashboard.settings.public_url.rstrip("/") or _seen_base(request)

    def absolute(self, url: str) -> str:
        return self._base + url if url.startswith("/") else url


Here = Annotated[Site, Depends()]


def _seen_base(request: Request) -> str:
    """Behind a forwarded port only the browser's Origin knows that the outside is https."""
    host = request.url.netloc
    secure = request.headers.get("origin") == f"https://{host}" or request.url.scheme == "https"
    return f"{'https' if secure else 'http'}://{host}"


def _signed_in(actor: Actor | None) -> Actor:
    if actor is None:
        raise NotSignedIn(
            "You are not signed in, or your session has ended.",
            hint="Sign in with POST /api/auth/login and send the token as `Authorization: Bearer`.",
        )
    return actor
