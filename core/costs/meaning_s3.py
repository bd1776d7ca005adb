"""Which lines of S3 a claim can mean: storage, requests, retrieval, transfer, by class."""

from __future__ import annotations

from collections.abc import Callable

from core.costs.readings import Reading, Words

_RETRIEVED_AT_ONCE = ("STANDARD_IA", "ONEZONE_IA", "GLACIER_IR")
_SPEEDS = ("standard", "bulk", "expedited")


def read_s3(words: Words) -> Reading:
    assumed = () if words.storage_class else ("the storage class Standard is meant",)
    by_unit: dict[str, Callable[[Words], tuple[str, ...]]] = {
        "GB-month": s3_storage,
        "GB": _s3_bytes,
        "request": _s3_requests,
        "object": _s3_objects,
        "job": lambda _: ("s3.batch.job",),
        "tag": lambda _: ("s3.tags",),
        "": _s3_unit_unknown,
    }
    reader = by_unit.get(words.unit)
    lines = reader(words) if reader else ()
    depends = any(f".{words.stored}" in line for line in lines)
    return Reading(lines, assumed if depends else ())


def s3_storage(words: Words) -> tuple[str, ...]:
    if words.stored == "INT":
        return (f"s3.storage.{words.int_tier or 'INT_FA'}",)
    return (f"s3.storage.{words.stored}",)


_S3_BYTES = {
    "to_cloudfront": ("s3.transfer.to_cloudfront",),
    "other_region": ("s3.transfer.other_region", "s3.transfer.use1_use2"),
    "replication_time": ("s3.rtc",),
    "transfer_in": ("s3.transfer.in",),
    "select_scanned": ("s3.select.scanned",),
    "select_returned": ("s3.select.returned",),
    "acceleration": ("s3.accel.us_eu_jp_edges", "s3.accel.other_edges"),
    "transfer": ("s3.transfer.internet_out",),
}


def _s3_bytes(words: Words) -> tuple[str, ...]:
    if words.measure in ("retrieval", "restore_request"):
        return _retrieval(words, "s3.retrieval")
    if words.measure == "storage" or (words.storage_class and not words.measure):
        return s3_storage(words)
    return _S3_BYTES.get(words.measure, (*s3_storage(words), "s3.transfer.internet_out"))


def _retrieval(words: Words, family: str) -> tuple[str, ...]:
    stored = "INT_AA" if words.stored == "INT" else words.stored
    if stored in _RETRIEVED_AT_ONCE and family == "s3.retrieval":
        return (f"{family}.{stored}",)
    speeds = (words.speed,) if words.speed else _SPEEDS
    return tuple(f"{family}.{stored}.{speed}" for speed in speeds)


def _s3_requests(words: Words) -> tuple[str, ...]:
    if words.measure == "transition":
        return (f"s3.lifecycle_in.{words.stored}",)
    if words.verb == "delete":
        return ("s3.req.DELETE_CANCEL",)
    if words.stored == "EXPRESS_ONEZONE":
        both = {"write": ("s3.express.put",), "read": ("s3.express.get",)}
        return both.get(words.verb, ("s3.express.put", "s3.express.get"))
    if words.measure in ("retrieval", "restore_request") and not words.verb:
        return _retrieval(words, "s3.retrieval_req")
    family = f"s3.req.{words.stored}"
    tiers = {"write": (f"{family}.tier1",), "read": (f"{family}.tier2",)}
    return tiers.get(words.verb, (f"{family}.tier1", f"{family}.tier2"))


_S3_OBJECTS = {
    "monitoring": ("s3.monitoring.INT",),
    "inventory": ("s3.inventory",),
    "analytics": ("s3.analytics",),
    "lens": ("s3.storage_lens_advanced",),
    "batch": ("s3.batch.object",),
}


def _s3_objects(words: Words) -> tuple[str, ...]:
    if words.measure == "transition":
        return (f"s3.lifecycle_in.{words.stored}",)
    return _S3_OBJECTS.get(words.measure, ())


def _s3_unit_unknown(words: Words) -> tuple[str, ...]:
    if words.verb or words.measure == "transition":
        return _s3_requests(words)
    if words.measure == "storage":
        return s3_storage(words)
    return _S3_OBJECTS.get(words.measure, _S3_BYTES.get(words.measure, ()))
