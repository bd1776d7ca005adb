"""Albums: the list with covers, one album's own bar, and the choice of one for a change."""

from __future__ import annotations

import streamlit as st

from core.errors import DashboardError, NotFound
from core.model.finding import AlbumCard
from core.model.identity import Actor
from core.ui import formats, parts, session, share_dialog
from core.ui.frame import show
from core.ui.library import place
from core.ui.markup import Child, Markup, plain, tag
from core.ui.parts import Tone


def listed(actor: Actor, top: st.delta_generator.DeltaGenerator) -> None:
    """Every album with its cover; a new one is made at the top."""
    cards = session.services().library.albums.listed(actor)
    with top:
        show(parts.headline(formats.counted(len(cards), "album")))
    form = st.form("new_album", border=False, clear_on_submit=True)
    with form, st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input("New album", key="new_album_name", width=280)
        made = st.form_submit_button("Create album")
    if made and name:
        created = session.services().library.albums.create(actor, name)
        place.go_to_album(created.id)
        st.rerun()
    if not cards:
        show(parts.empty_state("No albums yet", "Name one above, then add files to it from Files."))
    _grid(actor, cards)


def _grid(actor: Actor, cards: tuple[AlbumCard, ...]) -> None:
    with st.grid("auto", min_column_width=180, gap="medium", key="album_cards"):
        for card in cards:
            with st.container(key=f"album_{card.album.id}", gap="xxsmall"):
                show(_cover(actor, card))
                st.button(
                    plain(card.album.name), key=f"open_album_{card.album.id}", type="tertiary",
                    on_click=place.go_to_album, args=(card.album.id,),
                )  # fmt: skip
                show(tag("p", formats.counted(card.count, "file"), class_="ui-muted ui-small"))


def _cover(actor: Actor, card: AlbumCard) -> Markup:
    inside: Child = tag("span", "Empty" if not card.count else "No picture")
    try:
        library = session.services().library
        file = library.get(actor, card.cover_id) if card.cover_id else None
    except NotFound:
        file = None  # deleted a moment ago
    source = library.thumbnail_url(file) if file else ""
    if source:
        inside = parts.picture(source, "The cover did not load")
    return tag("span", inside, class_="ui-thumb")


def opened(actor: Actor, id: str) -> AlbumCard:
    """The album's name, and what can be done with it. Raises `NotFound`."""
    card = session.services().library.albums.get(actor, id)
    with st.container(horizontal=True, vertical_alignment="center", key="album_bar"):
        st.button(
            "All albums", key="all_albums", icon=":material/arrow_back:", type="tertiary",
            on_click=place.go_to_album, args=(None,),
        )  # fmt: skip
        show(parts.headline(card.album.name))
        if card.count and st.button("Share album", key="share_album"):
            share_dialog.open_album_dialog(actor, card.album.id, card.album.name)
        with st.popover("Edit", key="edit_album"):
            _edit(actor, card)
    return card


def _edit(actor: Actor, card: AlbumCard) -> None:
    albums = session.services().library.albums
    name = st.text_input("Name", card.album.name, key=f"album_name_{card.album.id}")
    if name and name != card.album.name:
        try:
            albums.change(actor, card.album.id, name=name)
        except DashboardError as error:
            show(parts.note(f"{error.message} {error.hint}", Tone.FAIL))
        else:
            st.rerun()
    show(parts.note("Deleting an album leaves its files where they are."))
    if st.button("Delete album", key="delete_album"):
        albums.delete(actor, card.album.id)
        place.go_to_album(None)
        session.announce(f"The album {card.album.name} was deleted; its files are still there.")
        st.rerun()


def choice(actor: Actor, *, new: bool) -> str:
    """The id of an album that was chosen; with `new` also of one whose name was typed."""
    albums = session.services().library.albums
    names = {card.album.name: card.album.id for card in albums.listed(actor)}
    chosen = st.selectbox(
        "Album", list(names), index=None, key="bulk_album", accept_new_options=new,
        placeholder="Choose one, or type a new name" if new else "Choose one",
    )  # fmt: skip
    if chosen is None or chosen in names:
        return names.get(chosen or "", "")
    try:
        return albums.create(actor, chosen).id
    except DashboardError as error:
        show(parts.note(f"{error.message} {error.hint}", Tone.FAIL))
        return ""
