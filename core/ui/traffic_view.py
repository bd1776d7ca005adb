"""Traffic on the usage page: its filters, the scan, the chart, and tables to drill into."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import cast

import streamlit as st

from core.model.identity import Actor, Permission
from core.model.traffic import (
    Delivered,
    EdgeMetrics,
    QueryCost,
    ScanState,
    TrafficFilters,
    TrafficReport,
)
from core.ui import (
    formats,
    navigation,
    parts,
    plotting,
    session,
    tables,
    time_range,
    traffic_parts,
    traffic_sources,
)
from core.ui.frame import guarded, show
from core.ui.tables import Column, Kind, Table
from core.usage.traffic import range_before

TOP = 100
_GOING = {ScanState.QUEUED, ScanState.RUNNING}
_STATUSES = ("All", "200", "206", "304", "403", "404", "500", "502", "503")
_GROUPS = {
    "Files": "top_urls", "Prefixes": "prefixes", "Owners": "owners", "Referrers": "referrers",
    "Edges": "edges", "Countries": "countries",
}  # fmt: skip
_METRICS_HOLD, _MOST_RANGES = timedelta(minutes=5), 64
_HOURLY = 2  # days up to which hours are drawn


def filters() -> tuple[time_range.Days, TrafficFilters]:
    """One bar, in the page's address."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        days = time_range.chosen(session.now().date())
        prefix = st.text_input(
            "Path begins with", key="prefix", bind="query-params", placeholder="/media/",
            label_visibility="collapsed", width=220,
        )  # fmt: skip
        status = st.selectbox(
            "Status", _STATUSES, key="status", bind="query-params",
            format_func=lambda one: "All statuses" if one == "All" else one,
            label_visibility="collapsed", width=160,
        )  # fmt: skip
    code = int(status) if status and status.isdigit() else -1
    return days, TrafficFilters(prefix=(prefix or "").strip()[:1024], status=code)


def read(actor: Actor, days: time_range.Days, wanted: TrafficFilters) -> TrafficReport | None:
    """None: the engine charges for it, and nobody has said yes to this question."""
    cost = session.services().traffic.cost(actor)
    if not cost.bytes:
        return _report(actor, days, wanted)
    question = f"{days.first} {days.last} {wanted.model_dump_json()}"
    paid = st.session_state.get(session.PAID_REPORT, ("", None))
    if paid[0] == question:  # a click elsewhere costs nothing
        return cast("TrafficReport", paid[1])
    if cost.confirm and not _confirmed(cost):
        return None
    report = _report(actor, days, wanted, confirmed=True)
    st.session_state[session.PAID_REPORT] = (question, report)
    if cost.confirm:
        st.rerun()  # without the button
    return report


def _report(
    actor: Actor, days: time_range.Days, wanted: TrafficFilters, *, confirmed: bool = False
) -> TrafficReport:
    hours = days.length <= _HOURLY
    return session.services().traffic.report(
        actor, days.first, days.last, wanted, top=TOP, hours=hours, confirmed=confirmed
    )


def before(actor: Actor, days: time_range.Days, wanted: TrafficFilters) -> TrafficReport | None:
    """The same number of days earlier; None where asking twice would cost twice."""
    traffic = session.services().traffic
    if traffic.cost(actor).bytes:
        return None
    first, last = range_before(days.first, days.last)
    return traffic.report(actor, first, last, wanted, top=1)


def _confirmed(cost: QueryCost) -> bool:
    show(traffic_sources.price(cost))
    return st.button("Run and pay", key="run_query", type="primary")


# --- scan -----------------------------------------------------------------------------------


def scan_bar(actor: Actor, report: TrafficReport | None) -> None:
    newest = next(iter(session.services().traffic.scans(actor, limit=1)), None)
    if newest is not None and newest.state in _GOING:
        progress(newest.id)
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        show(traffic_parts.scan_line(newest, report, session.now()))
        if st.button("Scan now", icon=":material/sync:", key="scan_logs"):
            session.services().traffic.scan(actor)
            st.rerun()
    show(traffic_parts.ended(newest) if newest else None)
    show(traffic_parts.problems(report.read) if report else None)


@st.fragment(run_every=1.0)
@guarded
def progress(actor: Actor, scan_id: str) -> None:
    """How far it is, in files; it goes on when the page is left."""
    traffic = session.services().traffic
    scan = traffic.get_scan(actor, scan_id)
    if scan.state not in _GOING:
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center"):
        done = f"{formats.number(scan.files)} of {formats.counted(scan.found, 'log file')}"
        share = min(1.0, scan.files / scan.found) if scan.found else 0.0
        text = f"Reading {done}, {formats.counted(scan.rows, 'request')}"
        st.progress(share, text=text if scan.found else "Looking for new log files")
        if st.button("Cancel", key="cancel_logs", disabled=scan.cancel):
            traffic.cancel(actor, scan_id)
            st.rerun()


# --- the report -----------------------------------------------------------------------------


