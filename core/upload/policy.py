"""What is taken, under which key, and how it is served. Pure: requests and bytes in, rules out."""

from __future__ import annotations

import math

from core.errors import InvalidInput, TooLarge, UnreadableContent, UnsupportedType
from core.model.base import Noun
from core.model.changes import OnConflict
from core.model.media import FileKind
from core.model.names import attachment, clean_folder, clean_name, safe_segment
from core.model.signed_access import PRIVATE, PRIVATE_CACHE
from core.upload.content import (
    IMAGE_SUFFIXES,
    IMAGE_TYPES,
    RAW_SUFFIXES,
    UNKNOWN,
    claimed_image,
    content_type,
    image_type,
    plain_type,
    suffix_of,
)

MAX_PARTS = 10_000
MIB = 1024 * 1024
STREAMED_LIMIT = 100 * MIB  # through the server, for scripts; browsers send straight to S3
FOREVER = "public, max-age=31536000, immutable"

INCOMING, MEDIA, ORIGINALS = "incoming/", "media/", "originals/"
PREFIXES = (MEDIA, PRIVATE, ORIGINALS)  # each file has folders of its own there
THUMBNAIL, PREVIEW = "thumbnail", "preview"

# What a browser may show from the media domain. Nothing in here can run a script there.
INLINE_TYPES = frozenset(
    {
        "application/pdf",
        "audio/aac",
        "audio/flac",
        "audio/mp4",
        "audio/mpeg",
        "audio/ogg",
        "audio/wav",
        "audio/webm",
        "image/avif",
        "image/bmp",
        "image/gif",
        "image/jpeg",
        "image/png",
        "image/webp",
        "text/plain",
        "video/mp4",
        "video/ogg",
        "video/quicktime",
        "video/webm",
    }
)
# Types that a browser would run or build a page from: their name is not even repeated.
_ACTIVE_TYPES = frozenset(
    {
        "application/ecmascript",
        "application/javascript",
        "application/x-javascript",
        "application/x-shockwave-flash",
        "application/xml",
        "text/cache-manifest",
        "text/css",
        "text/ecmascript",
        "text/html",
        "text/javascript",
        "text/xml",
        "text/xsl",
    }
)
_DOCUMENTS = (
    "application/epub",
    "application/msword",
    "application/pdf",
    "application/rtf",
    "application/vnd.ms-",
    "application/vnd.oasis.opendocument",
    "application/vnd.openxmlformats",
    "text/",
)


class UploadRequest(Noun):
    """What a person wants to send. `size` is bytes; `content_type` is only their word for it."""

    name: str
    size: int
    content_type: str = ""
    folder: str = ""
    private: bool = False  # served by signed addresses only
    on_conflict: OnConflict = OnConflict.ALLOW  # where the folder has this name already


class Verdict(Noun):
    """What the bytes are taken for. `image`: taken apart, oriented, stripped, made smaller."""

    content_type: str
    kind: FileKind
    image: bool
    notes: tuple[str, ...] = ()


def admit(request: UploadRequest, limit: int) -> UploadRequest:
    """The request with harmless names. Raises `InvalidInput` for no bytes, `TooLarge`."""
    if request.size <= 0:
        raise InvalidInput(
            f"{display_name(request.name)} is empty (0 bytes).",
            hint="Check that it was saved completely, then send it again.",
        )
    if request.size > limit:
        raise TooLarge(
            f"{display_name(request.name)} has {_size(request.size, limit)}; "
            f"{_size(limit, request.size)} is the most that is taken.",
            hint="Send a smaller file, or ask an admin to raise the limit.",
        )
    return UploadRequest(
        name=display_name(request.name),
        size=request.size,
        content_type=declared(request.content_type),
        folder=clean_folder(request.folder),
        private=request.private,
        on_conflict=request.on_conflict,
    )


def display_name(raw: str) -> str:
    """Any script, no path, control or direction marks; `file` where nothing readable is left."""
    try:
        return clean_name(raw)
    except InvalidInput:
        return "file"


def judge(name: str, declared: str, head: bytes) -> Verdict:
    """Decide by content. Raises `UnsupportedType` where a picture is promised and none is there."""
    found, claimed = image_type(head), claimed_image(name, declared)
    if claimed and not found:
        raise UnsupportedType(
            f"{name} says that it is a {IMAGE_TYPES[claimed]} picture, but its content is not one.",
            hint="Send the picture itself, or give the file the extension of what it is.",
        )
    if found and suffix_of(name) not in RAW_SUFFIXES:
        return Verdict(
            content_type=found, kind=FileKind.IMAGE, image=True, notes=_renamed(found, claimed)
        )
    return _plain(name, found, head)


def require_picture(name: str, head: bytes) -> str:
    """The content type of a picture. Raises `UnsupportedType` for everything else."""
    shown = display_name(name) if name.strip() else "picture"
    if not image_type(head) or not judge(shown, "", head).image:
        raise UnsupportedType(
            f"The content of {shown} is not a picture that can be shown.",
            hint="Send a JPEG, PNG, GIF, WebP, AVIF, HEIC or TIFF picture.",
        )
    return image_type(head)


