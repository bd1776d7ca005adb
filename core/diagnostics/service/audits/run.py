"""The part of an audit that asks nobody: its folder's files in, its folder's results out.

Run as `python -m core.diagnostics.service.audits.run FOLDER [GROUP [TYPE]]` in a process of its
own where there is much to do: the memory goes back, and the pages of others stay quick.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from core.diagnostics.audit import read_listings, with_listings
from core.diagnostics.audit_files import INVENTORY, Skipped, csv_rows
from core.diagnostics.audits.blast import dry_run
from core.diagnostics.audits.group_plans import After, World
from core.diagnostics.audits.groups import Grouper, Known, Tally, fails, status_name
from core.diagnostics.engine import parse_snapshot
from core.diagnostics.listing import Listing
from core.diagnostics.service.audit_sources import is_utf8, parquet_rows
from core.diagnostics.service.audits.results import (
    ResultDraft,
    Results,
    ResultWriter,
    count_asked,
    read_asked,
)
from core.errors import DashboardError
from core.model.delivery import AccountSnapshot
from core.model.diagnosis import FixType
from core.model.url_audit import AuditSummary, GroupRepair, SkippedRows

SNAPSHOT, META = "snapshot.json", "meta.json"
INVENTORIES = ("inventory.csv", "inventory.parquet")
CHANGES = 5000  # records of one group that can be proposed together
_TELL = 2000
Progress = Callable[[int, int], None]


def write_json(path: Path, value: Any) -> None:
    """Whole or not at all."""
    draft = path.with_suffix(".tmp")
    draft.write_text(json.dumps(value, ensure_ascii=True, default=str), encoding="utf-8")
    draft.replace(path)


def read_meta(folder: Path) -> dict[str, Any]:
    """What the reading of the source and the account noted; empty where nothing was."""
    path = folder / META
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}


# --- the world --------------------------------------------------------------------------------


def load_world(folder: Path, skipped: Skipped, warnings: list[str]) -> World:
    """The configuration and the listings of an audit, ready to judge URLs by."""
    config = json.loads((folder / SNAPSHOT).read_text(encoding="utf-8"))
    listings = read_listings(_inventory(folder, skipped), skipped, warnings)
    if not listings and config.get("captured"):
        snapshot = parse_snapshot({"request": {"Url": ""}, **config})
    else:
        snapshot = with_listings(config, listings)
    for bucket in snapshot.buckets:
        if bucket.read("objects") and not bucket.objects:
            listings.setdefault(bucket.name, Listing())  # known to be empty
    partly = set(read_meta(folder).get("incomplete", ()))
    return World.of(_with_gaps(snapshot, partly), listings)


def _with_gaps(snapshot: AccountSnapshot, partly: set[str]) -> AccountSnapshot:
    """A bucket that was listed in part can't tell that a key is missing."""
    return snapshot.replace(
        buckets=tuple(
            bucket.replace(listing_complete=False) if bucket.name in partly else bucket
            for bucket in snapshot.buckets
        )
    )


def _inventory(folder: Path, skipped: Skipped) -> Iterator[list[str]]:
    path = next((folder / n for n in INVENTORIES if (folder / n).exists()), None)
    if path is None:
        return
    if path.suffix == ".parquet":
        yield from parquet_rows(path, INVENTORY, "The inventory", skipped)
        return
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as lines:
        yield from csv_rows(lines, INVENTORY, "The inventory", skipped, clean=is_utf8(path))


def size_of(folder: Path) -> int:
    """Roughly how much there is to do: URLs, and objects by the bytes of their listing."""
    held = sum((folder / n).stat().st_size for n in INVENTORIES if (folder / n).exists())
    asked = count_asked(folder) if (folder / "asked.sqlite3").exists() else Results(folder).total()
    return asked + held // 80


# --- the audit --------------------------------------------------------------------------------


