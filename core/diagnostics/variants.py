"""Names of generated pictures (thumbnails, sizes, formats) and the original they are made from."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from core.diagnostics.objects import KeyIndex
from core.diagnostics.spelling import fold, stem_of
from core.diagnostics.structure import Shape
from core.model.delivery import Bucket

_WORDS = (
    "thumbnails?|thumbs?|preview|previews|small|medium|large|tiny|mini|icon|square|xs|sm|md|lg|xl|"
    "webp|avif|optimi[sz]ed|resized|cropped?|compressed|retina|mobile|desktop|hero|cover|placeholder"
)
_SIZE = r"\d{2,4}x\d{2,4}|w\d{2,4}|h\d{2,4}|\d{2,4}w|\d{2,4}px|[1-4]x|[whq]_\d{1,4}|\d{3,4}"
_SUFFIX = re.compile(rf"(?:[-_.@](?:{_WORDS}|{_SIZE}))+$", re.IGNORECASE)
_PREFIX = re.compile(rf"^(?:(?:{_WORDS}|{_SIZE})[-_.])+", re.IGNORECASE)
_MADE = "caches?|derivatives?|renditions?|variants?|sizes?|scaled|resizer?|transformed"
_FOLDER = re.compile(rf"^(?:{_WORDS}|{_MADE}|{_SIZE})$", re.IGNORECASE)
_WHOLE_NAME = re.compile(rf"^(?:{_WORDS}|{_SIZE})$", re.IGNORECASE)
_ORIGINAL_NAMES = ("original", "full", "source", "master")  # beside thumb.jpg or 200.jpg
_ORIGINAL_FOLDERS = ("", "originals", "original", "uploads", "full", "photos", "images", "media")


_KINDS = re.compile(
    rf"^(?:(thumb)(?:nail)?s?|(small|tiny|mini|medium|large|webp|avif|resized|{_MADE}|{_SIZE}))$",
    re.IGNORECASE,
)


def other_rendition(asked: str, stored: str) -> bool:
    """Whether a folder asks for a kind of rendition that the other key is not."""
    return not _kinds(asked) <= _kinds(stored)


def _kinds(key: str) -> set[str]:
    found = map(_KINDS.match, fold(key).split("/")[:-1])
    return {one[1] or one[2] for one in found if one}


def is_variant(key: str) -> bool:
    """Whether the name says that this picture is made from another one."""
    return bool(list(bare_names(key)))


def bare_names(key: str) -> Iterator[str]:
    """The folded stems that the original of `key` may have."""
    stem = stem_of(fold(key))
    folder, _, name = stem.rpartition("/")
    bare = _PREFIX.sub("", _SUFFIX.sub("", name)) or name
    segments = [s for s in folder.split("/") if s]
    kept = [s for s in segments if not _FOLDER.match(s)]
    if bare != name:
        yield "/".join([*segments, bare])
    if _WHOLE_NAME.match(name):
        yield from ("/".join([*segments, original]) for original in _ORIGINAL_NAMES)
    if kept == segments:
        return
    yield "/".join([*kept, bare])
    first = next(i for i, segment in enumerate(segments) if _FOLDER.match(segment))
    for other in _ORIGINAL_FOLDERS[1:]:  # a run such as thumbs/320x240/ stands for one folder
        yield "/".join([*kept[:first], other, *kept[first:], bare])
    for i, segment in enumerate(segments):
        if _FOLDER.match(segment):
            for other in _ORIGINAL_FOLDERS:
                swapped = [*segments[:i], *([other] if other else []), *segments[i + 1 :]]
                yield "/".join([*swapped, bare])


def originals(
    shape: Shape, bucket: Bucket, index: KeyIndex, make: Callable[..., Any]
) -> Iterator[Any]:
    """Guesses at the picture from which a missing variant would be made."""
    if not shape.is_identity or bucket.name != shape.home:
        return
    seen: set[str] = set()
    for stem in bare_names(shape.key):
        for key in index.by_stem.get(stem, ()):
            if key not in seen:
                seen.add(key)
                yield make(bucket.name, key, 0.6, "original_of_variant", (), shape.key)
