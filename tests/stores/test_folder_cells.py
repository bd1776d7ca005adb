"""What the largest folders hold; what is cut off stays with the folder above."""

from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.stores import folder_cells as cells_of
from core.stores.folder_cells import folder_cells
from core.stores.object_table import ObjectTable
from tests.stores.test_idle_objects import table

AT = datetime(2026, 11, 20, tzinfo=UTC)


def told(made):
    made.sum_folders()
    found = folder_cells(made, AT)
    made.close()
    return found


def keys(tmp_path, **sizes):
    pq.write_table(
        pa.table({"key": list(sizes), "size": list(sizes.values()), "class": ["X"] * len(sizes)}),
        tmp_path / "part.parquet",
    )
    columns = {name: name for name in ("key", "size", "class")}
    return ObjectTable([tmp_path / "part.parquet"], columns, tmp_path)


def by_folder(found):
    sums = {}
    for one in found:
        sums[one.folder, one.deep] = sums.get((one.folder, one.deep), 0) + one.stored.bytes
    return sums


def test_cells_of_folders_are_the_whole_again(tmp_path):
    made = table(tmp_path)
    whole = made.breakdown(AT)
    found = told(made)
    assert sum(one.stored.bytes for one in found) == whole.total.bytes
    assert sum(one.stored.objects for one in found) == whole.total.objects
    kinds = {(one.folder, one.storage_class, one.role, one.from_bytes, one.from_days) for one in found}  # fmt: skip
    assert ("media/f6/", "GLACIER_IR", "original", 2**20, 180) in kinds
    assert ("media/f1/", "STANDARD", "rendition", 2**20, 180) in kinds


def test_folders_are_told_two_deep_and_files_beside_them_apart(tmp_path):
    made = keys(tmp_path, **{
        "loose.jpg": 1, "a/x.jpg": 2, "a/b/y.jpg": 4, "a/b/c/d/z.jpg": 8, "/odd.jpg": 16, "//o/p": 32,
    })  # fmt: skip
    assert by_folder(told(made)) == {
        ("", False): 1, ("a/", False): 2, ("a/b/", True): 12, ("/", False): 16, ("//", True): 32,
    }  # fmt: skip


def test_folders_beyond_the_largest_stay_with_the_one_above_or_with_none(tmp_path, monkeypatch):
    monkeypatch.setattr(cells_of, "_MOST", 3)
    made = keys(tmp_path, **{"a/1/x": 50, "a/2/x": 5, "a/x": 1, "b/x": 40, "c/x": 2, "x": 3})
    assert by_folder(told(made)) == {
        ("a/1/", True): 50, ("a/", True): 5, ("a/", False): 1, ("b/", False): 40,
        ("", True): 2, ("", False): 3,
    }  # fmt: skip


@pytest.mark.parametrize("names", [("key", "size"), ("key", "class")])
def test_without_sizes_or_classes_nothing_is_told(tmp_path, names):
    assert told(table(tmp_path, *names)) is None
