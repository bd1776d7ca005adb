"""A loss-free photograph coded anew: much smaller, as large in pixels, without anything beside."""

import tempfile

import pytest
from PIL import Image

from core.errors import Conflict, UnreadableContent
from core.upload.smaller import smaller


def saved(image, kind, **options):
    file = tempfile.TemporaryFile()  # noqa: SIM115  # the caller closes it
    image.save(file, kind, **options)
    file.seek(0)
    return file


def photograph(mode="RGB"):
    noise = Image.effect_noise((600, 400), 40).convert("RGB")
    return noise.convert(mode)


def test_a_loss_free_photograph_becomes_a_fraction(tmp_path):
    with saved(photograph(), "PNG") as source:
        before = source.seek(0, 2)
        source.seek(0)
        body = smaller(source, max_pixels=10**7)
    (tmp_path / "a.webp").write_bytes(body)
    with Image.open(tmp_path / "a.webp") as made:
        assert (made.format, made.size, made.mode) == ("WEBP", (600, 400), "RGB")
    assert len(body) < before / 2


def test_clear_parts_stay_clear(tmp_path):
    picture = Image.new("RGBA", (40, 30), (200, 10, 10, 0))
    with saved(picture, "PNG") as source:
        (tmp_path / "a.webp").write_bytes(smaller(source, max_pixels=10**7))
    with Image.open(tmp_path / "a.webp") as made:
        assert made.mode == "RGBA"
        assert made.getchannel("A").getextrema() == (0, 0)


def test_print_colours_become_those_of_screens(tmp_path):
    with saved(photograph("CMYK"), "JPEG") as source:
        (tmp_path / "a.webp").write_bytes(smaller(source, max_pixels=10**7))
    with Image.open(tmp_path / "a.webp") as made:
        assert made.mode == "RGB"
        assert "icc_profile" not in made.info


def test_what_moves_is_left_alone():
    frames = [Image.new("RGB", (20, 20), (n * 90, 0, 0)) for n in range(3)]
    with (
        saved(frames[0], "GIF", save_all=True, append_images=frames[1:]) as source,
        pytest.raises(Conflict, match="moves"),
    ):
        smaller(source, max_pixels=10**7)


def test_a_side_that_webp_cannot_say_is_left_alone():
    with saved(Image.new("L", (16_400, 2)), "PNG") as source, pytest.raises(Conflict):
        smaller(source, max_pixels=10**7)


def test_a_damaged_picture_says_so():
    with saved(photograph(), "PNG") as source:
        source.truncate(2_000)
        with pytest.raises(UnreadableContent):
            smaller(source, max_pixels=10**7)
