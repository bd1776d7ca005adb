"""What people type becomes a query; a cursor continues only the query that it was made for."""

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
