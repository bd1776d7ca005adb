"""One's own profile, password and sessions; everybody's accounts for those who manage people."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from core.accounts.records import OneTimeLink, ProfileChanges
from core.errors import Conflict, InvalidInput, TooManyAttempts
from core.model.identity import Account
from core.web.api.access import Caller, Dashboard, Here, Site
from core.web.api.openapi import OWN, SIGNED_IN, problems
from core.web.api.parameters import Cursor, Limit
from core.web.api.present_people import person_out
from core.web.api.schemas_accounts import (
    AccountChangesIn,
    AccountOut,
    InvitationIn,
    InvitationOut,
    PasswordIn,
    PasswordLinkOut,
    SessionOut,
    SessionsOut,
)
from core.web.api.schemas_people import MeIn, PeopleOut, PersonOut

router = APIRouter(prefix="/users", tags=["people"])


@router.get("/me", responses=problems(*SIGNED_IN))
def my_profile(caller: Caller, dashboard: Dashboard, here: Here) -> PersonOut:
    return person_out(dashboard.accounts.profile(caller), dashboard.avatars, here)


@router.patch("/me", responses=problems(*SIGNED_IN))
def change_my_profile(body: MeIn, caller: Caller, dashboard: Dashboard, here: Here) -> PersonOut:
    """Change the fields that are sent, all or none; `date_of_birth: null` removes it."""
    changes = ProfileChanges(**body.model_dump(exclude_unset=True))
    account = dashboard.accounts.update_profile(caller, changes)
    return person_out(account, dashboard.avatars, here)


@router.put("/me/password", status_code=204, responses=problems(*SIGNED_IN, TooManyAttempts))
def change_my_password(body: PasswordIn, caller: Caller, dashboard: Dashboard) -> None:
    """All other sessions are revoked."""
    dashboard.accounts.change_password(caller, body.current, body.new)


@router.get("/me/sessions", responses=problems(*SIGNED_IN))
def my_sessions(caller: Caller, dashboard: Dashboard) -> SessionsOut:
    """Where this account is signed in, newest first."""
    rows = dashboard.accounts.sessions(caller)
    return SessionsOut(
        items=[
            SessionOut(
                **row.model_dump(exclude={"account_id"}), current=row.id == caller.session_id
            )
            for row in rows
        ]
    )


@router.delete("/me/sessions", status_code=204, responses=problems(*SIGNED_IN))
def revoke_my_other_sessions(caller: Caller, dashboard: Dashboard) -> None:
    """Sign out everywhere but here."""
    dashboard.accounts.revoke_others(caller)


@router.delete("/me/sessions/{id}", status_code=204, responses=problems(*OWN))
def revoke_my_session(id: str, caller: Caller, dashboard: Dashboard) -> None:
    """End one session everywhere, at once."""
    dashboard.accounts.revoke_session(caller, id)


@router.get("", responses=problems(*SIGNED_IN))
def list_people(
    caller: Caller,
    dashboard: Dashboard,
    query: Annotated[str, Query(max_length=200, description="Part of a name or email")] = "",
    limit: Limit = 50,
    cursor: Cursor = None,
    *,
    here: Here,
) -> PeopleOut:
    """Needs people:manage."""
    found = dashboard.accounts.people(caller, text=query, after=cursor, limit=limit)
    return PeopleOut(
        items=[person_out(account, dashboard.avatars, here) for account in found.items],
        next_cursor=found.next,
    )


@router.post("", status_code=201, responses=problems(*SIGNED_IN, Conflict))
def add_person(
    body: InvitationIn, caller: Caller, dashboard: Dashboard, here: Here
) -> InvitationOut:
    """Make an account without a password, and the link that sets one. Needs people:manage."""
    account, link = dashboard.accounts.invite(caller, body.email, body.username, body.role)
    return InvitationOut(
        account=AccountOut.model_validate(account), password_link=_link_out(link, here)
    )


@router.post("/{id}/password-link", status_code=201, responses=problems(*OWN, Conflict))
def new_password_link(id: str, caller: Caller, dashboard: Dashboard, here: Here) -> PasswordLinkOut:
    """A link that sets a new password once; it ends the one before. Needs people:manage."""
    return _link_out(dashboard.accounts.password_link(caller, id), here)


def _link_out(link: OneTimeLink, here: Site) -> PasswordLinkOut:
    return PasswordLinkOut(url=here.absolute(link.path), expires_at=link.expires_at)


@router.patch("/{id}", response_model=AccountOut, responses=problems(*OWN, Conflict))
def change_person(id: str, body: AccountChangesIn, caller: Caller, dashboard: Dashboard) -> Account:
    """Give a role, disable or enable. Needs people:manage."""
    account: Account | None = None
    if body.role is not None:
        account = dashboard.accounts.change_role(caller, id, body.role)
    if body.disabled is not None:
        account = dashboard.accounts.set_disabled(caller, id, body.disabled)
    if account is None:
        raise InvalidInput("Nothing is to be changed.", hint="Send `role`, `disabled` or both.")
    return account
