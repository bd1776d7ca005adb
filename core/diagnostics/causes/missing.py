"""Why a key is not there: how the key that was asked for differs from the one that exists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from core.diagnostics import facts
from core.diagnostics.causes.differences import by_guess
from core.diagnostics.causes.registry import (
    FUNCTION,
    MASK,
    MASKED,
    OBJECT,
    Case,
    Found,
    rule,
    rule_at,
)
from core.diagnostics.edge.code import function_event
from core.diagnostics.edge.functions import FunctionResult, run_function
from core.diagnostics.guess import Guess
from core.diagnostics.journey import Journey, Visit, evidence
from core.diagnostics.spelling import extension_of, fold, stem_of
from core.diagnostics.urls import key_of, whole_number
from core.diagnostics.variants import bare_names
from core.model.delivery import mapping, rows
from core.model.diagnosis import Confidence, Evidence, ObjectState, ServedBy


@rule_at("missing")
def missing(case: Case) -> Iterator[Found]:
    """One explanation for a key that is not there, in the order of how sure it is."""
    journey = case.journey
    visit = journey.visit
    if visit is None or journey.stopped("missing") is None or visit.key is None:
        return
    if _group_explains(case) or journey.stopped("two-signatures") or journey.stopped("too-long"):
        return
    if _other_distribution_has(case):
        return
    yield from _explain(case, visit, visit.key)


def _other_distribution_has(case: Case) -> bool:
    """DNS names another distribution than the alias' owner, and that one would answer."""
    host = case.journey.host
    if host is None or host.owner is None or host.dns_target is None:
        return False
    if host.dns_target.id == host.owner.id:
        return False
    there = case.retrace(f"https://{host.dns_target.domain_name}{case.journey.url.raw_path}").visit
    return there is not None and there.item is not None


def _explain(case: Case, visit: Visit, key: str) -> Iterator[Found]:
    by_function = list(_function_causes(case, visit))
    if by_function:
        yield from by_function
    elif upload := _unfinished(visit, key):
        yield Found("multipart-not-completed", OBJECT,
                    f"An upload of {key} was begun and never completed.", upload)  # fmt: skip
    elif folder := list(_root_and_folders(case, visit, key)):
        yield from folder
    elif case.best is not None and case.best.score >= 0.57:
        yield from by_guess(case, case.best, visit)
    elif rule_id := _expired(case, visit, key):
        yield Found("object-expired-by-lifecycle", OBJECT,
                    f"The lifecycle rule {rule_id} deletes objects such as {key}.",
                    evidence("s3:GetBucketLifecycleConfiguration", "Rules", rule_id),
                    Confidence.LIKELY)  # fmt: skip
    else:
        blind = [b.name for b in case.snapshot.buckets if not b.read("objects")]
        yield Found("object-missing", OBJECT, f"Nothing like {key} is in {visit.bucket_name}.",
                    _listing(visit, key),
                    Confidence.LIKELY if blind else Confidence.CERTAIN)  # fmt: skip


def _listing(visit: Visit, key: str) -> tuple[Evidence, ...]:
    return evidence("s3:ListObjectsV2", f"{visit.bucket_name}/{key}", "not listed")


@rule_at("missing")
def masked(case: Case) -> Iterator[Found]:
    """403 for a key that does not exist: the caller may not list, so S3 does not tell."""
    visit = case.journey.visit
    stop = next((s for s in visit.log.stops if s.tag == "missing"), None) if visit else None
    if visit is None or stop is None or stop.status != 403 or visit.access is None:
        return
    if case.journey.failover is not None and case.journey.failover.stop is None:
        return
    if case.journey.stopped("too-long") or case.journey.from_cache:
        return
    if visit.access.lists == "deny":
        yield Found(
            "missing-key-masked-as-403", MASKED,
            "S3 says 403 instead of 404 because the caller may not list the bucket.",
            evidence("s3:GetBucketPolicy", "Policy.Statement", "no s3:ListBucket for the caller"),
        )  # fmt: skip


