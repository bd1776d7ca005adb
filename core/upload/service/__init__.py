"""An upload from ticket to delivery; the only place of this room that reaches S3, CDN and records.

open → the browser sends to S3 → complete (file, job and audit event in one transaction) → process
(served copy, renditions, pristine original, then the CDN is asked) → delivered or undelivered.
Every step may be interrupted anywhere and is safe to repeat.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import BinaryIO

from core.aws.edge import Edge
from core.aws.s3 import MediaBucket
from core.model.changes import OnConflict
from core.model.identity import Actor, Permission
from core.model.media import FileKind, Job, JobState, MediaFile, Upload, UploadedPart, UploadTicket
from core.model.visibility import visible
from core.settings import Settings
from core.stores.audit_log import AuditLog
from core.stores.file_names import FileNames
from core.stores.jobs import JobQueue
from core.stores.object_uses import ObjectUses
from core.stores.records import RecordStore
from core.upload.policy import UploadRequest, admit
from core.upload.problems import error_of
from core.upload.service.completion import PROCESS_UPLOAD, Completing, Completion
from core.upload.service.fingerprinting import Fingerprinting
from core.upload.service.intake import Intake
from core.upload.service.naming import Place, holder_of
from core.upload.service.processing import Processing
from core.upload.service.shelf import Shelf
from core.upload.service.sweeping import Sweeping

__all__ = ["PROCESS_UPLOAD", "Completion", "UploadRequest", "UploadService"]


class UploadService:
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
        self._shelf = Shelf(store, bucket, edge, jobs, audit, settings, clock, names, uses)
        self._intake = Intake(self._shelf)
        self._completing = Completing(self._shelf)
        self._processing = Processing(self._shelf, self._intake)
        self._sweeping = Sweeping(self._shelf)
        self._fingerprinting = Fingerprinting(self._shelf)

    def open(
        self, actor: Actor, request: UploadRequest, *, in_one_post: bool = False
    ) -> UploadTicket:
        """Where and how to send the bytes. Raises `InvalidInput` for none, `TooLarge`.

        `in_one_post`: for senders that can't resume; S3 takes at most 5 GiB so.
        """
        actor.require(Permission.MEDIA_UPLOAD)
        replaced = self._replaced(actor, request)
        if replaced is not None:
            return self._processing.replacing.open(actor, replaced.id, request, same_key=False)
        return self._intake.open(actor, request, in_one_post=in_one_post)

    def _replaced(self, actor: Actor, request: UploadRequest) -> MediaFile | None:
        """The file of this name that the person wants to be replaced, if there is one."""
        if request.on_conflict is not OnConflict.REPLACE:
            return None
        asked = admit(request, self._shelf.settings.max_upload_bytes)
        wanted = Place(owner_id=actor.account_id, folder=asked.folder, name=asked.name)
        return holder_of(self._shelf.names, wanted)

    def open_replacement(
        self,
        actor: Actor,
        file_id: str,
        request: UploadRequest,
        *,
        same_key: bool = False,
        seen: int | None = None,
    ) -> UploadTicket:
        """A ticket for new bytes of a file; the old ones become an earlier version.

        They get a new key, and so a new URL; with `same_key` the old key, and the CDN is told to
        forget the old bytes. `seen` is the revision that the person means to replace. Raises
        `Conflict` where it is another one by now, for a file in the trash or on its way.
        """
        actor.require(Permission.MEDIA_UPLOAD)
        return self._processing.replacing.open(
            actor, file_id, request, same_key=same_key, seen=seen
        )

    def status(self, actor: Actor, id: str) -> Upload:
        actor.require(Permission.MEDIA_UPLOAD)
        return self._shelf.own(actor, id).value

    def recent(self, actor: Actor, *, limit: int = 20) -> tuple[Upload, ...]:
        """The person's last uploads, newest first."""
        actor.require(Permission.MEDIA_UPLOAD)
        return self._shelf.uploads.page(actor.account_id, limit=limit, descending=True).items

    def part_url(self, actor: Actor, id: str, number: int) -> str:
        """Where to PUT one part. Parts count from 1."""
        actor.require(Permission.MEDIA_UPLOAD)
        return self._intake.part_url(actor, id, number)

    def parts(self, actor: Actor, id: str) -> tuple[UploadedPart, ...]:
        """What has arrived, to go on after it."""
        actor.require(Permission.MEDIA_UPLOAD)
        return self._intake.parts(actor, id)

    def abort(self, actor: Actor, id: str) -> None:
        """Give up an open upload. Asking again is silent; a completed one raises `Conflict`."""
        actor.require(Permission.MEDIA_UPLOAD)
        self._intake.abort(actor, id)

    def complete(
        self, actor: Actor, id: str, *, kinds: frozenset[FileKind] = frozenset()
    ) -> Completion:
        """Say that all bytes are there; asked twice, it answers the same.

        Raises `Conflict` where bytes are missing; where they break the policy, or are of none of
        the `kinds` that were asked for, what is wrong with them, and then nothing of them is kept.
        """
        actor.require(Permission.MEDIA_UPLOAD)
        completion = self._completing.complete(actor, id, kinds=kinds)
        self._shelf.jobs.announce()
        return replace(completion, file=visible(actor, completion.file))

    def receive(self, actor: Actor, request: UploadRequest, stream: BinaryIO) -> MediaFile:
        """The whole way in one call, through the server, for at most 100 MiB."""
        actor.require(Permission.MEDIA_UPLOAD)
        upload = self._intake.receive(actor, request, stream)
        job = self._completing.complete(actor, upload.id, started=True).job
        job = self._shelf.jobs.attempt(job, self.process)
        if job.state is JobState.FAILED:
            raise error_of(job.problem)
        return self._shelf.files.get(upload.id)

    def process(self, job: Job) -> None:
        """The handler of `PROCESS_UPLOAD`. Raises what is wrong with the bytes."""
        self._processing.process(job)

    def recheck(self, actor: Actor, file_id: str) -> MediaFile:
        """Ask the CDN again; a file that was never processed is processed again.

        Whoever may see the file may ask: nothing but what is true of it can change.
        """
        actor.require(Permission.MEDIA_READ)
        stored = self._shelf.file(file_id)
        visible(actor, stored.value)
        return visible(actor, self._processing.recheck(stored))

    def check_delivery(self, file_id: str) -> MediaFile:
        """Ask the CDN for a file that another room has put in place; it never raises for that."""
        return self._processing.recheck(self._shelf.file(file_id))

    def fingerprint(self, job: Job, missing: Iterable[str]) -> None:
        """The handler of the job that gives older pictures (`missing`: ids) a fingerprint."""
        self._fingerprinting.run(job, missing)

    def sweep(self) -> int:
        """Remove what nobody will come back for. Returns how many things went."""
        return self._sweeping.sweep()
