"""What the index knows to find duplicates: checksums and fingerprints of all live files."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_FROM = "FROM library_file f JOIN library_body b ON b.row = f.row WHERE f.trashed = 0"
_OWN = " AND f.owner = ?"
_STORED = "f.stored + coalesce(json_extract(b.json, '$.pristine.size'), 0)"


@dataclass(frozen=True)
class Candidates:
    """Arrays of the same length, a place per file. `group` is what it has in common with others:
    the number of its checksum, or its fingerprint. `stored` is bytes, `uploaded` microseconds.
    """

    row: NDArray[np.int64]
    group: NDArray[np.uint64]
    stored: NDArray[np.int64]
    pixels: NDArray[np.int64]
    uploaded: NDArray[np.int64]
    left_out: int = 0  # files that can't be compared, because nothing is known of their bytes


def same_checksum(connection: sqlite3.Connection, owner: str | None) -> Candidates:
    """Files whose checksum another one has too, and how many have none."""
    where, values = _scope(owner)
    (left_out,) = connection.execute(
        f"SELECT count(*) {where} AND coalesce(json_extract(b.json, '$.checksum'), '') = '' "
        "AND f.stored > 0",
        values,
    ).fetchone()
    found = connection.execute(
        f"WITH p AS MATERIALIZED (SELECT f.row AS row, json_extract(b.json, '$.checksum') AS sum, "  # noqa: S608
        f"{_STORED} AS stored, coalesce(f.width * f.height, 0) AS pixels, f.uploaded AS uploaded "
        f"{where}) SELECT p.row, dense_rank() OVER (ORDER BY p.sum), p.stored, p.pixels, p.uploaded"
        " FROM p JOIN (SELECT sum FROM p WHERE sum <> '' GROUP BY sum HAVING count(*) > 1) twice "
        "ON twice.sum = p.sum",
        values,
    )
    return replace(_arrays(found.fetchall()), left_out=left_out)


def fingerprinted(connection: sqlite3.Connection, owner: str | None) -> Candidates:
    """All pictures that have a fingerprint."""
    where, values = _scope(owner)
    found = connection.execute(
        f"SELECT f.row, json_extract(b.json, '$.fingerprint') AS print, {_STORED}, "
        f"coalesce(f.width * f.height, 0), f.uploaded {where} AND f.kind = 'image' AND print <> ''",
        values,
    )
    return _arrays([(row, int(text, 16), *rest) for row, text, *rest in found])


def without_fingerprint(connection: sqlite3.Connection, owner: str | None) -> list[str]:
    """Ids of pictures that have a thumbnail and no fingerprint."""
    where, values = _scope(owner)
    found = connection.execute(
        f"SELECT f.id {where} AND f.kind = 'image' AND "
        "coalesce(json_extract(b.json, '$.fingerprint'), '') = '' "
        "AND json_array_length(b.json, '$.renditions') > 0",
        values,
    )
    return [id_ for (id_,) in found]


def rows_of(connection: sqlite3.Connection, ids: Collection[str]) -> dict[str, int]:
    """Of files that are there, also in the trash."""
    found = connection.execute(
        "SELECT id, row FROM library_file WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(ids)),),
    )
    return dict(found.fetchall())


def exists(connection: sqlite3.Connection, row: int) -> bool:
    found = connection.execute("SELECT 1 FROM library_body WHERE row = ?", (row,)).fetchone()
    return found is not None


def _scope(owner: str | None) -> tuple[str, tuple[str, ...]]:
    return (_FROM, ()) if owner is None else (_FROM + _OWN, (owner,))


def _arrays(rows: list[tuple[int, ...]]) -> Candidates:
    import numpy as np  # noqa: PLC0415  # 11 MiB, for who looks for duplicates

    columns = list(zip(*rows, strict=True)) or [()] * 5
    groups = np.array(columns.pop(1), dtype=np.uint64)
    row, stored, pixels, uploaded = (np.array(column, dtype=np.int64) for column in columns)
    return Candidates(row, groups, stored, pixels, uploaded)
