"""One SQLite file, used by many threads: connections, transactions, and errors in our words.

Write-ahead log with `synchronous=FULL`: what was committed survives kill -9 and a power cut.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from core.errors import Configuration, DashboardError

_IDLE_CONNECTIONS = 8

_FULL = ("The disk with the database is full.", "Free some space there, then try again.")
_BUSY = ("The database is busy with another write.", "Try again in a moment.")
_BROKEN = (
    "The database file is damaged or is not a database.",
    "Stop the app and put a backup in its place; nothing was changed.",
)
_SEALED = ("The database can't be written.", "Give the app write access to its data folder.")
_DEVICE = ("The disk with the database reports an error.", "Check the disk; the log has more.")
_REASONS: dict[int, tuple[type[DashboardError], tuple[str, str]]] = {
    sqlite3.SQLITE_FULL: (DashboardError, _FULL),
    sqlite3.SQLITE_BUSY: (DashboardError, _BUSY),
    sqlite3.SQLITE_LOCKED: (DashboardError, _BUSY),
    sqlite3.SQLITE_READONLY: (Configuration, _SEALED),
    sqlite3.SQLITE_CANTOPEN: (Configuration, _SEALED),
    sqlite3.SQLITE_PERM: (Configuration, _SEALED),
    sqlite3.SQLITE_CORRUPT: (Configuration, _BROKEN),
    sqlite3.SQLITE_NOTADB: (Configuration, _BROKEN),
    sqlite3.SQLITE_IOERR: (DashboardError, _DEVICE),
}


class Database:
    """Hands a connection to one thread at a time.

    A pool rather than a connection per thread: Streamlit runs every script in a new thread.
    """

    def __init__(self, path: Path, *, busy_seconds: float = 10.0) -> None:
        self.path = path
        self._busy_seconds = busy_seconds
        self._idle: list[sqlite3.Connection] = []
        self._pool = threading.Lock()
        self._writer = threading.Lock()  # fair within the process; SQLite's own lock is not
        self._closed = False

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """One consistent view; writers are not held up."""
        with self._transaction("BEGIN") as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """All or nothing, one writer at a time. Not to be nested."""
        with self._writer, self._transaction("BEGIN IMMEDIATE") as connection:
            yield connection

    def migrate(self, steps: Sequence[str]) -> None:
        """Run the steps that `user_version` says are new. Raises `Configuration` if it is ahead."""
        with self.write() as connection:
            (done,) = connection.execute("PRAGMA user_version").fetchone()
            if done > len(steps):
                raise Configuration(
                    f"The database {self.path.name} was written by a newer version of the app.",
                    hint="Run the newer version, or put back the backup from before the upgrade.",
                )
            for step in steps[done:]:
                run_script(connection, step)
            if done < len(steps):
                connection.execute(f"PRAGMA user_version = {len(steps)}")

    def close(self) -> None:
        with self._pool:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        with _in_our_words():
            connection = self._take()
            try:
                connection.execute(begin)
                yield connection
                connection.execute("COMMIT")
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                self._give_back(connection)

    def _take(self) -> sqlite3.Connection:
        with self._pool:
            if self._closed:
                raise DashboardError("The database is closed.", hint="Start the app again.")
            if self._idle:
                return self._idle.pop()
        return self._connect()

    def _give_back(self, connection: sqlite3.Connection) -> None:
        with self._pool:
            if not self._closed and len(self._idle) < _IDLE_CONNECTIONS:
                self._idle.append(connection)
                return
        connection.close()

    def _connect(self) -> sqlite3.Connection:
        _make_private(self.path)
        connection = sqlite3.connect(
            self.path, timeout=self._busy_seconds, isolation_level=None, check_same_thread=False
        )
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute("PRAGMA cache_size=-8000")  # KiB, per connection
            connection.execute("PRAGMA temp_store=MEMORY")
        except sqlite3.Error:
            connection.close()
            raise
        return connection


def run_script(connection: sqlite3.Connection, script: str) -> None:
    """Run `;`-separated statements inside the open transaction (`executescript` would commit)."""
    for statement in script.split(";"):
        if statement.strip():
            connection.execute(statement)


def _make_private(path: Path) -> None:
    """Password hashes live here: readable by the app's own user only, like SQLite's side files."""
    if path.exists():
        return  # a folder that became read-only can still be read
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600, exist_ok=True)
    except OSError as error:
        raise Configuration(
            f"The database {path} can't be opened ({error.strerror}).",
            hint="Set DASHBOARD_DATA_DIR to a folder that the app may write.",
        ) from error


@contextmanager
def _in_our_words() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        # The primary result code is the low byte; extended codes say more than we need.
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        unknown = (DashboardError, (f"The database failed: {error}.", "The log has more."))
        kind, (message, hint) = _REASONS.get(code, unknown)
        raise kind(message, hint=hint) from error
