"""From somebody's picture to their avatar: a square of it, upright, without metadata, two sizes.

Files in, JPEG bytes out. Transparent parts become white; colours become sRGB.
"""

from __future__ import annotations

import io
import math
from typing import BinaryIO, NamedTuple

from PIL import Image, ImageCms

from core.errors import InvalidInput
from core.upload.images import OpenedImage, opened
from core.upload.pixels import bare, for_web, upright, upright_size

SIDES = (512, 128)
_QUALITY = 82
_ROUNDING = 1.0  # pixels by which a browser's fractions may reach over the edge
_NUMBERS = 3


class Crop(NamedTuple):
    """The square's upper left corner as fractions of width and height, its side as a fraction of
    the shorter side; all of the upright picture.
    """

    x: float
    y: float
    size: float


def read_crop(text: str) -> Crop | None:
    """`0.1,0,0.8`; None for nothing. Raises `InvalidInput`."""
    if not text.strip():
        return None
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    inside = all(math.isfinite(number) and 0 <= number <= 1 for number in numbers)
    if len(numbers) != _NUMBERS or not inside or numbers[2] == 0:
        raise InvalidInput(
            "The crop is not three numbers between 0 and 1.",
            hint="Send `x,y,size`, or leave it out for the square in the middle.",
        )
    return Crop(*numbers)


def square(size: tuple[int, int], crop: Crop | None) -> tuple[int, int, int, int]:
    """The box in pixels. Raises `InvalidInput` for one that reaches outside the picture."""
    width, height = size
    shorter = min(size)
    if crop is None:
        left, top = (width - shorter) // 2, (height - shorter) // 2
        return left, top, left + shorter, top + shorter
    side = max(1.0, crop.size * shorter)
    left_at, top_at = crop.x * width, crop.y * height
    if left_at + side > width + _ROUNDING or top_at + side > height + _ROUNDING:
        raise InvalidInput(
            "The crop reaches outside the picture.",
            hint="x + size and y + size have to stay within the upright picture.",
        )
    whole = max(1, min(shorter, round(side)))
    left = min(round(left_at), width - whole)
    top = min(round(top_at), height - whole)
    return left, top, left + whole, top + whole


def portrait(source: BinaryIO, crop: Crop | None, *, max_pixels: int) -> tuple[bytes, bytes]:
    """The avatar with 512 and with 128 pixels a side, as progressive JPEG.

    Raises `UnreadableContent` for what is damaged, no picture, or larger than `max_pixels`.
    """
    with opened(source, max_pixels=max_pixels) as it:
        width, height = upright_size(it.image.size, it.turn)
        left, top, right, bottom = square((width, height), crop)
        whole = _decoded(it, right - left)
        scale = whole.width / width, whole.height / height
        box = (left * scale[0], top * scale[1], right * scale[0], bottom * scale[1])
        large = whole.resize((SIDES[0], SIDES[0]), Image.Resampling.LANCZOS, box=box)
        plain = _on_white(large, it.icc)
        small = plain.resize((SIDES[1], SIDES[1]), Image.Resampling.LANCZOS)
        return _jpeg(plain), _jpeg(small)


def _decoded(it: OpenedImage, side: int) -> Image.Image:
    """Upright; a JPEG is decoded at the smallest size that the square still needs."""
    enough = min(1.0, SIDES[0] / side)
    it.image.draft(None, tuple(math.ceil(length * enough) for length in it.image.size))  # type: ignore[arg-type]
    return for_web(upright(it.image, it.turn), it.icc)


def _on_white(picture: Image.Image, icc: bytes) -> Image.Image:
    plain = picture
    if picture.mode == "RGBA":
        plain = Image.new("RGB", picture.size, "white")
        plain.paste(picture, mask=picture.getchannel("A"))
    return _standard(plain, icc)


def _standard(picture: Image.Image, icc: bytes) -> Image.Image:
    """Colours as every browser takes them for granted, so that no profile has to go along."""
    if not icc:
        return picture
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(icc))
        converted = ImageCms.profileToProfile(
            picture, profile, ImageCms.createProfile("sRGB"), outputMode="RGB"
        )
    except (ImageCms.PyCMSError, OSError):  # made for another kind of colours, or damaged
        return picture
    return converted or picture


def _jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    bare(picture).save(out, "JPEG", quality=_QUALITY, progressive=True, optimize=True)
    return out.getvalue()
