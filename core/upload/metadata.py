"""What a picture tells beside its pixels: read once, listed for its owner, then left out.

Nothing here may fail: damaged metadata is named as such, because it is removed anyway.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

import defusedxml.ElementTree
from PIL import ExifTags, Image, ImageFile, IptcImagePlugin

from core.model.media import RemovedField
from core.model.names import plain_text

T = TypeVar("T")

FIELD_LIMIT = 200  # a record holds them all
_VALUE_LIMIT = 80
_ORIENTATION = 0x0112
_MAKER_NOTE = 0x927C
# How the pixels are laid out in a TIFF, and pointers to other tables: no metadata.
_STRUCTURE = frozenset(
    {
        *range(254, 260),
        *(262, 263, 264, 265, 266, 273, 277, 278, 279, 280, 281, 284, 290, 291, 292, 293, 296),
        *(301, 317, 318, 319, 320, 321, 322, 323, 324, 325, 330, 332, 338, 339, 340, 341, 347),
        *(512, 513, 514, 515, 517, 518, 519, 520, 521, 529, 530, 531, 532, 282, 283),
        *(0x8769, 0x8825, 0xA005, 0x8773, 0x83BB, 0x8649, 700),
    }
)
_IPTC = {
    (2, 5): "Object name",
    (2, 25): "Keywords",
    (2, 55): "Date created",
    (2, 80): "By-line",
    (2, 90): "City",
    (2, 95): "Province",
    (2, 101): "Country",
    (2, 105): "Headline",
    (2, 110): "Credit",
    (2, 116): "Copyright",
    (2, 120): "Caption",
}


@dataclass(frozen=True)
class Metadata:
    orientation: int  # 1…8 as EXIF counts; 1 is upright
    removed: tuple[RemovedField, ...]
    taken_at: datetime | None
    camera: str


def read(image: ImageFile.ImageFile) -> Metadata:
    """Read before the pixels are changed: some formats forget it with the first conversion."""
    exif = _attempt(image.getexif, Image.Exif())
    nothing: dict[int, Any] = {}
    detail = _attempt(lambda: exif.get_ifd(ExifTags.IFD.Exif), nothing)
    sources = (
        _exif(exif, detail),
        _gps(exif),
        _thumbnail(exif),
        _xmp(image),
        _iptc(image),
        _comments(image),
    )
    removed = [field for source in sources for field in _until_damaged(source)]
    return Metadata(
        orientation=_orientation(exif),
        removed=tuple(dict.fromkeys(removed))[:FIELD_LIMIT],
        taken_at=_attempt(lambda: _taken_at(detail, exif), None),
        camera=_attempt(lambda: _camera(exif), ""),
    )


def _attempt(work: Callable[[], T], otherwise: T) -> T:
    try:
        return work()
    except Exception:  # noqa: BLE001  # damaged metadata can raise anything; it is removed anyway
        return otherwise


def _until_damaged(fields: Iterator[RemovedField]) -> Iterator[RemovedField]:
    while (field := _attempt(lambda: next(fields, None), None)) is not None:
        yield field


def _orientation(exif: Image.Exif) -> int:
    value = _attempt(lambda: int(exif.get(_ORIENTATION, 1)), 1)
    return value if 1 <= value <= 8 else 1


def _exif(exif: Image.Exif, detail: Mapping[int, Any]) -> Iterator[RemovedField]:
    for tag, value in exif.items():
        if tag not in _STRUCTURE:
            yield _field("EXIF", ExifTags.TAGS.get(tag, f"Tag {tag}"), value)
    for tag, value in detail.items():
        if tag == _MAKER_NOTE:
            yield _field("EXIF", "MakerNote", f"{len(value)} bytes")
        elif tag not in _STRUCTURE:
            yield _field("EXIF", ExifTags.TAGS.get(tag, f"Tag {tag}"), value)


def _gps(exif: Image.Exif) -> Iterator[RemovedField]:
    for tag, value in exif.get_ifd(ExifTags.IFD.GPSInfo).items():
        name = ExifTags.GPSTAGS.get(tag, f"Tag {tag}")
        yield _field("GPS", name, _degrees(value) if tag in {2, 4} else value)


def _degrees(value: Any) -> Any:
    degrees, minutes, seconds = (float(part) for part in value)
    return f"{degrees + minutes / 60 + seconds / 3600:.6f}"


def _thumbnail(exif: Image.Exif) -> Iterator[RemovedField]:
    inside = exif.get_ifd(ExifTags.IFD.IFD1)
    if inside:
        size = inside.get(ExifTags.Base.JpegIFByteCount, 0)
        yield _field("Thumbnail", "Embedded thumbnail", f"{size} bytes" if size else "")


def _xmp(image: ImageFile.ImageFile) -> Iterator[RemovedField]:
    packet = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp")
    if not packet:
        return
    raw = packet.encode() if isinstance(packet, str) else bytes(packet)
    unread: list[RemovedField] = []
    found = _attempt(lambda: [*_xmp_properties(raw)], unread)
    yield from found or [_field("XMP", "Packet", f"{len(raw)} bytes")]


def _xmp_properties(packet: bytes) -> Iterator[RemovedField]:
    root = defusedxml.ElementTree.fromstring(packet.strip(b"\0 \r\n\t"))
    for element in root.iter():
        for name, value in element.attrib.items():
            if _local(name) not in {"about", "xmptk", "parseType"} and "XML/1998" not in name:
                yield _field("XMP", _local(name), value)
        if element.text and element.text.strip() and _local(element.tag) != "li":
            yield _field("XMP", _local(element.tag), element.text)


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _iptc(image: ImageFile.ImageFile) -> Iterator[RemovedField]:
    for key, value in (IptcImagePlugin.getiptcinfo(image) or {}).items():
        first = value[0] if isinstance(value, list) else value
        yield _field("IPTC", _IPTC.get(key, f"Dataset {key[0]}:{key[1]}"), first)


def _comments(image: ImageFile.ImageFile) -> Iterator[RemovedField]:
    if comment := image.info.get("comment"):
        yield _field("Comment", "Comment", comment)
    text: Mapping[str, str] = getattr(image, "text", {})
    for name, value in text.items():
        if name not in {"XML:com.adobe.xmp", "xmp"}:
            yield _field("Comment", plain_text(name) or "Text", value)


def _field(group: str, name: str, value: Any) -> RemovedField:
    return RemovedField(group=group, name=plain_text(name)[:_VALUE_LIMIT], value=_shown(value))


def _shown(value: Any) -> str:
    """One short, readable line."""
    if isinstance(value, bytes):
        text = value.rstrip(b"\0").decode("utf-8", "replace")
        if not (text.isascii() and text.isprintable()) and len(value) <= 8:
            return ".".join(str(byte) for byte in value)
        if "\ufffd" in text or "\0" in text:
            return f"{len(value)} bytes"
    elif isinstance(value, (tuple, list)):
        text = ", ".join(_shown(part) for part in value[:8]) + (" …" if len(value) > 8 else "")
    elif isinstance(value, float) or hasattr(value, "numerator"):
        text = f"{float(value):g}"
    else:
        text = str(value)
    line = plain_text(text)
    return line if len(line) <= _VALUE_LIMIT else line[: _VALUE_LIMIT - 1] + "…"


def _taken_at(detail: Mapping[int, Any], exif: Image.Exif) -> datetime | None:
    """A camera without a time zone is taken to be in UTC; EXIF 2.31's offset says it exactly."""
    raw = detail.get(ExifTags.Base.DateTimeOriginal) or exif.get(ExifTags.Base.DateTime)
    if not raw:
        return None
    moment = datetime.strptime(str(raw).strip("\0 ")[:19], "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007
    offset = str(detail.get(ExifTags.Base.OffsetTimeOriginal, "")).strip("\0 ")
    if not offset:
        return moment.replace(tzinfo=UTC)
    return _attempt(lambda: _at_offset(moment, offset), moment.replace(tzinfo=UTC))


def _at_offset(moment: datetime, offset: str) -> datetime:
    zone = datetime.strptime(offset, "%z").tzinfo
    return moment.replace(tzinfo=zone).astimezone(UTC)


def _camera(exif: Image.Exif) -> str:
    make, model = (
        plain_text(str(exif.get(tag, "")).replace("\0", ""))
        for tag in (ExifTags.Base.Make, ExifTags.Base.Model)
    )
    same = model.casefold().startswith(make.casefold().split(" ")[0]) if make else True
    return (model if same else f"{make} {model}").strip()[:_VALUE_LIMIT] or make[:_VALUE_LIMIT]
