"""Advice at one file and its repairs: headers in place, a key without a person in it, a name."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import BinaryIO

from core.aws.edge import Edge
from core.aws.s3 import MediaBucket, ServedAs, StoredObject
from core.errors import AwsUnavailable, Conflict, DashboardError, NotFound
from core.library import advice as rules
from core.library.leftovers import LeftObjects
from core.library.service import LibraryService
from core.model.advice import FileAdvice, Headers, RepairKind, SmallerOffer
from core.model.identity import Actor, Permission
from core.model.library import FileChanges
from core.model.media import FileQuery, FileState, MediaFile, ObjectRef
from core.model.names import attachment
from core.model.visibility import changeable
from core.stores.audit_log import AuditLog
from core.stores.files import file_records
from core.stores.records import Operation, RecordStore

_HEAD_BYTES = 64 * 1024
_OK = 200
_ATTEMPTS = 5

RightHeaders = Callable[[MediaFile, bytes], Headers]  # by content, as uploads set them
Forget = Callable[[Actor, MediaFile, Sequence[str]], object]  # have the CDN drop these keys


@dataclass(frozen=True)
class Recoding:
    """Coding a picture anew, and putting the result in its place; both belong to uploads."""

    content_type: str
    encode: Callable[[BinaryIO], bytes]
    replace: Callable[[Actor, MediaFile, bytes], object]


class AdvisingService:
    def __init__(
        self,
        library: LibraryService,
        store: RecordStore,
        bucket: MediaBucket,
        edge: Edge,
        audit: AuditLog,
        clock: Callable[[], datetime],
        *,
        right_headers: RightHeaders,
        forget: Forget,
        recoding: Recoding,
        glance: MediaBucket | None = None,
    ) -> None:
        """`glance` is the bucket where a person waits for what it says of an object."""
        self._glance = glance or bucket
        self._library, self._store, self._bucket, self._edge = library, store, bucket, edge
        self._audit, self._clock, self._forget = audit, clock, forget
        self._right_headers, self._recoding = right_headers, recoding
        self._files = file_records(store)

    def advice(self, actor: Actor, id: str) -> tuple[FileAdvice, ...]:
        """Reads the object's head and its first bytes. What can't be read is not advised on."""
        actor.require(Permission.MEDIA_READ)
        return rules.advice(self._facts(actor, self._library.get(actor, id)))

    def at_hand(self, actor: Actor, file: MediaFile) -> tuple[FileAdvice, ...]:
        """What the record alone tells, for a badge that may cost nothing."""
        actor.require(Permission.MEDIA_READ)
        return rules.advice(rules.Facts(file))

    def try_smaller(self, actor: Actor, id: str) -> SmallerOffer:
        """Code the picture anew and say what it gives; nothing is changed."""
        actor.require(Permission.MEDIA_READ)
        file = changeable(actor, self._files.get(id))
        return self._offer(file, self._recoded(file))

    def repair(self, actor: Actor, id: str, rule: str) -> MediaFile:
        """Apply what the advice of this rule proposes now.

        Raises `NotFound` where there is no such advice any more, `Conflict` where it has no repair
        or somebody changed the file meanwhile.
        """
        actor.require(Permission.MEDIA_READ)
        file = changeable(actor, self._files.get(id))
        found = next((one for one in self.advice(actor, id) if one.rule == rule), None)
        if found is None:
            raise NotFound(
                f"There is no advice {rule[:40]!r} at {file.name} now.", hint="Look at it again."
            )
        if found.repair is RepairKind.NAME:
            return self._library.change(actor, id, FileChanges(name=found.changes[0].after))
        if found.repair is RepairKind.SMALLER:
            return self._make_smaller(actor, file)
        if found.repair is RepairKind.PRIVATE:
            return self._library.set_private(actor, id, private=True)
        if found.repair is RepairKind.HEADERS:
            return self._set_headers(actor, id)
        if found.repair is RepairKind.CLEAN_KEY:
            return self._move(actor, id, found.changes[0].after)
        raise Conflict(f"\u201c{found.sentence}\u201d has no repair of its own.", hint=found.why)

    def _facts(self, actor: Actor, file: MediaFile) -> rules.Facts:
        if file.state is FileState.PROCESSING or not file.key:
            return rules.Facts(file)
        neighbours = self._private_neighbours(actor, file)
        try:
            found = self._glance.head(file.key)
            head = self._glance.read_range(file.key, 0, _HEAD_BYTES)
        except DashboardError:
            return rules.Facts(file, private_neighbours=neighbours)
        return rules.Facts(file, _headers(found), self._right_headers(file, head), neighbours)

    def _private_neighbours(self, actor: Actor, file: MediaFile) -> int | None:
        if file.private or not file.folder:
            return None
        query = FileQuery(folder=file.folder, owner_id=file.owner_id, private=True)
        try:
            return self._library.page(actor, query, limit=1).total
        except AwsUnavailable:
            return None

    def _make_smaller(self, actor: Actor, file: MediaFile) -> MediaFile:
        body = self._recoded(file)
        offer = self._offer(file, body)
        if not offer.worthwhile:
            raise Conflict(
                f"Coded anew it would have {offer.after:,} of {offer.before:,} bytes.",
                hint="That is not worth the losses; leave it as it is.",
            )
        self._recoding.replace(actor, file, body)
        return self._library.get(actor, file.id)

    def _recoded(self, file: MediaFile) -> bytes:
        pinned = ObjectRef(bucket=file.bucket, key=file.key, version_id=file.version_id)
        with tempfile.TemporaryFile() as spool:
            for chunk in self._bucket.open_stream(pinned):
                spool.write(chunk)
            spool.flush()
            spool.seek(0)
            return self._recoding.encode(spool)

    def _offer(self, file: MediaFile, body: bytes) -> SmallerOffer:
        return SmallerOffer(before=file.size, after=len(body), before_type=file.content_type,
                            after_type=self._recoding.content_type)  # fmt: skip

    def _set_headers(self, actor: Actor, id: str) -> MediaFile:
        """A copy onto itself: S3 keeps the version before, and the bytes' own identity stays."""
        stored = self._files.get(id)
        found = self._bucket.head(stored.key)
        if stored.etag and found.ref.etag != stored.etag:
            raise Conflict(
                f"The object of {stored.name} is not the one that the library knows.",
                hint="Check its delivery first; somebody overwrote the object.",
            )
        head = self._bucket.read_range(stored.key, 0, _HEAD_BYTES)
        right = self._right_headers(stored, head)
        served = ServedAs(right.content_type, right.cache_control, right.content_disposition)
        ref = self._bucket.copy(found.ref, stored.key, served)
        self._write(actor, stored, ref, "file.headers_set")
        self._forget(actor, stored, (stored.key,))
        return self._library.get(actor, id)

    def _move(self, actor: Actor, id: str, key: str) -> MediaFile:
        """The new object first, seen through the CDN; then the record; then the old one goes."""
        stored, leftovers = self._files.get(id), self._library.leftovers
        planned = LeftObjects(file_id=id, by=actor, bucket=self._bucket.name, keys=(key,))
        left = planned.model_copy(update={"keys": (stored.key,), "hide": True})
        with leftovers.begun(planned) as intent:
            ref = self._copied(stored, key)
            self._write(actor, stored, ref, "file.key_cleaned", leftovers.settled(intent, left))
        leftovers.finish_one(planned.key)
        return self._library.get(actor, id)

    def _copied(self, file: MediaFile, key: str) -> ObjectRef:
        """Raises `AwsUnavailable` unless the CDN serves the copy."""

        def renamed(headers: ServedAs) -> ServedAs:
            if not headers.content_disposition.startswith("attachment"):
                return headers
            return replace(headers, content_disposition=attachment(file.name))

        held = ObjectRef(bucket=file.bucket, key=file.key, version_id=file.version_id)
        ref = self._bucket.carry(held, key, renamed)
        answer = self._edge.head(self._edge.url(key))
        if answer.status != _OK:
            raise AwsUnavailable(
                f"The CDN does not serve the new address: {answer.error or answer.status}.",
                hint="Nothing was changed. Ask the doctor about it.",
            )
        return ref

    def _write(
        self, actor: Actor, seen: MediaFile, ref: ObjectRef, action: str, *besides: Operation
    ) -> None:
        """Raises `Conflict` where the file is of other bytes by now."""
        details = {"name": seen.name, "owner": seen.owner_id, "from": seen.key, "to": ref.key}
        event = self._audit.event(action, actor=actor, subject=f"file/{seen.id}", details=details)
        held = (seen.key, seen.version_id)
        for _ in range(_ATTEMPTS):
            stored = self._files.find(seen.id)
            if stored is None or (stored.value.key, stored.value.version_id) != held:
                raise Conflict(
                    f"{seen.name} was changed while it was repaired.", hint="Look at it again."
                )
            update = {"bucket": ref.bucket, "key": ref.key, "version_id": ref.version_id,
                      "etag": ref.etag, "changed_at": self._clock(),
                      "changed_by": actor.account_id}  # fmt: skip
            put = self._files.put(stored.value.model_copy(update=update), stored.version)
            try:
                self._store.transact([put, self._audit.put(event), *besides])
            except Conflict:
                continue  # renamed or tagged at the same moment
            return
        raise Conflict(f"{seen.name} is being changed by others.", hint="Try again.")


def _headers(found: StoredObject) -> Headers:
    return Headers(
        content_type=found.content_type,
        cache_control=found.cache_control,
        content_disposition=found.content_disposition,
    )
