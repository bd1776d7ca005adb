"""Making an account, signing in and out."""

from __future__ import annotations

from fastapi import APIRouter, Request

from core.errors import Conflict, NotAllowed
from core.model.identity import Account
from core.web.api.access import Caller, Dashboard, address, device
from core.web.api.openapi import SIGNED_IN, SIGNING_IN, problems
from core.web.api.schemas_accounts import AccountOut, LoginIn, LoginOut, RegisterIn

TOKEN_SECONDS = 7 * 24 * 3600

router = APIRouter(prefix="/auth", tags=["sign-in"])


@router.post(
    "/register",
    status_code=201,
    response_model=AccountOut,
    responses=problems(*SIGNING_IN, NotAllowed, Conflict),
)
def register(body: RegisterIn, request: Request, dashboard: Dashboard) -> Account:
    """Make an account, where self-registration is on."""
    return dashboard.accounts.register(
        body.email, body.password, body.username, address=address(request)
    )


@router.post("/login", responses=problems(*SIGNING_IN))
def login(body: LoginIn, request: Request, dashboard: Dashboard) -> LoginOut:
    """Exchange email and password for a bearer token that lives 7 days or until it is revoked."""
    signed_in = dashboard.accounts.sign_in(
        body.email, body.password, address=address(request), device=device(request)
    )
    return LoginOut(
        access_token=dashboard.accounts.access_token(signed_in.session),
        token_type="bearer",  # noqa: S106  # the name of a scheme
        expires_in=TOKEN_SECONDS,
        account=AccountOut.model_validate(signed_in.account),
    )


@router.post("/logout", status_code=204, responses=problems(*SIGNED_IN))
def logout(caller: Caller, dashboard: Dashboard) -> None:
    """End this session: its cookie and the tokens that name it stop working."""
    dashboard.accounts.sign_out(caller)
