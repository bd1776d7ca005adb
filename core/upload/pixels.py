"""Turning, colours and sizes. Pictures in, pictures or bytes out; nothing is read from outside."""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image, ImageCms

from core.upload.policy import PREVIEW, THUMBNAIL

PREVIEW_SIDE, THUMBNAIL_SIDE = 1600, 400
_WEBP_QUALITY, _WEBP_EFFORT = 80, 4

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True)
class SmallPicture:
    """A rendition as WebP."""

    name: str
    body: bytes
    width: int
    height: int


def upright(image: Image.Image, orientation: int) -> Image.Image:
    """Apply EXIF's orientation (1…8), so that it can be forgotten."""
    turn = _TURNS.get(orientation)
    return image.transpose(turn) if turn is not None else image


def upright_size(size: tuple[int, int], orientation: int) -> tuple[int, int]:
    return (size[1], size[0]) if orientation >= 5 else size


def renditions(image: Image.Image, icc: bytes) -> tuple[SmallPicture, ...]:
    """Preview, and the thumbnail from the preview. A JPEG is decoded at the size that is needed."""
    fitted = fit(image.size, PREVIEW_SIDE)
    image.draft(None, fitted)
    preview = for_web(_smaller(image, fitted), icc)
    thumbnail = _smaller(preview, fit(preview.size, THUMBNAIL_SIDE))
    return (_webp(THUMBNAIL, thumbnail, icc), _webp(PREVIEW, preview, icc))


def fit(size: tuple[int, int], side: int) -> tuple[int, int]:
    """The size with its longest side at most `side`; never larger than it was."""
    longest = max(size)
    if longest <= side:
        return size
    width, height = (max(1, round(length * side / longest)) for length in size)
    return width, height


def _smaller(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    if image.size == size:
        image.load()
        return image
    if image.mode in {"1", "P", "PA"}:  # indexes can't be averaged
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    return image.resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0)


def _webp(name: str, image: Image.Image, icc: bytes) -> SmallPicture:
    out = io.BytesIO()
    bare(image).save(out, "WEBP", quality=_WEBP_QUALITY, method=_WEBP_EFFORT, icc_profile=icc)
    return SmallPicture(name, out.getvalue(), *image.size)


def bare(image: Image.Image) -> Image.Image:
    """The same pixels without anything that an encoder might write beside them."""
    naked = image.copy()
    naked.info = {k: v for k, v in image.info.items() if k == "transparency"}
    return naked


def for_web(image: Image.Image, icc: bytes) -> Image.Image:
    """RGB or RGBA with 8 bits. Print colours become sRGB, by the picture's own profile if any."""
    if image.mode in {"RGB", "RGBA"} and "transparency" not in image.info:
        return image
    if image.mode == "CMYK":
        return _from_print(image, icc)
    if image.mode in {"I", "F"} or image.mode.startswith("I;16"):
        image = _eight_bits(image)
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _from_print(image: Image.Image, icc: bytes) -> Image.Image:
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(icc))
        srgb = ImageCms.createProfile("sRGB")
        converted = ImageCms.profileToProfile(image, profile, srgb, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):  # none, or one that does not fit
        converted = None
    return converted or image.convert("RGB")


def _eight_bits(image: Image.Image) -> Image.Image:
    """Scale what the numbers can hold (16 bits) or do hold (32 bits, floats) to 0…255."""
    wide = image.convert("F")
    low, high = (0.0, 65535.0) if image.mode.startswith("I;16") else _extent(wide)
    scale = 255.0 / ((high - low) or 1.0)
    return wide.point(lambda value: value * scale + (-low * scale)).convert("L")


def _extent(image: Image.Image) -> tuple[float, float]:
    low, high = image.getextrema()
    return float(low), float(high)  # type: ignore[arg-type]  # one band: two numbers
