"""Where the traffic's numbers come from: logs beside CloudWatch, and what asking costs. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.model.media import Problem
from core.model.traffic import EdgeMetrics, QueryCost, TrafficReport
from core.ui import formats, parts
from core.ui.markup import Markup, tag
from core.ui.parts import Tone


def cloudwatch(metrics: EdgeMetrics, report: TrafficReport, now: datetime) -> Markup:
    """Logs and CloudWatch side by side: they count the same requests and are never added."""
    known = {one.name: one for one in metrics.metrics}
    rows = []
    for name, label, logged in (
        ("Requests", "Requests", formats.number(report.requests)),
        ("BytesDownloaded", "Delivered", formats.size(report.bytes)),
    ):
        metric = known.get(name)
        total = metric.total if metric else None
        told = "unknown" if total is None else (
            formats.size(round(total)) if name == "BytesDownloaded" else
            formats.number(round(total)))  # fmt: skip
        rows.append((label, logged, told))
    return tag(
        "section",
        parts.title("Sources side by side", "compared, never added"),
        parts.table(("", "Access logs", "CloudWatch"), rows, right=(1, 2)),
        _age(metrics, report, now),
    )


def _age(metrics: EdgeMetrics, report: TrafficReport, now: datetime) -> Markup:
    if metrics.problem is not None:
        return _refused(metrics, metrics.problem, now)
    if metrics.age_seconds is None:
        words = "CloudWatch has no sample of these days: its numbers are unknown, not 0."
        return parts.note(words, Tone.UNKNOWN)
    newest = formats.ago(now - timedelta(seconds=metrics.age_seconds), now)
    logged = formats.ago(report.as_of, now) if report.as_of else "never"
    asked = formats.ago(metrics.asked_at, now)
    words = f"Newest CloudWatch sample {newest}, asked for {asked}; logs read {logged}."
    return parts.note(words)


def _refused(metrics: EdgeMetrics, problem: Problem, now: datetime) -> Markup:
    """What AWS said, what to do, and how old the numbers are that are still shown."""
    kept = tag("span", " There are no older numbers.")
    if metrics.metrics and metrics.age_seconds is not None:
        at = now - timedelta(seconds=metrics.age_seconds)
        kept = tag("span", " The last good numbers are shown; their newest sample is from ",
                   parts.when(at, now), ".")  # fmt: skip
    return parts.note(tag("span", f"CloudWatch: {problem.detail} {problem.hint}", kept), Tone.WARN)


def price(cost: QueryCost) -> Markup:
    """What a question costs, before anything is paid."""
    asked = formats.counted(cost.queries, "question")
    rows = (
        ("Scans", f"up to {formats.size(cost.bytes)} in {asked}"),
        ("Costs", f"up to {formats.money(cost.usd)}"),
        ("Price", f"{formats.money(cost.price_per_tb)} per TiB scanned"),
        ("Source", parts.mono(cost.source)),
    )  # fmt: skip
    words = f"{cost.engine.title()} reads the log files themselves and AWS charges for it"
    return tag("section", parts.title(words), parts.facts(rows))
