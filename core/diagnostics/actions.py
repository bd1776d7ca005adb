"""From a repair's draft to the writes that carry it out, or to the exact steps of a person.

What can't be expressed as a write is never guessed: then the repair is made by hand.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from core.diagnostics import facts
from core.diagnostics.causes.cache import encoded_path
from core.diagnostics.causes.registry import Case
from core.diagnostics.config_actions import Raw, act, config_actions
from core.diagnostics.draft import Draft
from core.diagnostics.edits import differences
from core.diagnostics.reach import reachable_url
from core.diagnostics.trace import travel
from core.diagnostics.urls import redact_deep
from core.errors import InvalidInput
from core.model.delivery import S3Object, mapping
from core.model.diagnosis import FixType
from core.model.repair import Action, ActionKind, Edit

LARGEST_COPY = 5 * 1024**3  # CopyObject's limit
RESTORE_DAYS = 7
PRIVATE = ("incoming/", "originals/")  # uploads as they came, for their owners alone
_DEEP = {"DEEP_ARCHIVE", "GLACIER", "GLACIER_IR", "INTELLIGENT_TIERING"}
_HEADERS = {
    "content_type": "ContentType", "content_disposition": "ContentDisposition",
    "content_encoding": "ContentEncoding", "cache_control": "CacheControl",
    "server_side_encryption": "ServerSideEncryption", "ssekms_key_id": "SSEKMSKeyId",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Plan:
    """`sign` is the object whose S3 URL is presigned when the repair is applied."""

    actions: tuple[Action, ...] = ()
    steps: tuple[str, ...] = ()
    by_hand: bool = False
    new_url: str = ""
    notes: tuple[str, ...] = ()
    sign: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be planned. `raw` is the captured document behind the case's snapshot."""

    case: Case
    draft: Draft
    raw: Raw
    name: str  # for what has to be created
    choice: str = ""  # the key that a person chose among the candidates
    library: bool = False  # the record is the library's own file


def plan_of(order: Order) -> Plan:
    """Raises `InvalidInput` where a person has to choose first."""
    return _PLANNERS[order.draft.type](order)


def by_hand(*steps: str, notes: tuple[str, ...] = ()) -> Plan:
    return Plan(steps=steps, by_hand=True, notes=notes)


# --- configuration --------------------------------------------------------------------------


def _config(order: Order) -> Plan:
    change = order.draft.change
    if change is None:
        return by_hand(order.draft.title)
    found = config_actions(order.case.snapshot, change.snapshot, order.raw, order.name)
    if not found or not all(action.edits for action in found):
        return by_hand(order.draft.title)
    lasting = [a for a in found if not a.reversible]
    notes = tuple(f"{a.target} can't be put back by this page afterwards." for a in lasting)
    return Plan(actions=found, notes=notes)


def _function(order: Order) -> Plan:
    """Publishing the development code, where the trace shows that it is right."""
    journey = order.case.journey
    names = {run.arn for run in journey.runs}
    for function in journey.snapshot.functions:
        ready = function.development_code
        if function.function_arn not in names or not ready or ready == function.live_code:
            continue
        kept = tuple(
            f.replace(live_code=ready) if f is function else f for f in journey.snapshot.functions
        )
        if travel(journey.snapshot.replace(functions=kept, edge_cache=())).status == 200:
            edit = Edit(path=("LiveCode",), before=function.live_code, after=ready)
            action = act(ActionKind.FUNCTION, function.name, [edit])
            return _with_fresh_cache(order, Plan(actions=(action,)))
    return by_hand(
        order.draft.title,
        "Correct the code in its DEVELOPMENT stage and test it there with this URL.",
        "Diagnose the URL again: once the tested code is right, it can be published from here.",
    )


def _invalidate(order: Order) -> Plan:
    owner, change = order.case.journey.distribution, order.draft.change
    if owner is None or change is None:
        return by_hand(order.draft.title)
    action = _invalidation(owner.id, list(change.after), reversible=False)
    return Plan(actions=(action,), notes=("An invalidation can't be taken back.",))


def _invalidation(distribution: str, paths: list[str], *, reversible: bool) -> Action:
    edit = Edit(path=("Paths",), after=paths)
    return act(ActionKind.INVALIDATION, distribution, [edit], reversible=reversible)


