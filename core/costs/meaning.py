"""Which lines of the price sheet a claim can mean, from its unit and the words around it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from core.costs.meaning_s3 import read_s3, s3_storage
from core.costs.readings import Reading, Words
from core.costs.words import (
    CLASSES,
    INT_TIERS,
    MEASURES,
    PROTOCOLS,
    SERVICES,
    SPEEDS,
    VERBS,
    first,
)
from core.model.pricing import PriceClaim

_NEAR = 3  # hints that belong to the claim itself; the others are its surroundings
_S3_ONLY = ("storage", "retrieval", "restore_request", "transition", "monitoring", "inventory")
_OF_A_CLASS = ("retrieval", "restore_request", "transition")  # Standard has none of them
_CLASS_NAMES = re.compile(r"(?:instant|flexible)[-_ ]retrieval", re.IGNORECASE)
_NO_SERVICE = "no service is named"


def read_claim(claim: PriceClaim) -> Reading:
    """Empty lines: no line of the sheet is meant, as far as the words tell.

    The nearest service that has such a price is meant: a bucket's storage is not the CDN's, even
    where the text around it speaks of the CDN.
    """
    if claim.line:
        return Reading((claim.line,))
    words = _words(claim)
    named = first(SERVICES, claim.hints[:_NEAR])
    if named:
        return _READERS[named](words)
    around = [first(SERVICES, [text]) for text in claim.hints[_NEAR:]]
    for service in filter(None, (*around, _implied(words))):
        reading = _READERS[service](words) if _fits(service, words) else Reading(())
        if reading.lines or service == "other":
            return reading
    return _unnamed(words)


def _words(claim: PriceClaim) -> Words:
    near = claim.hints[:_NEAR] or (claim.text,)
    if not any(first(table, near) for table in (CLASSES, VERBS, MEASURES)):
        near = (*near, *claim.hints[_NEAR : _NEAR + 1])  # the rest of a line of several prices
    measured = [_CLASS_NAMES.sub("", text) for text in near]
    measure = first(MEASURES, measured)
    line = claim.hints[_NEAR : _NEAR + 1] if measure in _OF_A_CLASS else ()
    return Words(
        unit=claim.unit,
        storage_class=first(CLASSES, (*near, *line)),
        int_tier=first(INT_TIERS, near),
        speed=first(SPEEDS, near),
        verb=first(VERBS, near),
        measure=measure,
        protocol=claim.scope.protocol or first(PROTOCOLS, near),
        near=" ".join(near),
    )


def _fits(service: str, words: Words) -> bool:
    """Whether a service that only the surroundings name can have this price."""
    of_s3 = words.measure in _S3_ONLY or (words.unit == "request" and bool(words.verb))
    return not (service == "cloudfront" and of_s3)


def _implied(words: Words) -> str:
    if words.verb or words.measure in _S3_ONLY:
        return "s3"
    return "cloudfront" if words.measure in _CF_SPECIAL or words.unit == "path" else ""


def _cloudfront(words: Words) -> Reading:
    special = _CF_SPECIAL.get(words.measure)
    monthly = words.measure == "certificate" and words.unit == "month"
    if special is not None and (monthly or words.unit in _CF_COUNTED):
        return Reading(special)
    if words.unit == "GB":
        return Reading(_cf_bytes(words))
    if words.unit == "request":
        return _cf_requests(words)
    if words.unit == "month":
        return Reading(_cf_plan(words))
    return Reading(_CF_UNITS.get(words.unit, ()))


def _cf_bytes(words: Words) -> tuple[str, ...]:
    named = {
        "storage": (),
        "to_cloudfront": ("s3.transfer.to_cloudfront",),
        "to_origin": ("cf.dto_origin",),
    }
    return named.get(words.measure, ("cf.dto",))


_CF_SPECIAL = {
    "invalidation": ("cf.invalidation",),
    "function": ("cf.functions",),
    "shield": ("cf.origin_shield",),
    "fle": ("cf.fle",),
    "log_line": ("cf.realtime_log",),
    "certificate": ("cf.dedicated_ip_ssl",),
    "key_value_store": (),  # the sheet has its free reads only
}
_CF_COUNTED = ("", "request", "path", "invocation", "log line", "certificate")
_CF_UNITS = {
    "path": ("cf.invalidation",),
    "invocation": ("cf.functions",),
    "log line": ("cf.realtime_log",),
    "certificate": ("cf.dedicated_ip_ssl",),
}


def _cf_requests(words: Words) -> Reading:
    if words.protocol:
        return Reading((f"cf.{words.protocol}",))
    return Reading(("cf.https", "cf.http"), ("nothing says whether HTTP or HTTPS is meant",))


def _cf_plan(words: Words) -> tuple[str, ...]:
    names = ("Free", "Pro", "Business", "Premium")
    found = [name for name in names if name.lower() in words.near.lower().split()]
    return tuple(f"cf.plan.{name}" for name in found[:1])


def _lambda(words: Words) -> Reading:
    if words.unit in ("request", "invocation"):
        return Reading(("lambda.request",))
    if words.unit != "GB-second":
        return Reading(())
    if "arm" in words.near.lower() or "graviton" in words.near.lower():
        return Reading(("lambda.duration.arm",))
    if "x86" in words.near.lower():
        return Reading(("lambda.duration.x86",))
    return Reading(
        ("lambda.duration.x86", "lambda.duration.arm"),
        ("nothing says whether x86 or Arm is meant",),
    )


def _dynamodb(words: Words) -> Reading:
    if words.unit in ("GB-month", "GB"):
        named = words.measure if words.measure in ("pitr", "backup") else "storage"
        return Reading((f"ddb.{named}",))
    if words.unit not in ("request", ""):
        return Reading(())
    lines = {"write": ("ddb.wru",), "read": ("ddb.rru",)}.get(_ddb_verb(words))
    return Reading(lines or ("ddb.wru", "ddb.rru"))


def _ddb_verb(words: Words) -> str:
    near = words.near.upper()
    return "write" if "WRU" in near else "read" if "RRU" in near else words.verb


def _kms(words: Words) -> Reading:
    if words.unit in ("key", "month"):
        return Reading(("kms.key",))
    asymmetric = "asymmetric" in words.near.lower()
    lines = ("kms.request_asymmetric",) if asymmetric else ("kms.request",)
    return Reading(lines if words.unit == "request" else ())


def _cloudwatch(words: Words) -> Reading:
    if words.unit in ("GB", "GB-month"):
        stored = words.unit == "GB-month" or words.measure == "storage"
        return Reading(("cw.logs.storage",) if stored else ("cw.logs.ingest",))
    if words.unit == "alarm":
        return Reading(("cw.alarm_hires",) if words.measure == "alarm_hires" else ("cw.alarm",))
    return Reading({"metric": ("cw.metric",), "dashboard": ("cw.dashboard",)}.get(words.unit, ()))


def _cost_explorer(words: Words) -> Reading:
    return Reading(("ce.api_request",) if words.unit == "request" else ())


def _unnamed(words: Words) -> Reading:
    """No service is named: bytes that leave may come from S3 or from the CDN."""
    if words.unit == "GB" and words.measure == "transfer_in":
        return Reading(("s3.transfer.in",), (_NO_SERVICE,), is_unsure=True)
    if words.unit == "GB":
        leaving = ("cf.dto", "s3.transfer.internet_out")
        stored = () if words.measure == "transfer" else s3_storage(words)
        return Reading((*stored, *leaving), (_NO_SERVICE,), is_unsure=True)
    if words.unit == "GB-month":
        return Reading(s3_storage(words), (_NO_SERVICE,), is_unsure=True)
    if words.unit == "request" and words.protocol:
        return replace(_cf_requests(words), is_unsure=True)
    return Reading(())


_READERS: dict[str, Callable[[Words], Reading]] = {
    "s3": read_s3,
    "cloudfront": _cloudfront,
    "lambda": _lambda,
    "dynamodb": _dynamodb,
    "kms": _kms,
    "cloudwatch": _cloudwatch,
    "cost_explorer": _cost_explorer,
    "other": lambda _: Reading(()),
}
