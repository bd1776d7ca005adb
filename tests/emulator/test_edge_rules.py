"""How long, under which key and which part: CloudFront's documented rules on data."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core.emulator.edge_rules import (
    Behavior,
    CacheRules,
    DistributionView,
    Invalidation,
    Part,
    cache_key,
    is_unchanged,
    matches,
    seconds_to_keep,
    wanted_part,
)

NOW = datetime(2026, 11, 20, 12, 0, 0, tzinfo=UTC)
OPTIMIZED = CacheRules()
DISABLED = CacheRules(0, 0, 0)
DAY, YEAR = 86_400, 31_536_000


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, DAY),
        ({"cache-control": "max-age=60"}, 60),
        ({"cache-control": "max-age=60, s-maxage=120"}, 120),
        ({"cache-control": 'Public, Max-Age="90"'}, 90),
        ({"cache-control": "max-age=0"}, 1),
        ({"cache-control": "no-store"}, 1),
        ({"cache-control": "private, max-age=60"}, 1),
        ({"cache-control": "max-age=99999999999"}, YEAR),
        ({"cache-control": "max-age=soon"}, DAY),
        ({"expires": "Fri, 20 Nov 2026 12:01:00 GMT"}, 60),
        ({"expires": "Fri, 20 Nov 2026 11:00:00 GMT"}, 1),
        ({"expires": "never"}, DAY),
        ({"cache-control": "max-age=5", "expires": "Fri, 20 Nov 2026 12:01:00 GMT"}, 5),
    ],
)
def test_a_good_answer_lives_as_long_as_the_origin_says_within_the_policy(headers, seconds):
    assert seconds_to_keep(200, headers, OPTIMIZED, NOW) == seconds


def test_a_policy_of_zeros_keeps_nothing():
    assert seconds_to_keep(200, {"cache-control": "max-age=60"}, DISABLED, NOW) == 0


@pytest.mark.parametrize("status", [404, 405, 414, 500, 501, 502, 503, 504])
def test_these_errors_live_ten_seconds(status):
    assert seconds_to_keep(status, {}, OPTIMIZED, NOW) == 10


def test_the_distribution_may_say_how_long_an_error_lives():
    assert seconds_to_keep(404, {}, OPTIMIZED, NOW, {404: 300}) == 300


def test_an_error_lives_longer_if_the_origin_says_so():
    assert seconds_to_keep(404, {"cache-control": "max-age=60"}, OPTIMIZED, NOW) == 60


@pytest.mark.parametrize(("headers", "seconds"), [({}, 0), ({"cache-control": "max-age=60"}, 60)])
def test_a_refusal_is_kept_only_if_the_origin_says_so(headers, seconds):
    assert seconds_to_keep(403, headers, OPTIMIZED, NOW) == seconds


@pytest.mark.parametrize("status", [206, 302, 304])
def test_parts_and_redirects_are_not_kept(status):
    assert seconds_to_keep(status, {"cache-control": "max-age=60"}, OPTIMIZED, NOW) == 0


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("media/*", "/media/a/b.webp", True),
        ("/media/*", "/media/", True),
        ("media/*", "/Media/a", False),
        ("media/*", "/x/media/a", False),
        ("*.jpg", "/deep/down/a.jpg", True),
        ("*.jpg", "/a.jpg.exe", False),
        ("a?.txt", "/ab.txt", True),
        ("a?.txt", "/a.txt", False),
        ("a[b].txt", "/a[b].txt", True),
        ("a[b].txt", "/ab.txt", False),
        ("a.txt", "/abtxt", False),
    ],
)
def test_a_path_pattern_matches_as_documented(pattern, path, fits):
    assert matches(pattern, path) is fits


def test_the_first_matching_behaviour_wins_and_the_default_takes_the_rest():
    first, second, default = (
        Behavior("a/*", OPTIMIZED),
        Behavior("*", DISABLED),
        Behavior("", OPTIMIZED),
    )
    view = DistributionView("E1", enabled=True, behaviors=(first, second, default))

    assert view.behavior("/a/x") is first
    assert view.behavior("/b") is second
    assert (
        DistributionView("E1", enabled=True, behaviors=(first, default)).behavior("/b") is default
    )


@pytest.mark.parametrize(
    ("rules", "query", "same_as"),
    [
        (CacheRules(query="none"), "v=1", ""),
        (CacheRules(query="all"), "v=1", "v=1"),
        (CacheRules(query="whitelist", query_names=frozenset({"w"})), "v=1&w=2", "w=2"),
        (CacheRules(query="allExcept", query_names=frozenset({"w"})), "v=1&w=2", "v=1"),
    ],
)
def test_the_key_holds_the_query_that_the_policy_names(rules, query, same_as):
    key = cache_key("d1", "/a", query, rules)

    assert key == cache_key("d1", "/a", same_as, rules)
    assert key != cache_key("d2", "/a", query, rules)
    assert key != cache_key("d1", "/A", query, rules)


@pytest.mark.parametrize(
    ("pattern", "path", "gone"),
    [
        ("/a/b.jpg", "/a/b.jpg", True),
        ("a/b.jpg", "/a/b.jpg", True),
        ("/a/b.jpg", "/a/c.jpg", False),
        ("/a/*", "/a/b/c.jpg", True),
        ("/a/b*", "/a/bc.jpg", True),
        ("/*", "/anything", True),
        ("/a/*.jpg", "/a/b.jpg", False),
        ("/a%20b.jpg", "/a b.jpg", True),
        ("/a b.jpg", "/a%20b.jpg", True),
    ],
)
def test_an_invalidation_takes_its_paths(pattern, path, gone):
    assert Invalidation(100.0, (pattern,)).covers(path, stored=50.0) is gone


@pytest.mark.parametrize(("stored", "gone"), [(99.0, True), (100.9, True), (101.0, False)])
def test_an_invalidation_takes_what_was_stored_before_it(stored, gone):
    assert Invalidation(100.0, ("/*",)).covers("/a", stored) is gone


@pytest.mark.parametrize(
    ("request_headers", "unchanged"),
    [
        ({}, False),
        ({"if-none-match": '"e"'}, True),
        ({"if-none-match": 'W/"e"'}, True),
        ({"if-none-match": '"x", "e"'}, True),
        ({"if-none-match": "*"}, True),
        ({"if-none-match": '"x"'}, False),
        ({"if-modified-since": "Fri, 20 Nov 2026 12:00:00 GMT"}, True),
        ({"if-modified-since": "Fri, 20 Nov 2026 11:59:59 GMT"}, False),
        ({"if-modified-since": "yesterday"}, False),
        ({"if-none-match": '"x"', "if-modified-since": "Fri, 20 Nov 2026 12:00:00 GMT"}, False),
    ],
)
def test_a_viewers_copy_is_current_by_etag_before_date(request_headers, unchanged):
    answer = {"etag": '"e"', "last-modified": "Fri, 20 Nov 2026 12:00:00 GMT"}

    assert is_unchanged(request_headers, answer) is unchanged


@pytest.mark.parametrize(
    ("wanted", "part"),
    [
        ("bytes=0-0", Part(0, 1)),
        ("bytes=2-", Part(2, 10)),
        ("bytes=-4", Part(6, 10)),
        ("bytes=-99", Part(0, 10)),
        ("bytes=5-99", Part(5, 10)),
        ("bytes=10-", Part(10, 10, satisfiable=False)),
        ("bytes=-", None),
        ("bytes=0-1,3-4", None),
        ("items=0-1", None),
        ("", None),
    ],
)
def test_a_range_is_read_as_one_part(wanted, part):
    assert wanted_part({"range": wanted}, {}, 10) == part


def test_a_range_for_another_version_is_answered_with_everything():
    request = {"range": "bytes=0-1", "if-range": '"old"'}

    assert wanted_part(request, {"etag": '"new"'}, 10) is None
    assert wanted_part(request, {"etag": '"old"'}, 10) == Part(0, 2)
