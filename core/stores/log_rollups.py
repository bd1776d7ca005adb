"""What is kept of the requests: all rows, and sums by the columns that the questions need.

Sums of parts can be added, because a request is in one part only.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from core.stores.log_columns import REQUESTS, literal
from core.stores.queries import ERROR, FOLDER

ROWS, ERRORS = "rows", "errors"
_KEPT = {
    ERRORS: ("distribution", "site", "path", "status"),
    "cube": ("hour", "distribution", "site", "status", "result", "edge", "country", "protocol"),
    "referrers": ("distribution", "site", "referrer"),
    FOLDER: ("distribution", "site", "path"),  # the path is cut to its first two folders
    "urls": ("distribution", "site", "path", "status", "result"),
}
KINDS = (*_KEPT, ROWS)
_TYPES = dict(REQUESTS)
_CUT = "* REPLACE (regexp_extract(path, '^/([^/]*/){0,2}') AS path)"


def columns_of(kind: str) -> frozenset[str]:
    return frozenset(_TYPES) if kind == ROWS else frozenset({"day", *_KEPT[kind]})


def _answers(kind: str) -> frozenset[str]:
    """What may be asked of a kind: `error` and `folder` stand for questions about only these."""
    if kind == ERRORS:
        return columns_of(kind) | {ERROR}
    if kind == FOLDER:
        return columns_of(kind) - {"path"} | {FOLDER}
    return columns_of(kind) | ({ERROR, FOLDER} if kind in {"urls", ROWS} else set())


def kind_for(needs: Iterable[str]) -> str:
    """The smallest kind of part that can answer; the rows can answer everything."""
    wanted = frozenset(needs)
    kinds = KINDS if ERROR in wanted else KINDS[1:]  # the errors are no whole
    return next(kind for kind in kinds if wanted <= _answers(kind))


def summed(kind: str, relation: str) -> str:
    """The query that makes a kind of part from rows."""
    if kind == ROWS:
        return f"SELECT * FROM {relation} ORDER BY moment"  # noqa: S608  # constants
    group = ", ".join(("day", *_KEPT[kind]))
    source = f"(SELECT {_CUT} FROM {relation})" if kind == FOLDER else relation  # noqa: S608
    only = "WHERE status >= 400" if kind == ERRORS else ""
    return (
        f"SELECT {group}, CAST(sum(requests) AS BIGINT) AS requests, "  # noqa: S608
        f"CAST(sum(bytes) AS BIGINT) AS bytes FROM {source} {only} GROUP BY ALL ORDER BY ALL"
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