def _with_fresh_cache(order: Order, plan: Plan) -> Plan:
    """Where the edges may keep what was there before: have them forget it."""
    owner = order.case.journey.distribution
    if owner is None:
        return plan
    paths = [encoded_path(order.case.journey.url.raw_path)]
    again = _invalidation(owner.id, paths, reversible=True)
    return replace(plan, actions=(*plan.actions, again))


# --- the URL and the record -----------------------------------------------------------------


def _correct_url(order: Order) -> Plan:
    change = order.draft.change
    url = (change.url or "") if change else ""
    return _hand_out(order, url) if url else by_hand(order.draft.title)


def _hand_out(order: Order, url: str) -> Plan:
    """The URL itself; and where the record holds the wrong one, the right one in its place."""
    asked, held = order.case.journey.url.text, facts.stored(order.case.snapshot)
    wrong = {s.name: url for s in held if s.kind == "url" and s.value == asked}
    if not wrong:
        return Plan(new_url=url, steps=(f"Use {url} wherever the earlier URL stands.",))
    return replace(_write_record(order, wrong), new_url=url)


def _choose(order: Order) -> Plan:
    likely = {guess.key: guess for guess in order.case.guesses if guess.score >= 0.5}
    chosen = likely.get(order.choice)
    if chosen is None:
        raise InvalidInput(
            f"Which object is meant? {', '.join(sorted(likely)) or 'None is likely enough.'}",
            hint="Choose one of the candidates; nobody else can know which one is meant.",
        )
    url, status = reachable_url(order.case, chosen.bucket, chosen.key)
    if url is None or status != 200:
        return by_hand(f"No URL leads to {chosen.bucket}/{chosen.key} yet: copy it, or route it.")
    return _hand_out(order, url)


def _record(order: Order) -> Plan:
    draft = order.draft
    wanted = mapping(draft.change.after if draft.change else draft.after)
    if not wanted:
        return by_hand(draft.title)
    url = (draft.change.url or "") if draft.change else ""
    return replace(_write_record(order, wanted), new_url=url)


def _write_record(order: Order, wanted: dict[str, Any]) -> Plan:
    record = order.case.snapshot.db_record or {}
    held = facts.attributes(order.case.snapshot)
    nameless = "value" in wanted and "value" not in mapping(record.get("attributes"))
    if not record.get("table") or not record.get("pk") or (nameless and not record.get("column")):
        return by_hand(order.draft.title, "The row's table, key and attribute were not all given.")
    if order.library and (set(wanted) != {"key"} or not all(wanted.values())):
        return by_hand("Move the file to the trash on the Library page, or upload it again.")
    edits = [Edit(path=(name,), before=held.get(name), after=new) for name, new in wanted.items()]
    kept = all(redact_deep(edit.before) == edit.before for edit in edits)
    place = {name: str(record[name]) for name in ("pk", "sk") if record.get(name)}
    if order.library:
        place["store"] = "library"
    action = act(ActionKind.RECORD, str(record["table"]), edits, place=place, reversible=kept)
    lost = "The earlier value holds a signature, which is not kept: it can't be written back."
    return Plan(actions=(action,), notes=() if kept else (lost,))


# --- objects --------------------------------------------------------------------------------


def _copy(order: Order) -> Plan:
    change = order.draft.change
    if change is None:
        return by_hand(order.draft.title)
    if not isinstance(change.before, str):
        return _headers(order)
    bucket, _, key = change.before.partition("/")
    if key.startswith(PRIVATE):
        return by_hand(
            f"{change.before} is somebody's upload as it came, with its place and camera: "
            "make a public picture from it (Upload does), never a copy."
        )
    item = _item(order, bucket, key)
    if item is None or not item.etag or (item.size or 0) > LARGEST_COPY:
        source, target = shlex.quote(f"s3://{change.before}"), shlex.quote(f"s3://{change.after}")
        return by_hand(order.draft.title, f"aws s3 cp {source} {target} --copy-props default")
    edit = Edit(path=("ETag",), after=item.etag)
    action = act(ActionKind.COPY, str(change.after), [edit], place={"source": change.before})
    return Plan(actions=(action,), new_url=change.url or "")


def _item(order: Order, bucket: str, key: str) -> S3Object | None:
    held = order.case.snapshot.bucket(bucket)
    return order.case.indexes.of(held).get(key) if held else None


