"""What only the SQLite store promises: crashes, faults of the disk, upgrades, projections."""

import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from core.errors import Configuration, DashboardError
from core.model.media import FileQuery
from core.stores.database import Database
from core.stores.records import Delete, Put, Record
from core.stores.search_index import SearchIndex
from core.stores.sqlite import SqliteRecordStore

ROOT = Path(__file__).resolve().parents[2]


def thing(id, **data):
    return Record(kind="thing", id=id, data=data)


class Names:
    """A projection that keeps the ids that are alive."""

    name = "names"

    def __init__(self, version=1):
        self.version = version

    def attach(self, step):
        self.step = step

    def reset(self, connection):
        connection.execute("DROP TABLE IF EXISTS names")
        connection.execute("CREATE TABLE names (id TEXT PRIMARY KEY)")

    def apply(self, connection, change):
        connection.execute("DELETE FROM names WHERE id = ?", (change.id,))
        if change.record is not None:
            if change.record.data.get("bad"):
                raise ValueError("this record can't be projected")
            connection.execute("INSERT INTO names VALUES (?)", (change.id,))


def projected(path):
    with sqlite3.connect(path) as connection:
        found = [row[0] for row in connection.execute("SELECT id FROM names ORDER BY id")]
    connection.close()
    return found


def test_what_was_written_before_kill_9_is_there_after_it(path):
    written = 0
    for _ in range(3):
        reported = write_and_kill(path, start=written)
        written = check_everything_is_there(path, reported)


