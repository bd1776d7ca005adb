"""What happens before an origin is asked: DNS, TLS, viewer checks, signature, functions, cache."""

from __future__ import annotations

from typing import Any

from core.diagnostics import facts
from core.diagnostics.certificates import certificate_problem
from core.diagnostics.firewall import WafResult, find_acl, judge
from core.diagnostics.functions import FunctionEvent, FunctionResult, run_function
from core.diagnostics.journey import (
    CLOUDFRONT_DOCS,
    FunctionRun,
    Journey,
    Stop,
    evidence,
)
from core.diagnostics.origins import endpoint_of
from core.diagnostics.routing import match_host
from core.diagnostics.signed import check
from core.diagnostics.urls import redact
from core.diagnostics.visit import Indexes
from core.model.delivery import Distribution, DistributionConfig, EdgeEntry
from core.model.diagnosis import ServedBy

MAX_URL_BYTES = 8192


def no_request(journey: Journey) -> bool:
    """Stored values that never become a request to a CDN: nothing, a bare key, another scheme."""
    url = journey.url
    if url.is_absolute_http:
        return False
    empty = facts.is_empty(url.text)
    journey.log.stop(
        Stop("db", "url-empty" if empty else "url-not-http", None, ServedBy.NONE),
        "There is no URL to request" if empty else "This is no http(s) URL",
        evidence=evidence(facts.record_api(journey.snapshot), "value", redact(url.text[:200])),
    )
    return True


def distribution(journey: Journey) -> None:
    """Host to distribution, its certificate and its state."""
    snapshot, host = journey.snapshot, journey.url.host
    journey.host = found = match_host(snapshot, host)
    _name_resolves(journey)
    if found.owner is None:
        return
    journey.distribution = owner = found.owner
    journey.log.step(
        "distribution", "ok", f"{host} is answered by {owner.id} ({found.by})",
        before=host, after=owner.id,
        evidence=evidence("cloudfront:GetDistribution", "DomainName", owner.domain_name),
        doc=CLOUDFRONT_DOCS + "CNAMEs.html",
    )  # fmt: skip
    problem = certificate_problem(snapshot, owner, host) if journey.url.scheme == "https" else ""
    if problem and found.by == "alias":
        journey.log.stop(
            Stop("tls", "certificate", None, ServedBy.NONE, detail=problem),
            problem,
            evidence=evidence(
                "cloudfront:GetDistribution", "DistributionConfig.ViewerCertificate",
                owner.config.viewer_certificate,
            ),
            doc=CLOUDFRONT_DOCS + "CNAMEs.html#alternate-domain-names-requirements",
        )  # fmt: skip
    if not owner.config.enabled:
        journey.log.stop(
            Stop("distribution", "disabled", 403, ServedBy.CLOUDFRONT),
            f"The distribution {owner.id} is disabled",
            evidence=evidence("cloudfront:GetDistribution", "DistributionConfig.Enabled", False),
            doc=CLOUDFRONT_DOCS + "DownloadDistValuesGeneral.html#DownloadDistValuesEnabled",
        )


def _name_resolves(journey: Journey) -> None:
    found, host, snapshot = journey.host, journey.url.host, journey.snapshot
    if found is None or found.owner is not None:
        return
    target = endpoint_of(found.dns_name).kind if found.dns_name else ""
    if target in {"rest", "website", "path-style"}:
        return
    if not snapshot.read("distributions"):
        journey.log.stop(
            Stop("distribution", "distributions-unread", None, ServedBy.UNKNOWN, undecided=True),
            "The distributions were not read",
        )
        journey.log.unknown("The distributions", "They are not in the snapshot",
                            "cloudfront:ListDistributions would settle it")  # fmt: skip
        return
    if target == "cloudfront" or found.dns_target is not None:
        journey.log.stop(
            Stop("distribution", "alias-missing", 403, ServedBy.CLOUDFRONT),
            f"{host} points at {found.dns_name}, but no distribution has it as an alias",
            evidence=evidence("dns:CNAME", host, found.dns_name),
            doc=CLOUDFRONT_DOCS
            + "http-403-permission-denied.html#alternate-cname-incorrectly-configured",
        )
        return
    journey.log.stop(
        Stop("dns", "host-unknown", None, ServedBy.NONE),
        f"{host} belongs to no distribution of this account",
        evidence=evidence("cloudfront:ListDistributions", "DomainName, Aliases", host),
        doc=CLOUDFRONT_DOCS + "troubleshooting-distributions.html",
    )


