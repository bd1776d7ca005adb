"""The writes on single objects: a copy, other headers, a delete marker taken away, a thaw."""

from __future__ import annotations

import shlex

from core.diagnostics.plan import PRIVATE, Order, Plan, by_hand, with_fresh_cache
from core.diagnostics.repairs.config_actions import act
from core.diagnostics.repairs.edits import differences
from core.model.delivery import S3Object
from core.model.repair import ActionKind, Edit

LARGEST_COPY = 5 * 1024**3  # CopyObject's limit
RESTORE_DAYS = 7
_DEEP = {"DEEP_ARCHIVE", "GLACIER", "GLACIER_IR", "INTELLIGENT_TIERING"}
_HEADERS = {
    "content_type": "ContentType", "content_disposition": "ContentDisposition",
    "content_encoding": "ContentEncoding", "cache_control": "CacheControl",
    "server_side_encryption": "ServerSideEncryption", "ssekms_key_id": "SSEKMSKeyId",
}  # fmt: skip


def copied(order: Order) -> Plan:
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
    return with_fresh_cache(order, Plan(actions=(action,)))


def restored(order: Order) -> Plan:
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
