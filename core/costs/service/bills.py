"""Where a month's bill is read from: Cost Explorer, or an export that AWS writes into a bucket."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from core.costs.price_sheet import month_end
from core.costs.service.export_files import ExportFile, file_at, read_export
from core.errors import NotFound
from core.model.actuals import Actuals

if TYPE_CHECKING:  # commands that only price never ask AWS
    from core.aws.cost_explorer import CostExplorer
    from core.aws.s3 import MediaBucket, StoredObject

_FILES = (".csv", ".csv.gz", ".parquet")
SETTLED_AFTER = timedelta(days=7)  # AWS restates a month for days after its end


class BillSource(Protocol):
    def read(self, period: str, now: datetime) -> Actuals:
        """The charges of a month. Raises a `DashboardError` where they can't be read."""
        ...


class ExplorerBill:
    def __init__(self, explorer: CostExplorer) -> None:
        self._explorer = explorer

    def read(self, period: str, now: datetime) -> Actuals:
        first, last = bounds(period)
        end = min(last + timedelta(days=1), now.date() + timedelta(days=1))
        source = "Cost Explorer"
        if end <= first:
            return Actuals(source=source, period=period, as_of=now, charges=())
        found = self._explorer.charges(first, end)
        return Actuals(
            source=source,
            period=period,
            as_of=now,
            charges=found.charges,
            estimated=found.estimated,
        )


class ExportBill:
    """The newest delivery of a month below `prefix`, which costs a LIST and a GET of each file.

    Layout: "Understanding export delivery" in the AWS Data Exports user guide. An export that is
    not overwritten has a folder for each delivery, of which the last one counts.
    """

    def __init__(self, bucket: MediaBucket, prefix: str, remark: str = "") -> None:
        self._bucket, self._prefix, self._remark = bucket, prefix, remark

    def read(self, period: str, now: datetime) -> Actuals:
        files = self._newest(period)
        if not files:
            raise NotFound(
                f"There is no billing export of {period} in {self._bucket.name}/{self._prefix}.",
                hint="AWS writes the first one within a day; check DASHBOARD_BILLING_EXPORT.",
            )
        delivered = min(now, max(one.last_modified for one in files))
        with tempfile.TemporaryDirectory(prefix="billing-export-") as folder:
            found = read_export(list(self._fetched(files, Path(folder))), period, delivered)
        running = now.date() < month_end(period) + SETTLED_AFTER
        source = f"{found.source} export{self._remark}"
        return found.model_copy(update={"source": source, "read_at": now, "estimated": running})

    def _newest(self, period: str) -> Sequence[StoredObject]:
        of_month = _of_month(period)
        found = [
            one
            for one in self._bucket.list(self._prefix)
            if one.ref.key.endswith(_FILES) and of_month.search(one.ref.key)
        ]
        if not found:
            return ()
        folder = _folder(max(found, key=lambda one: (one.last_modified, one.ref.key)))
        return [one for one in found if _folder(one) == folder]

    def _fetched(self, files: Sequence[StoredObject], folder: Path) -> Iterator[ExportFile]:
        for number, one in enumerate(files):
            path = folder / f"{number:04}-{one.ref.key.rpartition('/')[2]}"
            with path.open("wb") as target:
                target.writelines(self._bucket.open_stream(one.ref))
            yield file_at(path)


def _of_month(period: str) -> re.Pattern[str]:
    """CUR 2.0 and FOCUS name the month, the older CUR its first day and the one after its last."""
    first, last = bounds(period)
    after = last + timedelta(days=1)
    return re.compile(
        rf"(?:^|/)(?:billing_period={period}|{first:%Y%m%d}-{after:%Y%m%d})/", re.IGNORECASE
    )


def _folder(one: StoredObject) -> str:
    return one.ref.key.rpartition("/")[0]


def bounds(period: str) -> tuple[date, date]:
    last = month_end(period)
    return last.replace(day=1), last
