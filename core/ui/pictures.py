"""Thumbnails in read-only rows and strips. Names are text, addresses come from the library."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import PurePosixPath

from core.model.media import MediaFile
from core.ui import delivery_view, formats, parts
from core.ui.markup import Markup, join, tag

Address = Callable[[MediaFile], str]  # of a file's thumbnail


def thumbnail(file: MediaFile, address: Address) -> Markup:
    """The picture, or the file's extension where none arrives. Never changes its size."""
    failed = any(step.name.startswith("thumbnail") and not step.ok for step in file.delivery)
    if failed or file.rendition("thumbnail") is None:
        return tag("span", extension(file.name), class_="ui-thumb")
    picture = parts.picture(address(file), extension(file.name))
    return tag("span", picture, class_="ui-thumb")


def extension(name: str) -> str:
    return PurePosixPath(name).suffix.lstrip(".").upper()[:5] or "FILE"


def strip(files: Iterable[MediaFile], address: Address, now: datetime) -> Markup:
    """What arrived, as pictures that lead to the file."""
    return tag("div", *(_card(file, address, now) for file in files), class_="ui-strip")


def _card(file: MediaFile, address: Address, now: datetime) -> Markup:
    return tag(
        "a",
        thumbnail(file, address),
        tag("b", file.name, title=file.name),
        tag("small", f"{formats.size(file.size)}, {formats.ago(file.uploaded_at, now)}"),
        href=f"/library?file={file.id}",
    )


def row(file: MediaFile, address: Address) -> Markup:
    """One file that fails: its picture, its name, the failing step."""
    name = tag("b", file.name, class_="ui-break")
    return tag(
        "div",
        thumbnail(file, address),
        tag("div", join(name), delivery_view.failure_sentence(file)),
        class_="ui-row",
    )
