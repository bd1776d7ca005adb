"""Sign in, register, sign out, use a one-time link: plain forms that work without any script."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from core.accounts.records import SignIn
from core.accounts.sessions import ABSOLUTE_LIFE
from core.errors import DashboardError, NotAllowed, NotFound, TooManyAttempts
from core.model import start_pages
from core.model.identity import PASSWORD_PATH, SESSION_COOKIE, Actor
from core.web.forms import csrf_value, keep_csrf, read_own_form
from core.web.gate import SIGN_IN, Door, safe_next
from core.web.origin import is_ours
from core.web.pages import FOCUS, NOTHING, Html, alert, page, problem_page, render

REGISTER = "/session/register"
LINK_COOKIE = "dashboard_password_link"
_AN_HOUR = 3600

Form = Mapping[str, str]


class _Page(Protocol):
    async def __call__(self, form: Form, error: DashboardError | None = None) -> Response: ...


def session_routes(get_dashboard: Callable[[], Door]) -> list[Route]:
    desk = _Desk(get_dashboard)
    return [
        Route(SIGN_IN, desk.sign_in, methods=["GET", "POST"]),
        Route(REGISTER, desk.register, methods=["GET", "POST"]),
        Route("/session/first-admin", desk.first_admin, methods=["GET", "POST"]),
        Route(PASSWORD_PATH, desk.password, methods=["GET", "POST"]),
        Route("/session/sign-out", desk.sign_out, methods=["GET", "POST"]),
    ]


class _Desk:
    def __init__(self, get_dashboard: Callable[[], Door]) -> None:
        self._get_dashboard = get_dashboard

    async def sign_in(self, request: Request) -> Response:
        visit = _Visit(request, self._get_dashboard())
        if request.method != "POST":
            if await visit.actor() is not None:
                return RedirectResponse(safe_next(request.query_params.get("next", "/")), 303)
            return await visit.sign_in_page(request.query_params)
        return await visit.take(visit.enter, visit.sign_in_page)

    async def register(self, request: Request) -> Response:
        visit = _Visit(request, self._get_dashboard())
        if not visit.dashboard.settings.self_registration:
            return problem_page(
                NotAllowed(
                    "People can't make their own account here.", hint="Ask an admin for an account."
                ),
                visit.dashboard.settings,
            )
        if request.method != "POST":
            return await visit.register_page(request.query_params)
        return await visit.take(visit.make_account, visit.register_page)

    async def first_admin(self, request: Request) -> Response:
        visit = _Visit(request, self._get_dashboard())
        if request.method != "POST":
            return await visit.first_admin_page(request.query_params)
        return await visit.take(visit.claim, visit.first_admin_page)

    async def password(self, request: Request) -> Response:
        visit = _Visit(request, self._get_dashboard())
        if request.method == "POST":
            return visit.forget_link(await visit.take(visit.set_password, visit.password_page))
        if "token" in request.query_params:
            return await visit.keep_link(request.query_params["token"])
        return await visit.password_page({"token": request.cookies.get(LINK_COOKIE, "")})

    async def sign_out(self, request: Request) -> Response:
        visit = _Visit(request, self._get_dashboard())
        actor = await visit.actor()
        if request.method != "POST":
            return visit.sign_out_page(actor)
        if not is_ours(request, visit.dashboard.settings.site_url):
            return problem_page(
                NotAllowed("This request came from another site.", hint="Sign out on this site.")
            )
        if actor is not None:
            await run_in_threadpool(visit.dashboard.accounts.sign_out, actor)
        return visit.leave()


class _Visit:
    """One request of somebody who is about to come in or to leave."""

    def __init__(self, request: Request, dashboard: Door) -> None:
        self.request, self.dashboard = request, dashboard
        self._address = request.client.host if request.client else ""
        self._device = request.headers.get("user-agent", "")
        self._secure = "https" in (
            request.url.scheme,
            dashboard.settings.site_url.partition(":")[0],
        )

    async def actor(self) -> Actor | None:
        token = self.request.cookies.get(SESSION_COOKIE)
        return await run_in_threadpool(self.dashboard.accounts.actor_for_cookie, token)

    async def take(self, work: Callable[[Form], SignIn], again: _Page) -> Response:
        """Do what the form asks; on an error show the form again with what to do about it."""
        try:
            form = await read_own_form(self.request, self.dashboard.settings.site_url)
        except DashboardError as error:
            return problem_page(error, self.dashboard.settings)
        try:
            signed_in = await run_in_threadpool(work, form)
        except DashboardError as error:
            return await again(form, error)
        await self._end_session_before()
        target = safe_next(form.get("next", "/"))
        start = start_pages.path(signed_in.account)
        return self._welcome(signed_in, start if target == "/" else target)

    # What the forms ask for; these run in a thread

    def enter(self, form: Form) -> SignIn:
        return self.dashboard.accounts.sign_in(
            form.get("email", ""),
            form.get("password", ""),
            address=self._address,
            device=self._device,
        )

    def make_account(self, form: Form) -> SignIn:
        self.dashboard.accounts.register(
            form.get("email", ""),
            form.get("password", ""),
            form.get("username", ""),
            address=self._address,
        )
        return self.enter(form)

    def claim(self, form: Form) -> SignIn:
        return self.dashboard.accounts.claim_first_admin(
            form.get("token", ""),
            form.get("email", ""),
            form.get("username", ""),
            form.get("password", ""),
            address=self._address,
            device=self._device,
        )

    def set_password(self, form: Form) -> SignIn:
        return self.dashboard.accounts.claim_password_link(
            form.get("token", ""),
            form.get("password", ""),
            address=self._address,
            device=self._device,
        )

    # What they show

    async def sign_in_page(self, form: Form, error: DashboardError | None = None) -> Response:
        settings, target = self.dashboard.settings, safe_next(form.get("next", "/"))
        email = form.get("email", "")
        has_admin = await run_in_threadpool(self.dashboard.accounts.has_admin)
        link = f"{REGISTER}?next={quote(target, safe='')}"
        register = render("register_link", link=link) if settings.self_registration else NOTHING
        return self._form_page(
            "Sign in",
            "sign_in",
            error,
            next=target,
            email=email,
            start_at_email=NOTHING if email else FOCUS,
            start_at_password=FOCUS if email else NOTHING,
            first_start=NOTHING if has_admin else render("first_start"),
            register=register,
        )

    async def register_page(self, form: Form, error: DashboardError | None = None) -> Response:
        target = safe_next(form.get("next", "/"))
        return self._form_page(
            "Make an account",
            "register",
            error,
            next=target,
            email=form.get("email", ""),
            username=form.get("username", ""),
            sign_in=f"{SIGN_IN}?next={quote(target, safe='')}",
        )

    async def first_admin_page(self, form: Form, error: DashboardError | None = None) -> Response:
        token = form.get("token", "")
        if not await run_in_threadpool(self.dashboard.accounts.is_first_admin_token, token):
            return problem_page(
                NotFound(
                    "This link can't be used any more.",
                    hint="It works once. While there is no admin, each start prints a new one.",
                ),
                self.dashboard.settings,
            )
        return self._form_page(
            "Make the first admin",
            "first_admin",
            error,
            token=token,
            email=form.get("email", ""),
            username=form.get("username", ""),
        )

    async def password_page(self, form: Form, error: DashboardError | None = None) -> Response:
        token, accounts = form.get("token", ""), self.dashboard.accounts
        try:
            account = await run_in_threadpool(accounts.password_link_holder, token)
        except DashboardError as ended:
            title = "This link can't be used"
            body = render("problem", title=title, message=ended.message, hint=ended.hint)
            return page(title, body, ended.status, self.dashboard.settings)
        return self._form_page(
            "Choose a password", "password", error, token=token, email=account.email
        )

    async def keep_link(self, token: str) -> Response:
        """Show the page at an address without the token: addresses are logged and passed on.

        The form can't stand on a page with `no-referrer`: browsers send it with `Origin: null`.
        """
        response = await self.password_page({"token": token})
        if response.status_code == 200:
            response = RedirectResponse(PASSWORD_PATH, 303, {"Cache-Control": "no-store"})
            response.set_cookie(
                LINK_COOKIE,
                token,
                max_age=_AN_HOUR,
                path=PASSWORD_PATH,
                httponly=True,
                samesite="lax",
                secure=self._secure,
            )
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    def forget_link(self, response: Response) -> Response:
        if response.status_code == 303:
            response.delete_cookie(
                LINK_COOKIE, path=PASSWORD_PATH, httponly=True, samesite="lax", secure=self._secure
            )
        return response

    def sign_out_page(self, actor: Actor | None) -> Response:
        if actor is None:
            return RedirectResponse(SIGN_IN, 303)
        body = render("sign_out", email=actor.email)
        return page("Sign out", body, settings=self.dashboard.settings)

    def leave(self) -> Response:
        response = RedirectResponse(SIGN_IN, 303, {"Cache-Control": "no-store"})
        response.delete_cookie(
            SESSION_COOKIE, path="/", httponly=True, samesite="lax", secure=self._secure
        )
        return response

    def _form_page(
        self, title: str, template: str, error: DashboardError | None, **values: str
    ) -> Response:
        csrf = csrf_value(self.request)
        body: Html = render(template, csrf=csrf, alert=alert(error), **values)
        status = error.status if error else 200
        response = page(title, body, status, self.dashboard.settings)
        if isinstance(error, TooManyAttempts):
            response.headers["Retry-After"] = str(error.seconds)
        keep_csrf(response, csrf, secure=self._secure)
        return response

    async def _end_session_before(self) -> None:
        """Whoever signs in over an open session leaves that one: its cookie is replaced."""
        before = await self.actor()
        if before is not None:
            await run_in_threadpool(self.dashboard.accounts.sign_out, before)

    def _welcome(self, signed_in: SignIn, target: str) -> Response:
        response = RedirectResponse(target, 303, {"Cache-Control": "no-store"})
        # The cookie outlives the row: the row slides while the cookie stays, and the row decides.
        response.set_cookie(
            SESSION_COOKIE,
            signed_in.token,
            max_age=int(ABSOLUTE_LIFE.total_seconds()),
            path="/",
            httponly=True,
            samesite="lax",
            secure=self._secure,
        )
        return response
