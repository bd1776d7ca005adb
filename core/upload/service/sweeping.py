"""Housekeeping: expired uploads, files whose job gave up, objects that nobody knows of."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from core.model.media import FileState, Job, Upload, UploadState
from core.stores.collection import Stored
from core.upload import delivery, policy, records
from core.upload.problems import error_of
from core.upload.service.replacing import put_back
from core.upload.service.shelf import Shelf

ORPHAN_AGE = timedelta(days=1)
UPLOAD_MEMORY = timedelta(days=30)  # how long an ended upload can be asked about

_log = logging.getLogger(__name__)


class Sweeping:
    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def sweep(self) -> int:
        """Remove what nobody will come back for. Returns how many things went."""
        now = self._shelf.clock()
        return (
            self._sweep_due(now)
            + self._sweep_failed()
            + self._sweep_incoming(now - ORPHAN_AGE)
            + self._sweep_orphans(now - ORPHAN_AGE)
            + self._shelf.jobs.prune(now - UPLOAD_MEMORY)
        )

    def _sweep_due(self, now: datetime) -> int:
        """Give up expired uploads; forget those that ended long ago."""
        count = 0
        for due in self._shelf.due.all():
            if due.at > now:
                break
            stored = self._shelf.uploads.find(due.id)
            if stored is not None and now < stored.value.created_at + UPLOAD_MEMORY:
                self._give_up_expired(stored)
                later = stored.value.created_at + UPLOAD_MEMORY
                self._look_again(due.id, later)
            else:
                self._shelf.store.transact(
                    [self._shelf.uploads.drop(due.id), self._shelf.due.drop(due.id)]
                )
            count += 1
        return count

    def _look_again(self, id: str, at: datetime) -> None:
        self._shelf.due.update(id, lambda due: due.model_copy(update={"at": at}))

    def _give_up_expired(self, stored: Stored[Upload]) -> None:
        if stored.value.state is UploadState.OPEN:
            self._shelf.give_up(stored)

    def _sweep_failed(self) -> int:
        """Files whose job gave up say so, instead of being processed for ever."""
        count = 0
        for job in self._shelf.jobs.failed():
            count += self._sweep_replacement(job)
            stored = self._shelf.files.find(job.subject_id)
            if stored is None or stored.value.state is not FileState.PROCESSING:
                continue
            upload = self._shelf.uploads.find(job.subject_id)
            if upload is None or upload.value.job_id == job.id:
                reason = job.problem.detail if job.problem else "it stopped"
                step = delivery.not_processed(reason)
                self._shelf.change(job.subject_id, records.checked((step,), self._shelf.clock()))
                count += 1
        return count

    def _sweep_replacement(self, job: Job) -> int:
        """Give up new bytes whose job gave up; the file is served as it was."""
        upload = self._shelf.uploads.find(job.subject_id)
        if upload is None or self._shelf.drafts.find(job.subject_id) is None:
            return 0
        put_back(self._shelf, upload.value)
        self._shelf.refuse(upload, error_of(job.problem))
        return 1

    def _sweep_incoming(self, before: datetime) -> int:
        """Bytes and parts that belong to no open upload and to no file that waits for them."""
        count = 0
        for found in [*self._shelf.bucket.list(policy.INCOMING)]:
            if found.last_modified < before and not self._awaited(found.ref.key):
                count += self._shelf.bucket.erase(found.ref.key)
        for multipart in self._shelf.bucket.list_uploads(policy.INCOMING):
            if multipart.initiated < before and not self._awaited(multipart.key):
                self._shelf.bucket.abort_multipart(multipart.key, multipart.multipart_id)
                count += 1
        return count

    def _awaited(self, key: str) -> bool:
        upload_id = key.removeprefix(policy.INCOMING)
        upload, file = self._shelf.uploads.find(upload_id), self._shelf.files.find(upload_id)
        if self._shelf.drafts.find(upload_id) is not None:
            return True
        open_still = upload is not None and upload.value.state is UploadState.OPEN
        return open_still or (file is not None and not file.value.etag)

    def _sweep_orphans(self, before: datetime) -> int:
        """Hide objects without a record (the bucket's versions keep them for a while).

        Where no object at all has a record, the records are the ones that are missing: hands off.
        """
        known: dict[str, bool] = {}
        orphans: list[str] = []
        for prefix in policy.PREFIXES:
            for found in self._shelf.bucket.list(prefix):
                file_id = found.ref.key.removeprefix(prefix).partition("/")[0]
                if file_id not in known:
                    known[file_id] = self._shelf.files.find(file_id) is not None
                if not known[file_id] and found.last_modified < before:
                    orphans.append(found.ref.key)
        if orphans and not any(known.values()):
            _log.warning("No object of %d has a record; none is removed", len(orphans))
            return 0
        return len(self._shelf.eraser.hide(self._shelf.bucket.name, orphans, besides=""))
