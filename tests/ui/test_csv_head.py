import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.errors import InvalidInput
from core.ui import csv_head


def parquet(**columns):
    target = io.BytesIO()
    pq.write_table(pa.table(columns), target)
    return target.getvalue()


def test_the_header_of_a_csv_is_read_with_quotes_and_a_byte_order_mark():
    content = '\ufeffid,"the, url",hits\n1,x,2\n'.encode()
    assert csv_head.columns("a.csv", content) == ["id", "the, url", "hits"]


def test_the_columns_of_a_parquet_file_are_read_whatever_its_name():
    assert csv_head.columns("a.csv", parquet(id=["1"], url=["x"])) == ["id", "url"]


def test_a_file_without_a_header_is_refused_with_what_to_do():
    with pytest.raises(InvalidInput, match="has no header"):
        csv_head.columns("a.csv", b"\n1,2\n")
    with pytest.raises(InvalidInput, match="Parquet"):
        csv_head.columns("a.parquet", b"PAR1 but no more")


@pytest.mark.parametrize(
    ("names", "meaning", "place"),
    [
        (["id", "url"], "url", 1),
        (["photo_id", "photo_url"], "url", 1),
        (["a", "b"], "url", 0),
        (["", "URL", "Requests"], "hits", 2),
        (["", "x"], "hits", 0),
    ],
)
def test_the_likely_column_is_offered_first(names, meaning, place):
    assert csv_head.likely(names, meaning) == place
