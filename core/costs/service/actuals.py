"""What AWS billed, month by month: read from Cost Explorer, paid for once, kept with its age."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from pydantic import ValidationError

from core.costs.price_sheet import month_end
from core.errors import DashboardError
from core.model.actuals import Actuals

if TYPE_CHECKING:  # commands that only price never ask AWS
    from core.aws.cost_explorer import CostExplorer

FOLDER = "actuals"
NO_BILL = "no bill can be read: the embedded cloud costs nothing"
_PERIOD = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_SETTLED_AFTER = timedelta(days=7)  # AWS restates a month for days after its end


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
        explorer: CostExplorer | None,
        clock: Callable[[], datetime],
        max_age: timedelta,
    ) -> None:
        self._folder, self._explorer = folder / FOLDER, explorer
        self._clock, self._max_age = clock, max_age
        self._asking = Lock()

    def get(self, period: str) -> Known:
        """The newest that is needed; the last good data, with why, where AWS refuses."""
        with self._asking:
            kept = self._kept(period)
            if kept is not None and self._is_fresh(kept):
                return Known(kept)
            if self._explorer is None:
                return Known(kept, "" if kept else NO_BILL)
            try:
                return Known(self._read(period, self._explorer))
            except DashboardError as error:
                return self._last_good(kept, f"{error.message} {error.hint}".strip())

    def _read(self, period: str, explorer: CostExplorer) -> Actuals:
        now = self._clock()
        first, last = _bounds(period)
        end = min(last + timedelta(days=1), now.date() + timedelta(days=1))
        if end <= first:
            return Actuals(source="Cost Explorer", period=period, as_of=now, charges=())
        found = explorer.charges(first, end)
        actuals = Actuals(
            source="Cost Explorer",
            period=period,
            as_of=now,
            charges=found.charges,
            estimated=found.estimated,
        )
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
        _, last = _bounds(kept.period)
        settled = datetime(last.year, last.month, last.day, tzinfo=UTC) + _SETTLED_AFTER
        age = self._clock() - kept.as_of
        done = bool(kept.charges) and kept.as_of > settled
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


def _bounds(period: str) -> tuple[date, date]:
    last = month_end(period)
    return last.replace(day=1), last
