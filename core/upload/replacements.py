"""New bytes for a file that exists: on their way a draft of it, in a folder of their own. Pure."""

from __future__ import annotations

from datetime import datetime

from core.errors import Conflict
from core.model.base import Noun
from core.model.media import FileState, FileVersion, MediaFile, Upload
from core.model.versions import BROWSERS_KEEP, version_of, with_bytes


class Replacement(Noun):
    """`draft` is the file as the new bytes make it; its id is the folder that they lie in.

    `previous` is what was served, pinned by S3's version ids before it is overwritten.
    """

    upload_id: str
    draft: MediaFile
    previous: FileVersion | None = None


def folder_of(upload: Upload) -> str:
    """Under the file's own folder, so that nothing of it is left when the file goes."""
    return f"{upload.replaces}/r{upload.base_revision + 1}-{upload.id[:8]}"


def check_open(file: MediaFile) -> MediaFile:
    if file.trashed_at is not None:
        raise Conflict(f"{file.name} is in the trash.", hint="Restore it first.")
    if file.state is FileState.PROCESSING or not file.etag:
        raise Conflict(
            f"{file.name} is still being processed.", hint="Replace it in a few seconds."
        )
    return file


def check_revision(file: MediaFile, seen: int, changed_by: str) -> None:
    """Raise `Conflict` where the file got other bytes after the revision that was `seen`."""
    if file.revision == seen:
        return
    at = file.stored_at or file.uploaded_at
    raise Conflict(
        f"{changed_by} replaced {file.name} at {at:%Y-%m-%d %H:%M} UTC.",
        hint="Look at that version, then replace it again if yours should be served.",
    )


def check_still(file: MediaFile, upload: Upload, draft: MediaFile, changed_by: str) -> None:
    """Raise `Conflict` where the file is not any more what was to be replaced."""
    check_open(file)
    check_revision(file, upload.base_revision, changed_by)
    if file.private is not draft.private:
        raise Conflict(
            f"{file.name} was made {'private' if file.private else 'public'} meanwhile.",
            hint="Send the replacement again.",
        )
    if upload.same_key and file.content_type != draft.content_type:
        raise Conflict(
            f"{file.name} is {file.content_type}, the new one is {draft.content_type}.",
            hint="Another type needs another address: replace it without keeping this one.",
        )


def replaced(
    file: MediaFile, draft: MediaFile, upload: Upload, previous: FileVersion | None, now: datetime
) -> MediaFile:
    """The file with the draft's bytes and what was read from them."""
    after = with_bytes(file, version_of(draft), upload.owner_id, now, previous)
    notes = (*draft.notes, BROWSERS_KEEP) if upload.same_key else draft.notes
    read = ("taken_at", "camera", "removed", "kind")
    return after.model_copy(
        update={field: getattr(draft, field) for field in read} | {"notes": notes}
    )
