"""The contract of `RecordStore`, run against every real implementation of it."""

import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import Conflict, InvalidInput, TooLarge
from core.stores.records import Delete, Put, Record
from tests.effort import examples

ODD = {
    "none": None,
    "yes": True,
    "big": 2**70,
    "tiny": 0.1,
    "text": 'Žluťoučký 海 👩‍👩‍👧 "quoted" \\ \n',
    "nested": {"a": [1, [2.5, {}], ""], "": []},
    "money": "0.1000000000000000000001",
}


def new(id, data=None, *, kind="thing", parent="", sort="", version=0):
    return Record(
        kind=kind, id=id, parent=parent, sort=sort, data=data or {"n": 1}, version=version
    )


def ids(page):
    return [item.id for item in page.items]


def all_ids(store, **options):
    found, after = [], None
    while True:
        page = store.query("thing", after=after, **options)
        found += ids(page)
        if page.next is None:
            return found
        after = page.next


def all_changes(store, since="", limit=1000):
    """What changed since, and the cursor behind it."""
    found = []
    while True:
        page = store.changes(since, limit=limit)
        since = page.cursor
        if not page.items:
            return found, since
        found += page.items


def test_what_was_put_is_read_back_exactly(store):
    written = store.put(new("a", ODD, parent="p", sort="s"))
    assert store.get("thing", "a") == written
    assert written.data == ODD
    assert (written.parent, written.sort, written.version) == ("p", "s", 1)
    assert written.changed_at is not None
    assert written.changed_at.utcoffset().total_seconds() == 0


def test_a_record_that_is_not_there_is_none(store):
    store.put(new("a"))
    assert store.get("thing", "b") is None
    assert store.get("other", "a") is None


def test_kinds_do_not_mix(store):
    store.put(new("a", {"n": 1}, kind="x"))
    store.put(new("a", {"n": 2}, kind="y"))
    assert store.get("x", "a").data == {"n": 1}
    assert ids(store.query("x")) == ["a"]


def test_each_write_raises_the_version(store):
    first = store.put(new("a"))
    second = store.put(first.model_copy(update={"data": {"n": 2}}))
    assert second.version == first.version + 1
    assert store.get("thing", "a") == second
    assert second.changed_at > first.changed_at


def test_a_write_on_an_old_version_conflicts_and_changes_nothing(store):
    old = store.put(new("a"))
    current = store.put(old.model_copy(update={"data": {"n": 2}}))
    with pytest.raises(Conflict):
        store.put(old.model_copy(update={"data": {"n": 3}}))
    assert store.get("thing", "a") == current


def test_a_new_record_conflicts_with_one_of_the_same_id(store):
    first = store.put(new("a"))
    with pytest.raises(Conflict):
        store.put(new("a", {"n": 2}))
    assert store.get("thing", "a") == first


def test_a_record_that_is_not_there_has_no_version_to_write_on(store):
    with pytest.raises(Conflict):
        store.put(new("a", version=3))
    assert store.get("thing", "a") is None


def test_a_deleted_record_is_gone_from_reads_and_lists(store):
    store.put(new("a", parent="p"))
    store.delete("thing", "a")
    assert store.get("thing", "a") is None
    assert ids(store.query("thing", "p")) == []


def test_deleting_what_is_not_there_is_silent_unless_a_version_is_asked_for(store):
    store.delete("thing", "a")
    with pytest.raises(Conflict):
        store.delete("thing", "a", version=1)


def test_a_delete_on_an_old_version_conflicts(store):
    old = store.put(new("a"))
    store.put(old)
    with pytest.raises(Conflict):
        store.delete("thing", "a", version=old.version)
    assert store.get("thing", "a") is not None
    store.delete("thing", "a", version=old.version + 1)
    assert store.get("thing", "a") is None


def test_a_version_is_never_used_again_for_the_same_id(store):
    old = store.put(new("a"))
    store.delete("thing", "a")
    with pytest.raises(Conflict):
        store.put(old)
    reborn = store.put(new("a", {"n": 2}, parent="q"))
    assert reborn.version > old.version
    assert store.get("thing", "a") == reborn
    with pytest.raises(Conflict):
        store.delete("thing", "a", version=old.version)
    assert ids(store.query("thing", "q")) == ["a"]