def _headers(order: Order) -> Plan:
    """The object copied onto itself, with other headers; the edges then forget the old ones."""
    visit, change = order.case.journey.final, order.draft.change
    old = visit.item if visit else None
    bucket = change.snapshot.bucket(visit.bucket_name) if visit and change else None
    new = next((o for o in bucket.objects if old and o.key == old.key), None) if bucket else None
    if visit is None or old is None or new is None or old.sse_customer_algorithm:
        return by_hand(order.draft.title, "S3 reads this object only with its customer's key.")
    shown = [{n: getattr(o, f) for f, n in _HEADERS.items()} for o in (old, new)]
    edits = differences(shown[0], shown[1])
    if not edits:
        target = f"--bucket {shlex.quote(visit.bucket_name)} --key {shlex.quote(old.key)}"
        source = shlex.quote(f"{visit.bucket_name}/{old.key}")
        step = f"aws s3api copy-object {target} --copy-source {source} --metadata-directive REPLACE"
        return by_hand(order.draft.title, f"As the bucket's owner: {step}")
    action = act(ActionKind.OBJECT_HEADERS, f"{visit.bucket_name}/{old.key}", edits)
    return _with_fresh_cache(order, Plan(actions=(action,)))


def _restore(order: Order) -> Plan:
    visit = order.case.journey.visit
    if visit is None or not visit.key or visit.bucket is None:
        return by_hand(order.draft.title)
    target = f"{visit.bucket_name}/{visit.key}"
    if visit.item is not None:
        return _thaw(target, visit.item)
    marker = next(
        (o for o in visit.bucket.objects if o.key == visit.key and o.deleted and o.is_latest), None
    )
    if marker is None or not marker.version_id:
        return by_hand(order.draft.title, "The versions of the object could not be read.")
    edit = Edit(path=("Deleted",), before=True, after=False)
    place = {"version": marker.version_id}
    return Plan(actions=(act(ActionKind.DELETE_MARKER, target, [edit], place=place),))


def _thaw(target: str, item: S3Object) -> Plan:
    if item.storage_class not in _DEEP:
        return by_hand(f"Restore {target} from {item.storage_class}.")
    edit = Edit(path=("Restore",), before=item.restore, after="requested")
    place = {"tier": "Standard", "class": item.storage_class}
    if item.storage_class != "INTELLIGENT_TIERING":
        place["days"] = str(RESTORE_DAYS)
    action = act(ActionKind.ARCHIVED_OBJECT, target, [edit], place=place, reversible=False)
    hours = "12" if item.storage_class == "DEEP_ARCHIVE" else "3 to 5"
    return Plan(
        actions=(action,),
        steps=(f"In {hours} hours, when it is readable, copy it onto itself as STANDARD.",),
        notes=("A retrieval can't be taken back; it is billed per GB.",),
    )


# --- outside AWS ----------------------------------------------------------------------------


def _sign(order: Order) -> Plan:
    visit = order.case.journey.visit
    if visit is not None and (visit.key or "").startswith(PRIVATE):
        return by_hand(f"{visit.key} is somebody's upload as it came: only its owner gets it.")
    if order.case.journey.direct is not None and visit is not None and visit.key:
        note = "Whoever has the URL can read the object until it ends. It is shown once, not kept."
        return Plan(sign=(visit.bucket_name, visit.key), notes=(note,))
    return by_hand(
        order.draft.title,
        "Signing for CloudFront needs the private key of one of the behaviour's key groups, which "
        "the dashboard does not hold: have the application that holds it make the URL.",
    )


def _reupload(order: Order) -> Plan:
    visit = order.case.journey.visit
    if visit is None or not visit.key:
        return by_hand(order.draft.title)
    target = f"--bucket {shlex.quote(visit.bucket_name)} --key {shlex.quote(visit.key)}"
    return by_hand(order.draft.title, f"aws s3api put-object {target} --body FILE")


def _told(order: Order) -> Plan:
    return by_hand(order.draft.title)


_PLANNERS: dict[FixType, Callable[[Order], Plan]] = {
    FixType.CORRECT_URL: _correct_url,
    FixType.FIX_DB_RECORD: _record,
    FixType.COPY_OBJECT: _copy,
    FixType.POLICY_PATCH: _config,
    FixType.KMS_POLICY_PATCH: _config,
    FixType.CONFIG_CHANGE: _config,
    FixType.INVALIDATE: _invalidate,
    FixType.FUNCTION_CHANGE: _function,
    FixType.SIGN_URL: _sign,
    FixType.RESTORE: _restore,
    FixType.REUPLOAD: _reupload,
    FixType.CLIENT_CHANGE: _told,
    FixType.CHOOSE_CANDIDATE: _choose,
    FixType.WAIT: _told,
}
