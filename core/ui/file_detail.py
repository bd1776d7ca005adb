"""One file in a drawer: its picture, what is known of it, and what can be done with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import streamlit as st

from core.errors import Conflict
from core.model.identity import Actor, Permission
from core.model.media import MediaFile
from core.ui import (
    delivery_view,
    faces,
    file_advice,
    file_cost_view,
    file_delivery,
    file_fields,
    file_privacy,
    file_references,
    file_versions,
    formats,
    parts,
    pictures,
    session,
    share_dialog,
)
from core.ui.copy_button import copy_button
from core.ui.frame import boundary, guarded, show
from core.ui.markup import Child, Markup, join, plain, tag
from core.ui.parts import Tone
from core.ui.viewer import view_link

PARAMETER = "file"  # in the URL while the drawer is open, so that the link can be sent


def open_dialog(actor: Actor, file_id: str) -> None:
    """Raises `NotFound` for a file that is not there, or not this person's to see."""
    file = session.services().library.get(actor, file_id)
    st.query_params[PARAMETER] = file.id
    drawer = st.dialog("File", width=560, position="right", on_dismiss=_closed)
    drawer(_content)(file.id)


def stands_among(ids: Sequence[str]) -> None:
    """The files of the page, in their order: the drawer leads from one to the next."""
    st.session_state[session.DRAWER_AMONG] = tuple(ids)


def open_waiting(actor: Actor) -> None:
    """The dialog that the drawer asked for before it closed: there can't be two at once."""
    ids = st.session_state.pop(session.SHARE_NEXT, None)
    if ids:
        share_dialog.open_dialog(actor, ids)


def _closed() -> None:
    st.query_params.pop(PARAMETER, None)


@guarded
def _content(actor: Actor, opened: str) -> None:
    file_id = st.query_params.get(PARAMETER) or opened
    library = session.services().library
    file = file_fields.saved(actor, library.get(actor, file_id))
    _head(file, st.session_state.get(session.DRAWER_AMONG, ()))
    old = file_delivery.old_copies(actor, file)
    show(_picture(file))
    badges = st.empty()
    with badges:
        show(_badges(file, file_advice.badge(file_advice.known(file)), old=old))
    _actions(actor, file)
    file_fields.undo_bar(actor, file)
    editable = file_fields.may_change(actor, file) and not file.trashed_at
    if editable:
        file_fields.fields(actor, file)
    show(_facts(actor, file, editable=editable))
    _address(file)
    file_privacy.section(actor, file)
    file_delivery.section(actor, file)
    advice = file_advice.read(actor, file)  # S3 may take its time: what is above stands already
    with badges:
        show(_badges(file, file_advice.badge(advice), old=old))
    file_advice.section(actor, file, advice)
    show(_metadata(file))
    file_versions.section(actor, file)
    file_cost_view.section(actor, file)
    file_references.section(actor, file)


def _head(file: MediaFile, among: tuple[str, ...]) -> None:
    """The name as text, and the way to the files beside it."""
    show(tag("h2", file.name, dir="auto", class_="ui-file-name"))
    if file.id not in among or len(among) < 2:
        return
    at = among.index(file.id)
    with st.container(horizontal=True, vertical_alignment="center", key="drawer_steps"):
        _step("Previous", "Alt+PageUp", among[at - 1] if at else None)
        _step("Next", "Alt+PageDown", among[at + 1] if at + 1 < len(among) else None)
        show(parts.note(f"{at + 1} of {formats.counted(len(among), 'file')} on this page"))


def _step(words: str, shortcut: str, id: str | None) -> None:
    st.button(
        words, key=f"drawer_{words}", disabled=id is None, shortcut=shortcut, type="tertiary",
        on_click=_go_to, args=(id,),
    )  # fmt: skip


def _go_to(id: str | None) -> None:
    if id:
        st.query_params[PARAMETER] = id
        st.session_state.pop(session.DRAWER_UNDO, None)


def _badges(file: MediaFile, advice: Markup | None, *, old: bool) -> Markup:
    private = parts.badge(Tone.NEUTRAL, "Private") if file.private else None
    state = delivery_view.file_badge(file.state, old_copies=old)
    return tag("div", state, private, advice, class_="ui-tags")


