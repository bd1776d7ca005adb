"""What is selected, as pages come and go."""

import pytest
import streamlit as st

from core.model.changes import Selection
from core.model.media import FileQuery
from core.ui.gallery import GalleryEvent
from core.ui.library import picks
from core.ui.library.place import fingerprint

BEACH, DUNE = FileQuery(text="beach"), FileQuery(text="dune")
FIRST, SECOND = ("a", "b"), ("c", "d")


@pytest.fixture(autouse=True)
def state(monkeypatch):
    monkeypatch.setattr(st, "session_state", {})


def chosen(*ids):
    return GalleryEvent(selected=ids, opened=None)


def enter(page, query, shown, event=None):
    entered = picks.entering(page, query, shown)
    return picks.heard(entered, event, shown) if event else entered


def test_what_was_picked_on_other_pages_stays_picked():
    enter("1", BEACH, FIRST, chosen("b"))
    picked = enter("2", BEACH, SECOND, chosen("c"))
    assert picked.ids == ("b", "c")
    assert picks.selection(picked, BEACH) == Selection(ids=("b", "c"))


def test_a_page_that_is_seen_again_begins_with_what_was_picked_on_it():
    enter("1", BEACH, FIRST, chosen("b"))
    enter("2", BEACH, SECOND)
    assert enter("1", BEACH, FIRST).entered == ("b",)


def test_a_browser_that_still_speaks_of_another_page_changes_nothing():
    enter("1", BEACH, FIRST, chosen("b"))
    silent = GalleryEvent(selected=(), opened=None, known=False)
    assert enter("1", BEACH, FIRST, silent).ids == ("b",)


def test_a_file_that_is_let_go_is_no_longer_picked():
    enter("1", BEACH, FIRST, chosen("a", "b"))
    assert enter("1", BEACH, FIRST, chosen("b")).ids == ("b",)


def test_letting_all_go_also_means_other_pages():
    enter("1", BEACH, FIRST, chosen("a"))
    cleared = GalleryEvent(selected=(), opened=None, cleared=True)
    assert enter("2", BEACH, SECOND, cleared).ids == ()


def test_a_whole_search_is_picked_on_each_of_its_pages():
    enter("1", BEACH, FIRST, chosen(*FIRST))
    picks.pick_all(BEACH, FIRST)
    picked = enter("2", BEACH, SECOND)
    assert picked.entered == SECOND
    assert picks.selection(picked, BEACH) == Selection(query=BEACH)


def test_one_file_less_is_no_longer_the_whole_search():
    enter("1", BEACH, FIRST)
    picks.pick_all(BEACH, FIRST)
    picked = enter("1", BEACH, FIRST, chosen("a"))
    assert picks.selection(picked, BEACH) == Selection(ids=("a",))


def test_another_search_does_not_take_over_a_whole_one():
    picks.pick_all(BEACH, FIRST)
    assert enter("1", DUNE, SECOND).whole == ""
    assert fingerprint(BEACH) != fingerprint(DUNE)


def test_after_a_change_nothing_is_picked_and_the_browser_begins_anew():
    enter("1", BEACH, FIRST, chosen("a"))
    before = picks.key("gallery")
    picks.forget()
    assert picks.current().ids == ()
    assert picks.key("gallery") != before
