"""What is stored, in sentences, tiles and sums, and the sources side by side. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from core.model.usage import (
    AgeRange,
    RequestCost,
    SizeRange,
    SourceGap,
    StorageComparison,
    StorageDay,
    StorageReport,
    StorageScan,
    StorageSource,
    Stored,
    Uploads,
    Versions,
)
from core.ui import charts, formats, parts, plots
from core.ui.folder_parts import words
from core.ui.markup import Markup, tag
from core.ui.parts import Stat, Tone

NAMES = {
    StorageSource.LISTING: "Live listing",
    StorageSource.INVENTORY: "S3 Inventory",
    StorageSource.CLOUDWATCH: "CloudWatch",
}


def going(scan: StorageScan) -> str:
    """How far a scan is, in objects; one that nobody works on yet has no number."""
    name = NAMES[scan.source]
    if not scan.step:
        return f"{name}: waiting for a worker"
    whole = f" of {formats.number(scan.total)}" if scan.total else ""
    return f"{name}: {scan.step} {formats.number(scan.done)}{whole}"


def size(value: int | None) -> str:
    return "unknown" if value is None else formats.size(value)


def count(value: int | None) -> str:
    return "unknown" if value is None else formats.number(value)


def _objects(value: int | None) -> str:
    return "objects unknown" if value is None else formats.counted(value, "object")


def sentence(report: StorageReport, history: Sequence[StorageDay]) -> str:
    """`4.1 GiB stored in 1,204 objects, 12 % more than on 20 Oct`."""
    total = report.total
    objects = "an unknown number of objects"
    if total.objects is not None:
        objects = formats.counted(total.objects, "object")
    told = f"{size(total.bytes)} stored in {objects}"
    earlier = next((day for day in history if day.source is report.source), None)
    if earlier is None or earlier.day == f"{report.sampled_at:%Y-%m-%d}":
        return told
    if earlier.total.bytes is None or total.bytes is None:
        return told
    changed = formats.change(total.bytes, earlier.total.bytes)
    since = datetime.fromisoformat(earlier.day)
    word = f"{changed} than" if changed != "as much" else "as much as"
    return f"{told}, {word} on {since.day} {since:%b}" if changed else told


def numbers(report: StorageReport) -> Markup:
    """Of the bucket, or of the prefix that the report is about."""
    small, twice, inside = report.small, report.duplicates, bool(report.prefix)
    return parts.stat_row(
        (
            Stat("Stored", size(report.total.bytes), _objects(report.total.objects)),
            _stat("Under 128 KB", small.objects if small else None,
                  f"{size(small.bytes)}; infrequent access bills 128 KB each" if small else ""),
            *(() if inside else (
                _stat("Duplicates", twice.objects if twice else None,
                      f"{size(twice.bytes)} could go" if twice else ""),
                _versions(report.versions),
                _uploads(report.uploads),
            )),
        )
    )  # fmt: skip


def _stat(name: str, value: int | None, note: str) -> Stat:
    if value is None:
        return Stat(name, "unknown", "this source does not tell it", Tone.UNKNOWN)
    return Stat(name, formats.number(value), note)


def _versions(found: Versions | None) -> Stat:
    if found is None:
        return Stat("Old versions", "unknown", "scan with versions to know", Tone.UNKNOWN)
    markers = formats.counted(found.delete_markers, "delete marker")
    return Stat("Old versions", size(found.noncurrent.bytes),
                f"{_objects(found.noncurrent.objects)}, {markers}")  # fmt: skip


def _uploads(found: Uploads | None) -> Stat:
    if found is None:
        return Stat("Unfinished uploads", "unknown", "this source does not tell it", Tone.UNKNOWN)
    tone = Tone.WARN if found.count else Tone.NEUTRAL
    return Stat("Unfinished uploads", formats.number(found.count), size(found.bytes), tone)


def histogram(ranges: Sequence[SizeRange]) -> plots.Figure:
    labels = [_span(one.start, one.end) for one in ranges]
    return _columns(labels, [one.stored for one in ranges])


def ages(ranges: Sequence[AgeRange]) -> plots.Figure:
    labels = [f"{one.start} +" if one.end is None else f"{one.start} to<br>{one.end}"
              for one in ranges]  # fmt: skip
    return _columns(labels, [one.stored for one in ranges])


def _span(start: int, end: int | None) -> str:
    words = formats.size(start if end is None else end).replace(".0 ", " ")
    value, unit = words.split(" ")
    return f"{value}<br>{unit} +" if end is None else f"< {value}<br>{unit}"


def _columns(labels: Sequence[str], found: Sequence[Stored]) -> plots.Figure:
    """How many objects; their bytes on hover."""
    names = [label.replace("<br>", " ") for label in labels]
    texts = [f"{name}: {words(one)}" for name, one in zip(names, found, strict=True)]
    values = [float(one.objects or 0) for one in found]
    series = plots.Series("Objects", values, texts)
    return plots.columns(labels, [series], height=200, whole=True)


def trend(history: Sequence[StorageDay]) -> plots.Figure | None:
    """One line for each source that knows at least two days."""
    colours = dict(zip(StorageSource, charts.PALETTE, strict=False))
    days = sorted({day.day for day in history})
    largest = max((day.total.bytes or 0 for day in history), default=0)
    unit_size, unit = plots.scale(largest)
    series = []
    for source in StorageSource:
        known = {one.day: one for one in history if one.source is source}
        if len(known) > 1:
            series.append(_line(source, known, days, unit_size, colours[source]))
    return plots.line(days, series, title=unit) if series else None


def _line(
    source: StorageSource, known: Mapping[str, StorageDay], days: Sequence[str], unit: int,
    colour: str,
) -> plots.Series:  # fmt: skip
    values, texts = [], []
    for day in days:
        stored = known[day].total if day in known else None
        size_now = stored.bytes if stored else None
        values.append(float("nan") if size_now is None else size_now / unit)
        texts.append(f"{day}, {NAMES[source]}: {size(size_now)}")
    return plots.Series(NAMES[source], values, texts, colour)


def side_by_side(found: StorageComparison, now: datetime) -> Markup:
    """The sources are compared and never added; a gap says why there is one."""
    rows = [
        (NAMES[one.source], count(one.total.objects), size(one.total.bytes),
         parts.when(one.sampled_at, now),
         parts.badge(Tone.OK, "complete") if one.complete
         else parts.badge(Tone.WARN, "not complete"))
        for one in found.reports
    ]  # fmt: skip
    known = {one.source for one in found.reports}
    rows += [
        (NAMES[gap.source], "unknown", "unknown", None, parts.badge(Tone.UNKNOWN, "not read"))
        for gap in found.missing if gap.source not in known
    ]  # fmt: skip
    head = ("Source", "Objects", "Stored", "Saw the bucket", "")
    return tag(
        "section",
        parts.title("Sources side by side", "compared, never added"),
        parts.table(head, rows, right=(1, 2)),
        *(_gap(gap, now) for gap in found.missing),
        *(
            parts.note(
                f"{NAMES[one.left]} against {NAMES[one.right]}: {_apart(one.objects, one.bytes)}. "
                f"{_sentence('; '.join(one.reasons))}",
            )
            for one in found.differences
        ),
    )


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}." if words else ""


def _gap(gap: SourceGap, now: datetime) -> Markup:
    kept = f" The numbers are from {formats.ago(gap.last_good, now)}." if gap.last_good else ""
    tone = Tone.WARN if gap.last_good else Tone.UNKNOWN
    told = f"{gap.reason} {gap.hint}".strip()
    return parts.note(f"{NAMES[gap.source]}: {told}{kept}", tone)


def _apart(objects: int | None, size_apart: int | None) -> str:
    told = []
    if objects is not None:
        told.append(f"{objects:+,} objects")
    if size_apart is not None:
        told.append(f"{'+' if size_apart >= 0 else chr(0x2212)}{formats.size(abs(size_apart))}")
    return ", ".join(told) or "not comparable"


def asked(cost: RequestCost | None) -> str:
    """What the scan itself cost."""
    if cost is None:
        return ""
    usd = "unpriced" if cost.usd is None else formats.money(cost.usd)
    return f"It took {formats.counted(cost.requests, 'LIST request')}: {usd} ({cost.price})."