@rule
def deleted(case: Case) -> Iterator[Found]:
    visit = case.journey.visit
    if visit is not None and visit.state is ObjectState.DELETE_MARKER:
        yield Found(
            "object-delete-marker", OBJECT,
            f"{visit.key} was deleted; its newest version is a delete marker.",
            evidence("s3:ListObjectVersions", str(visit.key), "DeleteMarker IsLatest"),
        )  # fmt: skip


@rule
def archived(case: Case) -> Iterator[Found]:
    visit = case.journey.visit
    if visit is not None and visit.item is not None and visit.state is ObjectState.ARCHIVED:
        kind = visit.item.archive_status or visit.item.storage_class
        yield Found(
            "object-archived", OBJECT, f"{visit.key} is archived ({kind}) and not restored.",
            evidence("s3:HeadObject", "StorageClass, Restore",
                     {"StorageClass": kind, "Restore": visit.item.restore}),
        )  # fmt: skip


@rule
def masked_by_page(case: Case) -> Iterator[Found]:
    """An error page turns the error into a 200: the browser gets HTML for an image."""
    journey = case.journey
    if journey.served_by is ServedBy.CUSTOM_ERROR_PAGE and journey.status == 200:
        page = journey.error_rule.response_page_path
        yield Found(
            "custom-error-masks-as-200", MASK,
            f"The origin's {journey.origin_status or 'error'} is answered as 200 with {page}.",
            evidence("cloudfront:GetDistribution", "DistributionConfig.CustomErrorResponses",
                     {"ErrorCode": journey.error_rule.error_code, "ResponsePagePath": page,
                      "ResponseCode": journey.error_rule.response_code}),
        )  # fmt: skip


# --- origin groups --------------------------------------------------------------------------


def _group_explains(case: Case) -> bool:
    return bool(list(group(case)))


@rule
def group(case: Case) -> Iterator[Found]:
    """A second origin has the object: it was used, or its status is not among the criteria."""
    journey = case.journey
    if journey.group is None or journey.visit is None or journey.visit.stop is None:
        return
    groups = journey.distribution.config.origin_groups if journey.distribution else ()
    place = [group.id for group in groups].index(journey.group.id)
    shown = evidence(
        "cloudfront:GetDistribution",
        f"DistributionConfig.OriginGroups.Items[{place}].FailoverCriteria.StatusCodes.Items",
        list(journey.group.failover_statuses),
    )
    if journey.failover is not None:
        if journey.failover.stop is None and journey.visit.state is ObjectState.MISSING:
            yield Found(
                "origin-group-failover-wrong-content", OBJECT,
                f"The first origin lacks {journey.visit.key}; the second one's object is shown.",
                shown,
            )  # fmt: skip
        return
    if _second_has_it(case):
        yield Found(
            "origin-group-no-failover-on-status", OBJECT,
            f"The second origin has the object, but {journey.visit.stop.status} is not among the "
            "failover criteria.", shown,
        )  # fmt: skip


def _second_has_it(case: Case) -> bool:
    group, owner, uri = case.journey.group, case.journey.distribution, case.journey.uri
    origins = [owner.config.origin(m) for m in group.member_ids[1:]] if group and owner else []
    return any(
        origin is not None
        and origin.domain_name.startswith(bucket.name + ".s3")
        and case.indexes.of(bucket).get(key_of(origin.origin_path + uri))
        for origin in origins
        for bucket in case.snapshot.buckets
    )


# --- functions ------------------------------------------------------------------------------


def _function_causes(case: Case, visit: Visit) -> Iterator[Found]:
    journey = case.journey
    for run in journey.runs:
        if run.event_type != "viewer-request" or run.function is None:
            continue
        draft = run.function.development_code
        if draft and draft != run.function.live_code and _finds(case, visit, draft):
            yield Found(
                "function-not-published-or-stale-live", FUNCTION,
                f"The LIVE code of {run.function.name} is older than the one in DEVELOPMENT, which "
                "reaches an object.",
                evidence("cloudfront:GetFunction", run.function.name, "LIVE differs"),
            )  # fmt: skip
            return
    if journey.runs and journey.uri != journey.url.raw_path:
        yield from _rewrites(case, visit)
    elif not journey.runs:
        yield from _unattached(case, visit)


