"""What is taken, what it is called, how it is served: tables and invented names."""

from __future__ import annotations

import io
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from core.errors import InvalidInput, TooLarge, UnreadableContent, UnsupportedType
from core.model.media import FileKind
from core.upload import policy
from core.upload.content import HEAD_BYTES, IMAGE_TYPES, claimed_image, content_type, image_type
from core.upload.policy import UploadRequest

MIB = 1024 * 1024
NASTY = st.text(st.characters(exclude_categories=[]), max_size=400) | st.text(
    "/\\.\u202e\u200f\u2066 \x00\x1f\x7faé\U0001f600%?#&+", max_size=60
)


def encoded(name):
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, name)
    return out.getvalue()


HEADS = {
    "image/jpeg": encoded("JPEG"),
    "image/png": encoded("PNG"),
    "image/gif": encoded("GIF"),
    "image/webp": encoded("WEBP"),
    "image/tiff": encoded("TIFF"),
    "image/avif": encoded("AVIF"),
    "image/heic": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
}
MP4 = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom"


@given(NASTY)
def test_any_name_becomes_a_valid_key_and_always_the_same(name):
    shown = policy.display_name(name)
    for key in (policy.served_key("f" * 32, shown), policy.original_key("f" * 32, shown)):
        assert len(key.encode()) <= 1024
        assert key.isascii()
        assert key.isprintable()
        assert ".." not in key
        assert key.count("/") == 2
        assert key not in {policy.rendition_key("f" * 32, n) for n in ("thumbnail", "preview")}
    assert policy.display_name(shown) == shown


@given(NASTY)
def test_any_name_is_shown_without_control_and_direction_marks(name):
    shown = policy.display_name(name)
    assert 1 <= len(shown) <= 200
    assert "/" not in shown
    assert "\\" not in shown
    hidden = {c for c in shown if unicodedata.category(c) in {"Cc", "Cf", "Cs"}}
    assert hidden <= {"\u200c", "\u200d"}


@given(NASTY, st.sampled_from([*HEADS, "text/html", "application/x-sh"]))
def test_a_disposition_is_one_line_of_ascii(name, served):
    header = policy.disposition(served, policy.display_name(name))
    assert header.isascii()
    assert header.isprintable()
    assert header.startswith(("inline", "attachment; "))


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("photo.jpg", "photo.jpg"),
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\a.txt", "a.txt"),
        ("\u202egpj.exe", "gpj.exe"),
        ("a\x00b\x1b.png", "ab.png"),
        ("Ünï🎉.png", "Ünï🎉.png"),
        ("", "file"),
        ("\u202e\x00", "file"),
        ("..", "file"),
        ("x" * 300 + ".jpeg", "x" * 195 + ".jpeg"),
    ],
)
def test_a_name_as_people_see_it(raw, shown):
    assert policy.display_name(raw) == shown


@pytest.mark.parametrize(("kind", "head"), HEADS.items())
def test_a_picture_is_recognised_by_its_beginning(kind, head):
    assert image_type(head) == kind
    suffix = next(s for s, t in policy.IMAGE_SUFFIXES.items() if t == kind)
    verdict = policy.judge(f"a{suffix}", kind, head)
    assert (verdict.content_type, verdict.image, verdict.notes) == (kind, True, ())


@pytest.mark.parametrize(
    ("name", "declared", "head"),
    [
        ("a.jpg", "image/jpeg", b"<html>"),
        ("a.PNG", "", b"%PDF-1.4"),
        ("a.heic", "application/octet-stream", MP4),
        ("photo", "image/webp", b"hello"),
        ("photo", "image/pjpeg; q=1", b"hello"),
    ],
)
def test_a_picture_that_is_none_is_refused(name, declared, head):
    with pytest.raises(UnsupportedType, match="picture") as caught:
        policy.judge(name, declared, head)
    assert caught.value.hint


@pytest.mark.parametrize("name", ["a.png", "a.pdf", "a"])
def test_a_picture_with_another_name_is_taken_with_a_note(name):
    verdict = policy.judge(name, "", HEADS["image/jpeg"])
    assert verdict.content_type == "image/jpeg"
    assert "JPEG" in verdict.notes[0]


def test_a_camera_raw_file_stays_as_it_is():
    verdict = policy.judge("a.NEF", "image/x-nikon-nef", HEADS["image/tiff"])
    assert (verdict.image, verdict.content_type) == (False, "application/octet-stream")
    assert "raw" in verdict.notes[0]


