"""Earlier bytes of a file: seen beside the current ones, compared, and put back as new ones."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime

from core.errors import Conflict, NotFound
from core.library.copies import new_places, restoring
from core.library.covering import same_bytes
from core.library.service.covering import Covering
from core.library.service.fetching import DOWNLOAD_LIFE, Fetching
from core.library.service.leftovers import Leftovers
from core.library.service.outside import Outside
from core.library.service.shelf import Shelf, named
from core.model.changes import Difference
from core.model.identity import Actor
from core.model.library import VersionView
from core.model.media import FileState, FileVersion, MediaFile
from core.model.object_names import Spot, held_at, spot
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
from core.stores.collection import Stored
from core.stores.records import Operation
from core.stores.released_objects import Released

_ATTEMPTS = 5


class Versioning:
    def __init__(
        self, shelf: Shelf, fetching: Fetching, outside: Outside, leftovers: Leftovers
    ) -> None:
        self.covering = Covering(shelf, leftovers)
        self._shelf, self._fetching, self._outside = shelf, fetching, outside
        self._leftovers = leftovers

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

    def restore(
        self, actor: Actor, id: str, number: int, seen: str, *, same_key: bool
    ) -> MediaFile:
        """The old bytes as the newest version; what is served now becomes an earlier one."""
        for _ in range(_ATTEMPTS):
            stored = self._shelf.stored(id)
            file = changeable(actor, stored.value)
            self._shelf.check_seen(file, seen)
            wanted = self._restorable(file, number)
            if same_key and not same_bytes(file, wanted):
                self.covering.start(actor, file, wanted)
                return self._fresh(actor, file)  # the CDN is looked at once it has forgotten
            try:
                gone = self._put_back(actor, stored, wanted)
            except Conflict:
                continue
            self._shelf.released.settle(gone)
            return self._delivered(actor, file)
        raise Conflict("The file is being changed by others.", hint="Try again.")

    def _put_back(self, actor: Actor, stored: Stored[MediaFile], wanted: FileVersion) -> Released:
        """Returns the objects that the file does not name any more."""
        file = stored.value
        if not covered(file, wanted):
            return self._write(actor, stored, wanted.number, wanted)
        places = new_places(file, wanted, secrets.token_hex(4))
        with self._leftovers.begun(
            restoring(file, places, self._shelf.bucket.name, actor)
        ) as intent:
            fresh = self._moved(wanted, places)
            return self._write(actor, stored, wanted.number, fresh, self._leftovers.settled(intent))

    def _write(
        self,
        actor: Actor,
        stored: Stored[MediaFile],
        number: int,
        fresh: FileVersion,
        *besides: Operation,
    ) -> Released:
        file, by = stored.value, actor.account_id
        after = with_bytes(file, fresh, by, self._shelf.clock())
        after, refs = trimmed(after, self._shelf.settings.kept_versions, by)
        gone = self._shelf.released.note(file.id, refs)
        details = named(file) | {"version": str(number)}
        audit = self._shelf.audit
        event = audit.event(
            "file.version_restored", actor=actor, subject=f"file/{file.id}", details=details
        )
        put = self._shelf.files.put(after, stored.version)
        let_go = self._shelf.released.put(gone)
        self._shelf.store.transact([put, audit.put(event), *let_go, *besides])
        return gone

    def _delivered(self, actor: Actor, file: MediaFile) -> MediaFile:
        if self._outside.check_delivery:
            self._outside.check_delivery(file.id)
        return self._fresh(actor, file)

    def _fresh(self, actor: Actor, file: MediaFile) -> MediaFile:
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
                hint="Only so many are kept; an admin can set DASHBOARD_KEPT_VERSIONS.",
            )
        return found

    def _moved(self, version: FileVersion, places: Mapping[Spot, str]) -> FileVersion:
        """The version's objects copied to keys of their own: others lie where they were."""
        refs = (ref for ref in held_by(version) if spot(ref) in places)
        carry = self._shelf.bucket.carry
        return held_at(version, {spot(ref): carry(ref, places[spot(ref)]) for ref in refs})

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
