"""What was delivered, in sentences, figures and numbers. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from core.model.traffic import (
    Delivered,
    LogsRead,
    ScanState,
    TrafficReport,
    TrafficScan,
)
from core.ui import charts, formats, parts, plots
from core.ui.markup import Markup, tag
from core.ui.parts import Stat, Tone

_KINDS = (("2", Tone.OK, "answered"), ("3", Tone.NEUTRAL, "redirected or unchanged"),
          ("4", Tone.FAIL, "refused or missing"), ("5", Tone.FAIL, "failed"))  # fmt: skip


def failed(report: TrafficReport) -> int:
    return sum(row.requests for row in report.statuses if (row.label or "") >= "400")


def sentence(report: TrafficReport, before: TrafficReport | None, words: str) -> str:
    """`812 MiB delivered in 12,310 requests in the last 30 days, 14 % more than before`."""
    if report.as_of is None:
        return "What was delivered is not known yet"
    if not report.requests:
        return f"Nothing was delivered {words}, as far as logs were read"
    asked = formats.counted(report.requests, "request")
    told = f"{formats.size(report.bytes)} delivered in {asked}"
    changed = formats.change(report.bytes, before.bytes) if before else ""
    more = f", {changed} than in the time before" if changed not in ("", "as much") else ""
    more = ", as much as in the time before" if changed == "as much" else more
    return f"{told} {words}{more}"


def numbers(report: TrafficReport, before: TrafficReport | None) -> Markup:
    share, errors = report.hit_ratio.share, failed(report)
    counted = report.hit_ratio.hits + report.hit_ratio.misses
    return parts.stat_row(
        (
            Stat("Delivered", formats.size(report.bytes), _trend(report, before, "bytes")),
            Stat("Requests", formats.number(report.requests), _trend(report, before, "requests")),
            Stat(
                "From the cache",
                "unknown" if share is None else formats.share(report.hit_ratio.hits, counted),
                "nothing cacheable was asked for" if share is None else
                f"{_percent(report.hit_ratio.bytes_share)} of the bytes",
                Tone.UNKNOWN if share is None else Tone.NEUTRAL,
            ),
            Stat(
                "Errors",
                formats.number(errors),
                f"{formats.share(errors, report.requests)} of all requests",
                Tone.FAIL if errors else Tone.OK,
            ),
        )
    )  # fmt: skip


def _percent(share: float | None) -> str:
    return "unknown" if share is None else formats.share(round(share * 10**6), 10**6)


def _trend(report: TrafficReport, before: TrafficReport | None, field: str) -> str:
    if before is None:
        return ""
    changed = formats.change(getattr(report, field), getattr(before, field))
    return f"{changed} than before" if changed and changed != "as much" else changed


def by_time(report: TrafficReport, first: date, last: date) -> plots.Figure:
    """Bytes by hour where hours were asked for, else by day; days without traffic are there."""
    rows = report.hours or report.days
    known = {row.label or "": row for row in rows}
    labels = [f"{day}" for day in _days(first, last)]
    if report.hours:
        hours = (f"{day} {hour:02}" for day in labels for hour in range(24))
        labels = [hour for hour in hours if hour <= max(known)]
    found = [known.get(label) or Delivered(requests=0, bytes=0) for label in labels]
    most = max((row.bytes for row in found), default=0)
    size, unit = plots.scale(most)
    texts = [
        f"{label}{' h' if report.hours else ''}: {formats.counted(row.requests, 'request')}, "
        f"{formats.size(row.bytes)}"
        for label, row in zip(labels, found, strict=True)
    ]
    values = [row.bytes / size for row in found]
    if report.hours:
        labels = [f"{label}:00" for label in labels]
    return plots.columns(labels, [plots.Series("Delivered", values, texts)], title=unit)


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=at) for at in range((last - first).days + 1)]


def results(rows: Sequence[Delivered], *, statuses: bool) -> Markup | None:
    """One bar of what the edges answered: by result of the cache or by kind of status."""
    groups = _by_status(rows) if statuses else _by_result(rows)
    whole = sum(count for count, _, _ in groups)
    if not whole:
        return None
    track = tag(
        "div",
        *(tag("i", style=f"flex-grow:{max(n / whole, 0.004):.4f};background:{colour}")
          for n, colour, _ in groups),
        class_="ui-track",
        aria_hidden="true",
    )  # fmt: skip
    lines = (
        tag(
            "li",
            tag("i", style=f"background:{colour}"),
            tag("span", name),
            tag("span", formats.number(count), class_="ui-num"),
            tag("span", formats.share(count, whole), class_="ui-num ui-muted"),
        )
        for count, colour, name in groups
    )
    return tag("div", track, tag("ul", *lines), class_="ui-kinds ui-kinds-3")


_RESULT_COLOURS = {
    "Hit": charts.PALETTE[2], "RefreshHit": charts.PALETTE[4], "Miss": charts.PALETTE[1],
    "Error": charts.PALETTE[5], "Redirect": charts.PALETTE[3],
}  # fmt: skip


def _by_result(rows: Sequence[Delivered]) -> list[tuple[int, str, str]]:
    found = sorted(rows, key=lambda row: -row.requests)
    return [
        (row.requests, _RESULT_COLOURS.get(row.label or "", charts.PALETTE[6]),
         row.label or "not told")
        for row in found
    ]  # fmt: skip


def _by_status(rows: Sequence[Delivered]) -> list[tuple[int, str, str]]:
    colours = {"2": charts.PALETTE[0], "3": charts.PALETTE[4], "4": charts.PALETTE[1],
               "5": charts.PALETTE[5]}  # fmt: skip
    found = []
    for digit, _, word in _KINDS:
        count = sum(row.requests for row in rows if (row.label or "").startswith(digit))
        if count:
            found.append((count, colours[digit], f"{digit}xx {word}"))
    rest = sum(row.requests for row in rows) - sum(count for count, _, _ in found)
    return [*found, *([(rest, charts.PALETTE[6], "no answer was logged")] if rest else [])]


def scan_line(scan: TrafficScan | None, report: TrafficReport | None, now: datetime) -> Markup:
    """How fresh the numbers are, and what was left out of them."""
    at = report.as_of if report else None
    if at is None and scan is not None and scan.state is ScanState.DONE and not scan.found:
        looked = parts.when(scan.ended_at, now) or Markup("")
        return parts.note(tag("span", "No access logs were found ", looked), Tone.UNKNOWN)
    if at is None and (scan is None or report is not None):
        return parts.note("No access logs were read yet.", Tone.UNKNOWN)
    if at is None:
        return parts.note("Nothing was asked of the access logs.", Tone.UNKNOWN)
    when = parts.when(at, now) or Markup("")
    words = tag("span", "Access logs read ", when, _gaps(report.read if report else LogsRead()))
    return parts.note(words, Tone.WARN if report and _has_gaps(report.read) else Tone.NEUTRAL)


def _has_gaps(read: LogsRead) -> bool:
    return bool(read.bad_lines or read.problems)


def _gaps(read: LogsRead) -> str:
    told = [
        f"{formats.counted(read.bad_lines, 'line')} could not be read" if read.bad_lines else "",
        f"{formats.counted(len(read.problems), 'file')} could not be read whole"
        if read.problems else "",
        f"{formats.counted(read.duplicates, 'repeated line')} counted once"
        if read.duplicates else "",
    ]  # fmt: skip
    known = [one for one in told if one]
    return f"; {', '.join(known)}" if known else ""


def problems(read: LogsRead) -> Markup | None:
    """Files and lines that are not in the numbers, by name."""
    rows = [(one.file, one.problem, one.detail) for one in read.problems]
    rows += [(one.file, f"line {one.line}" if one.line else "line", one.reason)
             for one in read.first_bad]  # fmt: skip
    if not rows:
        return None
    cells = ((parts.mono(file, 64), what, parts.mono(why, 96)) for file, what, why in rows)
    return tag(
        "details",
        tag("summary", "What is not in the numbers"),
        parts.table(("Log file", "What", "Why"), cells),
        class_="ui-unfold",
    )


def ended(scan: TrafficScan) -> Markup | None:
    """What went wrong with the last scan."""
    if scan.state is ScanState.FAILED:
        why = scan.problem.detail if scan.problem else "it gave no reason"
        return parts.note(f"The last scan failed: {why}", Tone.FAIL)
    if scan.state is ScanState.CANCELLED:
        return parts.note("The last scan was cancelled; what it had read stays.", Tone.WARN)
    return None