def _renamed(found: str, claimed: str) -> tuple[str, ...]:
    if found == claimed:
        return ()
    said = f"a {IMAGE_TYPES[claimed]} picture" if claimed else "another type"
    return (f"The name says {said}; the content is {IMAGE_TYPES[found]} and is served as such.",)


def _plain(name: str, found: str, head: bytes) -> Verdict:
    if found:
        raw = "This is a camera raw file: it is kept as it is, with its metadata, as a download."
        return Verdict(content_type=UNKNOWN, kind=FileKind.OTHER, image=False, notes=(raw,))
    actual = content_type(head, name)
    if is_active(actual):
        note = f"{actual} can run scripts in a browser, so it is only served as a download."
        return Verdict(content_type=UNKNOWN, kind=FileKind.OTHER, image=False, notes=(note,))
    return Verdict(content_type=actual, kind=_kind(actual), image=False)


def is_active(content_type: str) -> bool:
    """Whether a browser could run it: scripts, pages, style sheets, anything made of XML."""
    return content_type in _ACTIVE_TYPES or content_type.endswith("+xml")


def _kind(content_type: str) -> FileKind:
    if content_type.startswith(_DOCUMENTS):
        return FileKind.DOCUMENT
    family = content_type.partition("/")[0]
    # A picture that is not taken apart (SVG, PSD, icons) has no thumbnail, so it is no image here.
    return FileKind(family) if family in {"video", "audio"} else FileKind.OTHER


def disposition(content_type: str, name: str) -> str:
    return "inline" if plain_type(content_type) in INLINE_TYPES else attachment(name)


def served_type(content_type: str) -> str:
    """The Content-Type header: text is known to be UTF-8, as `judge` only calls that text."""
    return "text/plain; charset=utf-8" if content_type == "text/plain" else content_type


def check_kind(name: str, kind: FileKind, wanted: frozenset[FileKind]) -> None:
    """Raise `UnsupportedType` where only some kinds are wanted and this is none of them."""
    if wanted and kind not in wanted:
        raise UnsupportedType(
            f"{name} is of a kind that is not taken here ({kind.value}).",
            hint=f"Taken are: {', '.join(sorted(kind.value for kind in wanted))}.",
        )


def part_size(size: int, preferred: int) -> int:
    """The size of a part, so that `size` needs at most 10,000 of them; whole MiB when grown."""
    needed = math.ceil(size / MAX_PARTS / MIB) * MIB
    return max(preferred, needed)


def part_count(size: int, part: int) -> int:
    return math.ceil(size / part)


def check_size(name: str, expected: int, actual: int) -> None:
    """Raise where the bytes that arrived are not as many as the ticket was made for."""
    if actual > expected:
        raise TooLarge(
            f"{name}: {actual} bytes arrived, {expected} were announced.",
            hint="Start the upload again; the file changed while it was sent.",
        )
    if actual < expected:
        raise UnreadableContent(
            f"{name}: only {actual} of {expected} bytes arrived.",
            hint="Start the upload again; the file changed while it was sent.",
        )


# Keys


def incoming_key(upload_id: str) -> str:
    return f"{INCOMING}{upload_id}"


def served_key(file_id: str, name: str, *, private: bool = False) -> str:
    """Never the key of a rendition, whatever the person's file is called."""
    segment = safe_segment(name)
    if segment in {f"{THUMBNAIL}.webp", f"{PREVIEW}.webp"}:
        segment = f"original-{segment}"
    return f"{PRIVATE if private else MEDIA}{file_id}/{segment}"


def served_name(name: str, content_type: str) -> str:
    """The name with an extension that fits what is served: a HEIC picture is served as JPEG."""
    if IMAGE_SUFFIXES.get(suffix_of(name)) == content_type:
        return name
    suffix = next(s for s in _SERVED_SUFFIXES if IMAGE_SUFFIXES[s] == content_type)
    stem = name[: -len(suffix_of(name)) or None] if suffix_of(name) in IMAGE_SUFFIXES else name
    return f"{stem}{suffix}"


_SERVED_SUFFIXES = (".jpg", ".png", ".gif", ".webp", ".avif")


def original_key(file_id: str, name: str) -> str:
    return f"{ORIGINALS}{file_id}/{safe_segment(name)}"


def rendition_key(file_id: str, rendition: str, *, private: bool = False) -> str:
    return f"{PRIVATE if private else MEDIA}{file_id}/{rendition}.webp"


def cache_control(*, private: bool) -> str:
    return PRIVATE_CACHE if private else FOREVER


def declared(content_type: str) -> str:
    """What a client says, where it can be said in a header; else that nothing is known."""
    plain = plain_type(content_type)
    readable = plain.isascii() and plain.isprintable() and plain.count("/") == 1
    return plain if readable and " " not in plain and len(plain) <= 100 else UNKNOWN


def _size(size: int, beside: int) -> str:
    """In whole bytes where rounded it would read like the one `beside` it."""
    told = _rounded(size)
    return f"{size:,} bytes" if told == _rounded(beside) else told


def _rounded(size: int) -> str:
    units = (("TiB", MIB * MIB), ("GiB", 1024 * MIB), ("MiB", MIB))
    unit, least = next((one for one in units if size >= one[1]), units[-1])
    return f"{size / least:,.1f} {unit}"
