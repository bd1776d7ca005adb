"""Names from strangers' computers become harmless, and stay recognisable."""

import re
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidInput
from core.model.names import (
    NAME_LIMIT,
    SEGMENT_LIMIT,
    attachment,
    clean_folder,
    clean_name,
    safe_segment,
)


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("photo.jpg", "photo.jpg"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\photo.jpg", "photo.jpg"),
        ("a\x00b\x1f\x7fc.png", "abc.png"),
        ("invoice\u202egpj.exe", "invoicegpj.exe"),
        ("  two   words\t.png ", "two words .png"),
        ("Cafe\u0301.jpg", "Caf\u00e9.jpg"),
        ("👩‍👩‍👧.png", "👩‍👩‍👧.png"),
        ("line\nbreak\u2028.txt", "line break .txt"),
        ("<img src=x onerror=alert(1)>.png", "<img src=x onerror=alert(1)>.png"),
        ("\ud800lone.png", "lone.png"),
    ],
)
def test_a_display_name_keeps_what_people_read_and_nothing_else(raw, clean):
    assert clean_name(raw) == clean


@pytest.mark.parametrize("raw", ["", "   ", ".", "..", "folder/", "\u202e\u200f", "\x00"])
def test_a_name_without_a_visible_letter_is_refused(raw):
    with pytest.raises(InvalidInput, match="empty"):
        clean_name(raw)


def test_a_long_name_loses_its_middle_and_keeps_its_extension():
    name = clean_name("x" * 300 + ".jpeg")
    assert len(name) == NAME_LIMIT
    assert name.endswith("x.jpeg")


@pytest.mark.parametrize(
    ("name", "segment"),
    [
        ("Ünïcode photo (1).JPG", "Unicode-photo-1.JPG"),
        ("日本.jpg", "file.jpg"),
        ("👩‍👩‍👧", "file"),
        (".htaccess", "htaccess"),
        ("a..b...c.png", "a-b-c.png"),
        ("report.tar.gz", "report.tar.gz"),
        ("100%?#&+.png", "100.png"),
    ],
)
def test_a_key_segment_is_plain_ascii(name, segment):
    assert safe_segment(name) == segment


@given(st.text())
def test_a_key_segment_never_needs_encoding_and_is_never_a_path(name):
    segment = safe_segment(name)
    assert re.fullmatch(r"[A-Za-z0-9_-][A-Za-z0-9._-]*", segment)
    assert len(segment) <= SEGMENT_LIMIT
    assert ".." not in segment


@given(st.text())
def test_cleaning_a_name_twice_changes_nothing(raw):
    try:
        name = clean_name(raw)
    except InvalidInput:
        return
    assert clean_name(name) == name
    assert "/" not in name
    assert len(name) <= NAME_LIMIT
    name.encode()


@pytest.mark.parametrize(
    ("raw", "folder"),
    [
        ("", ""),
        ("/", ""),
        ("/trips//2024/", "trips/2024"),
        ("a/../b/./c", "a/b/c"),
        ("a\\b", "a/b"),
    ],
)
def test_a_folder_has_no_empty_or_relative_parts(raw, folder):
    assert clean_folder(raw) == folder


def test_a_folder_that_is_too_deep_is_refused():
    with pytest.raises(InvalidInput, match="20 levels"):
        clean_folder("/".join("abcdefghijklmnopqrst"))


@given(st.text(min_size=1).filter(lambda text: all(c.isprintable() for c in text)))
def test_a_download_is_saved_under_its_own_name(name):
    header = attachment(name)
    assert header.isascii()
    assert unquote(header.partition("filename*=UTF-8''")[2]) == name


def test_a_quote_in_a_name_cannot_end_the_header_value():
    assert attachment('a"; x="b.png').startswith('attachment; filename="a__ x=_b.png"; filename*=')