def _picture(file: MediaFile) -> Markup:
    source = session.services().library.preview_url(file)
    if source:
        inside: Child = parts.picture(source, "The preview did not load", file.name)
    else:
        inside = tag("span", pictures.extension(file.name), class_="ui-thumb")
    return view_link(tag("span", inside, class_="ui-preview"), file.id, file.name)


def _facts(actor: Actor, file: MediaFile, *, editable: bool) -> Markup:
    now = session.now()
    changer = faces.known(actor, file.changed_by) if file.changed_by else None
    rows = (
        ("Uploaded by", faces.known(actor, file.owner_id)),
        ("Uploaded", parts.when(file.uploaded_at, now)),
        ("Changed", _by(parts.when(file.changed_at, now), changer)),
        ("Size", formats.saved(file.upload_size, file.size)),
        ("Dimensions", formats.dimensions(file.width, file.height)),
        ("Type", file.content_type),
        ("Taken", formats.moment_utc(file.taken_at) if file.taken_at else None),
        ("Camera", file.camera),
        ("Folder", "" if editable else file.folder),
        ("Tags", "" if editable else ", ".join(file.tags)),
        ("Key", parts.mono(file.key)),
        ("SHA-256", parts.mono(file.checksum) if file.checksum else "too large to be read here"),
        ("In the trash", parts.when(file.trashed_at, now)),
    )
    return join(parts.facts(rows), *(parts.note(note, Tone.WARN) for note in file.notes))


def _by(when: Markup | None, who: Child) -> Markup | None:
    return tag("span", when, " by ", who) if when and who else when


def _address(file: MediaFile) -> None:
    url = session.absolute(session.services().library.url(file))
    if not url:
        return
    shown = url.partition("?")[0] if file.private else url  # its signature fills half a screen
    show(parts.title("CDN URL"), parts.mono(shown))
    with st.container(horizontal=True, vertical_alignment="center"):
        words = "Copy signed URL" if file.private else "Copy URL"
        copy_button(words, url, key=f"copy_{file.id}")
        if file.checksum:
            copy_button("Copy SHA-256", file.checksum, key=f"sum_{file.id}")


def _metadata(file: MediaFile) -> Markup | None:
    if not file.removed:
        return None
    count = formats.counted(len(file.removed), "field")
    rows = [(field.group, field.name, field.value) for field in file.removed]
    return tag(
        "details",
        tag("summary", f"Removed before serving: {count}"),
        parts.before_after(rows),
        class_="ui-unfold",
    )


def _actions(actor: Actor, file: MediaFile) -> None:
    from core.ui import library_view  # the library opens this drawer  # noqa: PLC0415

    with st.container(horizontal=True):
        if file.trashed_at:
            if st.button("Restore", key="restore_file", type="primary"):
                _closed()
                library_view.restore(actor, (file.id,))
            return
        download_links(actor, [file], label="Download")
        if file.pristine and file.owner_id == actor.account_id:
            _exact_upload(actor, file)
        mine = file.owner_id == actor.account_id or actor.may(Permission.MEDIA_MANAGE)
        if mine and st.button("Share", key="share_file"):
            st.session_state[session.SHARE_NEXT] = (file.id,)
            _closed()
            st.rerun()
        if mine and st.button("Move to trash", key="trash_file"):
            _closed()
            library_view.trash(actor, (file.id,))


def _exact_upload(actor: Actor, file: MediaFile) -> None:
    """With its metadata, for its owner alone."""
    with boundary():
        link = session.services().library.download(actor, file.id, pristine=True)
        st.link_button("Exact upload", link.url, type="tertiary")


def download_links(actor: Actor, files: Iterable[MediaFile], label: str = "") -> None:
    """Presigned for an hour from now; a file without its bytes says so instead."""
    for file in files:
        try:
            link = session.services().library.download(actor, file.id)
        except Conflict as error:
            show(parts.note(f"{error.message} {error.hint}", Tone.WARN))
        else:
            st.link_button(plain(label or formats.shorten(file.name)), link.url)
