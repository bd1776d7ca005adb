"""JPEG, PNG, GIF and WebP without their metadata, and without touching a single coded pixel.

Each function reads a file's structure and yields what to keep: ranges of the input, or new bytes.
Only what a decoder needs is kept. The last piece is a range that stops where the picture ends;
what follows there is left out. Raises `ValueError` where the structure breaks the specification.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator
from mmap import mmap

Data = bytes | mmap
Piece = bytes | range

_ENTROPY_END = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
# DQT, SOFn, DHT, DAC, DNL, DRI, DHP, EXP: without these a scan can't be decoded.
_JPEG_TABLES = frozenset({*range(0xC0, 0xD0), 0xDB, 0xDC, 0xDD, 0xDE, 0xDF})
_PNG_CHUNKS = frozenset(
    b"IHDR PLTE tRNS IDAT IEND acTL fcTL fdAT gAMA cHRM sRGB iCCP sBIT bKGD pHYs cICP".split()
)
_WEBP_CHUNKS = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"})
_WEBP_EXIF, _WEBP_XMP = 0x08, 0x04
_GIF_LOOPS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")


def jpeg(data: Data) -> Iterator[Piece]:
    if data[:2] != b"\xff\xd8":
        raise ValueError("no start of image")
    yield b"\xff\xd8"
    at = 2
    while True:
        at, marker = _jpeg_marker(data, at)
        if marker == 0xD9:
            yield range(at - 2, at)
            return
        end = at + _number(data, at, 2)
        segment = range(at - 2, end)
        if marker == 0xDA:
            end = _entropy_end(data, end)
            yield range(segment.start, end)
        else:
            yield from _jpeg_segment(data, marker, segment)
        at = end


def _jpeg_marker(data: Data, at: int) -> tuple[int, int]:
    """The position after the marker, and the marker; fill bytes before it are skipped."""
    if data[at : at + 1] != b"\xff":
        raise ValueError("no marker")
    while data[at : at + 1] == b"\xff":
        at += 1
    return at + 1, _number(data, at, 1)


def _jpeg_segment(data: Data, marker: int, segment: range) -> Iterator[Piece]:
    body = bytes(data[segment.start + 4 : min(segment.start + 20, segment.stop)])
    icc = marker == 0xE2 and body.startswith(b"ICC_PROFILE\0")
    if marker in _JPEG_TABLES or icc:
        yield segment
    elif marker == 0xE0 and body.startswith(b"JFIF\0"):
        # Version, units and density; a thumbnail of zero by zero instead of what was there.
        yield b"\xff\xe0\x00\x10" + body[:12].ljust(12, b"\0") + b"\0\0"
    elif marker == 0xEE and body.startswith(b"Adobe"):
        yield b"\xff\xee\x00\x0e" + body[:12].ljust(12, b"\0")  # says how colours are coded


def _entropy_end(data: Data, at: int) -> int:
    found = _ENTROPY_END.search(data, at)
    if found is None:
        raise ValueError("the scan does not end")
    return found.start()


def png(data: Data) -> Iterator[Piece]:
    if data[:8] != b"\x89PNG\r\n\x1a\n":
        raise ValueError("no PNG signature")
    yield range(8)
    at, name = 8, b""
    while name != b"IEND":
        name = bytes(data[at + 4 : at + 8])
        end = at + 12 + _number(data, at, 4)
        if len(data) < end:
            raise ValueError("a chunk is cut off")
        if name in _PNG_CHUNKS:
            yield range(at, end)
        at = end


def webp(data: Data) -> Iterator[Piece]:
    kept = [*_webp_chunks(data)]
    yield b"RIFF" + struct.pack("<I", 4 + sum(len(piece) for piece in kept)) + b"WEBP"
    yield from kept


def _webp_chunks(data: Data) -> Iterator[Piece]:
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        raise ValueError("no WebP header")
    end = 8 + struct.unpack("<I", data[4:8])[0]
    if len(data) < end:
        raise ValueError("the file is cut off")
    at = 12
    while at + 8 <= end:
        name, size = struct.unpack("<4sI", data[at : at + 8])
        following = at + 8 + size + (size & 1)
        if following > end + 1:
            raise ValueError("a chunk is cut off")
        if name == b"VP8X":
            flags = data[at + 8] & ~(_WEBP_EXIF | _WEBP_XMP)
            yield bytes(data[at : at + 8]) + bytes([flags]) + bytes(data[at + 9 : following])
        elif name in _WEBP_CHUNKS:
            yield range(at, min(following, len(data)))
        at = following
    yield range(end, end)


def gif(data: Data) -> Iterator[Piece]:
    if data[:6] not in {b"GIF87a", b"GIF89a"}:
        raise ValueError("no GIF signature")
    at = 13 + _gif_colours(data, 10)
    yield range(at)
    while data[at : at + 1] != b";":
        start, kind = at, data[at : at + 1]
        if kind == b"!":
            at = _gif_blocks_end(data, at + 2)
            if _gif_keeps(data, start):
                yield range(start, at)
        elif kind == b",":
            at = _gif_blocks_end(data, at + 11 + _gif_colours(data, at + 9))
            yield range(start, at)
        else:
            raise ValueError("no GIF block")
    yield range(at, at + 1)


def _gif_keeps(data: Data, at: int) -> bool:
    """Timing and looping; not comments, texts or XMP."""
    label = _number(data, at + 1, 1)
    return label == 0xF9 or (label == 0xFF and data[at + 3 : at + 14] in _GIF_LOOPS)


def _gif_colours(data: Data, at: int) -> int:
    flags = _number(data, at, 1)
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _gif_blocks_end(data: Data, at: int) -> int:
    while size := _number(data, at, 1):
        at += 1 + size
    return at + 1


def _number(data: Data, at: int, length: int) -> int:
    raw = data[at : at + length]
    if len(raw) < length:
        raise ValueError("the file is cut off")
    return int.from_bytes(raw)


STRIPPERS: dict[str, Callable[[Data], Iterator[Piece]]] = {
    "GIF": gif,
    "JPEG": jpeg,
    "PNG": png,
    "WEBP": webp,
}

_CARRIERS = frozenset({b"meta", b"mdat", b"moov", b"moof"})


def check_boxes(data: Data) -> None:
    """Raise `ValueError` where a HEIC or AVIF file was cut off: libheif fills in what lacks."""
    at = 0
    while at + 8 <= len(data):
        size, name = _number(data, at, 4), bytes(data[at + 4 : at + 8])
        if size == 1:
            size = _number(data, at + 8, 8)
        if size == 0 or name not in _CARRIERS | {b"ftyp"}:
            size = min(size or len(data), len(data) - at)  # to the end, or not of our business
        if size < 8 or at + size > len(data):
            raise ValueError("the file is cut off")
        at += size


_FOREIGN = re.compile(
    rb"<(?i:script|html|body|iframe|svg|!doctype|\?php)|PK\x03\x04|%PDF-|Rar!\x1a\x07|7z\xbc\xaf\x27"
)


def foreign(data: Data) -> bool:
    """Whether the bytes also hold the beginning of a page, a script, a PDF or an archive."""
    return _FOREIGN.search(data) is not None
