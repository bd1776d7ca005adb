"""When the bytes are there: judged by content, then file, job and audit event at once."""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import Conflict, NotFound
from core.model.identity import Actor
from core.model.media import FileKind, Job, MediaFile, ObjectRef, Upload, UploadState
from core.stores.collection import Stored
from core.stores.records import Operation
from core.upload import policy, records
from core.upload.content import HEAD_BYTES
from core.upload.problems import REFUSALS, error_of
from core.upload.replacements import Replacement
from core.upload.service import naming
from core.upload.service.shelf import Shelf

PROCESS_UPLOAD = "process_upload"
_ATTEMPTS = 5


@dataclass(frozen=True)
class Completion:
    file: MediaFile
    job: Job


class Completing:
    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def complete(
        self,
        actor: Actor,
        id: str,
        *,
        started: bool = False,
        kinds: frozenset[FileKind] = frozenset(),
    ) -> Completion:
        """`started`: the caller processes it right away instead of a worker."""
        stored = self._shelf.own(actor, id)
        upload = stored.value
        if upload.state is not UploadState.OPEN:
            return self._ended(upload)
        try:
            arrived, verdict = self._judged(upload)
            policy.check_kind(upload.name, verdict.kind, kinds)
        except REFUSALS as refusal:
            self._shelf.refuse(stored, refusal)
            raise
        for _ in range(_ATTEMPTS):
            filed = self._filed(actor, stored, arrived, verdict)
            try:
                return self._accept(stored, filed, started=started)
            except Conflict:  # the same completion at the same time, or another one of the name
                stored = self._shelf.own(actor, id)
                if stored.value.state is not UploadState.OPEN:
                    return self._ended(stored.value)
        raise Conflict(f"Many files called {upload.name} arrive.", hint="Complete it again.")

    def _judged(self, upload: Upload) -> tuple[ObjectRef, policy.Verdict]:
        arrived = self._arrived(upload)
        policy.check_size(upload.name, upload.size, arrived.size)
        head = self._shelf.bucket.read_range(upload.key, 0, HEAD_BYTES, arrived.version_id)
        return arrived, policy.judge(upload.name, upload.content_type, head)

    def _ended(self, upload: Upload) -> Completion:
        if upload.state is UploadState.REFUSED:
            raise error_of(upload.problem)
        if upload.state is not UploadState.COMPLETED:
            raise Conflict(f"The upload of {upload.name} was given up.", hint="Start it again.")
        return Completion(
            self._shelf.files.get(upload.file_id), self._shelf.jobs.get(upload.job_id)
        )

    def _arrived(self, upload: Upload) -> ObjectRef:
        found = self._shelf.bucket.find(upload.key)
        if found is None and upload.method == "multipart":
            self._join(upload)
            found = self._shelf.bucket.find(upload.key)
        if found is None:
            raise Conflict(
                f"The bytes of {upload.name} have not arrived.", hint="Send them, then try again."
            )
        return found.ref

    def _join(self, upload: Upload) -> None:
        try:
            parts = self._shelf.bucket.parts(upload.key, upload.multipart_id)
        except NotFound as error:
            raise Conflict(
                f"The parts of {upload.name} are gone.", hint="Start the upload again."
            ) from error
        arrived = sum(part.size for part in parts)
        if arrived < upload.size:
            raise Conflict(
                f"Only {arrived} of {upload.size} bytes of {upload.name} have arrived.",
                hint="Send the parts that are missing, then try again.",
            )
        policy.check_size(upload.name, upload.size, arrived)
        self._shelf.bucket.complete_multipart(upload.key, upload.multipart_id, parts)

    def _accept(
        self, stored: Stored[Upload], filed: tuple[Operation, ...], *, started: bool
    ) -> Completion:
        upload = stored.value
        job, put_job = self._shelf.jobs.put(
            PROCESS_UPLOAD, upload.id, upload.owner_id, started=started
        )
        accepted = records.accepted(upload, job.id)
        put = self._shelf.uploads.put(accepted, stored.version)
        self._shelf.store.transact([put, *filed, put_job])
        return Completion(self._shelf.files.get(accepted.file_id), job)

    def _filed(
        self, actor: Actor, stored: Stored[Upload], arrived: ObjectRef, verdict: policy.Verdict
    ) -> tuple[Operation, ...]:
        """The new file, or the draft of one that stays as it is until the bytes are in place."""
        upload = stored.value
        file = records.new_file(upload, arrived, verdict, self._shelf.clock())
        if upload.replaces:
            return (self._shelf.drafts.put(Replacement(upload_id=upload.id, draft=file)),)
        try:
            settled = naming.settled(self._shelf.names, upload, file)
        except Conflict as refusal:
            self._shelf.refuse(stored, refusal)
            raise
        event = self._shelf.audit.event(
            "file.uploaded",
            actor=actor,
            subject=f"file/{file.id}",
            details={"name": settled.file.name},
        )
        return (
            self._shelf.files.put(settled.file),
            *settled.operations,
            self._shelf.audit.put(event),
        )
