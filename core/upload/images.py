"""From an uploaded picture to what is served: checked, upright, without metadata, made smaller.

Files in, files and facts out. No pixel is coded anew unless it has to be: JPEG, PNG, GIF and WebP
that stand upright only lose their metadata.
"""

from __future__ import annotations

import logging
import mmap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO

import pi_heif
from PIL import Image, ImageFile, ImageSequence, JpegImagePlugin

from core.errors import DashboardError, UnreadableContent
from core.upload import containers, metadata
from core.upload.pixels import (
    SmallPicture,
    bare,
    for_web,
    renditions,
    upright,
    upright_size,
)

_FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF", "HEIF", "TIFF")
_CONTENT_TYPES = {
    "AVIF": "image/avif",
    "GIF": "image/gif",
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
}
# An animation that must be coded anew may have so many times the pixels of the largest picture.
_ANIMATION_FACTOR = 4
_FRAME_MILLISECONDS = 100
_WEBP_SIDE = 16_383  # the longest that the format can say
_COPY = 1024 * 1024
# Pillow turns a TIFF while it loads it, and pi_heif a HEIC.
_TURNED_BY_THE_DECODER = frozenset({"TIFF", "HEIF"})

_log = logging.getLogger(__name__)

pi_heif.register_heif_opener()


