"""One file as somebody looks at it: how it is shown, the beginning of its text, how the CDN is."""

from __future__ import annotations

from enum import StrEnum

from core.model.base import Noun, UtcTime
from core.model.media import FileKind, FileState


class ShownAs(StrEnum):
    """What a browser can make of the bytes. `NOTHING`: only a download helps."""

    PICTURE = "picture"
    VIDEO = "video"
    AUDIO = "audio"
    PDF = "pdf"
    TEXT = "text"
    NOTHING = "nothing"


class ViewedFile(Noun):
    """What the viewer needs of one file. Addresses may be relative to this site; '' is none."""

    id: str
    name: str
    kind: FileKind
    state: FileState
    shown_as: ShownAs
    content_type: str
    size: int
    width: int | None = None
    height: int | None = None
    thumbnail_url: str = ""
    preview_url: str = ""
    url: str = ""


class FileWindow(Noun):
    """Neighbours in the order of one query; the first of `items` stands at `offset`, from 0."""

    items: tuple[ViewedFile, ...]
    offset: int
    total: int


class TextHead(Noun):
    """The beginning of a file as text. `certain` is False where the encoding is only assumed."""

    text: str
    encoding: str
    certain: bool
    shown_bytes: int
    total_bytes: int


class EdgeState(StrEnum):
    DELIVERED = "delivered"
    STALE = "stale"  # the edge answers with other bytes than the bucket holds
    BROKEN = "broken"
    UNKNOWN = "unknown"


class EdgeStatus(Noun):
    """One HEAD through the CDN beside one of S3. `age` is how long the edge has had its copy."""

    state: EdgeState
    sentence: str
    checked_at: UtcTime
    url: str
    status: int = 0
    age: int | None = None
    served_from: str = ""  # what the edge says in X-Cache
    edge_etag: str = ""
    stored_etag: str = ""
