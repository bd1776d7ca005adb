"""From bytes that arrived to what is served, and whether the CDN serves it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any, BinaryIO

from core.aws.s3 import ServedAs
from core.errors import AwsUnavailable, Conflict, NotFound
from core.model.media import (
    DeliveryStep,
    FileKind,
    FileState,
    Job,
    MediaFile,
    ObjectRef,
    Rendition,
    Upload,
    UploadState,
)
from core.model.names import attachment
from core.stores.collection import Stored
from core.upload import delivery, policy, records
from core.upload.fingerprints import fingerprint
from core.upload.images import PreparedImage, prepare
from core.upload.problems import REFUSALS, changed_bytes, error_of
from core.upload.service.completion import PROCESS_UPLOAD
from core.upload.service.intake import Intake
from core.upload.service.replacing import Replacing
from core.upload.service.shelf import Shelf

HASHED_LIMIT = 100 * policy.MIB  # larger plain files are copied inside S3 without being read
CDN_ATTEMPTS = 4  # this process's own CDN route may still be starting
_STEPS = 4


class Processing:
    def __init__(self, shelf: Shelf, intake: Intake) -> None:
        self._shelf = shelf
        self.replacing = Replacing(shelf, intake, self)

    def process(self, job: Job) -> None:
        stored = self._shelf.uploads.find(job.subject_id)
        if stored is None:
            raise NotFound(f"There is no upload {job.subject_id!r}.", hint="Upload it again.")
        if stored.value.state is UploadState.REFUSED:
            self._shelf.clear(stored.value)
            raise error_of(stored.value.problem)
        if stored.value.replaces:
            self.replacing.process(job, stored)
            return
        file = self._shelf.files.get(stored.value.file_id)
        try:
            file = self._store_objects(job, stored.value, file)
        except REFUSALS as refusal:
            self._shelf.refuse(stored, refusal)
            raise
        self._shelf.bucket.erase(stored.value.key)
        self._shelf.jobs.progress(job.id, 3, _STEPS, "Asking the CDN")
        self.check(job, file)

    def check(self, job: Job, file: MediaFile) -> MediaFile:
        """Ask the CDN, as part of a job that may ask again later."""
        return self._check(file, patient=job.attempts < CDN_ATTEMPTS)

    def _store_objects(self, job: Job, upload: Upload, file: MediaFile) -> MediaFile:
        if file.etag:  # an earlier attempt came this far
            return file
        return self._shelf.change(file.id, self._made(job, upload, file))

    def stored(self, job: Job, upload: Upload, draft: MediaFile) -> MediaFile:
        """The draft of a replacement with its objects, which are in place then."""
        return draft.model_copy(update=self._made(job, upload, draft))

    def _made(self, job: Job, upload: Upload, file: MediaFile) -> dict[str, Any]:
        """Put the objects in place; what they change in the record."""
        if job.attempts > 1:  # and here perhaps half-way
            self._shelf.erase_media(file.id)
        self._shelf.jobs.progress(job.id, 1, _STEPS, "Reading")
        source = self._unchanged(upload, file)
        if file.kind is FileKind.IMAGE:
            return self._store_image(job, file, source)
        return self._store_plain(job, file, source)

    def _unchanged(self, upload: Upload, file: MediaFile) -> ObjectRef:
        """The bytes as they were at completion; whoever sends others later is refused."""
        current = self._shelf.bucket.find(upload.key)
        if current is None or file.pristine is None or current.ref.etag != file.pristine.etag:
            raise changed_bytes(file.name)
        return file.pristine

    def _store_image(self, job: Job, file: MediaFile, source: ObjectRef) -> dict[str, Any]:
        with tempfile.TemporaryFile() as arrived, tempfile.TemporaryFile() as target:
            checksum = self._download(file, source, arrived)
            prepared = prepare(arrived, target, max_pixels=self._shelf.settings.max_image_pixels)
            self._shelf.jobs.progress(job.id, 2, _STEPS, "Storing")
            target.seek(0)
            name = policy.served_name(file.name, prepared.content_type)
            served = self._shelf.bucket.put(
                policy.served_key(file.id, name, private=file.private),
                target,
                _served_as(file, prepared.content_type, name),
            )
        small = self._store_renditions(file, prepared)
        private = ServedAs(file.content_type, "private, no-store", attachment(file.name))
        with _pinned(file.name):
            pristine = self._shelf.bucket.copy(
                source, policy.original_key(file.id, file.name), private
            )
        looks = next((one.body for one in prepared.renditions if one.name == policy.THUMBNAIL), b"")
        stored = records.stored_image(file, prepared, served, small, pristine, checksum)
        return {**stored, "fingerprint": fingerprint(looks)}

    def _store_renditions(self, file: MediaFile, prepared: PreparedImage) -> tuple[Rendition, ...]:
        stored = []
        for small in prepared.renditions:
            key = policy.rendition_key(file.id, small.name, private=file.private)
            cache_control = policy.cache_control(private=file.private)
            self._shelf.bucket.put(key, small.body, ServedAs("image/webp", cache_control, "inline"))
            stored.append(
                Rendition(
                    name=small.name,
                    key=key,
                    width=small.width,
                    height=small.height,
                    size=len(small.body),
                )
            )
        return tuple(stored)

    def _store_plain(self, job: Job, file: MediaFile, source: ObjectRef) -> dict[str, Any]:
        checksum = self._download(file, source, None) if source.size <= HASHED_LIMIT else ""
        self._shelf.jobs.progress(job.id, 2, _STEPS, "Storing")
        with _pinned(file.name):
            served = self._shelf.bucket.copy(
                source, file.key, _served_as(file, file.content_type, file.name)
            )
        return records.stored_plain(served, checksum)

    def _download(self, file: MediaFile, source: ObjectRef, to: BinaryIO | None) -> str:
        """The SHA-256 of the bytes, which are also written to `to`."""
        digest = sha256()
        with _pinned(file.name):
            for chunk in self._shelf.bucket.open_stream(source):
                digest.update(chunk)
                if to is not None:
                    to.write(chunk)
        if to is not None:
            to.flush()
            to.seek(0)
        return digest.hexdigest()

    def recheck(self, stored: Stored[MediaFile]) -> MediaFile:
        file = stored.value
        if file.etag:
            return self._check(file, patient=False)
        return self._process_again(stored) if file.state is FileState.UNDELIVERED else file

    def _process_again(self, stored: Stored[MediaFile]) -> MediaFile:
        file = stored.value
        again = file.model_copy(update={"state": FileState.PROCESSING, "delivery": ()})
        job, put_job = self._shelf.jobs.put(PROCESS_UPLOAD, file.id, file.owner_id)
        self._shelf.store.transact([self._shelf.files.put(again, stored.version), put_job])
        self._shelf.uploads.update(
            file.id, lambda upload: upload.model_copy(update={"job_id": job.id})
        )
        self._shelf.jobs.announce()
        return again

    def _check(self, file: MediaFile, *, patient: bool) -> MediaFile:
        """Record what the CDN answers; `patient`: if it is away for now, try again later."""
        steps: tuple[DeliveryStep, ...] = ()
        for expected in records.expected(file):
            answer = self._shelf.edge.head(self._shelf.edge.url(expected.key))
            if patient and delivery.away(answer.status):
                raise AwsUnavailable(
                    "The CDN does not answer.", hint="It is asked again in a few seconds."
                )
            steps += delivery.steps(expected, answer.status, answer.headers, answer.error)
        if file.private:
            unsigned = self._shelf.edge.head(self._shelf.edge.plain_url(file.key))
            steps += (delivery.refused_unsigned(unsigned.status),)
        checked = self._shelf.change(file.id, records.checked(steps, self._shelf.clock()))
        if checked.state is not file.state:
            self._shelf.audit.record(f"file.{checked.state.value}", subject=f"file/{file.id}")
        return checked


def _served_as(file: MediaFile, content_type: str, name: str) -> ServedAs:
    return ServedAs(
        policy.served_type(content_type),
        policy.cache_control(private=file.private),
        policy.disposition(content_type, name),
    )


@contextmanager
def _pinned(name: str) -> Iterator[None]:
    """Reading what arrived: gone or different bytes mean that somebody replaced them."""
    try:
        yield
    except (Conflict, NotFound) as error:
        raise changed_bytes(name) from error
