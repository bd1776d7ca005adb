"""Links, drop boxes and colleagues: who else sees a file, until when, and what admins allow."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query

from core.errors import Conflict, InvalidInput
from core.model.sharing import (
    DropLimits,
    OwnLink,
    SharePolicy,
    ShareTarget,
    TargetKind,
)
from core.shares.records import LinkChanges, ShareRequest
from core.web.api.access import Caller, Dashboard, Here, Site
from core.web.api.openapi import OWN, SIGNED_IN, problems
from core.web.api.parameters import Cursor, Limit
from core.web.api.schemas_shares import (
    DropIn,
    DropOut,
    FileShareIn,
    FileShareOut,
    FilesIn,
    FilesPeopleIn,
    GivenBackOut,
    PeopleIn,
    PeopleOut,
    PersonOut,
    ShareChangesIn,
    ShareIn,
    ShareOut,
    SharePolicyIn,
    SharePolicyOut,
    SharesOut,
    TargetOut,
)

router = APIRouter(tags=["sharing"])

_SAME = (
    *("id", "owner_id", "kind", "title", "created_at", "has_password", "max_downloads"),
    *("downloads", "views", "last_used_at", "revoked_at"),
)


@router.post("/files/{id}/shares", status_code=201, responses=problems(*OWN))
def share_file(
    id: str, body: FileShareIn, caller: Caller, dashboard: Dashboard, here: Here
) -> FileShareOut:
    """Make a link to one file; `with` also lets colleagues see it. Nothing is done by halves:
    an address without an account refuses the whole request.
    """
    shares = dashboard.shares
    target = ShareTarget(kind=TargetKind.FILES, file_ids=(id,))
    request = ShareRequest(
        target=target,
        expires_in=timedelta(seconds=body.expires_in),
        password=body.password,
        max_downloads=body.max_downloads,
    )
    own = shares.create(caller, request, emails=body.with_)
    people = shares.people(caller, id)
    return FileShareOut(
        **_out(own, here).model_dump(), shared_with=[person.email for person in people]
    )


@router.post("/shares", status_code=201, responses=problems(*OWN))
def make_share(body: ShareIn, caller: Caller, dashboard: Dashboard, here: Here) -> ShareOut:
    """A link to several files, a folder or an album; or a drop box, which takes files."""
    target = ShareTarget(**body.target.model_dump())
    request = ShareRequest(
        kind=body.kind,
        target=target,
        expires_in=timedelta(seconds=body.expires_in),
        title=body.title,
        password=body.password,
        max_downloads=body.max_downloads,
        drop=_limits(body.drop),
    )
    return _out(dashboard.shares.create(caller, request), here)


@router.get("/shares", responses=problems(*SIGNED_IN))
def list_shares(
    caller: Caller,
    dashboard: Dashboard,
    here: Here,
    all: Annotated[bool, Query(description="Everybody's; needs shares:manage")] = False,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> SharesOut:
    """Own links, newest first, with counts, last use and real end."""
    shares = dashboard.shares
    listed = shares.everybodys if all else shares.mine
    found = listed(caller, after=cursor, limit=limit)
    return SharesOut(items=[_out(own, here) for own in found.items], next_cursor=found.next)


@router.post("/shares/people", responses=problems(*OWN, Conflict))
def share_with_people(body: FilesPeopleIn, caller: Caller, dashboard: Dashboard) -> PeopleOut:
    """Let colleagues see or edit files: all of them, or nobody where one can't be."""
    found = dashboard.shares.share_with(caller, body.file_ids, body.emails, body.right)
    return PeopleOut(items=[PersonOut.model_validate(person) for person in found])


@router.post("/shares/people/undo", responses=problems(*OWN, Conflict))
def give_rights_back(body: FilesIn, caller: Caller, dashboard: Dashboard) -> GivenBackOut:
    """Undo, within a day, what one took from people or left oneself, last and on each file."""
    return GivenBackOut(files=dashboard.shares.give_back(caller, body.file_ids))


