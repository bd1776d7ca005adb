"""How the CDN serves one file now, its checks, and having the CDN forget its copies."""

from __future__ import annotations

from datetime import timedelta

import streamlit as st

from core.model.changes import FreePaths, Invalidation, InvalidationState
from core.model.identity import Actor
from core.model.media import FileState, MediaFile
from core.model.versions import reused, served_keys, viewer_paths
from core.model.viewing import EdgeState, EdgeStatus
from core.ui import delivery_view, formats, navigation, parts, session
from core.ui.file_fields import may_change, redraw
from core.ui.frame import guarded, show
from core.ui.markup import Markup, join, tag
from core.ui.parts import Tone

_TONES = {
    EdgeState.DELIVERED: (Tone.OK, "Delivered"),
    EdgeState.STALE: (Tone.WARN, "Stale"),
    EdgeState.BROKEN: (Tone.FAIL, "Broken"),
    EdgeState.UNKNOWN: (Tone.UNKNOWN, "Unknown"),
}
_STEPS = {
    InvalidationState.REQUESTED: (Tone.UNKNOWN, "Waiting for CloudFront"),
    InvalidationState.IN_PROGRESS: (Tone.WARN, "CloudFront is forgetting it"),
    InvalidationState.COMPLETED: (Tone.OK, "Forgotten"),
    InvalidationState.FAILED: (Tone.FAIL, "Failed"),
}
_BEFORE = {
    InvalidationState.REQUESTED: "The address from before may answer until then.",
    InvalidationState.IN_PROGRESS: "The address from before may answer until then.",
    InvalidationState.COMPLETED: "The address from before opens nothing any more.",
    InvalidationState.FAILED: "The address from before may answer as long as the CDN keeps it.",
}
_ENDED = "drawer_forgotten"  # so that what has ended is not asked for every two seconds
_TOLD = timedelta(minutes=10)  # what has ended is shown so long without a click
_GOING = frozenset({InvalidationState.REQUESTED, InvalidationState.IN_PROGRESS})


def old_copies(actor: Actor, file: MediaFile) -> bool:
    """Whether somebody may still be served what the file was before."""
    if _unseen(file) and reused(file, file.key):
        return True
    last = next(
        iter(session.services().library.invalidations.of_file(actor, file.id, limit=1)), None
    )
    return last is not None and last.state in _GOING and not of_before(last, file)


def _unseen(file: MediaFile) -> bool:
    """Whether the CDN was not seen to have the bytes since they changed."""
    return file.stored_at is not None and (file.delivered_at or file.uploaded_at) < file.stored_at


def section(actor: Actor, file: MediaFile) -> None:
    status = st.session_state.get(_key(file))
    show(parts.title("Delivery", _checked(file, status)))
    if file.etag and may_change(actor, file):
        _going_on(actor, file)
    if status is not None:
        show(edge_line(status))
    _actions(actor, file, status)
    broken = file.state is FileState.UNDELIVERED
    if file.delivery and not broken:
        with st.expander("What was checked"):
            show(delivery_view.delivery_steps(file))
    else:
        show(delivery_view.delivery_steps(file))
    if file.etag and may_change(actor, file):
        _forgetting(actor, file)


def edge_line(status: EdgeStatus) -> Markup:
    """The state in one line, and what it was judged by."""
    tone, word = _TONES[status.state]
    age = "" if status.age is None else f"{formats.number(status.age)} s"
    return join(
        parts.note(tag("span", parts.badge(tone, word), " ", status.sentence)),
        parts.facts(
            (
                ("Answer", str(status.status) if status.status else "none"),
                ("Edge copy's age", age),
                ("Served from", status.served_from),
                ("ETag at the edge", parts.mono(status.edge_etag) if status.edge_etag else ""),
                ("ETag in S3", parts.mono(status.stored_etag) if status.stored_etag else ""),
            )
        ),
    )


