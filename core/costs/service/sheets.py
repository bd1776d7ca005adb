"""The price sheets at hand: the bundled one and every refreshed version, never overwritten."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from core.costs.price_sheet import parse_sheet, sheet_for
from core.errors import Configuration
from core.model.pricing import PriceSheet

FOLDER = "prices"


@cache
def bundled_data() -> dict[str, Any]:
    text = (resources.files("core.costs") / "sheets" / "prices.json").read_text("utf-8")
    data: dict[str, Any] = json.loads(text)
    return data


@cache
def bundled_sheet() -> PriceSheet:
    return parse_sheet(bundled_data())


class PriceSheets:
    """`folder` holds one file per refreshed version; it need not exist."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[str, PriceSheet] = {}

    def all(self) -> tuple[PriceSheet, ...]:
        kept = [self._parsed(path) for path in sorted(self._folder.glob("*.json"))]
        return (bundled_sheet(), *kept)

    def newest(self) -> PriceSheet:
        return max(self.all(), key=_recency)

    def newest_data(self) -> dict[str, Any]:
        """The newest sheet as stored, for the version that follows it."""
        newest = self.newest()
        path = self._folder / f"{newest.version}.json"
        return _read(path) if path.exists() else bundled_data()

    def valid_in(self, period: str) -> PriceSheet:
        """The sheet that held in a month (`YYYY-MM`), so that a past bill keeps its prices."""
        return sheet_for(self.all(), period)

    def keep(self, data: Mapping[str, Any]) -> PriceSheet:
        """Store a version under its name; what is there already stays as it is."""
        sheet = parse_sheet(data)
        self._folder.mkdir(parents=True, exist_ok=True)
        target = self._folder / f"{sheet.version}.json"
        if not target.exists():
            _write(target, json.dumps(data, ensure_ascii=False, indent=0))
        return sheet

    def _parsed(self, path: Path) -> PriceSheet:
        if path.name not in self._read:
            self._read[path.name] = parse_sheet(_read(path))
        return self._read[path.name]


def _recency(sheet: PriceSheet) -> tuple[date, date, str]:
    return sheet.fetched_on, sheet.as_of, sheet.version


def _read(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Configuration(
            f"The price sheet {path} can't be read: {error}", hint="Remove it and refresh again."
        ) from error
    if not isinstance(data, dict):
        raise Configuration(f"{path} is no price sheet.", hint="Remove it and refresh again.")
    return data


def _write(target: Path, text: str) -> None:
    """A half-written version must never be read, so it appears under its name when complete."""
    handle, name = tempfile.mkstemp(dir=target.parent, suffix=".part")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    Path(name).replace(target)
