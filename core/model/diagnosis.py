"""The report of one diagnosis, field by field as the contract has it."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Literal

from pydantic import ConfigDict, Field

from core.model.base import Noun, UtcTime


class Confidence(StrEnum):
    CERTAIN = "certain"
    LIKELY = "likely"
    POSSIBLE = "possible"
    UNKNOWN = "unknown"


class ObjectState(StrEnum):
    PRESENT = "present"
    MISSING = "missing"
    DELETE_MARKER = "delete_marker"
    ARCHIVED = "archived"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"


class ServedBy(StrEnum):
    S3 = "s3"
    CLOUDFRONT = "cloudfront"
    CACHE = "cache"
    CUSTOM_ERROR_PAGE = "custom-error-page"
    S3_WEBSITE = "s3-website"
    FUNCTION = "function"
    NONE = "none"
    UNKNOWN = "unknown"


class FixType(StrEnum):
    CORRECT_URL = "correct_url"
    FIX_DB_RECORD = "fix_db_record"
    COPY_OBJECT = "copy_object"
    POLICY_PATCH = "policy_patch"
    KMS_POLICY_PATCH = "kms_policy_patch"
    CONFIG_CHANGE = "config_change"
    INVALIDATE = "invalidate"
    FUNCTION_CHANGE = "function_change"
    SIGN_URL = "sign_url"
    RESTORE = "restore"
    REUPLOAD = "reupload"
    CLIENT_CHANGE = "client_change"
    CHOOSE_CANDIDATE = "choose_candidate"
    WAIT = "wait"


Step = Literal[
    "db", "dns", "tls", "distribution", "viewer", "signed", "behavior", "function", "cache",
    "origin", "key", "object", "access", "kms", "response",
]  # fmt: skip
Outcome = Literal["ok", "changed", "fail", "unknown", "skipped"]


class Evidence(Noun):
    """One fact of the snapshot: the API call that tells it, where in the answer, and the value."""

    api: str
    path: str
    value: Any = None


class ParsedUrl(Noun):
    host: str = ""
    raw_path: str = ""
    match_path: str = ""
    query: str = ""
    fragment_dropped: str = ""


class ReportInput(Noun):
    url: str
    method: str = "GET"
    parsed: ParsedUrl = ParsedUrl()


class Verdict(Noun):
    """What a viewer gets and why; `also` holds every further fault in pipeline order."""

    predicted_status: int | None = None
    observed_status: int | None = None
    agrees: bool | None = None
    primary_cause: str
    also: tuple[str, ...] = ()
    sentence: str
    confidence: Confidence
    why_this_confidence: tuple[str, ...] = ()


class Resolved(Noun):
    """Where the request ends up. Empty where the request never gets that far."""

    distribution_id: str | None = None
    behavior_pattern: str | None = None
    origin_id: str | None = None
    bucket: str | None = None
    key: str | None = None
    object_state: ObjectState = ObjectState.UNKNOWN
    served_by: ServedBy = ServedBy.UNKNOWN
    error_code: str | None = None


class TraceStep(Noun):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    step: Step
    outcome: Outcome
    before: str = Field("", alias="in")
    after: str = Field("", alias="out")
    because: str = ""
    evidence: tuple[Evidence, ...] = ()
    doc: str = ""


class Finding(Noun):
    """One cause that was found, with its sentence and its proof."""

    cause: str
    step: Step
    sentence: str
    evidence: tuple[Evidence, ...] = ()
    doc: str = ""
    confidence: Confidence = Confidence.CERTAIN


class Candidate(Noun):
    """An object that may have been meant. `score` is comparable within one report."""

    bucket: str
    key: str
    score: float
    confidence: Confidence
    transform: str
    reasons: tuple[str, ...] = ()
    state: ObjectState = ObjectState.PRESENT
    content_type: str | None = None
    owner_match: Literal["same", "unknown"] = "unknown"
    reachable_url: str | None = None
    retrace_status: int | None = None


class DryRun(Noun):
    before: Any = None
    after: Any = None
    diff: str = ""
    retrace_status: int | None = None
    retrace_content_type: str | None = None
    after_cache: str = ""  # what the edge may still keep, and until when, before that status shows
    decisions: dict[str, str] = Field(default_factory=dict)  # who reads: before -> after


class BlastRadius(Noun):
    records_same_pattern: int | None = None
    other_urls_changed: int | None = None
    public_exposure_change: Literal["none", "less"] = "none"


class Fix(Noun):
    id: str
    type: FixType
    title: str
    preferred: bool = False
    dry_run: DryRun = DryRun()
    blast_radius: BlastRadius = BlastRadius()
    needs: tuple[str, ...] = ()  # permissions of the one who applies it
    rollback: str = ""
    cost_note: str = ""


class UnknownFact(Noun):
    what: str
    because: str
    effect: str = ""


class Siblings(Noun):
    """Other URLs or objects that share the fault's pattern, as far as the snapshot shows."""

    pattern: str = ""
    count: int = 0
    sample: tuple[str, ...] = ()


class UrlDiagnosis(Noun):
    report_version: int = 1
    id: str = ""
    input: ReportInput
    verdict: Verdict
    resolved: Resolved
    trace: tuple[TraceStep, ...] = ()
    findings: tuple[Finding, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    fixes: tuple[Fix, ...] = ()
    unknowns: tuple[UnknownFact, ...] = ()
    siblings: Siblings = Siblings()

    def report(self) -> dict[str, Any]:
        """The JSON shape of the contract (`in` and `out` instead of Python-safe names)."""
        return self.model_dump(mode="json", by_alias=True)


class ReportedUrl(Noun):
    """A URL that somebody said does not work; `record` is the row that holds it, if known."""

    id: str
    url: str
    note: str = ""
    record: dict[str, Any] | None = None
    reported_by: str = ""
    reported_at: UtcTime
