"""The bytes that a file has and had: side by side, compared, put back, replaced by others."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.model.changes import Difference
from core.model.identity import Actor
from core.model.library import VersionView
from core.model.media import MediaFile
from core.ui import formats, parts, session
from core.ui.file_fields import may_change, redraw
from core.ui.frame import boundary, show
from core.ui.markup import Markup, tag
from core.ui.parts import Tone
from core.ui.uploader.replacer import replacer

_SAME = "restore_same_key"
_WHERE = (
    "Off: a restored version is served at the address that it had, or at a new one where other "
    "bytes have that now. On: at the address of today, and the CDN is told to forget what it has, "
    "which takes some minutes."
)
_SEEN = "drawer_versions_seen"  # the file's id and `edit` as they were drawn


def section(actor: Actor, file: MediaFile) -> None:
    changeable = may_change(actor, file) and not file.trashed_at
    if not file.versions and not changeable:
        return
    # Other words would be another expander, and close it once there is a version.
    words = "Replace or restore" if changeable else "Earlier versions"
    unfold = st.expander(words, key="drawer_versions", on_change="rerun")
    if not unfold.open:
        return
    with unfold:
        if changeable:
            _replace(actor, file)
        if file.versions:
            _history(actor, file, changeable=changeable)


def _replace(actor: Actor, file: MediaFile) -> None:
    kept = st.toggle(
        "Keep the address", key="replace_same_key",
        help="Off: new key and address; pages that use the old one show the old bytes. "
        "On: the CDN is told to forget the old bytes, which takes some minutes.",
    )  # fmt: skip
    replacer(actor, file, same_key=kept)


def _history(actor: Actor, file: MediaFile, *, changeable: bool) -> None:
    views = session.services().library.versions(actor, file.id)
    wanted = None
    for view in views:
        number = view.version.number
        with st.container(horizontal=True, vertical_alignment="center", key=f"version_{number}"):
            show(line(view))
            offered = changeable and not view.current
            if offered and st.button(f"Restore version {number}", key=f"restore_{number}"):
                wanted = number
    if changeable:
        st.toggle("Restore at the address of today", key=_SAME, help=_WHERE)
    seen = st.session_state.get(_SEEN, ("", ""))
    st.session_state[_SEEN] = (file.id, file.edit)
    if wanted is not None:
        with boundary():
            _restore(actor, file, wanted, seen)
    _comparison(actor, file, views)


def _restore(actor: Actor, file: MediaFile, number: int, seen: tuple[str, str]) -> None:
    """What was drawn when the person clicked decides, not what is there by now."""
    edit = seen[1] if seen[0] == file.id else file.edit
    session.services().library.restore_version(
        actor, file.id, number, seen=edit, same_key=bool(st.session_state.get(_SAME))
    )
    redraw()


def _comparison(actor: Actor, file: MediaFile, views: Sequence[VersionView]) -> None:
    numbers = [view.version.number for view in views]
    with st.container(horizontal=True, vertical_alignment="bottom", key="compared"):
        first = st.selectbox(
            "Compare", numbers[1:], format_func=_named, key=f"compare_first_{file.edit}"
        )
        second = st.selectbox(
            "with", numbers, format_func=_named, key=f"compare_second_{file.edit}"
        )
    if first == second:
        show(parts.note("Choose two that are not the same."))
        return
    found = session.services().library.compare(actor, file.id, first, second)
    show(pictures(views, (first, second)), differences(found, first, second))


def line(view: VersionView) -> Markup:
    one = view.version
    size = formats.dimensions(one.width, one.height)
    facts = (formats.size(one.size), size, one.content_type)
    small = parts.picture(view.thumbnail_url, "") if view.thumbnail_url else None
    served = parts.badge(Tone.OK, "Served now") if view.current else None
    return tag(
        "div",
        tag("span", small, class_="ui-thumb"),
        tag(
            "div",
            tag("div", tag("b", _named(one.number)), served, class_="ui-tags"),
            tag("div", ", ".join(filter(None, facts)), class_="ui-muted"),
            tag("div", parts.when(one.stored_at, session.now()), class_="ui-muted"),
        ),
        class_="ui-row",
    )


def pictures(views: Sequence[VersionView], chosen: tuple[int, int]) -> Markup | None:
    """Side by side and whole, where both have one."""
    by_number = {view.version.number: view for view in views}
    pair = [by_number[number] for number in chosen]
    if not all(view.preview_url for view in pair):
        return None
    shown = (
        tag(
            "figure",
            tag(
                "span",
                parts.picture(view.preview_url, "It did not load", _named(view.version.number)),
                class_="ui-preview",
            ),
            tag("figcaption", _named(view.version.number)),
        )
        for view in pair
    )
    return tag("div", *shown, class_="ui-pictures")


def differences(found: Sequence[Difference], first: int, second: int) -> Markup:
    if not found:
        return parts.note("They differ in nothing that is recorded.")
    rows = [(one.what, parts.mono(one.first, 26), parts.mono(one.second, 26)) for one in found]
    compared = parts.table(("", _named(first), _named(second)), rows)
    return tag("div", compared, class_="ui-versions")


def _named(number: int) -> str:
    return f"Version {number}"
