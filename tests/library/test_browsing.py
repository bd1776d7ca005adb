"""Looking around: facets, dates, folders, albums, saved searches; each sees only one's own."""

from datetime import UTC, datetime

import pytest

from core.errors import Conflict, InvalidInput, NotFound
from core.library.folders import moved, new_path, tree
from core.library.service.albums import NAME_LIMIT
from core.library.service.bulk.service import JOB
from core.model.credentials import AccountEmail
from core.model.media import FileQuery, Grant, Right
from core.stores.account_records import AccountRecords
from core.stores.job_runner import JobRunner
from core.stores.jobs import JobQueue


@pytest.fixture
def library(room):
    return room.library


@pytest.fixture
def work(room):
    """Do all jobs that are due."""
    runner = JobRunner(JobQueue(room.store, room.clock), {JOB: room.library.bulks.run}, 1)
    return runner.run_until_idle


@pytest.fixture
def events(room):
    return lambda: sorted(event.action for event in room.audit.page("2026-11").items)


def shared(*people):
    return tuple(Grant(account_id=one, right=Right.VIEW) for one in people)


def ids(page):
    return sorted(file.id for file in page.items)


def values(facet):
    return {one.value: one.count for one in facet.values}


# What is seen


def test_a_member_finds_his_own_and_on_request_what_others_let_him_see(library, add, people):
    add("mine", objects=False, grants=shared("other"))
    add("theirs", owner="other", objects=False, grants=shared("owner"))
    add("hidden", owner="other", objects=False)
    page = lambda typed: ids(library.page(people.owner, library.query(people.owner, typed)))  # noqa: E731
    assert page("") == ["mine"]
    assert page("in:shared") == page("with:me") == ["theirs"]
    assert page("in:shared owner:other") == ["theirs"]
    assert page("with:other is:shared") == ["mine"]
    assert page("owner:other") == []
    assert page("with:other owner:other") == []


def test_staff_find_everybodys_and_by_email_address(library, room, add, people):
    add("mine", objects=False)
    add("theirs", owner="other", objects=False)
    AccountRecords(room.store).emails.add(AccountEmail(email="bo@x.example", account_id="other"))
    find = lambda typed: ids(library.page(people.support, library.query(people.support, typed)))  # noqa: E731
    assert find("") == ["mine", "theirs"]
    assert find("owner:Bo@X.example") == ["theirs"]
    assert find("owner:nobody@x.example") == []


def test_facets_count_what_the_person_may_see(library, add, people):
    add("a", objects=False, folder="Trips/Oslo", tags=("sea",), camera="Pixel 8")
    add("b", objects=False, folder="Trips", private=True, grants=shared("other"))
    add("c", owner="other", objects=False, tags=("secret",))
    mine = library.facets(people.owner, FileQuery())
    assert (mine.total, mine.private, mine.shared, mine.undated) == (2, 1, 1, 2)
    assert values(mine.tags) == {"sea": 1}
    assert values(mine.folders) == {"Trips": 2}
    assert values(mine.cameras) == {"Pixel 8": 1}
    assert mine.owners is None
    everybodys = library.facets(people.admin, FileQuery(tags=("secret",)))
    assert values(everybodys.owners) == {"other": 1}
    assert library.facets(people.owner, FileQuery(owner_id="other")).total == 0
    assert values(library.facets(people.owner, FileQuery(folder="Trips")).folders) == {
        "Trips/Oslo": 1
    }


def test_the_timeline_counts_months_and_days(library, add, people):
    add("a", objects=False, taken_at=datetime(2024, 5, 31, 23, tzinfo=UTC))
    add("b", objects=False, taken_at=datetime(2023, 1, 1, tzinfo=UTC))
    add("c", objects=False)
    add("d", owner="other", objects=False)
    months = library.timeline(people.owner, FileQuery())
    assert [(one.period, one.count) for one in months.periods] == [("2024-05", 1), ("2023-01", 1)]
    assert months.undated == 1
    days = library.timeline(people.owner, FileQuery(), by="uploaded", days=True)
    assert [(one.period, one.count) for one in days.periods] == [("2026-11-20", 3)]
    assert library.timeline(people.owner, FileQuery(owner_id="other")).periods == ()


# Folders


def test_a_tree_counts_what_lies_in_a_folder_and_below():
    counts = {"": 9, "a": 1, "a/b": 2, "a/b/c": 4, "ab": 8}
    assert [(f.path, f.count, f.below) for f in tree(counts, (), "")] == [("a", 1, 7), ("ab", 8, 8)]
    assert [(f.name, f.count, f.below) for f in tree(counts, ("a/é/x",), "a")] == [
        ("b", 2, 6),
        ("é", 0, 0),
    ]


def test_a_path_moves_with_its_folder():
    assert moved("a/b/c", "a/b", "x") == "x/c"
    assert moved("a/b", "a/b", "x/y") == "x/y"
    assert moved("a/bc", "a/b", "x") == "a/bc"


@pytest.mark.parametrize("new", ["a", "a/b", "/a/", "", "///", " "])
def test_a_folder_can_not_become_itself_or_nothing(new):
    with pytest.raises(InvalidInput):
        new_path("a", new)


def test_an_empty_folder_is_there_until_it_is_deleted(library, people, events):
    library.tree.create(people.owner, "Trips/2027")
    assert [(f.path, f.below) for f in library.folders(people.owner)] == [("Trips", 0)]
    assert [f.path for f in library.folders(people.owner, "Trips")] == ["Trips/2027"]
    assert library.folders(people.other) == ()
    with pytest.raises(Conflict, match="already"):
        library.tree.create(people.owner, "Trips")
    library.tree.delete(people.owner, "Trips/2027")
    assert library.folders(people.owner) == ()
    with pytest.raises(NotFound):
        library.tree.delete(people.owner, "Trips/2027")
    assert events() == ["folder.created", "folder.deleted"]


