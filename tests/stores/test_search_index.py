"""What the index finds, in which order and on which page; and how it follows its store."""

import datetime as dt
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.dashboard import assembly
from core.errors import AwsUnavailable, InvalidInput
from core.model.finding import IndexStatus
from core.model.media import (
    FileKind,
    FileQuery,
    FileSort,
    FileState,
    LibrarySummary,
)
from core.stores import projection, search_memory
from core.stores.files import file_records
from core.stores.records import Record, Snapshot
from core.stores.search_index import SearchIndex
from tests.stores.search_reference import START, media, thumbnail


@pytest.fixture
def store(open_sqlite, index):
    return open_sqlite(index)


@pytest.fixture
def files(store):
    return file_records(store)


def ids(page):
    return [file.id for file in page.items]


def found(index, text, **fields):
    return sorted(ids(index.search(FileQuery(text=text, **fields))))


def test_a_file_is_found_as_soon_as_it_is_written(files, index):
    file = media("a", tags=("sea",), renditions=(thumbnail(4),), taken_at=START)
    files.add(file)
    page = index.search(FileQuery())
    assert page.items == (file,)
    assert (page.total, page.next_cursor) == (1, None)


@pytest.mark.parametrize(
    "typed",
    [
        "b",
        "be",
        "bea",
        "beach",
        "BEACH",
        "each",
        "beach_01",
        "01.j",
        "beach jpg",
        "jpg beach",
        "beach beach",
        "sun",
        "trips",
        "s/2024",
        "beach 2024 sunny",
        "  beach\t",
    ],
)
def test_words_are_found_anywhere_in_name_folder_and_tags(files, index, typed):
    files.add(media("a", name="Beach_01.JPG", folder="Trips/2024", tags=("Sunny day", "x")))
    files.add(media("b", name="mountain.png", folder="Work"))
    assert found(index, typed) == ["a"]


@pytest.mark.parametrize("typed", ["beach mountain", "jpgtrips", "h01", "beach_01.jpg2", "qq", "q"])
def test_words_that_are_not_all_there_find_nothing(files, index, typed):
    files.add(media("a", name="Beach_01.JPG", folder="Trips"))
    assert found(index, typed) == []


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Ärger im Café.jpg", "arger cafe"),
        ("arger.jpg", "ÄRGER"),
        ("Straße.jpg", "strasse"),
        ("海辺の写真.jpg", "海"),
        ("海辺の写真.jpg", "写真"),
        ("海辺の写真.jpg", "辺の写"),
        ("한국어 사진.png", "국어"),
        ("фото Ёлки.jpg", "елки"),
        ("صورة.jpg", "صور"),
        ("हिन्दी.jpg", "न्दी"),
        ("party 🎉.jpg", "🎉"),
        ("a\u0301b.jpg", "áb"),
    ],
)
def test_any_script_is_found(files, index, name, typed):
    files.add(media("a", name=name))
    files.add(media("b", name="other.png"))
    assert found(index, typed) == ["a"]


@pytest.mark.parametrize(
    "typed",
    [
        '"',
        "'",
        "a OR b",
        "NOT a",
        "name:a",
        "a*",
        "^a",
        "(a",
        "NEAR(a b)",
        "a AND",
        '" OR "" OR "',
        "{terms}: a",
        "-a",
        "%",
        "_",
        "\\",
        "a;DROP TABLE record",
        "\x00",
        "\ue0ff",
        "+",
        ":",
        "x" * 5000,
    ],
)
def test_full_text_syntax_and_sql_are_plain_text(files, index, typed):
    files.add(media("a", name="plain.txt"))
    assert found(index, typed) in ([], ["a"])
    assert index.search(FileQuery()).total == 1


def test_punctuation_is_looked_for_as_it_stands(files, index):
    files.add(media("a", name='50%_off "new" (2) *.jpg'))
    files.add(media("b", name="50 off new 2.jpg"))
    for typed in ("%", "_", '"new"', "(2)", "*", "%_o"):
        assert found(index, typed) == ["a"], typed


def test_a_file_that_changes_is_found_by_its_new_words_only(files, index):
    files.add(media("a", name="old.jpg"))
    files.update("a", lambda f: f.model_copy(update={"name": "new.jpg", "folder": "Trips"}))
    assert found(index, "old") == []
    assert found(index, "new", folder="Trips") == ["a"]
    files.remove("a")
    assert found(index, "new") == []
    assert index.search(FileQuery()).total == 0


