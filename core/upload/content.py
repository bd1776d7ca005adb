"""What bytes really are, judged by their beginning and never by what somebody calls them."""

from __future__ import annotations

import codecs
import mimetypes
import re
from pathlib import PurePosixPath

import puremagic

HEAD_BYTES = 64 * 1024  # enough for every signature that is looked for

UNKNOWN = "application/octet-stream"

# Formats that are taken apart and made anew, by the name that people know.
IMAGE_TYPES = {
    "image/avif": "AVIF",
    "image/gif": "GIF",
    "image/heic": "HEIC",
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/tiff": "TIFF",
    "image/webp": "WebP",
}
IMAGE_SUFFIXES = {
    ".avif": "image/avif",
    ".gif": "image/gif",
    ".heic": "image/heic",
    ".heics": "image/heic",
    ".heif": "image/heic",
    ".heifs": "image/heic",
    ".jfif": "image/jpeg",
    ".jpe": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".webp": "image/webp",
}
_IMAGE_ALIASES = {
    "image/apng": "image/png",
    "image/heif": "image/heic",
    "image/heic-sequence": "image/heic",
    "image/heif-sequence": "image/heic",
    "image/jpg": "image/jpeg",
    "image/pjpeg": "image/jpeg",
    "image/x-png": "image/png",
}
# Camera raw files are TIFF inside; what Pillow sees there is a thumbnail, not the picture.
RAW_SUFFIXES = frozenset(
    {
        *(".3fr", ".arw", ".cr2", ".cr3", ".dcr", ".dng", ".erf", ".iiq", ".k25", ".kdc", ".mef"),
        *(".mos", ".mrw", ".nef", ".nrw", ".orf", ".pef", ".raf", ".raw", ".rw2", ".sr2", ".srf"),
        *(".srw", ".x3f"),
    }
)

_ALIASES = {
    "application/x-matroska": "video/x-matroska",
    "application/x-pdf": "application/pdf",
    "audio/wave": "audio/wav",
    "audio/x-flac": "audio/flac",
    "audio/x-m4a": "audio/mp4",
    "audio/x-wav": "audio/wav",
    "image/x-ms-bmp": "image/bmp",
    "text/ascii": "text/plain",
    "video/avi": "video/x-msvideo",
    "video/x-m4v": "video/mp4",
}
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_AVIF_BRANDS = frozenset({b"avif", b"avis"})


def suffix_of(name: str) -> str:
    return PurePosixPath(name).suffix.lower()


def image_type(head: bytes) -> str:
    """The type of the formats in `IMAGE_TYPES`, or ''."""
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head.startswith((b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")):
        return "image/tiff"
    return _isobmff_image(head)


def _isobmff_image(head: bytes) -> str:
    if head[4:8] != b"ftyp":
        return ""
    box = head[8 : min(int.from_bytes(head[:4]), 256)]
    brands = {box[at : at + 4] for at in range(0, len(box), 4) if at != 4}  # 4: minor version
    if brands & _AVIF_BRANDS:
        return "image/avif"
    return "image/heic" if brands & _HEIF_BRANDS else ""


def claimed_image(name: str, declared: str) -> str:
    """The image type that the extension or, without one, the declared type promises; or ''."""
    declared = plain_type(declared)
    by_suffix = IMAGE_SUFFIXES.get(suffix_of(name), "")
    by_declaration = _IMAGE_ALIASES.get(declared, declared)
    return by_suffix or (by_declaration if by_declaration in IMAGE_TYPES else "")


def plain_type(content_type: str) -> str:
    """Without parameters, in lower case."""
    return content_type.partition(";")[0].strip().lower()


def content_type(head: bytes, name: str) -> str:
    """The type by content; the extension only chooses among what the content allows."""
    if image := image_type(head):
        return image
    expected = _ALIASES.get(guess := mimetypes.guess_type(name)[0] or "", guess)
    possible, sure = _signatures(head)
    if expected in possible:
        return expected
    if sure:
        return possible[0]
    if is_text(head):
        return expected if expected.startswith("text/") or expected in _TEXTS else "text/plain"
    return possible[0] if len(possible) == 1 else UNKNOWN


_SURE = 0.3  # puremagic's confidence in a signature of three bytes or more
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_TEXTS = frozenset(
    {"application/javascript", "application/json", "application/xml", "image/svg+xml"}
)


def _signatures(head: bytes) -> tuple[list[str], bool]:
    """What the first bytes may be, and whether they are long enough to be sure of the first."""
    try:
        found = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return [], False
    types = [_ALIASES.get(match.mime_type, match.mime_type) for match in found if match.mime_type]
    return types, bool(types) and found[0].confidence >= _SURE


def is_text(head: bytes) -> bool:
    """UTF-8 without control characters. A head of full length may end in the middle of a letter."""
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(head, len(head) < HEAD_BYTES)
    except UnicodeDecodeError:
        return False
    return not _CONTROLS.search(text)
