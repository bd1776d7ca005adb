"""Repairs for what was found: the smallest reach first, each re-traced on the changed snapshot.

Nothing here opens a bucket to the public; a dry run that would is dropped.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from core.diagnostics.access import Caller, evaluate
from core.diagnostics.causes.cache import encoded_path
from core.diagnostics.causes.registry import Case
from core.diagnostics.edge.cache import is_error, may_be_kept_for
from core.diagnostics.policy import is_public
from core.diagnostics.repairs.changes import Change, diff_of
from core.diagnostics.repairs.draft import Draft
from core.diagnostics.repairs.drafts import stranger
from core.diagnostics.repairs.table import TABLE
from core.diagnostics.trace import travel
from core.diagnostics.urls import redact, redact_deep
from core.model.delivery import AccountSnapshot
from core.model.diagnosis import BlastRadius, DryRun, Fix, FixType

_ORDER = (
    FixType.WAIT, FixType.CORRECT_URL, FixType.CLIENT_CHANGE, FixType.SIGN_URL,
    FixType.FIX_DB_RECORD, FixType.CHOOSE_CANDIDATE, FixType.RESTORE, FixType.INVALIDATE,
    FixType.COPY_OBJECT, FixType.REUPLOAD, FixType.POLICY_PATCH, FixType.KMS_POLICY_PATCH,
    FixType.FUNCTION_CHANGE, FixType.CONFIG_CHANGE,
)  # fmt: skip


_REDIRECT, _ERROR = 300, 400


@dataclass(slots=True)
class _Planned:
    draft: Draft
    place: int  # of the cause it repairs


def fixes(case: Case, causes: tuple[str, ...]) -> tuple[Fix, ...]:
    """Every repair of every cause; preferred is the first one, unless only a later one works.

    Where no dry run ends well, one of a single cause that could not be tried beats one that fails.
    """
    made = [_fix(case, f"f{i}", draft) for i, draft in enumerate(drafts(case, causes), 1)]
    if not made:
        return ()
    best = made[0]
    if _fails(best):
        single = len(set(causes) - {"missing-key-masked-as-403"}) == 1
        untried = next((fix for fix in made if single and not _fails(fix)), best)
        best = next((fix for fix in made if _works(fix)), untried)
    return tuple(fix.model_copy(update={"preferred": fix is best}) for fix in made)


def _works(fix: Fix) -> bool:
    """A dry run ended well; without one nobody knows."""
    status = fix.dry_run.retrace_status
    return status is not None and status < _REDIRECT


def _fails(fix: Fix) -> bool:
    status = fix.dry_run.retrace_status
    return status is not None and status >= _ERROR


def drafts(case: Case, causes: tuple[str, ...]) -> tuple[Draft, ...]:
    """The same repairs, in the same order, before their dry runs: with the snapshot they make."""
    planned: list[_Planned] = []
    seen: set[tuple[str, str]] = set()
    for place, cause in enumerate(causes):
        for build in TABLE.get(cause, ()):
            for draft in build(case):
                name = (draft.type, draft.title)
                if name not in seen and not _opens(case, draft.change):
                    seen.add(name)
                    planned.append(_Planned(draft, place))
    planned.sort(key=lambda p: (p.place, not p.draft.first, _ORDER.index(p.draft.type)))
    return tuple(p.draft for p in planned)


def _opens(case: Case, change: Change | None) -> bool:
    """Whether strangers could read something afterwards that they can't read now."""
    if change is None:
        return False
    for bucket in change.snapshot.buckets:
        old = case.snapshot.bucket(bucket.name)
        if is_public(bucket.policy) and not (old and is_public(old.policy)):
            return True
    return False


def _fix(case: Case, fix_id: str, draft: Draft) -> Fix:
    change = draft.change
    return Fix(
        id=fix_id, type=draft.type, title=redact(draft.title),
        dry_run=_dry_run(case, draft, change)
        if change
        else DryRun(before=draft.before, after=draft.after),
        blast_radius=BlastRadius(
            records_same_pattern=draft.records, other_urls_changed=draft.others,
        ),
        needs=draft.needs or (change.needs if change else ()),
        rollback=draft.rollback or (change.rollback if change else ""),
        cost_note=draft.cost_note,
    )  # fmt: skip


def _dry_run(case: Case, draft: Draft, change: Change) -> DryRun:
    snapshot = change.snapshot
    if change.url is not None:
        snapshot = snapshot.replace(request=snapshot.request.replace(url=change.url))
    if draft.clears_cache or change.url is not None:
        snapshot = snapshot.replace(edge_cache=(), invalidations=())
    kept = tuple(entry for entry in snapshot.edge_cache if not is_error(entry))
    again = travel(snapshot.replace(edge_cache=kept))
    return DryRun(
        before=redact_deep(change.before), after=redact_deep(change.after),
        after_cache=_error_may_linger(case) if kept != snapshot.edge_cache else "",
        diff=redact(diff_of(change.before, change.after)), retrace_status=again.status,
        retrace_content_type=again.content_type, decisions=_decisions(case, change),
    )  # fmt: skip


def _error_may_linger(case: Case) -> str:
    """What still stands between a repaired origin and the viewer: an error that the edge keeps."""
    entry, owner = case.journey.edge, case.journey.distribution
    if entry is None or owner is None or not is_error(entry):
        return ""
    seconds = may_be_kept_for(entry, owner.config)
    if not seconds:
        return ""
    end = case.snapshot.now + timedelta(seconds=seconds)
    path = encoded_path(case.journey.url.raw_path)
    return (
        f"The edge may keep the {entry.status} for {seconds} s more, until {end:%H:%M:%S} UTC, "
        f"or until {path} is invalidated."
    )


def _decisions(case: Case, change: Change) -> dict[str, str]:
    """For a policy: what it means for this URL's caller and for a stranger, before and after."""
    visit = case.journey.visit
    if not change.bucket or visit is None or visit.caller is None or visit.key is None:
        return {}
    anonymous = stranger(visit.caller)
    found = {}
    for name, caller in (("this request", visit.caller), ("an anonymous reader", anonymous)):
        states = [
            _decide(snapshot, change.bucket, caller, visit.key, case)
            for snapshot in (case.snapshot, change.snapshot)
        ]
        found[name] = " -> ".join(states)
    return found


def _decide(snapshot: AccountSnapshot, name: str, caller: Caller, key: str, case: Case) -> str:
    bucket = snapshot.bucket(name)
    item = case.journey.visit.item if case.journey.visit else None
    return evaluate(snapshot, bucket, caller, key, item).effect if bucket else "unknown"
