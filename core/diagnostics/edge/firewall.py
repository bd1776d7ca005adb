"""AWS WAF rules in their order, as far as data can decide them; the rest is unknown."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from core.diagnostics.conditions import Truth
from core.diagnostics.edge.javascript import matches_regex
from core.diagnostics.urls import RequestUrl, whole_number
from core.model.delivery import AccountSnapshot, mapping, rows

_MAX_REGEX = 512  # the quota of AWS WAF


@dataclass(frozen=True, slots=True)
class WafResult:
    action: Literal["allow", "block", "challenge", "unknown"]
    rule: str = ""
    because: str = ""
    status: int = 403  # what a viewer gets where the request is not let through


def find_acl(snapshot: AccountSnapshot, acl_id: str) -> dict[str, Any] | None:
    for acl in snapshot.web_acls:
        if acl_id in [acl.get(name) for name in ("ARN", "Arn", "Id", "WebACLId")]:
            return acl
    return None


def judge(snapshot: AccountSnapshot, acl: dict[str, Any], url: RequestUrl) -> WafResult:
    """The first rule with a final action wins; an undecided blocking rule leaves it unknown."""
    request = _Request(snapshot, url)
    blocked = next((s for s in rows(acl.get("SampledRequests")) if request.was_blocked(s)), None)
    if blocked is not None:
        return WafResult("block", str(blocked.get("RuleNameWithinRuleGroup") or "a rule"))
    unsure = WafResult("allow")
    for rule in sorted(rows(acl.get("Rules")), key=_priority):
        found = request.statement(mapping(rule.get("Statement")))
        action = _action(rule)
        name = str(rule.get("Name", "rule"))
        if found == "unknown" and action in {"block", "challenge"}:
            unsure = WafResult("unknown", name, "the rule can't be decided from what was read")
        if found == "yes" and action:
            done = WafResult(action, name, status=_status(rule.get("Action")))
            return unsure if unsure.action == "unknown" else done
    if unsure.action == "unknown":
        return unsure
    default = acl.get("DefaultAction")
    return (
        WafResult("block", "the default action", status=_status(default))
        if "Block" in _words(default)
        else WafResult("allow")
    )


def _words(action: Any) -> frozenset[str]:
    """{"Block": {}} or "Block"."""
    if isinstance(action, str):
        return frozenset({action.title()})
    return frozenset(action) if isinstance(action, dict) else frozenset()


def _status(action: Any) -> int:
    """CAPTCHA asks with 405, Challenge with 202, Block with 403 or a status of one's own."""
    words = _words(action)
    if "Captcha" in words:
        return 405
    if "Challenge" in words:
        return 202
    block = mapping(mapping(action).get("Block"))
    return whole_number(str(mapping(block.get("CustomResponse")).get("ResponseCode"))) or 403


def _priority(rule: dict[str, Any]) -> int:
    value = rule.get("Priority")
    return value if isinstance(value, int) else 0


def _action(rule: dict[str, Any]) -> Literal["allow", "block", "challenge"] | None:
    action, override = _words(rule.get("Action")), _words(rule.get("OverrideAction"))
    if "Count" in action or "Count" in override:
        return None
    if "Allow" in action:
        return "allow"
    if "Captcha" in action or "Challenge" in action:
        return "challenge"
    return "block" if "Block" in action or override else None


