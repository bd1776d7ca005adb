"""Duplicates: found by bytes and by look, among many, told with what differs; never deleted."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InvalidInput, NotAllowed, NotFound
from core.library import look_alikes, twins
from core.model.duplicates import DuplicateKind
from core.model.media import FileKind, FileQuery, JobState

SIMILAR = DuplicateKind.SIMILAR
ONE = 0x0123456789ABCDEF


def flipped(value, bits):
    for bit in bits:
        value ^= 1 << bit
    return f"{value:016x}"


@pytest.fixture
def page(room, people):
    def ask(kind=DuplicateKind.EXACT, actor=None, **more):
        return room.library.duplicates.page(actor or people.owner, kind, **more)

    return ask


def test_files_of_the_same_bytes_are_one_group_and_the_first_is_suggested(room, add, people, page):
    add("f1", checksum="c", objects=False)
    room.clock.forward(days=1)
    add("f2", checksum="c", objects=False, name="again.jpg", folder="x")
    add("f3", checksum="other", objects=False)
    add("f4", checksum="", objects=False)
    add("f5", checksum="", objects=False)
    found = page()
    (group,) = found.items
    assert (group.keep, group.reason) == ("f1", "It was uploaded first.")
    assert [twin.file.id for twin in group.twins] == ["f1", "f2"]
    assert group.frees == group.twins[1].stored == found.frees == 15
    assert {d.what for d in group.twins[1].differs} == {"name", "folder", "uploaded"}
    assert (found.total, found.unknown, found.complete) == (1, 2, True)  # f4 and f5
    assert room.library.page(people.owner, FileQuery()).total == 5


def test_work_put_into_a_copy_is_a_reason_to_keep_it(room, add, page):
    add("f1", checksum="c", objects=False)
    room.clock.forward(days=1)
    add("f2", checksum="c", objects=False, tags=("sea",))
    (group,) = page().items
    assert (group.keep, group.reason) == ("f2", "It has the most tags, albums and people.")


def test_trash_and_other_people_are_left_out(room, add, people, page):
    add("f1", checksum="c", objects=False)
    add("f2", checksum="c", objects=False, owner="other")
    add("f3", checksum="c", objects=False)
    room.library.trash(people.owner, ["f3"])
    assert page().total == 0
    assert page(actor=people.support, everybody=True).total == 1
    with pytest.raises(NotAllowed):
        page(everybody=True)


def test_pictures_that_look_alike_are_found_up_to_the_distance(room, add, page):
    add("f1", fingerprint=flipped(ONE, ()), width=100, height=100, objects=False)
    add("f2", fingerprint=flipped(ONE, range(0, 60, 10)), width=400, height=300, objects=False)
    add("f3", fingerprint=flipped(ONE, range(7)), objects=False, width=10, height=10)
    add("f4", fingerprint=flipped(~ONE & (2**64 - 1), ()), objects=False)
    (group,) = page(SIMILAR).items
    assert [(t.file.id, t.distance) for t in group.twins] == [("f2", 0), ("f1", 6)]
    assert (group.keep, group.reason) == ("f2", "It has the most pixels.")
    assert page(SIMILAR, distance=5).total == 0


def test_plain_pictures_are_alike_without_being_duplicates(add, page):
    for number in range(3):
        add(f"f{number}", fingerprint="0" * 16, objects=False)
    assert page(SIMILAR).total == 0


def test_pictures_without_a_fingerprint_are_counted(room, add, page, people):
    add("f1", objects=False)
    add("f2", objects=False, kind=FileKind.VIDEO)
    add("f3", objects=False, renditions=())
    assert page(SIMILAR).unknown == 1
    assert room.library.duplicates.missing() == ["f1"]
    assert room.library.duplicates.fingerprint_all(people.owner).state is JobState.QUEUED


def test_groups_are_paged_what_frees_most_comes_first(add, page):
    for number in range(5):
        for copy in "ab":
            add(f"{copy}{number}", checksum=f"c{number}", size=100 * number + 1, objects=False)
    first, second = page(limit=2), page(limit=2, offset=2)
    keeps = [group.twins[1].file.size for group in (*first.items, *second.items)]
    assert keeps == [401, 301, 201, 101]
    assert first.total == second.total == 5


def test_a_group_that_is_kept_as_it_is_stays_away_until_another_file_joins_it(
    room, add, people, page
):
    for name in ("f1", "f2", "x1", "x2"):
        add(name, checksum=name[0], fingerprint=flipped(ONE, ()) if name[0] == "f" else "",
            objects=False)  # fmt: skip
        room.clock.forward(days=1)
    kept = room.library.duplicates.keep_all(people.owner, ["f2", "f1"])
    found = page()
    assert [group.keep for group in found.items] == ["x1"]
    assert (found.total, found.kept, found.frees) == (1, 1, 15)
    assert (page(SIMILAR).total, page(SIMILAR).kept) == (0, 1)  # the same two files
    (group,) = page(kept=True).items
    assert (group.kept, group.files, len(group.twins)) == (kept.id, 2, 2)
    add("f3", checksum="f", objects=False)
    assert page().total == 2
    room.library.trash(people.owner, ["f3"])
    assert page().total == 1
    room.library.trash(people.owner, ["x2"])
    assert (page().total, page().kept) == (0, 1)


def test_a_decision_is_written_once_and_taken_back_by_its_own_person_only(room, add, people, page):
    add("f1", checksum="c", objects=False)
    add("f2", checksum="c", objects=False)
    keep, again = room.library.duplicates.keep_all, room.library.duplicates.ask_again
    kept = keep(people.owner, ["f1", "f2"])
    assert keep(people.owner, ["f2", "f1", "f1"]) == kept
    assert page(actor=people.admin, everybody=True).total == 1  # nobody decides for others
    for stranger in (people.admin, people.other):
        with pytest.raises(NotFound):
            again(stranger, kept.id)
    with pytest.raises(NotFound):
        keep(people.other, ["f1", "f2"])
    again(people.owner, kept.id)
    assert (page().total, page().kept) == (1, 0)
    with pytest.raises(NotFound):
        again(people.owner, kept.id)
    actions = [event.action for event in room.audit.page("2026-11").items]
    assert sorted(actions) == ["duplicates.asked_again", "duplicates.kept"]


@pytest.mark.parametrize("ids", [[], ["f1"], ["f1", "f1"], [str(n) for n in range(501)]])
def test_one_file_or_very_many_are_not_kept_together(room, people, ids):
    with pytest.raises(InvalidInput):
        room.library.duplicates.keep_all(people.owner, ids)


def test_a_group_too_large_to_be_shown_says_how_many_it_has(add, page):
    for number in range(53):
        add(f"f{number:02}", checksum="c", objects=False)
    (group,) = page().items
    assert (group.files, len(group.twins)) == (53, 50)


@pytest.mark.parametrize("asked", [{"limit": 0}, {"limit": 101}, {"offset": -1}, {"distance": 7}])
def test_an_impossible_page_is_refused(page, asked):
    with pytest.raises(InvalidInput):
        page(SIMILAR, **asked)


# The search for near ones, against looking at every pair


@given(seed=st.integers(0, 10_000), distance=st.integers(0, twins.FARTHEST))
@settings(max_examples=60, deadline=None)
def test_no_near_pair_is_missed(seed, distance):
    pick = random.Random(seed)
    values = {pick.getrandbits(64) for _ in range(40)}
    for value in list(values)[:20]:
        values.add(int(flipped(value, pick.sample(range(64), pick.randrange(1, 9))), 16))
    hashes = np.array(sorted(values), dtype=np.uint64)
    first, second, complete = look_alikes.near(hashes, distance)
    wanted = {
        (a, b)
        for b in range(len(hashes))
        for a in range(b)
        if (int(hashes[a]) ^ int(hashes[b])).bit_count() <= distance
    }
    assert complete
    assert set(zip(first.tolist(), second.tolist(), strict=True)) == wanted


def test_a_chain_of_neighbours_is_not_one_group():
    steps = [0x0F0F0F0F0F0F0F0F]
    for start in (0, 5, 10):
        steps.append(int(flipped(steps[-1], range(start, start + 5)), 16))
    groups, _ = look_alikes.stars(
        np.array(steps, dtype=np.uint64), np.array([9, 8, 7, 6]), twins.FARTHEST
    )
    assert [sorted(group.tolist()) for group in groups] == [[0, 1], [2, 3]]


def test_too_many_look_alikes_are_told_and_not_waited_for(monkeypatch):
    monkeypatch.setattr(look_alikes, "_MOST_COMPARED", 1000)
    pick = random.Random(1)
    same = np.array(sorted({pick.getrandbits(48) for _ in range(500)}), dtype=np.uint64)
    _, _, complete = look_alikes.near(same, 2)
    assert not complete


def test_an_empty_library_has_none(page):
    assert page().total == page(SIMILAR).total == 0