def test_the_trash_is_a_place_of_its_own(files, index):
    files.add(media("a", name="beach.jpg"))
    files.add(media("b", name="beach.jpg", trashed_at=START))
    assert found(index, "beach") == ["a"]
    assert found(index, "beach", trashed=True) == ["b"]
    files.update("b", lambda f: f.model_copy(update={"trashed_at": None}))
    assert found(index, "beach") == ["a", "b"]


def test_names_sort_without_case_and_accents(files, index):
    for number, name in (("1", "b"), ("2", "Á"), ("3", "a"), ("4", "Z"), ("5", "á")):
        files.add(media(number, name=name))
    page = index.search(FileQuery(sort=FileSort.NAME))
    assert ids(page) == ["2", "3", "5", "1", "4"]


@pytest.mark.parametrize("sort", list(FileSort))
def test_pages_by_cursor_join_without_gap_when_keys_are_equal(files, index, sort):
    for number in range(7):
        files.add(media(f"{number}"))
    joined, cursor = [], None
    while True:
        page = index.search(FileQuery(sort=sort), limit=3, cursor=cursor)
        joined += ids(page)
        assert page.total == 7
        if page.next_cursor is None:
            break
        cursor = page.next_cursor
    forward = [f"{number}" for number in range(7)]
    assert joined == (forward[::-1] if sort.value.startswith("-") else forward)


def test_a_cursor_keeps_its_place_when_files_come_and_go(files, index):
    for number in range(6):
        files.add(media(f"{number}"))
    query = FileQuery(sort=FileSort.OLDEST)
    cursor = index.search(query, limit=3).next_cursor
    files.remove("2")
    files.remove("0")
    files.add(media("00"))
    assert ids(index.search(query, cursor=cursor)) == ["3", "4", "5"]
    assert ids(index.search(query, cursor=cursor, offset=1, limit=1)) == ["4"]


@pytest.mark.parametrize("cursor", ["x", "é", "e30", "bnVsbA", "W10=", "a" * 5000])
def test_a_malformed_cursor_is_invalid_input(index, cursor):
    with pytest.raises(InvalidInput):
        index.search(FileQuery(), cursor=cursor)


def test_a_cursor_of_another_order_is_invalid_input(files, index):
    for number in range(3):
        files.add(media(f"{number}"))
    cursor = index.search(FileQuery(sort=FileSort.NAME), limit=1).next_cursor
    for sort in set(FileSort) - {FileSort.NAME}:
        with pytest.raises(InvalidInput):
            index.search(FileQuery(sort=sort), cursor=cursor)


@pytest.mark.parametrize(
    "wrong", [{"limit": 0}, {"limit": 1001}, {"offset": -1}, {"offset": 2**63}]
)
def test_an_impossible_page_is_invalid_input(index, wrong):
    with pytest.raises(InvalidInput):
        index.search(FileQuery(), **wrong)


def test_a_page_behind_the_last_is_empty(files, index):
    files.add(media("a"))
    page = index.search(FileQuery(), offset=5)
    assert (page.items, page.next_cursor, page.total) == ((), None, 1)


def test_records_of_other_kinds_are_not_files(store, index):
    store.put(Record(kind="job", id="a", data={}))
    assert index.search(FileQuery()).total == 0


def test_a_file_record_that_is_no_file_is_refused(store, index):
    with pytest.raises(InvalidInput, match="'odd'"):
        store.put(Record(kind="file", id="odd", data={"name": "x"}))
    assert store.get("file", "odd") is None


def test_an_empty_library_has_an_empty_summary(index):
    assert index.summary(None) == LibrarySummary(
        count=0, size=0, by_kind=(), by_day=(), processing=0, undelivered=0, trashed=0
    )


