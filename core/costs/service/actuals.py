"""What AWS billed, month by month: read from its source, paid for once, kept with its age."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock

from pydantic import ValidationError

from core.costs.service.bills import SETTLED_AFTER, BillSource, bounds
from core.errors import DashboardError
from core.model.actuals import Actuals

FOLDER = "actuals"
NO_BILL = "no bill can be read: the embedded cloud costs nothing"
_PERIOD = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class Known:
    """`problem` says why there are no actuals, or why they are the last good ones."""

    actuals: Actuals | None
    problem: str = ""


class ActualsBook:
    """One file per month under `folder`. Two who ask at once pay once."""

    def __init__(
        self,
        folder: Path,
        bill: BillSource | None,
        clock: Callable[[], datetime],
        max_age: timedelta,
    ) -> None:
        self._folder, self._bill = folder / FOLDER, bill
        self._clock, self._max_age = clock, max_age
        self._asking = Lock()

    def get(self, period: str) -> Known:
        """The newest that is needed; the last good data, with why, where AWS refuses."""
        with self._asking:
            kept = self._kept(period)
            if kept is not None and self._is_fresh(kept):
                return Known(kept)
            if self._bill is None:
                return Known(kept, "" if kept else NO_BILL)
            try:
                return Known(self._read(period, self._bill))
            except DashboardError as error:
                return self._last_good(kept, f"{error.message} {error.hint}".strip())

    def _read(self, period: str, bill: BillSource) -> Actuals:
        now = self._clock()
        actuals = bill.read(period, now)
        if bounds(period)[0] <= now.date():
            self._write(actuals)
        return actuals

    def _last_good(self, kept: Actuals | None, problem: str) -> Known:
        if kept is None:
            return Known(None, problem)
        return Known(kept.model_copy(update={"problem": problem}), problem)

    def _is_fresh(self, kept: Actuals) -> bool:
        """A month is settled when it was read long enough after its end, and had any charge.

        Cost Explorer is empty at first where it was only just switched on.
        """
        _, last = bounds(kept.period)
        settled = datetime(last.year, last.month, last.day, tzinfo=UTC) + SETTLED_AFTER
        read_at = kept.read_at or kept.as_of
        age = self._clock() - read_at
        done = bool(kept.charges) and read_at > settled
        return done or timedelta() <= age < self._max_age

    def _kept(self, period: str) -> Actuals | None:
        if not _PERIOD.fullmatch(period):
            return None
        try:
            return Actuals.model_validate_json(self._path(period).read_bytes())
        except (OSError, ValidationError):  # absent, or of another version: read it again
            return None

    def _path(self, period: str) -> Path:
        return self._folder / f"{period}.json"

    def _write(self, actuals: Actuals) -> None:
        """Complete before it has its name, so that nobody reads a half."""
        self._folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self._folder, suffix=".part")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(actuals.model_dump_json())
        Path(name).replace(self._path(actuals.period))