def cname_to_bucket(journey: Journey, indexes: Indexes) -> None:
    """The name points at S3: by HTTPS the certificate can't match, by HTTP the host names it."""
    found, host = journey.host, journey.url.host
    if found is None:
        return
    shown = evidence("dns:CNAME", host, found.dns_name)
    doc = CLOUDFRONT_DOCS + "troubleshooting-distributions.html#Troubleshooting.CNAME"
    bucket = journey.snapshot.bucket(host)
    if journey.url.scheme == "https":
        stop = Stop("dns", "cname-to-s3", None, ServedBy.NONE)
    elif bucket is None:
        stop = Stop("dns", "cname-to-s3", 404, ServedBy.S3, "NoSuchBucket")
    else:
        stop = Stop("dns", "cname-to-s3", 403, ServedBy.S3, "AccessDenied")
    journey.log.stop(stop, f"{host} points at {found.dns_name}, not at a distribution",
                     evidence=shown, doc=doc)  # fmt: skip
    del indexes


def viewer(journey: Journey, owner: Distribution) -> None:
    """Length, country, firewall, protocol, method, body."""
    _length(journey)
    _country(journey, owner.config)
    _firewall(journey, owner.config)
    _scheme(journey)
    _method(journey)


def _length(journey: Journey) -> None:
    size = len(journey.url.text.encode())
    if size > MAX_URL_BYTES:
        journey.log.stop(
            Stop("viewer", "too-long", 413, ServedBy.CLOUDFRONT),
            f"The URL has {size} bytes; CloudFront takes at most {MAX_URL_BYTES}",
            evidence=evidence("request", "Url", size),
            doc=CLOUDFRONT_DOCS
            + "RequestAndResponseBehaviorS3Origin.html#RequestS3MaxRequestStringLength",
        )


def _country(journey: Journey, config: DistributionConfig) -> None:
    rule = config.restrictions.geo_restriction
    country = journey.snapshot.request.viewer.country
    if rule.restriction_type not in {"whitelist", "blacklist"}:
        return
    if country is None:
        journey.log.unknown("The viewer's country", "The request does not say it",
                            "A geographic restriction may block the viewer")  # fmt: skip
        return
    listed = country in rule.items
    if listed == (rule.restriction_type == "whitelist"):
        return
    journey.log.stop(
        Stop("viewer", "geo", 403, ServedBy.CLOUDFRONT),
        f"Viewers in {country} are blocked",
        evidence=evidence(
            "cloudfront:GetDistribution", "DistributionConfig.Restrictions.GeoRestriction",
            {"RestrictionType": rule.restriction_type, "Items": list(rule.items)},
        ),
        doc=CLOUDFRONT_DOCS + "georestrictions.html",
    )  # fmt: skip


def _firewall(journey: Journey, config: DistributionConfig) -> None:
    if not config.web_acl_id:
        return
    acl = find_acl(journey.snapshot, config.web_acl_id)
    unread = WafResult("unknown", "", "the web ACL was not read (wafv2:GetWebACL)")
    journey.waf = result = judge(journey.snapshot, acl, journey.url) if acl else unread
    told = facts.says(journey.snapshot, r"waf|request blocked|sampled")
    if result.action == "unknown" and "block" in told:
        journey.waf = result = WafResult("block", result.rule or "a rule", told)
    shown = evidence("wafv2:GetWebACL", "WebACL.Rules", result.rule or config.web_acl_id)
    doc = (
        CLOUDFRONT_DOCS
        + "http-403-permission-denied.html#aws-waf-configured-on-distribution-origin"
    )
    if result.action in {"block", "challenge"}:
        status = 403 if result.action == "block" else 202
        journey.log.stop(
            Stop("viewer", "waf", status, ServedBy.CLOUDFRONT, detail=result.rule),
            f"The firewall blocks the request: {result.rule}",
            evidence=shown, doc=doc,
        )  # fmt: skip
    elif result.action == "unknown":
        journey.log.unknown("The firewall's decision", result.because, "It may answer 403")


