"""The library: pages of files, their addresses, changes to them, the trash and its purge."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from core.aws.edge import Edge
from core.aws.s3 import MediaBucket
from core.errors import Conflict, InvalidInput, NotAllowed
from core.library import changes as rules
from core.library.search import open_cursor, seal_cursor
from core.model.identity import Actor, Permission
from core.model.library import DownloadLink, FileChanges
from core.model.media import (
    FilePage,
    FileQuery,
    FileState,
    LibrarySummary,
    MediaFile,
    ObjectRef,
)
from core.model.names import attachment
from core.model.visibility import absent, changeable, visible
from core.settings import Settings
from core.stores.audit_log import AuditLog
from core.stores.collection import Stored
from core.stores.files import file_records
from core.stores.records import Operation, RecordStore
from core.stores.search_index import SearchIndex

PAGE_LIMIT = 200
DOWNLOAD_LIFE = timedelta(hours=1)

_ATTEMPTS = 5
_BATCH = 40  # files in one transaction: each takes two of its hundred operations

Change = Callable[[MediaFile], MediaFile]


class LibraryService:
    def __init__(
        self,
        store: RecordStore,
        index: SearchIndex,
        bucket: MediaBucket,
        edge: Edge,
        audit: AuditLog,
        settings: Settings,
        clock: Callable[[], datetime],
    ) -> None:
        self._store, self._index, self._bucket, self._edge = store, index, bucket, edge
        self._audit, self._settings, self._clock = audit, settings, clock
        self._files = file_records(store)

    def page(
        self,
        actor: Actor,
        query: FileQuery,
        *,
        limit: int = 60,
        cursor: str | None = None,
        offset: int = 0,
    ) -> FilePage:
        """Files that this person may see. Raises `InvalidInput` for another query's cursor."""
        actor.require(Permission.MEDIA_READ)
        if not 1 <= limit <= PAGE_LIMIT or offset < 0:
            raise InvalidInput(
                f"A page of {limit} files from {offset} can't be read.",
                hint=f"Ask for 1 to {PAGE_LIMIT} files.",
            )
        scoped = rules.scope(actor, query)
        if scoped is None:
            return FilePage(items=(), next_cursor=None, total=0)
        inner = open_cursor(scoped, cursor)
        found = self._index.search(scoped, limit=limit, cursor=inner, offset=offset)
        return FilePage(
            items=tuple(visible(actor, file) for file in found.items),
            next_cursor=seal_cursor(scoped, found.next_cursor),
            total=found.total,
        )

    def get(self, actor: Actor, id: str) -> MediaFile:
        actor.require(Permission.MEDIA_READ)
        return visible(actor, self._stored(id).value)

    def summary(self, actor: Actor) -> LibrarySummary:
        """Of all files for those who may read all, else of the person's own."""
        actor.require(Permission.MEDIA_READ)
        everything = actor.may(Permission.MEDIA_READ_ALL)
        return self._index.summary(None if everything else actor.account_id)

    def url(self, file: MediaFile) -> str:
        return self._edge.url(file.key) if file.key else ""

    def thumbnail_url(self, file: MediaFile) -> str:
        """'' where the file has no picture."""
        return self._rendition_url(file, "thumbnail")

    def preview_url(self, file: MediaFile) -> str:
        return self._rendition_url(file, "preview")

    def change(self, actor: Actor, id: str, changes: FileChanges) -> MediaFile:
        """Rename, move, tag. Key and URL stay, so that nothing that links here breaks."""
        actor.require(Permission.MEDIA_READ)
        return self._rewrite(
            actor, [id], "file.changed", lambda file: rules.changed(file, changes)
        )[0]

    def trash(self, actor: Actor, ids: Sequence[str]) -> tuple[MediaFile, ...]:
        """Move to the trash, from where `restore` brings back until the purge."""
        actor.require(Permission.MEDIA_READ)
        now = self._clock()
        return self._rewrite(actor, ids, "file.trashed", lambda file: rules.trashed(file, now))

    def restore(self, actor: Actor, ids: Sequence[str]) -> tuple[MediaFile, ...]:
        """Raise `Conflict` for a file whose time in the trash is over."""
        actor.require(Permission.MEDIA_READ)
        days, now = self._settings.trash_days, self._clock()
        return self._rewrite(
            actor, ids, "file.restored", lambda file: rules.restored(file, days, now)
        )

    def download(self, actor: Actor, id: str, *, pristine: bool = False) -> DownloadLink:
        """A link of one hour; `pristine` is the exact upload with its metadata, for its owner."""
        actor.require(Permission.MEDIA_READ)
        file = visible(actor, self._stored(id).value)
        source = self._source(actor, file, pristine=pristine)
        now = self._clock()
        url = self._bucket.presign_get(
            source.key,  # unique to its bytes; the emulator ignores the disposition of a version
            expires=DOWNLOAD_LIFE,
            content_disposition=attachment(rules.download_name(file.name, source.key)),
        )
        ends = self._bucket.credentials_end()  # a signed address dies with its signer
        return DownloadLink(
            url=url, expires_at=min(now + DOWNLOAD_LIFE, ends or now + DOWNLOAD_LIFE)
        )

    def purge(self) -> int:
        """Delete for good what has been in the trash too long; return how many files.

        Objects go first and the record last: after a crash the next purge finds the file again.
        """
        now, days = self._clock(), self._settings.trash_days
        due = [file for file in self._in_trash() if not rules.restorable(file, days, now)]
        return sum(self._purge_one(file.id, now) for file in due)

    def _purge_one(self, id: str, now: datetime) -> bool:
        stored = self._files.find(id)
        if stored is None or rules.restorable(stored.value, self._settings.trash_days, now):
            return False  # the index was behind the store
        self._erase_objects(stored.value)
        event = self._audit.event("file.purged", subject=f"file/{id}", details=_named(stored.value))
        self._store.transact([self._files.drop(id, stored.version), self._audit.put(event)])
        return True

    def _erase_objects(self, file: MediaFile) -> None:
        """Every version of what was made for this file, and of the objects that it names."""
        for folder in rules.own_folders(file):
            self._bucket.delete_prefix(folder)
        if file.bucket == self._bucket.name:
            for key in rules.other_keys(file):
                self._bucket.erase(key)

    def _in_trash(self) -> Iterable[MediaFile]:
        cursor: str | None = None
        while True:
            found = self._index.search(FileQuery(trashed=True), limit=PAGE_LIMIT, cursor=cursor)
            yield from found.items
            cursor = found.next_cursor
            if cursor is None:
                return

    def _stored(self, id: str) -> Stored[MediaFile]:
        stored = self._files.find(id)
        if stored is None:
            raise absent(id)
        return stored

    def _rendition_url(self, file: MediaFile, name: str) -> str:
        rendition = file.rendition(name)
        return self._edge.url(rendition.key) if rendition else ""

    def _source(self, actor: Actor, file: MediaFile, *, pristine: bool) -> ObjectRef:
        if pristine and actor.account_id != file.owner_id:
            raise NotAllowed(
                "The exact upload is its owner's alone: it may hold places and names.",
                hint="Download the file without `pristine`.",
            )
        if file.state is FileState.PROCESSING:
            raise Conflict(
                f"{file.name} is still being processed.", hint="Try again in a few seconds."
            )
        served = ObjectRef(bucket=file.bucket, key=file.key, version_id=file.version_id)
        source = file.pristine if pristine and file.pristine else served
        if file.state is FileState.UNDELIVERED and not self._exists(source):
            raise Conflict(
                f"The bytes of {file.name} are not in the bucket.",
                hint="Check its delivery again, or upload it again.",
            )
        return source

    def _exists(self, source: ObjectRef) -> bool:
        return bool(source.key) and self._bucket.find(source.key) is not None

    def _rewrite(
        self, actor: Actor, ids: Sequence[str], action: str, change: Change
    ) -> tuple[MediaFile, ...]:
        unique = list(dict.fromkeys(ids))
        for file_id in unique:  # refuse all before the first is written
            changeable(actor, self._stored(file_id).value)
        files: list[MediaFile] = []
        for start in range(0, len(unique), _BATCH):
            files += self._rewrite_batch(actor, unique[start : start + _BATCH], action, change)
        return tuple(visible(actor, file) for file in files)

    def _rewrite_batch(
        self, actor: Actor, ids: Sequence[str], action: str, change: Change
    ) -> list[MediaFile]:
        for _ in range(_ATTEMPTS):
            before = [self._stored(file_id) for file_id in ids]
            after = [change(changeable(actor, stored.value)) for stored in before]
            operations = [
                operation
                for stored, file in zip(before, after, strict=True)
                if stored.value != file
                for operation in self._written(actor, stored, file, action)
            ]
            try:
                if operations:
                    self._store.transact(operations)
            except Conflict:
                continue  # a job or another tab wrote in between: read again
            self._index.refresh(self._store)  # who changed a file sees it changed
            return after
        raise Conflict("The files are being changed by others right now.", hint="Try again.")

    def _written(
        self, actor: Actor, stored: Stored[MediaFile], file: MediaFile, action: str
    ) -> tuple[Operation, ...]:
        details = _named(file) | rules.difference(stored.value, file)
        event = self._audit.event(action, actor=actor, subject=f"file/{file.id}", details=details)
        return self._files.put(file, stored.version), self._audit.put(event)


def _named(file: MediaFile) -> dict[str, str]:
    return {"name": file.name, "owner": file.owner_id}
