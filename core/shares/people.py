"""Grants on a file: whom its owner lets in. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from core.errors import InvalidInput
from core.model.media import Grant, MediaFile, Right
from core.model.sharing import SharePolicy, TakenRights, Taking

MOST_GRANTS = 100
MOST_EMAILS = 50
UNDO_LIFE = timedelta(days=1)  # how long taking rights back, or leaving, can be undone


def with_grants(file: MediaFile, account_ids: Iterable[str], right: Right) -> MediaFile:
    """Each person has one right; the owner needs none."""
    fresh = {person: right for person in account_ids if person != file.owner_id}
    kept = tuple(grant for grant in file.grants if grant.account_id not in fresh)
    grants = (*kept, *(Grant(account_id=person, right=given) for person, given in fresh.items()))
    if len(grants) > MOST_GRANTS:
        raise InvalidInput(
            f"{file.name} would be shared with {len(grants)} people.",
            hint=f"{MOST_GRANTS} are the most. Share a link with the others.",
        )
    return file.model_copy(update={"grants": grants})


def without_grants(file: MediaFile, account_ids: Iterable[str]) -> MediaFile:
    gone = set(account_ids)
    grants = tuple(grant for grant in file.grants if grant.account_id not in gone)
    return file.model_copy(update={"grants": grants})


def noted(
    kept: TakenRights | None, before: MediaFile, after: MediaFile, by: str, now: datetime
) -> TakenRights:
    """What `by` took just now. Whoever left before the owner took rights back stays out."""
    took = tuple(grant for grant in before.grants if after.right_of(grant.account_id) is None)
    fresh = Taking(by=by, at=now, grants=took)
    others = [one for one in (kept.takings if kept else ()) if one.by != by and in_time(one, now)]
    if not has_left(fresh):
        others = [one for one in others if not has_left(one)]
    return TakenRights(file_id=before.id, at=now, takings=(*others, fresh))


def kept_out(kept: TakenRights, account_ids: Iterable[str]) -> TakenRights:
    """Without the way back of those who left by themselves."""
    out = set(account_ids)
    rest = tuple(one for one in kept.takings if not (has_left(one) and one.by in out))
    return kept.model_copy(update={"takings": rest})


def has_left(taking: Taking) -> bool:
    """Whether somebody gave up a right of their own, instead of taking others'."""
    return {grant.account_id for grant in taking.grants} == {taking.by}


def in_time(taking: Taking, now: datetime) -> bool:
    return now - taking.at < UNDO_LIFE


def given_back(file: MediaFile, taking: Taking) -> MediaFile:
    """Rights that were given anew since then stay as they are."""
    back = [grant for grant in taking.grants if file.right_of(grant.account_id) is None]
    for right in Right:
        ids = [grant.account_id for grant in back if grant.right is right]
        file = with_grants(file, ids, right) if ids else file
    return file


def checked_emails(emails: Iterable[str], policy: SharePolicy) -> tuple[str, ...]:
    """In their normal spelling. Raises `InvalidInput` for a domain that the policy leaves out."""
    wanted = tuple(dict.fromkeys(filter(None, emails)))
    if not 1 <= len(wanted) <= MOST_EMAILS:
        raise InvalidInput(
            f"{len(wanted)} people are named.", hint=f"Name 1 to {MOST_EMAILS} by their email."
        )
    outside = [email for email in wanted if not is_allowed(email, policy)]
    if outside:
        raise InvalidInput(
            f"Files may not be shared with {', '.join(outside[:5])}.",
            hint=f"Allowed are addresses at {', '.join(policy.domains)}.",
        )
    return wanted


def is_allowed(email: str, policy: SharePolicy) -> bool:
    """A domain allows itself, not what is below it: a subdomain may be somebody else's."""
    return not policy.domains or email.rpartition("@")[2] in policy.domains