def write_and_kill(path, start):
    """Start the writer, kill it in the midst of its work, return the last number it reported."""
    writer = subprocess.Popen(
        [sys.executable, "-m", "tests.stores._writer", str(path), str(start)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    with writer:
        for line in writer.stdout:
            if int(line) == start + 40:
                writer.send_signal(signal.SIGKILL)
                break
        reported = [int(line), *map(int, writer.stdout.read().split())]
    assert writer.returncode == -signal.SIGKILL
    return reported[-1]


def check_everything_is_there(path, last):
    """All up to `last`, and the write that was under way: whole, or not there at all."""
    index = SearchIndex(path)
    store = SqliteRecordStore(path, [index])
    for number in range(last + 1):
        assert store.get("file", f"file{number}").data["size"] == number
        assert store.get("job", f"job{number}").data == {"file": number}
    half = {store.get(kind, f"{kind}{last + 1}") is None for kind in ("file", "job")}
    assert len(half) == 1
    written = last + 1 if half == {True} else last + 2
    assert index.search(FileQuery(text="picture")).total == written
    assert index.summary("owner").count == written
    store.close()
    index.close()
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
    return written


def test_the_database_is_readable_by_its_owner_only(path, open_sqlite):
    store = open_sqlite()
    store.put(thing("a"))
    for file in path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file.name


def test_readers_do_not_wait_for_a_writer(path, open_sqlite):
    store = open_sqlite(busy_seconds=0)
    store.put(thing("a", n=1))
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    other.execute("UPDATE record SET data = '{}'")
    assert store.get("thing", "a").data == {"n": 1}
    other.close()


def test_a_database_that_another_process_writes_is_said_to_be_busy(path, open_sqlite):
    store = open_sqlite(busy_seconds=0.05)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(DashboardError, match="busy"):
        store.put(thing("a"))
    other.execute("COMMIT")
    other.close()
    assert store.put(thing("a")).version == 1


def test_a_full_disk_is_said_and_loses_nothing(open_sqlite):
    store = open_sqlite()
    store.put(thing("a", n=1))
    with store._database.read() as connection:
        connection.execute("PRAGMA max_page_count = 1")
    with pytest.raises(DashboardError, match="full") as caught:
        store.put(thing("b", text="x" * 300_000))
    assert "space" in caught.value.hint
    assert store.get("thing", "a").data == {"n": 1}
    assert store.get("thing", "b") is None
    with store._database.read() as connection:
        connection.execute("PRAGMA max_page_count = 1000000")
    assert store.put(thing("b", text="x" * 300_000)).version == 1


def test_a_database_that_can_not_be_written_names_the_remedy(open_sqlite):
    store = open_sqlite()
    with store._database.read() as connection:
        connection.execute("PRAGMA query_only = ON")
    with pytest.raises(Configuration, match="can't be written") as caught:
        store.put(thing("a"))
    assert "write access" in caught.value.hint


def test_a_file_that_is_no_database_is_refused(path, open_sqlite):
    path.write_bytes(b"this is not a database " * 100)
    with pytest.raises(Configuration, match="damaged"):
        open_sqlite()


def test_a_folder_that_can_not_be_made_names_the_setting():
    database = Database(Path("/dev/null/data/records.sqlite3"))
    with pytest.raises(Configuration) as caught, database.read():
        pass
    assert "DASHBOARD_DATA_DIR" in caught.value.hint


def test_a_database_of_a_newer_version_is_refused(path, open_sqlite):
    open_sqlite().close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(Configuration, match="newer version"):
        open_sqlite()


def test_migrations_run_once_and_only_the_new_ones(path):
    database = Database(path)
    first = "CREATE TABLE a (x); INSERT INTO a VALUES (1)"
    database.migrate([first])
    database.migrate([first, "INSERT INTO a VALUES (2)"])
    database.migrate([first, "INSERT INTO a VALUES (2)"])
    with database.read() as connection:
        assert connection.execute("SELECT x FROM a ORDER BY x").fetchall() == [(1,), (2,)]
        assert connection.execute("PRAGMA user_version").fetchone() == (2,)
    database.close()


def test_a_migration_that_fails_changes_nothing(path):
    database = Database(path)
    with pytest.raises(DashboardError):
        database.migrate(["CREATE TABLE a (x)", "INSERT INTO nowhere VALUES (1)"])
    with database.read() as connection:
        assert connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    database.close()


def test_a_closed_store_says_so(open_sqlite):
    store = open_sqlite()
    store.close()
    with pytest.raises(DashboardError, match="closed"):
        store.get("thing", "a")


def test_threads_that_come_and_go_leave_few_connections(open_sqlite):
    store = open_sqlite()
    for _ in range(30):
        thread = threading.Thread(target=store.get, args=("thing", "a"))
        thread.start()
        thread.join()
    assert len(store._database._idle) == 1


def test_a_projection_is_written_with_the_records(path, open_sqlite):
    store = open_sqlite(Names())
    store.transact([Put(record=thing("a")), Put(record=thing("b"))])
    store.transact([Delete(kind="thing", id="a"), Put(record=thing("c"))])
    assert projected(path) == ["b", "c"]


def test_a_projection_that_fails_takes_the_write_with_it(path, open_sqlite):
    store = open_sqlite(Names())
    store.put(thing("a"))
    with pytest.raises(ValueError, match="projected"):
        store.transact([Put(record=thing("b")), Put(record=thing("c", bad=True))])
    assert store.get("thing", "b") is None
    assert projected(path) == ["a"]


def test_a_new_projection_is_built_from_the_records(path, open_sqlite):
    store = open_sqlite()
    for name in "abc":
        store.put(thing(name))
    store.delete("thing", "b")
    names = Names()
    open_sqlite(names)
    assert names.step() == 0
    assert projected(path) == ["a", "c"]


def test_a_projection_of_another_version_is_built_anew(path, open_sqlite):
    open_sqlite(Names(version=1)).put(thing("a"))
    with sqlite3.connect(path) as connection:
        connection.execute("INSERT INTO names VALUES ('left over')")
    connection.close()
    open_sqlite(Names(version=1))
    assert projected(path) == ["a", "left over"]
    open_sqlite(Names(version=2))
    assert projected(path) == ["a"]


def test_a_projection_that_was_left_behind_catches_up_at_open(path, open_sqlite):
    open_sqlite(Names()).put(thing("a"))
    without = open_sqlite()
    without.put(thing("b"))
    without.delete("thing", "a")
    open_sqlite(Names())
    assert projected(path) == ["b"]


def test_a_projection_catches_up_with_another_process_before_a_write(path, open_sqlite):
    store = open_sqlite(Names())
    store.put(thing("a"))
    open_sqlite().put(thing("from the command line"))
    store.put(thing("b"))
    assert projected(path) == ["a", "b", "from the command line"]


def test_a_copy_of_the_file_is_a_backup(path, tmp_path, open_sqlite):
    store = open_sqlite()
    store.put(thing("a"))
    store.close()
    shutil.copy(path, tmp_path / "backup.sqlite3")
    changed = open_sqlite()
    changed.delete("thing", "a")
    changed.close()
    shutil.copy(tmp_path / "backup.sqlite3", path)
    assert open_sqlite().get("thing", "a") is not None
