"""DNS, certificate, distribution, viewer checks, signatures: what fails before the origin."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.diagnostics import facts
from core.diagnostics.causes.db import bare_keys
from core.diagnostics.causes.registry import (
    DISTRIBUTION,
    DNS,
    NOTE,
    SIGNED,
    SLOW,
    TLS,
    VIEWER,
    Case,
    Found,
    rule,
    rule_at,
    rule_unstopped,
)
from core.diagnostics.edge.signed import needs_signature
from core.diagnostics.journey import evidence
from core.diagnostics.routing import pattern_matches
from core.model.delivery import CacheBehavior
from core.model.diagnosis import Confidence, Evidence
from core.model.wildcards import literal_prefix

_FAILED = {"fail", "unknown"}


def _shown(case: Case, tag: str) -> tuple[Evidence, ...]:
    """The evidence that the trace wrote down for this stop."""
    for log in (case.journey.log, *([case.journey.visit.log] if case.journey.visit else [])):
        for stop in log.stops:
            if stop.tag != tag:
                continue
            same = [other for other in log.stops if other.step == stop.step]
            fails = [s for s in log.steps if s.step == stop.step and s.outcome in _FAILED]
            place = next(i for i, other in enumerate(same) if other is stop)
            return fails[place].evidence if place < len(fails) else ()
    return ()


@rule_at("host-unknown")
def host_unknown(case: Case) -> Iterator[Found]:
    stored_wrong = [s for s in facts.stored(case.snapshot) if s.kind == "empty"] or bare_keys(case)
    stop = case.journey.stopped("host-unknown")
    if stop is None or stored_wrong:
        return
    why = "is no distribution of this account: mistyped, deleted or another environment"
    if stop.detail == "nxdomain":
        why = "has no record in DNS: mistyped, or the record is gone"
    elif stop.detail:
        why = f"points at {stop.detail} in DNS, so the distribution is never asked"
    asked = case.snapshot.read("dns") or case.journey.url.host.endswith(".cloudfront.net")
    yield Found(
        "url-host-typo-or-wrong-distribution", DNS, f"{case.journey.url.host} {why}.",
        _shown(case, "host-unknown"), Confidence.CERTAIN if asked else Confidence.LIKELY,
    )  # fmt: skip


@rule_at("cname-to-s3")
def cname_to_s3(case: Case) -> Iterator[Found]:
    if case.journey.stopped("cname-to-s3"):
        host = case.journey.host
        target = host.dns_name if host else ""
        yield Found(
            "dns-cname-to-s3-not-cloudfront", DNS,
            f"{case.journey.url.host} points at the bucket ({target}), not at the distribution.",
            _shown(case, "cname-to-s3"),
        )  # fmt: skip


@rule_at("certificate")
def certificate(case: Case) -> Iterator[Found]:
    stop = case.journey.stopped("certificate")
    if stop:
        yield Found("alias-certificate-mismatch", TLS, stop.detail + ".",
                    _shown(case, "certificate"))  # fmt: skip


@rule_at("alias-missing")
def alias_missing(case: Case) -> Iterator[Found]:
    if case.journey.stopped("alias-missing"):
        yield Found(
            "alias-not-on-distribution", DISTRIBUTION,
            f"{case.journey.url.host} points at CloudFront, but no distribution has it as an "
            "alternate domain name.", _shown(case, "alias-missing"),
        )  # fmt: skip


@rule
def alias_elsewhere(case: Case) -> Iterator[Found]:
    """The alias' owner serves, whatever DNS points at."""
    host = case.journey.host
    if host is None or host.owner is None or host.by != "alias" or host.dns_target is None:
        return
    if host.dns_target.id != host.owner.id:
        yield Found(
            "alias-on-other-distribution", DISTRIBUTION,
            f"DNS names {host.dns_target.id}, but the alias belongs to {host.owner.id}, which "
            "serves.", evidence("dns:CNAME", case.journey.url.host, host.dns_name),
        )  # fmt: skip


