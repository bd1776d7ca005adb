"""Pictures: the acceptance set of real camera files, and made ones for every way to be wrong."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime

import pytest
from PIL import Image, ImageChops, ImageCms, ImageOps, ImageSequence, ImageStat, PngImagePlugin

from core.errors import UnreadableContent
from core.upload import containers
from core.upload.images import prepare
from tests.upload.conftest import PHOTOS

LIMIT = 64_000_000
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
ALL = sorted(p for p in PHOTOS.rglob("*.*") if p.suffix != ".md")


@pytest.fixture
def make(tmp_path):
    """Prepare bytes; the served bytes come with the answer."""

    def run(content, limit=LIMIT):
        source, target = tmp_path / "source", tmp_path / "target"
        source.write_bytes(content)
        with source.open("rb") as read, target.open("w+b") as write:
            prepared = prepare(read, write, max_pixels=limit)
        return prepared, target.read_bytes()

    return run


def encode(image, name, **options):
    out = io.BytesIO()
    image.save(out, name, **options)
    return out.getvalue()


def opened(content):
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def gradient(size=(64, 48)):
    red = Image.linear_gradient("L").resize(size)
    blue = red.transpose(Image.Transpose.ROTATE_90).resize(size)
    return Image.merge("RGB", (red, blue, ImageChops.invert(red)))


def distance(one, other):
    """Mean difference of a colour value, 0…255."""
    pair = [image.convert("RGB").resize((64, 64)) for image in (one, other)]
    return sum(ImageStat.Stat(ImageChops.difference(*pair)).mean) / 3


def in_srgb(image):
    """The orientation files 2…8 come with a colour profile, the first ones without."""
    profile = image.info.get("icc_profile")
    if not profile:
        return image
    profiles = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
    return ImageCms.profileToProfile(image.convert("RGB"), *profiles)


def exif_with(**tags):
    exif = Image.Exif()
    exif[0x0112] = tags.get("orientation", 1)
    exif[0x010F] = "Maker"
    exif[0x0110] = "Maker One"
    exif.get_ifd(0x8769)[0x9003] = "2024:05:06 07:08:09"
    exif.get_ifd(0x8769)[0x9011] = "+02:00"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (48.0, 30.0, 0.0)
    return exif


# The acceptance set


@pytest.mark.parametrize("path", ALL, ids=lambda p: p.name)
def test_a_real_photo_is_served_without_anything_but_pixels(make, path):
    prepared, served = make(path.read_bytes())
    with Image.open(io.BytesIO(served)) as image:
        image.load()
        assert (image.width, image.height) == (prepared.width, prepared.height)
        assert not image.getexif()
        assert not {"xmp", "exif", "comment", "photoshop"} & set(image.info)
        profile = image.info.get("icc_profile", b"-")
    for word in (b"Exif\0", b"http://ns.adobe.com", b"NIKON", b"Apple", b"Photoshop"):
        assert word not in served.replace(profile, b"")
    sizes = {r.name: max(r.width, r.height) for r in prepared.renditions}
    longest = max(prepared.width, prepared.height)
    assert sizes == {"thumbnail": min(400, longest), "preview": min(1600, longest)}
    for small in prepared.renditions:
        image = opened(small.body)
        assert (image.format, image.size) == ("WEBP", (small.width, small.height))
        assert not image.getexif()
        assert distance(image, opened(served)) < 4


@pytest.mark.parametrize("kind", ["landscape", "portrait"])
@pytest.mark.parametrize("number", range(1, 9))
def test_each_orientation_comes_out_upright(make, kind, number):
    upright = opened((PHOTOS / "orientation" / f"{kind}_1.jpg").read_bytes())
    prepared, served = make((PHOTOS / "orientation" / f"{kind}_{number}.jpg").read_bytes())
    assert (prepared.width, prepared.height) == upright.size
    assert prepared.facts.orientation == number
    # The number that is painted in the middle differs, so a few pixels do as well.
    for picture in (opened(served), *(opened(r.body) for r in prepared.renditions)):
        assert distance(in_srgb(picture), upright) < 8
        assert distance(in_srgb(picture), ImageOps.mirror(upright)) > 20


@pytest.mark.parametrize("path", sorted((PHOTOS / "gps").iterdir()), ids=lambda p: p.name)
def test_a_place_is_reported_to_its_owner_and_removed(make, path):
    content = path.read_bytes()
    assert Image.open(io.BytesIO(content)).getexif().get_ifd(0x8825)
    prepared, served = make(content)
    places = {f.name: f.value for f in prepared.facts.removed if f.group == "GPS"}
    assert 43.4 < float(places["GPSLatitude"]) < 43.5
    assert not opened(served).getexif().get_ifd(0x8825)


def test_an_upright_jpeg_keeps_every_pixel_and_its_profile(make):
    content = (PHOTOS / "cameras" / "no_exif.jpg").read_bytes()
    _, served = make(content)
    before, after = opened(content), opened(served)
    assert before.tobytes() == after.tobytes()
    assert before.info["icc_profile"] == after.info["icc_profile"]


def test_an_iphone_heic_is_served_as_jpeg_with_its_profile_and_its_time(make):
    prepared, served = make((PHOTOS / "cameras" / "IMG_5195.HEIC").read_bytes())
    assert (prepared.content_type, opened(served).format) == ("image/jpeg", "JPEG")
    assert b"Display P3" in opened(served).info["icc_profile"]
    assert "HEIC" in prepared.notes[0]
    assert prepared.facts.taken_at == datetime(2021, 4, 11, 20, 47, 53, tzinfo=UTC)
    assert prepared.facts.camera == "Apple iPhone 11 Pro Max"
    assert "Maker" in " ".join(f.name for f in prepared.facts.removed)


def test_a_tiff_with_clear_parts_keeps_them(make):
    image = gradient((60, 40))
    image.putalpha(Image.linear_gradient("L").resize((60, 40)))
    prepared, served = make(encode(image, "TIFF"))
    assert prepared.content_type == "image/webp"
    assert opened(served).mode == "RGBA"


def test_a_tiff_whose_alpha_hides_nothing_is_served_as_jpeg(make):
    prepared, _ = make((PHOTOS / "cameras" / "BSG1.tiff").read_bytes())
    assert prepared.content_type == "image/jpeg"


# Formats


@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP", "AVIF", "TIFF"])
@pytest.mark.parametrize("orientation", [1, 6])
def test_metadata_goes_and_pixels_stand_upright_in_every_format(make, name, orientation):
    picture = gradient((160, 120))
    content = encode(picture, name, exif=exif_with(orientation=orientation), icc_profile=SRGB)
    prepared, served = make(content)
    turned = picture.transpose(Image.Transpose.ROTATE_270) if orientation == 6 else picture
    assert (prepared.width, prepared.height) == turned.size
    assert distance(opened(served), turned) < 4
    assert distance(opened(prepared.renditions[0].body), turned) < 4
    assert not opened(served).getexif()
    assert opened(served).info.get("icc_profile") == SRGB
    assert prepared.facts.camera == "Maker One"
    if name != "TIFF":  # Pillow writes no table of details into a TIFF
        assert prepared.facts.taken_at == datetime(2024, 5, 6, 5, 8, 9, tzinfo=UTC)
    assert b"Maker" not in served


@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP"])
def test_without_a_turn_no_pixel_is_coded_anew(make, name):
    content = encode(gradient(), name, exif=exif_with())
    _, served = make(content)
    assert opened(served).tobytes() == opened(content).tobytes()


def test_a_turned_jpeg_keeps_its_tables_and_sampling(make):
    content = encode(
        gradient(),
        "JPEG",
        quality=71,
        subsampling=0,
        progressive=True,
        exif=exif_with(orientation=3),
    )
    _, served = make(content)
    before, after = opened(content), opened(served)
    assert after.quantization == before.quantization
    assert after.layer == before.layer
    assert after.info.get("progressive")


def test_comments_and_texts_are_listed_and_removed(make):
    text = PngImagePlugin.PngInfo()
    text.add_text("Author", "Ann")
    text.add_itxt("Where", "Zürich")
    prepared, served = make(encode(gradient(), "PNG", pnginfo=text))
    found = {(f.group, f.name, f.value) for f in prepared.facts.removed}
    assert found == {("Comment", "Author", "Ann"), ("Comment", "Where", "Zürich")}
    assert b"Ann" not in served
    prepared, served = make(encode(gradient(), "JPEG", comment=b"secret place"))
    assert prepared.facts.removed[0].value == "secret place"
    assert b"secret" not in served


@pytest.mark.parametrize("name", ["GIF", "WEBP", "PNG"])
def test_an_animation_stays_one(make, name):
    frames = [Image.new("RGB", (40, 30), colour) for colour in ("red", "green", "blue")]
    content = encode(
        frames[0],
        name,
        save_all=True,
        append_images=frames[1:],
        duration=120,
        loop=0,
        **({"comment": b"made by Ann"} if name == "GIF" else {}),
    )
    prepared, served = make(content)
    after = opened(served)
    assert after.n_frames == 3
    assert after.info["loop"] == 0
    assert prepared.content_type == f"image/{name.lower()}"
    assert b"Ann" not in served
    for one, other in zip(ImageSequence.Iterator(after), frames, strict=True):
        one.load()
        assert one.info["duration"] == 120
        assert distance(one, other) < 3


def test_a_turned_animation_is_turned_frame_by_frame(make):
    frames = [gradient((40, 30)), ImageChops.invert(gradient((40, 30)))]
    content = encode(
        frames[0],
        "WEBP",
        save_all=True,
        append_images=frames[1:],
        duration=80,
        lossless=True,
        exif=exif_with(orientation=6),
    )
    _, served = make(content)
    after = opened(served)
    assert (after.size, after.n_frames) == ((30, 40), 2)
    for one, other in zip(ImageSequence.Iterator(after), frames, strict=True):
        assert distance(one, other.transpose(Image.Transpose.ROTATE_270)) < 4


def test_print_colours_become_screen_colours(make):
    prepared, served = make(encode(gradient().convert("CMYK"), "JPEG", quality=95))
    after = opened(served)
    assert after.mode == "RGB"
    assert distance(after, gradient()) < 6
    assert "CMYK" in prepared.notes[0]


def test_print_colours_follow_a_profile_that_fits_and_survive_one_that_does_not(make):
    _, served = make(encode(gradient().convert("CMYK"), "JPEG", icc_profile=SRGB))
    assert opened(served).mode == "RGB"
    assert "icc_profile" not in opened(served).info


def test_sixteen_bits_stay_in_the_png_and_are_scaled_for_the_web(make):
    wide = Image.linear_gradient("L").convert("I").point(lambda v: v * 257).convert("I;16")
    prepared, served = make(encode(wide, "PNG"))
    assert opened(served).mode == "I;16"
    assert opened(served).tobytes() == wide.tobytes()
    thumbnail = opened(prepared.renditions[0].body)
    assert distance(thumbnail, Image.linear_gradient("L")) < 3


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "I", "F"])
def test_every_mode_of_a_tiff_becomes_a_picture(make, mode):
    image = Image.linear_gradient("L").resize((500, 300))
    image = image.convert("I").convert("I;16") if mode == "I;16" else image.convert(mode)
    prepared, served = make(encode(image, "TIFF"))
    assert opened(served).size == (500, 300)
    assert {r.width for r in prepared.renditions} == {400, 500}


def test_clear_parts_of_a_palette_stay_clear(make):
    image = Image.new("P", (600, 20), 0)
    image.putpalette([255, 0, 0, 0, 255, 0])
    prepared, _ = make(encode(image, "PNG", transparency=0))
    for small in prepared.renditions:
        assert opened(small.body).convert("RGBA").getpixel((5, 5))[3] == 0


def test_a_small_picture_is_never_made_larger(make):
    prepared, _ = make(encode(Image.new("RGB", (1, 1)), "PNG"))
    assert {(r.width, r.height) for r in prepared.renditions} == {(1, 1)}


def test_a_very_long_picture_keeps_at_least_one_pixel(make):
    prepared, _ = make(encode(Image.new("L", (9000, 2)), "PNG"))
    assert [(r.width, r.height) for r in prepared.renditions] == [(400, 1), (1600, 1)]


def test_a_tiff_that_is_too_long_for_jpeg_and_webp_is_served_as_png(make):
    image = Image.new("RGBA", (70_000, 3), (10, 20, 30, 40))
    prepared, served = make(encode(image, "TIFF"))
    assert (prepared.content_type, opened(served).size) == ("image/png", (70_000, 3))


def test_only_the_first_page_of_a_tiff_is_shown(make):
    pages = [Image.new("RGB", (30, 20), c) for c in ("red", "blue")]
    prepared, _ = make(encode(pages[0], "TIFF", save_all=True, append_images=pages[1:]))
    assert any("first page" in note for note in prepared.notes)


# More than a picture, less than one


def archive():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("payload.html", "<script>alert(1)</script>")
    return out.getvalue()


@pytest.mark.parametrize("name", ["JPEG", "PNG", "GIF", "WEBP"])
@pytest.mark.parametrize(
    "tail", [b"<html><script>alert(1)</script>", archive()], ids=["html", "zip"]
)
def test_what_follows_the_picture_is_left_out_and_told(make, name, tail):
    content = encode(gradient(), name)
    prepared, served = make(content + tail)
    assert tail not in served
    assert not containers.foreign(served)
    assert f"{len(tail)} bytes" in prepared.notes[0]
    assert opened(served).tobytes() == opened(content).tobytes()


def test_padding_with_zeros_is_not_worth_a_note(make):
    prepared, _ = make(encode(gradient(), "JPEG") + b"\0" * 100)
    assert prepared.notes == ()


def test_a_page_hidden_in_what_a_decoder_needs_is_coded_away(make):
    # A quantisation table may hold any bytes, and stripping alone would keep it.
    content = encode(gradient(), "JPEG")
    extra = (
        b"\xff\xdb" + (67).to_bytes(2) + b"\x03" + b"<script>alert(1)</script>".ljust(64, b"\x01")
    )
    prepared, served = make(content[:2] + extra + content[2:])
    assert b"<script" not in served
    assert "coded anew" in prepared.notes[0]
    assert distance(opened(served), gradient()) < 3


def test_a_page_hidden_in_the_colour_profile_goes_with_it(make):
    bad = SRGB + b"<script>alert(1)</script>"
    for name in ("JPEG", "PNG", "WEBP"):
        _, served = make(encode(gradient(), name, icc_profile=bad))
        assert b"<script" not in served
        assert "icc_profile" not in opened(served).info


@pytest.mark.parametrize("name", ["JPEG", "PNG", "GIF", "WEBP", "TIFF", "AVIF"])
@pytest.mark.parametrize("part", [0.02, 0.5, 0.95])
def test_a_picture_that_is_cut_off_is_refused(make, name, part):
    noise = Image.effect_noise((200, 150), 90).convert("RGB")
    content = encode(noise, name)
    with pytest.raises(UnreadableContent) as caught:
        make(content[: int(len(content) * part)])
    assert caught.value.hint
    assert caught.value.status == 422


def test_a_heic_that_is_cut_off_is_refused(make):
    content = (PHOTOS / "cameras" / "IMG_5195.HEIC").read_bytes()
    for part in (0.001, 0.3, 0.9):
        with pytest.raises(UnreadableContent):
            make(content[: int(len(content) * part)])


@pytest.mark.parametrize("size", [(10_000, 10_000), (65_000, 1_000)])
def test_too_many_pixels_are_refused_by_the_header_alone(make, size):
    content = encode(Image.new("1", size), "PNG")
    with pytest.raises(UnreadableContent, match="64 megapixels") as caught:
        make(content)
    assert caught.value.hint


def test_the_limit_is_the_callers(make):
    content = encode(gradient(), "PNG")
    make(content, limit=64 * 48)
    with pytest.raises(UnreadableContent, match="64 by 48"):
        make(content, limit=64 * 48 - 1)


def test_a_bomb_of_text_in_a_png_is_refused(make):
    text = PngImagePlugin.PngInfo()
    text.add_text("bomb", "x" * 70_000_000, zip=True)
    with pytest.raises(UnreadableContent):
        make(encode(gradient(), "PNG", pnginfo=text))


def test_a_header_that_lies_about_its_size_is_refused(make):
    content = bytearray(encode(Image.new("RGB", (20, 20)), "GIF"))
    content[6:10] = b"\xff\xff\xff\xff"
    with pytest.raises(UnreadableContent):
        make(bytes(content))


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"text"]
)
def test_no_picture_is_refused(make, content):
    with pytest.raises(UnreadableContent):
        make(content)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_damaged_metadata_does_not_cost_the_picture(make):
    exif = b"Exif\0\0II*\0\x08\0\0\0" + b"\xff" * 40
    prepared, served = make(encode(gradient(), "JPEG", exif=exif))
    assert opened(served).size == (64, 48)
    assert prepared.facts.taken_at is None
