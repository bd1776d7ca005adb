"""What CloudFront checks of a viewer's request: length, country, firewall, scheme, method, key."""

from __future__ import annotations

from core.diagnostics import facts
from core.diagnostics.edge.firewall import WafResult, find_acl, judge
from core.diagnostics.edge.signed import check
from core.diagnostics.journey import CLOUDFRONT_DOCS, Journey, Stop, evidence, place_of
from core.model.delivery import CacheBehavior, DistributionConfig
from core.model.diagnosis import ServedBy

MAX_URL_BYTES = 8192


def viewer(journey: Journey, config: DistributionConfig, behavior: CacheBehavior) -> None:
    """Length, country, firewall, protocol, method, body."""
    _length(journey)
    _country(journey, config)
    _firewall(journey, config)
    _scheme(journey, behavior)
    _method(journey, behavior)


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
    listed = country.upper() in {code.upper() for code in rule.items}
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
    told = facts.says(journey.snapshot, r"request blocked|(?=.*(?:waf|sampled)).*block(?!-)")
    if result.action == "unknown" and told:
        journey.waf = result = WafResult("block", result.rule or "a rule", told)
    shown = evidence("wafv2:GetWebACL", "WebACL.Rules", result.rule or config.web_acl_id)
    doc = (
        CLOUDFRONT_DOCS
        + "http-403-permission-denied.html#aws-waf-configured-on-distribution-origin"
    )
    if result.action in {"block", "challenge"}:
        journey.log.stop(
            Stop("viewer", "waf", result.status, ServedBy.CLOUDFRONT, detail=result.rule),
            f"The firewall blocks the request: {result.rule}",
            evidence=shown, doc=doc,
        )  # fmt: skip
    elif result.action == "unknown":
        journey.log.unknown("The firewall's decision", result.because, "It may answer 403")


def _scheme(journey: Journey, behavior: CacheBehavior) -> None:
    if journey.url.scheme != "http":
        return
    policy = behavior.viewer_protocol_policy
    place = place_of(journey, "ViewerProtocolPolicy")
    shown = evidence("cloudfront:GetDistribution", place, policy)
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


def _method(journey: Journey, behavior: CacheBehavior) -> None:
    request = journey.snapshot.request
    allowed = tuple(m.upper() for m in behavior.allowed_methods.items)
    if journey.method not in allowed:
        journey.log.stop(
            Stop("viewer", "method", 403, ServedBy.CLOUDFRONT),
            f"{journey.method} is not among {', '.join(allowed)}",
            evidence=evidence(
                "cloudfront:GetDistribution", place_of(journey, "AllowedMethods"), list(allowed)
            ),
            doc=CLOUDFRONT_DOCS + "http-403-invalid-method.html",
        )
    length = request.header("content-length") or "0"
    body = length.isdigit() and length.strip("0") != ""
    if journey.method in {"GET", "HEAD"} and (body or request.header("transfer-encoding")):
        journey.log.stop(
            Stop("viewer", "body", 403, ServedBy.CLOUDFRONT),
            f"A {journey.method} request carries a body of {length} bytes",
            evidence=evidence("request", "Headers.Content-Length", length),
            doc=CLOUDFRONT_DOCS + "RequestAndResponseBehaviorS3Origin.html",
        )


def signature(journey: Journey, behavior: CacheBehavior) -> None:
    """Trusted key groups: signature, dates, address."""
    if journey.method == "OPTIONS" and journey.stopped("method"):
        return
    journey.signed = found = check(journey.snapshot, behavior, journey.url)
    if not found.required:
        return
    groups, signers = behavior.trusted_key_groups, behavior.trusted_signers
    field, listed = ("TrustedKeyGroups", groups) if groups.items else ("TrustedSigners", signers)
    shown = evidence(
        "cloudfront:GetDistribution", place_of(journey, field), list(listed.items)
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
    if found.addresses and journey.snapshot.request.viewer.ip is None:
        journey.log.unknown("The viewer's address", "The request does not say it",
                            f"The signature holds for {found.addresses} only")  # fmt: skip
    if not found.problems:
        journey.log.step("signed", "ok", "The signature verifies", evidence=shown, doc=doc)
