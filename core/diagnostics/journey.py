"""What a request met on its way: plain data that the stages fill and the rules read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from core.diagnostics.access import AccessOutcome, Caller, Signing
from core.diagnostics.edge.firewall import WafResult
from core.diagnostics.edge.functions import FunctionResult
from core.diagnostics.edge.policies import Forwarding
from core.diagnostics.edge.signed import SignedCheck
from core.diagnostics.origins import Endpoint
from core.diagnostics.routing import HostMatch
from core.diagnostics.urls import RequestUrl
from core.model.delivery import (
    AccountSnapshot,
    Bucket,
    CacheBehavior,
    CloudFrontFunction,
    Distribution,
    EdgeEntry,
    Origin,
    OriginGroup,
    S3Object,
)
from core.model.diagnosis import (
    Evidence,
    ObjectState,
    Outcome,
    ServedBy,
    Step,
    TraceStep,
    UnknownFact,
)

DOCS = "https://docs.aws.amazon.com/"
CLOUDFRONT_DOCS = DOCS + "AmazonCloudFront/latest/DeveloperGuide/"
S3_DOCS = DOCS + "AmazonS3/latest/"


@dataclass(frozen=True, slots=True)
class Stop:
    """One place where the request fails. `status` is None where nothing answers in HTTP.

    `undecided`: the snapshot can't tell whether the request gets past this place.
    """

    step: Step
    tag: str  # what happened, for the rules
    status: int | None
    served_by: ServedBy
    code: str | None = None
    undecided: bool = False
    detail: str = ""


@dataclass(slots=True)
class Log:
    """Steps, stops and unknowns of one stage, in order."""

    steps: list[TraceStep] = field(default_factory=list)
    stops: list[Stop] = field(default_factory=list)
    unknowns: list[UnknownFact] = field(default_factory=list)

    def step(
        self, step: Step, outcome: Outcome, because: str, *, before: str = "", after: str = "",
        evidence: tuple[Evidence, ...] = (), doc: str = "",
    ) -> None:  # fmt: skip
        self.steps.append(
            TraceStep(
                step=step,
                outcome=outcome,
                before=before,
                after=after,
                because=because,
                evidence=evidence,
                doc=doc,
            )
        )

    def stop(
        self, stop: Stop, because: str, *, evidence: tuple[Evidence, ...] = (), doc: str = ""
    ) -> None:
        self.stops.append(stop)
        outcome: Outcome = "unknown" if stop.undecided else "fail"
        self.step(stop.step, outcome, because, evidence=evidence, doc=doc)

    def unknown(self, what: str, because: str, effect: str = "") -> None:
        self.unknowns.append(UnknownFact(what=what, because=because, effect=effect))


@dataclass(slots=True)
class Visit:
    """One origin asked for one path."""

    origin: Origin
    endpoint: Endpoint
    uri: str
    log: Log
    place: int = 0  # of the origin in the distribution's list
    signing: Signing = "none"
    caller: Caller | None = None
    bucket_name: str = ""
    bucket: Bucket | None = None
    key: str | None = None
    state: ObjectState = ObjectState.UNKNOWN
    item: S3Object | None = None
    access: AccessOutcome | None = None
    content_type: str | None = None
    redirect: str = ""
    redirect_status: int = 302
    listing: bool = False

    @property
    def stop(self) -> Stop | None:
        return self.log.stops[0] if self.log.stops else None

    @property
    def status(self) -> int | None:
        return self.stop.status if self.stop else (self.redirect_status if self.redirect else 200)


@dataclass(slots=True)
class FunctionRun:
    function: CloudFrontFunction | None
    arn: str
    event_type: str
    result: FunctionResult


@dataclass(slots=True)
class Journey:
    """The whole way of one request, failed or not."""

    snapshot: AccountSnapshot
    url: RequestUrl
    method: str
    log: Log = field(default_factory=Log)
    host: HostMatch | None = None
    distribution: Distribution | None = None
    behavior: CacheBehavior | None = None
    group: OriginGroup | None = None
    origin: Origin | None = None
    forwarding: Forwarding | None = None
    waf: WafResult | None = None
    signed: SignedCheck | None = None
    runs: list[FunctionRun] = field(default_factory=list)
    uri: str = ""  # what goes to the origin, before the origin path
    query: str = ""
    edge: EdgeEntry | None = None
    visit: Visit | None = None
    failover: Visit | None = None
    error_page: Visit | None = None
    error_rule: Any = None
    direct: bool = False  # the URL names S3 itself
    status: int | None = None
    served_by: ServedBy = ServedBy.UNKNOWN
    code: str | None = None
    content_type: str | None = None
    from_cache: bool = False
    origin_status: int | None = None

    @property
    def stops(self) -> list[Stop]:
        """Every failure in pipeline order."""
        return self.log.stops + (self.visit.log.stops if self.visit else [])

    @property
    def first(self) -> Stop | None:
        return self.stops[0] if self.stops else None

    def stopped(self, tag: str) -> Stop | None:
        for log in (self.log, self.visit.log) if self.visit else (self.log,):
            for stop in log.stops:
                if stop.tag == tag:
                    return stop
        return None

    @property
    def final(self) -> Visit | None:
        """The visit whose answer counts: the failover's where it was used."""
        return self.failover or self.visit

    @property
    def missing(self) -> bool:
        return self.visit is not None and self.visit.state is ObjectState.MISSING

    @property
    def ok(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def evidence(api: str, path: str, value: Any) -> tuple[Evidence, ...]:
    return (Evidence(api=api, path=path, value=value),)


def place_of(journey: Journey, field: str) -> str:
    """The path of a field of the request's behaviour in cloudfront:GetDistribution's answer."""
    taken, owner = journey.behavior, journey.distribution
    listed = owner.config.cache_behaviors if owner else ()
    where = "DefaultCacheBehavior"
    if taken is not None and taken in listed:
        where = f"CacheBehaviors.Items[{listed.index(taken)}]"
    return f"DistributionConfig.{where}.{field}"
