"""A group of duplicates as a person reviews it: which to keep and why, what differs. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from core.model.changes import Difference
from core.model.duplicates import DuplicateGroup, DuplicateKind, Twin
from core.model.media import MediaFile

FARTHEST = 6  # bits in which look-alikes may differ; the search in `look_alikes` relies on it


def group(
    kind: DuplicateKind, files: Sequence[MediaFile], more: int = 0, kept: str = ""
) -> DuplicateGroup:
    """`files` has at least two; `more` are not shown. The suggestion comes first."""
    ordered = sorted(files, key=_first_to_keep)
    keep = ordered[0]
    twins = tuple(
        Twin(
            file=file,
            distance=distance(keep.fingerprint, file.fingerprint),
            stored=stored(file),
            differs=differences(keep, file),
        )
        for file in ordered
    )
    return DuplicateGroup(
        kind=kind,
        twins=twins,
        keep=keep.id,
        reason=_reason(kind, keep, ordered[1]),
        frees=sum(twin.stored for twin in twins[1:]),
        files=len(twins) + more,
        kept=kept,
    )


def distance(one: str, other: str) -> int:
    """Differing bits; 0 where either is not known, as with files of the same bytes."""
    return (int(one, 16) ^ int(other, 16)).bit_count() if one and other else 0


def stored(file: MediaFile) -> int:
    """Bytes of what is served, its smaller pictures and the exact upload."""
    small = sum(rendition.size for rendition in file.renditions)
    return file.size + small + (file.pristine.size if file.pristine else 0)


def differences(one: MediaFile, other: MediaFile) -> tuple[Difference, ...]:
    first, second = _words(one), _words(other)
    return tuple(
        Difference(what=what, first=first[what], second=second[what])
        for what in first
        if first[what] != second[what]
    )


def _first_to_keep(file: MediaFile) -> tuple[int, int, int, int, float, str]:
    """More of the picture, then more work put into it, then the older."""
    pixels = (file.width or 0) * (file.height or 0)
    work = len(file.tags) + len(file.albums) + len(file.grants)
    when = file.uploaded_at.timestamp()
    return (-pixels, -max(file.upload_size, file.size), -int(bool(work)), -work, when, file.id)


def _reason(kind: DuplicateKind, keep: MediaFile, second: MediaFile) -> str:
    mine, theirs = _first_to_keep(keep), _first_to_keep(second)
    if kind is DuplicateKind.SIMILAR and mine[0] != theirs[0]:
        return "It has the most pixels."
    if kind is DuplicateKind.SIMILAR and mine[1] != theirs[1]:
        return "It has the most data for the same pixels."
    if mine[3] != theirs[3]:
        return "It has the most tags, albums and people."
    return "It was uploaded first."


def _words(file: MediaFile) -> dict[str, str]:
    known = file.width is not None and file.height is not None
    return {
        "name": file.name,
        "folder": f"/{file.folder}",
        "tags": ", ".join(file.tags),
        "albums": str(len(file.albums)),
        "size": f"{file.size:,} bytes",
        "type": file.content_type,
        "dimensions": f"{file.width} \u00d7 {file.height}" if known else "",
        "taken": f"{file.taken_at:%Y-%m-%d %H:%M} UTC" if file.taken_at else "",
        "camera": file.camera,
        "uploaded": f"{file.uploaded_at:%Y-%m-%d %H:%M} UTC",
        "owner": file.owner_id,
    }
