"""Advice at a file: each rule fires where it must, keeps silent where nothing is certain."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.library.advice import Facts, advice, cached_seconds
from core.library.personal import clean_key, personal, suffix_for
from core.model.advice import AdviceLevel, Headers, RepairKind
from core.model.media import DeliveryStep, FileKind, FileState, MediaFile, Rendition

FOREVER = "public, max-age=31536000, immutable"
RIGHT = Headers(content_type="image/jpeg", cache_control=FOREVER, content_disposition="inline")
PREVIEW = Rendition(
    name="preview", key="media/f/preview.webp", width=1600, height=1067, size=200_000
)


def photo(**changes):
    fields = {
        "id": "f", "owner_id": "o", "name": "beach.jpg", "size": 300_000, "kind": FileKind.IMAGE,
        "content_type": "image/jpeg", "state": FileState.DELIVERED, "bucket": "b",
        "uploaded_at": "2026-11-20T00:00:00Z", "key": "media/f/beach.jpg", "width": 2000,
        "height": 1500, "renditions": (PREVIEW,),
    }  # fmt: skip
    return MediaFile(**(fields | changes))


def rules(file, stored=RIGHT, right=RIGHT, neighbours=None):
    return [one.rule for one in advice(Facts(file, stored, right, neighbours))]


def test_a_file_in_order_gets_no_advice():
    assert rules(photo()) == []


def test_what_could_not_be_read_is_not_advised_on():
    assert rules(photo(), stored=None, right=None) == []
    assert rules(photo(), right=None) == []


def test_an_undelivered_file_names_the_failing_step_and_comes_first():
    steps = (
        DeliveryStep(name="thumbnail: status", ok=True),
        DeliveryStep(name="original: status", ok=False),
    )
    file = photo(name="beach", state=FileState.UNDELIVERED, delivery=steps)
    found = advice(Facts(file))
    assert [one.rule for one in found] == ["not_delivered", "no_extension"]
    assert found[0].level is AdviceLevel.FAIL
    assert "original: status" in found[0].sentence


def test_a_type_that_the_bytes_belie_is_put_right_in_place():
    (found,) = advice(Facts(photo(), RIGHT.model_copy(update={"content_type": "text/html"}), RIGHT))
    assert (found.rule, found.repair) == ("wrong_type", RepairKind.HEADERS)
    assert [(c.what, c.before, c.after) for c in found.changes] == [
        ("Content-Type", "text/html", "image/jpeg")
    ]


def test_a_charset_is_no_other_type():
    stored = Headers(content_type="text/plain", cache_control=FOREVER)
    right = Headers(content_type="text/plain; charset=utf-8", cache_control=FOREVER)
    assert rules(photo(), stored, right) == []


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("", None), ("public", None), ("max-age=60", 60), ("public, MAX-AGE=31536000", 31536000),
        ("no-store, max-age=60", 0), ("no-cache", 0), ("s-maxage=60", None), ('max-age="9"', 9),
    ],
)  # fmt: skip
def test_the_life_in_a_cache_is_read_as_caches_read_it(header, seconds):
    assert cached_seconds(header) == seconds


@pytest.mark.parametrize(
    ("header", "advised"),
    [("", True), ("max-age=3600", True), ("no-store", True), ("max-age=86400", False)],
)
def test_a_missing_or_short_cache_header_is_told(header, advised):
    stored = RIGHT.model_copy(update={"cache_control": header})
    assert ("short_cache" in rules(photo(), stored)) is advised


def test_a_private_file_is_to_be_cached_shortly_but_never_by_all():
    private = photo(private=True, key="private/f/beach.jpg")
    short = Headers(content_type="image/jpeg", cache_control="private, max-age=300")
    assert rules(private, short, short) == []
    assert rules(private, RIGHT, short) == ["open_cache"]


@pytest.mark.parametrize(
    ("name", "key", "said"),
    [
        ("a.jpg", "users/ada@example.com/a.jpg", "an e-mail address"),
        ("a.jpg", "users/ada%40example.com/a.jpg", "an e-mail address"),
        ("ada@example.com.jpg", "media/f/ada-example.com.jpg", "an e-mail address"),
        ("+49 170 1234567.jpg", "media/f/49-170-1234567.jpg", "a telephone number"),
    ],
)
def test_a_person_in_the_address_is_told_and_leaves_it(name, key, said):
    file = photo(name=name, key=key)
    (found,) = [one for one in advice(Facts(file)) if one.rule == "personal_key"]
    assert said in found.sentence
    cleaned = found.changes[0].after
    assert cleaned.startswith("media/f/")
    assert cleaned.endswith(".jpg")
    assert "example" not in cleaned
    assert "1234567" not in cleaned
    assert "personal_key" not in rules(photo(name=name, key=cleaned))


@pytest.mark.parametrize(
    "name", ["IMG_20240101_123456.jpg", "logo@2x.png", "a@b.jpg", "2024-05-01 12.30.jpg"]
)
def test_numbers_of_cameras_and_marks_of_size_are_no_person(name):
    assert personal(name) == ""


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("mia@demo.example.jpg", "media/f/file-r1.jpg"),
        ("mia@demo.example", "media/f/file-r1.jpg"),
        ("beach of mia@demo.example.jpg", "media/f/beach-of-r1.jpg"),
        ("v1.2 notes +49 170 1234567.jpg", "media/f/v1.2-notes-r1.jpg"),
    ],
)
def test_a_clean_key_keeps_what_tells_nothing_of_a_person(name, key):
    assert clean_key(photo(name=name)) == key


@given(st.text(min_size=1, max_size=60), st.booleans())
def test_a_clean_key_always_lies_in_the_files_own_folder(name, private):
    key = clean_key(photo(name=name, private=private))
    assert key.startswith("private/f/" if private else "media/f/")
    assert key.count("/") == 2
    assert key.endswith("-r1.jpg")
    assert personal(key) == ""
    assert key not in {"media/f/preview.webp", "media/f/thumbnail.webp"}


def test_a_picture_far_heavier_than_its_preview_says_which_to_use():
    (found,) = advice(Facts(photo(size=8_000_000, width=6000, height=4000)))
    assert found.rule == "heavy"
    assert "40 times" in found.sentence
    assert found.repair is None


def test_a_small_or_nearly_as_small_picture_is_not_called_heavy():
    assert rules(photo(size=900_000)) == []
    big = PREVIEW.model_copy(update={"size": 900_000})
    assert rules(photo(size=2_000_000, renditions=(big,))) == []


def test_bytes_wasted_on_pixels_are_counted():
    assert rules(photo(size=7_000_000, renditions=(), content_type="image/png")) == ["wasteful"]
    assert rules(photo(size=7_000_000, renditions=(), content_type="image/gif")) == []


def test_a_name_without_an_extension_gets_that_of_its_type():
    (found,) = advice(Facts(photo(name="beach")))
    assert (found.repair, found.changes[0].after) == (RepairKind.NAME, "beach.jpg")
    assert rules(photo(name="data", content_type="application/octet-stream")) == []


def test_a_public_file_among_private_ones_is_told_once_there_are_any():
    assert rules(photo(folder="hr"), neighbours=2) == ["open_among_private"]
    assert rules(photo(folder="hr"), neighbours=0) == []
    assert rules(photo(folder=""), neighbours=2) == []
    assert "open_among_private" not in rules(photo(folder="hr", private=True), neighbours=2)


def test_every_usual_type_has_one_settled_suffix():
    assert [suffix_for(kind) for kind in ("image/jpeg", "text/plain; charset=utf-8", "video/mp4",
            "application/octet-stream", "x/unheard-of")] == [".jpg", ".txt", ".mp4", "", ""]  # fmt: skip
