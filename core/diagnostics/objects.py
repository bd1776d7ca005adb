"""What a bucket holds under a key: present, missing, deleted, archived; and who else is near."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import cached_property

from core.diagnostics.spelling import fold, stem_of
from core.model.delivery import Bucket, S3Object
from core.model.diagnosis import ObjectState

_ARCHIVES = {"GLACIER", "DEEP_ARCHIVE"}
_EXPIRY = re.compile(r'expiry-date="([^"]+)"')


class KeyIndex:
    """The current objects of one bucket, looked up exactly, by folded spelling or by last name."""

    def __init__(self, bucket: Bucket) -> None:
        self.bucket = bucket
        self._current: dict[str, S3Object] = {}
        self._deleted: dict[str, S3Object] = {}
        for item in bucket.objects:
            self._place(item)

    def _place(self, item: S3Object) -> None:
        if item.deleted:
            if item.is_latest:
                self._deleted[item.key] = item
        elif item.is_latest:
            self._current[item.key] = item
        elif item.key not in self._current:
            self._deleted.setdefault(item.key, item)

    @property
    def complete(self) -> bool:
        return self.bucket.read("objects") and self.bucket.listing_complete

    def get(self, key: str) -> S3Object | None:
        return self._current.get(key)

    def is_deleted(self, key: str) -> bool:
        """The newest version of the key is a delete marker (or only older versions are left)."""
        return key in self._deleted and key not in self._current

    def __iter__(self) -> Iterator[str]:
        return iter(self._current)

    def __len__(self) -> int:
        return len(self._current)

    @cached_property
    def by_fold(self) -> dict[str, list[str]]:
        table: dict[str, list[str]] = defaultdict(list)
        for key in self._current:
            table[fold(key)].append(key)
        return table

    @cached_property
    def by_stem(self) -> dict[str, list[str]]:
        """Folded keys without their extension."""
        table: dict[str, list[str]] = defaultdict(list)
        for key in self._current:
            table[stem_of(fold(key))].append(key)
        return table

    @cached_property
    def by_name(self) -> dict[str, list[str]]:
        """Folded last segments."""
        table: dict[str, list[str]] = defaultdict(list)
        for key in self._current:
            table[fold(key).rsplit("/", 1)[-1]].append(key)
        return table

    @cached_property
    def by_folder(self) -> dict[str, list[str]]:
        """Folded keys up to the last slash."""
        table: dict[str, list[str]] = defaultdict(list)
        for key in self._current:
            table[fold(key).rpartition("/")[0]].append(key)
        return table


def state_of(index: KeyIndex, key: str, now: datetime) -> tuple[ObjectState, S3Object | None]:
    """The state of a key, `UNKNOWN` where the listing does not reach it."""
    item = index.get(key)
    if item is not None:
        return (ObjectState.ARCHIVED if is_archived(item, now) else ObjectState.PRESENT), item
    if index.is_deleted(key):
        return ObjectState.DELETE_MARKER, None
    known = index.complete or key in index.bucket.missing_keys
    return (ObjectState.MISSING if known else ObjectState.UNKNOWN), None


def is_archived(item: S3Object, now: datetime) -> bool:
    """Not readable without a restore. GLACIER_IR is readable at once."""
    archived = (item.storage_class or "") in _ARCHIVES or bool(item.archive_status)
    return archived and not is_restored(item, now)


def is_restored(item: S3Object, now: datetime) -> bool:
    text = item.restore or ""
    if not text or 'ongoing-request="true"' in text:
        return False
    found = _EXPIRY.search(text)
    if not found:
        return True
    try:
        return parsedate_to_datetime(found[1]) > now
    except (TypeError, ValueError):
        return False


def is_restoring(item: S3Object) -> bool:
    return 'ongoing-request="true"' in (item.restore or "")
