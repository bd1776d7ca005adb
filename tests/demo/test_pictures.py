"""Drawn pictures are real JPEGs with real metadata, and the same for the same seed."""

import io
from datetime import UTC, datetime

from PIL import Image

from core.demo.pictures import SIZES, landscape, logo

TAKEN = datetime(2026, 5, 1, 12, tzinfo=UTC)


def test_the_same_seed_draws_the_same_bytes_and_another_one_others():
    assert landscape(7, TAKEN) == landscape(7, TAKEN)
    assert landscape(7, TAKEN) != landscape(8, TAKEN)


def test_a_landscape_carries_camera_date_and_position():
    with Image.open(io.BytesIO(landscape(3, TAKEN))) as picture:
        exif = picture.getexif()
        assert (picture.format, picture.size in SIZES) == ("JPEG", True)
        assert exif[0x0110]
        assert exif.get_ifd(0x8769)[0x9003] == "2026:05:01 12:00:00"
        assert exif.get_ifd(0x8825)[1] == "N"


def test_a_logo_is_a_transparent_png():
    with Image.open(io.BytesIO(logo(2))) as picture:
        assert (picture.format, picture.mode) == ("PNG", "RGBA")
        assert picture.getpixel((0, 0))[3] == 0