def run(folder: Path, progress: Progress) -> AuditSummary:
    """Judge every URL, group what is wrong, and write the result."""
    begun = time.monotonic()
    skipped, warnings, meta = Skipped(), list[str](), read_meta(folder)
    world = load_world(folder, skipped, warnings)
    with ResultWriter(folder).opened() as draft:
        counts = _judge(folder, world, draft, progress)
        tally = _gather(draft)
        groups = tally.groups()
        told = SkippedRows
        rows = [told(reason=r["reason"], count=r["count"], first=tuple(r["first"]))
                for r in skipped.report()["reasons"]]  # fmt: skip
        summary = AuditSummary(
            urls=counts.urls, hits=counts.hits, broken=counts.broken, groups=len(groups),
            by_status=dict(counts.by_status.most_common()),
            by_cause=dict(counts.by_cause.most_common()),
            seconds=round(time.monotonic() - begun + meta.get("seconds", 0.0), 2),
            skipped=(*(told.model_validate(s) for s in meta.get("skipped", ())), *rows),
            warnings=(*meta.get("warnings", ()), *warnings),
            unread=tuple(meta.get("unread", ())), capacity_units=meta.get("capacity_units"),
        )  # fmt: skip
        draft.finish(groups, summary)
    return summary


class _Counts:
    def __init__(self) -> None:
        self.urls = self.hits = self.broken = 0
        self.by_status: Counter[str] = Counter()
        self.by_cause: Counter[str] = Counter()


def _judge(folder: Path, world: World, draft: ResultDraft, progress: Progress) -> _Counts:
    counts, total = _Counts(), count_asked(folder)
    line_of = world.audit.line
    for n, asked in read_asked(folder):
        line = line_of(asked.url)
        draft.add(n, asked, line)
        counts.urls += 1
        counts.hits += asked.hits
        counts.broken += fails(line)
        counts.by_status[status_name(line.status)] += 1
        counts.by_cause[line.cause] += 1
        if counts.urls % _TELL == 0:
            progress(counts.urls, total)
    progress(counts.urls, total)
    return counts


def _gather(draft: ResultDraft) -> Tally:
    """Learn the patterns from all rows that need attention, then count them."""
    grouper, tally = Grouper(), Tally()
    for batch in draft.attention():
        for known in batch:
            grouper.learn(known.url, known.line.cause)
    for batch in draft.attention():
        places = []
        for known in batch:
            place = grouper.place(known.url, known.line.cause)
            tally.add(place, known)
            places.append((place.id, known.n))
        draft.file(places)
    return tally


def simulate(folder: Path, group: str, wanted: FixType | None) -> GroupRepair:
    """The dry run of a group's repair over every URL of the audit."""
    results = Results(folder)
    place = results.place(group)
    world = load_world(folder, Skipped(), [])
    in_table = bool(read_meta(folder).get("in_table"))
    changes: list[tuple[int, str, str]] = []

    def keep(known: Known, after: After) -> None:
        if known.row_key and len(changes) < CHANGES:
            changes.append((known.n, after.value, after.url))

    repair = dry_run(
        world, results.known, place.id, results.total(),
        in_table=in_table, wanted=wanted, keep=keep,
    )  # fmt: skip
    results.keep_repair(group, repair, changes)
    return repair


# --- as a process -----------------------------------------------------------------------------


def main(arguments: list[str]) -> int:
    """Lines of JSON: `done` and `total`, then `answer`, or `problem` with its hint."""
    folder, *rest = arguments
    gc.disable()  # millions of rows live to the end
    try:
        if rest:
            answer = simulate(Path(folder), rest[0], FixType(rest[1]) if len(rest) > 1 else None)
            _say(answer=answer.model_dump(mode="json"))
        else:
            summary = run(Path(folder), lambda done, total: _say(done=done, total=total))
            _say(answer=summary.model_dump(mode="json"))
    except DashboardError as error:
        _say(problem={"kind": error.slug, "message": error.message, "hint": error.hint})
        return 1
    return 0


def _say(**what: Any) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
