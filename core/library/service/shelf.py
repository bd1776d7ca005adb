"""What every part of the library works with: records, index, bucket, CDN, audit log, clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from core.aws.edge import Edge
from core.aws.s3 import MediaBucket
from core.errors import Conflict
from core.model.media import MediaFile
from core.model.visibility import absent
from core.settings import Settings
from core.stores.audit_log import AuditLog
from core.stores.collection import Stored
from core.stores.file_names import FileNames
from core.stores.files import file_records
from core.stores.jobs import JobQueue
from core.stores.object_erasing import ObjectEraser
from core.stores.object_uses import ObjectUses
from core.stores.records import RecordStore
from core.stores.released_objects import ReleasedObjects
from core.stores.search_index import SearchIndex

PAGE_LIMIT = 200


class Shelf:
    def __init__(
        self,
        store: RecordStore,
        index: SearchIndex,
        bucket: MediaBucket,
        edge: Edge,
        audit: AuditLog,
        settings: Settings,
        clock: Callable[[], datetime],
        jobs: JobQueue | None = None,
    ) -> None:
        self.store, self.index, self.bucket, self.edge = store, index, bucket, edge
        self.audit, self.settings, self.clock = audit, settings, clock
        self.files = file_records(store)
        self.names, self.uses = FileNames(store, index), ObjectUses(store, index)
        self.eraser = ObjectEraser(bucket, self.uses)
        self.released = ReleasedObjects(store, self.eraser)
        self.jobs = jobs or JobQueue(store, clock)

    def stored(self, id: str) -> Stored[MediaFile]:
        """Raises `NotFound`."""
        stored = self.files.find(id)
        if stored is None:
            raise absent(id)
        return stored

    def refresh(self) -> None:
        """Who changed a file sees it changed."""
        self.index.refresh(self.store)

    def check_seen(self, file: MediaFile, seen: str) -> None:
        """Raise `Conflict` where somebody changed the file after `seen`, an `edit` of it."""
        if not seen or seen == file.edit:
            return
        at = file.changed_at or file.uploaded_at
        raise Conflict(
            f"{self.names.who(file.changed_by or file.owner_id)} changed {file.name} "
            f"at {at:%Y-%m-%d %H:%M} UTC, after you opened it.",
            hint="Look at it again, then repeat your change.",
        )


def named(file: MediaFile) -> dict[str, str]:
    """What every audit event about a file tells of it."""
    return {"name": file.name, "owner": file.owner_id}
