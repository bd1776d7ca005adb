"""Asking a URL itself, with HEAD: only where its host is the captured account's own.

Whoever may diagnose must not be able to make this server call any other host.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from core.aws.edge import Edge, EdgeAnswer
from core.diagnostics.origins import Endpoint, endpoint_of
from core.diagnostics.routing import name_covers
from core.diagnostics.urls import RequestUrl, parse_url

Shape = dict[str, Any]


def ask(case: Shape, asked: str, edge: Edge, cdn_prefix: str) -> None:
    """Put the observed status and the edge's entry into the case, or why there are none.

    `cdn_prefix` is where this site itself serves distributions, '' on AWS.
    """
    url = parse_url(asked)
    target, refusal = target_of(case, url, cdn_prefix)
    answer = edge.head(target) if target else EdgeAnswer(0, error=refusal)
    case["probe"] = {"cdn": {"Status": answer.status or None, "Error": answer.error}}
    if answer.status:
        case["edge_cache"] = [_entry(url.raw_path, answer)]
        return
    note = {"what": "The live answer", "because": answer.error,
            "permission": "Open the URL in a browser to compare"}  # fmt: skip
    case["unread"] = [*case.get("unread", ()), note]


def target_of(case: Shape, url: RequestUrl, cdn_prefix: str) -> tuple[str, str]:
    """(the address to ask, '') or ('', why it is not asked); never with a port or a user."""
    if not url.is_absolute_http:
        return "", "there is no http(s) URL to ask"
    if any(unquote(part) in {".", ".."} for part in url.raw_path.split("/")):
        return "", "the path holds dot segments, which clients resolve before they ask"
    tail = url.raw_path + (f"?{url.query}" if url.query else "")
    domain = _distribution_domain(case, url.host)
    if domain and cdn_prefix:
        return f"{cdn_prefix}{domain.partition('.')[0]}{tail}", ""
    if domain or (not cdn_prefix and _is_own_bucket(case, endpoint_of(url.host), url.raw_path)):
        return f"{url.scheme}://{url.host}{tail}", ""
    return "", f"{url.host} is no distribution or bucket of this account, so it was not asked"


def _distribution_domain(case: Shape, host: str) -> str:
    for one in case.get("distributions") or ():
        aliases = (one["DistributionConfig"].get("Aliases") or {}).get("Items") or []
        domain = str(one["DomainName"]).lower()
        if host == domain or any(name_covers(alias, host) for alias in aliases):
            return domain
    return ""


def _is_own_bucket(case: Shape, endpoint: Endpoint, path: str) -> bool:
    """Its policy was read: only the owner's account may do that."""
    name = endpoint.bucket
    if endpoint.kind == "path-style":
        name = path.lstrip("/").partition("/")[0]
    buckets = case.get("buckets") or ()
    return bool(name) and any(b["Name"] == name and "Policy" in b for b in buckets)


def _entry(path: str, answer: EdgeAnswer) -> Shape:
    headers = answer.headers
    age = headers.get("age", "")
    return {
        "Path": path, "Status": answer.status, "Age": int(age) if age.isdigit() else None,
        "ETag": headers.get("etag"), "XCache": headers.get("x-cache", ""),
        "AccessControlAllowOrigin": headers.get("access-control-allow-origin"),
        "ContentType": headers.get("content-type"),
    }  # fmt: skip