@rule_at("disabled")
def disabled(case: Case) -> Iterator[Found]:
    if case.journey.stopped("disabled"):
        yield Found("distribution-disabled", DISTRIBUTION, "The distribution is disabled.",
                    _shown(case, "disabled"))  # fmt: skip


@rule
def deploying(case: Case) -> Iterator[Found]:
    """A change is under way: edges may still answer by the older configuration."""
    owner = case.journey.distribution
    if owner is not None and owner.status == "InProgress":
        broken = any(stop.tag != "cached-error" for stop in case.journey.stops)
        yield Found(
            "distribution-not-deployed", NOTE if broken else DISTRIBUTION,
            f"{owner.id} is still being deployed: edges may answer by its older configuration.",
            evidence("cloudfront:GetDistribution", "Status", owner.status), Confidence.LIKELY,
        )  # fmt: skip


_VIEWER_STOPS = {
    "too-long": ("url-too-long", "The URL is longer than CloudFront takes."),
    "geo": ("geo-restricted", "The distribution blocks viewers of this country."),
    "https-only": ("viewer-protocol-https-only", "The behaviour answers HTTP requests with 403."),
    "redirect": (
        "viewer-protocol-redirect",
        "HTTP is redirected to HTTPS; a client that does not follow gets nothing.",
    ),
    "body": ("get-with-body", "The GET request carries a body, which CloudFront refuses."),
}


@rule_at(*_VIEWER_STOPS)
def viewer_stops(case: Case) -> Iterator[Found]:
    for tag, (cause, sentence) in _VIEWER_STOPS.items():
        if case.journey.stopped(tag):
            yield Found(cause, _turn(case, tag), sentence, _shown(case, tag))


def _turn(case: Case, tag: str) -> float:
    """Checks of the viewer rank as CloudFront makes them: the first one decides the status."""
    tags = [stop.tag for stop in case.journey.log.stops if stop.step == "viewer"]
    return VIEWER + tags.index(tag)


@rule_at("waf")
def firewall(case: Case) -> Iterator[Found]:
    stop = case.journey.stopped("waf")
    if stop:
        yield Found(
            "waf-blocked", _turn(case, "waf"), f"The web ACL blocks the request: {stop.detail}.",
            _shown(case, "waf"),
        )  # fmt: skip


@rule_at("method")
def method(case: Case) -> Iterator[Found]:
    if not case.journey.stopped("method"):
        return
    name = case.journey.method
    preflight = name == "OPTIONS" and case.snapshot.request.header("origin") is not None
    cause = "cors-options-not-allowed" if preflight else "method-not-allowed"
    yield Found(cause, _turn(case, "method"), f"The behaviour does not allow {name}.",
                _shown(case, "method"))  # fmt: skip


_SECURE_PAGE = (
    r"https://|mixed.?content|blocked|: https:?$|https[^:]*: (?:true|yes|1)$|"
    r"(?:page|site|app)(?![a-z]).{0,40}(?:over|by|with|via|uses|is) https"
)


@rule_unstopped
def mixed_content(case: Case) -> Iterator[Found]:
    """The answer is fine, but a page served by HTTPS does not show it."""
    journey, request = case.journey, case.snapshot.request
    if journey.url.scheme != "http" or journey.stops:
        return
    page = request.header("referer") or request.header("origin") or ""
    if page.startswith("https://") or facts.says(case.snapshot, _SECURE_PAGE):
        yield Found(
            "mixed-content-http-image", SLOW,
            "The page is served by HTTPS and the image by HTTP: browsers block or upgrade it.",
            evidence("request", "Url", "http"),
        )  # fmt: skip


_SIGNED = {
    "signed-missing": ("signed-url-missing", "The behaviour wants a signed URL or cookie."),
    "signed-malformed": ("signed-url-bad-signature", "The signature's parts can't be read."),
    "signed-expired": ("signed-url-expired", "The signature has ended."),
    "signed-not-yet-valid": ("signed-url-not-yet-valid", "The signature is not valid yet."),
    "signed-unknown-key": (
        "signed-url-unknown-key",
        "The key that signed is in no key group of the behaviour.",
    ),
    "signed-bad-signature": (
        "signed-url-bad-signature",
        "The signature does not fit this URL: another key signed, or the URL changed afterwards.",
    ),
    "signed-ip-restricted": (
        "signed-url-ip-restricted",
        "The policy names another address than the viewer's.",
    ),
}


