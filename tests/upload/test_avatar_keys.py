"""Keys of avatars, and everything that stood in old records instead."""

import re
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from core.upload.avatar_keys import Places, is_own, new_key, read, small_key

PLACES = Places(("cdn.example", "d111.cloudfront.net", "/emulator/cdn/media"), "pictures")
NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
PATTERN = re.compile(r"avatars/avatar_ann_\d+_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.jpg")


def test_both_keys_have_the_form_of_the_contract():
    key = new_key("ann", NOW, uuid4())
    assert PATTERN.fullmatch(key)
    assert PATTERN.fullmatch(small_key(key))
    assert key != small_key(key)
    assert str(int(NOW.timestamp() * 1000)) in key
    UUID(key.rpartition("_")[2].removesuffix(".jpg"))


def test_only_keys_made_here_for_this_account_may_be_erased():
    key = new_key("ann", NOW, uuid4())
    assert is_own(key, "ann")
    assert not is_own(key, "bob")
    assert not is_own("avatars/ann.jpg", "ann")
    assert not is_own("avatars/avatar_ann_1700000000000_1.jpg", "ann")
    assert small_key("avatars/ann.jpg") == "avatars/ann.jpg"


@pytest.mark.parametrize(
    "stored",
    [
        "avatars/a.jpg",
        "/avatars/a.jpg",
        " avatars/a.jpg ",
        "a.jpg",
        "https://cdn.example/avatars/a.jpg",
        "https://CDN.example:443/avatars/a.jpg?v=2#x",
        "https://d111.cloudfront.net/avatars/a.jpg",
        "https://cdn.example/a.jpg",
        "https://cdn.example/avatars/avatars/a.jpg",
        "https://cdn.example//avatars//a.jpg",
        "/emulator/cdn/media/avatars/a.jpg",
        "https://pictures.s3.us-east-2.amazonaws.com/avatars/a.jpg",
        "https://pictures.s3.amazonaws.com/avatars/a.jpg",
        "https://s3.us-east-2.amazonaws.com/pictures/avatars/a.jpg",
    ],
)
def test_every_form_of_before_leads_to_the_key(stored):
    assert read(stored, PLACES).key == "avatars/a.jpg"


@pytest.mark.parametrize(
    ("stored", "reason"),
    [
        ("", "no picture was chosen"),
        ("   ", "no picture was chosen"),
        ("https://elsewhere.example/avatars/a.jpg", "kept at elsewhere.example, not here"),
        ("//elsewhere.example/avatars/a.jpg", "kept at elsewhere.example, not here"),
        ("https://pictures.s3.evil.example/avatars/a.jpg", "kept at pictures.s3.evil.example"),
        ("https://picturesx.s3.amazonaws.com/avatars/a.jpg", "kept at picturesx"),
        ("https://s3.amazonaws.com/other/avatars/a.jpg", "kept at s3.amazonaws.com"),
        ("https://cdn.example@evil.example/avatars/a.jpg", "kept at evil.example"),
        ("https://[broken/avatars/a.jpg", "can't be read"),
        ("user-profiles/b.jpg", "outside avatars/"),
        ("https://cdn.example/media/x/secret.jpg", "outside avatars/"),
        ("avatars/../originals/a.jpg", "can't be read"),
        ("https://cdn.example/avatars/%2e%2e/originals/a.jpg", "can't be read"),
        ("avatars\\a.jpg", "can't be read"),
        ("avatars/a\u202egpj.exe", "can't be read"),
        ("https://cdn.example/", "can't be read"),
        ("/emulator/cdn/other/avatars/a.jpg", "outside avatars/"),
        ("data:image/png;base64,AAAA/BBBB", "outside avatars/"),
    ],
)
def test_what_is_not_here_has_a_reason_instead(stored, reason):
    found = read(stored, PLACES)
    assert found.key == ""
    assert reason in found.reason
