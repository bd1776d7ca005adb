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
_KEPT = "kept"
_TOLD = {"name", "folder"}  # differences that are written at every file anyway
_KINDS = {"Same bytes": DuplicateKind.EXACT, "Look alike": DuplicateKind.SIMILAR}


def review(actor: Actor, top: st.delta_generator.DeltaGenerator) -> None:
    chosen = st.segmented_control(
        "Which", list(_KINDS), default=next(iter(_KINDS)), required=True, key="alike",
        bind="query-params", label_visibility="collapsed", on_change=place.first_page,
    )  # fmt: skip
    kind = _KINDS[chosen or next(iter(_KINDS))]
    duplicates = session.services().library.duplicates
    kept = _kept_only()
    offset = (place.page_number() - 1) * _GROUPS
    page = duplicates.page(actor, kind, kept=kept, offset=offset, limit=_GROUPS)
    if page.total and not page.items:
        page = duplicates.page(actor, kind, kept=kept, limit=_GROUPS)
    with top:
        show(parts.headline(_kept_sentence(page) if kept else _sentence(kind, page)))
    _undo_bar(actor)
    if page.kept or kept:
        st.toggle(
            f"Show the {formats.counted(page.kept, 'group')} that you keep as they are",
            key=_KEPT, bind="query-params", on_change=place.first_page,
        )  # fmt: skip
    _honest(actor, kind, page)
    if not page.items:
        show(parts.empty_state("Nothing to review", _KEPT_WILL if kept else _WILL[kind]))
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


def _kept_only() -> bool:
    """Known before the toggle is drawn, whose words count what is found."""
    chosen = st.session_state.get(_KEPT)
    return chosen if isinstance(chosen, bool) else st.query_params.get(_KEPT) == "true"


_KEPT_WILL = "Groups of which you keep all files stand here."


def _kept_sentence(page: DuplicatePage) -> str:
    return f"{formats.counted(page.total, 'group')} kept as they are"


def _sentence(kind: DuplicateKind, page: DuplicatePage) -> str:
    if not page.total:
        left_out = page.unknown or not page.complete
        besides = ", besides those that you keep" if page.kept else ""
        return f"{_NONE[kind]}{besides}{', as far as they were compared' if left_out else ''}"
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
        _head(actor, group, freed)
        with st.grid("auto", min_column_width=200, gap="medium", key=f"twins_{group.keep}"):
            for twin in group.twins:
                _twin(actor, group, twin)


def _head(actor: Actor, group: DuplicateGroup, freed: str) -> None:
    """What the group is, and the decision that nothing of it goes, or that decision taken back."""
    shown, files = len(group.twins), formats.counted(group.files, "file")
    count = files if shown == group.files else f"{files}, of which {shown} are shown"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        show(parts.title(count, f"{freed} could be freed. Suggested to keep: {group.reason}"))
        if group.kept:
            if st.button("Ask again", key=f"ask_{group.keep}", type="tertiary"):
                _ask_again(actor, group.kept)
        elif shown == group.files and st.button(
            "Keep all", key=f"keep_all_{group.keep}", type="tertiary"
        ):
            _keep_all(actor, group)


def _keep_all(actor: Actor, group: DuplicateGroup) -> None:
    ids = [twin.file.id for twin in group.twins]
    kept = session.services().library.duplicates.keep_all(actor, ids)
    st.session_state[session.KEPT_JUST_NOW] = (kept.id, len(ids))
    st.rerun()


def _ask_again(actor: Actor, decision: str) -> None:
    st.session_state.pop(session.KEPT_JUST_NOW, None)
    session.services().library.duplicates.ask_again(actor, decision)
    st.rerun()


def _undo_bar(actor: Actor) -> None:
    decision, count = st.session_state.get(session.KEPT_JUST_NOW, ("", 0))
    if not decision:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="undo_bar_kept"):
        files = formats.counted(count, "file")
        show(parts.note(f"{files} kept. They come back here when another one joins.", Tone.OK))
        if st.button("Undo", key="undo_kept"):
            _ask_again(actor, decision)
        if st.button("Dismiss", key="dismiss_kept", type="tertiary"):
            st.session_state.pop(session.KEPT_JUST_NOW, None)
            st.rerun()


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
