"""What people type becomes a query; a cursor continues only the query that it was made for."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidInput
from core.library.search import narrow, open_cursor, parse_query, seal_cursor
from core.model.media import FileKind, FileQuery, FileSort, FileState


def test_plain_words_are_looked_for_in_names():
    assert parse_query("  red   bicycle ") == FileQuery(text="red bicycle")


def test_known_fields_become_filters():
    query = parse_query(
        'beach type:image folder:"Trips/2024 spring" state:undelivered owner:u2 in:trash sort:-size'
    )
    assert query == FileQuery(
        text="beach",
        kind=FileKind.IMAGE,
        folder="Trips/2024 spring",
        state=FileState.UNDELIVERED,
        owner_id="u2",
        trashed=True,
        sort=FileSort.LARGEST,
    )


def test_me_is_the_person_who_asks():
    assert parse_query("owner:me", me="u7").owner_id == "u7"
    assert narrow(FileQuery(), {"owner": "me"}, me="u7").owner_id == "u7"


def test_an_unknown_field_is_a_word_of_a_name():
    assert parse_query("chapter:two 12:30").text == "chapter:two 12:30"


def test_a_quoted_field_is_a_plain_word():
    assert parse_query('"type:image"') == FileQuery(text="type:image")


@pytest.mark.parametrize("typed", ["type:cat", "state:lost", "sort:colour", "in:attic"])
def test_an_unknown_value_is_refused_with_the_known_ones(typed):
    with pytest.raises(InvalidInput) as caught:
        parse_query(typed)
    assert caught.value.hint.startswith("Use one of: ")


def day(year, month=1, day=1):
    return datetime(year, month, day, tzinfo=UTC)


def test_a_word_after_a_minus_may_not_be_there():
    query = parse_query('beach -rain -"grey sky" "-snow" a-b')
    assert (query.text, query.without) == ("beach -snow a-b", "rain grey sky")


def test_tags_add_up_and_later_fields_win():
    query = parse_query('tag:sea tag:"two words" tag:sea type:image type:video')
    assert (query.tags, query.kind) == (("sea", "two words"), FileKind.VIDEO)


def test_a_folder_is_exact_or_with_all_below():
    assert parse_query("folder:Trips").below is False
    query = parse_query('below:"Trips/2024"')
    assert (query.folder, query.below) == ("Trips/2024", True)
    assert narrow(query, {"folder": "Trips"}).below is False


def test_a_camera_in_quotes_is_exact_and_else_a_part_of_its_name():
    assert parse_query("camera:canon").camera == "*canon*"
    assert parse_query('camera:"Canon EOS R5"').camera == "Canon EOS R5"
    assert narrow(FileQuery(), {"camera": "Pixel 8"}).camera == "Pixel 8"


@pytest.mark.parametrize(
    ("typed", "first", "end"),
    [
        ("2024", day(2024), day(2025)),
        ("2024-05", day(2024, 5), day(2024, 6)),
        ("2024-12", day(2024, 12), day(2025)),
        ("2024-02-29", day(2024, 2, 29), day(2024, 3)),
        ("2024-01..2024-03", day(2024), day(2024, 4)),
        ("2024-01..", day(2024), None),
        ("..2024-03-05", None, day(2024, 3, 6)),
        (">2026-01-01", day(2026, 1, 2), None),
        (">=2026", day(2026), None),
        ("<2026-02", None, day(2026, 2)),
        ("<=2026-02", None, day(2026, 3)),
        ("2024-05-01T02:00:00+02:00..2024", day(2024, 5), day(2025)),
        (">=2024-05-01T00:00:00", day(2024, 5), None),
    ],
)
def test_dates_are_periods_and_ranges_of_them(typed, first, end):
    query = parse_query(f"taken:{typed}")
    assert (query.taken_from, query.taken_to) == (first, end)
    query = narrow(FileQuery(), {"uploaded": typed})
    assert (query.uploaded_from, query.uploaded_to) == (first, end)


@pytest.mark.parametrize(
    ("typed", "least", "most"),
    [
        (">10MB", 10_000_001, None),
        (">=1.5GB", 1_500_000_000, None),
        ("<10MiB", None, 10 * 2**20 - 1),
        ("<=500kb", None, 500_000),
        ("1M..2M", 1_000_000, 2_000_000),
        ("0", 0, 0),
        ("=7b", 7, 7),
    ],
)
def test_sizes_have_units(typed, least, most):
    query = parse_query(f"size:{typed}")
    assert (query.min_size, query.max_size) == (least, most)


def test_widths_and_heights_are_pixels():
    query = parse_query("width:>2000 height:..1080")
    assert (query.min_width, query.max_width) == (2001, None)
    assert (query.min_height, query.max_height) == (None, 1080)


@pytest.mark.parametrize(
    "typed", ["1920x1080", "1920X1080", "1920\u00d71080", '"1920 \u00d7 1080"']
)
def test_dimensions_are_both_sides_exactly(typed):
    query = parse_query(f"dimensions:{typed}")
    sides = {"min_width": 1920, "max_width": 1920, "min_height": 1080, "max_height": 1080}
    assert query == FileQuery(**sides)


def test_what_is_shared_and_private_is_a_filter():
    assert parse_query("is:private is:shared") == FileQuery(private=True, shared=True)
    assert parse_query("is:public is:own") == FileQuery(private=False, shared=False)
    assert parse_query("in:shared", me="u7") == FileQuery(shared_with="u7")
    assert parse_query("with:me album:a1 ext:.JPG", me="u7") == FileQuery(
        shared_with="u7", album="a1", extension="jpg"
    )


def test_people_are_resolved_by_who_asks():
    known = {"bo@example.com": "u2"}
    query = parse_query(
        "owner:bo@example.com with:u3", person=lambda typed: known.get(typed, typed)
    )
    assert (query.owner_id, query.shared_with) == ("u2", "u3")


@pytest.mark.parametrize(
    "typed",
    [
        "taken:yesterday",
        "taken:2024-13",
        "taken:2024-02-30",
        "taken:9999",
        "taken:..",
        "uploaded:>x",
        "taken:0000",
        "width:wide",
        "width:-5",
        "width:..",
        "dimensions:1920",
        "dimensions:x1080",
        "dimensions:1920x1080x3",
        "size:10XB",
        "size:..",
        "height:1e9",
        "size:٣",
        "is:lost",
        "ext:a/b",
        "-type:image",
    ],
)
def test_a_value_that_makes_no_sense_is_refused_by_its_field(typed):
    with pytest.raises(InvalidInput) as caught:
        parse_query(typed)
    assert caught.value.message.startswith(typed.split(":")[0])
    assert caught.value.hint


def test_a_search_of_a_thousand_characters_is_refused():
    with pytest.raises(InvalidInput, match="1000 characters"):
        parse_query("x" * 1000)


def test_parameters_win_over_what_was_typed():
    query = narrow(parse_query("type:image cat"), {"type": "video", "folder": None, "sort": ""})
    assert query == FileQuery(text="cat", kind=FileKind.VIDEO)


def test_a_slash_means_the_top_folder():
    assert narrow(FileQuery(), {"folder": "/"}).folder == ""
    assert narrow(FileQuery(), {"folder": ""}).folder is None


@given(st.text(max_size=200))
def test_whatever_is_typed_gives_a_query_or_says_why_not(typed):
    try:
        query = parse_query(typed, me="u1")
    except InvalidInput:
        return
    query.text.encode()


@given(st.text(max_size=50))
def test_a_cursor_survives_the_way_out_and_back(inner):
    query = FileQuery(text="cat")
    sealed = seal_cursor(query, inner)
    assert open_cursor(query, sealed) == inner


@pytest.mark.parametrize("cursor", ["", "nonsense", "x" * 5000])
def test_a_made_up_cursor_is_refused(cursor):
    with pytest.raises(InvalidInput, match="another search"):
        open_cursor(FileQuery(), cursor)


def test_a_cursor_of_another_order_is_refused():
    sealed = seal_cursor(FileQuery(), "abc")
    with pytest.raises(InvalidInput):
        open_cursor(FileQuery(sort=FileSort.NAME), sealed)


def test_no_cursor_stays_no_cursor():
    assert seal_cursor(FileQuery(), None) is None
    assert open_cursor(FileQuery(), None) is None