@dataclass(frozen=True)
class PreparedImage:
    """`width` and `height` are of the upright picture; the served bytes are in the target file."""

    content_type: str
    width: int
    height: int
    facts: metadata.Metadata
    renditions: tuple[SmallPicture, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Served:
    content_type: str
    picture: Image.Image  # upright, for the renditions
    icc: bytes
    notes: tuple[str, ...] = ()


def prepare(source: BinaryIO, target: BinaryIO, *, max_pixels: int) -> PreparedImage:
    """Write the served copy to `target`; both are real files.

    Raises `UnreadableContent` for anything that is damaged, cut off or larger than `max_pixels`.
    """
    with opened(source, max_pixels=max_pixels) as it:
        width, height = upright_size(it.image.size, it.turn)
        served = _stripped(it.image, source, target, it.turn, it.icc) or _recoded(
            it.image, target, it.turn, it.icc, max_pixels
        )
        return PreparedImage(
            content_type=served.content_type,
            width=width,
            height=height,
            facts=it.facts,
            renditions=renditions(served.picture, served.icc),
            notes=served.notes,
        )


@dataclass(frozen=True)
class OpenedImage:
    """A picture whose size and structure were checked; `turn` is what makes it upright."""

    image: ImageFile.ImageFile
    facts: metadata.Metadata
    turn: int
    icc: bytes


@contextmanager
def opened(source: BinaryIO, *, max_pixels: int) -> Iterator[OpenedImage]:
    """Whatever goes wrong inside is raised as `UnreadableContent`; `source` is a real file."""
    with _decoding(max_pixels), Image.open(source, formats=_FORMATS) as image:
        _check_pixels(image.size, max_pixels)
        if image.format in {"HEIF", "AVIF"}:
            with _mapped(source) as data:
                containers.check_boxes(data)
        facts = metadata.read(image)
        turn = 1 if image.format in _TURNED_BY_THE_DECODER else facts.orientation
        yield OpenedImage(image, facts, turn, _profile(image))


@contextmanager
def _decoding(max_pixels: int) -> Iterator[None]:
    try:
        yield
    except DashboardError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels("The picture", max_pixels) from error
    except Exception as error:  # decoders raise anything at hostile bytes; all means "damaged"
        _log.info("A picture can't be read", exc_info=True)
        raise UnreadableContent(
            f"The picture is damaged or cut off ({_reason(error)}).",
            hint="Open it on your computer to see whether it is complete, then send it again.",
        ) from error


def _reason(error: Exception) -> str:
    words = str(error).strip().rstrip(".")
    return (
        words if isinstance(error, OSError) and words and "/" not in words else "it can't be read"
    )


def _check_pixels(size: tuple[int, int], max_pixels: int) -> None:
    if size[0] * size[1] > max_pixels:
        raise _too_many_pixels(f"The picture of {size[0]:,} by {size[1]:,} pixels", max_pixels)


def _too_many_pixels(what: str, max_pixels: int) -> UnreadableContent:
    return UnreadableContent(
        f"{what} is larger than the {max_pixels / 1_000_000:g} megapixels that are taken.",
        hint="Make it smaller, or send it in a ZIP file.",
    )


def _profile(image: Image.Image) -> bytes:
    """The colour profile, unless something else hides in it."""
    icc = image.info.get("icc_profile") or b""
    return b"" if containers.foreign(icc) else icc


def _stripped(
    image: ImageFile.ImageFile,
    source: BinaryIO,
    target: BinaryIO,
    turn: int,
    icc: bytes,
) -> _Served | None:
    """The file without its metadata; None where the pixels have to be coded anew."""
    name = _format(image)
    if name not in containers.STRIPPERS or turn != 1 or image.mode == "CMYK":
        return None
    if image.info.get("icc_profile") and not icc:
        return None
    with _mapped(source) as data:
        try:
            end = _write(containers.STRIPPERS[name](data), data, target)
        except ValueError:
            return None  # a decoder may be more lenient, and then writes it as it should be
        rest = len(data) - end if data[end:].strip(b"\0") else 0
    if _holds_foreign(target):
        return None
    return _Served(_CONTENT_TYPES[name], image, icc, _about_rest(rest))


def _write(pieces: Iterator[containers.Piece], data: mmap.mmap, target: BinaryIO) -> int:
    """Return where the picture ended in `data`."""
    end = 0
    _empty(target)
    for piece in pieces:
        if isinstance(piece, bytes):
            target.write(piece)
            continue
        target.writelines(_slices(data, piece))
        end = piece.stop
    target.flush()
    return end


def _slices(data: mmap.mmap, piece: range) -> Iterator[bytes]:
    for start in range(piece.start, piece.stop, _COPY):
        yield data[start : min(start + _COPY, piece.stop)]


def _empty(target: BinaryIO) -> None:
    target.seek(0)
    target.truncate()


def _mapped(file: BinaryIO) -> mmap.mmap:
    """The file as bytes that the system pages in and out, so that its size costs no memory."""
    return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def _about_rest(rest: int) -> tuple[str, ...]:
    if not rest:
        return ()
    return (f"The file went on for {rest:,} bytes after the picture; they are not served.",)


def _holds_foreign(file: BinaryIO) -> bool:
    with _mapped(file) as data:
        return containers.foreign(data)


def _recoded(
    image: ImageFile.ImageFile,
    target: BinaryIO,
    turn: int,
    icc: bytes,
    max_pixels: int,
) -> _Served:
    name = _format(image)
    options = _options(image, name)  # the source's tables are gone once it is turned
    frames = _frames(image, turn, max_pixels)
    picture, notes = frames[0], _about_coding(image, name, turn)
    if image.mode == "CMYK":
        picture, icc, options = for_web(picture, icc), b"", {"quality": 92}
        frames = [picture]
    name, options = _shown(name, picture, options)
    if name in {"JPEG", "WEBP", "AVIF"} or name != _format(image):
        frames = [_codable(frame, name, icc) for frame in frames]
    if len(frames) > 1:
        options |= _animation(frames)
    _empty(target)
    bare(frames[0]).save(target, name, icc_profile=icc or None, **options)
    return _Served(_CONTENT_TYPES[name], picture, icc, notes)


def _animation(frames: list[Image.Image]) -> dict[str, Any]:
    return {
        "save_all": True,
        "append_images": [bare(frame) for frame in frames[1:]],
        "duration": [frame.info.get("duration", _FRAME_MILLISECONDS) for frame in frames],
        "loop": frames[0].info.get("loop", 0),
    }


def _format(image: Image.Image) -> str:
    return "JPEG" if image.format == "MPO" else str(image.format)


def _options(image: ImageFile.ImageFile, name: str) -> dict[str, Any]:
    """How to code it so that as little as possible is lost."""
    if name == "JPEG":
        assert isinstance(image, JpegImagePlugin.JpegImageFile)  # noqa: S101  # by its format
        sampling = JpegImagePlugin.get_sampling(image)
        progressive = bool(image.info.get("progressive"))
        tables: dict[str, Any] = {"qtables": image.quantization, "progressive": progressive}
        return tables | ({"subsampling": sampling} if sampling >= 0 else {})
    lossy: dict[str, dict[str, Any]] = {
        "AVIF": {"quality": 80, "speed": 8},
        "WEBP": {"quality": 90, "method": 4},
    }
    return lossy.get(name, {})


def _frames(image: ImageFile.ImageFile, turn: int, max_pixels: int) -> list[Image.Image]:
    """Every frame of an animation, upright; of everything else the first (a TIFF's first page)."""
    count = getattr(image, "n_frames", 1) if image.format in {"GIF", "WEBP", "PNG", "AVIF"} else 1
    if count == 1 or count * image.width * image.height > _ANIMATION_FACTOR * max_pixels:
        return [upright(image, turn)]
    return [upright(frame.copy(), turn) for frame in ImageSequence.Iterator(image)]


def _shown(name: str, picture: Image.Image, options: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """TIFF and HEIC are not shown by most browsers; JPEG is, and WebP where parts are clear."""
    if name not in {"TIFF", "HEIF"}:
        return name, options
    if max(picture.size) > _WEBP_SIDE:
        return "PNG", {}
    if _has_clear_parts(picture):
        return "WEBP", {"quality": 90, "method": 4}
    return "JPEG", {"quality": 90}


def _has_clear_parts(picture: Image.Image) -> bool:
    """An alpha channel that is opaque everywhere is none."""
    if not picture.has_transparency_data:
        return False
    lowest, _ = picture.convert("RGBA").getchannel("A").getextrema()
    return lowest != 255


def _codable(frame: Image.Image, name: str, icc: bytes) -> Image.Image:
    if name == "JPEG" and frame.mode == "L":
        return frame
    web = for_web(frame, icc)
    return web.convert("RGB") if name == "JPEG" else web


def _about_coding(image: ImageFile.ImageFile, name: str, turn: int) -> tuple[str, ...]:
    notes = []
    if name in {"TIFF", "HEIF"}:
        what = "HEIC" if name == "HEIF" else name
        notes.append(f"Most browsers don't show {what}, so a copy is served; the original is kept.")
    elif image.mode == "CMYK":
        notes.append("Its print colours (CMYK) were converted to screen colours (sRGB).")
    elif turn == 1 and name in containers.STRIPPERS:
        notes.append("It held more than a picture, so the picture was coded anew without the rest.")
    if name == "TIFF" and getattr(image, "n_frames", 1) > 1:
        notes.append("Only the first page is shown.")
    return tuple(notes)
