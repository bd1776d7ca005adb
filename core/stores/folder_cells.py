"""What the largest folders hold, by class, role, size and age: for questions about one prefix."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from core.model.usage import FolderCell, Stored
from core.stores.object_table import AGES, STEPS, range_of

if TYPE_CHECKING:
    from core.stores.object_table import ObjectTable

_NEEDED = {"size", "class"}
_MOST = 40  # folders; what lies in others counts to the one above, or to none
_FIRST = "substr(key, 1, strpos(key, '/'))"
_SECOND = (
    "top || substr(substr(key, length(top) + 1), 1, strpos(substr(key, length(top) + 1), '/'))"
)


def folder_cells(table: ObjectTable, at: datetime) -> tuple[FolderCell, ...] | None:
    """Two folders deep. They add up to the total; None where sizes or classes are unknown.

    Needs the folders to be summed.
    """
    if not table.known >= _NEEDED:
        return None
    _name_largest(table)
    rows = table.ask(
        f"""SELECT coalesce(two.name, one.name, ''),
        CASE WHEN two.name IS NULL THEN second <> coalesce(one.name, '') ELSE true END,
        coalesce(class, ''), role, step, age, count(*), CAST(sum(size) AS HUGEINT)
        FROM (SELECT *, {_SECOND} AS second FROM (SELECT {_FIRST} AS top, key, class, size,
          {table.role} AS role, {range_of("size", STEPS)} AS step,
          {range_of("date_diff('day', modified, CAST($1 AS TIMESTAMP))", AGES)} AS age
          FROM objects))
        LEFT JOIN named AS two ON two.name = second AND second <> top
        LEFT JOIN named AS one ON one.name = top
        GROUP BY ALL ORDER BY ALL""",  # noqa: S608  # built from our own rules and numbers
        [at.replace(tzinfo=None)],
    )
    return tuple(_cell(*row) for row in rows)


def _name_largest(table: ObjectTable) -> None:
    """A folder is never smaller than the ones in it, so it is named where they are."""
    table.ask(
        f"""CREATE OR REPLACE TEMP TABLE named AS WITH sums AS (
        SELECT top, {_SECOND} AS second, bytes, objects FROM
        (SELECT {_FIRST} AS top, folder AS key, bytes, objects FROM (SELECT *, folder AS key
        FROM folders)) WHERE top <> '')
        SELECT name FROM (SELECT top AS name, bytes, objects FROM sums
        UNION ALL SELECT second, bytes, objects FROM sums WHERE second <> top)
        GROUP BY name ORDER BY sum(bytes) DESC NULLS LAST, sum(objects) DESC, name
        LIMIT {_MOST:d}"""  # noqa: S608  # built from our own rules
    )


def _cell(
    folder: str, deep: bool, name: str, role: str, step: int | None, age: int | None,
    objects: int, size: Any,
) -> FolderCell:  # fmt: skip
    return FolderCell(
        folder=folder,
        deep=deep,
        storage_class=name,
        role=role,
        from_bytes=None if step is None else STEPS[step],
        from_days=None if age is None else AGES[age],
        stored=Stored(objects=objects, bytes=int(size or 0)),
    )
