"""What is kept of the requests: all rows, and sums by the columns that the questions need.

Sums of parts can be added, because a request is in one part only.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from core.stores.log_columns import REQUESTS, literal

ROWS = "rows"
_KEPT = {
    "cube": ("hour", "distribution", "site", "status", "result", "edge", "country"),
    "urls": ("distribution", "site", "path", "status", "result"),
    "referrers": ("distribution", "site", "referrer"),
}
KINDS = (*_KEPT, ROWS)
_TYPES = dict(REQUESTS)


def columns_of(kind: str) -> frozenset[str]:
    return frozenset(_TYPES) if kind == ROWS else frozenset({"day", *_KEPT[kind]})


def kind_for(needs: Iterable[str]) -> str:
    """The smallest kind of part that can answer; the rows can answer everything."""
    wanted = frozenset(needs)
    return next(kind for kind in KINDS if wanted <= columns_of(kind))


def summed(kind: str, relation: str) -> str:
    """The query that makes a kind of part from rows."""
    if kind == ROWS:
        return f"SELECT * FROM {relation} ORDER BY moment"  # noqa: S608  # constants
    group = ", ".join(("day", *_KEPT[kind]))
    return (
        f"SELECT {group}, CAST(sum(requests) AS BIGINT) AS requests, "  # noqa: S608
        f"CAST(sum(bytes) AS BIGINT) AS bytes FROM {relation} GROUP BY ALL ORDER BY ALL"
    )


def relation_of(kind: str, paths: Iterable[Path]) -> str:
    """Parts of one kind with every column that a question may name; absent ones are NULL."""
    held = columns_of(kind)
    files = ", ".join(literal(str(path)) for path in paths)
    if not files:
        nothing = ", ".join(f"CAST(NULL AS {held_as}) AS {name}" for name, held_as in REQUESTS)
        return f"(SELECT {nothing} WHERE false)"
    absent = "".join(
        f", CAST(NULL AS {held_as}) AS {name}"
        for name, held_as in REQUESTS
        if name not in held and name not in {"requests", "bytes"}
    )
    return f"(SELECT *{absent} FROM read_parquet([{files}], hive_partitioning = false))"  # noqa: S608
