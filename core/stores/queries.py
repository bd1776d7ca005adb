"""The questions to the access logs, each written once in the SQL that DuckDB and Athena share.

Values are named parameters and never part of the text. What stands in braces is put in by the
engine: its own relation of requests, and a whole number.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Protocol

from core.model.traffic import Delivered

Value = str | int
# In what a question needs: only failed requests; only the first two folders of paths.
ERROR, FOLDER = "error", "folder"
FILE_FOLDER: Final = "^/media/[^/]+/"
SHALLOW: Final = frozenset({"", FILE_FOLDER, *(f"^/([^/]*/){{0,{n}}}" for n in range(3))})
_NAME = re.compile(r":([a-z_]+)")

_WHERE = """
WHERE day BETWEEN CAST(:first_day AS date) AND CAST(:last_day AS date)
  AND (:site = '' OR site = :site)
  AND (:distribution = '' OR distribution = :distribution)
  AND (:edge = '' OR edge = :edge)
  AND (:country = '' OR country = :country)
  AND (:result = '' OR result = :result)
  AND (:status = -1 OR status = :status)
  AND (:prefix = '' OR substr(path, 1, length(:prefix)) = :prefix)"""
# A hit that the edge had to have confirmed is a request at the origin, too.
_ASKED = (
    "coalesce(sum(CASE WHEN result IN ('Miss', 'RefreshHit') THEN requests ELSE 0 END), 0) AS asked"
)
# An error that only an origin tells; one that an edge has cached can't be told apart from it.
_ASKED_OR_FAILED = (
    "coalesce(sum(CASE WHEN result IN ('Miss', 'RefreshHit') OR (result = 'Error' AND "
    "(status >= 500 OR status IN (404, 410, 416))) THEN requests ELSE 0 END), 0) AS asked"
)
_SUMS = "sum(requests) AS requests, coalesce(sum(bytes), 0) AS bytes"
_NO_SITE = "CAST(NULL AS varchar) AS site"
_NO_STATUS = "CAST(NULL AS integer) AS status"
_MOST_FIRST = "ORDER BY requests DESC, bytes DESC, label, site, status"


@dataclass(frozen=True)
class Query:
    """Answers rows of label, site, status, requests, bytes, and some of the requests that the
    origin was asked for; `needs` names the columns it reads.
    """

    name: str
    text: str
    needs: frozenset[str]

    def over(self, relation: str, top: int) -> Query:
        """The question with an engine's own relation; both are put in as they are."""
        text = self.text.replace("{requests}", relation).replace("{top}", f"{top:d}")
        return replace(self, text=text)

    def bound(self, parameters: Mapping[str, Value]) -> tuple[str, list[Value]]:
        """The text with `?` for each use of a parameter, and the values in that order."""
        order: list[Value] = []

        def place(match: re.Match[str]) -> str:
            order.append(parameters[match[1]])
            return "?"

        return _NAME.sub(place, self.text), order


def _by(name: str, label: str, *needs: str, more: str = "", last: str = _MOST_FIRST) -> Query:
    text = (
        f"SELECT {label} AS label, {_NO_SITE}, {_NO_STATUS}, {_SUMS} "  # noqa: S608  # constants
        f"FROM {{requests}} AS logged {_WHERE} {more} GROUP BY 1 {last} LIMIT {{top}}"
    )
    return Query(name, text, frozenset(needs or (name,)))


def _urls(name: str, status: str, *more_needs: str, more: str = "", group: str = "") -> Query:
    text = (
        f"SELECT path AS label, site, {status}, {_SUMS} FROM {{requests}} AS logged "  # noqa: S608
        f"{_WHERE} {more} GROUP BY path, site{group} {_MOST_FIRST} LIMIT {{top}}"
    )
    return Query(name, text, frozenset({"path", "site", *more_needs}))


def _origin(
    name: str, label: str, site: str, group: str, *needs: str, asked: str = _ASKED
) -> Query:
    text = (
        f"SELECT {label} AS label, {site} AS site, {_NO_STATUS}, {_SUMS}, {asked} "  # noqa: S608
        f"FROM {{requests}} AS logged {_WHERE} GROUP BY {group} "
        "ORDER BY asked DESC, requests DESC, label, site LIMIT {top}"
    )
    return Query(name, text, frozenset(needs))


_IN_ORDER = "ORDER BY label"
TOTALS: Final = _by("totals", "''", "day")
DAYS: Final = _by("days", "CAST(day AS varchar)", "day", last=_IN_ORDER)
HOURS: Final = _by(
    "hours", "CAST(day AS varchar) || ' ' || lpad(CAST(hour AS varchar), 2, '0')", "day", "hour",
    last=_IN_ORDER,
)  # fmt: skip
STATUSES: Final = _by("statuses", "lpad(CAST(status AS varchar), 3, '0')", "status")
RESULTS: Final = _by("results", "result", "result")
EDGES: Final = _by("edges", "edge", "edge")
COUNTRIES: Final = _by("countries", "country", "country", more="AND country IS NOT NULL")
REFERRERS: Final = _by("referrers", "referrer", "referrer")
FOLDERS: Final = _by("folders", "coalesce(regexp_extract(path, :folder), '')", FOLDER)
TOP_URLS: Final = _urls("top_urls", _NO_STATUS)
TOP_ERRORS: Final = _urls(
    "top_errors", "status", "status", ERROR, more="AND status >= 400", group=", status"
)
EDGE_USE: Final = _origin(
    "edge_use",
    "coalesce(edge, '') || ' ' || coalesce(protocol, '') || ' ' || "
    "CASE WHEN result = 'Redirect' THEN result ELSE '' END",
    "CAST(NULL AS varchar)", "1", "edge", "protocol", "result", "status",
    asked=_ASKED_OR_FAILED,
)  # fmt: skip
ORIGIN_URLS: Final = _origin("origin_urls", "path", "site", "path, site", "path", "site", "result")
VIEWED: Final = _by(
    "viewed", "path", "path", "status", more="AND status < 400 AND path IS NOT NULL"
)
ALL: Final = (
    TOTALS, DAYS, HOURS, STATUSES, RESULTS, EDGES, COUNTRIES, REFERRERS, FOLDERS, TOP_URLS,
    TOP_ERRORS, EDGE_USE, ORIGIN_URLS, VIEWED,
)  # fmt: skip

EVERYTHING: Final[Mapping[str, Value]] = {
    "first_day": "0001-01-01", "last_day": "9999-12-31", "site": "", "distribution": "",
    "edge": "", "country": "", "result": "", "status": -1, "prefix": "", "folder": "",
}  # fmt: skip


class QueryEngine(Protocol):
    """Runs the questions over its own copy of the logs: DuckDB here, Athena in the cloud."""

    @property
    def name(self) -> str: ...

    def scan_bytes(self) -> int:
        """What one question reads at a price; 0 where it costs nothing."""
        ...

    def ask(
        self, query: Query, parameters: Mapping[str, Value], top: int
    ) -> tuple[Delivered, ...]: ...


def delivered(row: tuple[object, ...]) -> Delivered:
    """One answered row, in the types of the noun whatever an engine gave."""
    label, site, status, requests, size, *asked = row
    return Delivered.model_validate({
        "label": label, "site": site, "status": status, "requests": requests or 0, "bytes": size,
        "asked": asked[0] if asked else None,
    })  # fmt: skip
