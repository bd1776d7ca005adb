"""What a name may be: as people read it, as one segment of a key, as a folder, as a header.

Names come from strangers' computers. Nothing here trusts them, and nothing here is markup.
"""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath
from urllib.parse import quote

from core.errors import InvalidInput

NAME_LIMIT = 200  # characters; also fits the 255 bytes of most file systems for Latin scripts
SEGMENT_LIMIT = 100
FOLDER_DEPTH = 12
_SUFFIX_LIMIT = 16
_PICTURE_SUFFIXES = frozenset(
    (".avif", ".bmp", ".gif", ".heic", ".heif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")
)
_JOINERS = "\u200c\u200d"  # emoji and several scripts need them
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


def clean_name(raw: str) -> str:
    """The display name: last path part, NFC, no control or direction marks, at most 200 characters.

    Raises `InvalidInput` where nothing readable is left.
    """
    name = plain_text(re.split(r"[/\\]", raw)[-1])
    if not name.strip(". "):
        raise InvalidInput("The name is empty.", hint="Give the file a name with a visible letter.")
    return shorten(name, NAME_LIMIT)


def typed_name(raw: str) -> str:
    """`clean_name` of what somebody typed as a name: no part of it is left out unsaid."""
    if "/" in raw or "\\" in raw:
        raise InvalidInput(
            f"The name {raw[:80]} has a slash in it.",
            hint="Name the folder where folders are named.",
        )
    return clean_name(raw)


def clean_folder(raw: str) -> str:
    """`a/b` without empty, `.` or `..` parts; '' is the top. Raises `InvalidInput` if too deep."""
    parts = [part for part in map(plain_text, re.split(r"[/\\]", raw)) if part.strip(". ")]
    if len(parts) > FOLDER_DEPTH:
        raise InvalidInput(
            f"The folder has {len(parts)} levels.", hint=f"Use at most {FOLDER_DEPTH} levels."
        )
    return "/".join(shorten(part, SEGMENT_LIMIT) for part in parts)


def safe_segment(name: str) -> str:
    """One key segment of `A-Za-z0-9._-`: needs no encoding in a URL, keeps the extension."""
    stem, suffix = (_ascii(part) for part in _split(name))
    stem = re.sub(r"-{2,}|\.{2,}", "-", stem).strip("-.")
    return shorten((stem or "file") + suffix.rstrip("-."), SEGMENT_LIMIT)


def attachment(name: str) -> str:
    """`Content-Disposition` that saves under `name` (RFC 6266, RFC 8187)."""
    fallback = re.sub(r'["\\%;]|[^ -~]', "_", name)
    encoded = quote(name, safe="!#$&+-.^_`|~")
    return f"attachment; filename=\"{fallback}\"; filename*=UTF-8''{encoded}"


def download_name(name: str, key: str) -> str:
    """The display name, ending as the bytes do: a HEIC picture is served as JPEG, say."""
    real = PurePosixPath(key).suffix
    if not real or name.casefold().endswith(real.casefold()):
        return name
    worn = PurePosixPath(name).suffix
    stem = name.removesuffix(worn) if worn.casefold() in _PICTURE_SUFFIXES else name
    return stem + real


def shorten(name: str, limit: int) -> str:
    """Cut the stem, not the extension."""
    stem, suffix = _split(name)
    return (stem[: limit - len(suffix)].rstrip() + suffix) if len(name) > limit else name


def numbered(name: str, number: int) -> str:
    """`beach (2).jpg`, within the limit of names."""
    stem, suffix = _split(name)
    mark = f" ({number})"
    return f"{stem[: NAME_LIMIT - len(mark) - len(suffix)]}{mark}{suffix}"


def stem_and_suffix(name: str) -> tuple[str, str]:
    """`beach`, `.jpg`; a suffix that is too long to be one belongs to the stem."""
    return _split(name)


def plain_text(text: str) -> str:
    """One line without control and direction marks, each run of blanks as one space, NFC."""
    readable = "".join(" " if _blank(char) else char for char in text if _readable(char))
    return " ".join(unicodedata.normalize("NFC", readable).split())


def _ascii(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return _UNSAFE.sub("-", plain)


def _blank(char: str) -> bool:
    return char in "\t\n\r" or unicodedata.category(char).startswith("Z")


def _readable(char: str) -> bool:
    known = char in _JOINERS or _blank(char)
    return known or unicodedata.category(char) not in {"Cc", "Cf", "Cs"}


def _split(name: str) -> tuple[str, str]:
    stem, dot, suffix = name.rpartition(".")
    if not stem or not suffix or len(suffix) >= _SUFFIX_LIMIT:
        return name, ""
    return stem, dot + suffix
