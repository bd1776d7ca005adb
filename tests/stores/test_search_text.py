import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.stores.search_text import document, fold, haystack, match, needles


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ärger", "arger"),
        ("CAFÉ", "cafe"),
        ("Žižkov", "zizkov"),
        ("Straße", "STRASSE"),
        ("Ελλάδα", "ελλαδα"),
        ("Ёлка", "елка"),
        ("\uff26\uff35\uff2c\uff2c", "full"),
        ("ﬁle", "file"),
        ("مُحَمَّد", "محمد"),
        ("İstanbul", "istanbul"),
    ],
)
def test_what_people_take_to_be_equal_folds_to_the_same(one, other):
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("が", "か"), ("कि", "की"), ("海", "每"), ("a", "b")])
def test_marks_that_make_another_letter_stay(one, other):
    assert fold(one) != fold(other)


def test_invisible_characters_do_not_separate_words():
    assert haystack(["soft\u00adhyphen"]) == haystack(["softhyphen"])
    assert needles("\u202ebeach\u200f") == needles("beach")


def test_control_characters_and_odd_spaces_do():
    assert sorted(needles("a\u00a0b\tc\x00d\u3000e")) == ["a", "b", "c", "d", "e"]


@pytest.mark.parametrize("typed", ["", "   ", "\u200b", "\n\t"])
def test_blank_text_has_no_words(typed):
    assert needles(typed) == ()


@given(st.text(max_size=60))
def test_nothing_typed_becomes_full_text_syntax(typed):
    for word in needles(typed):
        expression = match(word)
        assert expression[0] == expression[-1] == '"'
        assert not any(c.isascii() and not c.isalnum() for c in expression[1:-1].replace(" ", ""))


def test_a_word_is_the_phrase_of_its_grams():
    assert match("beach") == '"bea eac ach"'
    assert document(["a beach", "", "x"]).split()[2:5] == ["bea", "eac", "ach"]


@given(st.text(max_size=40), st.data())
def test_a_word_is_found_in_the_text_that_holds_it(text, data):
    for word in haystack([text]).split(" "):
        if word:
            start = data.draw(st.integers(0, len(word) - 1))
            end = data.draw(st.integers(start + 1, len(word)))
            assert word[start:end] in haystack([text])
