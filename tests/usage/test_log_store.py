"""Logs that are read once: never twice, never half, by one or two scans, through a crash."""

import gzip
import signal
import subprocess
import sys
import threading
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.model.traffic import LOG_FIELDS
from core.stores.log_batch import Delivery
from core.stores.log_store import LogStore
from core.stores.queries import (
    ALL,
    DAYS,
    EVERYTHING,
    FILE_FOLDER,
    FOLDERS,
    RESULTS,
    TOP_ERRORS,
    TOP_URLS,
    TOTALS,
)
from core.usage.access_logs import columns_of, folder_of, folder_pattern, shape_of
from tests.usage.logs import row, v1, written
from tests.usage.test_log_report import some

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 2, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "traffic"


@pytest.fixture
def store(folder):
    opened = LogStore(folder, shape_of, columns_of, lambda: NOW)
    yield opened
    opened.close()


def delivery(tmp_path, name, rows, fields=LOG_FIELDS, etag=""):
    data = v1(rows, fields)
    path = written(tmp_path / name, data)
    return Delivery(path, name, etag or f"{hash(data)}", path.stat().st_size)


def requests(store, **asked):
    return sum(row.requests for row in store.ask(TOTALS, {**EVERYTHING, **asked}, 10))


def everything(store):
    return {
        query.name: store.ask(query, EVERYTHING | {"folder": "^/([^/]*/){0,1}"}, 1000)
        for query in ALL
    }


def test_a_file_is_read_once(store, tmp_path):
    first = delivery(tmp_path, "a.gz", some(20))
    assert store.add("logs", [first]).rows == 20
    assert store.add("logs", [first]).rows == 0
    assert store.wanted("logs", {"a.gz": (first.etag, first.size), "b.gz": ("x", 1)}) == ["b.gz"]
    assert requests(store) == 20


def test_many_batches_tell_what_one_tells_and_are_made_one(store, folder, tmp_path):
    rows = some(200)
    for start in range(0, 200, 20):
        part = rows[max(0, start - 5) : start + 20]  # each overlaps with the one before
        store.add("logs", [delivery(tmp_path, f"{start}.gz", part)])
    whole = LogStore(tmp_path / "whole", shape_of, columns_of, lambda: NOW)
    whole.add("logs", [delivery(tmp_path, "whole.gz", rows)])
    assert everything(store) == everything(whole)
    told, as_of = store.read_so_far()
    assert (told.rows, told.duplicates, as_of) == (200, 9 * 5, NOW)
    assert len(list(folder.glob("rows/day=2026-10-31/*.parquet"))) <= 10
    assert len(store._ledger.parts("rows")) < 10
    whole.close()


def test_a_file_that_changed_takes_the_place_of_what_it_told(store, tmp_path):
    rows = some(40)
    store.add(
        "logs", [delivery(tmp_path, "a.gz", rows[:30]), delivery(tmp_path, "b.gz", some(5, 900))]
    )
    store.add("logs", [delivery(tmp_path, "a.gz", rows)])
    assert requests(store) == 45
    store.add("logs", [delivery(tmp_path, "a.gz", rows[:1])])
    assert requests(store) == 6


