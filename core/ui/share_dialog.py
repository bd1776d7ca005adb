"""The dialog that shares files, a folder or an album: by a link, or with people of the team."""

from __future__ import annotations

import re
from collections.abc import Sequence

import streamlit as st

from core.errors import NotAllowed
from core.model.identity import Actor
from core.model.media import Right
from core.model.sharing import Person, SharePolicy, ShareTarget, TargetKind
from core.shares.records import ShareRequest
from core.ui import formats, parts, session, share_fields, unsharing
from core.ui.frame import boundary, guarded, show
from core.ui.markup import plain
from core.ui.parts import Tone

LINK, PEOPLE = "By link", "With people"
_RIGHTS = {"Look and download": Right.VIEW, "Also rename, move, tag": Right.EDIT}
_LOOKED_AT = 50  # files whose visibility the note is about


def open_dialog(actor: Actor, file_ids: Sequence[str], note: str = "") -> None:
    """Raises `NotFound` for files that are not this person's to see."""
    ids = tuple(dict.fromkeys(file_ids))
    first = session.services().library.get(actor, ids[0])
    words = first.name if len(ids) == 1 else formats.counted(len(ids), "file")
    _open(words, ShareTarget(kind=TargetKind.FILES, file_ids=ids), note)


def open_folder_dialog(actor: Actor, folder: str) -> None:
    """Everything below the folder, also what comes later."""
    del actor  # asked again inside
    _open(folder.rpartition("/")[2], ShareTarget(kind=TargetKind.FOLDER, folder=folder))


def open_album_dialog(actor: Actor, album_id: str, name: str) -> None:
    """Own files on the album, also those that come later."""
    del actor  # asked again inside
    _open(name, ShareTarget(kind=TargetKind.ALBUM, album_id=album_id))


def _open(words: str, target: ShareTarget, note: str = "") -> None:
    title = f"Share {plain(formats.shorten(words, 48))}"
    st.dialog(title, width=560, on_dismiss="rerun")(_content)(target, words, note)


@guarded
def _content(actor: Actor, target: ShareTarget, words: str, note: str) -> None:
    way = LINK
    if note:
        show(parts.note(note))
    if target.kind is TargetKind.FILES:
        way = st.segmented_control(
            "How", (LINK, PEOPLE), default=LINK, required=True, key="share_way",
            label_visibility="collapsed",
        ) or LINK  # fmt: skip
    if way == LINK:
        _by_link(actor, target, words)
    else:
        _with_people(actor, target.file_ids)


def _by_link(actor: Actor, target: ShareTarget, words: str) -> None:
    policy, place = session.services().shares.policy(actor), st.empty()
    with place.container(), st.form("share_link", border=False):
        request = _request(policy, target, words)
        _say_what_stays_public(actor, target)
        if not st.form_submit_button("Make link", type="primary"):
            return
        own = share_fields.created(actor, request)
    if own is not None:
        with place.container():
            share_fields.made(own)


def _request(policy: SharePolicy, target: ShareTarget, words: str) -> ShareRequest:
    named = words if target.kind is TargetKind.ALBUM else ""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        life = share_fields.life(policy, "share_life")
        most = share_fields.downloads("share_most")
    password = share_fields.password(policy, "share_password")
    return ShareRequest(
        target=target, expires_in=life, title=named, password=password, max_downloads=most
    )


def _say_what_stays_public(actor: Actor, target: ShareTarget) -> None:
    """A link can end; an address on the CDN that somebody wrote down does not."""
    library = session.services().library
    files = (library.get(actor, file_id) for file_id in target.file_ids[:_LOOKED_AT])
    if target.kind is TargetKind.FILES and all(file.private for file in files):
        return
    show(
        parts.note(
            "Files that are not private also have an address on the CDN. "
            "Who knows it needs no link, and it does not end with one."
        )
    )


def _with_people(actor: Actor, file_ids: Sequence[str]) -> None:
    policy = session.services().shares.policy(actor)
    with st.form("share_people", border=False):
        typed = st.text_area(
            "Emails", key="share_emails", placeholder="name@example.com, …", height=80
        )
        right = st.selectbox("They may", list(_RIGHTS), key="share_right")
        if policy.domains:
            show(parts.note(f"Only addresses at {', '.join(policy.domains)}."))
        if st.form_submit_button("Share", type="primary"):
            _grant(actor, file_ids, emails_in(typed or ""), _RIGHTS[str(right)])
    if len(file_ids) == 1:
        _people(actor, file_ids[0])


def _grant(actor: Actor, file_ids: Sequence[str], emails: Sequence[str], right: Right) -> None:
    with boundary():
        people = session.services().shares.share_with(actor, file_ids, emails, right)
        names = ", ".join(person.email for person in people)
        show(parts.note(f"Shared with {names}.", Tone.OK))


def _people(actor: Actor, file_id: str) -> None:
    """Who is in already; nothing for those who may see the file and not share it."""
    try:
        people = session.services().shares.people(actor, file_id)
    except NotAllowed:
        return
    if unsharing.undo_bar(actor, only=file_id) is not None:
        st.rerun(scope="fragment")
    if people:
        show(parts.title("Shared with", formats.counted(len(people), "person", "people")))
    for person in people:
        _person(actor, file_id, person)


def _person(actor: Actor, file_id: str, person: Person) -> None:
    with st.container(
        horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"
    ):
        may = "may edit" if person.right is Right.EDIT else "may look"
        show(parts.note(f"{person.name}, {person.email}: {may}"))
        if st.button("Remove", key=f"unshare_{person.account_id}", type="tertiary"):
            told = f"{plain(person.name)} sees it no more."
            unsharing.take(actor, [file_id], [person.account_id], told)
            st.rerun(scope="fragment")


def emails_in(typed: str) -> tuple[str, ...]:
    """Divided by commas, semicolons, blanks or lines, as people paste them."""
    return tuple(filter(None, re.split(r"[\s,;]+", typed)))
