import csv
import io
from datetime import date
from decimal import Decimal

import pyarrow.parquet as pq
import pytest

from core.ui import tables
from core.ui.table_files import as_csv, as_parquet

NAMES = ("Key", "Bytes", "USD", "Day")
ROWS = (("=cmd()|x", -5, Decimal("0.000000005"), date(2026, 11, 1)), (None, None, None, None))


def test_a_spreadsheet_never_executes_a_key_and_numbers_stay_numbers():
    rows = list(csv.reader(io.StringIO(as_csv(NAMES, ROWS).decode("utf-8-sig"))))
    assert rows[0] == list(NAMES)
    assert rows[1] == ["'=cmd()|x", "-5", "0.000000005", "2026-11-01"]
    assert rows[2] == ["", "", "", ""]


def test_parquet_keeps_types_unknowns_and_every_digit_of_money():
    table = pq.read_table(io.BytesIO(as_parquet(NAMES, ROWS))).to_pylist()
    assert table[0] == {
        "Key": "=cmd()|x",
        "Bytes": -5,
        "USD": "0.000000005",
        "Day": date(2026, 11, 1),
    }
    assert set(table[1].values()) == {None}


def test_sizes_that_differ_widely_have_a_unit_in_which_the_largest_can_be_read():
    assert tables._unit([9 * 2**10, 38 * 2**20, 524 * 2**30]) == (2**20, "MiB", 2)
    assert tables._unit([2**10, 2**10, 524 * 2**30])[1] == "MiB"  # not 549,453,824 KiB
    assert tables._unit([2**20, 3 * 2**20]) == (2**20, "MiB", 1)
    assert tables._unit([None, 0]) == (1, "B", 0)


@pytest.mark.parametrize("smallest", [1, 5, 51, 1024, 5 * 2**20, 51 * 2**20, 2**30])
@pytest.mark.parametrize("others", [[], [30 * 2**20, 40 * 2**20], [2**40, 3 * 2**50]])
def test_no_size_in_a_table_reads_as_nothing(smallest, others):
    size, _, digits = tables._unit([smallest, 0, None, *others])
    assert float(f"{smallest / size:.{digits}f}") > 0


@pytest.mark.parametrize(
    ("cells", "digits"),
    [([57.3, 0.04], 2), ([57.3, 0.0, None], 1), ([99.9, 0.0000001], 6), ([], 1)],
)
def test_shares_have_the_digits_of_the_smallest(cells, digits):
    assert tables._digits(cells, 1, 6) == digits
    assert all(round(tables._percent(one), digits) > 0 for one in cells if one)