@router.get("/shares/{id}", responses=problems(*OWN))
def get_share(id: str, caller: Caller, dashboard: Dashboard, here: Here) -> ShareOut:
    return _out(dashboard.shares.get(caller, id), here)


@router.patch("/shares/{id}", responses=problems(*OWN, Conflict))
def change_share(
    id: str, body: ShareChangesIn, caller: Caller, dashboard: Dashboard, here: Here
) -> ShareOut:
    """Move the end, rename, other password or limit, or take a revocation back."""
    sent = body.model_dump(exclude_none=True)
    if "revoked" in sent:
        if len(sent) > 1:  # else a link could be open again although the rest was refused
            raise InvalidInput(
                "A revocation is taken back by itself.",
                hint="Send `revoked` alone, and the other fields after it.",
            )
        return _out(dashboard.shares.restore(caller, id), here)
    if "expires_in" in sent:
        sent["expires_in"] = timedelta(seconds=sent["expires_in"])
    return _out(dashboard.shares.change(caller, id, LinkChanges(**sent)), here)


@router.delete("/shares/{id}", status_code=204, responses=problems(*OWN, Conflict))
def revoke_share(id: str, caller: Caller, dashboard: Dashboard) -> None:
    """At once, for everybody who has the link. Transfers that run may finish."""
    dashboard.shares.revoke(caller, id)


@router.get("/files/{id}/people", responses=problems(*OWN))
def people_of_file(id: str, caller: Caller, dashboard: Dashboard) -> PeopleOut:
    """Whom the owner let in; for who may share the file."""
    found = dashboard.shares.people(caller, id)
    return PeopleOut(items=[PersonOut.model_validate(person) for person in found])


@router.post("/files/{id}/people", responses=problems(*OWN, Conflict))
def let_people_in(id: str, body: PeopleIn, caller: Caller, dashboard: Dashboard) -> PeopleOut:
    """An address without an account refuses all of them; the answer names it."""
    found = dashboard.shares.share_with(caller, [id], body.emails, body.right)
    return PeopleOut(items=[PersonOut.model_validate(person) for person in found])


@router.delete(
    "/files/{id}/people/{account_id}", status_code=204, responses=problems(*OWN, Conflict)
)
def take_right_back(id: str, account_id: str, caller: Caller, dashboard: Dashboard) -> None:
    """Its owner takes a right back; with one's own id, one leaves the file."""
    dashboard.shares.unshare(caller, [id], [account_id])


@router.get("/share-policy", response_model=SharePolicyOut, responses=problems(*SIGNED_IN))
def get_share_policy(caller: Caller, dashboard: Dashboard) -> SharePolicy:
    """What links may do here; for everybody who makes them."""
    return dashboard.shares.policy(caller)


@router.put(
    "/share-policy", response_model=SharePolicyOut, responses=problems(*SIGNED_IN, Conflict)
)
def set_share_policy(body: SharePolicyIn, caller: Caller, dashboard: Dashboard) -> SharePolicy:
    """Needs shares:manage. Links that are there end sooner, or stop until they fit."""
    return dashboard.shares.set_policy(caller, SharePolicy(**body.model_dump()))


def _limits(drop: DropIn | None) -> DropLimits | None:
    return DropLimits(**drop.model_dump()) if drop else None


def _out(own: OwnLink, here: Site) -> ShareOut:
    link = own.link
    drop = None
    if link.drop is not None:
        received = {name: getattr(link, name) for name in ("received_files", "received_bytes")}
        drop = DropOut(**link.drop.model_dump(), **received)
    return ShareOut(
        **{name: getattr(link, name) for name in _SAME},
        target=TargetOut.model_validate(link.target),
        state=own.state,
        stopped_because=own.stopped_because,
        url=here.absolute(own.path) if own.path else "",
        expires_at=own.ending.at,
        cut_by=own.ending.cut_by,
        drop=drop,
    )
