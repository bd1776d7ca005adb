"""Objects that are not among those that somebody got, by folder and class."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING

from core.model.usage import IdleObjects

if TYPE_CHECKING:
    from core.stores.object_table import ObjectTable

_NEEDED = {"size", "modified"}
_FOLDER = "substr(key, 1, strpos(key, '/'))"  # the first one, '' at the top
_SHOWN = 5


def idle_objects(
    table: ObjectTable, got: Collection[str], before: datetime, least: int
) -> tuple[IdleObjects, ...] | None:
    """Originals of at least `least` bytes that were written before; None where that is unknown.

    Only below folders of which somebody got something: of the others nobody says who reads them.
    """
    if not table.known >= _NEEDED:
        return None
    table.ask(
        "CREATE OR REPLACE TEMP TABLE got AS SELECT unnest($1::VARCHAR[]) AS key", [list(got)]
    )
    rows = table.ask(
        f"""SELECT {_FOLDER}, coalesce(class, ''), count(*), CAST(sum(size) AS HUGEINT),
        list(key ORDER BY size DESC, key)[1:{_SHOWN}]
        FROM objects ANTI JOIN got USING (key)
        WHERE {table.role} = 'original' AND size >= $1 AND modified < CAST($2 AS TIMESTAMP)
        AND {_FOLDER} IN (SELECT {_FOLDER} FROM got) GROUP BY 1, 2 ORDER BY 4 DESC, 1, 2""",  # noqa: S608  # our own rules
        [least, before.replace(tzinfo=None)],
    )
    return tuple(
        IdleObjects(prefix=folder, storage_class=name, objects=n, bytes=size, largest=tuple(keys))
        for folder, name, n, size, keys in rows
    )
