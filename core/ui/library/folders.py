"""Folders: the way up, the folders inside with their counts, and new, renamed, deleted ones."""

from __future__ import annotations

import streamlit as st

from core.errors import DashboardError
from core.model.finding import Folder
from core.model.identity import Actor
from core.ui import formats, parts, session, share_dialog
from core.ui.frame import show
from core.ui.library import place
from core.ui.markup import plain
from core.ui.parts import Tone

_SHOWN = 60  # folders beside each other; more of them are found by a search


def inside(actor: Actor) -> tuple[Folder, ...]:
    """The folders in the one that is open."""
    return session.services().library.folders(actor, place.folder())


def bar(actor: Actor, children: tuple[Folder, ...]) -> None:
    """Where one is, and what can be done with this folder."""
    path = place.folder()
    with st.container(horizontal=True, vertical_alignment="center", key="folder_bar"):
        _crumbs(path)
        st.toggle(
            "Here and below", key=place.BELOW, bind="query-params", on_change=place.first_page
        )
        with st.popover("New folder", key="new_folder", icon=":material/create_new_folder:"):
            _create(actor, path)
        if path:
            with st.popover("Edit folder", key="edit_folder"):
                _edit(actor, path, empty=not children)
            if st.button("Share folder", key="share_folder"):
                share_dialog.open_folder_dialog(actor, path)


def _crumbs(path: str) -> None:
    with st.container(
        horizontal=True, vertical_alignment="center", key="folder_crumbs", gap="xsmall"
    ):
        steps = path.split("/") if path else []
        st.button(
            "All folders", key="crumb_top", type="tertiary", disabled=not path,
            on_click=place.go_to_folder, args=("",),
        )  # fmt: skip
        for at, name in enumerate(steps, start=1):
            here = "/".join(steps[:at])
            st.button(
                f"/ {plain(name)}", key=f"crumb_{at}", type="tertiary", disabled=at == len(steps),
                on_click=place.go_to_folder, args=(here,),
            )  # fmt: skip


def rows(children: tuple[Folder, ...]) -> None:
    """The folders inside, each with how many files it holds with all below it."""
    if not children:
        return
    with st.grid("auto", min_column_width=200, gap="small", key="folder_tiles"):
        for folder in children[:_SHOWN]:
            count = formats.number(folder.below)
            st.button(
                f"{plain(formats.shorten(folder.name, 40))} :gray[{count}]",
                key=f"folder_{folder.path}", icon=":material/folder:", width="stretch",
                help=f"{plain(folder.path)}: {formats.counted(folder.below, 'file')}",
                on_click=place.go_to_folder, args=(folder.path,),
            )  # fmt: skip
    if len(children) > _SHOWN:
        more = formats.number(len(children) - _SHOWN)
        show(parts.note(f"and {more} more folders: search, or open one by its address."))


def _create(actor: Actor, parent: str) -> None:
    where = f"in {parent}" if parent else "at the top"
    with st.form("create_folder", border=False, clear_on_submit=True):
        name = st.text_input("Name", key="folder_name")
        made = st.form_submit_button("Create folder", type="primary")
        show(parts.note(f"It is made {where}."))
    if not (made and name):
        return
    path = f"{parent}/{name}" if parent else name
    try:
        folder = session.services().library.tree.create(actor, path)
    except DashboardError as error:
        show(parts.note(f"{error.message} {error.hint}", Tone.FAIL))
    else:
        place.go_to_folder(folder.path)
        st.rerun()


def _edit(actor: Actor, path: str, *, empty: bool) -> None:
    folders = session.services().library.tree
    parent, _, name = path.rpartition("/")
    with st.form("rename_folder", border=False):
        typed = st.text_input("New name", name, key=f"folder_new_name_{path}")
        renamed = st.form_submit_button("Rename", type="primary")
    deleted = st.button("Delete empty folder", key="delete_folder", disabled=not empty)
    target = f"{parent}/{typed}" if parent else typed
    try:
        if renamed and typed and target != path:
            bulk = folders.rename(actor, path, target)
            if bulk is not None:
                st.session_state[session.LAST_BULK] = bulk.id
            place.go_to_folder(target)
            st.rerun()
        if deleted:
            folders.delete(actor, path)
            session.announce(f"The folder {name} was deleted.")
            place.go_to_folder(parent)
            st.rerun()
    except DashboardError as error:
        show(parts.note(f"{error.message} {error.hint}", Tone.FAIL))


def known_paths(actor: Actor) -> list[str]:
    """Where files may be moved without typing: the way up, the folders here, those at the top."""
    library, here = session.services().library, place.folder()
    steps = here.split("/") if here else []
    ways = ["/".join(steps[:at]) for at in range(len(steps) + 1)]
    near = {folder.path for way in {"", here} for folder in library.folders(actor, way)}
    return sorted({*ways, *near}, key=str.casefold)
