"""What a member does with stored files: the changes that are possible, and a link to the bytes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from core.model.base import Noun, UtcTime
from core.model.media import FileVersion


class FileChanges(Noun):
    """`None` leaves a field as it is. `folder` '' is the top, `tags` replaces all tags."""

    name: str | None = None
    folder: str | None = None
    tags: tuple[str, ...] | None = None


class DownloadLink(Noun):
    """A signed address of the bytes; `expires_at` is when it really ends, not what was asked."""

    url: str
    expires_at: UtcTime


class VersionView(Noun):
    """The bytes of a file at one time. Its addresses work while it is not the current one, too.

    Signed ones end at `expires_at`; None where all of them are public.
    """

    version: FileVersion
    current: bool
    url: str
    thumbnail_url: str  # '' where it has no picture
    preview_url: str
    expires_at: UtcTime | None = None


class ZipPlan(Noun):
    """What one zip of a selection would hold; `left_out` are files that have no bytes yet."""

    count: int
    size: int
    left_out: int


class FileZip(NamedTuple):
    """A zip that is made while it is read."""

    name: str
    chunks: Iterator[bytes]
