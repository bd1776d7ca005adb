"""Sums of objects, against the same rules written in plain Python."""

import re
from collections import Counter
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.stores.duckdb_engine import open_duckdb
from core.stores.object_table import ObjectTable

KEYS = (
    "a.jpg", "b", "/x.JPG", "//y.webp", "///z", "/a/b.png", "a/", "a//b.jpg", "a/b/c.tar.gz",
    "media/f1/photo.JPEG", "media/f1/thumbnail.webp", "media//odd.jpg", "media/loose.jpg",
    "media/f2/deep/er/x.mp4", "mediä/ü/é.jpg", "originals/f3/one.heic", "avatars/avatar_u1_17.jpg",
    "avatars/sub/avatar_u2_1.jpg", "avatars/other.jpg", "progress-photos/u3/2026/1/p.jpg",
    "progress-photos/u4.jpg", "a\\b/c.jpg", "./dot.jpg", "x.123456789", "x.j-g", ".jpg", "y..jpg",
)  # fmt: skip
OWNERS = {"f1": "anna", "f2": "bo", "f3": "anna", "u1": "cy", "u2": "no", "u3": "cy", "u4": "bo"}


def owner_of(key):
    for prefix in ("media/", "originals/"):
        if key.startswith(prefix):
            return OWNERS.get(key.split("/")[1] if key.count("/") > 1 else "", "")
    found = re.match("avatars/avatar_([^_/]+)_|progress-photos/([^/.]+)", key)
    return OWNERS.get((found[1] or found[2]) if found else "", "")


def first_folder(key, prefix):
    return (
        prefix + key[len(prefix) :].partition("/")[0] + "/" if "/" in key[len(prefix) :] else prefix
    )


@pytest.fixture
def table(tmp_path):
    sizes = [2**place for place in range(len(KEYS))]
    pq.write_table(pa.table({"Key": KEYS, "Size": sizes}), tmp_path / "part.parquet")
    made = ObjectTable([tmp_path / "part.parquet"], {"key": "Key", "size": "Size"}, tmp_path)
    made.sum_folders()
    yield made
    made.close()


@pytest.mark.parametrize("prefix", ["", "/", "//", "a/", "media/", "med", "mediä/", "avatars/"])
def test_a_prefix_holds_what_its_keys_hold_however_odd_they_are(table, prefix):
    wanted = Counter()
    for place, key in enumerate(KEYS):
        if key[: key.rfind("/") + 1].startswith(prefix):
            wanted[first_folder(key, prefix)] += 2**place
    found = table.prefixes(prefix)
    assert {one.prefix: one.stored.bytes for one in found} == wanted
    for one in found:
        below = [k[len(one.prefix) :] for k in KEYS if k.startswith(one.prefix)]
        assert one.folders == (one.prefix != prefix and any("/" in rest for rest in below))


def test_an_owner_is_found_by_the_id_that_a_key_names(table):
    wanted = Counter()
    for place, key in enumerate(KEYS):
        wanted[owner_of(key)] += 2**place
    assert {one.name: one.stored.bytes for one in table.owners(OWNERS)} == wanted
    assert [(one.name, one.stored.objects) for one in table.owners({})] == [("", len(KEYS))]


def test_a_suffix_is_what_follows_the_last_dot(table):
    wanted = Counter()
    for key in KEYS:
        found = re.search(r"\.([A-Za-z0-9]{1,8})\Z", key)
        wanted[found[1].lower() if found else ""] += 1
    at = datetime(2026, 11, 20, tzinfo=UTC)
    assert {s.name: s.stored.objects for s in table.breakdown(at).by_suffix} == wanted


def test_no_query_draws_a_progress_bar_into_what_is_printed(tmp_path):
    with open_duckdb(tmp_path) as connection:
        told = connection.execute("SELECT current_setting('enable_progress_bar')").fetchall()
    assert told == [(False,)]
