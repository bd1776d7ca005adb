"""Progress photos: add some, compare two dates, and the timeline. Only the owner's own."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import streamlit as st

from core.model.identity import Actor
from core.model.progress import ProgressPhoto
from core.ui import formats, parts, personal, session
from core.ui.frame import guarded, show
from core.ui.markup import Markup, tag

COMPARED = 200  # days to choose from; more are reached by their page


@st.fragment
@guarded
def photos(actor: Actor) -> None:
    service, size = session.services().progress, actor.preferences.page_size
    shown = st.session_state.setdefault(session.PHOTOS_SHOWN, size)
    listing = service.page(actor, limit=max(shown, COMPARED))
    found = listing.items
    show(parts.headline(_sentence(found), "Only you see them: no role opens them to anybody else."))
    if personal.photo_adder("add_photos", today=formats.local(session.now()).date()):
        st.rerun()
    _undo(actor)
    if not found:
        show(
            parts.empty_state(
                "No photos yet", "Add the first one. From the second on you can compare two dates."
            )
        )
    else:
        _compare(found)
        _timeline(actor, found[:shown])
    if (listing.next is not None or len(found) > shown) and st.button(f"Show {size} more"):
        st.session_state[session.PHOTOS_SHOWN] = shown + size
        st.rerun()
    _deleted(actor)


def _sentence(found: Sequence[ProgressPhoto]) -> str:
    if not found:
        return "Progress photos"
    first, last = found[-1].taken_on, found[0].taken_on
    many = formats.counted(len(found), "photo")
    return f"{many} of {day(first)}" if first == last else f"{many}, {day(first)} to {day(last)}"


def day(date: object) -> str:
    return f"{date:%-d %B %Y}"


def _compare(found: Sequence[ProgressPhoto]) -> None:
    if len(found) < 2:
        return
    show(parts.title("Compare", "two dates, one over the other or side by side"))
    by_id = {photo.id: photo for photo in found}

    def words(id: str) -> str:
        photo = by_id[id]
        note = f", {formats.shorten(photo.note, 40)}" if photo.note else ""
        return day(photo.taken_on) + note

    ids = list(by_id)
    with st.container(horizontal=True):
        before = st.selectbox("Before", ids, index=len(ids) - 1, format_func=words, key="before")
        after = st.selectbox("After", ids, index=0, format_func=words, key="after")
    personal.comparison("compare", _side(by_id[str(before)]), _side(by_id[str(after)]))


def _side(photo: ProgressPhoto) -> personal.Side:
    return personal.Side(personal.picture_url(photo.id, small=False), day(photo.taken_on))


def _timeline(actor: Actor, found: Sequence[ProgressPhoto]) -> None:
    for month, group in groupby(found, key=lambda photo: f"{photo.taken_on:%B %Y}"):
        members = list(group)
        show(parts.title(month, formats.counted(len(members), "photo")))
        with st.container(horizontal=True, key=f"photos_{month.replace(' ', '_')}"):
            for photo in members:
                with st.container(width=168, key=f"photo_{photo.id}"):
                    show(_card(photo))
                    label = f"Delete the photo of {day(photo.taken_on)}"
                    if st.button("Delete", key=f"delete_{photo.id}", type="tertiary", help=label):
                        _delete(actor, photo)


def _card(photo: ProgressPhoto) -> Markup:
    words = day(photo.taken_on)
    source = personal.picture_url(photo.id, small=True)
    picture = parts.picture(source, "No picture", f"Photo of {words}")
    note = tag("small", photo.note, title=photo.note) if photo.note else None
    return tag("figure", picture, tag("figcaption", tag("b", words), note), class_="ui-photo")


def _delete(actor: Actor, photo: ProgressPhoto) -> None:
    session.services().progress.delete(actor, photo.id)
    st.session_state[session.PHOTO_DELETED] = photo.id
    st.rerun()


def _undo(actor: Actor) -> None:
    """Deleting asks nothing beforehand, because it can be taken back for a day."""
    deleted = st.session_state.get(session.PHOTO_DELETED)
    if not deleted:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="undo_bar"):
        show(parts.note("The photo is deleted. It can be had back for a day."))
        if st.button("Undo", key="undo_photo"):
            _restore(actor, deleted)


def _restore(actor: Actor, id: str) -> None:
    st.session_state.pop(session.PHOTO_DELETED, None)
    session.services().progress.restore(actor, id)
    st.rerun()


def _deleted(actor: Actor) -> None:
    gone = session.services().progress.page(actor, deleted=True).items
    if not gone:
        return
    with st.expander(f"Deleted today ({len(gone)})"):
        for photo in gone:
            with st.container(horizontal=True, vertical_alignment="center"):
                when = parts.when(photo.deleted_at, session.now())
                show(tag("span", day(photo.taken_on), ", deleted ", when))
                if st.button("Restore", key=f"restore_{photo.id}"):
                    _restore(actor, photo.id)
