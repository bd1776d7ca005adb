"""Which records name an object: asked before it is deleted, and where people look what uses it.

New files have folders of their own; objects of older records may lie anywhere, and be named twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Collection as Several
from urllib.parse import unquote, urlsplit

from core.errors import AwsUnavailable
from core.model.identity import Account
from core.model.media import MediaFile
from core.model.object_names import outside_keys, owner_in
from core.model.progress import ProgressPhoto
from core.model.versions import objects
from core.stores.account_records import AccountRecords
from core.stores.files import file_records
from core.stores.records import RecordStore
from core.stores.search_index import SearchIndex

AVATARS, PHOTOS = "avatars/", "progress-photos/"
_LARGE, _SMALL = "512.jpg", "128.jpg"


class ObjectUses:
    """Without an index every file's record is read for an answer."""

    def __init__(self, store: RecordStore, index: SearchIndex | None = None) -> None:
        self._store, self._index = store, index
        self._files = file_records(store)
        self._accounts = AccountRecords(store).accounts

    def spared(self, bucket: str, keys: Iterable[str], besides: str) -> frozenset[str]:
        """Those of the keys that a record names besides this one (`kind/id`).

        Raises `AwsUnavailable` while it can't be known: nothing may be deleted then.
        """
        wanted = frozenset(keys)
        if not wanted:
            return wanted
        self._catch_up()
        return self._spared(bucket, wanted, besides)

    def spared_below(self, bucket: str, folder: str, besides: str) -> frozenset[str]:
        """The same for all keys in a file's own folder."""
        self._catch_up()
        return self._spared(bucket, frozenset(self._outside_below(folder)), besides)

    def users(self, bucket: str, keys: Iterable[str]) -> frozenset[str]:
        """`file/…`, `account/…` and `progress_photo/…` that name any of the keys."""
        found = self.by_key(bucket, keys)
        return frozenset(user for users in found.values() for user in users)

    def by_key(self, bucket: str, keys: Iterable[str]) -> Mapping[str, Several[str]]:
        """The same for each key; none for one that no record names."""
        self._catch_up()
        return self._users(bucket, frozenset(keys))

    def _spared(self, bucket: str, keys: frozenset[str], besides: str) -> frozenset[str]:
        found = self._users(bucket, keys)
        return frozenset(key for key, users in found.items() if users - {besides})

    def _users(self, bucket: str, keys: frozenset[str]) -> dict[str, set[str]]:
        """By key. People and photos are read once, however many keys there are."""
        outside = self._outside(keys)
        found: dict[str, set[str]] = {}
        for key in keys:
            files = {*outside.get(key, ()), owner_in(key)} - {""}
            found[key] = {f"file/{id_}" for id_ in files if self._names(id_, bucket, key)}
        portraits = {key for key in keys if key.startswith(AVATARS)}
        for account in self._accounts.all() if portraits else ():
            for key in portraits.intersection(_portraits(account)):
                found[key].add(f"account/{account.id}")
        pictures = {key for key in keys if PHOTOS in key}
        for photo in self._taken() if pictures else ():
            for key in pictures.intersection(_shown(photo)):
                found[key].add(f"progress_photo/{photo.id}")
        return found

    def _names(self, file_id: str, bucket: str, key: str) -> bool:
        stored = self._files.find(file_id)
        return stored is not None and (bucket, key) in {
            (ref.bucket, ref.key) for ref in objects(stored.value)
        }

    def _outside(self, keys: frozenset[str]) -> dict[str, set[str]]:
        """Key → ids of files that name it, for keys that are not in those files' own folders."""
        if self._index is None:
            return self._read(keys.__contains__)
        return {key: self._index.named_below(key).get(key, set()) for key in keys}

    def _outside_below(self, folder: str) -> dict[str, set[str]]:
        if self._index is None:
            return self._read(lambda key: key.startswith(folder))
        return self._index.named_below(folder)

    def _read(self, wanted: Callable[[str], bool]) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for page in self._store.snapshot("file").pages:
            for file in (MediaFile.model_validate(record.data) for record in page):
                for key in filter(wanted, outside_keys(file)):
                    found.setdefault(key, set()).add(file.id)
        return found

    def _taken(self) -> Iterator[ProgressPhoto]:
        for page in self._store.snapshot("progress_photo").pages:
            yield from (ProgressPhoto.model_validate(record.data) for record in page)

    def _catch_up(self) -> None:
        if self._index is not None and not self._index.caught_up(self._store):
            raise AwsUnavailable(
                "The search index is still being read: what names an object is not known.",
                hint="Nothing was changed. Try again in some minutes.",
            )


def _portraits(account: Account) -> Several[str]:
    """Keys that the account's picture may have. An address elsewhere counts as well, by its name:
    sparing an object too much does no harm.
    """
    try:
        path = unquote(urlsplit(account.avatar_key.strip()).path)
    except ValueError:
        return ()
    name = path.rpartition("/")[2]
    large = f"{AVATARS}{name}"
    small = f"{large.removesuffix(_LARGE)}{_SMALL}" if name.endswith(_LARGE) else large
    return {large, small} if name else ()


def _shown(photo: ProgressPhoto) -> Several[str]:
    """By what is recorded: the other form that a key might have is nobody's."""
    return {photo.key, photo.thumbnail_key}