def _scheme(journey: Journey) -> None:
    behavior = journey.behavior
    if behavior is None or journey.url.scheme != "http":
        return
    policy = behavior.viewer_protocol_policy
    shown = evidence("cloudfront:GetDistribution", f"{behavior.name}.ViewerProtocolPolicy", policy)
    doc = CLOUDFRONT_DOCS + "using-https-viewers-to-cloudfront.html"
    if policy == "https-only":
        journey.log.stop(
            Stop("viewer", "https-only", 403, ServedBy.CLOUDFRONT),
            "The behaviour takes HTTPS only", evidence=shown, doc=doc,
        )  # fmt: skip
    elif policy == "redirect-to-https":
        status = 301 if journey.method in {"GET", "HEAD"} else 307
        journey.log.stop(
            Stop("viewer", "redirect", status, ServedBy.CLOUDFRONT),
            "The behaviour sends HTTP requests to HTTPS", evidence=shown, doc=doc,
        )  # fmt: skip


def _method(journey: Journey) -> None:
    behavior, request = journey.behavior, journey.snapshot.request
    if behavior is None:
        return
    allowed = tuple(m.upper() for m in behavior.allowed_methods.items)
    if journey.method not in allowed:
        journey.log.stop(
            Stop("viewer", "method", 403, ServedBy.CLOUDFRONT),
            f"{journey.method} is not among {', '.join(allowed)}",
            evidence=evidence(
                "cloudfront:GetDistribution", f"{behavior.name}.AllowedMethods", list(allowed)
            ),
            doc=CLOUDFRONT_DOCS + "http-403-invalid-method.html",
        )
    length = request.header("content-length") or "0"
    body = length.isdigit() and int(length) > 0
    if journey.method in {"GET", "HEAD"} and (body or request.header("transfer-encoding")):
        journey.log.stop(
            Stop("viewer", "body", 403, ServedBy.CLOUDFRONT),
            f"A {journey.method} request carries a body of {length} bytes",
            evidence=evidence("request", "Headers.Content-Length", length),
            doc=CLOUDFRONT_DOCS + "RequestAndResponseBehaviorS3Origin.html",
        )


def signature(journey: Journey) -> None:
    """Trusted key groups: signature, dates, address."""
    behavior = journey.behavior
    if behavior is None or (journey.method == "OPTIONS" and journey.stopped("method")):
        return
    journey.signed = found = check(journey.snapshot, behavior, journey.url)
    if not found.required:
        return
    shown = evidence(
        "cloudfront:GetDistribution", f"{behavior.name}.TrustedKeyGroups",
        list(behavior.trusted_key_groups.items),
    )  # fmt: skip
    doc = CLOUDFRONT_DOCS + "private-content-signed-urls.html"
    for problem in found.problems:
        undecided = problem == "unverifiable"
        code = "MissingKey" if problem == "missing" else "AccessDenied"
        stop = Stop(
            "signed", f"signed-{problem}", None if undecided else 403, ServedBy.CLOUDFRONT,
            None if undecided else code, undecided,
        )  # fmt: skip
        journey.log.stop(stop, f"The signature is {problem.replace('-', ' ')}",
                         evidence=shown, doc=doc)  # fmt: skip
        if undecided:
            journey.log.unknown(
                "The signature",
                "A public key or key group was not read",
                "cloudfront:GetPublicKey and GetKeyGroup would settle it",
            )
    if not found.problems:
        journey.log.step("signed", "ok", "The signature verifies", evidence=shown, doc=doc)


def function_event(
    journey: Journey, owner: Distribution, event_type: str, uri: str
) -> FunctionEvent:
    """The viewer's request as a function sees it."""
    request = journey.snapshot.request
    headers = {name.lower(): str(value) for name, value in request.headers.items()}
    headers.setdefault("host", journey.url.host)
    if request.viewer.country:
        headers.setdefault("cloudfront-viewer-country", request.viewer.country)
    return FunctionEvent(
        event_type, owner.id, owner.domain_name, journey.method, uri, journey.query,
        headers, request.viewer.ip or "198.51.100.1",
    )  # fmt: skip