def _rewrites(case: Case, visit: Visit) -> Iterator[Found]:
    journey = case.journey
    if _other_origin_has(case, visit):
        yield Found(
            "function-rewrite-does-not-change-origin", OBJECT,
            f"The function rewrites to {journey.uri}, but the origin stays that of "
            f"{journey.behavior.name if journey.behavior else 'the matched behaviour'}.",
            evidence("cloudfront:GetFunction", "request.uri", journey.uri),
        )  # fmt: skip
        return
    best = case.best
    if best is not None and best.transform == "before_function" and best.score >= 0.8:
        yield Found(
            "function-rewrite-wrong-key", OBJECT,
            f"The function turns {journey.url.raw_path} into {journey.uri}, which does not exist; "
            f"{best.key} does.",
            evidence("cloudfront:GetFunction", "request.uri", journey.uri),
        )  # fmt: skip
        yield from _rendition(visit, best)
    elif best is None or best.score < 0.8:
        yield Found(
            "function-rewrite-wrong-key", OBJECT,
            f"The function turns {journey.url.raw_path} into {journey.uri}, which does not exist.",
            evidence("cloudfront:GetFunction", "request.uri", journey.uri), Confidence.LIKELY,
        )  # fmt: skip


def _rendition(visit: Visit, original: Guess) -> Iterator[Found]:
    """The function asks for a size or a format of the picture that nobody made."""
    asked, stem = str(visit.key), stem_of(original.key)
    other_format = stem_of(asked) in {stem, original.key} and extension_of(asked) in _FORMATS
    if other_format or fold(stem) in bare_names(asked):
        yield Found(
            "key-variant-not-generated", OBJECT,
            f"The original {original.key} exists, the rendition {asked} does not.",
            _listing(visit, asked),
        )  # fmt: skip


_FORMATS = {"webp", "avif", "heic", "jxl"}


def _other_origin_has(case: Case, visit: Visit) -> bool:
    """The rewritten path belongs to another behaviour, whose origin does have the key."""
    journey = case.journey
    again = case.retrace(f"{journey.url.scheme}://{journey.url.host}{journey.uri}")
    there = again.visit
    if there is None or again.behavior == journey.behavior or there.origin.id == visit.origin.id:
        key = key_of(visit.origin.origin_path + journey.uri)
        best = case.best
        return bool(best and best.bucket != visit.bucket_name and best.key == key)
    return there.item is not None


def _unattached(case: Case, visit: Visit) -> Iterator[Found]:
    attached = {
        a.function_arn.rsplit("/", 1)[-1]
        for a in (case.journey.behavior.function_associations if case.journey.behavior else ())
    }
    for function in case.snapshot.functions:
        code = function.live_code or function.development_code
        if function.name in attached or not code or not _finds(case, visit, code):
            continue
        yield Found(
            "function-not-associated", OBJECT,
            f"The function {function.name} would find the object, but this behaviour does not "
            "call it.",
            evidence("cloudfront:GetDistribution", "FunctionAssociations", sorted(attached)),
        )  # fmt: skip
        return


def _finds(case: Case, visit: Visit, code: str) -> bool:
    """Whether this code would lead the request to an object that exists."""
    result = try_code(case.journey, code)
    if result.kind != "request" or visit.bucket is None or result.uri == case.journey.uri:
        return False
    key = key_of(visit.origin.origin_path + result.uri)
    return case.indexes.of(visit.bucket).get(key) is not None


def try_code(journey: Journey, code: str) -> FunctionResult:
    """Run other code on the viewer's own request."""
    if journey.distribution is None:
        return FunctionResult("unknown")
    event = function_event(journey, journey.distribution, "viewer-request", journey.url.raw_path)
    return run_function(code, event)


