"""Advice at one file, each with its reason, what the repair changes, and the button for it."""

from __future__ import annotations

import streamlit as st

from core.model.advice import AdviceLevel, FileAdvice, RepairKind, SmallerOffer
from core.model.identity import Actor
from core.model.media import MediaFile
from core.ui import formats, parts, session
from core.ui.file_fields import may_change, redraw
from core.ui.frame import boundary, show
from core.ui.markup import Markup, tag
from core.ui.parts import Tone

_TONES = {
    AdviceLevel.FAIL: (Tone.FAIL, "Broken"),
    AdviceLevel.WARN: (Tone.WARN, "Should change"),
    AdviceLevel.HINT: (Tone.UNKNOWN, "Could be better"),
}
_READ = "drawer_advice"
_BUTTONS = {
    RepairKind.HEADERS: "Set these headers",
    RepairKind.CLEAN_KEY: "Move to this key",
    RepairKind.NAME: "Rename",
    RepairKind.SMALLER: "Try a smaller one",
    RepairKind.PRIVATE: "Make private",
}


def read(actor: Actor, file: MediaFile) -> tuple[FileAdvice, ...]:
    """Asks S3 once for each state of the file, not whenever something in the drawer moves."""
    state, kept = _state(file), st.session_state.get(_READ)
    if kept is not None and kept[0] == state:
        return known(file)
    with st.spinner("Asking S3 about the object"):
        found = session.services().advising.advice(actor, file.id)
    st.session_state[_READ] = (state, found)
    return found


def known(file: MediaFile) -> tuple[FileAdvice, ...]:
    """What was read for this state of the file; nothing where that is still to come."""
    kept: tuple[object, tuple[FileAdvice, ...]] | None = st.session_state.get(_READ)
    return kept[1] if kept is not None and kept[0] == _state(file) else ()


def _state(file: MediaFile) -> tuple[object, ...]:
    return (file.id, file.edit, file.key, file.version_id, file.etag, file.state, file.private)


def badge(found: tuple[FileAdvice, ...]) -> Markup | None:
    if not found:
        return None
    tone, _ = _TONES[found[0].level]
    return parts.badge(tone, formats.counted(len(found), "piece") + " of advice")


def section(actor: Actor, file: MediaFile, found: tuple[FileAdvice, ...]) -> None:
    if not found:
        return
    show(parts.title("Advice", formats.counted(len(found), "thing")))
    for one in found:
        show(card(one))
        if one.repair and may_change(actor, file):
            _repair(actor, file, one)


def card(one: FileAdvice) -> Markup:
    tone, word = _TONES[one.level]
    rows = [
        row
        for change in one.changes
        for row in (
            (f"{change.what} now", parts.mono(change.before or "nothing")),
            ("after it", parts.mono(change.after)),
        )
    ]
    return tag(
        "div",
        parts.badge(tone, word),
        tag("p", tag("b", one.sentence)),
        tag("p", one.why, class_="ui-muted"),
        parts.facts(rows) if rows else None,
        tag("p", one.effect, class_="ui-muted") if one.effect else None,
        class_="ui-told",
    )


def _repair(actor: Actor, file: MediaFile, one: FileAdvice) -> None:
    words = _BUTTONS[one.repair] if one.repair else ""
    if one.repair is RepairKind.SMALLER and not _tried(actor, file, words):
        return
    if one.repair is RepairKind.SMALLER:
        words = "Replace it with this"
    if st.button(words, key=f"repair_{one.rule}"):
        with boundary():
            session.services().advising.repair(actor, file.id, one.rule)
            redraw()


def _tried(actor: Actor, file: MediaFile, words: str) -> bool:
    """Whether it was tried and is worth it; else the button that tries, and what came of it."""
    key = f"smaller_{file.id}_{file.revision}"
    if key not in st.session_state:
        if st.button(words, key="try_smaller"):
            with boundary():
                found = session.services().advising.try_smaller(actor, file.id)
                st.session_state[key] = found
                redraw()
        return False
    offer = st.session_state[key]
    show(smaller_line(offer))
    return bool(offer.worthwhile)


def smaller_line(offer: SmallerOffer) -> Markup:
    sizes = formats.saved(offer.before, offer.after)
    if not offer.worthwhile:
        return parts.note(f"Tried: {sizes}. That is not worth the losses.", Tone.NEUTRAL)
    return parts.note(f"Tried: {sizes}, as {offer.after_type} instead of {offer.before_type}.",
                      Tone.OK)  # fmt: skip
