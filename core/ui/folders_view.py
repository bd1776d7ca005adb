"""What a bucket's folders hold: a map to walk into at any depth, the way back, and a table."""

from __future__ import annotations

import streamlit as st

from core.model.identity import Actor, Permission
from core.model.usage import StorageReport
from core.ui import folder_parts, formats, parts, session, tables
from core.ui.frame import guarded, show
from core.ui.markup import plain, tag
from core.ui.prefix_map import prefix_map
from core.ui.tables import Column, Kind, Table

AT = "at"  # in the page's address: the prefix that was walked into
_DEEPER = 6  # folders that are shown with what is in them
_AHEAD = 1_000_000  # objects in a folder up to which that is looked up


def walked() -> str:
    return st.query_params.get(AT, "")[:1024]


def leave() -> None:
    st.query_params.pop(AT, None)


def walk(prefix: str) -> None:
    st.query_params[AT] = prefix


def below(actor: Actor, report: StorageReport) -> folder_parts.Below:
    """What the largest folders hold in turn."""
    rows = [one for one in report.by_prefix or () if one.folders and one.prefix != report.prefix]
    small = [one for one in rows if (one.stored.objects or 0) <= _AHEAD]
    largest = sorted(small, key=lambda one: -(one.stored.bytes or 0))[:_DEEPER]
    prefixes = [one.prefix for one in largest]
    return session.services().storage.folders(actor, report, prefixes)


def folders(report: StorageReport, inside: folder_parts.Below) -> None:
    note = "a click walks in" if report.total.bytes is not None else "by objects; a click walks in"
    show(parts.title("By prefix", note))
    _path(report.prefix)
    found = folder_parts.blocks(report, inside)
    if not found:
        where = "below this prefix" if report.prefix else "in this bucket"
        what = "is no object" if report.total.objects == 0 else "are no bytes"
        show(parts.note(f"There {what} {where}."))
        return
    where = report.prefix or "the whole bucket"
    prefix_map(found, "prefixes", f"What {where} holds, by size", walk)
    prefixes(report)


def _path(prefix: str) -> None:
    """Always there, so that nothing moves when the first folder is entered."""
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="crumbs"):
        if not prefix:
            show(tag("b", "Whole bucket"))
            return
        st.button("Whole bucket", icon=":material/home:", key="root", type="tertiary",
                  on_click=leave)  # fmt: skip
        for number, one in enumerate(folder_parts.crumbs(prefix)):
            _crumb(one, number, is_here=one.prefix == prefix)


def _crumb(one: folder_parts.Crumb, number: int, *, is_here: bool) -> None:
    label = formats.shorten(one.label, 40)
    if one.prefix is None or is_here:
        show(tag("b", label, title=one.label))
    else:
        st.button(plain(label), key=f"crumb_{number}", type="tertiary", on_click=walk,
                  args=(one.prefix,))  # fmt: skip


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
    cut = folder_parts.cut(report)
    show(parts.note(cut) if cut else None)
    into = rows[picked].prefix if picked is not None else report.prefix
    if into != report.prefix:
        st.button("Walk into this prefix", on_click=walk, args=(into,), key="into")