@dataclass(slots=True)
class _Request:
    snapshot: AccountSnapshot
    url: RequestUrl

    def was_blocked(self, sample: dict[str, Any]) -> bool:
        """Whether this is the sample of such a request; one that names none is of this one."""
        shown, viewer = mapping(sample.get("Request")), self.snapshot.request.viewer
        here = {"URI": self.url.raw_path, "ClientIP": viewer.ip, "Country": viewer.country}
        same = all(shown.get(name) in {None, value} for name, value in here.items())
        return same and str(sample.get("Action", "")).upper() == "BLOCK"

    def statement(self, statement: dict[str, Any]) -> Truth:
        """One WAF statement, three-valued; unknown kinds stay unknown."""
        results = [self._one(kind, body) for kind, body in statement.items()]
        return _and(results) if results else "unknown"

    def _one(self, kind: str, body: Any) -> Truth:
        name = kind.removesuffix("Statement").removesuffix("Reference")
        rules: dict[str, Callable[[Any], Truth]] = {
            "IPSet": self._ip_set, "GeoMatch": self._geo, "ByteMatch": self._bytes,
            "RegexMatch": self._regex, "Not": self._not, "And": self._and, "Or": self._or,
            "SizeConstraint": self._size,
        }  # fmt: skip
        rule = rules.get(name)
        return rule(body) if rule else "unknown"

    def _ip_set(self, body: Any) -> Truth:
        addresses = body
        if isinstance(body, dict):
            addresses = body.get("Addresses") or self._referenced(str(body.get("ARN", "")))
        here = self.snapshot.request.viewer.ip
        if not isinstance(addresses, list | tuple) or here is None:
            return "unknown"
        try:
            place = ipaddress.ip_address(here)
            inside = any(place in ipaddress.ip_network(str(a), strict=False) for a in addresses)
        except ValueError:
            return "unknown"
        return "yes" if inside else "no"

    def _referenced(self, arn: str) -> list[str] | None:
        for ip_set in self.snapshot.ip_sets:
            if ip_set.get("ARN") == arn:
                return [str(a) for a in ip_set.get("Addresses") or []]
        return None

    def _geo(self, body: Any) -> Truth:
        codes = body.get("CountryCodes") if isinstance(body, dict) else body
        country = self.snapshot.request.viewer.country
        if not isinstance(codes, list | tuple) or country is None:
            return "unknown"
        return "yes" if country in codes else "no"

    def _field(self, body: dict[str, Any]) -> str | None:
        field = mapping(body.get("FieldToMatch"))
        request = self.snapshot.request
        if "UriPath" in field:
            return self.url.raw_path
        if "QueryString" in field:
            return self.url.query
        if "Method" in field:
            return request.method
        if "SingleHeader" in field:
            return request.header(str(mapping(field["SingleHeader"]).get("Name", ""))) or ""
        return None

    def _bytes(self, body: Any) -> Truth:
        value = self._field(body) if isinstance(body, dict) else None
        if value is None:
            return "unknown"
        wanted = _search_string(body.get("SearchString", ""))
        if any("LOWERCASE" in str(t.get("Type")) for t in rows(body.get("TextTransformations"))):
            value = value.lower()
        checks: dict[str, bool] = {
            "EXACTLY": value == wanted, "STARTS_WITH": value.startswith(wanted),
            "ENDS_WITH": value.endswith(wanted), "CONTAINS": wanted in value,
            "CONTAINS_WORD": re.search(rf"\b{re.escape(wanted)}\b", value) is not None,
        }  # fmt: skip
        return "yes" if checks.get(str(body.get("PositionalConstraint")), False) else "no"

    def _regex(self, body: Any) -> Truth:
        value = self._field(body) if isinstance(body, dict) else None
        pattern = str(body.get("RegexString", "")) if isinstance(body, dict) else ""
        if value is None or not pattern or len(pattern) > _MAX_REGEX:
            return "unknown"
        found = matches_regex(pattern, value)
        return "unknown" if found is None else "yes" if found else "no"

    def _size(self, body: Any) -> Truth:
        value = self._field(body) if isinstance(body, dict) else None
        if value is None:
            return "unknown"
        here, size = len(value.encode()), body.get("Size", 0)
        if not isinstance(size, int):
            return "unknown"
        checks = {
            "EQ": here == size, "NE": here != size, "LE": here <= size, "LT": here < size,
            "GE": here >= size, "GT": here > size,
        }  # fmt: skip
        return "yes" if checks.get(str(body.get("ComparisonOperator")), False) else "no"

    def _not(self, body: Any) -> Truth:
        inner = self.statement(mapping(mapping(body).get("Statement")))
        return {"yes": "no", "no": "yes"}.get(inner, "unknown")  # type: ignore[return-value]

    def _and(self, body: Any) -> Truth:
        return _and([self.statement(s) for s in rows(mapping(body).get("Statements"))])

    def _or(self, body: Any) -> Truth:
        results = [self.statement(s) for s in rows(mapping(body).get("Statements"))]
        return "yes" if "yes" in results else "unknown" if "unknown" in results else "no"


def _and(results: list[Truth]) -> Truth:
    return "no" if "no" in results else "unknown" if "unknown" in results else "yes"


def _search_string(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace")
    text = str(value)
    if len(text) % 4 == 0 and re.fullmatch(r"[A-Za-z0-9+/]+=+", text):
        try:
            return base64.b64decode(text).decode()
        except (binascii.Error, UnicodeDecodeError):
            return text
    return text
