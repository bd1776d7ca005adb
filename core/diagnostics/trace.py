"""The way of one request, stage by stage, on data: from the URL to the answer of the origin."""

from __future__ import annotations

from pydantic.alias_generators import to_pascal

from core.diagnostics.answer import OriginRequest
from core.diagnostics.direct import visit_s3
from core.diagnostics.edge import cache as edge_cache
from core.diagnostics.edge import code as edge_code
from core.diagnostics.edge import host as edge_host
from core.diagnostics.edge import viewer as edge_viewer
from core.diagnostics.edge.policies import answers_cors, forwarding
from core.diagnostics.journey import CLOUDFRONT_DOCS, S3_DOCS, Journey, Stop, Visit, evidence
from core.diagnostics.origins import is_s3
from core.diagnostics.routing import pick_behavior
from core.diagnostics.urls import normalise, parse_url, whole_number
from core.diagnostics.visit import Indexes, visit_origin
from core.model.delivery import (
    AccountSnapshot,
    CacheBehavior,
    Distribution,
    DistributionConfig,
    Origin,
    mapping,
)
from core.model.diagnosis import ServedBy
from core.model.signed_access import without_signature


def travel(snapshot: AccountSnapshot, indexes: Indexes | None = None) -> Journey:
    """Trace the snapshot's request. Stages after a failure still run, to name every fault."""
    indexes = indexes or Indexes()
    text = snapshot.request.url or ""
    journey = Journey(snapshot, parse_url(text), snapshot.request.method.upper())
    if edge_host.no_request(journey):
        return _settle(journey)
    if is_s3(journey.url.host):
        journey.direct = True
        journey.visit = visit_s3(snapshot, journey.url, journey.method, journey.log, indexes)
        return _settle(journey)
    edge_host.distribution(journey)
    if journey.distribution is None:
        return _settle(journey)
    behavior = pick_behavior(journey.distribution.config, journey.url.match_path)
    _through(journey, journey.distribution, behavior, indexes)
    _settle(journey)
    if journey.status is not None and journey.status < 400 and not journey.stops:
        edge_code.response_functions(journey, journey.distribution, behavior, journey.status)
    _unread(journey, behavior)
    return journey


def _unread(journey: Journey, behavior: CacheBehavior) -> None:
    """What may change the way or the answer, and was not read: it must not pass for nothing."""
    _unread_settings(journey, behavior)
    if journey.forwarding is not None and not journey.forwarding.known:
        journey.log.unknown(
            f"What {behavior.name} sends to the origin", "One of its policies was not read",
            "cloudfront:GetCachePolicy and GetOriginRequestPolicy would settle it",
        )  # fmt: skip
    origin, final = journey.snapshot.request.header("origin"), journey.final
    if origin is None or final is None or final.bucket is None:
        return
    added = answers_cors(journey.snapshot, behavior, origin)
    if added == "unknown" or (added == "no" and not final.bucket.read("cors")):
        journey.log.unknown(
            "The CORS headers of the answer", "The rules that set them were not read",
            "cloudfront:GetResponseHeadersPolicy and s3:GetBucketCORS would settle it",
        )  # fmt: skip


_SETTINGS = ("aliases", "cache_behaviors", "custom_error_responses", "restrictions", "web_acl_id")
_RULES = ("trusted_key_groups", "function_associations")


def _aws_name(field: str) -> str:
    return "WebACLId" if field == "web_acl_id" else to_pascal(field)


def _unread_settings(journey: Journey, behavior: CacheBehavior) -> None:
    owner, host = journey.distribution, journey.host
    if owner is None or host is None:
        return
    absent = [name for name in _SETTINGS if not owner.config.read(name)]
    absent += [name for name in _RULES if not behavior.read(name)]
    if absent:
        named = ", ".join(_aws_name(name) for name in absent)
        journey.log.unknown(f"{named} of {owner.id}", "It is not in the snapshot",
                            "cloudfront:GetDistribution would settle it")  # fmt: skip
    if host.by == "alias" and not journey.snapshot.read("dns") and not journey.snapshot.probe:
        journey.log.unknown(f"Where DNS leads {journey.url.host}", "DNS was not asked",
                            "A live request would show it")  # fmt: skip


