"""Which big originals nobody got, and where nobody can say so."""

from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq

from core.stores.idle_objects import idle_objects
from core.stores.object_table import ObjectTable

OLD, NEW = datetime(2026, 1, 1), datetime(2026, 11, 1)  # noqa: DTZ001  # as Parquet holds them
BEFORE = datetime(2026, 8, 22, tzinfo=UTC)
ROWS = [
    ("media/f1/big.jpg", 9_000_000, OLD, "STANDARD"),
    ("media/f2/huge.jpg", 20_000_000, OLD, "STANDARD"),
    ("media/f3/seen.jpg", 9_000_000, OLD, "STANDARD"),
    ("media/f4/new.jpg", 9_000_000, NEW, "STANDARD"),
    ("media/f5/small.jpg", 9, OLD, "STANDARD"),
    ("media/f1/preview.webp", 9_000_000, OLD, "STANDARD"),
    ("media/f6/moved.jpg", 9_000_000, OLD, "GLACIER_IR"),
    ("originals/f1/big.heic", 9_000_000, OLD, "STANDARD"),
    ("loose.jpg", 9_000_000, OLD, "STANDARD"),
]


def table(tmp_path, *names):
    held = dict(zip(("key", "size", "modified", "class"), zip(*ROWS, strict=True), strict=True))
    chosen = {name: list(held[name]) for name in names or held}
    pq.write_table(pa.table(chosen), tmp_path / "part.parquet")
    return ObjectTable([tmp_path / "part.parquet"], {name: name for name in chosen}, tmp_path)


def test_old_big_originals_that_nobody_got_are_told_by_class_with_the_largest_first(tmp_path):
    made = table(tmp_path)
    found = idle_objects(made, {"media/f3/seen.jpg", "media/f1/preview.webp"}, BEFORE, 2**20)
    made.close()
    assert [(one.prefix, one.storage_class, one.objects, one.bytes) for one in found] == [
        ("media/", "STANDARD", 2, 29_000_000), ("media/", "GLACIER_IR", 1, 9_000_000),
    ]  # fmt: skip
    assert found[0].largest == ("media/f2/huge.jpg", "media/f1/big.jpg")


def test_a_folder_of_which_nobody_got_anything_is_not_judged(tmp_path):
    made = table(tmp_path)
    assert idle_objects(made, {"avatars/x.jpg"}, BEFORE, 2**20) == ()
    assert idle_objects(made, set(), BEFORE, 2**20) == ()
    made.close()


def test_a_source_without_sizes_or_ages_tells_nothing(tmp_path):
    made = table(tmp_path, "key", "size")
    assert idle_objects(made, {"media/f3/seen.jpg"}, BEFORE, 2**20) is None
    made.close()


def test_cells_add_up_to_the_total_and_know_class_role_size_and_age(tmp_path):
    made = table(tmp_path)
    found = made.breakdown(datetime(2026, 11, 20, tzinfo=UTC))
    made.close()
    assert sum(one.stored.bytes for one in found.cells) == found.total.bytes
    assert sum(one.stored.objects for one in found.cells) == found.total.objects
    cells = {(one.storage_class, one.role, one.from_bytes, one.from_days) for one in found.cells}
    assert ("STANDARD", "original", 2**20, 180) in cells
    assert ("STANDARD", "original", 0, 180) in cells
    assert ("STANDARD", "original", 2**20, 7) in cells
