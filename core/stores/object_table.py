"""Objects as rows of Parquet or ORC files, summed up by DuckDB; millions stay within its memory.

Folders are summed once: every prefix above them is a sum of folders, not of objects.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from core.errors import DashboardError
from core.model.usage import (
    SMALL,
    AgeRange,
    DuplicateGroup,
    Duplicates,
    PrefixShare,
    Share,
    SizeRange,
    StorageCell,
    Stored,
    Versions,
)
from core.stores.duckdb_engine import open_duckdb

KIB, MIB, GIB = 1024, 1024**2, 1024**3
SIZES = (0, 16 * KIB, SMALL, MIB, 8 * MIB, 64 * MIB, 512 * MIB, 5 * GIB)
STEPS = (0, SMALL, MIB)  # of SIZES
AGES = (0, 7, 30, 90, 180, 365)  # days
_TOP, _SHOWN_KEYS = 50, 5
# Our columns and how DuckDB holds them; a source may lack all but the key.
TYPES = {
    "key": "VARCHAR", "size": "BIGINT", "modified": "TIMESTAMP", "etag": "VARCHAR",
    "class": "VARCHAR", "version": "VARCHAR", "latest": "BOOLEAN", "marker": "BOOLEAN",
    "encryption": "VARCHAR",
}  # fmt: skip
# DuckDB's own takes a quarter of the time, but tells the same of `/x` and `//x`.
_PATH = """CASE WHEN starts_with(key, '/') THEN regexp_extract(key, '(?s)^(.*/)', 1)
 ELSE parse_dirpath(key, 'forward_slash') END"""


@dataclass(frozen=True)
class KeyRule:
    """How keys below a prefix name their file or person: the first group of `pattern` (RE2),
    or without one the folder right below.
    """

    prefix: str
    pattern: str = ""


RULES = (
    KeyRule("media/"),
    KeyRule("originals/"),
    KeyRule("avatars/", "^avatars/avatar_([^_/]+)_"),
    KeyRule("progress-photos/", "^progress-photos/([^/.]+)"),
)
_ROLE = """CASE WHEN ends_with(key, '/thumbnail.webp') OR ends_with(key, '/preview.webp')
 THEN 'rendition' WHEN starts_with(key, 'media/') OR starts_with(key, 'originals/')
 THEN 'original' WHEN starts_with(key, 'incoming/') THEN 'upload' ELSE 'other' END"""
# The usual ones first: comparing an end takes a tenth of what the expression takes.
_USUAL = ("webp", "jpg", "jpeg", "png", "mp4", "heic", "mov", "avif", "gif")
_SUFFIX = f"""CASE {" ".join(f"WHEN ends_with(key, '.{one}') THEN '{one}'" for one in _USUAL)}
 ELSE lower(regexp_extract(key, '\\.([A-Za-z0-9]{{1,8}})$', 1)) END"""


@dataclass(frozen=True)
class Breakdown:
    total: Stored
    by_class: tuple[Share, ...]
    by_suffix: tuple[Share, ...]
    by_role: tuple[Share, ...]
    cells: tuple[StorageCell, ...] | None
    sizes: tuple[SizeRange, ...] | None
    ages: tuple[AgeRange, ...] | None
    small: Stored | None
    unsized: int  # objects whose size the source does not tell, though it tells others'


class ObjectTable:
    """`columns`: our names of the file's columns that are there; the rest is unknown."""

    role = _ROLE  # of `objects`, in SQL

    def __init__(self, files: Sequence[Path], columns: Mapping[str, str], spill: Path) -> None:
        self.known = frozenset(columns)
        self._db: Any = open_duckdb(spill)
        self._files, self._columns = files, columns
        self._open()

    def close(self) -> None:
        self._db.close()

    def _open(self) -> None:
        chosen = [
            f'CAST("{self._columns[name]}" AS {kind}) AS "{name}"'
            if name in self._columns else f'CAST(NULL AS {kind}) AS "{name}"'
            for name, kind in TYPES.items()
        ]  # fmt: skip
        if self._files:
            self._db.read_parquet([str(one) for one in self._files]).create_view("source")
        else:
            empty = ", ".join(f'NULL AS "{name}"' for name in self._columns.values())
            self.ask(f"CREATE TEMP VIEW source AS SELECT {empty} WHERE false")
        self.ask(f"CREATE TEMP VIEW rows AS SELECT {', '.join(chosen)} FROM source")  # noqa: S608
        self.ask(
            "CREATE TEMP VIEW objects AS SELECT * FROM rows "
            "WHERE latest IS DISTINCT FROM false AND marker IS DISTINCT FROM true"
        )

    def ask(self, query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        import duckdb  # noqa: PLC0415  # 30 MiB that most runs do not need

        try:
            found: list[tuple[Any, ...]] = self._db.execute(query, list(values)).fetchall()
        except duckdb.Error as error:
            raise DashboardError(
                f"The objects can't be summed up: {error}", hint="Read the bucket again."
            ) from error
        return found

    # --- one pass over the objects ----------------------------------------------------------

    def breakdown(self, at: datetime, prefix: str = "") -> Breakdown:
        """By class, suffix, role, size and age: few groups, so one pass does it."""
        groups = self.ask(
            f"""SELECT class, {_SUFFIX}, {_ROLE}, {range_of("size", SIZES)},
            {range_of("date_diff('day', modified, CAST($2 AS TIMESTAMP))", AGES)},
            count(*), sum(size), count(size) FROM objects WHERE starts_with(key, $1)
            GROUP BY ALL""",  # noqa: S608  # built from our own numbers
            [prefix, at.replace(tzinfo=None)],
        )
        sized, dated = "size" in self.known, "modified" in self.known
        total = self._stored(groups)
        return Breakdown(
            total=total,
            by_class=self._shares(groups, 0) if "class" in self.known else (),
            by_suffix=self._shares(groups, 1),
            by_role=self._shares(groups, 2),
            cells=self._cells(groups) if {"size", "class"} <= self.known else None,
            sizes=self._sizes(groups) if sized else None,
            ages=self._ages(groups) if dated else None,
            small=self._stored([g for g in groups if g[3] is not None and SIZES[g[3]] < SMALL])
            if sized else None,
            unsized=sum(g[5] - g[7] for g in groups) if sized else 0,
        )  # fmt: skip

    def _stored(self, groups: Sequence[tuple[Any, ...]]) -> Stored:
        size = sum(int(g[6] or 0) for g in groups) if "size" in self.known else None
        return Stored(objects=sum(g[5] for g in groups), bytes=size)

    def _shares(self, groups: Sequence[tuple[Any, ...]], place: int) -> tuple[Share, ...]:
        named: dict[str, list[tuple[Any, ...]]] = {}
        for group in groups:
            named.setdefault(group[place] or "", []).append(group)
        shares = [Share(name=name, stored=self._stored(rows)) for name, rows in named.items()]
        return tuple(sorted(shares, key=_weight))

    def _cells(self, groups: Sequence[tuple[Any, ...]]) -> tuple[StorageCell, ...]:
        """By class, role, age and the sizes at which a price changes."""
        found: dict[tuple[Any, ...], list[tuple[Any, ...]]] = {}
        for group in groups:
            size = None if group[3] is None else max(e for e in STEPS if e <= SIZES[group[3]])
            found.setdefault((group[0] or "", group[2], size, group[4]), []).append(group)
        return tuple(
            StorageCell(
                storage_class=name, role=role, from_bytes=size,
                from_days=None if age is None else AGES[age], stored=self._stored(rows),
            )
            for (name, role, size, age), rows in found.items()
        )  # fmt: skip

    def _sizes(self, groups: Sequence[tuple[Any, ...]]) -> tuple[SizeRange, ...]:
        return tuple(
            SizeRange(start=start, end=end, stored=self._stored([g for g in groups if g[3] == i]))
            for i, (start, end) in enumerate(_ranges(SIZES))
        )

    def _ages(self, groups: Sequence[tuple[Any, ...]]) -> tuple[AgeRange, ...]:
        return tuple(
            AgeRange(start=start, end=end, stored=self._stored([g for g in groups if g[4] == i]))
            for i, (start, end) in enumerate(_ranges(AGES))
        )

    # --- folders ----------------------------------------------------------------------------

    def sum_folders(self, keep: Path | None = None) -> None:
        """Once per report; `keep` is a Parquet file that `read_folders` takes later."""
        tokens = " ".join(
            f"WHEN starts_with(key, '{rule.prefix}') THEN regexp_extract(key, '{rule.pattern}', 1)"
            for rule in RULES if rule.pattern
        )  # fmt: skip
        self.ask(
            f"""CREATE OR REPLACE TEMP TABLE folders AS
            SELECT CASE WHEN path = '' OR starts_with(path, '/') THEN path ELSE path || '/' END
            AS folder, token, objects, bytes FROM (SELECT {_PATH} AS path, CASE {tokens} END
            AS token, count(*) AS objects, sum(size) AS bytes FROM objects GROUP BY 1, 2)"""  # noqa: S608  # our own rules
        )
        if keep is not None:
            self._db.execute("COPY folders TO $1 (FORMAT parquet)", [str(keep)])

    def read_folders(self, kept: Path) -> None:
        self._db.execute(
            "CREATE OR REPLACE TEMP TABLE folders AS SELECT * FROM read_parquet($1)", [str(kept)]
        )

    def prefixes(self, prefix: str = "", limit: int = 1000) -> tuple[PrefixShare, ...]:
        """What lies directly below a prefix, the largest first."""
        rows = self.ask(
            """SELECT $1 || substr(below, 1, strpos(below, '/')),
            CAST(sum(objects) AS BIGINT), CAST(sum(bytes) AS HUGEINT),
            bool_or(strpos(below, '/') < length(below))
            FROM (SELECT substr(folder, length($1) + 1) AS below, objects, bytes FROM folders
                  WHERE starts_with(folder, $1))
            GROUP BY 1 ORDER BY 3 DESC NULLS LAST, 2 DESC, 1 LIMIT $2""",
            [prefix, limit],
        )
        return tuple(
            PrefixShare(prefix=name, stored=self._amount(objects, size), folders=deeper)
            for name, objects, size, deeper in rows
        )

    def owners(self, owner_of: Mapping[str, str], prefix: str = "") -> tuple[Share, ...]:
        """By person, by what a file's or person's id in the key says; '' is nobody known."""
        self.ask(
            "CREATE OR REPLACE TEMP TABLE owner_of AS "
            "SELECT unnest($1::VARCHAR[]) AS id, unnest($2::VARCHAR[]) AS owner",
            [list(owner_of), list(owner_of.values())],
        )
        found = " ".join(
            f"WHEN starts_with(folder, '{rule.prefix}') THEN {_first_below(rule.prefix)}"
            for rule in RULES if not rule.pattern
        )  # fmt: skip
        rows = self.ask(
            f"""SELECT coalesce(owner, ''), CAST(sum(objects) AS BIGINT),
            CAST(sum(bytes) AS HUGEINT) FROM (SELECT CASE {found} ELSE token END AS id, objects,
            bytes FROM folders WHERE starts_with(folder, $1)) AS held
            LEFT JOIN owner_of ON held.id = owner_of.id GROUP BY 1""",  # noqa: S608  # our rules
            [prefix],
        )
        shares = [Share(name=name, stored=self._amount(n, size)) for name, n, size in rows]
        return tuple(sorted(shares, key=_weight))

    def _amount(self, objects: int, size: int | None) -> Stored:
        known = "size" in self.known
        return Stored(objects=int(objects), bytes=int(size or 0) if known else None)

    # --- versions and duplicates ------------------------------------------------------------

    def versions(self) -> Versions | None:
        """None where the source lists current objects only."""
        if "latest" not in self.known:
            return None
        ((now, now_size, old, old_size, markers),) = self.ask(
            """SELECT count(*) FILTER (latest AND NOT marker), sum(size) FILTER (latest AND NOT
            marker), count(*) FILTER (NOT latest AND NOT marker), sum(size) FILTER (NOT latest
            AND NOT marker), count(*) FILTER (marker)
            FROM (SELECT latest, coalesce(marker, false) AS marker, size FROM rows)"""
        )
        current, noncurrent = self._amount(now, now_size), self._amount(old, old_size)
        return Versions(current=current, noncurrent=noncurrent, delete_markers=markers)

    def duplicates(self) -> Duplicates | None:
        """Same size, same ETag. ETags of parts or KMS say nothing about the bytes."""
        if not {"etag", "size"} <= self.known:
            return None
        comparable = (
            "etag IS NOT NULL AND NOT contains(etag, '-') AND size > 0 "
            "AND coalesce(encryption, '') NOT LIKE '%KMS%'"
        )
        self.ask(
            f"""CREATE OR REPLACE TEMP TABLE twins AS SELECT hash(etag) AS mark, size,
            count(*) AS n FROM objects WHERE {comparable} GROUP BY ALL HAVING n > 1"""  # noqa: S608
        )
        ((groups, objects, wasted),) = self.ask(
            "SELECT count(*), sum(n - 1), sum((n - 1) * size) FROM twins"
        )
        ((apart,),) = self.ask(
            f"SELECT count(*) FROM objects WHERE size > 0 AND NOT ({comparable})"  # noqa: S608
        )
        return Duplicates(
            groups=groups, objects=int(objects or 0), bytes=int(wasted or 0),
            largest=self._largest_twins(), not_comparable=apart,
        )  # fmt: skip

    def _largest_twins(self) -> tuple[DuplicateGroup, ...]:
        rows = self.ask(
            f"""WITH top AS (SELECT * FROM twins ORDER BY (n - 1) * size DESC LIMIT {_TOP})
            SELECT etag, o.size, count(*), list(key ORDER BY key)[1:{_SHOWN_KEYS}]
            FROM objects o JOIN top ON hash(o.etag) = top.mark AND o.size = top.size
            GROUP BY ALL HAVING count(*) > 1"""  # noqa: S608
        )
        groups = [
            DuplicateGroup(etag=etag, size=size, objects=n, keys=tuple(keys))
            for etag, size, n, keys in rows
        ]
        return tuple(sorted(groups, key=lambda group: (-group.wasted, group.etag)))


def range_of(value: str, edges: Sequence[int]) -> str:
    """SQL for the number of the range that a value is in; NULL where it is not known."""
    steps = " ".join(
        f"WHEN {value} >= {edge:d} THEN {number}"
        for number, edge in reversed(list(enumerate(edges)))
    )
    return f"CASE WHEN {value} IS NULL THEN NULL {steps} ELSE 0 END"


def _first_below(prefix: str) -> str:
    """SQL for the name of the folder right below a prefix; '' where there is none."""
    below = f"substr(folder, {len(prefix) + 1:d})"
    return f"substr({below}, 1, greatest(strpos({below}, '/') - 1, 0))"


def _ranges(edges: Sequence[int]) -> list[tuple[int, int | None]]:
    return list(zip(edges, [*edges[1:], None], strict=True))


def _weight(share: Share) -> tuple[int, int, str]:
    return -(share.stored.bytes or 0), -(share.stored.objects or 0), share.name
