"""The edge's cache on disk: whole answers or none, and never more than its limit."""

from __future__ import annotations

import os

import pytest

from core.emulator.edge_store import EdgeStore, Head

HEAD = Head("/a", 200, {"etag": '"e"'}, stored=10.0, expires=20.0)


def put(store, key, body=b"body", head=HEAD):
    draft = store.draft(key, head)
    draft.write(body)
    return draft.keep()


def test_an_answer_is_found_again_after_a_restart(tmp_path):
    put(EdgeStore(tmp_path, 1000), "k", b"0123456789")

    entry = EdgeStore(tmp_path, 1000).get("k")

    assert entry.head == HEAD
    assert (entry.size, entry.read(2, 5)) == (10, b"234")
    assert b"".join(entry.chunks(0, 10)) == b"0123456789"


def test_a_dropped_draft_leaves_nothing(tmp_path):
    store = EdgeStore(tmp_path, 1000)
    draft = store.draft("k", HEAD)
    draft.write(b"half")

    draft.drop()

    assert store.get("k") is None
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_what_a_crash_left_half_written_is_swept(tmp_path):
    (tmp_path / "ab").mkdir()
    (tmp_path / "ab" / "abcd.0000.tmp").write_bytes(b"half")

    EdgeStore(tmp_path, 1000)

    assert not list(tmp_path.rglob("*.tmp"))


def test_a_damaged_file_is_a_miss(tmp_path):
    store = EdgeStore(tmp_path, 1000)
    entry = put(store, "k")
    entry.file.write_bytes(b"\x00\x00\xff\xffnot json")

    assert store.get("k") is None


def test_the_least_recently_used_go_when_it_is_full(tmp_path):
    store = EdgeStore(tmp_path, 4000)
    for age, key in enumerate(("oldest", "older", "young"), start=1):
        entry = put(store, key, b"x" * 1000)
        os.utime(entry.file, (age, age))
    assert store.get("oldest") is not None  # used just now

    put(store, "newest", b"x" * 1000)

    assert store.get("older") is None
    assert store.get("oldest") is not None
    assert store.get("newest") is not None
    assert sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()) <= 4000


def test_an_entry_that_is_being_sent_may_be_dropped(tmp_path):
    store = EdgeStore(tmp_path, 1000)
    entry = put(store, "k", b"0123456789")
    chunks = entry.chunks(0, 10)

    store.drop("k")

    assert b"".join(chunks) == b"0123456789"
    with pytest.raises(FileNotFoundError):
        entry.read(0, 1)