def functions(journey: Journey, owner: Distribution) -> None:
    """Viewer-request functions, LIVE code, really run."""
    if journey.behavior is None:
        return
    for association in journey.behavior.function_associations:
        if association.event_type == "viewer-request":
            _run(
                journey,
                association.function_arn,
                function_event(journey, owner, "viewer-request", journey.uri),
            )


def _run(journey: Journey, arn: str, event: FunctionEvent) -> None:
    function = find_function(journey, arn)
    if function is None or not function.read("live_code"):
        result = FunctionResult("unknown", error="the code was not read (cloudfront:GetFunction)")
    elif not function.live_code:
        result = FunctionResult("error", error="The function was never published")
    else:
        result = run_function(function.live_code, event, function.runtime)
    run = FunctionRun(function, arn, event.event_type, result)
    journey.runs.append(run)
    _log_run(journey, run)


def find_function(journey: Journey, arn: str) -> Any:
    name = arn.rsplit("/", 1)[-1]
    found = (f for f in journey.snapshot.functions if f.function_arn == arn or f.name == name)
    return next(found, None)


def _log_run(journey: Journey, run: FunctionRun) -> None:
    result, name = run.result, run.arn.rsplit("/", 1)[-1]
    shown = evidence("cloudfront:GetFunction", f"{name} (LIVE)", result.error or result.uri)
    doc = CLOUDFRONT_DOCS + "functions-event-structure.html"
    if result.kind == "request":
        outcome = "changed" if result.uri != journey.uri else "ok"
        journey.log.step(
            "function", outcome, f"The function {name} ran",  # type: ignore[arg-type]
            before=journey.uri, after=result.uri, evidence=shown, doc=doc,
        )  # fmt: skip
        journey.uri, journey.query = result.uri, result.query
    elif result.kind == "answer":
        journey.log.stop(
            Stop("function", "answer", result.status, ServedBy.FUNCTION),
            f"The function {name} answers itself with {result.status}", evidence=shown, doc=doc,
        )  # fmt: skip
    elif result.kind == "error":
        journey.log.stop(
            Stop("function", "error", 503, ServedBy.CLOUDFRONT, "FunctionExecutionError"),
            f"The function {name} fails: {result.error}", evidence=shown,
            doc=CLOUDFRONT_DOCS + "http-503-service-unavailable.html",
        )  # fmt: skip
    else:
        journey.log.stop(
            Stop("function", "unknown", None, ServedBy.UNKNOWN, undecided=True),
            f"What the function {name} does is unknown: {result.error}", evidence=shown,
        )  # fmt: skip
        journey.log.unknown(f"The function {name}", result.error, "The key may be another one")


def response_functions(journey: Journey, owner: Distribution) -> None:
    """Viewer-response functions can still fail or change headers of a good answer."""
    if journey.behavior is None or journey.stops or journey.final is None:
        return
    for association in journey.behavior.function_associations:
        if association.event_type != "viewer-response":
            continue
        function = find_function(journey, association.function_arn)
        if function is None or not function.live_code:
            continue
        base = function_event(journey, owner, "viewer-response", journey.uri)
        event = FunctionEvent(
            base.event_type, base.distribution_id, base.domain_name, base.method, base.uri,
            base.query, base.headers, base.ip, journey.status or 200,
            {"content-type": journey.content_type or "binary/octet-stream"},
        )  # fmt: skip
        result = run_function(function.live_code, event, function.runtime)
        run = FunctionRun(function, association.function_arn, "viewer-response", result)
        journey.runs.append(run)
        if result.kind == "error":
            _log_run(journey, run)
            journey.status, journey.served_by = 503, ServedBy.CLOUDFRONT
            journey.code = "FunctionExecutionError"


def default_root(journey: Journey, config: DistributionConfig) -> None:
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


