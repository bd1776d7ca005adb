"""Advice at one file: what is wrong with it, why that matters, and what can be done about it."""

from __future__ import annotations

from enum import StrEnum

from core.model.base import Noun


class AdviceLevel(StrEnum):
    FAIL = "fail"  # it does not do what it is for
    WARN = "warn"  # it works, and something about it should not stay so
    HINT = "hint"  # it could be better


class RepairKind(StrEnum):
    """What can be applied with one click."""

    HEADERS = "headers"  # the same bytes under the same key with the right headers
    CLEAN_KEY = "clean_key"  # the same bytes under another key; the old address ends
    NAME = "name"  # rename: key and address stay
    SMALLER = "smaller"  # coded anew as a new version; tried before it is applied
    PRIVATE = "private"  # only signed addresses work from then on


class Headers(Noun):
    """What S3 and so the CDN says of an object."""

    content_type: str = ""
    cache_control: str = ""
    content_disposition: str = ""


class AdviceChange(Noun):
    """One thing as it is and as the repair leaves it."""

    what: str
    before: str
    after: str


class SmallerOffer(Noun):
    """What coding a picture anew really gives, in bytes; nothing is changed by trying."""

    before: int
    after: int
    before_type: str
    after_type: str

    @property
    def worthwhile(self) -> bool:
        """Losses for less than a fifth are not worth it."""
        return self.after <= self.before * 0.8


class FileAdvice(Noun):
    """`repair` None: nothing that is safe to do by itself. `effect` says what else it does."""

    rule: str
    level: AdviceLevel
    sentence: str
    why: str
    repair: RepairKind | None = None
    changes: tuple[AdviceChange, ...] = ()
    effect: str = ""