def _through(
    journey: Journey, distribution: Distribution, behavior: CacheBehavior, indexes: Indexes
) -> None:
    config = distribution.config
    journey.behavior, journey.forwarding = behavior, forwarding(journey.snapshot, behavior)
    journey.log.step(
        "behavior", "ok", f"The path matches {behavior.name}",
        before=journey.url.match_path, after=behavior.target_origin_id,
        evidence=evidence(
            "cloudfront:GetDistribution", "DistributionConfig.CacheBehaviors",
            [b.path_pattern for b in config.cache_behaviors],
        ),
        doc=CLOUDFRONT_DOCS
        + "DownloadDistValuesCacheBehavior.html#DownloadDistValuesPathPattern",
    )  # fmt: skip
    edge_viewer.viewer(journey, config, behavior)
    edge_viewer.signature(journey, behavior)
    journey.uri, journey.query = journey.url.raw_path, without_signature(journey.url.query)
    edge_code.functions(journey, distribution, behavior)
    _default_root(journey, config)
    edge_code.lambda_edge(journey, behavior)
    edge_cache.cache(journey)
    _origin(journey, distribution, behavior.target_origin_id, indexes)
    edge_cache.cached_error(journey, config)
    _error_page(journey, distribution, indexes)


def _default_root(journey: Journey, config: DistributionConfig) -> None:
    """The default root object stands in for "/" alone, never for a folder."""
    if journey.uri != "/" or not config.default_root_object:
        return
    after = "/" + config.default_root_object
    journey.log.step(
        "origin", "changed", "The default root object stands in for /",
        before="/", after=after,
        evidence=evidence("cloudfront:GetDistribution", "DistributionConfig.DefaultRootObject",
                          config.default_root_object),
        doc=CLOUDFRONT_DOCS + "DefaultRootObject.html",
    )  # fmt: skip
    journey.uri = after


def _origin(journey: Journey, distribution: Distribution, target: str, indexes: Indexes) -> None:
    config = distribution.config
    for run in journey.runs:
        selected = (run.result.origin_change or {}).get("select")
        target = str(selected) if selected else target
    journey.group = config.group(target)
    members = journey.group.member_ids if journey.group else (target,)
    origins = [o for member in members if (o := config.origin(member))]
    if not origins:
        journey.log.stop(
            Stop("origin", "no-origin", None, ServedBy.UNKNOWN, undecided=True),
            f"The origin {target} is not in the distribution's configuration",
        )
        return
    journey.origin = origins[0] = _chosen(journey, origins[0])
    request = OriginRequest(
        journey.uri, journey.query, journey.method, journey.url.scheme, journey.forwarding
    )
    journey.visit = visit_origin(journey.snapshot, distribution, origins[0], request, indexes)
    _shown_failure(journey, journey.visit)
    if len(origins) > 1 and _fails_over(journey, journey.visit):
        journey.failover = visit_origin(
            journey.snapshot, distribution, origins[1], request, indexes
        )


def _chosen(journey: Journey, origin: Origin) -> Origin:
    """A function may change the domain name or the path of the origin for this request."""
    for run in journey.runs:
        change = mapping((run.result.origin_change or {}).get("update"))
        fields = {"domain_name": change.get("domainName"), "origin_path": change.get("originPath")}
        origin = origin.replace(**{k: str(v) for k, v in fields.items() if isinstance(v, str)})
        if "originAccessControlConfig" in change or (run.result.origin_change or {}).get("group"):
            journey.log.stop(
                Stop("function", "origin-chosen", None, ServedBy.UNKNOWN, undecided=True),
                "A function chooses how the origin is reached",
                evidence=evidence("cloudfront:GetFunction", "request origin",
                                  run.result.origin_change),
                doc=CLOUDFRONT_DOCS + "helper-functions-origin-modification.html",
            )  # fmt: skip
            journey.log.unknown("The origin that the function chooses",
                                "Its access settings are made in the code")  # fmt: skip
    return origin