# --- the object itself ----------------------------------------------------------------------


def _unfinished(visit: Visit, key: str) -> tuple[Evidence, ...]:
    for upload in visit.bucket.multipart_uploads if visit.bucket else ():
        if upload.get("Key") == key:
            return evidence("s3:ListMultipartUploads", key, upload.get("UploadId") or "begun")
    return ()


def _expired(case: Case, visit: Visit, key: str) -> str:
    rules: Any = visit.bucket.lifecycle if visit.bucket else None
    for one in rows(rules.get("Rules") if isinstance(rules, dict) else rules):
        expiration = mapping(one.get("Expiration")) or one
        active = str(one.get("Status", "Enabled")) == "Enabled"
        days = expiration.get("Days") or expiration.get("ExpirationInDays")
        ended = _old_enough(case, days) if days else _date_passed(case, expiration)
        if active and ended and _covers(one, key):
            return str(one.get("ID") or one.get("Id") or "rule")
    return ""


def _old_enough(case: Case, days: Any) -> bool:
    """Unless the record says that the object is younger than the rule's days."""
    made = next(
        (at for name, value in facts.attributes(case.snapshot).items()
         if re.search(r"creat|upload|added", name.lower()) and (at := facts.moment(str(value)))),
        None,
    )  # fmt: skip
    length = whole_number(str(days))
    return made is None or length is None or case.snapshot.now - made >= timedelta(days=length)


def _date_passed(case: Case, expiration: dict[str, Any]) -> bool:
    text = str(expiration.get("Date") or "")
    return bool(text) and text[:10] <= (case.snapshot.now + timedelta(0)).date().isoformat()


def _covers(lifecycle_rule: dict[str, Any], key: str) -> bool:
    scope = mapping(lifecycle_rule.get("Filter"))
    both = mapping(scope.get("And"))
    if scope.get("Tag") or both.get("Tags"):
        return False
    prefix = lifecycle_rule.get("Prefix") or scope.get("Prefix") or both.get("Prefix") or ""
    return key.startswith(str(prefix))


# --- root and folders -----------------------------------------------------------------------


def _root_and_folders(case: Case, visit: Visit, key: str) -> Iterator[Found]:
    journey = case.journey
    config = journey.distribution.config if journey.distribution else None
    root = config.default_root_object if config else ""
    best = case.best
    if journey.uri == "/":
        yield _no_root()
    elif root.startswith("/") and journey.uri == "/" + root:
        yield Found(
            "default-root-object-leading-slash", OBJECT,
            f"The default root object is “{root}”: its first slash becomes part of the key {key}.",
            evidence("cloudfront:GetDistribution", "DistributionConfig.DefaultRootObject", root),
        )  # fmt: skip
    elif best is not None and best.transform == "index_document" and best.score > 0.85:
        website = bool(visit.bucket and visit.bucket.website)
        cause = "origin-website-vs-rest-index" if website else "default-root-object-not-for-subdir"
        yield Found(
            cause, OBJECT,
            f"{best.key} exists, but the REST endpoint knows no index document for {key}.",
            evidence("s3:ListObjectsV2", best.key, "listed"),
        )  # fmt: skip


def _no_root() -> Found:
    return Found(
        "default-root-object-missing", OBJECT,
        "The URL ends at / and the distribution has no default root object.",
        evidence("cloudfront:GetDistribution", "DistributionConfig.DefaultRootObject", ""),
    )  # fmt: skip


@rule
def bare_root(case: Case) -> Iterator[Found]:
    """The root of the bucket: a listing for everybody, or 403."""
    visit = case.journey.visit
    if visit is None or case.journey.direct or visit.key != "":
        return
    if visit.listing:
        yield Found(
            "default-root-object-missing", OBJECT,
            "Without a default root object, / shows the listing of the bucket to everybody.",
            evidence("cloudfront:GetDistribution", "DistributionConfig.DefaultRootObject", ""),
        )  # fmt: skip
    elif case.journey.stopped("no-key"):
        yield _no_root()
