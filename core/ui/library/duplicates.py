"""Files that are the same or look alike, side by side; a person chooses which one stays."""

from __future__ import annotations

import math

import streamlit as st

from core.model.duplicates import DuplicateGroup, DuplicateKind, DuplicatePage, Twin
from core.model.identity import Actor
from core.ui import formats, parts, session
from core.ui.frame import show
from core.ui.library import changes, place
from core.ui.markup import Child, Markup, join, tag
from core.ui.parts import Tone
from core.ui.viewer import view_link

_GROUPS = 10  # groups on one page
_TOLD = {"name", "folder"}  # differences that are written at every file anyway
_KINDS = {"Same bytes": DuplicateKind.EXACT, "Look alike": DuplicateKind.SIMILAR}


def review(actor: Actor, top: st.delta_generator.DeltaGenerator) -> None:
    chosen = st.segmented_control(
        "Which", list(_KINDS), default=next(iter(_KINDS)), required=True, key="alike",
        bind="query-params", label_visibility="collapsed", on_change=place.first_page,
    )  # fmt: skip
    kind = _KINDS[chosen or next(iter(_KINDS))]
    duplicates = session.services().library.duplicates
    offset = (place.page_number() - 1) * _GROUPS
    page = duplicates.page(actor, kind, offset=offset, limit=_GROUPS)
    if page.total and not page.items:
        page = duplicates.page(actor, kind, limit=_GROUPS)
    with top:
        show(parts.headline(_sentence(kind, page)))
    _honest(actor, kind, page)
    if not page.items:
        show(parts.empty_state("Nothing to review", _WILL[kind]))
    for group in page.items:
        _group(actor, group)
    if page.total > _GROUPS:
        st.pagination(math.ceil(page.total / _GROUPS), key=place.PAGE, bind="query-params")


_NONE = {
    DuplicateKind.EXACT: "No two of your files have the same bytes",
    DuplicateKind.SIMILAR: "No two of your pictures look alike",
}
_WILL = {
    DuplicateKind.EXACT: "Files with the same bytes stand here side by side.",
    DuplicateKind.SIMILAR: "Pictures that look alike stand here side by side.",
}


def _sentence(kind: DuplicateKind, page: DuplicatePage) -> str:
    if not page.total:
        left_out = page.unknown or not page.complete
        return f"{_NONE[kind]}{', as far as they were compared' if left_out else ''}"
    groups = formats.counted(page.total, "group")
    return f"{groups} of duplicates; up to {formats.size(page.frees)} could be freed"


def _honest(actor: Actor, kind: DuplicateKind, page: DuplicatePage) -> None:
    if not page.complete:
        show(parts.note("There are too many look-alikes to compare all of them.", Tone.UNKNOWN))
    if not page.unknown:
        return
    if kind is DuplicateKind.EXACT:
        files = formats.counted(page.unknown, "file")
        show(parts.note(f"{files} without a checksum could not be compared.", Tone.UNKNOWN))
        return
    with st.container(horizontal=True, vertical_alignment="center", key="not_compared"):
        pictures = formats.counted(page.unknown, "picture")
        show(parts.note(f"{pictures} could not be compared yet.", Tone.UNKNOWN))
        if st.button("Compare them", key="fingerprint_all"):
            session.services().library.duplicates.fingerprint_all(actor)
            session.announce("The pictures are being read; look again in a while.")
            st.rerun()


def _group(actor: Actor, group: DuplicateGroup) -> None:
    freed = formats.size(group.frees)
    with st.container(border=True, key=f"group_{group.keep}"):
        count = formats.counted(len(group.twins), "file")
        show(parts.title(count, f"{freed} could be freed. Suggested to keep: {group.reason}"))
        with st.grid("auto", min_column_width=200, gap="medium", key=f"twins_{group.keep}"):
            for twin in group.twins:
                _twin(actor, group, twin)


def _twin(actor: Actor, group: DuplicateGroup, twin: Twin) -> None:
    file = twin.file
    others = [one.file.id for one in group.twins if one.file.id != file.id]
    suggested = file.id == group.keep
    with st.container(key=f"twin_{file.id}", gap="xsmall"):
        badge = parts.badge(Tone.OK, "Suggested") if suggested else _likeness(group, twin)
        show(_picture(twin), tag("div", badge, class_="ui-tags"), _facts(twin))
        words = f"Keep this, trash {formats.counted(len(others), 'other')}"
        if st.button(words, key=f"keep_{file.id}", type="primary" if suggested else "secondary"):
            changes.trash(actor, others)


def _likeness(group: DuplicateGroup, twin: Twin) -> Markup:
    """Beside the suggested one, which comes first."""
    checksum = twin.file.checksum
    same = bool(checksum) and checksum == group.twins[0].file.checksum
    looks = "Looks alike" if twin.distance else "Looks the same"
    return tag("span", "Same bytes" if same else looks, class_="ui-badge ui-neutral")


def _picture(twin: Twin) -> Markup:
    source = session.services().library.thumbnail_url(twin.file)
    inside: Child = twin.file.content_type
    if source:
        inside = parts.picture(source, "The picture did not load", twin.file.name)
    return view_link(tag("span", inside, class_="ui-thumb"), twin.file.id, twin.file.name)


def _facts(twin: Twin) -> Markup:
    """What is written once, then only what differs from the suggested file."""
    file = twin.file
    where = f"in {file.folder}" if file.folder else "at the top"
    lines = [
        tag("b", file.name, dir="auto"),
        tag("span", f"{where}, {formats.size(twin.stored)} stored", class_="ui-muted"),
    ]
    rows = (tag("li", tag("span", f"{one.what} ", class_="ui-muted"), one.second or "none")
            for one in twin.differs if one.what not in _TOLD)  # fmt: skip
    return join(tag("div", *(tag("p", line) for line in lines)), tag("ul", *rows))
