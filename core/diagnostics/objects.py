"""What a bucket holds under a key: present, missing, deleted, archived; and who else is near."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import cached_property

from core.diagnostics.neighbours import COMMON, Folder, beside_folders, folder_and_name
from core.diagnostics.spelling import fold, stem_of
from core.model.delivery import Bucket, S3Object
from core.model.diagnosis import ObjectState

_ARCHIVES = {"GLACIER", "DEEP_ARCHIVE"}
_LARGE_FOLDER = 5000  # names among which no slip is looked for
_EXPIRY = re.compile(r'expiry-date="([^"]+)"')


class KeyIndex:
    """The current objects of one bucket, looked up exactly, by folded spelling or by last name."""

    def __init__(self, bucket: Bucket) -> None:
        self.bucket = bucket
        self._current: dict[str, S3Object] = {}
        self._deleted: dict[str, S3Object] = {}
        self._asked: tuple[str | None, Sequence[str]] = (None, ())
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

    def version(self, key: str, version_id: str) -> S3Object | None:
        return self._versions.get((key, version_id))

    @property
    def shows_versions(self) -> bool:
        """Whether the listing holds older versions, so that one that is not there is gone."""
        return any(not item.is_latest for item in self._versions.values())

    @cached_property
    def _versions(self) -> Mapping[tuple[str, str], S3Object]:
        return {(o.key, o.version_id): o for o in self.bucket.objects if o.version_id}

    def is_deleted(self, key: str) -> bool:
        """The newest version of the key is a delete marker (or only older versions are left)."""
        return key in self._deleted and key not in self._current

    def __iter__(self) -> Iterator[str]:
        return iter(self._current)

    def __len__(self) -> int:
        return len(self._current)

    @cached_property
    def by_fold(self) -> Mapping[str, Sequence[str]]:
        table: dict[str, list[str]] = defaultdict(list)
        for key in self._current:
            table[fold(key)].append(key)
        return table

    @cached_property
    def by_stem(self) -> Mapping[str, Sequence[str]]:
        """Folded keys without their extension."""
        table: dict[str, list[str]] = defaultdict(list)
        for key in self._current:
            table[stem_of(fold(key))].append(key)
        return table

    @cached_property
    def by_name(self) -> Mapping[str, Sequence[str]]:
        """Folded last segments."""
        table: dict[str, list[str]] = defaultdict(list)
        for key in self._current:
            table[fold(key).rsplit("/", 1)[-1]].append(key)
        return table

    @cached_property
    def by_folder(self) -> Mapping[str, Sequence[str]]:
        """Folded keys up to the last slash."""
        table: dict[str, list[str]] = defaultdict(list)
        for key in self._current:
            table[fold(key).rpartition("/")[0]].append(key)
        return table

    @cached_property
    def by_place(self) -> Mapping[str, Sequence[str]]:
        """Keys of a common name, by that name beside one of the two folders above it."""
        common = (keys for keys in self.by_name.values() if len(keys) > COMMON)
        return beside_folders(key for keys in common for key in keys)

    def alike(self, folded: str) -> Sequence[str]:
        """Keys with the last segment of a folded key; of a common name those in a like folder."""
        if self._asked[0] != folded:  # several rules ask for one name, one after the other
            self._asked = folded, self._alike(folded)
        return self._asked[1]

    def _alike(self, folded: str) -> Sequence[str]:
        same = self.by_name.get(folded.rsplit("/", 1)[-1], ())
        if len(same) <= COMMON:
            return tuple(same)
        found: dict[str, None] = {}
        for place in folder_and_name(folded):
            beside = self.by_place.get(place, ())
            if len(beside) <= COMMON:
                found.update(dict.fromkeys(beside))
        return tuple(found)

    def near(self, folded: str, word: str, *, whole: bool) -> Iterator[str]:
        """Keys in the same folder that may be two slips away; see `Folder.near`."""
        folder, _, name = folded.rpartition("/")
        keys = self.by_folder.get(folder, ())
        if not keys or len(keys) > _LARGE_FOLDER:
            return iter(())
        if folder not in self._folders:
            self._folders[folder] = Folder.of(keys)
        return self._folders[folder].near(name, word, whole=whole)

    @cached_property
    def _folders(self) -> dict[str, Folder]:
        return {}

    def any_below(self, folder: str) -> bool:
        """Whether a key begins with this folder and a slash."""
        return folder in self._prefixes

    @cached_property
    def _prefixes(self) -> set[str]:
        """Every key up to each of its slashes."""
        found: set[str] = set()
        for key in self:
            folder = key.rpartition("/")[0]
            while folder and folder not in found:
                found.add(folder)
                folder = folder.rpartition("/")[0]
        return found


def state_of(index: KeyIndex, key: str, now: datetime) -> tuple[ObjectState, S3Object | None]:
    """The state of a key, `UNKNOWN` where the listing does not reach it."""
    item = index.get(key)
    if item is not None:
        return (ObjectState.ARCHIVED if is_archived(item, now) else ObjectState.PRESENT), item
    if index.is_deleted(key):
        return ObjectState.DELETE_MARKER, None
    known = index.complete or key in index.bucket.missing_keys
    return (ObjectState.MISSING if known else ObjectState.UNKNOWN), None


def state_of_version(
    index: KeyIndex, key: str, version_id: str, now: datetime
) -> tuple[ObjectState, S3Object | None]:
    """The state of one version; of a listing without versions that of the key."""
    item = index.version(key, version_id)
    if item is not None and not item.deleted:
        return (ObjectState.ARCHIVED if is_archived(item, now) else ObjectState.PRESENT), item
    if item is not None:
        return ObjectState.DELETE_MARKER, None
    if index.shows_versions and index.complete:
        return ObjectState.MISSING, None
    return state_of(index, key, now)


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
