"""The last good report of each source of a bucket, and the rows that it was summed from."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from core.errors import NotFound
from core.model.usage import StorageReport, StorageSource
from core.stores.object_files import write_json
from core.usage.service.storage_reading import COLUMNS

_REPORT = "report.json"


class KeptReports:
    """`root` holds a folder for each bucket, with one for each source."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def buckets(self) -> tuple[str, ...]:
        return tuple(
            sorted({path.parent.parent.name for path in self._root.glob(f"*/*/{_REPORT}")})
        )

    def all(self, bucket: str) -> list[StorageReport]:
        found = (self.find(bucket, source) for source in StorageSource)
        return [one for one in found if one is not None]

    def sources(self, bucket: str) -> tuple[StorageSource, ...]:
        """Those with a report, the one that was read last first."""
        paths = {source: self.place(bucket, source) / _REPORT for source in StorageSource}
        read = {path.stat().st_mtime: one for one, path in paths.items() if path.exists()}
        return tuple(read[at] for at in sorted(read, reverse=True))

    def find(self, bucket: str, source: StorageSource) -> StorageReport | None:
        path = self.place(bucket, source) / _REPORT
        if not path.exists():
            return None
        return StorageReport.model_validate_json(path.read_text(encoding="utf-8"))

    def rows(self, report: StorageReport) -> tuple[Path, dict[str, str]]:
        """The folder of its rows, and the types of their columns."""
        place = self.place(report.bucket, report.source)
        for rows in (place / _rows_of(report), place / "rows"):  # as older versions named it
            if (rows / COLUMNS).exists():
                return rows, json.loads((rows / COLUMNS).read_text(encoding="utf-8"))
        raise NotFound(
            f"The rows of this report of {report.bucket} are no longer kept.",
            hint="Open the bucket's newest report.",
        )

    def publish(self, report: StorageReport, draft: Path) -> None:
        """From now on it is the one, and `draft` its rows; the last one's stay for who reads it."""
        place = self.place(report.bucket, report.source)
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        before = self.find(report.bucket, report.source)
        draft.replace(place / _rows_of(report))
        write_json(place / _REPORT, report.model_dump_json())
        kept = {_rows_of(one) for one in (report, before) if one}
        for rows in place.glob("rows*"):
            if rows.name not in kept:
                shutil.rmtree(rows, ignore_errors=True)

    def place(self, bucket: str, source: StorageSource) -> Path:
        return self._root / bucket / source.value


def _rows_of(report: StorageReport) -> str:
    """A report's own folder, so that a new one takes nothing from readers."""
    return f"rows-{report.read_at:%Y%m%dT%H%M%S.%fZ}"