def _shown_failure(journey: Journey, visit: Visit) -> None:
    """What can't be traced, but the edge showed it: the failure of an origin at that moment."""
    entry = journey.edge
    stop = visit.stop
    if entry is None or (entry.status or 0) < 500:
        return
    if stop is not None and stop.tag == "custom":
        visit.log.stops[0] = Stop("origin", "unreachable", entry.status, ServedBy.CLOUDFRONT)
    elif stop is None and entry.status == 503 and _from_s3(journey, visit):
        visit.log.stop(
            Stop("origin", "slow-down", 503, ServedBy.S3, "SlowDown",
                 detail="the edge showed a 503"),
            "The edge showed a 503 that no setting explains: S3 asks to slow down",
            evidence=evidence("edge:HEAD", entry.path, entry.status),
            doc=S3_DOCS + "userguide/optimizing-performance.html",
        )  # fmt: skip
        visit.log.unknown("Why S3 answered 503", "Its metrics were not read",
                          "cloudwatch:GetMetricData (5xxErrors) would settle it")  # fmt: skip


def _from_s3(journey: Journey, visit: Visit) -> bool:
    """Whether a 503 can only have come from S3: no code at the edge, and no older answer kept."""
    behavior, entry = journey.behavior, journey.edge
    code = behavior and (behavior.function_associations or behavior.lambda_function_associations)
    kept = entry is not None and edge_cache.shows_keeping(entry)
    return visit.endpoint.kind != "custom" and not code and not kept


def _fails_over(journey: Journey, first: Visit) -> bool:
    """A second origin is asked for reading only, and only after a status that the group names."""
    stop, group = first.stop, journey.group
    if stop is None or group is None or journey.method not in {"GET", "HEAD", "OPTIONS"}:
        return False
    return not stop.undecided and stop.status in group.failover_statuses


def _error_page(journey: Journey, distribution: Distribution, indexes: Indexes) -> None:
    """An error page replaces the origin's error; CloudFront's own 403 for geo and WAF too."""
    stop = _answering_stop(journey)
    if stop is None or stop.status is None or not _replaceable(stop):
        return
    rule = next(
        (r for r in distribution.config.custom_error_responses if r.error_code == stop.status), None
    )
    if rule is None or not rule.response_page_path:
        return
    page = rule.response_page_path
    behavior = pick_behavior(distribution.config, normalise(page))
    origin = distribution.config.origin(behavior.target_origin_id)
    if origin is None:
        return
    journey.error_rule = rule
    request = OriginRequest(
        page, "", "GET", journey.url.scheme, forwarding(journey.snapshot, behavior)
    )
    journey.error_page = visit_origin(journey.snapshot, distribution, origin, request, indexes)
    failed = journey.error_page.stop
    if failed is not None and failed.undecided:
        journey.log.unknown(f"Whether the error page {page} can be served",
                            "Its object or its policy was not read")  # fmt: skip


def _answering_stop(journey: Journey) -> Stop | None:
    if journey.log.stops:
        return journey.log.stops[0]
    if journey.from_cache:
        return None  # the edge answers by itself, whatever the origin would say
    return journey.final.stop if journey.final else None


def _replaceable(stop: Stop) -> bool:
    if stop.tag in {"geo", "waf", "cached-error"}:
        return stop.tag != "cached-error"
    return stop.step in {"origin", "object", "access", "kms"}


def _settle(journey: Journey) -> Journey:
    """Choose the answer: the first failure, else the cache, else the origin."""
    stop, final = _answering_stop(journey), journey.final
    journey.origin_status = final.status if final else None
    if stop is not None:
        journey.status, journey.code = stop.status, stop.code
        journey.served_by = stop.served_by
    elif journey.from_cache and journey.edge is not None:
        journey.status, journey.served_by = journey.edge.status or 200, ServedBy.CACHE
        journey.content_type = final.content_type if final else None
    elif final is not None:
        journey.status, journey.content_type = final.status, final.content_type
        journey.served_by = _server(final)
    if journey.error_page is not None:
        _use_error_page(journey, journey.error_page)
    return journey


def _server(final: Visit) -> ServedBy:
    return ServedBy.S3_WEBSITE if final.endpoint.kind == "website" else ServedBy.S3


def _use_error_page(journey: Journey, page: Visit) -> None:
    if page.stop is None:
        code = whole_number(str(journey.error_rule.response_code or ""))
        journey.status = journey.status if code is None else code
        journey.served_by, journey.code = ServedBy.CUSTOM_ERROR_PAGE, None
        journey.content_type = page.content_type
    else:
        journey.status, journey.code = page.stop.status, page.stop.code
