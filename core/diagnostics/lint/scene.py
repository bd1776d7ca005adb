"""What a rule gets to see: facts that configuration and prose share, each with its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core.diagnostics.lint.document import Document, Spot
from core.model.delivery import AccountSnapshot, Statement
from core.model.pricing import PriceVerdict


@dataclass(frozen=True, slots=True)
class OriginAt:
    """One origin; `patterns` are the behaviours that lead to it, "*" is the default one."""

    spot: Spot
    bucket: str = ""
    path: str = ""
    identity: str = ""  # of an origin access identity
    patterns: tuple[str, ...] = ()
    rewritten: bool = False  # a function may change the path on the way


Role = Literal["listed", "record", "example"]


@dataclass(frozen=True, slots=True)
class KeyAt:
    """`listed` is what a bucket holds, `record` what a database remembers."""

    spot: Spot
    key: str
    role: Role = "example"
    bucket: str = ""

    @property
    def folder(self) -> str:
        return self.key.rpartition("/")[0]

    @property
    def name(self) -> str:
        return self.key.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class UrlAt:
    """`stored` is the attribute or sentence that keeps it; `cdn` says that CloudFront answers."""

    spot: Spot
    url: str
    stored: str = ""
    cdn: bool = False


@dataclass(frozen=True, slots=True)
class StatementAt:
    """One statement of a bucket's policy, or of an identity's where `bucket` is empty."""

    spot: Spot
    statement: Statement
    bucket: str = ""
    name: str = ""  # of the policy


@dataclass(frozen=True, slots=True)
class Scene:
    name: str
    snapshot: AccountSnapshot | None = None
    document: Document | None = None
    origins: tuple[OriginAt, ...] = ()
    keys: tuple[KeyAt, ...] = ()
    urls: tuple[UrlAt, ...] = ()
    statements: tuple[StatementAt, ...] = ()
    verdicts: tuple[PriceVerdict, ...] | None = None  # None: no price sheet was asked
