"""What a member does with stored files: the changes that are possible, and a link to the bytes."""

from __future__ import annotations

from core.model.base import Noun, UtcTime


class FileChanges(Noun):
    """`None` leaves a field as it is. `folder` '' is the top, `tags` replaces all tags."""

    name: str | None = None
    folder: str | None = None
    tags: tuple[str, ...] | None = None


class DownloadLink(Noun):
    """A signed address of the bytes; `expires_at` is when it really ends, not what was asked."""

    url: str
    expires_at: UtcTime
