"""The index against plain Python: same files, same order, same totals, whatever happens to them."""

import datetime as dt
import tempfile
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.model.media import FileKind, FileQuery, FileSort, FileState, Grant, Right
from core.stores import search_grams
from core.stores.files import file_records
from core.stores.search_index import SearchIndex
from core.stores.search_memory import SearchMemory
from core.stores.sqlite import SqliteRecordStore
from tests.effort import examples
from tests.stores.search_reference import (
    START,
    expected,
    facet,
    media,
    observed,
    summarised,
    thumbnail,
)

OWNERS, FOLDERS = ["anna", "bo", "*"], ["", "Trips", "Trips/2024", "Trips 2", "=Trips", "*"]
IDS = [f"f{number}" for number in range(8)]
CAMERAS = ["", "Pixel 8", "pixel 8 Pro", "EOS [R5]"]

letters = st.sampled_from("aAbÁß .-_%'\"*海辺ГШ\u0301\u200d🎉")
words = st.text(letters, min_size=1, max_size=6)
names = words | st.builds("{}.{}".format, words, st.sampled_from(["jpg", "JPG", "b"]))
moments = st.integers(0, 3).map(lambda n: START + dt.timedelta(hours=n))
lengths = st.integers(0, 3)
drawn_files = st.builds(
    media,
    st.sampled_from(IDS),
    name=names,
    owner_id=st.sampled_from(OWNERS),
    folder=st.sampled_from(FOLDERS),
    tags=st.lists(words, max_size=2).map(tuple),
    albums=st.sets(st.sampled_from("xy")).map(tuple),
    grants=st.sets(st.sampled_from(["bo", "cy"])).map(
        lambda people: tuple(Grant(account_id=one, right=Right.VIEW) for one in sorted(people))
    ),
    camera=st.sampled_from(CAMERAS),
    private=st.booleans(),
    size=lengths,
    width=st.none() | lengths,
    height=st.none() | lengths,
    kind=st.sampled_from([FileKind.IMAGE, FileKind.AUDIO]),
    state=st.sampled_from(list(FileState)),
    uploaded_at=moments,
    taken_at=st.none() | moments,
    renditions=st.lists(st.integers(0, 2).map(thumbnail), max_size=1).map(tuple),
    trashed_at=st.sampled_from([None, None, START]),
)
typed = st.lists(st.text(letters, max_size=4), max_size=2).map(" ".join)
FIELDS = {
    "text": typed,
    "without": typed,
    "owner_id": st.sampled_from(OWNERS),
    "shared_with": st.sampled_from(["bo", "cy", "nobody"]),
    "folder": st.sampled_from(FOLDERS),
    "below": st.booleans(),
    "kind": st.sampled_from([FileKind.IMAGE, FileKind.AUDIO, FileKind.VIDEO]),
    "state": st.sampled_from(list(FileState)),
    "trashed": st.booleans(),
    "tags": st.lists(words, max_size=2).map(tuple),
    "album": st.sampled_from("xyz"),
    "camera": st.sampled_from([*CAMERAS[1:], "*", "*8*", "pixel*", "*[r5]"]),
    "extension": st.sampled_from(["jpg", "JPG", "", "b"]),
    "private": st.booleans(),
    "shared": st.booleans(),
    "taken_from": moments,
    "taken_to": moments,
    "uploaded_from": moments,
    "uploaded_to": moments,
    "min_width": lengths,
    "max_width": lengths,
    "min_height": lengths,
    "max_height": lengths,
    "min_size": lengths,
    "max_size": lengths,
}
drawn_queries = st.builds(
    lambda fields, sort: FileQuery(sort=sort, **fields),
    # Each of many filters would leave nothing to compare: three at most.
    st.lists(
        st.sampled_from(sorted(FIELDS)).flatmap(
            lambda name: st.tuples(st.just(name), FIELDS[name])
        ),
        max_size=3,
    ).map(dict),
    st.sampled_from(list(FileSort)),
)
steps = st.lists(
    st.tuples(
        st.lists(drawn_files, max_size=6),
        st.sets(st.sampled_from(IDS), max_size=2),
        st.lists(drawn_queries, min_size=1, max_size=4),
    ),
    min_size=1,
    max_size=4,
)


@contextmanager
def opened(folder):
    index = SearchIndex(Path(folder) / "x.sqlite3")
    store = SqliteRecordStore(Path(folder) / "x.sqlite3", [index])
    try:
        yield store, index
    finally:
        index.close()
        store.close()


def write(store, library, files, drops):
    records = file_records(store)
    for file in files:
        stored = records.find(file.id)
        store.put(records.put(file, stored.version if stored else 0).record)
        library[file.id] = file
    for name in drops:
        records.remove(name)
        library.pop(name, None)


def in_the_tables(patch):
    patch.setattr(SearchMemory, "current", lambda *_, **__: None)


def in_memory(patch):
    patch.setattr(search_grams, "_MANY", 3)  # both ways of counting grams


@pytest.mark.parametrize("where", [in_the_tables, in_memory])
@settings(max_examples=examples(40), deadline=None)
@given(steps=steps, limit=st.integers(1, 4), offset=st.integers(0, 6))
def test_the_index_answers_as_filtering_and_sorting_would(where, steps, limit, offset):
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        where(patch)
        with opened(folder) as (store, index):
            library = {}
            for files, drops, queries in steps:
                write(store, library, files, drops)
                for query in queries:
                    compare(index, query, expected(library, query), limit, offset)
            for owner in (None, *OWNERS):
                assert observed(index.summary(owner)) == summarised(library, owner)


@settings(max_examples=examples(40), deadline=None)
@given(steps=steps)
def test_every_count_is_that_of_the_files_themselves(steps):
    with tempfile.TemporaryDirectory() as folder, opened(folder) as (store, index):
        library = {}
        for files, drops, queries in steps:
            write(store, library, files, drops)
            for query in queries:
                compare_counts(index, library, query)


def compare_counts(index, library, query):
    facets = index.facets(query, owners=True)
    assert facets.total == len(expected(library, query))
    assert not facets.about
    for name in ("private", "shared"):
        assert getattr(facets, name) == facet(library, query, name)
    for name in ("kinds", "states", "folders", "tags", "cameras", "extensions", "months", "owners"):
        counted = {one.value: one.count for one in getattr(facets, name).values}
        assert counted == facet(library, query, name), name
    matches = expected(library, query)
    assert index.folders(query) == dict(Counter(file.folder for file in matches))
    for by, moment in (("taken", "taken_at"), ("uploaded", "uploaded_at")):
        days = Counter(f"{getattr(f, moment):%Y-%m-%d}" for f in matches if getattr(f, moment))
        told = index.timeline(query, by=by, days=True)
        assert [(one.period, one.count) for one in told.periods] == sorted(days.items())[::-1]
        assert told.undated == len(matches) - sum(days.values())


def compare(index, query, answer, limit, offset):
    page = index.search(query, limit=limit, offset=offset)
    assert list(page.items) == answer[offset : offset + limit]
    assert page.total == len(answer)
    assert (page.next_cursor is not None) == (offset + limit < len(answer))
    joined, cursor = [], None
    while True:
        page = index.search(query, limit=limit, cursor=cursor)
        joined += page.items
        cursor = page.next_cursor
        if cursor is None:
            break
    assert joined == answer
