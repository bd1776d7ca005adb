"""A traffic report as lines for people at a terminal, and the warnings beside it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from core.model.traffic import Delivered, LogsRead, TrafficReport

_SHOWN = 10


def report_text(report: TrafficReport, seconds: float) -> str:
    return "\n".join(_lines(report, seconds))


def _lines(report: TrafficReport, seconds: float) -> Iterator[str]:
    share = report.hit_ratio.share
    yield f"{report.requests:,} requests, {report.bytes:,} bytes, read in {seconds:.2f} s"
    yield f"Hit ratio: {'unknown' if share is None else f'{share:.1%}'}"
    yield from _table("Days (UTC)", report.days)
    yield from _table("Statuses", report.statuses)
    yield from _table("Results at the edge", report.edge_results)
    yield from _table("URLs", report.top_urls)
    yield from _table("Errors", report.top_errors)
    yield from _table("Edges", report.edges)
    yield from _table("Referrers", report.referrers)


def _table(title: str, rows: Iterable[Delivered]) -> Iterator[str]:
    found = tuple(rows)[:_SHOWN]
    if found:
        yield f"\n{title}"
    for row in found:
        name = row.shown or row.label or "(none)"
        status = f"{row.status} " if row.status is not None else ""
        yield f"{row.requests:>12,} {row.bytes:>18,}  {status}{name}"


def warnings(read: LogsRead) -> Iterator[str]:
    """Everything that makes the numbers less than the files promise."""
    for problem in read.problems:
        if problem.problem != "same":  # counted once, as it should be
            yield f"{problem.file}: {problem.problem}: {problem.detail}"
    if read.bad_lines:
        yield f"{read.bad_lines:,} lines can't be read and are not counted; the first of them:"
    for bad in read.first_bad:
        yield f"{bad.file}{'' if bad.line is None else f':{bad.line}'}: {bad.reason}"
    if read.without_bytes:
        yield f"{read.without_bytes:,} requests state no bytes: the bytes are more than the sum."
