"""Drawn landscapes that look like photos at thumbnail size. Pure: the same seed, the same bytes."""

from __future__ import annotations

import colorsys
import io
import math
import random
import zipfile
from datetime import datetime

from PIL import Image, ImageDraw, ImageFilter
from PIL.TiffImagePlugin import IFDRational

Colour = tuple[int, int, int]

SIZES = ((1600, 1200), (1600, 1067), (1200, 1600), (1440, 1440), (1920, 1080))
CAMERAS = (("Canon", "EOS R8"), ("NIKON", "Z 6_2"), ("SONY", "ILCE-7M4"), ("Apple", "iPhone 16"))

_GPS_IFD, _EXIF_IFD = 0x8825, 0x8769
_MAKE, _MODEL, _TAKEN = 0x010F, 0x0110, 0x9003


def landscape(seed: int, taken_at: datetime) -> bytes:
    """A JPEG of about 50 KiB with camera, date and position in its EXIF block."""
    chance = random.Random(seed)
    picture = _draw(chance, chance.choice(SIZES))
    exif = Image.Exif()
    exif[_MAKE], exif[_MODEL] = chance.choice(CAMERAS)
    exif.get_ifd(_EXIF_IFD)[_TAKEN] = f"{taken_at:%Y:%m:%d %H:%M:%S}"
    exif.get_ifd(_GPS_IFD).update(_position(chance))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=84, exif=exif)
    return out.getvalue()


def logo(seed: int) -> bytes:
    """A PNG with transparency, as design teams upload them."""
    chance = random.Random(seed)
    picture = Image.new("RGBA", (800, 800), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    hue = chance.random()
    for ring in range(chance.randint(3, 6)):
        inset = 60 + ring * 60
        colour = _hsv(hue + ring * 0.06, 0.55, 0.85)
        draw.rounded_rectangle(
            (inset, inset, 800 - inset, 800 - inset), radius=90, fill=(*colour, 255)
        )
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def press_kit(seed: int) -> bytes:
    """A ZIP of a few pictures without loss, as editors ask for: about 40 MiB."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as kit:
        for number in range(7):
            picture = io.BytesIO()
            _draw(random.Random(7000 + 10 * seed + number), SIZES[4]).save(picture, "BMP")
            name = zipfile.ZipInfo(f"picture-{number + 1}.bmp", (2026, 9, 1, 9, 0, 0))
            kit.writestr(name, picture.getvalue())
    return out.getvalue()


def _draw(chance: random.Random, size: tuple[int, int]) -> Image.Image:
    width, height = size
    hue = chance.random()
    horizon = chance.uniform(0.35, 0.6)
    sky_top, sky_low = _hsv(hue, 0.45, 0.75), _hsv(hue + 0.08, 0.25, 0.98)
    picture = _gradient(size, sky_top, sky_low)
    draw = ImageDraw.Draw(picture)
    x, y = width * chance.uniform(0.15, 0.85), height * horizon * chance.uniform(0.3, 0.8)
    radius = min(size) * chance.uniform(0.04, 0.1)
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=_hsv(hue + 0.1, 0.12, 1))
    for depth in range(4):
        level = height * (horizon + depth * (0.95 - horizon) / 4)
        colour = _hsv(hue + 0.35 + depth * 0.03, 0.35 + depth * 0.12, 0.62 - depth * 0.12)
        draw.polygon(_ridge(chance, width, height, level), fill=colour)
    return picture.filter(ImageFilter.GaussianBlur(1.2))


def _ridge(
    chance: random.Random, width: int, height: int, level: float
) -> list[tuple[float, float]]:
    waves = [(chance.uniform(1, 9), chance.uniform(0, math.tau)) for _ in range(4)]
    tops = [
        (x, level + sum(_wave(x / width, *wave) * height * 0.03 for wave in waves))
        for x in range(0, width + 8, 8)
    ]
    return [(0, height), *tops, (width, height)]


def _wave(position: float, frequency: float, phase: float) -> float:
    return math.sin(position * frequency * math.tau + phase) / math.sqrt(frequency)


def _gradient(size: tuple[int, int], top: Colour, low: Colour) -> Image.Image:
    strip = Image.new("RGB", (1, 2))
    strip.putpixel((0, 0), top)
    strip.putpixel((0, 1), low)
    return strip.resize(size, Image.Resampling.BICUBIC)


def _hsv(hue: float, saturation: float, value: float) -> Colour:
    red, green, blue = colorsys.hsv_to_rgb(hue % 1, min(saturation, 1), max(value, 0))
    return round(red * 255), round(green * 255), round(blue * 255)


def _position(chance: random.Random) -> dict[int, object]:
    def degrees(value: float) -> tuple[IFDRational, ...]:
        whole, minutes = int(value), (value % 1) * 60
        return (
            IFDRational(whole),
            IFDRational(int(minutes)),
            IFDRational(round((minutes % 1) * 6000), 100),
        )

    latitude, longitude = chance.uniform(36, 60), chance.uniform(1, 25)
    return {1: "N", 2: degrees(latitude), 3: "E", 4: degrees(longitude)}
