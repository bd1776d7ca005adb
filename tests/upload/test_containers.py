"""Structures that break their format's rules are not copied: the decoder has to judge them."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from core.upload import containers


def encoded(name):
    out = io.BytesIO()
    Image.linear_gradient("L").resize((16, 12)).convert("RGB").save(out, name)
    return out.getvalue()


PICTURES = {name: encoded(name) for name in ("JPEG", "PNG", "GIF", "WEBP")}


def written(name, data):
    pieces = containers.STRIPPERS[name](data)
    return b"".join(p if isinstance(p, bytes) else data[p.start : p.stop] for p in pieces)


@pytest.mark.parametrize("name", PICTURES)
def test_a_clean_picture_is_copied_so_that_it_reads_the_same(name):
    once = written(name, PICTURES[name])
    before, after = (Image.open(io.BytesIO(data)) for data in (PICTURES[name], once))
    assert before.tobytes() == after.tobytes()
    assert written(name, once) == once


@pytest.mark.parametrize("name", PICTURES)
def test_every_cut_is_noticed(name):
    content = PICTURES[name]
    for length in range(len(content) - 1):
        with pytest.raises(ValueError, match=r"cut off|does not end|no |header|signature"):
            written(name, content[:length])


@pytest.mark.parametrize("name", PICTURES)
@given(data=st.data())
def test_damage_anywhere_gives_a_copy_or_a_value_error_and_never_more_than_was_there(name, data):
    content = bytearray(PICTURES[name])
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        copy = written(name, bytes(content))
    except ValueError:
        return
    assert len(copy) <= len(content) + 18  # a JFIF header may be completed


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("JPEG", b"\xff\xd8\xff\xe0"),
        ("JPEG", b"\xff\xd8\x00\x00"),
        ("GIF", b"GIF89a" + b"\0" * 7 + b"?"),
        ("WEBP", b"RIFF\x10\0\0\0WEBPVP8 \xff\0\0\0"),
        ("PNG", b"\x89PNG\r\n\x1a\n\xff\xff\xff\xffIHDR"),
    ],
)
def test_nonsense_is_refused(name, content):
    with pytest.raises(ValueError):  # any of them
        written(name, content)


def box(name, body=b"", size=None):
    return (len(body) + 8 if size is None else size).to_bytes(4) + name + body


@pytest.mark.parametrize(
    "content",
    [
        box(b"ftyp", b"heic") + box(b"meta", b"abc") + box(b"mdat", b"xyz"),
        box(b"ftyp", b"heic") + box(b"mdat", b"to the end", size=0),
        box(b"ftyp", b"heic") + b"\0\0\0\x01mdat" + (20).to_bytes(8) + b"four",
        box(b"ftyp", b"heic") + box(b"mdat", b"xyz") + b"<html> what follows",
        box(b"ftyp", b"heic") + b"\0\0",
    ],
)
def test_whole_boxes_pass(content):
    containers.check_boxes(content)


@pytest.mark.parametrize(
    "content",
    [
        box(b"ftyp", b"heic") + box(b"mdat", b"xyz", size=99),
        box(b"ftyp", b"heic") + box(b"meta", b"", size=4),
        box(b"ftyp", b"heic") + b"\0\0\0\x01mdat" + (99).to_bytes(8),
        box(b"ftyp", b"heic") + b"\0\0\0\x01mdat\0\0",
        box(b"ftyp", b"heic", size=50),
    ],
)
def test_boxes_that_are_cut_off_do_not(content):
    with pytest.raises(ValueError, match="cut off"):
        containers.check_boxes(content)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"\xff\xd8<ScRiPt>", True),
        (b"..<!DOCTYPE html>", True),
        (b"..<?php echo", True),
        (b"..%PDF-1.7", True),
        (b"..PK\x03\x04..", True),
        (b"..<x:xmpmeta>", False),
        (bytes(range(256)), False),
    ],
)
def test_beginnings_of_other_things_are_found(content, found):
    assert containers.foreign(content) is found
