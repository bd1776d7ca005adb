"""The same questions on Athena, over the log files themselves as deploy/athena/ declares them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from core.errors import Configuration
from core.model.traffic import Delivered
from core.stores.queries import Query, Value, delivered

_NAME = re.compile(r"[a-z_][a-z0-9_]*")
# In the SQL that Athena and DuckDB share. A request that was delivered twice is counted once, as
# far as its line has an id.
_RELATION = """(
SELECT "date" AS day, CAST(substr("time", 1, 2) AS integer) AS hour, cs_host AS distribution,
  coalesce(nullif(x_host_header, '-'), nullif(cs_host, '-')) AS site,
  nullif(cs_uri_stem, '-') AS path, CAST(sc_status AS integer) AS status,
  nullif(x_edge_result_type, '-') AS result, nullif(x_edge_location, '-') AS edge,
  CAST(NULL AS varchar) AS country, nullif(cs_referer, '-') AS referrer,
  lower(nullif(cs_protocol, '-')) AS protocol,
  1 AS requests, sc_bytes AS bytes
FROM (
  SELECT lines.*, row_number() OVER (PARTITION BY x_edge_request_id ORDER BY "date", "time") AS turn
  FROM {table} AS lines
  WHERE "date" BETWEEN CAST(:first_day AS date) AND CAST(:last_day AS date)
    AND sc_status IS NOT NULL
) AS numbered
WHERE turn = 1 OR x_edge_request_id IS NULL OR x_edge_request_id = '-'
)"""


class AthenaEngine:
    """`size` tells the bytes of the log files, which every question scans."""

    name = "athena"

    def __init__(
        self,
        run: Callable[[str, list[Value]], tuple[tuple[tuple[str | None, ...], ...], int]],
        table: str,
        size: Callable[[], int],
    ) -> None:
        if not _NAME.fullmatch(table):
            raise Configuration(
                f"{table!r} is no name of an Athena table.",
                hint="Use small letters, digits and _ in DASHBOARD_ATHENA_TABLE.",
            )
        self._run, self._size = run, size
        self._relation = _RELATION.replace("{table}", table)
        self.scanned_bytes = 0  # by all questions so far

    def scan_bytes(self) -> int:
        return self._size()

    def ask(self, query: Query, parameters: Mapping[str, Value], top: int) -> tuple[Delivered, ...]:
        whole = query.over(self._relation, top)
        text, values = whole.bound(parameters)
        rows, scanned = self._run(text, values)
        self.scanned_bytes += scanned
        return tuple(delivered(row) for row in rows)