def _checked(file: MediaFile, status: EdgeStatus | None) -> str:
    if status is not None:
        return f"asked {formats.ago(status.checked_at, session.now())}"
    if file.delivered_at and _unseen(file):
        return "not seen through the CDN since its bytes changed"
    if file.delivered_at:
        return f"seen through the CDN {formats.ago(file.delivered_at, session.now())}"
    return "never seen through the CDN" if file.etag else "not processed yet"


def _actions(actor: Actor, file: MediaFile, status: EdgeStatus | None) -> None:
    url = session.absolute(session.services().library.url(file))
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Check again", key="recheck"):
            session.services().uploads.recheck(actor, file.id)
            st.session_state[_key(file)] = session.services().viewing.edge_status(actor, file.id)
            redraw()
        bad = file.state is FileState.UNDELIVERED
        bad = bad or (status is not None and status.state is not EdgeState.DELIVERED)
        if url:
            words = "Ask the doctor why" if bad else "Ask the doctor"
            navigation.link(actor, "doctor", words, url=url)


def _going_on(actor: Actor, file: MediaFile) -> None:
    """The last invalidation, while it goes on and for a while after, with what is free."""
    desk = session.services().library.invalidations
    last = next(iter(desk.of_file(actor, file.id, limit=1)), None)
    if last is None or not (last.state in _GOING or _ended_just_now(last)):
        return
    with st.container(key="drawer_forgetting"):
        if last.state in _GOING:
            st.fragment(_progress, run_every="2s")(last.id, before=of_before(last, file))
        else:
            show(invalidation_line(last), _before_line(last, before=of_before(last, file)))
        show(free_line(desk.free_paths(actor)))


def _ended_just_now(one: Invalidation) -> bool:
    ended = one.ended_at or one.created_at
    return session.now() - ended < _TOLD


def _forgetting(actor: Actor, file: MediaFile) -> None:
    unfold = st.expander("Have the CDN fetch it anew", key="drawer_forget", on_change="rerun")
    if not unfold.open:
        return
    with unfold:
        desk = session.services().library.invalidations
        show(free_line(desk.free_paths(actor)))
        past = desk.of_file(actor, file.id, limit=5)
        going = bool(past) and past[0].state in _GOING
        if st.button("Invalidate", key="invalidate", disabled=going):
            desk.start(actor, file.id)
            redraw()
        show(*(invalidation_line(one) for one in (past[1:] if going else past)))


@guarded
def _progress(actor: Actor, id: str, *, before: bool) -> None:
    """Asks CloudFront every two seconds, until it is done.

    Then the pictures are drawn anew where theirs were forgotten; else the drawer is left alone:
    drawn anew it would lose its place, and what is being typed.
    """
    ended: Invalidation | None = st.session_state.get(_ENDED)
    now = ended if ended and ended.id == id else None
    now = now or session.services().library.invalidations.get(actor, id)
    show(invalidation_line(now), _before_line(now, before=before))
    if now.state in _GOING:
        return
    if not before:
        st.rerun()
    st.session_state[_ENDED] = now


def of_before(one: Invalidation, file: MediaFile) -> bool:
    """Whether the addresses are none that the file has now, as after it became private."""
    return set(one.paths).isdisjoint(viewer_paths(served_keys(file)))


def _before_line(one: Invalidation, *, before: bool) -> Markup | None:
    return parts.note(_BEFORE[one.state]) if before else None


def free_line(free: FreePaths) -> Markup:
    used = f"{'at least ' if free.at_least else ''}{formats.number(free.used)}"
    return parts.note(
        f"The file and its smaller pictures, exactly. {used} of {formats.number(free.free)} free "
        f"paths are used in {formats.month(free.month)}.",
        Tone.WARN if not free.left else Tone.NEUTRAL,
    )


def invalidation_line(one: Invalidation) -> Markup:
    tone, word = _STEPS[one.state]
    count = formats.counted(len(one.paths), "path")
    when = parts.when(one.ended_at or one.created_at, session.now())
    problem = tag("p", one.problem.detail, class_="ui-muted") if one.problem else None
    words = tag("span", parts.badge(tone, word), f" {count}, ", when)
    return tag("div", parts.note(words), problem)


def _key(file: MediaFile) -> str:
    return f"edge_{file.id}_{file.revision}"