def test_a_folder_with_anything_in_it_is_not_deleted(library, add, people):
    add("a", objects=False, folder="Trips/Oslo")
    library.tree.create(people.owner, "Empty/inner")
    for path in ("Trips", "Trips/Oslo", "Empty"):
        with pytest.raises(Conflict, match="not empty"):
            library.tree.delete(people.owner, path)
    with pytest.raises(NotFound):
        library.tree.delete(people.other, "Trips")


def test_renaming_a_folder_takes_files_and_empty_folders_along(library, add, people, work):
    add("a", objects=False, folder="Trips")
    add("b", objects=False, folder="Trips/Oslo/day 1")
    add("c", objects=False, folder="Trips 2")
    add("d", owner="other", objects=False, folder="Trips")
    library.tree.create(people.owner, "Trips/Rome")
    library.tree.rename(people.owner, "Trips", "Archive/Journeys")
    work()
    folder = lambda name: library.get(people.admin, name).folder  # noqa: E731
    assert folder("a") == "Archive/Journeys"
    assert folder("b") == "Archive/Journeys/Oslo/day 1"
    assert (folder("c"), folder("d")) == ("Trips 2", "Trips")
    inside = library.folders(people.owner, "Archive/Journeys")
    assert [(f.name, f.below) for f in inside] == [("Oslo", 1), ("Rome", 0)]
    assert library.tree.rename(people.owner, "Archive/Journeys/Rome", "Rome") is None


def test_a_folder_is_not_renamed_over_another_or_from_nowhere(library, add, people):
    add("a", objects=False, folder="Trips")
    library.tree.create(people.owner, "Rome")
    with pytest.raises(Conflict, match="already"):
        library.tree.rename(people.owner, "Trips", "Rome")
    with pytest.raises(NotFound):
        library.tree.rename(people.owner, "Berlin", "Rome/2")


# Albums


def test_an_album_counts_its_live_files_and_shows_the_newest(library, room, add, people, events):
    album = library.albums.create(people.owner, "  Best   of  ")
    assert album.name == "Best of"
    add("old", objects=False, albums=(album.id,))
    room.clock.forward(minutes=1)
    add("new", objects=False, albums=(album.id,))
    card = library.albums.get(people.owner, album.id)
    assert (card.count, card.cover_id) == (2, "new")
    library.albums.change(people.owner, album.id, name="Top", cover_id="old")
    (card,) = library.albums.listed(people.owner)
    assert (card.album.name, card.count, card.cover_id) == ("Top", 2, "old")
    library.trash(people.owner, ["old"])
    (card,) = library.albums.listed(people.owner)
    assert (card.count, card.cover_id) == (1, "new")
    assert events() == ["album.changed", "album.created", "file.trashed"]


def test_deleting_an_album_leaves_its_files(library, add, people, work):
    album = library.albums.create(people.owner, "Best of")
    add("a", objects=False, albums=(album.id, "other"))
    library.albums.delete(people.owner, album.id)
    work()
    assert library.get(people.owner, "a").albums == ("other",)
    assert library.albums.listed(people.owner) == ()


def test_albums_are_their_owners_alone(library, add, people):
    album = library.albums.create(people.owner, "Best of")
    for stranger in (people.other, people.admin):
        with pytest.raises(NotFound):
            library.albums.get(stranger, album.id)
        with pytest.raises(NotFound):
            library.albums.change(stranger, album.id, name="Mine")
        with pytest.raises(NotFound):
            library.albums.delete(stranger, album.id)
    assert library.albums.listed(people.other) == ()


def test_an_album_needs_a_name_of_its_own_and_a_cover_that_is_on_it(library, add, people):
    album = library.albums.create(people.owner, "Best of")
    second = library.albums.create(people.owner, "Other")
    add("a", objects=False, albums=(second.id,))
    for name in ("", "  ", "x" * (NAME_LIMIT + 1)):
        with pytest.raises(InvalidInput):
            library.albums.create(people.owner, name)
    with pytest.raises(Conflict):
        library.albums.create(people.owner, "BEST of")
    with pytest.raises(Conflict):
        library.albums.change(people.owner, second.id, name="best of")
    with pytest.raises(InvalidInput, match="not on this album"):
        library.albums.change(people.owner, album.id, cover_id="a")


# Saved searches


def test_searches_are_saved_renamed_and_deleted(library, people, events):
    first = library.searches.create(people.owner, "Big", "size:>10MB")
    library.searches.create(people.owner, "a sea", "tag:sea")
    assert [one.name for one in library.searches.listed(people.owner)] == ["a sea", "Big"]
    library.searches.rename(people.owner, first.id, "Large")
    library.searches.delete(people.owner, first.id)
    assert [one.query for one in library.searches.listed(people.owner)] == ["tag:sea"]
    assert events() == ["search.deleted", "search.renamed", "search.saved", "search.saved"]


def test_a_search_that_makes_no_sense_is_not_saved(library, people):
    with pytest.raises(InvalidInput, match="taken"):
        library.searches.create(people.owner, "x", "taken:yesterday")
    saved = library.searches.create(people.owner, "x", "")
    with pytest.raises(Conflict):
        library.searches.create(people.owner, "X", "b")
    for stranger in (people.other, people.admin):
        with pytest.raises(NotFound):
            library.searches.delete(stranger, saved.id)
        with pytest.raises(NotFound):
            library.searches.rename(stranger, saved.id, "y")


def test_the_hundred_and_first_search_is_refused(library, people):
    for number in range(100):
        library.searches.create(people.owner, f"{number}", "")
    with pytest.raises(Conflict, match="100 saved searches"):
        library.searches.create(people.owner, "one more", "")
