"""Listings that the daily budget stopped: put aside, for the next scan to go on from there."""

from __future__ import annotations

import json
import shutil
from datetime import datetime, timedelta
from pathlib import Path

from core.model.usage import StorageScan, StorageSource
from core.usage.service.storage_reading import STATE

_OLDEST = timedelta(days=2)  # what was listed before then is no picture of one moment


class Unfinished:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, scan: StorageScan, draft: Path) -> None:
        """Of what is not listed there is nothing that is worth its place."""
        place = self._place(scan)
        if scan.source is not StorageSource.LISTING or not (draft / STATE).exists():
            return
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.rmtree(place, ignore_errors=True)
        draft.replace(place)

    def take(self, scan: StorageScan, draft: Path, now: datetime) -> None:
        """Make it the draft of a scan that has none, unless it is too old."""
        place = self._place(scan)
        if scan.source is not StorageSource.LISTING or draft.exists() or not place.exists():
            return
        state = json.loads((place / STATE).read_text(encoding="utf-8"))
        if now - datetime.fromisoformat(state["started"]) > _OLDEST:
            shutil.rmtree(place, ignore_errors=True)
            return
        draft.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        place.replace(draft)

    def _place(self, scan: StorageScan) -> Path:
        return self._folder / f"{scan.bucket}{'@versions' if scan.versions else ''}"
