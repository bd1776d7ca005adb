"""What a link may be, when it ends, and what it says of itself."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidInput, NotFound
from core.model.media import FileKind
from core.model.sharing import (
    DropLimits,
    LinkState,
    ShareKind,
    ShareLink,
    SharePolicy,
    ShareTarget,
    TargetKind,
)
from core.shares import rules, words
from core.shares.records import ShareRequest

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
FOLDER = ShareTarget(kind=TargetKind.FOLDER, folder="trip")
GIB = 1024**3


def link(**more):
    fields = {
        "id": "a", "owner_id": "ada", "kind": ShareKind.VIEW, "title": "x", "target": FOLDER,
        "created_at": NOW, "renewed_at": NOW, "expires_at": NOW + DAY,
    }  # fmt: skip
    return ShareLink(**(fields | more))


def request(**more):
    return ShareRequest(**({"target": FOLDER, "expires_in": DAY} | more))


@given(st.integers(1, 3650), st.integers(1, 3650 * 24))
def test_a_link_never_lives_longer_than_it_was_made_for_or_than_the_policy_allows(days, hours):
    made = link(expires_at=NOW + timedelta(hours=hours))
    end = rules.ending(made, SharePolicy(longest_days=days))
    assert end.at == min(made.expires_at, NOW + timedelta(days=days))
    assert end.cut_by == ("policy" if end.at < made.expires_at else "link")


STATES = [
    ({}, "", LinkState.OPEN),
    ({"max_downloads": 2, "downloads": 2}, "", LinkState.USED_UP),
    ({"expires_at": NOW}, "", LinkState.EXPIRED),
    ({}, "switched off", LinkState.STOPPED),
    ({"revoked_at": NOW, "expires_at": NOW}, "switched off", LinkState.REVOKED),
    ({"max_downloads": 2, "downloads": 2, "expires_at": NOW}, "", LinkState.EXPIRED),
]


@pytest.mark.parametrize(("more", "stopped", "state"), STATES)
def test_the_strongest_reason_names_the_state(more, stopped, state):
    made = link(**more)
    assert rules.state_of(made, made.expires_at, stopped, NOW) is state


def test_nothing_stops_a_link_that_fits_the_policy():
    free, strict = SharePolicy(), SharePolicy(password_required=True, drop_boxes=False)
    box = link(kind=ShareKind.DROP, has_password=True)
    assert rules.stopped_because(link(), free, owner_active=True) == ""
    assert "disabled" in rules.stopped_because(link(), free, owner_active=False)
    assert "password" in rules.stopped_because(link(), strict, owner_active=True)
    assert "switched off" in rules.stopped_because(box, strict, owner_active=True)
    assert rules.stopped_because(link(has_password=True), strict, owner_active=True) == ""


@pytest.mark.parametrize("life", [timedelta(), timedelta(seconds=59), timedelta(days=91), -DAY])
def test_a_life_out_of_bounds_is_refused(life):
    with pytest.raises(InvalidInput):
        rules.checked_life(life, SharePolicy())


def test_one_day_is_one_day_in_words():
    with pytest.raises(InvalidInput, match="Links may live 1 day at most"):
        rules.checked_life(2 * DAY, SharePolicy(longest_days=1))


@pytest.mark.parametrize("password", ["short", "x" * 201])
def test_a_password_that_nobody_can_guess_or_type_is_needed(password):
    with pytest.raises(InvalidInput, match="characters"):
        rules.checked_password(password, SharePolicy())


@pytest.mark.parametrize("most", [0, -1, 100_001])
def test_a_limit_of_downloads_that_means_nothing_is_refused(most):
    with pytest.raises(InvalidInput):
        rules.checked_downloads(most)


TARGETS = [
    request(target=ShareTarget(kind=TargetKind.FILES)),
    request(target=ShareTarget(kind=TargetKind.FILES, file_ids=tuple(map(str, range(501))))),
    request(target=ShareTarget(kind=TargetKind.FOLDER, folder="/")),
    request(target=ShareTarget(kind=TargetKind.ALBUM)),
    request(kind=ShareKind.DROP, target=ShareTarget(kind=TargetKind.FILES, file_ids=("a",))),
]


@pytest.mark.parametrize("wanted", TARGETS)
def test_a_target_that_names_nothing_or_everything_is_refused(wanted):
    with pytest.raises(InvalidInput):
        rules.checked_target(wanted)


def test_of_a_target_only_what_its_kind_needs_is_kept():
    mixed = ShareTarget(
        kind=TargetKind.FILES, file_ids=("a", "b", "a"), folder="trip", album_id="x"
    )
    kept = rules.checked_target(request(target=mixed))
    assert kept == ShareTarget(kind=TargetKind.FILES, file_ids=("a", "b"))
    album = mixed.model_copy(update={"kind": TargetKind.ALBUM})
    assert rules.checked_target(request(target=album)).album_id == "x"
    top = request(kind=ShareKind.DROP, target=ShareTarget(kind=TargetKind.FOLDER))
    assert rules.checked_target(top).folder == ""


def test_links_without_a_title_are_called_after_what_they_show():
    files = ShareTarget(kind=TargetKind.FILES, file_ids=("a", "b"))
    album = ShareTarget(kind=TargetKind.ALBUM, album_id="x")
    deep = ShareTarget(kind=TargetKind.FOLDER, folder="trip/day 1")
    assert rules.called(ShareKind.VIEW, files, ["a.jpg", "b.jpg"]) == "2 files"
    assert rules.called(ShareKind.VIEW, files, ["a.jpg"]) == "a.jpg"
    assert rules.called(ShareKind.VIEW, deep, []) == "day 1"
    assert rules.called(ShareKind.VIEW, album, ["Summer"]) == "Summer"
    assert rules.called(ShareKind.DROP, deep, []) == "Files for me"


BOX = DropLimits(max_files=5, max_file_bytes=GIB, max_total_bytes=2 * GIB)
BOXES = [
    ({"drop": None}, SharePolicy()),
    ({"drop": BOX}, SharePolicy(drop_boxes=False)),
    ({"drop": BOX.model_copy(update={"max_files": 0})}, SharePolicy()),
    ({"drop": BOX.model_copy(update={"max_files": 1001})}, SharePolicy()),
    ({"drop": BOX.model_copy(update={"max_total_bytes": 0})}, SharePolicy()),
    ({"drop": BOX.model_copy(update={"max_file_bytes": 0})}, SharePolicy()),
    ({"drop": BOX}, SharePolicy(largest_drop_bytes=GIB)),
]


@pytest.mark.parametrize(("more", "policy"), BOXES)
def test_a_box_without_sensible_limits_is_refused(more, policy):
    with pytest.raises(InvalidInput):
        rules.checked_drop(request(kind=ShareKind.DROP, **more), policy, 5 * GIB)


def test_one_file_of_a_box_is_never_larger_than_uploads_forms_and_the_box_take():
    def each(largest, **more):
        box = BOX.model_copy(update={"max_file_bytes": 90 * GIB, **more})
        policy = SharePolicy(largest_drop_bytes=100 * GIB)
        return rules.checked_drop(
            request(kind=ShareKind.DROP, drop=box), policy, largest
        ).max_file_bytes

    assert each(100 * GIB) == 2 * GIB
    assert each(GIB) == GIB
    assert each(100 * GIB, max_total_bytes=50 * GIB) == 5 * GIB
    assert rules.checked_drop(request(), SharePolicy(), GIB) is None


def test_domains_are_kept_in_one_spelling_and_must_be_domains():
    policy = SharePolicy(domains=(" @Example.com", "example.com", "", "B\u00fccher.example"))
    assert rules.checked_policy(policy).domains == ("example.com", "b\u00fccher.example")
    for wrong in ("a@b.example", "two words"):
        with pytest.raises(InvalidInput, match="not a domain"):
            rules.checked_policy(SharePolicy(domains=(wrong,)))


LIVES = [
    (timedelta(days=3), None, timedelta(minutes=5)),
    (timedelta(seconds=90, milliseconds=900), None, timedelta(seconds=90)),
    (timedelta(days=3), timedelta(seconds=7), timedelta(seconds=7)),
]


@pytest.mark.parametrize(("rest", "signer", "life"), LIVES)
def test_a_signed_address_outlives_neither_link_nor_signer(rest, signer, life):
    signer_ends = NOW + signer if signer else None
    assert rules.address_life(NOW + rest, signer_ends, NOW) == life


def test_in_the_last_second_no_address_is_made():
    with pytest.raises(NotFound):
        rules.address_life(NOW + timedelta(milliseconds=999), None, NOW)


ENDS = [
    (timedelta(days=3, hours=5), "Ends in 3 days, 23 Nov 2026 14:00 UTC"),
    (timedelta(days=1, hours=23), "Ends in 47 hours, 22 Nov 2026 08:00 UTC"),
    (timedelta(minutes=119), "Ends in 119 minutes, 20 Nov 2026 10:59 UTC"),
    (timedelta(seconds=119), "Ends in 119 seconds, 20 Nov 2026 09:01:59 UTC"),
    (timedelta(seconds=1), "Ends in 1 second, 20 Nov 2026 09:00:01 UTC"),
    (timedelta(days=-1), "Ends in 0 seconds, 19 Nov 2026 09:00:00 UTC"),
]


@pytest.mark.parametrize(("rest", "said"), ENDS)
def test_the_end_is_said_in_words_and_never_too_late(rest, said):
    assert words.ends(NOW + rest, NOW) == said


def test_downloads_left_are_said_where_they_are_limited():
    assert words.downloads(10, 4) == "4 of 10 downloads left"
    assert words.downloads(1, 1) == "1 of 1 download left"
    assert words.downloads(10, 0) == "No downloads left"
    assert words.downloads(None, None) == ""


SIZES = [
    (0, "0 B"),
    (1023, "1023 B"),
    (1536, "1.5 KiB"),
    (20 * GIB, "20 GiB"),
    (2**55, "32,768 TiB"),
]


@pytest.mark.parametrize(("count", "said"), SIZES)
def test_sizes_are_said_as_people_read_them(count, said):
    assert words.size(count) == said


def test_kinds_are_said_in_words():
    assert words.kinds_text((FileKind.IMAGE, FileKind.AUDIO)) == "pictures, sound"
