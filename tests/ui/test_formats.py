from contextvars import copy_context
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from core.ui import formats

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0 B"),
        (1023, "1,023 B"),
        (1024, "1.0 KiB"),
        (1536, "1.5 KiB"),
        (200 * 1024, "200 KiB"),
        (5 * 1024**3, "5.0 GiB"),
        (3 * 1024**4, "3.0 TiB"),
        (5000 * 1024**5, "5,000 PiB"),
    ],
)
def test_sizes_are_binary_and_say_so(count, words):
    assert formats.size(count) == words


def test_one_thing_is_singular_and_many_have_separators():
    assert formats.counted(1, "file") == "1 file"
    assert formats.counted(0, "file") == "0 files"
    assert formats.counted(4310, "file") == "4,310 files"
    assert formats.counted(2, "entry", "entries") == "2 entries"


def test_a_share_never_rounds_a_fault_away():
    assert formats.share(100_000, 100_000) == "100 %"
    assert formats.share(99_999, 100_000) == "99.9 %"
    assert formats.share(1, 100_000) == "0.1 %"
    assert formats.share(0, 100_000) == "0 %"
    assert formats.share(0, 0) == "\u2013"


@pytest.mark.parametrize(
    ("distance", "words"),
    [
        (timedelta(seconds=2), "just now"),
        (timedelta(seconds=40), "40 s ago"),
        (timedelta(minutes=59, seconds=59), "59 min ago"),
        (timedelta(hours=23), "23 h ago"),
        (timedelta(days=29), "29 d ago"),
        (timedelta(days=30), "2026-10-21"),
        (-timedelta(hours=3), "in 3 h"),
        (-timedelta(days=40), "2026-12-30"),
    ],
)
def test_times_are_relative_until_they_are_a_month_away(distance, words):
    assert formats.ago(NOW - distance, NOW) == words


def test_the_absolute_time_names_its_zone():
    assert formats.moment(NOW) == "2026-11-20 09:30 UTC"


@pytest.mark.parametrize("width", [5, 8, 21, 48])
def test_long_keys_lose_their_middle_and_keep_both_ends(width):
    key = "avatars/avatar_42_1700000000_7a0e31d8-1111-2222-3333-444455556666.jpg"
    short = formats.shorten(key, width)
    assert len(short) == width
    head, _, tail = short.partition("\u2026")
    assert key.startswith(head)
    assert key.endswith(tail)


def test_short_keys_stay_as_they_are():
    assert formats.shorten("a/b.jpg", 7) == "a/b.jpg"


def test_dimensions_name_megapixels_from_one_on():
    assert formats.dimensions(4032, 3024) == "4032 \u00d7 3024 (12.2 MP)"
    assert formats.dimensions(640, 480) == "640 \u00d7 480"
    assert formats.dimensions(None, 480) == ""


def test_processing_says_what_it_did_to_the_size():
    assert formats.saved(2_000_000, 1_500_000) == "1.9 MiB \u2192 1.4 MiB (25 % less)"
    assert formats.saved(1000, 1100) == "1,000 B \u2192 1.1 KiB (10 % more)"
    assert formats.saved(0, 1000) == "1,000 B"
    assert formats.saved(10_000, 9_990) == "9.8 KiB \u2192 9.8 KiB"


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/156.0.0.0 Safari/537.36", "Chrome on Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Mobile/15E148 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14.0; rv:142.0) Gecko/20100101 Firefox/142.0", "Firefox on macOS"),
        ("curl/8.9", "curl/8.9"),
        ("", "Unknown device"),
    ],
)  # fmt: skip
def test_a_device_is_named_by_browser_and_system(agent, words):
    assert formats.device(agent) == words


def in_zone(zone, ask):
    """Of a run of its own, as each person's is."""

    def run():
        formats.show_in(zone)
        return ask()

    return copy_context().run(run)


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("UTC", "2026-07-20 22:30 UTC"),
        ("Asia/Kolkata", "2026-07-21 04:00 IST (2026-07-20 22:30 UTC)"),
        ("Europe/Berlin", "2026-07-21 00:30 CEST (2026-07-20 22:30 UTC)"),
        ("America/Sao_Paulo", "2026-07-20 19:30 UTC-03 (2026-07-20 22:30 UTC)"),
        ("Mars/Olympus", "2026-07-20 22:30 UTC"),
        ("../etc/passwd", "2026-07-20 22:30 UTC"),
    ],
)
def test_a_moment_is_told_in_the_person_s_zone_and_in_utc(zone, expected):
    at = datetime(2026, 7, 20, 22, 30, tzinfo=UTC)
    assert in_zone(zone, lambda: formats.moment_and_utc(at)) == expected
    assert formats.moment(at) == "2026-07-20 22:30 UTC"


def test_an_old_day_is_the_day_where_the_person_is():
    at, now = datetime(2026, 1, 1, 20, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)
    assert in_zone("Asia/Tokyo", lambda: formats.ago(at, now)) == "2026-01-02"


@pytest.mark.parametrize(
    ("amount", "told"),
    [("2.5", "+$2.50"), ("-2.5", "\u2212$2.50"), ("0", "$0.00"), ("-0.00001", "< $0.0001")],
)
def test_what_is_next_to_nothing_has_no_sign(amount, told):
    assert formats.signed(Decimal(amount)) == told