def test_a_truncated_file_is_not_counted_as_complete_and_read_again(store, tmp_path):
    whole = delivery(tmp_path, "a.gz", some(4000))
    packed = whole.path.read_bytes()
    whole.path.write_bytes(packed[: len(packed) // 2])
    store.add("logs", [Delivery(whole.path, "a.gz", "half", len(packed) // 2)])
    told, _ = store.read_so_far()
    assert [(one.file, one.problem) for one in told.problems] == [("a.gz", "truncated")]
    assert 0 < requests(store) < 4000
    whole.path.write_bytes(packed)
    store.add("logs", [whole])
    assert requests(store) == 4000
    assert store.read_so_far()[0].problems == ()


def test_a_file_that_changes_while_it_is_read_is_wanted_again(store, tmp_path):
    one = delivery(tmp_path, "a.gz", some(3))
    store.add("logs", [Delivery(one.path, "a.gz", one.etag, one.size, changed=True)])
    assert store.wanted("logs", {"a.gz": (one.etag, one.size)}) == ["a.gz"]
    store.add("logs", [one])
    assert requests(store) == 3


def test_an_old_log_that_comes_again_under_another_name_counts_once(store, tmp_path):
    for name in ("a.gz", "b.gz"):
        store.add("logs", [delivery(tmp_path, name, [row(), row()], LOG_FIELDS[:12], etag="same")])
    assert requests(store) == 2


def test_filters_ask_sums_where_they_can_and_rows_where_they_must(store, tmp_path):
    rows = [
        row(1, x_edge_location="FRA1", cs_uri_stem="/a/1"),
        row(2, x_edge_location="LHR1", cs_uri_stem="/a/2"),
        row(3, x_edge_location="FRA1", cs_uri_stem="/b/3", date="2026-11-01"),
    ]
    store.add("logs", [delivery(tmp_path, "a.gz", rows)])
    urls = store.ask(TOP_URLS, {**EVERYTHING, "edge": "FRA1"}, 10)
    assert [one.label for one in urls] == ["/a/1", "/b/3"]
    assert requests(store, prefix="/a/") == 2
    assert requests(store, first_day="2026-11-01") == 1
    assert requests(store, edge="FRA1", prefix="/b/", status=200) == 1
    assert requests(store, edge="'; DROP TABLE requests; --") == 0


def test_an_empty_store_answers_nothing(store):
    assert requests(store) == 0
    assert store.ask(DAYS, EVERYTHING, 10) == ()
    assert store.read_so_far()[1] is None


def test_two_scans_at_once_count_every_request_once(store, folder, tmp_path):
    other = LogStore(folder, shape_of, columns_of, lambda: NOW)
    files = [delivery(tmp_path, f"{n}.gz", some(30, start=n * 20)) for n in range(6)]
    threads = [
        threading.Thread(target=lambda s=s, order=order: [s.add("logs", [f]) for f in order])
        for s, order in ((store, files), (other, files[::-1]))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert requests(store) == 130
    assert requests(other) == 130
    other.close()


def test_a_killed_scan_leaves_a_batch_whole_or_away(folder, tmp_path):
    files = [delivery(tmp_path, f"{n}.gz", some(60, start=n * 50)) for n in range(12)]
    program = (
        "import sys\nfrom tests.usage.test_log_store import *\n"
        "s = LogStore(Path(sys.argv[1]), shape_of, columns_of, lambda: NOW)\n"
        "print('go', flush=True)\n"
        "for n in range(12):\n"
        "    p = Path(sys.argv[2]) / f'{n}.gz'\n"
        "    s.add('logs', [Delivery(p, p.name, p.name, p.stat().st_size)])\n"
    )
    for wait in (0.01, 0.06, 0.15):
        child = subprocess.Popen(
            [sys.executable, "-c", program, str(folder), str(tmp_path)],
            cwd=ROOT, stdout=subprocess.PIPE,
        )  # fmt: skip
        child.stdout.readline()
        threading.Event().wait(wait)
        child.kill()
        child.wait()
        child.stdout.close()
        assert child.returncode == -signal.SIGKILL
    store = LogStore(folder, shape_of, columns_of, lambda: NOW)
    read = len(store._ledger.files())
    assert requests(store) == (60 + 50 * (read - 1) if read else 0)
    store.add("logs", [Delivery(f.path, f.name, f.name, f.size) for f in files])
    assert requests(store) == 610
    assert list(folder.glob("spill-*")) == []
    kept = {part.path(folder) for part in store._ledger.all_parts()}
    store.add("logs", [delivery(tmp_path, "more.gz", some(1, start=5000))])
    assert set(folder.glob("*/day=*/*.parquet")) >= kept
    store.close()


def test_results_are_sums_of_the_cube(store, tmp_path):
    store.add("logs", [delivery(tmp_path, "a.gz", some(100))])
    assert sum(one.requests for one in store.ask(RESULTS, EVERYTHING, 10)) == 100
    assert gzip.decompress((tmp_path / "a.gz").read_bytes()).startswith(b"#Version")


def test_an_answer_holds_until_something_more_is_read(store, tmp_path):
    store.add("logs", [delivery(tmp_path, "a.gz", some(20))])
    first = everything(store)
    asked = store._asked
    store._asked = lambda *_: 1 / 0
    assert everything(store) == first  # asked for again, nothing is read
    store._asked = asked
    store.add("logs", [delivery(tmp_path, "b.gz", some(20, start=500))])
    assert requests(store) == 40


def test_an_answer_that_a_scan_has_overtaken_is_not_kept(store, tmp_path):
    store.add("logs", [delivery(tmp_path, "a.gz", some(20))])
    asked = store._asked

    def overtaken(*given):
        rows = asked(*given)
        store._asked = asked
        store.add("logs", [delivery(tmp_path, "b.gz", some(20, start=500))])
        return rows

    store._asked = overtaken
    assert requests(store) == 20
    assert requests(store) == 40


def test_folders_are_the_same_from_their_sums_as_from_the_urls(store, tmp_path):
    paths = ("/a/b/c/d.jpg", "/a/b/e.jpg", "/a/x.jpg", "/top.jpg", "/media/f1/y.jpg", "//z")
    rows = [row(n, cs_uri_stem=path) for n, path in enumerate(paths)]
    store.add("logs", [delivery(tmp_path, "a.gz", rows)])

    def folders(pattern, **more):
        found = store.ask(FOLDERS, {**EVERYTHING, "folder": pattern, **more}, 10)
        return {one.label: one.requests for one in found}

    for depth in (0, 1, 2, 3):
        expected = Counter(folder_of(path, depth) for path in paths)
        assert folders(folder_pattern(depth)) == expected
        inside = Counter(folder_of(p, depth) for p in paths if p.startswith("/a/"))
        assert folders(folder_pattern(depth), prefix="/a/") == inside
    assert folders(FILE_FOLDER)["/media/f1/"] == 1


def test_errors_are_the_same_from_their_sums_as_from_the_rows(store, tmp_path):
    store.add("logs", [delivery(tmp_path, "a.gz", some(200))])
    summed = store.ask(TOP_ERRORS, EVERYTHING, 100)
    from_rows = store.ask(TOP_ERRORS, {**EVERYTHING, "edge": "FRA60-P3"}, 100)
    assert summed == from_rows != ()
