"""A report over log files, without AWS, store or data folder: read, asked, forgotten."""

from __future__ import annotations

import glob
import tempfile
from collections.abc import Sequence
from pathlib import Path

from core.errors import InvalidInput
from core.model.traffic import TrafficReport
from core.stores.duckdb_engine import DuckDbEngine, open_duckdb
from core.stores.log_columns import LEAN, LEAN_RELATION
from core.stores.log_reader import LogReader
from core.stores.queries import EVERYTHING
from core.usage.access_logs import columns_of, shape_of
from core.usage.service.asking import assembled

_NO_MATCH = "Give log files, or patterns in quotes such as 'logs/*.gz'."


def report_of_files(patterns: Sequence[str], *, top: int = 25) -> TrafficReport:
    """Raises `InvalidInput` where a name matches no file."""
    paths = [path for pattern in patterns for path in _matched(pattern)]
    with tempfile.TemporaryDirectory(prefix="logs-spill-") as spill:
        connection = open_duckdb(Path(spill))
        try:
            reader = LogReader(connection, shape_of, columns_of, LEAN)
            reader.read(paths)
            return assembled(
                DuckDbEngine(connection, LEAN_RELATION), EVERYTHING, top, read=reader.told()
            )
        finally:
            connection.close()


def _matched(pattern: str) -> list[Path]:
    """The file of this very name, or those that the pattern matches; a folder is no file."""
    if Path(pattern).is_file():
        return [Path(pattern).resolve()]
    found = [Path(one).resolve() for one in sorted(glob.glob(pattern, recursive=True))]  # noqa: PTH207
    files = [one for one in found if one.is_file()]
    if not files:
        raise InvalidInput(f"There is no file {pattern}.", hint=_NO_MATCH)
    return files