@rule
def shadowed(case: Case) -> Iterator[Found]:
    """An earlier, broader pattern takes the request with rules that a later one does not have."""
    journey = case.journey
    taken, other = journey.behavior, _narrower(case)
    if taken is None or other is None:
        return
    shown = evidence("cloudfront:GetDistribution", "DistributionConfig.CacheBehaviors",
                     [taken.name, other.name])  # fmt: skip
    if journey.stopped("signed-missing"):
        if not needs_signature(other):
            yield Found("behavior-precedence-shadowed", SIGNED - 1,
                        f"{taken.name} stands before {other.name} and asks for a signature.",
                        shown)  # fmt: skip
    elif journey.ok and not journey.stops and _rules_of(taken) != _rules_of(other):
        unsigned = needs_signature(other) and not needs_signature(taken)
        more = ", which asks for a signature" if unsigned else ", whose rules are others"
        yield Found("behavior-precedence-shadowed", NOTE,
                    f"{taken.name} stands before {other.name}{more}, and takes the request.",
                    shown, Confidence.LIKELY)  # fmt: skip


def _narrower(case: Case) -> CacheBehavior | None:
    """The first later behaviour that names this path more exactly."""
    taken, owner = case.journey.behavior, case.journey.distribution
    listed = owner.config.cache_behaviors if owner else ()
    if taken is None or taken not in listed:
        return None
    lead = len(literal_prefix(taken.path_pattern).strip("/"))
    path = case.journey.url.match_path
    later = listed[listed.index(taken) + 1 :]
    return next(
        (b for b in later if len(literal_prefix(b.path_pattern).strip("/")) > lead
         and pattern_matches(b.path_pattern, path)), None,
    )  # fmt: skip


def _rules_of(behavior: CacheBehavior) -> CacheBehavior:
    return behavior.replace(path_pattern="")


@rule_at(*_SIGNED)
def signature(case: Case) -> Iterator[Found]:
    for tag, (cause, sentence) in _SIGNED.items():
        if not case.journey.stopped(tag):
            continue
        escaped = tag == "signed-missing" and "&amp;" in case.journey.url.query
        if tag == "signed-missing" and not escaped and (scope := _cookie_scope(case)):
            yield Found("signed-cookie-domain-or-path", SIGNED, scope, _shown(case, tag))
            return
        limit = _limit(case, tag)
        told = f"{sentence.rstrip('.')} ({limit})." if limit else sentence
        told = "The URL was stored with “&amp;”: its signature is lost." if escaped else told
        yield Found(cause, SIGNED, told, _shown(case, tag))


def _limit(case: Case, tag: str) -> str:
    """The time or the address that decided."""
    signed = case.journey.signed
    if signed is None:
        return ""
    moment = {"signed-expired": signed.expires, "signed-not-yet-valid": signed.starts}.get(tag)
    if moment is not None:
        return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
    return signed.addresses if tag == "signed-ip-restricted" else ""


def _cookie_scope(case: Case) -> str:
    """Where the signed cookies were set, if that does not reach this URL."""
    url = case.journey.url
    text = " ; ".join(f"{name} {value}" for name, value in facts.pairs(case.snapshot))
    if "cookie" not in text and "domain" not in text:
        return ""
    named = r"[\"' :=]*\.?(?P<d>[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,})"
    domain = re.search("domain" + named, text) or re.search("(?:host|set.?by|page)" + named, text)
    path = re.search(r"path[\"' :=]*(?P<p>/[^\s;,\"']*)", text)
    if domain and not (url.host == domain["d"] or url.host.endswith("." + domain["d"])):
        return f"The signed cookies are set for {domain['d']} and never reach {url.host}."
    if path and not f"{url.raw_path.lower()}/".startswith(path["p"].rstrip("/") + "/"):
        return f"The signed cookies are set for the path {path['p']}, not for {url.raw_path}."
    return ""
