"""Which distribution answers a host, and which cache behaviour takes a path."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.model.delivery import AccountSnapshot, CacheBehavior, Distribution, DistributionConfig
from core.model.wildcards import matches


@dataclass(frozen=True, slots=True)
class HostMatch:
    """`owner` serves; `dns_target` is the distribution that DNS names, where they differ."""

    owner: Distribution | None
    by: str  # domain, alias or nothing
    dns_name: str = ""  # what the CNAME points at
    dns_target: Distribution | None = None
    nowhere: bool = False  # DNS was asked and knows no such name
    by_alias: bool = False  # what DNS names is itself an alias of some distribution


def match_host(snapshot: AccountSnapshot, host: str) -> HostMatch:
    """CloudFront picks by Host header: its own name first, then aliases, exact before wildcard."""
    target = cname_target(snapshot, host)
    owner = by_domain(snapshot, host) or by_alias(snapshot, host)
    by = "domain" if by_domain(snapshot, host) else "alias" if owner else ""
    pointed = by_domain(snapshot, target) if target else None
    nowhere = not target and any(_says_nxdomain(row) for row in _dns_rows(snapshot, host))
    named = bool(target) and by_alias(snapshot, target) is not None
    return HostMatch(owner, by, target, pointed, nowhere, named)


def by_domain(snapshot: AccountSnapshot, host: str) -> Distribution | None:
    wanted = host.lower()
    found = (d for d in snapshot.distributions if d.domain_name.lower() == wanted)
    return next(found, None)


def by_alias(snapshot: AccountSnapshot, host: str) -> Distribution | None:
    wanted = host.lower()
    for distribution in snapshot.distributions:
        if wanted in (alias.lower() for alias in distribution.config.aliases):
            return distribution
    serving = [
        (len(alias), distribution)
        for distribution in snapshot.distributions
        for alias in distribution.config.aliases
        if alias_serves(alias, wanted)
    ]
    return max(serving, key=lambda found: found[0])[1] if serving else None


def alias_serves(alias: str, host: str) -> bool:
    """`*.example.com` stands for every name below it, however deep; of several the longest wins."""
    name = alias.lower()
    return host.lower().endswith(name[1:]) if name.startswith("*.") else name == host.lower()


def name_covers(certified: str, host: str) -> bool:
    """In a certificate `*.example.com` stands for exactly one label."""
    name = certified.lower()
    if not name.startswith("*."):
        return name == host.lower()
    label, _, rest = host.lower().partition(".")
    return bool(label) and rest == name[2:]


_NAME_FIELDS = ("name", "host", "hostname", "domain", "record")
_TARGET_FIELDS = ("target", "value", "cname", "data", "aliastarget", "resourcerecords", "answer",
                  "points_to", "pointsto", "values", "records")  # fmt: skip


def _dns_rows(snapshot: AccountSnapshot, host: str) -> list[dict[str, Any]]:
    wanted = host.lower().rstrip(".")
    rows = []
    for row in snapshot.dns:
        lowered = {str(k).lower(): v for k, v in row.items()}
        name = str(next((lowered[k] for k in _NAME_FIELDS if lowered.get(k)), ""))
        if name.lower().rstrip(".") == wanted:
            rows.append(row)
    return rows


def _says_nxdomain(row: dict[str, Any]) -> bool:
    text = " ".join(str(value) for value in row.values()).lower()
    return "nxdomain" in text


def cname_target(snapshot: AccountSnapshot, host: str) -> str:
    """The end of the CNAME (or alias record) chain that starts at `host`."""
    seen, current = {host}, host
    while True:
        step = next((t for r in _dns_rows(snapshot, current) if (t := _target(r))), "")
        if not step or step in seen:
            return current if current != host else ""
        seen.add(step)
        current = step


def _target(row: dict[str, Any]) -> str:
    lowered = {str(k).lower(): v for k, v in row.items()}
    for field in _TARGET_FIELDS:
        value = lowered.get(field)
        if isinstance(value, dict):
            value = value.get("DNSName")
        if isinstance(value, list) and value:
            first = value[0]
            value = first.get("Value") if isinstance(first, dict) else first
        if isinstance(value, str) and any(c.isalpha() for c in value) and "." in value:
            return value.lower().rstrip(".")
    return ""


def pattern_matches(pattern: str, path: str) -> bool:
    """The first slash of a pattern is optional; everything else counts, case included."""
    wanted = pattern if pattern.startswith(("/", "*")) else "/" + pattern
    return matches(wanted, path)


def pick_behavior(config: DistributionConfig, path: str) -> CacheBehavior:
    """The first behaviour in the list that matches, else the default. `path` is normalised."""
    for behavior in config.cache_behaviors:
        if pattern_matches(behavior.path_pattern, path):
            return behavior
    return config.default_cache_behavior
