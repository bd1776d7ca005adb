"""`*` and `?` against an oracle that walks the two strings one character at a time."""

from hypothesis import given
from hypothesis import strategies as st

from core.diagnostics.routing import pattern_matches
from core.model.wildcards import literal_prefix, matches

PATTERNS = st.text("ab/*?", max_size=8)
TEXTS = st.text("ab/", max_size=10)


def oracle(pattern, text):
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(oracle(pattern[1:], text[i:]) for i in range(len(text) + 1))
    return bool(text) and pattern[0] in {"?", text[0]} and oracle(pattern[1:], text[1:])


@given(PATTERNS, TEXTS)
def test_matching_agrees_with_a_walk_through_both_strings(pattern, text):
    assert matches(pattern, text) == oracle(pattern, text)


@given(TEXTS)
def test_a_text_matches_itself_and_a_star_matches_everything(text):
    assert matches(text, text)
    assert matches("*", text)


@given(PATTERNS)
def test_the_literal_prefix_is_the_text_before_the_first_wildcard(pattern):
    prefix = literal_prefix(pattern)
    assert pattern.startswith(prefix)
    assert not set("*?") & set(prefix)


def test_many_stars_take_no_exponential_time():
    assert not matches("*a" * 30 + "b", "a" * 2000)


def test_patterns_know_case_and_take_the_first_slash_as_given():
    assert pattern_matches("images/*", "/images/a.jpg")
    assert pattern_matches("/images/*", "/images/a.jpg")
    assert not pattern_matches("/images/*", "/Images/a.jpg")
    assert not pattern_matches("/photos/*", "/photos")
    assert pattern_matches("*.jpg", "/deep/a.jpg")
    assert not pattern_matches("*.jp?g", "/a.jpg")
