"""How a file is looked at: which way fits its type, and what text its first bytes are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import UnsupportedType
from core.library.edge_status import BucketSeen, EdgeSeen, age_of, judged
from core.library.viewing import decode, is_text_type, shown_as
from core.model.media import FileKind, FileState, MediaFile, Rendition
from core.model.viewing import EdgeState, ShownAs

PREVIEW = (Rendition(name="preview", key="p", width=16, height=9, size=1),)


def media(content_type, kind=FileKind.OTHER, name="a", renditions=()):
    return MediaFile(
        id="f", owner_id="o", name=name, size=1, content_type=content_type, kind=kind,
        state=FileState.DELIVERED, uploaded_at="2026-11-20T00:00:00Z", bucket="b", key="k",
        renditions=renditions,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        (media("image/jpeg", FileKind.IMAGE), ShownAs.PICTURE),
        (media("image/tiff", FileKind.IMAGE, renditions=PREVIEW), ShownAs.PICTURE),
        (media("image/x-canon-cr2", FileKind.IMAGE), ShownAs.NOTHING),
        (media("image/svg+xml", FileKind.IMAGE), ShownAs.TEXT),
        (media("video/mp4", FileKind.VIDEO), ShownAs.VIDEO),
        (media("audio/mpeg", FileKind.AUDIO), ShownAs.AUDIO),
        (media("application/pdf; charset=x", FileKind.DOCUMENT), ShownAs.PDF),
        (media("text/html"), ShownAs.TEXT),
        (media("application/json"), ShownAs.TEXT),
        (media("application/octet-stream", name="notes.md"), ShownAs.TEXT),
        (media("application/zip", name="notes.md"), ShownAs.NOTHING),
    ],
)
def test_the_type_decides_how_a_file_is_shown(file, expected):
    assert shown_as(file) is expected


def test_a_name_counts_only_where_the_type_says_nothing():
    assert is_text_type("application/octet-stream", "A.CSV")
    assert not is_text_type("video/mp4", "a.csv")


@given(st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc"))))
def test_utf8_text_comes_back_as_it_was(text):
    found = decode(text.encode(), cut=False, name="a.txt")
    assert (found.text, found.encoding, found.certain) == (
        text.removeprefix("\ufeff"),
        "UTF-8",
        True,
    )


def test_a_letter_that_the_cut_divides_is_left_out_and_no_reason_for_latin_1():
    assert decode("aé".encode()[:-1], cut=True, name="a").text == "a"
    found = decode("aé".encode()[:-1], cut=False, name="a")
    assert (found.encoding, found.certain) == ("LATIN-1", False)


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff"), ("utf-32-le", b"\xff\xfe\0\0"),
     ("utf-32-be", b"\0\0\xfe\xff"), ("utf-8", b"\xef\xbb\xbf")],
)  # fmt: skip
def test_a_byte_order_mark_names_the_encoding(encoding, mark):
    found = decode(mark + "Größe 1".encode(encoding), cut=False, name="a")
    assert (found.text, found.encoding, found.certain) == ("Größe 1", encoding.upper(), True)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark_is_found_but_not_certain(encoding):
    found = decode("name,size\nshot,12\n".encode(encoding), cut=False, name="a.csv")
    assert (found.text, found.encoding, found.certain) == (
        "name,size\nshot,12\n", encoding.upper(), False,
    )  # fmt: skip


def test_latin_1_is_said_to_be_an_assumption():
    found = decode(b"Gr\xf6\xdfe", cut=False, name="a")
    assert (found.text, found.encoding, found.certain) == ("Größe", "LATIN-1", False)


def test_bytes_that_are_no_text_are_refused():
    with pytest.raises(UnsupportedType, match=r"a\.bin holds no text"):
        decode(b"\0\0\1\2\0\3ab\0", cut=False, name="a.bin")


def test_terminal_controls_become_visible_and_line_ends_one():
    assert decode(b"a\x1b[31m\r\nb\x7f", cut=False, name="a").text == "a\ufffd[31m\nb\ufffd"


HELD = BucketSeen('"abc"')


@pytest.mark.parametrize(
    ("edge", "bucket", "state"),
    [
        (EdgeSeen(200, {"etag": '"abc"'}), HELD, EdgeState.DELIVERED),
        (EdgeSeen(200, {"etag": 'W/"abc"'}), HELD, EdgeState.DELIVERED),
        (EdgeSeen(200, {"etag": '"old"'}), HELD, EdgeState.STALE),
        (EdgeSeen(200, {"etag": '"abc"'}), BucketSeen(there=False), EdgeState.STALE),
        (EdgeSeen(200, {}), HELD, EdgeState.UNKNOWN),
        (EdgeSeen(200, {"etag": '"abc"'}), BucketSeen(error="denied"), EdgeState.UNKNOWN),
        (EdgeSeen(403, {}), HELD, EdgeState.BROKEN),
        (EdgeSeen(503, {}), HELD, EdgeState.BROKEN),
        (EdgeSeen(0, {}, "no answer"), HELD, EdgeState.UNKNOWN),
    ],
)
def test_the_edge_is_judged_by_what_the_bucket_holds(edge, bucket, state):
    found, sentence = judged(edge, bucket)
    assert found is state
    assert sentence.endswith(".") or "denied" in sentence


@pytest.mark.parametrize(("told", "age"), [("12", 12), ("", None), ("-1", None), ("soon", None)])
def test_an_age_is_told_or_unknown(told, age):
    assert age_of({"age": told} if told else {}) == age
