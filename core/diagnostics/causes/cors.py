"""CORS: what the bucket allows, what reaches it, and what the edge kept without it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from core.diagnostics.causes.registry import RESPONSE, Case, Found, rule
from core.diagnostics.edge.cors import allows, allows_origin, asked_headers, cors_rules, texts
from core.diagnostics.edge.policies import answers_cors, cors_origins, response_cors
from core.diagnostics.journey import evidence


@rule
def cors(case: Case) -> Iterator[Found]:
    """What a page of another origin gets to see of the answer."""
    journey, origin = case.journey, case.snapshot.request.header("origin")
    visit = journey.final
    if origin is None or visit is None or visit.bucket is None or journey.stopped("method"):
        return
    if journey.stops and journey.method != "OPTIONS":
        return
    if any("access-control-allow-origin" in run.result.headers for run in journey.runs):
        return  # a function adds them
    added = answers_cors(case.snapshot, journey.behavior, origin) if journey.behavior else "no"
    if added == "refuses" and journey.behavior is not None:
        cors = response_cors(case.snapshot, journey.behavior.response_headers_policy_id)
        yield Found(
            "cors-origin-not-allowed", RESPONSE,
            f"The response headers policy does not let {origin} read the answer.",
            evidence("cloudfront:GetResponseHeadersPolicy", "CorsConfig.AccessControlAllowOrigins",
                     cors_origins(cors)),
        )  # fmt: skip
    elif added == "no" and visit.bucket.read("cors"):
        yield from _bucket_cors(case, visit.bucket.cors, origin)


def _bucket_cors(case: Case, config: Any, origin: str) -> Iterator[Found]:
    rules = cors_rules(config)
    if not rules:
        yield Found("cors-no-bucket-config", RESPONSE,
                    "The bucket has no CORS rules and no response headers policy adds them.",
                    evidence("s3:GetBucketCors", "CORSRules", []))  # fmt: skip
        return
    refused = _refused(case, rules, origin)
    if refused:
        yield refused
        return
    yield from _forwarded(case)


def _refused(case: Case, rules: list[dict[str, Any]], origin: str) -> Found | None:
    """The element of the CORS rules that does not let this request through."""
    method = _wanted_method(case)
    asked = case.snapshot.request.header("access-control-request-headers")
    headers = asked_headers(asked) if case.journey.method == "OPTIONS" else ()
    if any(allows(rule, origin, method, headers) for rule in rules):
        return None
    field, wanted = "AllowedOrigins", origin
    if any(allows_origin(rule, origin) for rule in rules):
        field, wanted = "AllowedMethods", method
    if any(allows(rule, origin, method) for rule in rules):
        field, wanted = "AllowedHeaders", ", ".join(headers)
    listed = sorted({str(v) for rule in rules for v in texts(rule.get(field))})
    return Found(
        "cors-origin-not-allowed", RESPONSE,
        f"{wanted} is not among the {field} of the bucket's CORS rules: "
        f"{', '.join(listed) or 'none'}.",
        evidence("s3:GetBucketCors", f"CORSRules.{field}", listed),
    )  # fmt: skip


def _wanted_method(case: Case) -> str:
    asked = case.snapshot.request.header("access-control-request-method")
    return (asked or case.journey.method).upper()


def _forwarded(case: Case) -> Iterator[Found]:
    forwarding = case.journey.forwarding
    if forwarding is None or not forwarding.known:
        return
    if not forwarding.headers.has("origin"):
        yield Found(
            "cors-origin-header-not-forwarded", RESPONSE,
            "The behaviour does not pass the Origin header on, so S3 sends no CORS headers.",
            evidence("cloudfront:GetOriginRequestPolicy", "HeadersConfig", "no Origin"),
        )  # fmt: skip
        return
    entry = case.journey.edge
    kept = case.journey.from_cache and entry is not None
    origin = case.snapshot.request.header("origin") or ""
    if kept and not forwarding.key.headers.has("origin") and not _has_cors(entry, origin):
        yield Found(
            "cors-cached-without-origin", RESPONSE,
            f"An answer without CORS headers for {origin} was cached, and Origin is not part of "
            "the cache key.",
            evidence("edge:HEAD", "Access-Control-Allow-Origin", "absent"),
        )  # fmt: skip


def _has_cors(entry: Any, origin: str) -> bool:
    """Whether the answer that is kept lets this origin read it."""
    for name, value in (entry.model_extra or {}).items():
        text = f"{name} {value}".lower()
        if ("allow" in text and "origin" in text) or "acao" in text or "cors" in name.lower():
            plain = str(value).lower()
            named = re.findall(r"https?://[^\s'\",}]+", plain)
            if named and origin.lower() not in named:
                return False  # it was made for another origin
            return bool(value) and plain not in {"none", "false", "null", "absent", "missing"}
    return False
