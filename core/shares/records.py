"""What goes in and out of this room besides links and policies."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

from pydantic import Field

from core.model.base import Noun, UtcTime
from core.model.identity import Actor
from core.model.media import MediaFile
from core.model.sharing import DropLimits, DroppedFile, ShareKind, ShareLink, ShareTarget


class ShareRequest(Noun):
    """A link that somebody wants. An empty `title` becomes what the target is called."""

    kind: ShareKind = ShareKind.VIEW
    target: ShareTarget
    expires_in: timedelta
    title: str = ""
    password: str = Field("", repr=False)
    max_downloads: int | None = None
    drop: DropLimits | None = None


class LinkChanges(Noun):
    """Fields that are not set stay. `password` '' takes it off, `max_downloads` 0 the limit."""

    expires_in: timedelta | None = None
    title: str | None = None
    password: str | None = Field(None, repr=False)
    max_downloads: int | None = None


class Visit(NamedTuple):
    """A link that somebody without an account has opened."""

    link: ShareLink
    ends: UtcTime
    left: int | None  # downloads; None: no limit
    owner: str  # the name that its owner goes by


class FilesOfLink(NamedTuple):
    """One page of what a link shows; pages count from 1."""

    items: tuple[MediaFile, ...]
    page: int
    pages: int
    total: int


class Archive(NamedTuple):
    """A zip that is made while it is read; it ends early where the link does."""

    name: str
    chunks: Iterator[bytes]


class DropRequest(NamedTuple):
    """What a visitor wants to send, in the browser's words."""

    name: str
    size: int
    content_type: str
    sender: str


class Admitted(NamedTuple):
    """On whose behalf the upload runs, and into which folder."""

    owner: Actor
    folder: str
    link: ShareLink


class Arriving(NamedTuple):
    """A file of a drop box whose bytes are on their way or have come."""

    owner: Actor
    link: ShareLink
    drop: DroppedFile
