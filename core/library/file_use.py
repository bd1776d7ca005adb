"""Which objects of a file cost storage, and what one view of it sends. Pure."""

from __future__ import annotations

from typing import Literal

from core.model.file_cost import FileUse, StoredPart
from core.model.media import FileVersion, MediaFile
from core.model.versions import held_by

Viewed = Literal["original", "preview", "thumbnail"]


def file_use(file: MediaFile, region: str, view_of: Viewed = "original") -> FileUse:
    """`view_of` something that the file lacks is priced as its original."""
    small = file.rendition(view_of)
    parts = [StoredPart(name="what the CDN serves", bytes=file.size)]
    if file.renditions:
        sizes = [one.size for one in file.renditions]
        parts.append(StoredPart(name="renditions", bytes=sum(sizes), count=len(sizes)))
    if file.pristine:
        kept = file.pristine.size or file.upload_size
        parts.append(StoredPart(name="the exact upload", bytes=kept))
    if file.versions:
        sizes = [_bytes(version) for version in file.versions]
        count = sum(len(tuple(held_by(version))) for version in file.versions)
        parts.append(StoredPart(name="earlier versions", bytes=sum(sizes), count=count))
    return FileUse(
        region=region,
        parts=tuple(parts),
        view_of=view_of if small else "original",
        view_bytes=small.size if small else file.size,
    )


def _bytes(version: FileVersion) -> int:
    kept = (version.pristine.size or version.upload_size) if version.pristine else 0
    return version.size + kept + sum(one.size for one in version.renditions)
