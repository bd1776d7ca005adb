"""Storage on the usage page: bucket and source, the scan, folders to walk into, sums."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from core.errors import NotFound
from core.model.identity import Actor, Permission
from core.model.media import JobState
from core.model.usage import PrefixShare, Share, StorageReport, StorageScan, StorageSource
from core.ui import formats, parts, plotting, session, storage_parts, tables
from core.ui.frame import guarded, show
from core.ui.tables import Column, Kind, Table

AT = "at"  # in the page's address: the prefix that was walked into
_GOING = {JobState.QUEUED, JobState.RUNNING}
_DEEPER = 6  # folders whose content a treemap holds, so that a click walks into them
_AHEAD = 200_000  # objects up to which that is read ahead
_SIDES = {"Owners": "by_owner", "Types": "by_type", "Classes": "by_class", "Roles": "by_role"}


def newest(actor: Actor) -> StorageReport | None:
    """Of the media bucket, for the sentence on top; None where nobody has looked."""
    return _report(actor, _home())


def sentence(actor: Actor, report: StorageReport) -> str:
    history = session.services().storage.history(actor, report.bucket)
    return storage_parts.sentence(report, history)


def storage(actor: Actor) -> None:
    bucket = _bucket(actor)
    _scan_bar(actor, bucket)
    prefix = st.query_params.get(AT, "")[:1024]
    with st.skeleton(height=480):
        report = _report(actor, bucket, prefix)
        below = _below(actor, report) if report else {}
    if report is None:
        _empty()
        return
    show(storage_parts.numbers(report))
    show(parts.note(storage_parts.asked(report.cost)) if report.cost else None)
    show(*(parts.note(one, parts.Tone.WARN) for one in report.notes))
    _folders(report, below)
    _distributions(report)
    sides(report)
    _trend(actor, bucket)
    compared = session.services().storage.compare(actor, bucket)
    show(storage_parts.side_by_side(compared, session.now()))


def _home() -> str:
    return session.services().cloud.bucket.name


def _bucket(actor: Actor) -> str:
    known = list(dict.fromkeys((_home(), *session.services().storage.buckets(actor))))
    picked = st.selectbox(
        "Bucket", known, key="bucket", bind="query-params", accept_new_options=True,
        on_change=_leave, help="Another bucket's name can be typed.", width=480,
    )  # fmt: skip
    return str(picked or known[0])


def _leave() -> None:
    st.query_params.pop(AT, None)


def _report(actor: Actor, bucket: str, prefix: str = "") -> StorageReport | None:
    try:
        return session.services().storage.report(actor, bucket, prefix=prefix)
    except NotFound:
        return None


def _empty() -> None:
    show(
        parts.empty_state(
            "Nobody has looked into this bucket yet",
            "A live listing asks S3 for every object, 1,000 at a time. S3 Inventory and "
            "CloudWatch are older and cost nothing to read.",
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
        show(parts.note(f"{name}: {last.problem.detail}", parts.Tone.FAIL))


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
        step = scan.step or "Waiting for a worker"
        share = min(1.0, scan.done / scan.total) if scan.total else 0.0
        done = formats.number(scan.done)
        whole = f" of {formats.number(scan.total)}" if scan.total else ""
        st.progress(share, text=f"{storage_parts.NAMES[scan.source]}: {step} {done}{whole}")
        if st.button("Cancel", key="cancel_storage"):
            session.services().storage.cancel(actor, scan.id)
            st.rerun()


# --- the report -----------------------------------------------------------------------------


def _below(actor: Actor, report: StorageReport) -> Mapping[str, Sequence[PrefixShare]]:
    """What the largest folders hold, where reading it ahead costs no time."""
    if (report.total.objects or 0) > _AHEAD:
        return {}
    rows = [one for one in report.by_prefix or () if one.folders and one.prefix != report.prefix]
    largest = sorted(rows, key=lambda one: -(one.stored.bytes or 0))[:_DEEPER]
    found = {one.prefix: _report(actor, report.bucket, one.prefix) for one in largest}
    return {prefix: one.by_prefix or () for prefix, one in found.items() if one}


def _folders(report: StorageReport, below: Mapping[str, Sequence[PrefixShare]]) -> None:
    """A map to walk into, the way back, and the same as a table."""
    show(parts.title("By prefix", "a click walks in; the bar above the tiles leads back"))
    _path(report.prefix)
    figure = storage_parts.tiles(report, below)
    if figure is None:
        show(parts.note("There are no bytes below this prefix.", parts.Tone.UNKNOWN))
        return
    plotting.draw(figure, "prefixes", "Bytes by prefix")
    prefixes(report)


def _path(prefix: str) -> None:
    if not prefix:
        return
    above = prefix.rstrip("/").rpartition("/")[0]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Whole bucket", icon=":material/home:", key="root", on_click=_leave)
        if above:
            st.button("One up", icon=":material/arrow_upward:", key="up", on_click=_go,
                      args=(f"{above}/",))  # fmt: skip
        show(parts.mono(prefix, 96))


def _go(prefix: str) -> None:
    st.query_params[AT] = prefix


@st.fragment
@guarded
def prefixes(actor: Actor, report: StorageReport) -> None:
    actor.require(Permission.USAGE_READ)
    rows = report.by_prefix or ()
    whole = report.total.bytes or 0
    table = Table(
        "prefixes",
        (Column("Prefix", Kind.KEY), Column("Objects", Kind.NUMBER), Column("Stored", Kind.BYTES),
         Column("Share", Kind.PERCENT)),
        tuple((one.prefix or "/", one.stored.objects, one.stored.bytes,
               100 * one.stored.bytes / whole if one.stored.bytes is not None and whole else None)
              for one in rows),
        Permission.USAGE_READ,
    )  # fmt: skip
    picked = tables.shown(table, "Prefixes with their bytes", pick=True)
    into = rows[picked].prefix if picked is not None else report.prefix
    if into != report.prefix:
        st.button("Walk into this prefix", on_click=_go, args=(into,), key="into")


def _distributions(report: StorageReport) -> None:
    left, right = st.columns(2, gap="large")
    with left:
        if report.sizes:
            show(parts.title("By size", "objects"))
            plotting.draw(storage_parts.histogram(report.sizes), "sizes", "Objects by size")
    with right:
        if report.ages:
            show(parts.title("By age", "objects, days since they were written"))
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
    if not rows:
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
