"""From the ticket to the last part: how the bytes come in, and how somebody gives up."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Mapping
from datetime import timedelta
from typing import BinaryIO

from core.aws.s3 import ServedAs
from core.errors import Conflict, InvalidInput, TooLarge
from core.model.identity import Actor
from core.model.media import Upload, UploadedPart, UploadState, UploadTicket
from core.upload import policy, records
from core.upload.policy import UploadRequest
from core.upload.records import DueUpload
from core.upload.service.naming import check_free
from core.upload.service.shelf import Shelf

PART_URL_LIFE = timedelta(hours=1)
_CHUNK = 1024 * 1024
GRACE = timedelta(hours=1)  # a form that was sent in time may take so long to arrive


class Intake:
    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def open(
        self,
        actor: Actor,
        request: UploadRequest,
        *,
        in_one_post: bool = False,
        marks: Mapping[str, object] | None = None,
    ) -> UploadTicket:
        """`marks` are more fields of the upload, as a replacement has them."""
        request = policy.admit(request, self._shelf.settings.max_upload_bytes)
        upload = self._new(actor, request).model_copy(update=dict(marks or {}))
        if not upload.replaces:
            check_free(self._shelf.names, upload, request.on_conflict)
        if not in_one_post and request.size > self._shelf.settings.single_post_bytes:
            return self._open_parts(upload)
        self._remember(upload)
        post = self._shelf.bucket.presign_post(
            upload.key,
            content_type=upload.content_type,
            size=upload.size,
            expires=records.POST_LIFE,
        )
        return records.ticket(upload, post.url, post.fields)

    def receive(self, actor: Actor, request: UploadRequest, stream: BinaryIO) -> Upload:
        """The bytes through this process into S3; on disk here, and never whole in memory."""
        limit = min(policy.STREAMED_LIMIT, self._shelf.settings.max_upload_bytes)
        with tempfile.TemporaryFile() as spool:
            size = _spool(stream, spool, limit)
            if request.size > 0:
                policy.check_size(policy.display_name(request.name), request.size, size)
            sized = request.model_copy(update={"size": size})
            upload = self._new(actor, policy.admit(sized, limit))
            self._remember(upload)
            self._shelf.bucket.put(upload.key, spool, ServedAs(upload.content_type))
        return upload

    def _new(self, actor: Actor, request: UploadRequest) -> Upload:
        if request.private and self._shelf.edge.signer is None:
            raise InvalidInput(
                "Private media is off: the CDN has no key group.",
                hint="Upload it without `private`, or ask an admin to set DASHBOARD_CDN_KEY_ID.",
            )
        return records.single(
            secrets.token_hex(16),
            actor.account_id,
            request,
            self._shelf.bucket.name,
            self._shelf.clock(),
        )

    def _open_parts(self, upload: Upload) -> UploadTicket:
        part_size = policy.part_size(upload.size, self._shelf.settings.part_bytes)
        multipart_id = self._shelf.bucket.create_multipart(upload.key, upload.content_type)
        upload = records.in_parts(upload, multipart_id, part_size)
        self._remember(upload)
        return records.ticket(upload, f"/api/uploads/{upload.id}/parts", {})

    def _remember(self, upload: Upload) -> None:
        due = DueUpload(id=upload.id, at=upload.expires_at + GRACE)
        self._shelf.store.transact([self._shelf.uploads.put(upload), self._shelf.due.put(due)])

    def part_url(self, actor: Actor, id: str, number: int) -> str:
        upload = self._open_multipart(actor, id)
        count = policy.part_count(upload.size, upload.part_size or upload.size)
        if not 1 <= number <= count:
            raise InvalidInput(
                f"There is no part {number}.", hint=f"The parts count from 1 to {count}."
            )
        return self._shelf.bucket.part_url(
            upload.key, upload.multipart_id, number, expires=PART_URL_LIFE
        )

    def parts(self, actor: Actor, id: str) -> tuple[UploadedPart, ...]:
        upload = self._open_multipart(actor, id)
        return self._shelf.bucket.parts(upload.key, upload.multipart_id)

    def _open_multipart(self, actor: Actor, id: str) -> Upload:
        upload = self._shelf.own(actor, id).value
        if upload.state is not UploadState.OPEN or upload.method != "multipart":
            raise Conflict(
                f"{upload.name} is not waiting for parts.", hint="Ask for the upload's state."
            )
        return upload

    def abort(self, actor: Actor, id: str) -> None:
        stored = self._shelf.own(actor, id)
        if stored.value.state is UploadState.COMPLETED:
            raise Conflict(
                f"{stored.value.name} is uploaded already.", hint="Move the file to the trash."
            )
        self._shelf.give_up(stored)


def _spool(stream: BinaryIO, spool: BinaryIO, limit: int) -> int:
    """Write the stream to disk. Raises `TooLarge` as soon as it goes over `limit` bytes."""
    size = 0
    while chunk := stream.read(_CHUNK):
        size += len(chunk)
        if size > limit:
            raise TooLarge(
                f"More than {limit // policy.MIB} MiB can't be sent through the server.",
                hint="Use POST /api/uploads, which sends straight to S3.",
            )
        spool.write(chunk)
    spool.seek(0)
    return size
