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
from core.ui.uploader.replacer import replacer


def section(actor: Actor, file: MediaFile) -> None:
    earlier = len(file.versions)
    words = f"Versions ({earlier + 1})" if earlier else "Replace its content"
    changeable = may_change(actor, file) and not file.trashed_at
    if not earlier and not changeable:
        return
    unfold = st.expander(words, key="drawer_versions", on_change="rerun")
    if not unfold.open:
        return
    with unfold:
        if earlier:
            _history(actor, file, changeable=changeable)
        if changeable:
            _replace(file)


def _history(actor: Actor, file: MediaFile, *, changeable: bool) -> None:
    views = session.services().library.versions(actor, file.id)
    for view in views:
        show(line(view))
        if changeable and not view.current:
            _restore(actor, file, view.version.number)
    numbers = [view.version.number for view in views]
    with st.container(horizontal=True, vertical_alignment="bottom", key="compared"):
        first = st.selectbox("Compare", numbers[1:], format_func=_named, key="compare_first")
        second = st.selectbox("with", numbers, format_func=_named, key="compare_second")
    if first == second:
        show(parts.note("Choose two that are not the same."))
        return
    found = session.services().library.compare(actor, file.id, first, second)
    show(pictures(views, (first, second)), differences(found, first, second))


def line(view: VersionView) -> Markup:
    one = view.version
    size = formats.dimensions(one.width, one.height)
    return tag(
        "div",
        tag("b", _named(one.number), " (served now)" if view.current else ""),
        tag("span", ", ".join(filter(None, (formats.size(one.size), size, one.content_type)))),
        parts.when(one.stored_at, session.now()),
        class_="ui-tags",
    )


def pictures(views: Sequence[VersionView], chosen: tuple[int, int]) -> Markup | None:
    """Side by side, where both have one."""
    by_number = {view.version.number: view for view in views}
    pair = [by_number[number] for number in chosen]
    if not all(view.preview_url for view in pair):
        return None
    shown = (
        tag(
            "span",
            parts.picture(view.preview_url, "It did not load", _named(view.version.number)),
            class_="ui-thumb",
        )
        for view in pair
    )
    return tag("div", *shown, class_="ui-strip")


def differences(found: Sequence[Difference], first: int, second: int) -> Markup:
    if not found:
        return parts.note("They differ in nothing that is recorded.")
    rows = [(one.what, parts.mono(one.first, 26), parts.mono(one.second, 26)) for one in found]
    return parts.table(("", _named(first), _named(second)), rows)


def _restore(actor: Actor, file: MediaFile, number: int) -> None:
    if st.button(f"Serve version {number} again", key=f"restore_{number}"):
        with boundary():
            session.services().library.restore_version(actor, file.id, number, seen=file.edit)
            redraw()


def _replace(file: MediaFile) -> None:
    kept = st.toggle(
        "Keep the address", key="replace_same_key",
        help="Off: new key and address; pages that use the old one show the old bytes. "
        "On: the CDN is told to forget the old bytes, which takes some minutes.",
    )  # fmt: skip
    if replacer(file.id, same_key=kept, key=f"replacer_{file.id}"):
        redraw()


def _named(number: int) -> str:
    return f"Version {number}"
