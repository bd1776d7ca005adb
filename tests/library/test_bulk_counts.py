"""The counts of a preview from the index are those that a look at each file gives."""

import itertools

import pytest

from core.errors import InvalidInput
from core.library import bulk_counts
from core.library.service.bulk import desk
from core.model.changes import BulkChange, BulkKind, Selection
from core.model.identity import Actor, Role
from core.model.media import FileQuery

TWENTY = tuple(f"t{number}" for number in range(20))
CHANGES = [
    BulkChange(kind=BulkKind.ADD_TAGS, tags=("Sea",)),
    BulkChange(kind=BulkKind.ADD_TAGS, tags=("sea", "sun", "new")),
    BulkChange(kind=BulkKind.ADD_TAGS, tags=("t1",)),
    BulkChange(kind=BulkKind.ADD_TAGS, tags=("x" * 51,)),
    BulkChange(kind=BulkKind.REMOVE_TAGS, tags=("sea", "sun")),
    BulkChange(kind=BulkKind.MOVE, folder="Trips"),
    BulkChange(kind=BulkKind.MOVE, folder="Trips/2024"),
    BulkChange(kind=BulkKind.MOVE, folder=""),
    BulkChange(kind=BulkKind.MOVE, folder="New", within="Trips"),
    BulkChange(kind=BulkKind.ADD_TO_ALBUM, album="a1"),
    BulkChange(kind=BulkKind.REMOVE_FROM_ALBUM, album="a1"),
    BulkChange(kind=BulkKind.TRASH),
    BulkChange(kind=BulkKind.SET_TAGS, tags=("sea",)),
    BulkChange(kind=BulkKind.RENAME, pattern="{name}-{n}"),
]
WALKED = (CHANGES[3], CHANGES[8], *CHANGES[-2:])  # only a look at each file tells
QUERIES = [
    FileQuery(),
    FileQuery(text="p0"),
    FileQuery(tags=("sea",)),
    FileQuery(folder="Trips"),
    FileQuery(folder="Trips", below=True),
    FileQuery(folder="", below=True),
    FileQuery(album="a1"),
    FileQuery(album="a2"),
    FileQuery(private=True),
    FileQuery(trashed=True),
]


@pytest.fixture
def mixed(room, add):
    """Files that differ in all that a change may find done already."""
    tags = ((), ("sea",), ("sea", "sun"), TWENTY, TWENTY[:19])
    folders, albums = ("", "Trips", "Trips/2024", "Other"), ((), ("a1",), ("a1", "a2"))
    for at, (some, folder, on) in enumerate(itertools.product(tags, folders, albums)):
        more = {"trashed_at": room.clock.now} if at % 9 == 8 else {}
        add(
            f"f{at}", name=f"p{at}.jpg", objects=False, tags=some, folder=folder, albums=on,
            private=at % 4 == 0, **more,
        )  # fmt: skip
    add("foreign", owner="other", objects=False, tags=("sea",))


def counts(preview):
    return preview.changing, preview.unchanged, preview.refused


@pytest.mark.usefixtures("mixed")
@pytest.mark.parametrize("change", CHANGES, ids=lambda c: f"{c.kind} {c.tags} {c.folder}"[:40])
def test_the_index_counts_what_a_look_at_each_file_counts(room, people, monkeypatch, change):
    monkeypatch.setattr(room.library.albums, "get", lambda *_: None)
    bulks, compared = room.library.bulks, 0
    for query in QUERIES:
        selection = Selection(query=query)
        walked = bulks.preview(people.owner, selection, change)
        assert walked.examined == walked.total
        with monkeypatch.context() as patch:
            patch.setattr(desk, "_EXAMINED", 0)
            patch.setattr(desk, "_GLANCE", 3)
            glanced = bulks.preview(people.owner, selection, change)
        if glanced.examined == walked.total and walked.total:
            assert counts(glanced) == counts(walked), query
            assert len(glanced.examples) <= 3
            compared += 1
    assert compared >= (0 if change in WALKED else 5)


@pytest.mark.usefixtures("mixed")
def test_counts_that_no_index_knows_are_of_the_first_files_and_say_so(room, people, monkeypatch):
    monkeypatch.setattr(desk, "_EXAMINED", 5)
    everything = Selection(query=FileQuery())
    renamed = BulkChange(kind=BulkKind.RENAME, pattern="{name}-{n}")
    seen = room.library.bulks.preview(people.owner, everything, renamed)
    assert (seen.examined, seen.changing) == (5, 5)
    assert seen.total > 5
    tagged = BulkChange(kind=BulkKind.ADD_TAGS, tags=("sea",))
    assert room.library.bulks.preview(people.owner, everything, tagged).examined == seen.total
    assert room.library.bulks.preview(people.support, everything, tagged).examined == 5


def test_who_may_not_change_each_file_gets_no_counts_of_the_index():
    owner, tag = Actor(account_id="me", role=Role.MEMBER), BulkKind.ADD_TAGS
    assert bulk_counts.none_refused(owner, FileQuery(owner_id="me"), tag)
    assert not bulk_counts.none_refused(owner, FileQuery(shared_with="me"), tag)
    support = Actor(account_id="s", role=Role.SUPPORT)
    assert not bulk_counts.none_refused(support, FileQuery(), tag)
    assert bulk_counts.none_refused(Actor(account_id="a", role=Role.ADMIN), FileQuery(), tag)


@pytest.mark.usefixtures("mixed")
@pytest.mark.parametrize("kind", [BulkKind.ADD_TO_ALBUM, BulkKind.REMOVE_FROM_ALBUM])
def test_an_admin_is_told_of_files_that_are_refused_to_admins_too(room, people, monkeypatch, kind):
    monkeypatch.setattr(room.library.albums, "get", lambda *_: None)
    everything = Selection(query=FileQuery())
    change = BulkChange(kind=kind, album="a1")
    walked = room.library.bulks.preview(people.admin, everything, change)
    monkeypatch.setattr(desk, "_EXAMINED", walked.total - 1)
    glanced = room.library.bulks.preview(people.admin, everything, change)
    if glanced.examined == walked.total:
        assert counts(glanced) == counts(walked)
    else:
        assert glanced.refused


@pytest.mark.parametrize("kind", [BulkKind.MAKE_PRIVATE, BulkKind.MAKE_PUBLIC])
def test_what_is_private_already_is_counted_by_a_query(kind):
    wanted = kind is BulkKind.MAKE_PRIVATE
    change = BulkChange(kind=kind)
    assert bulk_counts.split(change, FileQuery()).query == FileQuery(private=wanted)
    assert bulk_counts.split(change, FileQuery(private=not wanted)).query is None


def test_a_change_that_says_too_little_is_refused_before_anything_is_counted(room, people):
    with pytest.raises(InvalidInput):
        room.library.bulks.preview(
            people.owner, Selection(query=FileQuery()), BulkChange(kind=BulkKind.MOVE)
        )
