"""Earlier bytes of a file: seen beside the current ones, compared, and put back as new ones."""

from __future__ import annotations

import secrets
from datetime import datetime
from pathlib import PurePosixPath

from core.aws.s3 import ServedAs
from core.errors import Conflict, NotFound
from core.library.service.fetching import DOWNLOAD_LIFE, Fetching
from core.library.service.outside import Outside
from core.library.service.shelf import Shelf, named
from core.model.changes import Difference
from core.model.identity import Actor
from core.model.library import VersionView
from core.model.media import FileState, FileVersion, MediaFile, ObjectRef
from core.model.versions import (
    covered,
    differences,
    held_by,
    reused,
    trimmed,
    version_of,
    with_bytes,
)
from core.model.visibility import changeable, visible

_ATTEMPTS = 5


class Versioning:
    def __init__(self, shelf: Shelf, fetching: Fetching, outside: Outside) -> None:
        self._shelf, self._fetching, self._outside = shelf, fetching, outside

    def all(self, actor: Actor, id: str) -> tuple[VersionView, ...]:
        """Newest first; the first one is served."""
        file = visible(actor, self._shelf.stored(id).value)
        return (self._now(file), *(self._earlier(file, one) for one in reversed(file.versions)))

    def _now(self, file: MediaFile) -> VersionView:
        """Its pictures straight from S3 where the CDN or a browser may have older ones."""
        names = ("thumbnail", "preview")
        urls = {f"{name}_url": self._fetching.rendition_url(file, name) for name in names}
        ends = self._fetching.addresses_end(file)
        if reused(file, file.key):
            small = (file.rendition(name) for name in names)
            signed = {f"{one.name}_url": self._signed(file, one.key, one.version_id)
                      for one in small if one}  # fmt: skip
            urls, ends = urls | signed, min(filter(None, (ends, self._signed_end())))
        return VersionView(
            version=version_of(file),
            current=True,
            url=self._fetching.url(file),
            expires_at=ends,
            **urls,
        )

    def compare(self, actor: Actor, id: str, first: int, second: int) -> tuple[Difference, ...]:
        file = visible(actor, self._shelf.stored(id).value)
        one, other = self._numbered(file, first), self._numbered(file, second)
        people = {v.stored_by: self._shelf.names.who(v.stored_by) for v in (one, other)}
        return differences(
            *(v.model_copy(update={"stored_by": people[v.stored_by]}) for v in (one, other))
        )

    def restore(self, actor: Actor, id: str, number: int, seen: str) -> MediaFile:
        """The old bytes as the newest version; what is served now becomes an earlier one."""
        for _ in range(_ATTEMPTS):
            stored = self._shelf.stored(id)
            file = changeable(actor, stored.value)
            self._shelf.check_seen(file, seen)
            wanted = self._restorable(file, number)
            now = self._shelf.clock()
            fresh = self._moved(file, wanted) if covered(file, wanted) else wanted
            after = with_bytes(file, fresh, actor.account_id, now)
            after, gone = trimmed(after, self._shelf.settings.kept_versions)
            details = named(file) | {"version": str(number)}
            audit = self._shelf.audit
            event = audit.event(
                "file.version_restored", actor=actor, subject=f"file/{id}", details=details
            )
            try:
                self._shelf.store.transact(
                    [self._shelf.files.put(after, stored.version), audit.put(event)]
                )
            except Conflict:
                continue
            self._erase(gone)
            return self._delivered(actor, after)
        raise Conflict("The file is being changed by others.", hint="Try again.")

    def _delivered(self, actor: Actor, file: MediaFile) -> MediaFile:
        if self._outside.check_delivery:
            self._outside.check_delivery(file.id)
        self._shelf.refresh()
        return visible(actor, self._shelf.stored(file.id).value)

    def _restorable(self, file: MediaFile, number: int) -> FileVersion:
        if file.trashed_at is not None or file.state is FileState.PROCESSING:
            raise Conflict(
                f"{file.name} is in the trash or on its way.", hint="Restore it there first."
            )
        if number == file.revision:
            raise Conflict(f"Version {number} is the one that is served.", hint="Choose another.")
        wanted = self._numbered(file, number)
        bucket = self._shelf.bucket.beside(wanted.bucket)
        try:
            bucket.head(wanted.key, wanted.version_id)
        except NotFound as error:
            raise Conflict(
                f"The bytes of version {number} are not in the bucket any more.",
                hint="Its record is kept; upload the bytes again if you have them.",
            ) from error
        return wanted

    def _numbered(self, file: MediaFile, number: int) -> FileVersion:
        known = (version_of(file), *file.versions)
        found = next((one for one in known if one.number == number), None)
        if found is None:
            raise NotFound(
                f"{file.name} has no version {number}.",
                hint="Only so many are kept; an admin can set KEPT_VERSIONS.",
            )
        return found

    def _moved(self, file: MediaFile, version: FileVersion) -> FileVersion:
        """The version's objects copied to keys of their own: others lie where they were."""
        folder = f"{file.id}/r{file.revision + 1}-{secrets.token_hex(4)}"
        made: dict[str, ObjectRef] = {}
        source = self._shelf.bucket.beside(version.bucket)
        for ref in held_by(version.model_copy(update={"pristine": None})):
            found = source.head(ref.key, ref.version_id)
            served = ServedAs(found.content_type, found.cache_control, found.content_disposition)
            top = ref.key.partition("/")[0] if f"/{file.id}/" in ref.key else "media"
            key = f"{top}/{folder}/{PurePosixPath(ref.key).name}"
            made[ref.key] = self._shelf.bucket.copy(found.ref, key, served)
        small = tuple(
            one.model_copy(
                update={"key": made[one.key].key, "version_id": made[one.key].version_id}
            )
            for one in version.renditions
        )
        served_ref = made[version.key]
        return version.model_copy(
            update={
                "bucket": self._shelf.bucket.name,
                "key": served_ref.key,
                "version_id": served_ref.version_id,
                "etag": served_ref.etag,
                "renditions": small,
            }
        )

    def _earlier(self, file: MediaFile, version: FileVersion) -> VersionView:
        small = {one.name: one for one in version.renditions}
        keys = {
            "url": (version.key, version.version_id),
            **{
                f"{name}_url": (small[name].key, small[name].version_id) if name in small else None
                for name in ("thumbnail", "preview")
            },
        }
        if not covered(file, version) and version.bucket == self._shelf.bucket.name:
            urls = {name: self._shelf.edge.url(at[0]) if at else "" for name, at in keys.items()}
            ends = self._fetching.addresses_end(file)
        else:
            urls = {name: self._signed(version, *at) if at else "" for name, at in keys.items()}
            ends = self._signed_end()
        return VersionView(version=version, current=False, expires_at=ends, **urls)

    def _signed(self, held: FileVersion | MediaFile, key: str, version_id: str | None) -> str:
        """Straight from S3: at the CDN other bytes have this address."""
        bucket = self._shelf.bucket.beside(held.bucket)
        return bucket.presign_get(key, expires=DOWNLOAD_LIFE, version_id=version_id)

    def _signed_end(self) -> datetime:
        ends, at = self._shelf.bucket.credentials_end(), self._shelf.clock() + DOWNLOAD_LIFE
        return min(ends, at) if ends else at

    def _erase(self, gone: tuple[ObjectRef, ...]) -> None:
        for ref in gone:
            bucket = self._shelf.bucket.beside(ref.bucket)
            if ref.version_id:
                bucket.delete(ref.key, ref.version_id)
            else:
                bucket.erase(ref.key)