@pytest.mark.parametrize(
    ("name", "head", "served", "kind", "inline"),
    [
        ("a.mp4", MP4, "video/mp4", FileKind.VIDEO, True),
        ("a.mov", b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", "video/quicktime", FileKind.VIDEO, True),
        ("a.mp3", b"ID3\x04\0\0\0\0\0\x21", "audio/mpeg", FileKind.AUDIO, True),
        ("a.wav", b"RIFF\x24\0\0\0WAVEfmt ", "audio/wav", FileKind.AUDIO, True),
        ("a.m4a", b"\0\0\0\x1cftypM4A \0\0\0\0", "audio/mp4", FileKind.AUDIO, True),
        ("a.pdf", b"%PDF-1.7", "application/pdf", FileKind.DOCUMENT, True),
        ("a.txt", b"hello", "text/plain", FileKind.DOCUMENT, True),
        ("a.unknown", b"hello", "text/plain", FileKind.DOCUMENT, True),
        ("a.csv", b"a,b\n1,2", "text/csv", FileKind.DOCUMENT, False),
        ("a.zip", b"PK\x03\x04" + b"\0" * 40, "application/zip", FileKind.OTHER, False),
        ("a.html", b"<html>", "application/octet-stream", FileKind.OTHER, False),
        ("a.txt", b"<!DOCTYPE html><html>", "application/octet-stream", FileKind.OTHER, False),
        ("a.mp4", b"<html><script>", "application/octet-stream", FileKind.OTHER, False),
        ("a.svg", b"<svg xmlns='x'/>", "application/octet-stream", FileKind.OTHER, False),
        ("a.js", b"alert(1)", "application/octet-stream", FileKind.OTHER, False),
        ("a.css", b"a{}", "application/octet-stream", FileKind.OTHER, False),
        ("a.xml", b"<?xml version='1.0'?><a/>", "application/octet-stream", FileKind.OTHER, False),
        ("a.txt", b"\x00\x01\x02", "application/octet-stream", FileKind.OTHER, False),
        ("a.txt", "caf\xe9".encode("latin-1"), "application/octet-stream", FileKind.OTHER, False),
        ("a.pdf", b"\x00\x01 no pdf", "application/octet-stream", FileKind.OTHER, False),
        ("a.swf", b"CWS\x0a\0\0\0\0", "application/octet-stream", FileKind.OTHER, False),
    ],
)
def test_a_plain_file_is_served_by_its_content(name, head, served, kind, inline):
    verdict = policy.judge(name, "video/mp4", head)
    assert (verdict.content_type, verdict.kind, verdict.image) == (served, kind, False)
    assert policy.disposition(served, name).startswith("inline" if inline else "attachment")


@given(st.binary(max_size=300), st.sampled_from(["a.txt", "a.mp4", "a.pdf", "a.html", "a"]))
def test_nothing_that_a_browser_would_run_is_ever_served_inline(head, name):
    for body in (head, b"<html><script>" + head, b"<svg>" + head):
        verdict = policy.judge(name, "", body)
        assert not policy.is_active(verdict.content_type)


def test_text_is_served_as_utf_8():
    assert policy.served_type("text/plain") == "text/plain; charset=utf-8"
    assert policy.served_type("video/mp4") == "video/mp4"


def test_a_text_cut_in_the_middle_of_a_letter_is_still_text():
    cut = ("a" + "é" * HEAD_BYTES).encode()[:HEAD_BYTES]
    assert content_type(cut, "a.txt") == "text/plain"


def test_text_that_begins_like_the_file_of_some_program_is_plain_text():
    assert content_type(b"0123456789abcdef\n" * 200, "numbers.bin") == "text/plain"


@pytest.mark.parametrize(
    ("name", "served", "expected"),
    [
        ("a.HEIC", "image/jpeg", "a.jpg"),
        ("a.jpeg", "image/jpeg", "a.jpeg"),
        ("a.tiff", "image/webp", "a.webp"),
        ("a.png", "image/jpeg", "a.jpg"),
        ("report.pdf", "image/png", "report.pdf.png"),
        ("a", "image/gif", "a.gif"),
        ("a.avif", "image/avif", "a.avif"),
    ],
)
def test_the_served_name_has_an_extension_that_fits(name, served, expected):
    assert policy.served_name(name, served) == expected


def test_every_type_that_a_picture_can_be_served_as_has_an_extension():
    for served in set(IMAGE_TYPES) - {"image/heic", "image/tiff"}:
        assert policy.served_name("a", served) != "a"


def test_a_request_is_admitted_with_harmless_words():
    asked = UploadRequest(
        name="/x/a.jpg", size=5, content_type="IMAGE/JPEG; x=1", folder="/a//../b"
    )
    admitted = policy.admit(asked, 10)
    assert admitted == UploadRequest(name="a.jpg", size=5, content_type="image/jpeg", folder="a/b")


@pytest.mark.parametrize("declared", ["", "nonsense", "a/b/c", "text/ht ml", "x/\r\ny", "é/é"])
def test_an_odd_declared_type_is_replaced(declared):
    asked = UploadRequest(name="a", size=1, content_type=declared)
    assert policy.admit(asked, 10).content_type == "application/octet-stream"


def test_empty_and_oversized_requests_are_refused():
    with pytest.raises(InvalidInput, match="0 bytes"):
        policy.admit(UploadRequest(name="a", size=0), 10)
    with pytest.raises(TooLarge, match=r"2\.0 MiB; 1\.0 MiB"):
        policy.admit(UploadRequest(name="a", size=2 * MIB), MIB)


@pytest.mark.parametrize(
    ("size", "said"),
    [
        (10**15, "909.5 TiB; 5.0 GiB is"),
        (6 * 1024 * MIB, "6.0 GiB; 5.0 GiB is"),
        (5 * 1024 * MIB + 1, "5,368,709,121 bytes; 5,368,709,120 bytes is"),
    ],
)
def test_a_size_is_told_so_that_it_can_be_compared(size, said):
    with pytest.raises(TooLarge, match=f"a has {said} the most"):
        policy.admit(UploadRequest(name="a", size=size), 5 * 1024 * MIB)


def test_what_arrived_must_be_what_was_announced():
    policy.check_size("a", 5, 5)
    with pytest.raises(TooLarge):
        policy.check_size("a", 5, 6)
    with pytest.raises(UnreadableContent):
        policy.check_size("a", 5, 4)


@given(st.integers(1, 50 * 1024**4))
def test_no_upload_needs_more_than_ten_thousand_parts(size):
    part = policy.part_size(size, 16 * MIB)
    assert part >= 16 * MIB
    assert policy.part_count(size, part) <= 10_000
    assert part % MIB == 0


def test_a_claim_follows_the_extension_before_the_declaration():
    assert claimed_image("a.png", "image/jpeg") == "image/png"
    assert claimed_image("a.txt", "image/heif") == "image/heic"
    assert claimed_image("a.svg", "image/svg+xml") == ""
