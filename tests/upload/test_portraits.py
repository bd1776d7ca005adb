"""Squares of pictures: which part, how large, and what is left out."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageCms, ImageStat

from core.errors import InvalidInput, UnreadableContent
from core.upload.portraits import Crop, portrait, read_crop, square
from tests.upload.conftest import PHOTOS

LIMIT = 64_000_000


def quarters(size=(800, 400)):
    """Red, green over blue, white."""
    image = Image.new("RGB", size, "white")
    width, height = size[0] // 2, size[1] // 2
    for place, colour in (((0, 0), "red"), ((width, 0), "lime"), ((0, height), "blue")):
        image.paste(colour, (*place, place[0] + width, place[1] + height))
    return image


def cut(image, crop=None, name="PNG", limit=LIMIT, **options):
    source = io.BytesIO()
    image.save(source, name, **options)
    pictures = portrait(source, crop, max_pixels=limit)
    return [Image.open(io.BytesIO(body)) for body in pictures]


def near(pixel, colour):
    return all(abs(a - b) < 24 for a, b in zip(pixel, colour, strict=True))


def test_both_sizes_are_progressive_jpeg_without_metadata():
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    for picture, side in zip(cut(quarters(), name="JPEG", exif=exif), (512, 128), strict=True):
        assert (picture.format, picture.size, picture.mode) == ("JPEG", (side, side), "RGB")
        assert picture.info.get("progressive")
        assert not picture.getexif()
        assert {"exif", "icc_profile", "comment"}.isdisjoint(picture.info)


def test_the_middle_is_cut_where_nothing_is_said():
    large, _ = cut(quarters())
    assert near(large.getpixel((20, 20)), (255, 0, 0))
    assert near(large.getpixel((490, 20)), (0, 255, 0))
    assert near(large.getpixel((20, 490)), (0, 0, 255))


def test_the_crop_counts_from_the_upper_left_of_the_upright_picture():
    large, small = cut(quarters(), Crop(0.5, 0.0, 0.5))
    assert near(large.getpixel((256, 256)), (0, 255, 0))
    assert near(small.getpixel((5, 5)), (0, 255, 0))
    exif = Image.Exif()
    exif[0x0112] = 6  # the file lies on its side: upright it is 400 by 800, red at the right
    turned, _ = cut(quarters(), Crop(0.5, 0.0, 0.5), name="JPEG", quality=95, exif=exif)
    assert near(turned.getpixel((256, 256)), (255, 0, 0))


@pytest.mark.parametrize("name", [f"portrait_{n}.jpg" for n in (1, 3, 6, 8)])
def test_each_orientation_of_a_camera_gives_the_same_face(name):
    def face(file):
        with (PHOTOS / "orientation" / file).open("rb") as source:
            return Image.open(io.BytesIO(portrait(source, None, max_pixels=LIMIT)[1]))

    one, other = face("portrait_1.jpg"), face(name)
    difference = ImageStat.Stat(ImageChops.difference(one, other)).mean
    assert sum(difference) / 3 < 8


@pytest.mark.parametrize("name", ["cameras/IMG_5195.HEIC", "cameras/BSG1.tiff"])
def test_other_formats_become_jpeg_too(name):
    with (PHOTOS / name).open("rb") as source:
        large, _ = portrait(source, None, max_pixels=LIMIT)
    assert Image.open(io.BytesIO(large)).size == (512, 512)


def test_clear_parts_become_white():
    clear = Image.new("RGBA", (300, 300), (255, 0, 0, 0))
    assert near(cut(clear)[0].getpixel((9, 9)), (255, 255, 255))


def test_colours_of_another_profile_look_the_same_without_it():
    linear = ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes()
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    plain = Image.new("RGB", (300, 300), (200, 60, 60))
    for icc in (srgb, lab, linear):  # those that don't fit an RGB picture are ignored
        assert near(cut(plain, icc_profile=icc)[0].getpixel((9, 9)), (200, 60, 60))
    with Image.open(PHOTOS / "cameras" / "IMG_5195.HEIC") as image:
        wide = image.info["icc_profile"]
    assert cut(plain, icc_profile=wide)[0].getpixel((9, 9))[0] > 210  # a redder red was meant


def test_a_small_picture_is_made_as_large_as_the_others():
    assert [picture.size[0] for picture in cut(quarters((20, 10)))] == [512, 128]


@pytest.mark.parametrize(
    ("content", "limit"),
    [(b"\xff\xd8\xff no picture", LIMIT), (b"", LIMIT), (b"GIF89a", LIMIT)],
)
def test_what_is_no_picture_is_refused(content, limit):
    with pytest.raises(UnreadableContent):
        portrait(io.BytesIO(content), None, max_pixels=limit)


def test_a_bomb_is_refused_before_it_is_decoded():
    with pytest.raises(UnreadableContent, match="larger than the 1 megapixels"):
        cut(Image.new("1", (9000, 9000)), limit=1_000_000)


def test_a_cut_off_picture_is_refused():
    out = io.BytesIO()
    Image.effect_noise((600, 600), 90).save(out, "JPEG")
    with pytest.raises(UnreadableContent, match="damaged or cut off"):
        portrait(io.BytesIO(out.getvalue()[:9000]), None, max_pixels=LIMIT)


@pytest.mark.parametrize(
    "text", ["1,2", "a,b,c", "0,0,0", "0,0,1.5", "-1,0,1", "nan,0,1", "0,0,inf"]
)
def test_a_crop_is_three_fractions(text):
    with pytest.raises(InvalidInput, match="not three numbers between 0 and 1"):
        read_crop(text)


def test_no_crop_and_a_crop_are_read():
    assert read_crop(" ") is None
    assert read_crop("0.25, 0,1") == Crop(0.25, 0, 1)


def test_a_crop_outside_the_picture_is_refused():
    with pytest.raises(InvalidInput, match="reaches outside"):
        square((800, 400), Crop(0.9, 0, 1))
    with pytest.raises(InvalidInput, match="reaches outside"):
        square((400, 800), Crop(0, 0.9, 1))


@given(
    st.integers(1, 5000),
    st.integers(1, 5000),
    st.floats(0, 1),
    st.floats(0, 1),
    st.floats(0.001, 1),
)
def test_every_crop_that_is_taken_is_a_square_inside(width, height, x, y, size):
    try:
        left, top, right, bottom = square((width, height), Crop(x, y, size))
    except InvalidInput:
        return
    assert right - left == bottom - top >= 1
    assert left >= 0
    assert top >= 0
    assert right <= width
    assert bottom <= height