def empty() -> None:
    show(
        parts.empty_state(
            "No requests in these days",
            "Requests show here once the CDN has written its access logs and a scan has read "
            "them. Logs come some minutes after the requests.",
        )
    )


def report_of(actor: Actor, report: TrafficReport, days: time_range.Days) -> None:
    show(parts.title("Delivered over time", "by hour, UTC" if report.hours else "by day, UTC"))
    plotting.draw(
        traffic_parts.by_time(report, days.first, days.last), "traffic_time",
        "Bytes delivered over time",
    )  # fmt: skip
    left, right = st.columns(2, gap="large")
    with left:
        show(parts.title("What the cache did", "requests"))
        show(traffic_parts.results(report.edge_results, statuses=False))
    with right:
        show(parts.title("What viewers got", "requests"))
        show(traffic_parts.results(report.statuses, statuses=True))
    errors(report)
    groups(report)
    metrics = _metrics(actor, days.first, days.last)
    show(traffic_sources.cloudwatch(metrics, report, session.now()))


def _metrics(actor: Actor, first: date, last: date) -> EdgeMetrics:
    """CloudWatch takes money for each answer, and has a new one every few minutes only."""
    actor.require(Permission.USAGE_READ)
    return _asked(session.services().traffic.distribution_id, first, last, actor)


@st.cache_data(ttl=_METRICS_HOLD, max_entries=_MOST_RANGES, show_spinner=False)
def _asked(distribution_id: str, first: date, last: date, _actor: Actor) -> EdgeMetrics:
    """The same for everybody who may see it, which the caller has asked."""
    del distribution_id  # is only what the answer is kept under
    return session.services().traffic.metrics(_actor, first, last)


@st.fragment
@guarded
def errors(actor: Actor, report: TrafficReport) -> None:
    """The URLs that fail most; a picked one goes to the doctor."""
    actor.require(Permission.USAGE_READ)
    rows = report.top_errors
    if not rows:
        return
    show(parts.title("Errors by URL", "pick a row to ask the doctor why"))
    table = Table(
        "errors",
        (Column("Path", Kind.KEY), Column("Status", Kind.TEXT), Column("Requests", Kind.NUMBER),
         Column("Site"), Column("Bytes", Kind.BYTES)),
        tuple((_shown(row), str(row.status or ""), row.requests, row.site, row.bytes)
              for row in rows),
        Permission.USAGE_READ,
    )  # fmt: skip
    picked = tables.shown(table, "URLs that were answered with an error", pick=True)
    if picked is not None:
        row = rows[picked]
        url = _address(row)
        navigation.link(
            actor, "doctor", "Ask the doctor about this URL", ":material/stethoscope:", url=url
        )


def _address(row: Delivered) -> str:
    """As viewers ask for it; the embedded CDN logs the address of this site instead of its own."""
    cloud = session.services().cloud
    if cloud.cdn_prefix:
        return session.absolute(cloud.edge.url((row.shown or row.label or "").lstrip("/")))
    return f"https://{row.site}{row.label}" if row.site else str(row.label)


@st.fragment
@guarded
def groups(actor: Actor, report: TrafficReport) -> None:
    """Who took how much, by the side that is chosen; a picked prefix becomes the filter."""
    actor.require(Permission.USAGE_READ)
    show(parts.title("Where the bytes go"))
    name = st.segmented_control(
        "By", list(_GROUPS), default="Files", key="by", required=True, bind="query-params",
        label_visibility="collapsed",
    )  # fmt: skip
    rows: Sequence[Delivered] = getattr(report, _GROUPS[str(name)])
    if not rows:
        show(parts.note("The logs of these days do not tell it.", parts.Tone.UNKNOWN))
        return
    names = _names(actor, rows) if name == "Owners" else {}
    one = {"Countries": "Country"}.get(str(name), str(name).removesuffix("s").replace("xe", "x"))
    table = Table(
        f"traffic-{str(name).lower()}",
        (Column(one, Kind.KEY), Column("Requests", Kind.NUMBER), Column("Delivered", Kind.BYTES),
         Column("Share of bytes", Kind.PERCENT)),
        tuple((names.get(row.label or "", _shown(row)), row.requests, row.bytes,
               100 * row.bytes / report.bytes if report.bytes else None) for row in rows),
        Permission.USAGE_READ,
    )  # fmt: skip
    picked = tables.shown(table, f"Delivered by {one.lower()}", pick=name == "Prefixes")
    label = rows[picked].label if picked is not None else None
    if label and st.button("Only this prefix", on_click=_narrow, args=(label,)):
        st.rerun()


def _narrow(prefix: str) -> None:
    st.session_state["prefix"] = prefix


def _names(actor: Actor, rows: Sequence[Delivered]) -> dict[str, str]:
    ids = [row.label for row in rows if row.label]
    return session.services().accounts.names(actor, ids)


def _shown(row: Delivered) -> str:
    return row.shown or row.label or "not told"
