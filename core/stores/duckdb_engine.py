"""DuckDB, as every part of the app opens it: in memory, without network, within its limits.

It is imported when it is first needed: it takes 30 MB, and most runs of the app never ask.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from core.errors import DashboardError
from core.model.traffic import Delivered
from core.stores.queries import Query, Value, delivered

MEMORY_LIMIT: Final = "768MB"
_MOST_THREADS: Final = 4


def open_duckdb(spill: Path, *, threads: int = 0, memory: str = MEMORY_LIMIT) -> Any:
    """A connection of its own; what does not fit into memory goes to the folder `spill`."""
    import duckdb  # noqa: PLC0415

    config: dict[str, Any] = {
        "autoinstall_known_extensions": False,  # never fetch anything
        "autoload_known_extensions": False,
        "memory_limit": memory,
        "temp_directory": str(spill),
        "preserve_insertion_order": False,
    }
    connection = duckdb.connect(config=config)
    default = connection.execute("SELECT current_setting('threads')").fetchall()[0][0]
    chosen = threads or max(1, min(int(default), _MOST_THREADS))
    connection.execute(f"SET threads = {chosen:d}")
    connection.execute("SET enable_progress_bar = false")  # it would be printed
    return connection


class DuckDbEngine:
    """Asks the relation `requests` of a connection, or another one of the caller's own."""

    name = "duckdb"

    def __init__(self, connection: Any, relation: str = "requests") -> None:
        self._connection, self._relation = connection, relation

    def scan_bytes(self) -> int:
        return 0

    def ask(self, query: Query, parameters: Mapping[str, Value], top: int) -> tuple[Delivered, ...]:
        import duckdb  # noqa: PLC0415

        text, values = query.over("{requests}", top).bound(parameters)
        try:
            rows = self._connection.execute(
                text.replace("{requests}", self._relation), values
            ).fetchall()
        except duckdb.Error as error:
            raise DashboardError(
                f"The query {query.name} failed: {error}", hint="The log has more."
            ) from error
        return tuple(delivered(row) for row in rows)
