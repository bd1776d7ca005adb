"""The one way in which objects of files end: for good, and never one that another record names."""

from __future__ import annotations

from collections.abc import Iterable

from core.aws.s3 import MediaBucket
from core.model.media import ObjectRef
from core.stores.each import each
from core.stores.object_uses import ObjectUses


class ObjectEraser:
    """`besides` is the record (`kind/id`) that lets go of them. What S3 does not answer is raised,
    and so is `AwsUnavailable` while it can't be known who else names them.
    """

    def __init__(self, bucket: MediaBucket, uses: ObjectUses) -> None:
        self._bucket, self._uses = bucket, uses

    def folder(self, folder: str, besides: str) -> int:
        """Every version of every object in it. Returns how many there were."""
        spared = self._uses.spared_below(self._bucket.name, folder, besides)
        return self._bucket.delete_prefix(folder, spared)

    def keys(self, bucket: str, keys: Iterable[str], besides: str) -> tuple[str, ...]:
        """Every version of these keys. Returns those that were not spared."""
        there = self._bucket.beside(bucket)
        gone = self._free(bucket, keys, besides)
        for key in gone:
            there.erase(key)
        return gone

    def unnamed(self, bucket: str, keys: Iterable[str]) -> None:
        """Every version of those that no record names. It is asked once, for however many."""
        there, named = self._bucket.beside(bucket), self._uses.by_key(bucket, keys)
        each((key for key, users in named.items() if not users), there.erase)

    def hide(self, bucket: str, keys: Iterable[str], besides: str) -> tuple[str, ...]:
        """The same, but the bucket keeps their versions."""
        there = self._bucket.beside(bucket)
        gone = self._free(bucket, keys, besides)
        for key in gone:
            there.delete(key)
        return gone

    def release(self, refs: Iterable[ObjectRef], besides: str) -> None:
        """Exactly these versions; of what has none named, all."""
        left = tuple(refs)
        for bucket in {ref.bucket for ref in left}:
            there = self._bucket.beside(bucket)
            mine = [ref for ref in left if ref.bucket == bucket]
            free = frozenset(self._free(bucket, (ref.key for ref in mine), besides))
            for ref in (ref for ref in mine if ref.key in free):
                if ref.version_id:
                    there.delete(ref.key, ref.version_id)
                else:
                    there.erase(ref.key)

    def _free(self, bucket: str, keys: Iterable[str], besides: str) -> tuple[str, ...]:
        wanted = tuple(dict.fromkeys(keys))
        spared = self._uses.spared(bucket, wanted, besides)
        return tuple(key for key in wanted if key not in spared)
