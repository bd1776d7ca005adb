"""From a stored value to the distribution that answers its host: URL, DNS, certificate, state."""

from __future__ import annotations

from core.diagnostics import facts
from core.diagnostics.direct import visit_s3
from core.diagnostics.edge.certificates import certificate_problem
from core.diagnostics.journey import CLOUDFRONT_DOCS, Journey, Log, Stop, evidence
from core.diagnostics.origins import endpoint_of
from core.diagnostics.routing import HostMatch, match_host
from core.diagnostics.urls import parse_url, redact
from core.diagnostics.visit import Indexes
from core.model.delivery import Distribution
from core.model.diagnosis import ServedBy


def no_request(journey: Journey) -> bool:
    """Stored values that never become a request to a CDN: nothing, a bare key, another scheme."""
    url = journey.url
    if url.is_absolute_http:
        return False
    empty = facts.is_empty(url.text)
    journey.log.stop(
        Stop("db", "url-empty" if empty else "url-not-http", None, ServedBy.NONE),
        "There is no URL to request" if empty else "This is no http(s) URL",
        evidence=evidence("request", "Url", redact(url.text[:200])),
        doc=CLOUDFRONT_DOCS + "HowCloudFrontWorks.html",
    )
    return True


def distribution(journey: Journey) -> None:
    """Host to distribution, its certificate and its state."""
    snapshot, host = journey.snapshot, journey.url.host
    journey.host = found = match_host(snapshot, host)
    if found.owner is None or _led_away(found):
        _nobody(journey, found)
        return
    journey.distribution = owner = found.owner
    journey.log.step(
        "distribution", "ok", f"{host} is answered by {owner.id} ({found.by})",
        before=host, after=owner.id,
        evidence=evidence("cloudfront:GetDistribution", "DomainName", owner.domain_name),
        doc=CLOUDFRONT_DOCS + "CNAMEs.html",
    )  # fmt: skip
    if found.by == "alias" and journey.url.scheme == "https":
        _certificate(journey, owner)
    if not owner.config.enabled:
        journey.log.stop(
            Stop("distribution", "disabled", 403, ServedBy.CLOUDFRONT),
            f"The distribution {owner.id} is disabled",
            evidence=evidence("cloudfront:GetDistribution", "DistributionConfig.Enabled", False),
            doc=CLOUDFRONT_DOCS + "DownloadDistValuesGeneral.html#DownloadDistValuesEnabled",
        )


def _led_away(found: HostMatch) -> bool:
    """A distribution has the name, but DNS takes the request somewhere else, or nowhere."""
    if found.by != "alias":
        return False
    elsewhere = bool(found.dns_name) and endpoint_of(found.dns_name).kind != "cloudfront"
    return found.nowhere or (elsewhere and not found.by_alias)


def _certificate(journey: Journey, owner: Distribution) -> None:
    problem = certificate_problem(journey.snapshot, owner, journey.url.host)
    if problem:
        journey.log.stop(
            Stop("tls", "certificate", None, ServedBy.NONE, detail=problem),
            problem,
            evidence=evidence(
                "cloudfront:GetDistribution", "DistributionConfig.ViewerCertificate",
                owner.config.viewer_certificate,
            ),
            doc=CLOUDFRONT_DOCS + "CNAMEs.html#alternate-domain-names-requirements",
        )  # fmt: skip


def _nobody(journey: Journey, found: HostMatch) -> None:
    host = journey.url.host
    target = endpoint_of(found.dns_name).kind if found.dns_name else ""
    if target in {"rest", "website", "path-style"}:
        _cname_to_bucket(journey, found)
        return
    if not journey.snapshot.read("distributions"):
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
    _no_such_host(journey, found)


def _no_such_host(journey: Journey, found: HostMatch) -> None:
    """Nobody has the name, DNS does not know it, or DNS names somebody else."""
    host, server = journey.url.host, ServedBy.NONE
    shown = evidence("cloudfront:ListDistributions", "DomainName, Aliases", host)
    because, detail = f"{host} belongs to no distribution of this account", ""
    if found.nowhere:
        because, detail = f"DNS knows no {host}", "nxdomain"
        shown = evidence("dns:CNAME", host, "NXDOMAIN")
    elif found.owner is not None:
        because, detail = f"{host} points at {found.dns_name}, not at CloudFront", found.dns_name
        shown, server = evidence("dns:CNAME", host, found.dns_name), ServedBy.UNKNOWN
    journey.log.stop(
        Stop("dns", "host-unknown", None, server, detail=detail), because, evidence=shown,
        doc=CLOUDFRONT_DOCS + "troubleshooting-distributions.html",
    )  # fmt: skip


def _cname_to_bucket(journey: Journey, found: HostMatch) -> None:
    """The name points at S3: by HTTPS the certificate can't match, by HTTP the host names it."""
    host = journey.url.host
    shown = evidence("dns:CNAME", host, found.dns_name)
    doc = CLOUDFRONT_DOCS + "troubleshooting-distributions.html#Troubleshooting.CNAME"
    bucket = journey.snapshot.bucket(host)
    if journey.url.scheme == "https":
        stop = Stop("dns", "cname-to-s3", None, ServedBy.NONE)
    elif bucket is None:
        stop = Stop("dns", "cname-to-s3", 404, ServedBy.S3, "NoSuchBucket")
    else:
        direct = parse_url(f"http://{host}.s3.{bucket.region}.amazonaws.com{journey.url.raw_path}")
        there = visit_s3(journey.snapshot, direct, journey.method, Log(), Indexes())
        code = there.stop.code if there.stop else None
        stop = Stop("dns", "cname-to-s3", there.status, ServedBy.S3, code)
    journey.log.stop(stop, f"{host} points at {found.dns_name}, not at a distribution",
                     evidence=shown, doc=doc)  # fmt: skip