def test_the_summary_counts_renditions_and_utc_days_and_not_the_trash(files, index):
    east = dt.timezone(dt.timedelta(hours=9))
    files.add(media("a", size=100, renditions=(thumbnail(5), thumbnail(7))))
    files.add(media("b", uploaded_at=dt.datetime(2026, 11, 21, 3, tzinfo=east), size=1))
    files.add(media("c", kind=FileKind.AUDIO, state=FileState.PROCESSING, size=3))
    files.add(media("d", owner_id="bo", state=FileState.UNDELIVERED, size=1000))
    files.add(media("e", trashed_at=START, state=FileState.UNDELIVERED, size=50))
    anna = index.summary("anna")
    assert (anna.count, anna.size, anna.trashed) == (3, 116, 1)
    assert (anna.processing, anna.undelivered) == (1, 0)
    assert [(t.kind, t.count, t.size) for t in anna.by_kind] == [("image", 2, 113), ("audio", 1, 3)]
    assert [(t.day.isoformat(), t.count, t.size) for t in anna.by_day] == [
        ("2026-11-19", 2, 115),
        ("2026-11-20", 1, 1),
    ]
    everybody = index.summary(None)
    assert (everybody.count, everybody.size, everybody.undelivered) == (4, 1116, 1)
    assert index.summary("nobody").count == 0


# Beside DynamoDB: a file of its own, brought up to date by changes.


@pytest.fixture
def dynamodb(open_dynamodb, clock):
    return open_dynamodb(clock=clock)


def test_refreshing_takes_in_what_another_store_has(dynamodb, index):
    files = file_records(dynamodb)
    files.add(media("a"))
    files.add(media("b"))
    assert index.search(FileQuery()).total == 0
    assert index.refresh(dynamodb) >= 2
    assert index.refresh(dynamodb) == 0
    files.remove("a")
    files.update("b", lambda f: f.model_copy(update={"name": "new.jpg"}))
    assert index.refresh(dynamodb) == 2
    assert found(index, "new") == ["b"]
    assert index.summary(None).count == 1


def test_refreshing_goes_on_after_a_restart(dynamodb, index, path):
    file_records(dynamodb).add(media("a"))
    index.refresh(dynamodb)
    file_records(dynamodb).add(media("b"))
    again = SearchIndex(path)
    assert again.search(FileQuery()).total == 1
    assert again.refresh(dynamodb) == 1
    assert found(again, "") == ["a", "b"]
    again.close()


def test_an_index_of_another_version_is_filled_anew(dynamodb, index, path, monkeypatch):
    file_records(dynamodb).add(media("a"))
    index.refresh(dynamodb)
    monkeypatch.setattr(SearchIndex, "version", 99)
    again = SearchIndex(path)
    assert again.search(FileQuery()).total == 0
    assert again.refresh(dynamodb)
    assert found(again, "") == ["a"]
    again.close()


def test_an_index_that_followed_another_table_starts_again(dynamodb, index, open_dynamodb, clock):
    file_records(dynamodb).add(media("a"))
    index.refresh(dynamodb)
    other = open_dynamodb(clock=clock)
    file_records(other).add(media("b"))
    assert index.refresh(other)
    assert found(index, "") == ["b"]


def test_an_index_that_its_store_keeps_needs_no_refreshing(store, files, index):
    files.add(media("a"))
    assert index.refresh(store) == 0
    assert found(index, "") == ["a"]


def test_an_index_is_built_from_records_that_were_there_before(open_sqlite, path):
    file_records(open_sqlite()).add(media("a"))
    index = SearchIndex(path)
    open_sqlite(index)
    assert found(index, "") == ["a"]
    index.close()


# Building it: in short steps, while searches and writes go on.


def test_a_large_gap_is_closed_step_by_step(open_sqlite, path, monkeypatch):
    monkeypatch.setattr(projection, "STEP", 3)
    before = file_records(open_sqlite())
    for number in range(8):
        before.add(media(f"{number}"))
    index = SearchIndex(path)
    store = open_sqlite(index)
    assert index.search(FileQuery()).total == 0
    file_records(store).add(media("written meanwhile"))
    file_records(store).update("1", lambda f: f.model_copy(update={"name": "new"}))
    assert index.search(FileQuery()).total == 0
    assert index.build(store) == 9
    assert found(index, "") == [*"01234567", "written meanwhile"]
    assert found(index, "new") == ["1"]
    file_records(store).remove("2")
    assert found(index, "") == [*"01345", "6", "7", "written meanwhile"]
    assert index.build(store) == 0
    index.close()