def lambda_edge(journey: Journey) -> None:
    """Named, never guessed: only a report of its failure counts."""
    behavior = journey.behavior
    if behavior is None or not behavior.lambda_function_associations:
        return
    names = [a.lambda_function_arn for a in behavior.lambda_function_associations]
    shown = evidence(
        "cloudfront:GetDistribution", f"{behavior.name}.LambdaFunctionAssociations", names
    )
    told = facts.says(journey.snapshot, r"lambda|validation|execution|x-cache|x-edge|log|50[23]")
    if any(word in told for word in ("error", "valid", "fail", "limit", "throttl", "502", "503")):
        invalid = "valid" in told or "502" in told
        journey.log.stop(
            Stop("function", "lambda", 502 if invalid else 503, ServedBy.CLOUDFRONT,
                 "LambdaValidationError" if invalid else "LambdaExecutionError", detail=told),
            f"Lambda@Edge fails: {told}", evidence=shown,
            doc=CLOUDFRONT_DOCS + "http-502-lambda-validation-error.html",
        )  # fmt: skip
        return
    journey.log.step("function", "unknown", "Lambda@Edge is attached; its code is not run here",
                     evidence=shown)  # fmt: skip
    journey.log.unknown("What Lambda@Edge does", "Its code is not run here",
                        "It may change the path, the origin or the answer")  # fmt: skip


def cache(journey: Journey) -> None:
    """What a HEAD at the edge showed for this very path."""
    journey.edge = entry = edge_entry(journey)
    if entry is None:
        return
    text = entry.x_cache.lower()
    live = entry.expires_in is None or entry.expires_in > 0
    hit = ("hit" in text or (entry.age or 0) > 0) and live
    failed = (entry.status or 200) >= 400
    journey.log.step(
        "cache", "ok", f"The edge showed {entry.status} {entry.x_cache}, age {entry.age}",
        evidence=evidence("edge:HEAD", entry.path, {"Status": entry.status, "Age": entry.age,
                                                    "ETag": entry.etag, "XCache": entry.x_cache}),
        doc=CLOUDFRONT_DOCS + "Expiration.html",
    )  # fmt: skip
    journey.from_cache = hit and not failed


def cached_error(journey: Journey, config: DistributionConfig) -> None:
    """The origin would answer well now, but the edge still keeps an error."""
    entry, stops = journey.edge, journey.stops
    if entry is None or stops or (entry.status or 200) < 400:
        return
    left = error_seconds_left(entry, config)
    if left is not None and left <= 0:
        return
    journey.log.stop(
        Stop("cache", "cached-error", entry.status, ServedBy.CACHE, detail=str(left or "")),
        f"The edge keeps the {entry.status} it got earlier",
        evidence=evidence("edge:HEAD", entry.path, {"Status": entry.status, "Age": entry.age}),
        doc=CLOUDFRONT_DOCS + "HTTPStatusCodes.html",
    )


def error_seconds_left(entry: EdgeEntry, config: DistributionConfig) -> int | None:
    """Seconds for which the edge still keeps this error; None where it can't be told."""
    if entry.expires_in is not None:
        return entry.expires_in
    if entry.age is None:
        return None
    rules = (r for r in config.custom_error_responses if r.error_code == entry.status)
    rule = next(rules, None)
    ttl = rule.error_caching_min_ttl if rule else None
    return (10 if ttl is None else ttl) - entry.age


def edge_entry(journey: Journey) -> EdgeEntry | None:
    """The entry of this URL: with its query string first, else of the bare path."""
    url = journey.url
    full = f"{url.raw_path}?{journey.query}" if journey.query else url.raw_path
    for wanted in (full, url.raw_path, journey.uri, url.match_path):
        for entry in journey.snapshot.edge_cache:
            if _same_path(entry, wanted):
                return entry
    return None


def _same_path(entry: EdgeEntry, wanted: str) -> bool:
    extra = entry.model_extra or {}
    query = str(extra.get("QueryString") or extra.get("Query") or "").lstrip("?")
    path = entry.path
    if "://" in path:
        path = "/" + path.split("://", 1)[1].partition("/")[2]
    if query and "?" not in path:
        path = f"{path}?{query}"
    return path == wanted
