"""Whether the distribution's certificate covers a host name."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from core.diagnostics import facts
from core.diagnostics.routing import name_covers
from core.model.delivery import AccountSnapshot, Distribution


def certificate_problem(snapshot: AccountSnapshot, owner: Distribution, host: str) -> str:
    """What is wrong with the certificate for this host; empty where nothing is known to be."""
    settings = owner.config.viewer_certificate
    if not settings:
        return ""
    if settings.get("CloudFrontDefaultCertificate") and not host.endswith(".cloudfront.net"):
        return f"The distribution uses CloudFront's own certificate, which does not cover {host}"
    details = _details(snapshot, settings)
    names = list(dict.fromkeys(_names(details)))
    if names and not any(name_covers(name, host) for name in names):
        return f"The certificate covers {', '.join(names)}, not {host}"
    expiry = _moment(details.get("NotAfter"))
    if expiry and expiry < snapshot.now:
        return f"The certificate expired on {expiry:%Y-%m-%d}"
    status = str(details.get("Status") or "ISSUED").upper()
    return f"The certificate is {status.lower()}" if status in _BROKEN else ""


_FACTS = {"sans": "SubjectAlternativeNames", "subjectalternativenames": "SubjectAlternativeNames",
          "certificate_sans": "SubjectAlternativeNames", "certificate_domains": "Domains",
          "subject_alternative_names": "SubjectAlternativeNames", "notafter": "NotAfter",
          "not_after": "NotAfter", "certificate_not_after": "NotAfter",
          "certificate_expiry": "NotAfter"}  # fmt: skip


_ABOUT = re.compile(r"cert|tls|ssl|acm(?![a-z])")
_ENDS = re.compile(r"expir|not_?after|valid_?(?:un)?til|ends?(?:_|$)")
_COVERED = re.compile(r"(?:^|_)(?:sans?|names?|domain_?names?|domains?|covers?|hosts?|valid_for)$")
_BROKEN = {"EXPIRED", "REVOKED"}


def _details(snapshot: AccountSnapshot, settings: dict[str, Any]) -> dict[str, Any]:
    arn = settings.get("ACMCertificateArn") or settings.get("Certificate")
    for certificate in snapshot.certificates:
        inner: dict[str, Any] = certificate.get("Certificate") or certificate
        if inner.get("CertificateArn", inner.get("Arn")) == arn:
            return inner
    return {**_spread(settings), **_told(snapshot)}


def _told(snapshot: AccountSnapshot) -> dict[str, Any]:
    """What somebody wrote down about the certificate, by AWS's names."""
    if facts.is_record(snapshot):
        return {}
    told = _spread(facts.attributes(snapshot))
    known = {_FACTS[k.lower()]: v for k, v in told.items() if k.lower() in _FACTS}
    row = str((snapshot.db_record or {}).get("pk") or "")
    for name, value in told.items():
        if not _ABOUT.search(f"{row} {name}".lower()):
            continue
        if _ENDS.search(name.lower()):
            known.setdefault("NotAfter", value)
        elif str(value).upper() in _BROKEN:
            known.setdefault("Status", value)
        elif _COVERED.search(name.lower()):
            known.setdefault("Domains", _hosts(value))
    return known


def _hosts(value: Any) -> list[str]:
    """The host names of a list or of a text."""
    texts = value if isinstance(value, list | tuple) else re.split(r"[\s,;]+", str(value))
    return [text for text in map(str, texts) if "." in text]


def _spread(named: dict[str, Any]) -> dict[str, Any]:
    """The fields, and those of an object inside."""
    inner = [value for value in named.values() if isinstance(value, dict)]
    return {**named, **{k: v for one in inner for k, v in one.items()}}


def _names(details: dict[str, Any]) -> list[str]:
    found: list[str] = []
    for field in (
        "SubjectAlternativeNames",
        "SANs",
        "Sans",
        "Domains",
        "DomainNames",
        "DomainName",
    ):
        value = details.get(field)
        found.extend([value] if isinstance(value, str) else [str(v) for v in value or []])
    return found


def _moment(value: Any) -> datetime | None:
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
