"""Fingerprints: alike for the same picture in other sizes, apart for others, also for old ones."""

import io

import pytest
from PIL import Image

from core.library.twins import distance
from core.upload.fingerprints import fingerprint
from tests.upload.test_replacing import file_of, picture, upload


def small(image, side=400, quality=80):
    out = io.BytesIO()
    copy = image.convert("RGB")
    copy.thumbnail((side, side))
    copy.save(out, "WEBP", quality=quality)
    return out.getvalue()


def photo(seed):
    """A picture with large soft shapes, as photos have them."""
    noise = Image.effect_noise((12, 9), 120).point(lambda value: (value * (seed + 3)) % 256)
    return noise.resize((900, 675), Image.Resampling.BICUBIC)


def test_the_same_picture_smaller_or_coded_anew_is_near():
    image = photo(1)
    one = fingerprint(small(image))
    assert len(one) == 16
    assert distance(one, fingerprint(small(image, side=200))) <= 6
    assert distance(one, fingerprint(small(image, quality=30))) <= 6


def test_another_picture_is_far():
    prints = [fingerprint(small(photo(seed))) for seed in range(6)]
    pairs = [(a, b) for i, a in enumerate(prints) for b in prints[:i]]
    assert all(distance(a, b) > 6 for a, b in pairs)


def test_clear_parts_count_as_white():
    clear = Image.new("RGBA", (90, 80), (0, 0, 0, 0))
    out = io.BytesIO()
    clear.save(out, "WEBP")
    assert fingerprint(out.getvalue()) == "0" * 16


@pytest.mark.parametrize("damaged", [b"", b"RIFF", small(photo(2))[:60], b"<svg/>"])
def test_what_is_no_thumbnail_has_none(damaged):
    assert fingerprint(damaged) == ""


def test_a_picture_gets_one_when_it_is_processed(world):
    id_ = upload(world, picture(10))
    file = file_of(world, id_)
    small_one = world.bucket.read_range(file.rendition("thumbnail").key, 0, 100_000)
    assert file.fingerprint == fingerprint(small_one) != ""
    assert file_of(world, upload(world, b"some text", name="a.txt")).fingerprint == ""


def test_an_old_picture_gets_the_same_one_from_its_thumbnail(world):
    id_, other = upload(world), upload(world)
    before = file_of(world, id_)
    for known in (id_, other):
        world.service._shelf.change(known, {"fingerprint": ""})
    world.bucket.erase(file_of(world, other).rendition("thumbnail").key)
    job, put = world.jobs.put("fingerprint", "ann", "ann", started=True)
    world.store.transact([put])
    world.service.fingerprint(job, [id_, other, "gone"])
    assert file_of(world, id_).fingerprint == before.fingerprint
    assert file_of(world, other).fingerprint == ""
    assert world.jobs.get(job.id).done == 3
