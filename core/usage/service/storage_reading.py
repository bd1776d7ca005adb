"""Reads one source of storage usage into a folder and sums it up; goes on where it was stopped."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from core.aws.bucket_usage import BucketUsage, OpenUpload
from core.aws.clients import AwsClients
from core.aws.listing import BucketScan
from core.aws.storage_metrics import StorageMetrics, objects_of, sizes_of
from core.errors import AwsDenied, NotAllowed, NotFound
from core.model.usage import (
    IdleObjects,
    PrefixShare,
    RequestCost,
    Share,
    StaleUpload,
    StorageReport,
    StorageScan,
    StorageSource,
    Stored,
    Uploads,
)
from core.stores.folder_cells import folder_cells
from core.stores.idle_objects import idle_objects
from core.stores.object_files import (
    LISTED,
    LISTED_VERSIONS,
    csv_to_parquet,
    orc_to_parquet,
    parquet_columns,
    write_json,
    write_rows,
)
from core.stores.object_table import ObjectTable
from core.usage.inventory import Manifest, check_file, columns_of, parse_manifest
from core.usage.storage import is_late, type_of

STATE, FOLDERS, COLUMNS = "state.json", "folders.parquet", "columns.json"
_SHOWN_UPLOADS = 100

Tell = Callable[[int, int, str, int], None]  # done, total, step, requests; raises to end it
PriceOf = Callable[[str], tuple[Decimal | None, str]]  # region: USD per LIST request, its source


@dataclass(frozen=True)
class Reader:
    clients: AwsClients
    clock: Callable[[], datetime]
    owners: Callable[[], Mapping[str, str]]
    price_of: PriceOf

    def read(self, scan: StorageScan, folder: Path, tell: Tell) -> StorageReport:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if scan.source is StorageSource.CLOUDWATCH:
            return self._metrics(scan)
        if scan.source is StorageSource.INVENTORY:
            return self._inventory(scan, folder, tell)
        return self._listing(scan, folder, tell)

    # --- listing ----------------------------------------------------------------------------

    def _listing(self, scan: StorageScan, folder: Path, tell: Tell) -> StorageReport:
        usage = BucketUsage(self.clients.s3, scan.bucket)
        region = usage.region()
        state = self._listed(scan, folder, tell)
        tell(state["rows"], 0, "Counting unfinished uploads", state["requests"])
        notes: list[str] = []
        uploads, asked = None, 0
        try:
            found, asked = usage.open_uploads()
            uploads = _uploads(found)
        except (AwsDenied, NotAllowed) as error:
            notes.append(f"Unfinished uploads are not known: {error.message} {error.hint}".strip())
        columns = LISTED_VERSIONS if scan.versions else LISTED
        at = datetime.fromisoformat(state["started"])
        report = self.summarise(scan.bucket, scan.source, folder, dict(columns), at)
        return report.model_copy(update={
            "uploads": uploads, "notes": (*report.notes, *notes),
            "cost": self._cost(region, state["requests"] + asked),
        })  # fmt: skip

    def _listed(self, scan: StorageScan, folder: Path, tell: Tell) -> dict[str, Any]:
        """All parts on disk, each named in the state together with how far they reach."""
        path = folder / STATE
        state: dict[str, Any] = {
            "left": None, "parts": [], "rows": 0, "requests": 0,
            "started": self.clock().isoformat(),
        }  # fmt: skip
        if path.exists():
            state = json.loads(path.read_text(encoding="utf-8"))
        for part in folder.glob("part-*.parquet"):
            if part.name not in state["parts"]:
                part.unlink()  # written, but not noted: it is read again
        before = state["requests"]
        scanner = BucketScan(
            self.clients.listing, scan.bucket, versions=scan.versions, left=state["left"]
        )  # fmt: skip
        for batch in scanner.batches():
            if len(batch.rows):
                name = f"part-{len(state['parts']):06d}.parquet"
                write_rows(batch.rows, folder / name)
                state["parts"].append(name)
            state |= {
                "left": batch.left, "rows": state["rows"] + len(batch.rows),
                "requests": before + batch.requests,
            }  # fmt: skip
            write_json(path, state)
            tell(state["rows"], 0, "Listing", state["requests"])
        return state

    def _cost(self, region: str, requests: int) -> RequestCost:
        price, source = self.price_of(region)
        return RequestCost(
            requests=requests, usd=None if price is None else price * requests, price=source
        )

    # --- inventory --------------------------------------------------------------------------

    def _inventory(self, scan: StorageScan, folder: Path, tell: Tell) -> StorageReport:
        usage = BucketUsage(self.clients.s3, scan.bucket)
        place, manifest = self._newest(usage)
        shutil.rmtree(folder)
        folder.mkdir(mode=0o700)
        for number, file in enumerate(manifest.files):
            tell(number, len(manifest.files), "Reading the inventory", 0)
            raw = folder / f"raw-{number}{'.csv.gz' if file.key.endswith('.gz') else ''}"
            check_file(file, *usage.fetch(place, file.key, raw))
            self._convert(manifest, raw, folder / f"part-{number:06d}.parquet")
        first = folder / "part-000000.parquet"
        columns = columns_of(
            parquet_columns(first) if first.exists() else manifest.header or ("key",)
        )
        return self.summarise(scan.bucket, scan.source, folder, columns, manifest.made_at)

    def _convert(self, manifest: Manifest, raw: Path, target: Path) -> None:
        if manifest.form == "Parquet":
            raw.replace(target)
            return
        if manifest.form == "ORC":
            orc_to_parquet(raw, target)
        else:
            columns_of(manifest.header)
            csv_to_parquet(raw, manifest.header, target, target.parent / "spill")
        raw.unlink()

    @staticmethod
    def _newest(usage: BucketUsage) -> tuple[str, Manifest]:
        """The newest report that is there. Raises `NotFound`."""
        newest: tuple[str, Manifest] | None = None
        for bucket, prefix in usage.inventories():
            for key in usage.manifests(bucket, prefix):
                try:
                    manifest = parse_manifest(usage.read(bucket, key))
                except NotFound:
                    continue  # the report is still being written
                if newest is None or manifest.made_at > newest[1].made_at:
                    newest = bucket, manifest
                break
        if newest is None:
            raise NotFound(
                f"There is no inventory report of {usage.bucket} yet.",
                hint="Configure S3 Inventory for the bucket; the first report takes two days.",
            )
        return newest

    # --- CloudWatch -------------------------------------------------------------------------

    def _metrics(self, scan: StorageScan) -> StorageReport:
        now = self.clock()
        region = BucketUsage(self.clients.s3, scan.bucket).region()
        found = StorageMetrics(self.clients.metrics(region)).samples(scan.bucket, now)
        if not found:
            raise NotFound(
                f"CloudWatch has no storage sample of {scan.bucket}.",
                hint="Samples come once a day; a new or empty bucket has none.",
            )
        sizes, objects, at = sizes_of(found), objects_of(found), min(one.at for one in found)
        notes = ["CloudWatch counts versions, delete markers and parts of unfinished uploads too."]
        if is_late(at, now):
            notes.append("The sample is older than such samples usually are.")
        shares = [Share(name=n, stored=Stored(objects=None, bytes=b)) for n, b in sizes.items()]
        return StorageReport(
            bucket=scan.bucket, source=scan.source, sampled_at=at, read_at=now,
            complete=bool(sizes) and objects is not None, notes=tuple(notes),
            total=Stored(objects=objects, bytes=sum(sizes.values()) if sizes else None),
            by_class=tuple(sorted(shares, key=lambda one: -(one.stored.bytes or 0))),
        )  # fmt: skip

    # --- summing up -------------------------------------------------------------------------

    def summarise(
        self, bucket: str, source: StorageSource, folder: Path, columns: dict[str, str],
        at: datetime, prefix: str = "",
    ) -> StorageReport:  # fmt: skip
        """Of the parts in a folder; folders are summed once and kept there."""
        write_json(folder / COLUMNS, columns)
        table = ObjectTable(sorted(folder.glob("part-*.parquet")), columns, folder / "spill")
        try:
            return self._summed(table, bucket, source, folder, at, prefix)
        finally:
            table.close()

    @staticmethod
    def idle(
        folder: Path, columns: dict[str, str], got: Collection[str], before: datetime, least: int
    ) -> tuple[IdleObjects, ...] | None:
        """Of the rows that are kept in a folder."""
        table = ObjectTable(sorted(folder.glob("part-*.parquet")), columns, folder / "spill")
        try:
            return idle_objects(table, got, before, least)
        finally:
            table.close()

    @staticmethod
    def folders(
        folder: Path, columns: dict[str, str], prefixes: Sequence[str]
    ) -> dict[str, tuple[PrefixShare, ...]]:
        """Of folders that were summed before."""
        table = ObjectTable([], columns, folder / "spill")
        try:
            table.read_folders(folder / FOLDERS)
            return {prefix: table.prefixes(prefix) for prefix in prefixes}
        finally:
            table.close()

    def _summed(
        self, table: ObjectTable, bucket: str, source: StorageSource, folder: Path,
        at: datetime, prefix: str,
    ) -> StorageReport:  # fmt: skip
        kept = folder / FOLDERS
        if kept.exists() and prefix:
            table.read_folders(kept)
        else:
            table.sum_folders(kept)
        found = table.breakdown(at, prefix)
        missing = sorted({"size", "class", "modified", "etag"} - table.known)
        notes = [f"The source does not tell: {', '.join(missing)}."] if missing else []
        if found.unsized:
            notes.append(f"{found.unsized} objects come without a size and are in no bytes.")
        return StorageReport(
            bucket=bucket, source=source, prefix=prefix, sampled_at=at, read_at=self.clock(),
            complete=not notes, notes=tuple(notes), total=found.total, by_class=found.by_class,
            by_prefix=table.prefixes(prefix), by_owner=table.owners(self.owners(), prefix),
            by_type=_types(found.by_suffix), by_role=found.by_role, cells=found.cells,
            folder_cells=None if prefix else folder_cells(table, at),
            sizes=found.sizes,
            ages=found.ages, small=found.small,
            duplicates=None if prefix else table.duplicates(),
            versions=None if prefix else table.versions(),
        )  # fmt: skip


def _types(suffixes: tuple[Share, ...]) -> tuple[Share, ...]:
    objects, sizes = Counter[str](), Counter[str]()
    known = all(one.stored.bytes is not None for one in suffixes)
    for one in suffixes:
        kind = type_of(one.name)
        objects[kind] += one.stored.objects or 0
        sizes[kind] += one.stored.bytes or 0
    return tuple(
        Share(name=kind, stored=Stored(objects=n, bytes=sizes[kind] if known else None))
        for kind, n in sorted(objects.items(), key=lambda pair: (-sizes[pair[0]], pair[0]))
    )


def _uploads(found: tuple[OpenUpload, ...]) -> Uploads:
    largest = sorted(found, key=lambda one: (-one.bytes, one.key))[:_SHOWN_UPLOADS]
    return Uploads(
        count=len(found),
        bytes=sum(one.bytes for one in found),
        oldest=min((one.initiated for one in found), default=None),
        largest=tuple(StaleUpload.model_validate(vars(one)) for one in largest),
    )
