"""Condition operators of resource policies, three-valued: what can't be known stays unknown."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from core.model.wildcards import matches

Truth = Literal["yes", "no", "unknown"]


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """Condition keys of one request, lower case. Neither present nor unknown means absent."""

    present: Mapping[str, tuple[str, ...]]
    unknown: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()
    edge_address: bool = False  # aws:SourceIp is one of CloudFront's, not the viewer's

    def value(self, key: str) -> tuple[str, ...] | None:
        return self.present.get(key.lower())

    def is_unknown(self, key: str) -> bool:
        lowered = key.lower()
        if lowered in self.unknown or lowered.partition("/")[0] + "/" in self.unknown:
            return True
        return not (lowered in self.present or self._absent(lowered))

    def _absent(self, key: str) -> bool:
        return key in self.absent or key.startswith(_ABSENT_FAMILIES)


# Keys that a CloudFront or anonymous GET never carries.
_ABSENT_FAMILIES = (
    "aws:principaltag/", "aws:requesttag/", "s3:requestobjecttag/", "s3:x-amz-",
    "s3:dataaccesspoint", "aws:vpce", "aws:sourcevp",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Comparison:
    """One operator line of a condition, decided."""

    operator: str
    key: str
    wanted: tuple[str, ...]
    actual: tuple[str, ...] | None
    result: Truth


def _bool(wanted: str, actual: str) -> bool:
    return wanted.lower() == actual.lower()


def _arn_like(wanted: str, actual: str) -> bool:
    pattern, value = wanted.split(":", 5), actual.split(":", 5)
    if len(pattern) != 6 or len(value) != 6:
        return False
    return all(matches(p, v) for p, v in zip(pattern, value, strict=True))


def _number(compare: Callable[[float, float], bool]) -> Callable[[str, str], bool]:
    return lambda wanted, actual: compare(float(actual), float(wanted))


def _moment(text: str) -> datetime:
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return datetime.fromtimestamp(float(text), tz=UTC)
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _date(compare: Callable[[datetime, datetime], bool]) -> Callable[[str, str], bool]:
    return lambda wanted, actual: compare(_moment(actual), _moment(wanted))


_COMPARE: dict[str, tuple[Callable[[str, str], bool], bool]] = {
    "stringequals": (lambda w, a: w == a, False),
    "stringnotequals": (lambda w, a: w == a, True),
    "stringequalsignorecase": (lambda w, a: w.lower() == a.lower(), False),
    "stringnotequalsignorecase": (lambda w, a: w.lower() == a.lower(), True),
    "stringlike": (matches, False),
    "stringnotlike": (matches, True),
    "arnequals": (_arn_like, False),
    "arnlike": (_arn_like, False),
    "arnnotequals": (_arn_like, True),
    "arnnotlike": (_arn_like, True),
    "bool": (_bool, False),
    "binaryequals": (lambda w, a: w == a, False),
    "numericequals": (_number(lambda a, w: a == w), False),
    "numericnotequals": (_number(lambda a, w: a == w), True),
    "numericlessthan": (_number(lambda a, w: a < w), False),
    "numericlessthanequals": (_number(lambda a, w: a <= w), False),
    "numericgreaterthan": (_number(lambda a, w: a > w), False),
    "numericgreaterthanequals": (_number(lambda a, w: a >= w), False),
    "dateequals": (_date(lambda a, w: a == w), False),
    "datenotequals": (_date(lambda a, w: a == w), True),
    "datelessthan": (_date(lambda a, w: a < w), False),
    "datelessthanequals": (_date(lambda a, w: a <= w), False),
    "dategreaterthan": (_date(lambda a, w: a > w), False),
    "dategreaterthanequals": (_date(lambda a, w: a >= w), False),
}


def evaluate(condition: Mapping[str, Mapping[str, Any]], facts: KeyFacts) -> list[Comparison]:
    """Every operator line; all must be "yes" for the condition to hold."""
    lines = []
    for operator, keys in condition.items():
        for key, raw in keys.items():
            wanted = tuple(_word(v) for v in (raw if isinstance(raw, list | tuple) else [raw]))
            result = _decide(operator, key, wanted, facts)
            lines.append(Comparison(operator, key, wanted, facts.value(key), result))
    return lines


def _word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _decide(operator: str, key: str, wanted: Sequence[str], facts: KeyFacts) -> Truth:
    name = operator.lower()
    quantifier = ""
    if name.startswith(("forallvalues:", "foranyvalue:")):
        quantifier, name = name.split(":", 1)
    if_exists = name.endswith("ifexists")
    name = name.removesuffix("ifexists")
    actual = facts.value(key)
    if facts.is_unknown(key):
        return "unknown"
    if name == "null":
        return _yes((actual is None) == (bool(wanted) and wanted[0].lower() == "true"))
    if name in {"ipaddress", "notipaddress"}:
        return _address(name, wanted, actual, facts, if_exists=if_exists)
    return _decide_values(name, wanted, actual, quantifier, if_exists=if_exists)


def _decide_values(
    name: str,
    wanted: Sequence[str],
    actual: Sequence[str] | None,
    quantifier: str,
    *,
    if_exists: bool,
) -> Truth:
    if name not in _COMPARE:
        return "unknown"
    compare, negated = _COMPARE[name]
    if actual is None:
        return _yes(if_exists or (negated and not quantifier) or quantifier == "forallvalues")
    if any("${" in value for value in wanted):
        return "unknown"
    return _compare_all(compare, wanted, actual, quantifier, negated=negated)


def _compare_all(
    compare: Callable[[str, str], bool],
    wanted: Sequence[str],
    actual: Sequence[str],
    quantifier: str,
    *,
    negated: bool,
) -> Truth:
    try:
        hits = [any(compare(w, a) for w in wanted) != negated for a in actual]
    except (ValueError, OverflowError, OSError):
        return "unknown"  # a policy value that is no number or no date
    return _yes(all(hits) if quantifier == "forallvalues" else any(hits))


def _yes(value: bool) -> Truth:
    return "yes" if value else "no"


# Some of the addresses from which CloudFront reads origins (AWS ip-ranges, CLOUDFRONT).
_EDGE_NETWORKS = tuple(
    ipaddress.ip_network(text)
    for text in (
        "3.160.0.0/14", "3.164.0.0/18", "13.32.0.0/15", "13.35.0.0/16", "13.224.0.0/14",
        "13.249.0.0/16", "15.158.0.0/16", "18.64.0.0/14", "18.154.0.0/15", "18.160.0.0/15",
        "18.164.0.0/15", "18.172.0.0/15", "18.238.0.0/15", "18.244.0.0/15", "52.46.0.0/18",
        "52.84.0.0/15", "52.222.128.0/17", "54.182.0.0/16", "54.192.0.0/16", "54.230.0.0/16",
        "54.239.128.0/18", "54.239.192.0/19", "54.240.128.0/18", "64.252.64.0/18", "65.8.0.0/16",
        "65.9.0.0/17", "70.132.0.0/18", "71.152.0.0/17", "99.84.0.0/16", "99.86.0.0/16",
        "108.138.0.0/15", "108.156.0.0/14", "116.129.226.0/25", "130.176.0.0/16", "143.204.0.0/16",
        "144.220.0.0/16", "204.246.164.0/22", "204.246.168.0/22", "204.246.174.0/23",
        "204.246.176.0/20", "205.251.192.0/19", "205.251.249.0/24", "205.251.250.0/23",
        "205.251.252.0/23", "205.251.254.0/24", "216.137.32.0/19",
    )
)  # fmt: skip


def _address(
    name: str,
    wanted: Sequence[str],
    actual: Sequence[str] | None,
    facts: KeyFacts,
    *,
    if_exists: bool,
) -> Truth:
    negated = name == "notipaddress"
    if facts.edge_address:
        inside = _edge_inside(wanted)
        return "unknown" if inside is None else _yes(inside != negated)
    if actual is None:
        return _yes(negated or if_exists)
    try:
        here = ipaddress.ip_address(actual[0])
        inside = any(here in ipaddress.ip_network(text, strict=False) for text in wanted)
    except ValueError:
        return "unknown"
    return _yes(inside != negated)


def _edge_inside(wanted: Sequence[str]) -> bool | None:
    """Whether CloudFront's address is inside: None where a list overlaps CloudFront's ranges."""
    try:
        networks = [ipaddress.ip_network(text, strict=False) for text in wanted]
    except ValueError:
        return None
    if any(network.prefixlen == 0 for network in networks):
        return True
    for network in networks:
        if network.version == 4 and any(network.overlaps(edge) for edge in _EDGE_NETWORKS):
            return None
    return False