def test_a_list_is_ordered_by_sort_and_then_id(store):
    for name, sort in (("c", "1"), ("a", "2"), ("b", "1"), ("d", ""), ("e", "1!"), ("f", "1#")):
        store.put(new(name, parent="p", sort=sort))
    store.put(new("z", parent="other"))
    expected = ["d", "b", "c", "e", "f", "a"]
    assert ids(store.query("thing", "p")) == expected
    assert ids(store.query("thing", "p", descending=True)) == expected[::-1]


def test_a_record_moves_to_its_new_parent(store):
    first = store.put(new("a", parent="p", sort="1"))
    store.put(first.model_copy(update={"parent": "q", "sort": "2"}))
    assert ids(store.query("thing", "p")) == []
    assert ids(store.query("thing", "q")) == ["a"]


@pytest.mark.parametrize("descending", [False, True])
def test_pages_join_to_the_whole_list(store, descending):
    expected = [f"{number:02}" for number in range(11)]
    store.transact([Put(record=new(name, sort=f"{int(name) // 3}")) for name in expected])
    if descending:
        expected.reverse()
    for limit in (1, 3, 4, 11, 12):
        assert all_ids(store, limit=limit, descending=descending) == expected


def test_the_last_page_has_no_next(store):
    for name in "abcd":
        store.put(new(name))
    page = store.query("thing", limit=2)
    assert page.next is not None
    assert store.query("thing", after=page.next, limit=2).next is None


def test_a_page_goes_on_where_it_was_when_records_come_and_go(store):
    for name in "abcd":
        store.put(new(name))
    page = store.query("thing", limit=2)
    store.delete("thing", "b")
    store.put(new("aa"))
    assert ids(store.query("thing", after=page.next)) == ["c", "d"]


@pytest.mark.parametrize("cursor", ["x", "é", "bnVsbA", "eyJzb3J0IjoxLCJpZCI6Mn0", "e30", "W10="])
def test_a_malformed_cursor_is_invalid_input(store, cursor):
    with pytest.raises(InvalidInput):
        store.query("thing", after=cursor)
    with pytest.raises(InvalidInput):
        store.changes(cursor)


@pytest.mark.parametrize("limit", [0, -1, 10_001])
def test_an_impossible_page_is_invalid_input(store, limit):
    with pytest.raises(InvalidInput):
        store.query("thing", limit=limit)
    with pytest.raises(InvalidInput):
        store.changes(limit=limit)


def test_changes_tell_puts_and_deletes_in_their_order(store):
    first = store.put(new("a"))
    store.put(new("b"))
    last = store.put(first)
    store.put(new("c"))
    store.delete("thing", "b")
    found, cursor = all_changes(store)
    assert [(change.id, change.record is None) for change in found] == [
        ("a", False),
        ("c", False),
        ("b", True),
    ]
    assert found[0].record == last
    assert store.changes(cursor).items == ()


def test_changes_go_on_after_the_cursor(store):
    store.put(new("a"))
    _, cursor = all_changes(store)
    store.delete("thing", "a")
    store.put(new("b", kind="other"))
    found, cursor = all_changes(store, cursor)
    assert [(change.kind, change.id) for change in found] == [("thing", "a"), ("other", "b")]
    assert all_changes(store, cursor)[0] == []


@pytest.mark.parametrize("limit", [1, 2, 3, 50])
def test_changes_come_in_pages_without_gap_or_repetition(store, limit):
    store.transact([Put(record=new(f"{number:02}")) for number in range(7)])
    found, _ = all_changes(store, limit=limit)
    assert [change.id for change in found] == [f"{number:02}" for number in range(7)]


def test_a_failed_write_is_no_change(store):
    store.put(new("a"))
    _, cursor = all_changes(store)
    with pytest.raises(Conflict):
        store.put(new("a"))
    store.delete("thing", "nobody")
    assert all_changes(store, cursor)[0] == []


