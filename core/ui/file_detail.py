"""One file in a drawer: its picture, facts, way to the CDN, and what can be done with it."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from core.errors import Conflict
from core.model.identity import Actor, Permission
from core.model.media import FileState, MediaFile
from core.ui import delivery_view, formats, navigation, parts, pictures, session
from core.ui.copy_button import copy_button
from core.ui.frame import guarded, show
from core.ui.markup import Child, Markup, join, plain, tag
from core.ui.parts import Tone
from core.ui.viewer import view_link

PARAMETER = "file"  # in the URL while the drawer is open, so that the link can be sent


def open_dialog(actor: Actor, file_id: str) -> None:
    """Raises `NotFound` for a file that is not there, or not this person's to see."""
    file = session.services().library.get(actor, file_id)
    st.query_params[PARAMETER] = file.id
    drawer = st.dialog(
        plain(formats.shorten(file.name, 60)),
        width=560,
        position="right",
        on_dismiss=_closed,
    )
    drawer(_content)(file.id)


def _closed() -> None:
    st.query_params.pop(PARAMETER, None)


@guarded
def _content(actor: Actor, file_id: str) -> None:
    file = session.services().library.get(actor, file_id)
    show(_picture(file), delivery_view.file_badge(file.state))
    _actions(actor, file)
    show(_facts(actor, file))
    _address(actor, file)
    show(parts.title("Delivery", "checked through the CDN"), delivery_view.delivery_steps(file))
    show(_metadata(file))


def _picture(file: MediaFile) -> Markup:
    if file.rendition("preview") is None:
        return tag("span", pictures.extension(file.name), class_="ui-thumb ui-preview")
    source = session.services().library.preview_url(file)
    picture = parts.picture(source, "The preview did not load", file.name)
    return view_link(tag("span", picture, class_="ui-preview"), file.id, file.name)


def _owner(actor: Actor, owner_id: str) -> Child:
    """Only staff see files of others."""
    if owner_id == actor.account_id:
        return "you"
    names = session.services().accounts.names(actor, (owner_id,))
    return names.get(owner_id) or parts.mono(owner_id, 28)


def _facts(actor: Actor, file: MediaFile) -> Markup:
    now = session.now()
    rows = (
        ("Size", formats.saved(file.upload_size, file.size)),
        ("Dimensions", formats.dimensions(file.width, file.height)),
        ("Type", file.content_type),
        ("Uploaded", parts.when(file.uploaded_at, now)),
        ("Delivered", parts.when(file.delivered_at, now)),
        ("Taken", formats.moment(file.taken_at) if file.taken_at else None),
        ("Camera", file.camera),
        ("Owner", _owner(actor, file.owner_id)),
        ("Folder", file.folder),
        ("Tags", ", ".join(file.tags)),
        ("Key", parts.mono(file.key)),
        ("In the trash", parts.when(file.trashed_at, now)),
    )
    return join(parts.facts(rows), *(parts.note(note, Tone.WARN) for note in file.notes))


def _address(actor: Actor, file: MediaFile) -> None:
    url = session.absolute(session.services().library.url(file))
    if not url:
        return
    show(parts.title("CDN URL"), parts.mono(url))
    with st.container(horizontal=True, vertical_alignment="center"):
        copy_button("Copy URL", url, key=f"copy_{file.id}")
        navigation.link(actor, "doctor", "Ask the doctor", url=url)


def _metadata(file: MediaFile) -> Markup | None:
    if not file.removed:
        return None
    count = formats.counted(len(file.removed), "field")
    rows = [(field.group, field.name, field.value) for field in file.removed]
    return join(parts.title("Removed before serving", count), parts.before_after(rows))


def _actions(actor: Actor, file: MediaFile) -> None:
    from core.ui import library_view  # the library opens this drawer  # noqa: PLC0415

    with st.container(horizontal=True):
        if file.trashed_at:
            if st.button("Restore", key="restore_file", type="primary"):
                _closed()
                library_view.restore(actor, (file.id,))
            return
        download_links(actor, [file], label="Download")
        if file.state is FileState.UNDELIVERED and st.button("Check again", key="recheck"):
            session.services().uploads.recheck(actor, file.id)
            st.rerun(scope="fragment")
        if _may_change(actor, file) and st.button("Move to trash", key="trash_file"):
            _closed()
            library_view.trash(actor, (file.id,))


def _may_change(actor: Actor, file: MediaFile) -> bool:
    """For calm only: the service decides."""
    return file.owner_id == actor.account_id or actor.may(Permission.MEDIA_MANAGE)


def download_links(actor: Actor, files: Iterable[MediaFile], label: str = "") -> None:
    """Presigned for an hour from now; a file without its bytes says so instead."""
    for file in files:
        try:
            link = session.services().library.download(actor, file.id)
        except Conflict as error:
            show(parts.note(f"{error.message} {error.hint}", Tone.WARN))
        else:
            st.link_button(plain(label or formats.shorten(file.name)), link.url)
