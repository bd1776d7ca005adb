"""An audit of two files: read them, share the URLs between two processes, count and write."""

from __future__ import annotations

import gc
import json
import multiprocessing
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, TextIO

from core.diagnostics.audit import Audit, ListedIndexes, read_listings, with_listings
from core.diagnostics.audit_files import INVENTORY, Skipped
from core.diagnostics.audit_lanes import Line
from core.diagnostics.service.audit_tables import tables_beside
from core.diagnostics.service.audit_urls import AskedUrls, file_rows, opened, urls_beside
from core.diagnostics.urls import redact
from core.errors import DashboardError

_CHUNK = 4000
_FEW = 20_000  # URLs for which a second process is not worth its start
Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Outcome:
    """What an audit came to; `lines` are JSON, in the order of the URLs."""

    urls: int = 0
    by_status: Counter[str] = field(default_factory=Counter)
    by_cause: Counter[str] = field(default_factory=Counter)
    skipped: Skipped = field(default_factory=Skipped)
    warnings: list[str] = field(default_factory=list)
    peak_rss: int = 0  # bytes, of all processes together; what they share counts once

    def summary(self, seconds: float) -> dict[str, Any]:
        return {
            "urls": self.urls, "seconds": round(seconds, 2),
            "peak_rss_mb": round(self.peak_rss / 1e6, 1),
            "by_status": dict(self.by_status.most_common()),
            "by_cause": dict(self.by_cause.most_common()),
            "skipped": self.skipped.report(), "warnings": self.warnings,
        }  # fmt: skip


@dataclass(slots=True)
class _Part:
    """What one process found: the text of each chunk, and the counts."""

    texts: dict[int, str] = field(default_factory=dict)
    counts: Counter[tuple[int | None, str]] = field(default_factory=Counter)
    peak_rss: int = 0


def run_audit(
    config: Mapping[str, Any], inventory: Path, urls: Path, output: Path, progress: Progress
) -> Outcome:
    """Audit every URL of a file and write the lines of those that are not `none-ok`."""
    with _without_collector(), opened(output, "w") as target:
        return _run(config, inventory, urls, target, progress)


def _run(
    config: Mapping[str, Any], inventory: Path, urls: Path, target: TextIO, progress: Progress
) -> Outcome:
    with urls_beside(urls) as read_on:
        return _audit(config, inventory, read_on, target, progress)


def _audit(
    config: Mapping[str, Any], inventory: Path, read_on: Callable[[], AskedUrls], target: TextIO,
    progress: Progress,
) -> Outcome:  # fmt: skip
    outcome = Outcome()
    listings = read_listings(
        file_rows(inventory, INVENTORY, outcome.skipped), outcome.skipped, outcome.warnings
    )
    snapshot = with_listings(config, listings)
    _tell_unknown_buckets(config, set(listings), outcome)
    indexes = ListedIndexes(snapshot, listings)
    with tables_beside(indexes.listed) as made:
        for index in indexes.listed.values():
            index.warm_names()
        asked = read_on()
    _tell_of_rows(asked, outcome)
    indexes.warm(made)
    work = _Work(Audit(snapshot, indexes), asked.ids, asked.urls, progress)
    parts = work.shared() if len(asked.ids) > _FEW else [work.alone()]
    _gather(parts, target, outcome)
    return outcome


def _gather(parts: list[_Part], target: TextIO, outcome: Outcome) -> None:
    texts: dict[int, str] = {}
    for part in parts:
        texts.update(part.texts)
        outcome.peak_rss += part.peak_rss
        for (status, cause), count in part.counts.items():
            outcome.urls += count
            outcome.by_status["null" if status is None else str(status)] += count
            outcome.by_cause[cause] += count
    target.writelines(texts[chunk] for chunk in sorted(texts))


def _tell_unknown_buckets(config: Mapping[str, Any], listed: set[str], outcome: Outcome) -> None:
    given = config.get("buckets") or ()
    known = {str(row.get("Name")) for row in given if isinstance(row, dict)}
    outcome.warnings += [
        f"The snapshot does not describe the bucket {name}" for name in sorted(listed - known)
    ]
    outcome.warnings += [
        f"The inventory lists nothing of the bucket {name}" for name in sorted(known - listed)
    ]


def _tell_of_rows(asked: AskedUrls, outcome: Outcome) -> None:
    outcome.skipped.take(asked.skipped)
    if asked.repeated:
        outcome.warnings.append(
            f"{asked.repeated:,} ids stand more than once; each row has its own line"
        )


class _Work:
    """The chunks of URLs; processes take the next one until none is left."""

    def __init__(self, audit: Audit, ids: list[str], urls: list[str], progress: Progress) -> None:
        self._audit, self._ids, self._urls, self._progress = audit, ids, urls, progress
        self._context = multiprocessing.get_context("fork")  # the indexes are shared, not copied
        self._next = self._context.Value("q", 0)

    def alone(self) -> _Part:
        part = _Part()
        while (chunk := self._take()) * _CHUNK < len(self._ids):
            part.texts[chunk] = self._audited(chunk, part.counts)
            self._progress(min((chunk + 1) * _CHUNK, len(self._ids)), len(self._ids))
        part.peak_rss = peak_rss()
        return part

    def shared(self) -> list[_Part]:
        """The same with a second process; what it found comes back through a pipe."""
        gc.freeze()
        mine, theirs = self._context.Pipe(duplex=False)
        helper = self._context.Process(target=self._help, args=(theirs,), daemon=True)
        helper.start()
        theirs.close()
        parts = [self.alone()]
        try:
            parts.append(mine.recv())
        except EOFError as error:
            raise DashboardError(
                "The audit's second process ended early.", hint="Is there memory enough?"
            ) from error
        helper.join()
        return parts

    def _help(self, pipe: Connection) -> None:
        self._progress = lambda _done, _all: None
        part = self.alone()
        part.peak_rss = private_memory()
        pipe.send(part)

    def _take(self) -> int:
        with self._next.get_lock():
            chunk: int = self._next.value
            self._next.value = chunk + 1
        return chunk

    def _audited(self, chunk: int, counts: Counter[tuple[int | None, str]]) -> str:
        start, lines = chunk * _CHUNK, []
        for i in range(start, min(start + _CHUNK, len(self._ids))):
            line = self._audit.line(self._urls[i])
            counts[line.status, line.cause] += 1
            if line.cause != "none-ok":
                lines.append(report_line(self._ids[i], self._urls[i], line))
        return "".join(lines)


def report_line(one: str, url: str, line: Line) -> str:
    """One line of the report. Signatures in URLs are blanked."""
    shown: dict[str, Any] = {
        "id": one, "url": redact(url), "predicted_status": line.status,
        "primary_cause": line.cause, "bucket": line.bucket, "key": line.key,
    }  # fmt: skip
    if line.candidate is not None:
        shown["candidate_key"] = line.candidate
    shown["confidence"] = line.confidence
    return json.dumps(shown, ensure_ascii=False) + "\n"


def peak_rss() -> int:
    """The most memory that this process had, in bytes; 0 where the system does not tell."""
    return _told("status", ("VmHWM",))


def private_memory() -> int:
    """What this process shares with no other, in bytes."""
    return _told("smaps_rollup", ("Private_Clean", "Private_Dirty"))


def _told(file: str, names: tuple[str, ...]) -> int:
    try:
        lines = Path(f"/proc/{os.getpid()}/{file}").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(names))


@contextmanager
def _without_collector() -> Iterator[None]:
    """Millions of rows live to the end; looking for garbage among them takes seconds."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
        gc.unfreeze()
