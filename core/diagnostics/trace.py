"""The way of one request, stage by stage, on data: from the URL to the answer of the origin."""

from __future__ import annotations

from core.diagnostics import edge_stages as edge
from core.diagnostics.answer import OriginRequest
from core.diagnostics.direct import visit_s3
from core.diagnostics.edge_policies import forwarding
from core.diagnostics.journey import CLOUDFRONT_DOCS, Journey, Stop, Visit, evidence
from core.diagnostics.origins import endpoint_of, is_s3
from core.diagnostics.routing import pick_behavior
from core.diagnostics.signed import strip_signature
from core.diagnostics.urls import normalise, parse_url
from core.diagnostics.visit import Indexes, visit_origin
from core.model.delivery import AccountSnapshot, Distribution, Origin
from core.model.diagnosis import ObjectState, ServedBy


def travel(snapshot: AccountSnapshot, indexes: Indexes | None = None) -> Journey:
    """Trace the snapshot's request. Stages after a failure still run, to name every fault."""
    indexes = indexes or Indexes()
    text = snapshot.request.url or ""
    journey = Journey(snapshot, parse_url(text), snapshot.request.method.upper())
    if edge.no_request(journey):
        return _settle(journey)
    if is_s3(journey.url.host):
        journey.direct = True
        journey.visit = visit_s3(snapshot, journey.url, journey.method, journey.log, indexes)
        return _settle(journey)
    edge.distribution(journey)
    if journey.distribution is None:
        if journey.host and endpoint_of(journey.host.dns_name).kind in {"rest", "website"}:
            edge.cname_to_bucket(journey, indexes)
        return _settle(journey)
    _through(journey, journey.distribution, indexes)
    return _settle(journey)


def _through(journey: Journey, distribution: Distribution, indexes: Indexes) -> None:
    config = distribution.config
    journey.behavior = pick_behavior(config, journey.url.match_path)
    journey.forwarding = forwarding(journey.snapshot, journey.behavior)
    journey.log.step(
        "behavior", "ok", f"The path matches {journey.behavior.name}",
        before=journey.url.match_path, after=journey.behavior.target_origin_id,
        evidence=evidence(
            "cloudfront:GetDistribution", "DistributionConfig.CacheBehaviors",
            [b.path_pattern for b in config.cache_behaviors],
        ),
        doc=CLOUDFRONT_DOCS
        + "DownloadDistValuesCacheBehavior.html#DownloadDistValuesPathPattern",
    )  # fmt: skip
    edge.viewer(journey, distribution)
    edge.signature(journey)
    journey.uri, journey.query = journey.url.raw_path, strip_signature(journey.url.query)
    edge.functions(journey, distribution)
    edge.default_root(journey, config)
    edge.lambda_edge(journey)
    edge.cache(journey)
    _origin(journey, distribution, indexes)
    edge.cached_error(journey, distribution.config)
    _error_page(journey, distribution, indexes)


def _origin(journey: Journey, distribution: Distribution, indexes: Indexes) -> None:
    config, behavior = distribution.config, journey.behavior
    if behavior is None:
        return
    target = behavior.target_origin_id
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
    journey.origin = origins[0]
    request = OriginRequest(
        journey.uri, journey.query, journey.method, journey.url.scheme, journey.forwarding
    )
    journey.visit = visit_origin(journey.snapshot, distribution, origins[0], request, indexes)
    _shown_failure(journey, journey.visit)
    if journey.group and len(origins) > 1:
        _failover(journey, distribution, origins[1], request, indexes)


def _shown_failure(journey: Journey, visit: Visit) -> None:
    """A custom origin can't be traced, but the edge showed that it failed."""
    entry = journey.edge
    stop = visit.stop
    if stop is None or stop.tag != "custom" or entry is None or (entry.status or 0) < 500:
        return
    visit.log.stops[0] = Stop("origin", "unreachable", entry.status, ServedBy.CLOUDFRONT)


def _failover(
    journey: Journey, distribution: Distribution, second: Origin, request: OriginRequest,
    indexes: Indexes,
) -> None:  # fmt: skip
    first = journey.visit
    if first is None or journey.group is None or first.stop is None or first.stop.undecided:
        return
    if journey.method not in {"GET", "HEAD", "OPTIONS"}:
        return
    if first.stop.status in journey.group.failover_statuses:
        journey.failover = visit_origin(journey.snapshot, distribution, second, request, indexes)


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
    _response_function(journey)
    return journey


def _server(final: Visit) -> ServedBy:
    if final.state is ObjectState.NOT_APPLICABLE and not final.listing:
        return ServedBy.UNKNOWN
    return ServedBy.S3_WEBSITE if final.endpoint.kind == "website" else ServedBy.S3


def _use_error_page(journey: Journey, page: Visit) -> None:
    if page.stop is None and page.status == 200:
        code = str(journey.error_rule.response_code or "")
        journey.status = int(code) if code.isdigit() else journey.status
        journey.served_by, journey.code = ServedBy.CUSTOM_ERROR_PAGE, None
        journey.content_type = page.content_type
        return
    if page.stop is not None:
        journey.status, journey.code = page.stop.status, page.stop.code


def _response_function(journey: Journey) -> None:
    if journey.distribution and journey.status is not None and journey.status < 400:
        edge.response_functions(journey, journey.distribution)