def test_a_transaction_returns_its_puts_in_order(store):
    kept = store.put(new("old"))
    store.put(new("gone"))
    written = store.transact(
        [
            Put(record=new("b")),
            Delete(kind="thing", id="gone"),
            Put(record=kept.model_copy(update={"data": {"n": 2}})),
            Delete(kind="thing", id="never"),
        ]
    )
    assert [(record.id, record.version) for record in written] == [("b", 1), ("old", 2)]
    assert ids(store.query("thing")) == ["b", "old"]


def test_a_transaction_with_one_conflict_does_nothing(store):
    store.put(new("taken"))
    with pytest.raises(Conflict):
        store.transact([Put(record=new("free")), Put(record=new("taken"))])
    with pytest.raises(Conflict):
        store.transact([Put(record=new("free")), Delete(kind="thing", id="taken", version=9)])
    assert store.get("thing", "free") is None
    assert store.get("thing", "taken").version == 1


def test_a_transaction_may_take_the_place_of_something_deleted(store):
    store.put(new("a"))
    store.delete("thing", "a")
    written = store.transact([Put(record=new("a", {"n": 5})), Put(record=new("b"))])
    assert store.get("thing", "a") == written[0]


def test_a_hundred_operations_are_a_transaction_and_one_more_is_refused(store):
    puts = [Put(record=new(f"{number:03}")) for number in range(101)]
    with pytest.raises(InvalidInput):
        store.transact(puts)
    assert len(store.transact(puts[:100])) == 100
    assert store.transact([]) == ()


def test_a_transaction_can_not_name_a_record_twice(store):
    with pytest.raises(InvalidInput):
        store.transact([Put(record=new("a")), Delete(kind="thing", id="a")])


@pytest.mark.parametrize("value", [object(), float("nan"), b"bytes", {1, 2}, "\ud800"])
def test_data_that_is_not_json_is_invalid_input(store, value):
    with pytest.raises(InvalidInput):
        store.put(Record.model_construct(kind="thing", id="a", data={"x": value}))
    assert store.get("thing", "a") is None


def test_data_that_dynamodb_could_not_hold_is_too_large_everywhere(store):
    store.put(new("a", {"x": "é" * 170_000}))
    with pytest.raises(TooLarge):
        store.put(new("b", {"x": "é" * 180_000}))
    with pytest.raises(TooLarge):
        store.transact([Put(record=new(f"{n}", {"x": "x" * 340_000})) for n in range(9)])


@pytest.mark.parametrize(
    "key",
    [
        {"id": ""},
        {"kind": ""},
        {"kind": "a#b"},
        {"id": "a\x00"},
        {"sort": "\x00"},
        {"parent": "x" * 901},
        {"sort": "x" * 900},
        {"version": -1},
    ],
)
def test_a_key_that_one_store_could_not_hold_is_refused_everywhere(store, key):
    with pytest.raises(InvalidInput):
        store.put(Record(**{"kind": "thing", "id": "a", "data": {}, **key}))


def test_a_snapshot_has_all_of_a_kind_and_its_cursor_what_came_later(store):
    for number in range(30):
        store.put(Record(kind="file", id=f"{number:02}", data={"n": number}))
    store.put(Record(kind="job", id="00", data={}))
    store.delete("file", "07")
    snapshot = store.snapshot("file")
    store.delete("file", "08")
    store.put(Record(kind="file", id="30", data={}))
    read = {record.id for page in snapshot.pages for record in page}
    assert read | {"08", "30"} == {f"{number:02}" for number in range(31)} - {"07"}
    later = {change.id: change.record for change in store.changes(snapshot.cursor).items}
    assert later["08"] is None
    assert later["30"] is not None
    assert store.count("file") in {29, None}


def test_writers_side_by_side_lose_nothing(store):
    store.put(new("counter", {"n": 0}))
    conflicts = []

    def count_up():
        done = 0
        while done < 5:
            record = store.get("thing", "counter")
            try:
                store.put(record.model_copy(update={"data": {"n": record.data["n"] + 1}}))
                done += 1
            except Conflict:
                conflicts.append(1)

    run_together(count_up, 4)
    record = store.get("thing", "counter")
    assert record.data == {"n": 20}
    assert record.version == 21


