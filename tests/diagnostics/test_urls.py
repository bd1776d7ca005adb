"""Raw and normalised paths, S3's decoding, and what is redacted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.diagnostics.urls import key_of, normalise, parse_url, path_of, redact, redact_deep

KEYS = st.text(st.characters(blacklist_categories=("Cs",)), min_size=1, max_size=30)


@given(KEYS)
def test_the_path_of_a_key_leads_back_to_exactly_that_key(key):
    assert key_of(path_of(key)) == key


@given(KEYS)
def test_a_key_survives_as_a_part_of_a_whole_url(key):
    url = parse_url(f"https://cdn.example.com{path_of(key)}?v=1#top")
    assert key_of(url.raw_path) == key
    assert (url.query, url.fragment, url.host) == ("v=1", "top", "cdn.example.com")


@given(st.text(max_size=60))
def test_any_text_can_be_parsed_and_normalised(text):
    url = parse_url(text)
    assert url.raw_path
    assert normalise(url.match_path) == url.match_path


@pytest.mark.parametrize(
    ("raw", "matched"),
    [
        ("/a//b.jpg", "/a/b.jpg"),
        ("/a/../b.jpg", "/b.jpg"),
        ("/a/./b.jpg", "/a/b.jpg"),
        ("/%61vatars/u%2d1.jpg", "/avatars/u-1.jpg"),
        ("/a%2fb", "/a%2Fb"),
        ("/../../etc", "/etc"),
    ],
)
def test_the_path_is_normalised_for_matching_only(raw, matched):
    assert normalise(raw) == matched
    assert parse_url(f"https://h{raw}").raw_path == raw


def test_s3_reads_a_raw_plus_as_a_space_and_decodes_once():
    assert key_of("/a+b.jpg") == "a b.jpg"
    assert key_of("/a%2Bb.jpg") == "a+b.jpg"
    assert key_of("/a%2520b.jpg") == "a%20b.jpg"


def test_signatures_policies_and_cookies_are_blanked():
    text = redact("https://h/a?Expires=1&Signature=abc~&Key-Pair-Id=K1&X-Amz-Signature=00&w=2")
    assert text == (
        "https://h/a?Expires=1&Signature=REDACTED&Key-Pair-Id=REDACTED&X-Amz-Signature=REDACTED&w=2"
    )
    deep = redact_deep({"Headers": {"Cookie": "a=b", "Accept": "*/*"}, "u": ["Policy=abc"]})
    assert deep == {"Headers": {"Cookie": "REDACTED", "Accept": "*/*"}, "u": ["Policy=REDACTED"]}