def test_who_asks_while_it_is_built_is_told_how_far_it_is(open_sqlite, path, monkeypatch):
    monkeypatch.setattr(projection, "STEP", 2)
    before = file_records(open_sqlite())
    for number in range(5):
        before.add(media(f"{number}"))
    index, told = SearchIndex(path), []
    store = open_sqlite(index)

    def telling(connection, change):
        told.append(index.status(store))
        index.search(FileQuery())
        put(connection, change)

    put = index._feed.apply
    monkeypatch.setattr(index._feed, "apply", telling)
    index.build(store)
    assert (told[-1].building, told[-1].done, told[-1].total) == (True, 4, 5)
    assert index.status(store) == IndexStatus(building=False, done=5, total=5)
    index.close()


def test_a_scan_that_breaks_off_is_begun_again(dynamodb, index, monkeypatch):
    files = file_records(dynamodb)
    for number in range(3):
        files.add(media(f"{number}"))
    whole = dynamodb.snapshot

    def broken(kind):
        def pages():
            yield next(iter(whole(kind).pages))
            raise AwsUnavailable("DynamoDB can't be reached.", hint="Try again.")

        return Snapshot("", pages())

    with monkeypatch.context() as patch:
        patch.setattr(dynamodb, "snapshot", broken)
        with pytest.raises(AwsUnavailable):
            index.refresh(dynamodb)
    files.remove("1")
    index.refresh(dynamodb)
    assert found(index, "") == ["0", "2"]


def test_a_change_by_another_process_is_seen_at_the_next_look(dynamodb, index):
    """The dashboard looks every two seconds, so that nobody waits for five."""
    index.build(dynamodb)
    file_records(dynamodb).add(media("a"))
    began = time.monotonic()
    index.refresh(dynamodb)
    assert found(index, "") == ["a"]
    assert time.monotonic() - began < 5 - assembly._INDEX_REFRESH_SECONDS


def test_a_large_library_is_read_into_memory_beside_the_searches(files, index, monkeypatch):
    monkeypatch.setattr(search_memory, "INLINE", 2)
    for number in range(5):
        files.add(media(f"{number}"))
    assert found(index, "") == [*"01234"]
    index._memory.wait()
    files.update("3", lambda f: f.model_copy(update={"name": "new"}))
    with index._database.read() as connection, index._memory.lock:
        assert index._memory.current(connection) is not None
    assert found(index, "new") == ["3"]


def test_an_empty_library_takes_no_memory_until_its_first_file(files, index, store):
    index.build(store)
    assert index._memory._memory is None
    files.add(media("a"))
    index.build(store)
    assert index._memory._memory is not None
    assert found(index, "") == ["a"]


def test_two_processes_see_what_the_other_writes(files, index, path, open_sqlite):
    """Each has the fields in its own memory and the log in common."""
    other = SearchIndex(path)
    theirs = file_records(open_sqlite(other))
    files.add(media("a"))
    assert found(index, "") == found(other, "") == ["a"]
    theirs.add(media("b"))
    theirs.update("a", lambda f: f.model_copy(update={"name": "new"}))
    assert found(index, "") == ["a", "b"]
    assert found(index, "new") == ["a"]
    other.close()


def test_a_log_that_does_not_reach_back_makes_memory_anew(files, index):
    files.add(media("a"))
    assert found(index, "") == ["a"]
    with index._database.write() as connection:
        connection.execute("DELETE FROM library_log")
        connection.execute("INSERT INTO library_log (stamp, row, moved) VALUES (7, 99, 0)")
        connection.execute("UPDATE library_file SET size = 77")
    assert index.search(FileQuery(min_size=77)).total == 1


def test_searches_beside_writes_are_each_of_one_moment(files, index):
    """Nobody sees a total without its files, whatever the other threads do."""

    def write(part):
        for number in range(25):
            files.add(media(f"{part}{number}", name=f"beach {number}"))
            if number % 3 == 0:
                files.remove(f"{part}{number}")

    def read(part):
        seen = []
        for _ in range(40):
            page = index.search(FileQuery(text=part, sort=FileSort.NAME), limit=100)
            seen.append(len(page.items) == page.total == len(set(ids(page))))
        return seen

    with ThreadPoolExecutor(5) as pool:
        writing = [pool.submit(write, part) for part in "xy"]
        reading = [pool.submit(read, word) for word in ("be", "beach", "beach 1")]
        assert all(all(one.result()) for one in reading)
        for one in writing:
            one.result()
    assert index.search(FileQuery(text="beach")).total == 2 * (25 - 9)