def test_one_of_many_who_create_the_same_record_wins(store):
    results = []

    def create():
        try:
            results.append(store.put(new("only")).version)
        except Conflict:
            results.append("conflict")

    run_together(create, 6)
    assert sorted(results, key=str) == [1, *["conflict"] * 5]


def test_transactions_side_by_side_are_whole(store):
    store.transact([Put(record=new("left", {"n": 10})), Put(record=new("right", {"n": 0}))])

    def move_one():
        done = False
        while not done:
            left, right = store.get("thing", "left"), store.get("thing", "right")
            try:
                store.transact([Put(record=shift(left, -1)), Put(record=shift(right, 1))])
                done = True
            except Conflict:
                continue

    run_together(move_one, 4)
    assert store.get("thing", "left").data == {"n": 6}
    assert store.get("thing", "right").data == {"n": 4}


def shift(record, by):
    return record.model_copy(update={"data": {"n": record.data["n"] + by}})


def run_together(work, count):
    failures = []

    def guarded():
        try:
            work()
        except Exception as error:  # noqa: BLE001  # shown by the assertion below
            failures.append(error)

    threads = [threading.Thread(target=guarded) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert not any(thread.is_alive() for thread in threads)


names = st.sampled_from(["a", "b", "c"])
versions = st.one_of(st.none(), st.integers(0, 4))
puts = st.tuples(
    st.just("put"), names, versions, st.sampled_from(["", "p"]), st.sampled_from(["", "1", "1#"])
)
deletes = st.tuples(st.just("delete"), names, versions)
reads = st.tuples(st.just("changes"), st.integers(1, 3))
steps = st.lists(st.one_of(puts, deletes, reads), max_size=14)


class Model:
    """A dictionary that behaves as the contract says, and a follower that only sees changes."""

    def __init__(self, store):
        self.store = store
        self.rows, self.highest, self.copy, self.cursor = {}, {}, {}, ""

    def put(self, id, version, parent, sort):
        current = self.rows.get(id)
        stored = current.version if current else 0
        expected = stored if version is None else version
        record = new(id, {"by": len(self.highest)}, parent=parent, sort=sort, version=expected)
        if expected != stored:
            with pytest.raises(Conflict):
                self.store.put(record)
            return
        written = self.store.put(record)
        assert written.version == self.highest.get(id, 0) + 1
        self.rows[id], self.highest[id] = written, written.version

    def delete(self, id, version):
        current = self.rows.get(id)
        if version is not None and version != (current.version if current else 0):
            with pytest.raises(Conflict):
                self.store.delete("thing", id, version)
            return
        self.store.delete("thing", id, version)
        if self.rows.pop(id, None):
            self.highest[id] += 1

    def changes(self, limit):
        page = self.store.changes(self.cursor, limit=limit)
        self.cursor = page.cursor
        for change in page.items:
            self.copy[change.id] = change.record

    def check(self):
        for name in "abc":
            assert self.store.get("thing", name) == self.rows.get(name)
        for parent in ("", "p"):
            filed = [row for row in self.rows.values() if row.parent == parent]
            filed.sort(key=lambda row: (row.sort, row.id))
            assert list(self.store.query("thing", parent).items) == filed
        while True:
            before = self.cursor, dict(self.copy)
            self.changes(3)
            if (self.cursor, self.copy) == before:
                break
        assert {name: row for name, row in self.copy.items() if row} == self.rows


@settings(
    max_examples=examples(60),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=steps)
def test_any_sequence_of_operations_leaves_what_a_dictionary_would_hold(store, steps):
    forget_everything(store)
    model = Model(store)
    model.cursor = all_changes(store)[1]
    model.highest = {name: probe(store, name) for name in "abc"}
    for action, *arguments in steps:
        getattr(model, action)(*arguments)
    model.check()


def forget_everything(store):
    for name in "abc":
        store.delete("thing", name)


def probe(store, id):
    """The version that the id has reached, found out by writing and deleting it once."""
    version = store.put(new(id)).version
    store.delete("thing", id)
    return version + 1
