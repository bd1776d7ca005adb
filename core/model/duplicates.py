"""Files that are the same, or look the same, side by side for a person to decide."""

from __future__ import annotations

from enum import StrEnum

from core.model.base import Noun, UtcTime
from core.model.changes import Difference
from core.model.media import MediaFile


class DuplicateKind(StrEnum):
    EXACT = "exact"  # the same uploaded bytes
    SIMILAR = "similar"  # pictures that look alike


class Twin(Noun):
    """One file of a group. `distance` counts differing bits of 64 from the suggested one."""

    file: MediaFile
    distance: int
    stored: int  # bytes that deleting it for good would free
    differs: tuple[Difference, ...]  # from the suggested one


class DuplicateGroup(Noun):
    """`keep` is a suggestion with its reason; nothing is ever deleted by itself.

    `files` counts all of them, also those that are too many to be shown.
    """

    kind: DuplicateKind
    twins: tuple[Twin, ...]  # the suggested one first
    keep: str  # file id
    reason: str
    frees: int  # bytes, where all others go
    files: int
    kept: str = ""  # id of the decision that all of them stay


class DuplicatePage(Noun):
    """`unknown`: files that could not be compared.

    They are too large for a checksum, or pictures that have no fingerprint yet. `kept` counts the
    groups that the person keeps as they are: those are asked for by themselves.
    """

    items: tuple[DuplicateGroup, ...]
    total: int  # groups
    frees: int  # bytes in all groups
    unknown: int
    kept: int = 0
    complete: bool = True  # False where there were too many look-alikes to compare all


class KeptTogether(Noun):
    """That somebody looked at these files and keeps them all, until another one joins them."""

    id: str
    account_id: str
    file_ids: tuple[str, ...]
    decided_at: UtcTime
