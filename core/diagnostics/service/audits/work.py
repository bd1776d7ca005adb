"""One audit's way from its source to its result, in steps that a restart does not repeat."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from core.diagnostics.service.audits import run as audits_run
from core.diagnostics.service.audits.capture import Hosts, WideCapture
from core.diagnostics.service.audits.results import RESULT, Asked, Results, read_asked, write_asked
from core.diagnostics.service.audits.run import META, SNAPSHOT, write_json
from core.diagnostics.service.audits.sources import Notes, Reach, read_source
from core.errors import DashboardError, InvalidInput, NotFound
from core.model.diagnosis import FixType
from core.model.url_audit import AuditSource, AuditSummary, CaseSource, GroupRepair

_NOTES = "source.json"
_HERE = 20_000  # URLs and objects that are judged in this process
_EVERY = 2000
_ROOT = Path(__file__).resolve().parents[4]
Tell = Callable[[int, int, str], None]  # done, total, step; it may raise to end the work


def work(
    folder: Path, source: AuditSource, reach: Reach, clock: Callable[[], datetime], tell: Tell
) -> AuditSummary:
    """Do what is not done yet, and return what the audit came to."""
    if (folder / RESULT).exists():
        return Results(folder).summary()
    if not (folder / _NOTES).exists():
        _ask(folder, source, reach, tell)
    if not (folder / META).exists():
        _capture(folder, source, reach, clock, tell)
    tell(0, 0, "Checking the URLs")
    answer = _judged(folder, lambda done, total: tell(done, total, "Checking the URLs"))
    return AuditSummary.model_validate(answer)


def _ask(folder: Path, source: AuditSource, reach: Reach, tell: Tell) -> None:
    notes = Notes()
    begun = time.monotonic()

    def counted() -> Iterator[Asked]:
        for number, asked in enumerate(read_source(reach, source, folder, notes), 1):
            if number % _EVERY == 1:
                tell(number, 0, "Reading the URLs")
            yield asked

    write_asked(folder, counted())
    write_json(folder / _NOTES, {
        "skipped": notes.skipped.report()["reasons"], "warnings": notes.warnings,
        "capacity_units": notes.capacity_units, "in_table": notes.in_table,
        "seconds": time.monotonic() - begun,
    })  # fmt: skip


def _capture(
    folder: Path, source: AuditSource, reach: Reach, clock: Callable[[], datetime], tell: Tell
) -> None:
    meta = json.loads((folder / _NOTES).read_text(encoding="utf-8"))
    begun = time.monotonic()
    if not isinstance(source, CaseSource):
        tell(0, 0, "Reading the configuration")
        hosts = Hosts()
        for _, asked in read_asked(folder):
            hosts.see(asked.url)
        capture = WideCapture(reach.clients, clock())
        config = capture.config(hosts)
        listed = capture.list_into(
            folder / "inventory.csv", config, lambda done: tell(done, 0, "Listing the objects")
        )
        write_json(folder / SNAPSHOT, config)
        meta |= {"unread": capture.unread, "incomplete": listed.incomplete}
    meta["seconds"] += time.monotonic() - begun
    write_json(folder / META, meta)


# --- here or in a process of its own ----------------------------------------------------------


def _judged(folder: Path, progress: Callable[[int, int], None]) -> dict[str, Any]:
    if audits_run.size_of(folder) <= _HERE:
        return audits_run.run(folder, progress).model_dump(mode="json")
    return _in_child([str(folder)], progress)


def simulated(folder: Path, group: str, wanted: FixType | None) -> GroupRepair:
    """The dry run of a group's repair."""
    if not (folder / RESULT).exists():
        raise NotFound("This audit has no results yet.", hint="Wait until it has ended.")
    if audits_run.size_of(folder) <= _HERE:
        return audits_run.simulate(folder, group, wanted)
    arguments = [str(folder), group, *([wanted.value] if wanted else [])]
    return GroupRepair.model_validate(_in_child(arguments, lambda _done, _total: None))


def _in_child(arguments: list[str], progress: Callable[[int, int], None]) -> dict[str, Any]:
    """Run the audit's own process; it ends when its reader does."""
    command = [sys.executable, "-m", audits_run.__name__, *arguments]
    with subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True) as child:  # noqa: S603 our own module
        try:
            answer = _listen(child, progress)
        finally:
            child.kill()
    if answer is None:
        raise DashboardError("The audit's process ended early.", hint="Is there memory enough?")
    return answer


def _listen(
    child: subprocess.Popen[str], progress: Callable[[int, int], None]
) -> dict[str, Any] | None:
    for line in child.stdout or ():
        said = json.loads(line)
        if "problem" in said:
            raise _problem(said["problem"])
        if "answer" in said:
            return dict(said["answer"])
        progress(said["done"], said["total"])
    return None


def _problem(said: dict[str, str]) -> DashboardError:
    kinds = {kind.slug: kind for kind in (InvalidInput, NotFound)}
    return kinds.get(said["kind"], DashboardError)(said["message"], hint=said["hint"])
