"""What an S3 website endpoint does beyond reading objects: index pages and redirects.

A redirect is S3's answer and reaches the viewer: CloudFront follows none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from core.diagnostics.journey import S3_DOCS, Stop, Visit, evidence
from core.diagnostics.objects import KeyIndex
from core.diagnostics.urls import whole_number
from core.model.aws_noun import mapping
from core.model.delivery import Bucket
from core.model.diagnosis import ObjectState, ServedBy

_REDIRECTS = S3_DOCS + "userguide/how-to-page-redirect.html"
_MOVED, _FOUND = 301, 302


def index_document(bucket: Bucket | None) -> str:
    website = bucket.website if bucket else None
    found = (website or {}).get("IndexDocument") or "index.html"
    return str(found.get("Suffix", "index.html") if isinstance(found, dict) else found)


def website_key(bucket: Bucket | None, key: str) -> str:
    """The object that is read for a path: an index document stands in for a folder."""
    return key + index_document(bucket) if key == "" or key.endswith("/") else key


def enter_website(visit: Visit, bucket: Bucket, key: str, scheme: str) -> bool:
    """Whether the endpoint answers before it looks for the object; `key` is as it was asked."""
    if not bucket.read("website"):
        visit.log.unknown(f"The website settings of {bucket.name}", "They are not in the snapshot",
                          "s3:GetBucketWebsite would settle it")  # fmt: skip
        return False
    if not bucket.website:
        visit.log.stop(
            Stop("origin", "no-website", 404, ServedBy.S3_WEBSITE, "NoSuchWebsiteConfiguration"),
            f"The bucket {bucket.name} is not set up as a website",
            evidence=evidence("s3:GetBucketWebsite", "WebsiteConfiguration", "none"),
            doc=S3_DOCS + "userguide/EnableWebsiteHosting.html",
        )
        return False
    everything = mapping(bucket.website.get("RedirectAllRequestsTo"))
    if everything:
        place = _place(everything, bucket, key, scheme)
        _redirect(visit, _MOVED, place, "RedirectAllRequestsTo", everything)
        return True
    rule = _rule(bucket.website, key, None)
    if rule is not None:
        _follow(visit, rule, bucket, key, scheme)
    return rule is not None


def redirect_to_folder(visit: Visit, index: KeyIndex, bucket: Bucket) -> None:
    """A folder that was asked for without its slash."""
    if visit.state is ObjectState.MISSING and visit.key:
        folder = f"{visit.key}/{index_document(bucket)}"
        visit.redirect = f"/{visit.key}/" if index.get(folder) else ""
        visit.redirect_status = _FOUND


def leave_website(visit: Visit, bucket: Bucket, key: str, scheme: str) -> None:
    """What is done with an object that redirects, and with an error that a rule names."""
    target = visit.item.website_redirect_location if visit.item is not None else None
    stop = visit.stop
    if stop is None and target:
        _redirect(visit, _MOVED, target, "WebsiteRedirectLocation", target)
    if stop is None or stop.undecided or stop.tag == "no-website" or not bucket.website:
        return
    rule = _rule(bucket.website, key, stop.status)
    if rule is not None:
        _follow(visit, rule, bucket, key, scheme)
        visit.log.stops[0] = replace(stop, status=visit.redirect_status, code=None)


def _rule(website: Mapping[str, Any], key: str, error: int | None) -> Mapping[str, Any] | None:
    """The first routing rule that fits; rules for an error count after it only."""
    for rule in website.get("RoutingRules") or ():
        condition = mapping(mapping(rule).get("Condition"))
        code = whole_number(str(condition.get("HttpErrorCodeReturnedEquals") or ""))
        if code == error and key.startswith(str(condition.get("KeyPrefixEquals") or "")):
            return mapping(rule)
    return None


def _follow(visit: Visit, rule: Mapping[str, Any], bucket: Bucket, key: str, scheme: str) -> None:
    change = mapping(rule.get("Redirect"))
    front = str(mapping(rule.get("Condition")).get("KeyPrefixEquals") or "")
    if change.get("ReplaceKeyWith") is not None:
        key = str(change["ReplaceKeyWith"])
    elif change.get("ReplaceKeyPrefixWith") is not None:
        key = str(change["ReplaceKeyPrefixWith"]) + key.removeprefix(front)
    status = whole_number(str(change.get("HttpRedirectCode") or "")) or _MOVED
    _redirect(visit, status, _place(change, bucket, key, scheme), "RoutingRules", rule)


def _place(change: Mapping[str, Any], bucket: Bucket, key: str, scheme: str) -> str:
    host = change.get("HostName") or f"the website of {bucket.name}"
    return f"{change.get('Protocol') or scheme}://{host}/{key}"


def _redirect(visit: Visit, status: int, place: str, setting: str, value: object) -> None:
    visit.redirect, visit.redirect_status = place, status
    api = "s3:HeadObject" if setting == "WebsiteRedirectLocation" else "s3:GetBucketWebsite"
    visit.log.step(
        "object", "changed", f"The website answers {status} and leads to {place}",
        before=visit.key or "", after=place, evidence=evidence(api, setting, value), doc=_REDIRECTS,
    )  # fmt: skip
