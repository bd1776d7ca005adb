"""One principal against one resource policy: which statement decides, which element differs.

Deny wins. Unknown operators, policy variables and condition keys that the snapshot can't tell give
"unknown", which is never rounded to allow or deny.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from core.diagnostics.conditions import Comparison, KeyFacts, Truth, evaluate
from core.model.delivery import BucketPolicy, Statement
from core.model.wildcards import matches

Effect = Literal["allow", "deny", "unknown"]
CLOUDFRONT_SERVICE = "cloudfront.amazonaws.com"
_OAI_ARN = "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity "


@dataclass(frozen=True, slots=True)
class Principal:
    """`oac` is the service principal, `oai` an origin access identity, `anonymous` everybody.

    `signer` is somebody with an identity of their own that nobody told us: a presigned URL.
    """

    kind: Literal["oac", "oai", "anonymous", "signer"]
    identity: str = ""  # of the origin access identity
    canonical_id: str = ""

    @property
    def label(self) -> str:
        if self.kind == "oac":
            return CLOUDFRONT_SERVICE
        return _OAI_ARN + self.identity if self.kind == "oai" else self.kind


@dataclass(frozen=True, slots=True)
class PolicyRequest:
    principal: Principal
    action: str
    resource: str
    facts: KeyFacts


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Why a statement does not apply: the element, what it wants, what the request has."""

    element: Literal["Principal", "Action", "Resource", "Condition"]
    wanted: tuple[str, ...]
    actual: str
    operator: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class MatchedRule:
    """One statement, decided. `decisive` marks the one that settles the whole policy."""

    index: int
    statement: Statement
    applies: Truth
    mismatches: tuple[Mismatch, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    decisive: bool = False

    @property
    def sid(self) -> str:
        return self.statement.sid or f"statement {self.index + 1}"

    @property
    def effect(self) -> str:
        return self.statement.effect

    @property
    def reason(self) -> str:
        if self.applies == "yes":
            return f"{self.sid}: {self.effect} applies"
        if self.applies == "unknown":
            return f"{self.sid}: can't be decided from what was read"
        first = self.mismatches[0]
        name = first.key or first.element
        return f"{self.sid}: {name} is {', '.join(first.wanted)}; this request has {first.actual}"


@dataclass(frozen=True, slots=True)
class AccessDecision:
    effect: Effect
    explicit: bool
    matched_rules: tuple[MatchedRule, ...]
    summary: str

    @property
    def decisive(self) -> MatchedRule | None:
        return next((rule for rule in self.matched_rules if rule.decisive), None)


def decide(policy: BucketPolicy | None, request: PolicyRequest) -> AccessDecision:
    """Explicit deny, else allow, else implicit deny; undecided statements make it unknown."""
    statements = policy.statement if policy else ()
    rules = [judge(i, statement, request) for i, statement in enumerate(statements)]
    denied = [r for r in rules if r.effect == "Deny" and r.applies == "yes"]
    maybe_denied = [r for r in rules if r.effect == "Deny" and r.applies == "unknown"]
    allowed = [r for r in rules if r.effect == "Allow" and r.applies == "yes"]
    maybe_allowed = [r for r in rules if r.effect == "Allow" and r.applies == "unknown"]
    if denied:
        return _decision("deny", denied[0], rules, explicit=True)
    if allowed and not maybe_denied:
        return _decision("allow", allowed[0], rules)
    if maybe_denied or maybe_allowed:
        if maybe_denied and not (allowed or maybe_allowed):
            return _decision("deny", None, rules)
        return _decision("unknown", (maybe_denied or maybe_allowed)[0], rules)
    return _decision("deny", None, rules)


def _decision(
    effect: Effect,
    decisive: MatchedRule | None,
    rules: list[MatchedRule],
    *,
    explicit: bool = False,
) -> AccessDecision:
    marked = tuple(
        MatchedRule(r.index, r.statement, r.applies, r.mismatches, r.comparisons, decisive=True)
        if r is decisive
        else r
        for r in rules
    )
    summary = decisive.reason if decisive else _nearest(rules)
    return AccessDecision(effect, explicit, marked, summary)


def _nearest(rules: list[MatchedRule]) -> str:
    """Why the Allow that comes nearest does not apply."""
    near = [
        r for r in rules
        if r.effect == "Allow" and r.applies == "no"
        and all(m.element != "Principal" for m in r.mismatches)
    ]  # fmt: skip
    if not near:
        return "No statement allows it"
    return "No statement allows it. " + min(near, key=lambda r: len(r.mismatches)).reason


def judge(index: int, statement: Statement, request: PolicyRequest) -> MatchedRule:
    """Compare one statement element by element, so that every difference is named."""
    mismatches: list[Mismatch] = []
    truths: list[Truth] = [_principal(statement, request.principal, mismatches)]
    truths.append(_action(statement, request.action, mismatches))
    truths.append(_resource(statement, request.resource, mismatches))
    lines = tuple(evaluate(statement.condition, request.facts))
    for line in lines:
        truths.append(line.result)
        if line.result == "no":
            mismatches.append(_condition_mismatch(line, request.facts))
    if "no" in truths:
        return MatchedRule(index, statement, "no", tuple(mismatches), lines)
    applies: Truth = "unknown" if "unknown" in truths else "yes"
    return MatchedRule(index, statement, applies, (), lines)


def _condition_mismatch(line: Comparison, facts: KeyFacts) -> Mismatch:
    absent = "one of CloudFront's own addresses" if facts.edge_address else "no value"
    if line.key.lower() != "aws:sourceip":
        absent = "no value"
    actual = ", ".join(line.actual) if line.actual else absent
    return Mismatch("Condition", line.wanted, actual, line.operator, line.key)


# --- the statement that was meant for this caller --------------------------------------------

_WEIGHT = {"Condition": 1.0, "Resource": 1.1, "Action": 1.2, "Principal": 3.0}
_OWN = 0.3  # a statement that names this very distribution comes before one for another


def closest_allow(rules: Sequence[MatchedRule]) -> MatchedRule | None:
    """The Allow statement for this very caller that fails in the fewest elements."""
    named = [
        rule
        for rule in rules
        if rule.effect == "Allow"
        and rule.applies == "no"
        and not any(m.element == "Principal" for m in rule.mismatches)
        and not is_listing_only(rule)
    ]
    return min(named, key=lambda rule: (_distance(rule), rule.index), default=None)


def _distance(rule: MatchedRule) -> float:
    own = any(line.key.lower() == "aws:sourcearn" and line.result == "yes"
              for line in rule.comparisons)  # fmt: skip
    return sum(_WEIGHT[m.element] for m in rule.mismatches) - (_OWN if own else 0)


def is_listing_only(rule: MatchedRule) -> bool:
    """A statement that allows listing says nothing about reading, unless it stands alone."""
    actions = {action.lower() for action in rule.statement.action}
    on_bucket = all("/" not in r.split(":::")[-1] for r in rule.statement.resource)
    return bool(actions) and actions <= {"s3:listbucket", "s3:getbucketlocation"} and on_bucket


def is_identity(kind: str, value: str) -> bool:
    """Whether a principal is, or was, an origin access identity (deleted ones show as AIDA…)."""
    if kind == "AWS":
        return "Origin Access Identity" in value or value.startswith("AIDA")
    return kind == "CanonicalUser"


def denials(decision: AccessDecision) -> tuple[MatchedRule, ...]:
    """Every Deny that applies: lifting one of two changes nothing."""
    return tuple(r for r in decision.matched_rules if r.effect == "Deny" and r.applies == "yes")


# --- Principal ------------------------------------------------------------------------------


def principal_names(principal: Any) -> tuple[tuple[str, str], ...]:
    """(type, value) pairs of a Principal element; "*" stands for everybody."""
    if isinstance(principal, str):
        return (("AWS", principal),)
    if not isinstance(principal, dict):
        return ()
    pairs: list[tuple[str, str]] = []
    for kind, values in principal.items():
        listed = values if isinstance(values, list | tuple) else [values]
        pairs.extend((str(kind), str(value)) for value in listed)
    return tuple(pairs)


def _principal(statement: Statement, who: Principal, out: list[Mismatch]) -> Truth:
    negated = statement.not_principal is not None
    names = principal_names(statement.not_principal if negated else statement.principal)
    results = [_names(kind, value, who) for kind, value in names]
    found: Truth = "yes" if "yes" in results else "unknown" if "unknown" in results else "no"
    if negated and found != "unknown":
        found = "no" if found == "yes" else "yes"
    if found == "no":
        out.append(Mismatch("Principal", tuple(value for _, value in names), who.label))
    return found


def _names(kind: str, value: str, who: Principal) -> Truth:
    if kind == "Service":
        return "yes" if who.kind == "oac" and value == CLOUDFRONT_SERVICE else "no"
    if kind == "AWS":
        mine = who.kind == "oai" and "cloudfront" in value
        hit = value == "*" or (mine and value.rsplit(" ", 1)[-1] == who.identity)
        return "yes" if hit else "unknown" if who.kind == "signer" else "no"
    if kind != "CanonicalUser" or who.kind != "oai":
        return "no"
    if not who.canonical_id:
        return "unknown"
    return "yes" if value == who.canonical_id else "no"


# --- Action and Resource --------------------------------------------------------------------


def _action(statement: Statement, action: str, out: list[Mismatch]) -> Truth:
    negated = bool(statement.not_action)
    wanted = statement.not_action if negated else statement.action
    hit = any(matches(pattern.lower(), action.lower()) for pattern in wanted)
    if hit != negated:
        return "yes"
    out.append(Mismatch("Action", wanted, action))
    return "no"


def _resource(statement: Statement, resource: str, out: list[Mismatch]) -> Truth:
    negated = bool(statement.not_resource)
    wanted = statement.not_resource if negated else statement.resource
    plain = [pattern for pattern in wanted if "${" not in pattern]
    hit = any(matches(pattern, resource) for pattern in plain)
    if not hit and len(plain) < len(wanted):
        return "unknown"
    if hit != negated:
        return "yes"
    out.append(Mismatch("Resource", wanted, resource))
    return "no"


# --- public policies ------------------------------------------------------------------------

_FIXING_KEYS = frozenset(
    {
        "aws:sourcearn", "aws:sourcevpc", "aws:sourcevpce", "aws:sourceowner", "aws:sourceaccount",
        "aws:sourceorgid", "aws:sourceorgpaths", "aws:principalorgid", "aws:principalorgpaths",
        "aws:userid", "aws:principalarn", "aws:principalaccount", "s3:dataaccesspointarn",
        "s3:dataaccesspointaccount", "s3:x-amz-server-side-encryption-aws-kms-key-id",
        "aws:viaawsservice", "aws:principalisawsservice",
    }
)  # fmt: skip


def is_public(policy: BucketPolicy | None) -> bool:
    """S3's meaning of a public policy: an Allow for everybody that no fixed value narrows."""
    return any(_grants_everybody(s) for s in policy.statement) if policy else False


def _grants_everybody(statement: Statement) -> bool:
    if statement.effect != "Allow":
        return False
    everybody = statement.not_principal is not None or any(
        value == "*" for _, value in principal_names(statement.principal)
    )
    return everybody and not any(
        _fixes(operator, key, values)
        for operator, keys in statement.condition.items()
        for key, values in keys.items()
    )


def _fixes(operator: str, key: str, values: Any) -> bool:
    if "not" in operator.lower() or operator.lower() == "null":
        return False
    listed = [str(v) for v in (values if isinstance(values, list | tuple) else [values])]
    if key.lower() == "aws:sourceip":
        return all(not text.endswith("/0") for text in listed)
    return key.lower() in _FIXING_KEYS and not any(has_variable(text) for text in listed)


def has_variable(text: str) -> bool:
    return "*" in text or "${" in text
