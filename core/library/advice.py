"""What to tell at a file, from its record, a HEAD of its object and its first bytes. Pure.

Each rule is a function of `Facts`; where something could not be read, its rules keep silent.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from core.library.personal import clean_key, person_in_key, suffix_for
from core.model.advice import AdviceChange, AdviceLevel, FileAdvice, Headers, RepairKind
from core.model.media import FileKind, FileState, MediaFile

MIB = 1024 * 1024
SHORT_CACHE = 24 * 3600  # seconds; below it viewers ask again on every day
_HEAVY = MIB
_HEAVY_TIMES = 8  # the preview's bytes
_BYTES_PER_PIXEL = 1.5  # a photograph as JPEG has 0.1 to 0.6
_MAX_AGE = re.compile(r"(?:^|[,\s])max-age=\"?(\d{1,12})")


@dataclass(frozen=True)
class Facts:
    """`stored` None: the object could not be asked. `right` is what its bytes should say."""

    file: MediaFile
    stored: Headers | None = None
    right: Headers | None = None
    private_neighbours: int | None = None  # files of the same folder; None: not known


Rule = Callable[[Facts], Iterator[FileAdvice]]


def advice(facts: Facts) -> tuple[FileAdvice, ...]:
    """The worst first."""
    found = [one for rule in _RULES for one in rule(facts)]
    order = list(AdviceLevel)
    return tuple(sorted(found, key=lambda one: order.index(one.level)))


def _not_delivered(facts: Facts) -> Iterator[FileAdvice]:
    file = facts.file
    if file.state is not FileState.UNDELIVERED:
        return
    step = next((one for one in file.delivery if not one.ok), None)
    where = f" It fails at \u201c{step.name}\u201d." if step else ""
    yield FileAdvice(
        rule="not_delivered",
        level=AdviceLevel.FAIL,
        sentence=f"The CDN does not deliver this file.{where}",
        why="Every page that shows it shows a gap. The doctor names the cause.",
    )


def _wrong_type(facts: Facts) -> Iterator[FileAdvice]:
    stored, right = facts.stored, facts.right
    if stored is None or right is None or not right.content_type:
        return
    told, real = _plain(stored.content_type), _plain(right.content_type)
    if told == real:
        return
    yield FileAdvice(
        rule="wrong_type",
        level=AdviceLevel.WARN,
        sentence=f"It is served as {told or 'no type at all'}, but its bytes are {real}.",
        why="Browsers believe the type: they download instead of showing, or show nothing.",
        repair=RepairKind.HEADERS,
        changes=_header_changes(stored, right),
        effect=_IN_PLACE,
    )


def _short_cache(facts: Facts) -> Iterator[FileAdvice]:
    stored, right = facts.stored, facts.right
    if stored is None or right is None or facts.file.private:
        return
    seconds = cached_seconds(stored.cache_control)
    if seconds is not None and seconds >= SHORT_CACHE:
        return
    told = "no Cache-Control header" if not stored.cache_control else (
        f"only \u201c{stored.cache_control[:80]}\u201d"
    )  # fmt: skip
    yield FileAdvice(
        rule="short_cache",
        level=AdviceLevel.WARN,
        sentence=f"It is served with {told}.",
        why="Its key never gets other bytes, so every repeated request is paid for nothing.",
        repair=RepairKind.HEADERS,
        changes=_header_changes(stored, right),
        effect=_IN_PLACE,
    )


def _open_cache(facts: Facts) -> Iterator[FileAdvice]:
    stored, right = facts.stored, facts.right
    if stored is None or right is None or not facts.file.private:
        return
    if "public" not in stored.cache_control.lower().replace(",", " ").split():
        return
    yield FileAdvice(
        rule="open_cache",
        level=AdviceLevel.WARN,
        sentence="It is private, but caches on the way may keep it for everybody.",
        why=f"Its header says \u201c{stored.cache_control[:80]}\u201d.",
        repair=RepairKind.HEADERS,
        changes=_header_changes(stored, right),
        effect=_IN_PLACE,
    )


def _personal_key(facts: Facts) -> Iterator[FileAdvice]:
    file = facts.file
    found = person_in_key(file)
    if not found:
        return
    yield FileAdvice(
        rule="personal_key",
        level=AdviceLevel.WARN,
        sentence=f"Its address has {found} in it.",
        why="Addresses stand in logs, histories and pages of others, also of private files.",
        repair=RepairKind.CLEAN_KEY,
        changes=(AdviceChange(what="key", before=file.key, after=clean_key(file)),),
        effect="The old address stops working; whatever links to it has to be changed.",
    )


def _heavy(facts: Facts) -> Iterator[FileAdvice]:
    file, preview = facts.file, facts.file.rendition("preview")
    if file.kind is not FileKind.IMAGE or preview is None or file.size < _HEAVY:
        return
    if file.size < _HEAVY_TIMES * preview.size:
        return
    times = file.size // preview.size
    yield FileAdvice(
        rule="heavy",
        level=AdviceLevel.HINT,
        sentence=(
            f"It is {times} times as heavy as its preview: {_size(file.size)} instead of "
            f"{_size(preview.size)}."
        ),
        why=(
            f"A page shows at most {preview.width} \u00d7 {preview.height} of its {file.width} "
            f"\u00d7 {file.height} pixels. Use the preview\u2019s address there."
        ),
    )


def _wasteful(facts: Facts) -> Iterator[FileAdvice]:
    file = facts.file
    pixels = (file.width or 0) * (file.height or 0)
    if file.kind is not FileKind.IMAGE or not pixels or file.size < MIB // 2:
        return
    each = file.size / pixels
    if each < _BYTES_PER_PIXEL or file.content_type == "image/gif":
        return
    yield FileAdvice(
        rule="wasteful",
        level=AdviceLevel.HINT,
        sentence=f"It spends {each:.1f} bytes on each pixel; a photograph needs less than one.",
        why="Coded anew as WebP it may be a fraction of it. Try what it gives.",
        repair=RepairKind.SMALLER,
        effect="A new version with a new address; the bytes before are kept as a version.",
    )


def _no_extension(facts: Facts) -> Iterator[FileAdvice]:
    file = facts.file
    if PurePosixPath(file.name).suffix:
        return
    suffix = suffix_for(file.content_type)
    if not suffix:
        return
    yield FileAdvice(
        rule="no_extension",
        level=AdviceLevel.HINT,
        sentence=f"Its name has no extension, although it is {file.content_type}.",
        why="Who downloads it gets a file that no program opens by itself.",
        repair=RepairKind.NAME,
        changes=(AdviceChange(what="name", before=file.name, after=file.name + suffix),),
        effect="Key and address stay as they are.",
    )


def _open_among_private(facts: Facts) -> Iterator[FileAdvice]:
    file, count = facts.file, facts.private_neighbours
    if file.private or not file.folder or not count:
        return
    others = f"{count} private file{'s' if count > 1 else ''}"
    yield FileAdvice(
        rule="open_among_private",
        level=AdviceLevel.WARN,
        sentence=f"It is public in a folder with {others}.",
        why="Whoever has its address sees it. Make it private if it belongs to the others.",
        repair=RepairKind.PRIVATE,
        changes=(
            AdviceChange(
                what="who sees it", before="whoever has its address", after="signed requests only"
            ),
        ),
        effect="Its addresses change. It can be made public again.",
    )


_RULES: tuple[Rule, ...] = (
    _not_delivered, _wrong_type, _short_cache, _open_cache, _personal_key,
    _open_among_private, _heavy, _wasteful, _no_extension,
)  # fmt: skip
_IN_PLACE = (
    "The bytes and the address stay. The bucket keeps the version before; the CDN forgets its copy."
)


def cached_seconds(cache_control: str) -> int | None:
    """How long a viewer may keep it; 0 for not at all, None where nothing is said."""
    words = cache_control.lower()
    if re.search(r"(?:^|[,\s])(?:no-store|no-cache)\b", words):
        return 0
    found = _MAX_AGE.search(words)
    return int(found[1]) if found else None


def _header_changes(stored: Headers, right: Headers) -> tuple[AdviceChange, ...]:
    pairs = (
        ("Content-Type", stored.content_type, right.content_type),
        ("Cache-Control", stored.cache_control, right.cache_control),
        ("Content-Disposition", stored.content_disposition, right.content_disposition),
    )
    return tuple(
        AdviceChange(what=what, before=before, after=after)
        for what, before, after in pairs
        if before != after
    )


def _plain(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


def _size(count: int) -> str:
    return f"{count / MIB:.1f} MiB" if count >= MIB else f"{count / 1024:.0f} KiB"
