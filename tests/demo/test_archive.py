"""The archive that inventory reports tell of."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

from core.demo.archive import _SCHEMA, BUCKET, _table, shoots
from core.usage.inventory import columns_of

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def rows(objects, at=NOW):
    text = _table(BUCKET, [one for one in objects if one.at <= at], at).decode()
    names = [name.strip() for name in _SCHEMA.split(",")]
    return [dict(zip(names, row, strict=True)) for row in csv.reader(io.StringIO(text))]


def test_it_holds_terabytes_and_is_the_same_at_every_start():
    found = shoots(TODAY)
    assert found == shoots(TODAY)
    assert 1 << 40 < sum(one.size for one in found) < 4 << 40
    assert set(columns_of(tuple(rows(found[:1])[0]))) >= {"size", "modified", "latest", "class"}


def test_a_key_has_one_current_version_at_any_time():
    found = shoots(TODAY)
    for at in (NOW, NOW - timedelta(weeks=9)):
        current = [row["Key"] for row in rows(found, at) if row["IsLatest"] == "true"]
        assert len(current) == len(set(current))
    assert any(row["IsLatest"] == "false" for row in rows(found))


def test_some_objects_lie_there_twice():
    etags = [one.etag for one in shoots(TODAY)]
    assert 100 < len(etags) - len(set(etags)) < 1000
