"""What an account keeps or does that may cost more than it has to, and what to do about it.

Neutral of who found it. `None` is unknown and never 0. Sizes are bytes.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from core.model.base import Noun
from core.model.pricing import Money, Number
from core.model.scenarios import Confidence, Risk

Kind = Literal[
    "stale_uploads", "noncurrent_versions", "missing_lifecycle", "idle_originals", "wrong_class",
    "duplicates", "uncached",
]  # fmt: skip


class BucketRules(Noun):
    """The lifecycle rules as S3 returns them; None: they could not be read."""

    bucket: str
    region: str
    rules: tuple[dict[str, Any], ...] | None = None


class AbandonedUploads(Noun):
    """Incomplete multipart uploads that are older than a week."""

    bucket: str
    region: str
    count: int
    bytes: int | None
    oldest_days: int | None = None


class OldVersions(Noun):
    bucket: str
    region: str
    storage_class: str = "STANDARD"
    objects: int
    bytes: int


class DuplicateObjects(Noun):
    """What could go if one of each group of equal objects stayed."""

    bucket: str
    region: str
    storage_class: str = "STANDARD"
    objects: int
    bytes: int
    groups: int
    examples: tuple[str, ...] = ()


class IdleOriginals(Noun):
    """Big originals below a folder that no edge delivered for `idle_days`."""

    bucket: str
    region: str
    storage_class: str = "STANDARD"
    prefix: str
    objects: int
    bytes: int
    idle_days: int
    examples: tuple[str, ...] = ()


class UncachedPath(Noun):
    """A URL that the edges keep asking the origin for. `cache_control` None: not known.

    `kept_seconds` is how long an edge may keep it, after the limits of the cache policy;
    `most_seconds` how long it would with the longest Cache-Control.
    """

    path: str
    bucket: str = ""
    key: str = ""
    region: str
    requests: int
    misses: int
    cache_control: str | None = None
    kept_seconds: int | None = None
    most_seconds: int | None = None
    headers: dict[str, Any] | None = None  # headers, class and encryption, as the API names them


class Waste(Noun):
    """None of a kind: nobody looked. Empty: looked, and found none."""

    rules: tuple[BucketRules, ...] = ()
    uploads: tuple[AbandonedUploads, ...] | None = None
    versions: tuple[OldVersions, ...] | None = None
    duplicates: tuple[DuplicateObjects, ...] | None = None
    idle: tuple[IdleOriginals, ...] | None = None
    uncached: tuple[UncachedPath, ...] | None = None
    why_not: dict[str, str] = Field(default_factory=dict)  # of a kind that is None


class ApiCall(Noun):
    """One call of AWS's API with all its parameters, as a person or a program can make it."""

    service: str
    operation: str
    parameters: dict[str, Any]


class Recommendation(Noun):
    """`saving` per month at list price; None: not known. What it costs once is `one_off`."""

    id: str
    kind: Kind
    subject: str  # bucket, prefix or URL
    title: str
    why: str
    saving: Money | None
    one_off: Money | None
    payback_months: Number | None
    risk: Risk
    risks: tuple[str, ...]
    confidence: Confidence
    change: tuple[ApiCall, ...]
    undo: str
    notes: tuple[str, ...] = ()


class Recommendations(Noun):
    """Largest saving first. Savings may overlap, so nobody adds them up."""

    period: str
    items: tuple[Recommendation, ...]
    not_looked_for: tuple[str, ...]
