"""Changes of many files: started, taken back, and watched while they go on, on any page."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.model.changes import Bulk, BulkChange, BulkKind, Refusal, Selection
from core.model.identity import Actor
from core.model.media import JobState
from core.ui import formats, parts, session
from core.ui.frame import guarded, show
from core.ui.library import picks, words
from core.ui.markup import Markup, plain, tag
from core.ui.parts import Tone

_RECENT = 8
_POLL = 1.0  # seconds between looks at what is on its way
_REFUSED_SHOWN = 100


def start(actor: Actor, selection: Selection, change: BulkChange) -> Bulk:
    """Begin, and show on the page what becomes of it."""
    bulk = session.services().library.bulks.start(actor, selection, change)
    st.session_state[session.LAST_BULK] = bulk.id
    picks.forget()
    return bulk


def trash(actor: Actor, ids: Sequence[str]) -> None:
    start(actor, Selection(ids=tuple(ids)), BulkChange(kind=BulkKind.TRASH))
    st.rerun()


def restore(actor: Actor, ids: Sequence[str]) -> None:
    bulk = start(actor, Selection(ids=tuple(ids)), BulkChange(kind=BulkKind.RESTORE))
    if bulk.ended_at is not None and not bulk.refused:
        session.announce(f"{formats.counted(bulk.changed, 'file')} restored.")
        _dismiss()
    st.rerun()


def undo(actor: Actor, bulk: Bulk) -> None:
    undoing = session.services().library.bulks.undo(actor, bulk.id)
    st.session_state[session.LAST_BULK] = undoing.id
    picks.forget()
    if undoing.ended_at is not None and not undoing.refused:
        session.announce(_taken_back(bulk, undoing))
        _dismiss()
    st.rerun()


def _taken_back(bulk: Bulk, undoing: Bulk) -> str:
    files = formats.counted(undoing.changed, "file")
    word = "restored" if bulk.change.kind is BulkKind.TRASH else "put back as before"
    return f"{files} {word}."


def recent(actor: Actor) -> tuple[Bulk, ...]:
    return session.services().library.bulks.recent(actor, limit=_RECENT)


def bar(bulks: Sequence[Bulk]) -> None:
    """The last change with its undo, and every one that is on its way; nothing where all is still.

    Polls only while something is on its way, by itself: the files stay as they are.
    """
    running = any(bulk.ended_at is None for bulk in bulks)
    st.fragment(_bar, run_every=_POLL if running else None, key="changes_bar")(running=running)


@guarded
def _bar(actor: Actor, *, running: bool) -> None:
    bulks = recent(actor)
    going = [bulk for bulk in bulks if bulk.ended_at is None]
    if running and not going:
        st.rerun()  # what was on its way is done: the files changed
    last = st.session_state.get(session.LAST_BULK)
    for bulk in bulks:
        if bulk in going:
            _on_its_way(actor, bulk)
        elif bulk.id == last:
            _done(actor, bulk)


def _on_its_way(actor: Actor, bulk: Bulk) -> None:
    st.session_state[session.LAST_BULK] = bulk.id  # its end is told here, also after a reload
    with st.container(horizontal=True, vertical_alignment="center", key=f"bulk_{bulk.id}"):
        if bulk.state is JobState.QUEUED and bulk.problem:
            show(parts.note(f"{bulk.problem.detail} It is tried again by itself.", Tone.WARN))
        else:
            st.progress(min(1.0, bulk.done / bulk.total) if bulk.total else 0.0, _progress(bulk))
        stopping = bulk.cancelled
        if st.button("Stopping" if stopping else "Stop", key=f"stop_{bulk.id}", disabled=stopping):
            session.services().library.bulks.cancel(actor, bulk.id)
            st.rerun()


def _progress(bulk: Bulk) -> str:
    told = plain(words.told(bulk.change))
    if not bulk.collected:
        return f"Files are being {told}: looking up which"
    return f"{formats.number(bulk.done)} of {formats.counted(bulk.total, 'file')} {told}"


def _done(actor: Actor, bulk: Bulk) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="undo_bar"):
        show(outcome(bulk))
        if bulk.undoable and st.button("Undo", key="undo_change"):
            undo(actor, bulk)
        if bulk.refused:
            with st.popover(f"{formats.number(bulk.refused)} refused", key="refused_change"):
                show(refusals(actor, bulk))
        if st.button("Dismiss", key="dismiss_undo", type="tertiary"):
            _dismiss()
            st.rerun()


def outcome(bulk: Bulk) -> Markup:
    if bulk.state is JobState.FAILED and bulk.problem:
        return parts.note(f"{bulk.problem.detail} {bulk.problem.hint}", Tone.FAIL)
    sentence = ". ".join(filter(None, (words.done(bulk), words.rest(bulk)))) + "."
    return parts.note(sentence, Tone.WARN if bulk.refused else Tone.OK)


def refusals(actor: Actor, bulk: Bulk) -> Markup:
    """Each file that was left as it is, with the reason."""
    found = session.services().library.bulks.refusals(actor, bulk.id, limit=_REFUSED_SHOWN)
    return _named(found, bulk.refused)


def _unfolded(bulk: Bulk) -> Markup:
    words = formats.counted(bulk.refused, "file")
    named = _named(bulk.refusals, bulk.refused)
    return tag("details", tag("summary", f"Refused: {words}"), named, class_="ui-unfold")


def _named(found: Sequence[Refusal], total: int) -> Markup:
    rows = [(tag("span", one.name or one.file_id, dir="auto"), one.reason) for one in found]
    more = total - len(found)
    rest = tag("p", f"and {formats.number(more)} more", class_="ui-muted") if more > 0 else None
    return tag("div", parts.table(("File", "Why it was left as it is"), rows), rest)


def popover(actor: Actor, bulks: Sequence[Bulk]) -> None:
    """The last changes of this person, from any tab and day, each with its undo."""
    if not bulks:
        return
    with st.popover("Changes", key="recent_changes", icon=":material/history:", type="tertiary"):
        for bulk in bulks:
            _listed(actor, bulk)


def _listed(actor: Actor, bulk: Bulk) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"change_{bulk.id}"):
        when = parts.when(bulk.created_at, session.now())
        state = " (on its way)" if bulk.ended_at is None else ""
        taken = " (taken back)" if bulk.undone_by else ""
        rest = words.rest(bulk)
        sentence = f"{words.done(bulk)}{state}{taken}{'; ' + rest if rest else ''}"
        show(tag("p", tag("span", sentence), " ", tag("small", when, class_="ui-muted")))
        if bulk.refused:
            show(_unfolded(bulk))
        if bulk.undoable and st.button("Undo", key=f"undo_{bulk.id}", type="tertiary"):
            undo(actor, bulk)


def _dismiss() -> None:
    st.session_state.pop(session.LAST_BULK, None)
