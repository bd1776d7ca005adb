"""Storage on the usage page: bucket and source, the scan, folders to walk into, sums."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.errors import NotFound
from core.model.identity import Actor, Permission
from core.model.media import JobState
from core.model.usage import Share, StorageReport, StorageScan, StorageSource
from core.ui import folders_view, formats, parts, plotting, session, storage_parts, tables
from core.ui.frame import guarded, show
from core.ui.tables import Column, Kind, Table

_GOING = {JobState.QUEUED, JobState.RUNNING}
_SIDES = {"Owners": "by_owner", "Types": "by_type", "Classes": "by_class", "Roles": "by_role"}


def newest(actor: Actor) -> StorageReport | None:
    """Of the media bucket, for the sentence on top; None where nobody has looked."""
    return _report(actor, _home())


def sentence(actor: Actor, report: StorageReport) -> str:
    history = session.services().storage.history(actor, report.bucket)
    return storage_parts.sentence(report, history)


def storage(actor: Actor, top: DeltaGenerator) -> None:
    """What the bucket that is chosen holds; `top` gets the sentence on the page's top."""
    bucket = _bucket(actor)
    with top:
        _headline(actor, bucket)
    _scan_bar(actor, bucket)
    with st.skeleton(height=480):
        report = _report(actor, bucket, folders_view.walked())
        below = folders_view.below(actor, report) if report else {}
    if report is None:
        _empty()
        return
    show(storage_parts.numbers(report))
    show(parts.note(storage_parts.asked(report.cost)) if report.cost else None)
    show(*(parts.note(one, parts.Tone.WARN) for one in report.notes))
    folders_view.folders(report, below)
    if report.total.objects != 0:
        _distributions(report)
        sides(report)
    _trend(actor, bucket)
    compared = session.services().storage.compare(actor, bucket)
    show(storage_parts.side_by_side(compared, session.now()))


def _headline(actor: Actor, bucket: str) -> None:
    """Of the whole bucket, also where the figures below are of a prefix of it."""
    whole = _report(actor, bucket)
    words = sentence(actor, whole) if whole else "What is stored is not known yet"
    prefix = folders_view.walked()
    below = formats.shorten(prefix, 60)
    show(parts.headline(words, f"The figures below are of {below} alone." if prefix else ""))


def _home() -> str:
    return session.services().cloud.bucket.name


def _bucket(actor: Actor) -> str:
    known = list(dict.fromkeys((_home(), *session.services().storage.buckets(actor))))
    picked = st.selectbox(
        "Bucket", known, key="bucket", bind="query-params", accept_new_options=True,
        on_change=folders_view.leave, help="Another bucket's name can be typed.", width=480,
    )  # fmt: skip
    return str(picked or known[0])


def _report(actor: Actor, bucket: str, prefix: str = "") -> StorageReport | None:
    try:
        return session.services().storage.report(actor, bucket, prefix=prefix)
    except NotFound:
        return None


def _empty() -> None:
    show(
        parts.empty_state(
            "Nobody has looked into this bucket yet",
            "A live listing asks S3 for every object, 1,000 at a time. S3 Inventory is up to a "
            "week old and costs a few requests; CloudWatch is about a day old and takes $0.01 per "
            "1,000 metrics read.",
        )
    )


# --- scans ----------------------------------------------------------------------------------


def _scan_bar(actor: Actor, bucket: str) -> None:
    scans = session.services().storage.scans(actor, bucket)
    going = next((one for one in scans if one.state in _GOING and not one.cancelled), None)
    if going is not None:
        progress(going.id, bucket)
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        source = st.segmented_control(
            "Source", list(StorageSource), default=StorageSource.LISTING, key="source",
            required=True, format_func=storage_parts.NAMES.__getitem__,
            label_visibility="collapsed",
        )  # fmt: skip
        versions = source is StorageSource.LISTING and st.toggle("With versions", key="versions")
        if st.button("Scan now", icon=":material/sync:", key="scan_storage"):
            session.services().storage.scan(
                actor, bucket, StorageSource(source), versions=bool(versions)
            )
            st.rerun()
    last = scans[0] if scans else None
    if last is not None and last.problem is not None:
        name = storage_parts.NAMES[last.source]
        told = f"{name}: {last.problem.detail} {last.problem.hint}".strip()
        show(parts.note(told, parts.Tone.FAIL))


@st.fragment(run_every=1.0)
@guarded
def progress(actor: Actor, scan_id: str, bucket: str) -> None:
    """How far it is, in objects; it goes on when the page is left."""
    storage_service = session.services().storage
    scan = next((one for one in storage_service.scans(actor, bucket) if one.id == scan_id), None)
    if scan is None or scan.state not in _GOING or scan.cancelled:
        st.rerun()
    else:
        _going(actor, scan)


def _going(actor: Actor, scan: StorageScan) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        share = min(1.0, scan.done / scan.total) if scan.total else 0.0
        st.progress(share, text=storage_parts.going(scan))
        if st.button("Cancel", key="cancel_storage"):
            session.services().storage.cancel(actor, scan.id)
            st.rerun()


# --- the report -----------------------------------------------------------------------------


def _distributions(report: StorageReport) -> None:
    left, right = st.columns(2, gap="large")
    with left:
        if report.sizes:
            show(parts.title("By size", "objects"))
            plotting.draw(storage_parts.histogram(report.sizes), "sizes", "Objects by size")
    with right:
        if report.ages:
            show(parts.title("By age", "objects, by days since they were written"))
            plotting.draw(storage_parts.ages(report.ages), "ages", "Objects by age")


@st.fragment
@guarded
def sides(actor: Actor, report: StorageReport) -> None:
    """Whose, of which type, in which class, original or rendition."""
    actor.require(Permission.USAGE_READ)
    show(parts.title("Who and what takes the room"))
    name = st.segmented_control(
        "Side", list(_SIDES), default="Owners", key="side", required=True, bind="query-params",
        label_visibility="collapsed",
    )  # fmt: skip
    rows: Sequence[Share] | None = getattr(report, _SIDES[str(name)])
    if rows is None:
        show(parts.note("This source does not tell it.", parts.Tone.UNKNOWN))
        return
    names = session.services().accounts.names(actor, [one.name for one in rows]) \
        if name == "Owners" else {}  # fmt: skip
    one_word = str(name).removesuffix("es" if name == "Classes" else "s")
    tables.shown(
        Table(
            f"storage-{str(name).lower()}",
            (Column(one_word), Column("Objects", Kind.NUMBER), Column("Stored", Kind.BYTES)),
            tuple((names.get(one.name, one.name or "nobody known"), one.stored.objects,
                   one.stored.bytes) for one in rows),
            Permission.USAGE_READ,
        ),
        f"Stored by {one_word.lower()}",
    )  # fmt: skip


def _trend(actor: Actor, bucket: str) -> None:
    figure = storage_parts.trend(session.services().storage.history(actor, bucket))
    if figure is not None:
        show(parts.title("Stored over time", "each day's last look, by source"))
        plotting.draw(figure, "storage_trend", "Stored bytes over time")
