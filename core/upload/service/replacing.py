"""New bytes for a file that exists, under a new key or the same; the old ones are kept.

Until the last transaction the file is served as it was. A crash anywhere repeats the step; whoever
was faster wins, and the second is told who and when.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.errors import AwsUnavailable, Conflict, DashboardError
from core.model.identity import Actor, AuditEvent, Role
from core.model.media import FileVersion, Job, MediaFile, Upload, UploadTicket
from core.model.object_names import held_at, spot
from core.model.versions import (
    held_by,
    served_keys,
    shown_again,
    trimmed,
    version_of,
    viewer_paths,
)
from core.model.visibility import changeable
from core.stores.account_records import AccountRecords
from core.stores.collection import Stored
from core.stores.invalidations import InvalidationBook
from core.stores.records import Operation
from core.upload import replacements as rules
from core.upload.policy import UploadRequest
from core.upload.replacements import Replacement
from core.upload.service.intake import Intake
from core.upload.service.shelf import Shelf

if TYPE_CHECKING:
    from core.upload.service.processing import Processing

_ATTEMPTS = 5
_STEPS = 4


class Replacing:
    def __init__(self, shelf: Shelf, intake: Intake, processing: Processing) -> None:
        self._shelf, self._intake, self._processing = shelf, intake, processing
        self._people = AccountRecords(shelf.store)
        self._book = InvalidationBook(shelf.store, shelf.jobs, shelf.clock)

    def open(
        self,
        actor: Actor,
        file_id: str,
        request: UploadRequest,
        *,
        same_key: bool,
        seen: int | None = None,
    ) -> UploadTicket:
        file = rules.check_open(changeable(actor, self._shelf.file(file_id).value))
        if same_key:
            self._check_alone(file)
        if seen is not None:
            rules.check_revision(file, seen, self._replacer_of(file))
        marks = {
            "replaces": file.id,
            "base_revision": file.revision,
            "same_key": same_key,
            "private": file.private,
        }
        request = request.model_copy(update={"folder": file.folder, "private": file.private})
        return self._intake.open(actor, request, marks=marks)

    def process(self, job: Job, stored: Stored[Upload]) -> None:
        """Safe to repeat: without a draft the switch was made already."""
        upload = stored.value
        found = self._shelf.drafts.find(upload.id)
        if found is not None:
            try:
                self._switch(job, upload, found)
            except AwsUnavailable:
                raise  # it goes on when it is tried again
            except DashboardError as refusal:
                self._give_up(stored, refusal)
                raise
        self._shelf.bucket.erase(upload.key)
        self._shelf.jobs.announce()  # an invalidation may have been ordered
        if not upload.same_key:  # else the CDN is asked once it has forgotten the old bytes
            self._shelf.jobs.progress(job.id, 3, _STEPS, "Asking the CDN")
            self._processing.check(job, self._shelf.file(upload.replaces).value)

    def _give_up(self, stored: Stored[Upload], refusal: DashboardError) -> None:
        """Not where the new bytes are in place, and only what was left to do has failed."""
        if self._shelf.drafts.find(stored.value.id) is not None:
            put_back(self._shelf, stored.value)
            self._shelf.refuse(stored, refusal)

    def _switch(self, job: Job, upload: Upload, found: Stored[Replacement]) -> None:
        draft = found.value.draft
        if not draft.etag:
            draft = self._processing.stored(job, upload, draft)
            self._shelf.drafts.save(found.value.model_copy(update={"draft": draft}), found.version)
        for _ in range(_ATTEMPTS):
            target = self._shelf.file(upload.replaces)
            self._check_right(upload, target.value)
            rules.check_still(target.value, upload, draft, self._replacer_of(target.value))
            fresh, previous = draft, None
            if upload.same_key:
                self._check_alone(target.value)
                previous = self._pinned(upload, target.value)
                fresh = self._covering(draft, target.value)
            try:
                self._write(upload, target, fresh, previous)
            except Conflict:
                continue  # renamed or tagged at the same moment
            for key in set(served_keys(draft)) - set(served_keys(fresh)):
                self._shelf.bucket.erase(key)
            return
        raise Conflict("The file is being changed by others.", hint="Send it again.")

    def _check_right(self, upload: Upload, file: MediaFile) -> None:
        """Whoever began it may have lost the right since; then nothing of theirs is served."""
        began = Actor(account_id=upload.owner_id, role=Role.MEMBER)
        changeable(self._people.as_now(began), file)

    def _check_alone(self, file: MediaFile) -> None:
        """Bytes at the same address would be another record's as well."""
        if self._shelf.uses.spared(file.bucket, served_keys(file), f"file/{file.id}"):
            raise Conflict(
                f"The object of {file.name} is used elsewhere, too, and would change there.",
                hint="Replace it under a new address.",
            )

    def _write(
        self,
        upload: Upload,
        target: Stored[MediaFile],
        draft: MediaFile,
        previous: FileVersion | None,
    ) -> None:
        after = rules.replaced(target.value, draft, upload, previous, self._shelf.clock())
        after, gone = trimmed(after, self._shelf.settings.kept_versions, upload.owner_id)
        operations: list[Operation] = [
            self._shelf.files.put(after, target.version),
            self._shelf.drafts.drop(upload.id),
            self._shelf.audit.put(self._event(upload, after)),
        ]
        if upload.same_key:
            paths = viewer_paths(served_keys(after))
            operations += self._book.order(after.id, after.owner_id, paths, upload.owner_id)[1]
        left = self._shelf.released.note(after.id, gone)
        self._shelf.store.transact([*operations, *self._shelf.released.put(left)])
        self._shelf.released.settle(left)

    def _event(self, upload: Upload, after: MediaFile) -> AuditEvent:
        details = {
            "name": after.name,
            "owner": after.owner_id,
            "version": str(after.revision),
            "address": "the same" if upload.same_key else "a new one",
        }
        event = self._shelf.audit.event(
            "file.replaced", subject=f"file/{after.id}", details=details
        )
        return event.model_copy(update={"actor_id": upload.owner_id})

    def _pinned(self, upload: Upload, file: MediaFile) -> FileVersion:
        """What is served now, by S3's version ids, written down before it is overwritten.

        Those that the record names: somebody else's new bytes may be half-way there.
        """
        found = self._shelf.drafts.find(upload.id)
        if found is not None and found.value.previous is not None:
            return found.value.previous
        served = self._version_id(file.key, file.version_id)
        small = tuple(
            one.model_copy(update={"version_id": self._version_id(one.key, one.version_id)})
            for one in file.renditions
        )
        previous = version_of(file.model_copy(update={"version_id": served, "renditions": small}))
        if found is not None:
            pinned = found.value.model_copy(update={"previous": previous})
            self._shelf.drafts.save(pinned, found.version)
        return previous

    def _version_id(self, key: str, known: str | None) -> str:
        version = self._shelf.bucket.head(key, known).ref.version_id
        if version is None:
            raise Conflict(
                "The bucket keeps no versions: the old bytes would be lost.",
                hint="Replace it under a new address, or have an admin turn versioning on.",
            )
        return version

    def _covering(self, draft: MediaFile, file: MediaFile) -> MediaFile:
        """The draft with its objects copied over those that are served."""
        over = {draft.key: file.key}
        for one in draft.renditions:
            live = file.rendition(one.name)
            if live is not None:
                over[one.key] = live.key
        carry = self._shelf.bucket.carry
        shown = (ref for ref in held_by(draft) if over.get(ref.key, ref.key) != ref.key)
        return held_at(draft, {spot(ref): carry(ref, over[ref.key]) for ref in shown})

    def _replacer_of(self, file: MediaFile) -> str:
        """Who sent the bytes that are served."""
        account_id = file.stored_by or file.owner_id
        stored = self._people.accounts.find(account_id)
        return (stored.value.username or stored.value.email) if stored else account_id


def put_back(shelf: Shelf, upload: Upload) -> None:
    """Where the old bytes may be covered by ones that are not taken: show them again."""
    found = shelf.drafts.find(upload.id)
    if found is None or found.value.previous is None:
        return
    bucket, previous = shelf.bucket, found.value.previous
    target = shelf.files.find(upload.replaces)
    if target is None:  # deleted for good meanwhile
        keys = (ref.key for ref in held_by(previous))
        shelf.eraser.keys(previous.bucket, keys, f"file/{upload.replaces}")
        return
    for ref in shown_again(previous, target.value):
        there = bucket.find(ref.key)
        if ref.version_id and (there is None or there.ref.version_id != ref.version_id):
            bucket.carry(ref, ref.key)
