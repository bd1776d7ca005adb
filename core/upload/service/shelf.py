"""What every step of an upload works with, and the ways in which an upload ends without a file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from core.aws.edge import Edge
from core.aws.s3 import MediaBucket
from core.errors import DashboardError, NotFound
from core.model.identity import Actor
from core.model.media import MediaFile, Upload, UploadState
from core.model.object_names import own_folders
from core.model.visibility import absent
from core.settings import Settings
from core.stores.audit_log import AuditLog
from core.stores.collection import Collection, Stored
from core.stores.file_names import FileNames
from core.stores.files import file_records
from core.stores.jobs import JobQueue, problem_of
from core.stores.object_erasing import ObjectEraser
from core.stores.object_uses import ObjectUses
from core.stores.records import RecordStore
from core.stores.released_objects import ReleasedObjects
from core.upload.records import DueUpload
from core.upload.replacements import Replacement, folder_of

_MOMENT = "%Y-%m-%dT%H:%M:%S.%fZ"


class Shelf:
    def __init__(
        self,
        store: RecordStore,
        bucket: MediaBucket,
        edge: Edge,
        jobs: JobQueue,
        audit: AuditLog,
        settings: Settings,
        clock: Callable[[], datetime],
        names: FileNames | None = None,
        uses: ObjectUses | None = None,
    ) -> None:
        self.names = names
        self.uses = uses or ObjectUses(store)
        self.eraser = ObjectEraser(bucket, self.uses)
        self.released = ReleasedObjects(store, self.eraser)
        self.store, self.bucket, self.edge, self.jobs = store, bucket, edge, jobs
        self.audit, self.settings, self.clock = audit, settings, clock
        self.files = file_records(store)
        self.uploads = Collection(
            store,
            "upload",
            Upload,
            key=lambda upload: upload.id,
            parent=lambda upload: upload.owner_id,
            sort=lambda upload: upload.created_at.strftime(_MOMENT),
        )
        self.due = Collection(
            store,
            "due_upload",
            DueUpload,
            key=lambda due: due.id,
            sort=lambda due: due.at.strftime(_MOMENT),
        )
        self.drafts = Collection(store, "replacement", Replacement, key=lambda one: one.upload_id)

    def give_up(self, stored: Stored[Upload]) -> None:
        upload = stored.value
        if upload.state is UploadState.OPEN:
            aborted = upload.model_copy(update={"state": UploadState.ABORTED})
            self.uploads.save(aborted, stored.version)
        self.clear(upload)

    def own(self, actor: Actor, id: str) -> Stored[Upload]:
        stored = self.uploads.find(id)
        if stored is None or stored.value.owner_id != actor.account_id:
            raise NotFound(f"There is no upload {id[:80]!r}.", hint="Start the upload again.")
        return stored

    def refuse(self, stored: Stored[Upload], refusal: DashboardError) -> None:
        """Remember why; keep nothing of it."""
        upload = stored.value
        refused = upload.model_copy(
            update={"state": UploadState.REFUSED, "problem": problem_of(refusal)}
        )
        event = self.audit.event(
            "upload.refused",
            subject=f"upload/{upload.id}",
            details={"name": upload.name, "reason": refusal.message},
        )
        self.store.transact(
            [
                self.uploads.put(refused, stored.version),
                self.drafts.drop(upload.id) if upload.replaces else self.files.drop(upload.id),
                self.audit.put(event),
            ]
        )
        self.clear(upload)

    def clear(self, upload: Upload) -> None:
        if upload.multipart_id:
            self.bucket.abort_multipart(upload.key, upload.multipart_id)
        self.bucket.erase(upload.key)
        if upload.replaces:  # never the folder of the file itself
            self.erase_media(folder_of(upload))
        elif upload.file_id:
            self.erase_media(upload.file_id)

    def erase_media(self, file_id: str) -> None:
        for folder in own_folders(file_id):
            self.eraser.folder(folder, f"file/{file_id}")

    def file(self, id: str) -> Stored[MediaFile]:
        """Raises `NotFound`."""
        stored = self.files.find(id)
        if stored is None:
            raise absent(id)
        return stored

    def change(self, file_id: str, changes: dict[str, Any]) -> MediaFile:
        return self.files.update(file_id, lambda file: file.model_copy(update=changes))
