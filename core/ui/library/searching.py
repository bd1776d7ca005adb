"""The bar with the search box, its syntax in words, saved searches, the order and the view."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

import streamlit as st

from core.errors import DashboardError
from core.model.finding import SavedSearch
from core.model.identity import Actor
from core.ui import parts, session, steps
from core.ui.frame import show
from core.ui.library import place
from core.ui.library.place import Section, View
from core.ui.markup import Markup, plain, tag
from core.ui.parts import Tone

_SYNTAX = (
    ("beach sunset", "both words, anywhere in name, folder, tags or camera"),
    ("-rain", "without this word"),
    ("tag:sea", "with this tag; several add up"),
    ("type:image", "image, video, audio, document, other"),
    ("camera:canon", "a part of the camera's name"),
    ("ext:jpg", "names that end so"),
    ("taken:2024-05", "a day, month or year; 2024-01..2024-03; >2024"),
    ("uploaded:>2026-01-01", "when it came here"),
    ("width:>2000", "also height: and size:>10MB"),
    ("dimensions:1920x1080", "exactly so many pixels"),
    ('folder:"Trips/2024"', "in it; below: also deeper"),
    ("is:private", "private, public, shared, own"),
    ("state:undelivered", "delivered, undelivered, processing"),
    ("owner:ada@example.com", "whose files, for those who may see them"),
    ("in:trash", "library, trash, shared (with you)"),
    ('"tag:sea"', "in quotes it is a plain word"),
)


@dataclass(frozen=True)
class Asked:
    section: Section
    text: str
    sort: str
    view: View


def sections() -> Section:
    names = [one.value for one in Section]
    return Section(
        steps.tabs(names, key=place.SECTION, label="Part of the library", then=place.first_page)
    )


def bar(section: Section) -> tuple[Asked, st.delta_generator.DeltaGenerator]:
    """The bar whose every choice stands in the URL, so that a view can be sent as a link.

    And the place in it for `tools`, which nobody waits for.
    """
    with st.container(horizontal=True, vertical_alignment="center", key="filters"):
        text = st.text_input(
            "Search", key=place.TEXT, bind="query-params", type="search", live=True,
            placeholder="Search names, tags, cameras", label_visibility="collapsed", width=300,
            on_change=place.first_page,
        )  # fmt: skip
        room = st.container(
            horizontal=True, vertical_alignment="center", width="content", key="search_tools"
        )
        sort = st.selectbox(
            "Sort", list(place.SORTS), key=place.SORT, bind="query-params",
            label_visibility="collapsed", width=160, on_change=place.first_page,
        )  # fmt: skip
        view = st.segmented_control(
            "View", [one.value for one in View], default=View.GALLERY.value, required=True,
            key=place.VIEW, bind="query-params", label_visibility="collapsed",
        )  # fmt: skip
    return Asked(section, text or "", sort, View(view or View.GALLERY.value)), room


def tools(actor: Actor) -> None:
    with st.popover("Syntax", key="syntax", icon=":material/help:", type="tertiary"):
        show(parts.title("What can be typed"), _syntax())
    saved_searches(actor)


def _syntax() -> Markup:
    """Each example leads to what it finds."""
    rows = [
        (tag("a", parts.mono(typed), href=f"/library?q={quote(typed)}"), meaning)
        for typed, meaning in _SYNTAX
    ]
    return tag("div", parts.table(("Typed", "Finds"), rows), class_="ui-syntax")


def saved_searches(actor: Actor) -> None:
    """Read only when the list is opened."""
    popover = st.popover(
        "Saved", key="saved_searches", icon=":material/bookmark:", type="tertiary",
        on_change="rerun",
    )  # fmt: skip
    if not popover.open:
        return
    with popover:
        searches = session.services().library.searches.listed(actor)
        for search in searches:
            _saved(actor, search)
        if not searches:
            show(parts.note("No search is saved yet."))
        _save(actor)


def _saved(actor: Actor, search: SavedSearch) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"saved_{search.id}"):
        st.button(
            plain(search.name), key=f"open_search_{search.id}", type="tertiary",
            help=plain(search.query) or None, on_click=_open, args=(search.query,),
        )  # fmt: skip
        with st.popover("Edit", key=f"edit_search_{search.id}", type="tertiary"):
            name = st.text_input("Name", search.name, key=f"search_name_{search.id}")
            if (
                name
                and name != search.name
                and _done(
                    lambda: session.services().library.searches.rename(actor, search.id, name)
                )
            ):
                st.rerun()
            if st.button("Delete", key=f"delete_search_{search.id}"):
                session.services().library.searches.delete(actor, search.id)
                st.rerun()


def _save(actor: Actor) -> None:
    query = typed_now()
    if not query:
        show(parts.note("Search or filter, then save it here under a name."))
        return
    show(tag("p", "Now: ", parts.mono(query)))
    with st.form("save_search", border=False, clear_on_submit=True):
        name = st.text_input("Name", key="new_search_name")
        save = st.form_submit_button("Save search", type="primary")
    if (
        save
        and name
        and _done(lambda: session.services().library.searches.create(actor, name, query))
    ):
        st.rerun()


def _done(change: Callable[[], object]) -> bool:
    try:
        change()
    except DashboardError as error:
        show(parts.note(f"{error.message} {error.hint}", Tone.FAIL))
        return False
    return True


def typed_now() -> str:
    """The search box and the chosen filters as one text that can be typed."""
    words = [str(st.session_state.get(place.TEXT) or "")]
    words += [f'{name}:"{value}"' for name, value in place.filters()]
    return " ".join(filter(None, words)).strip()


def _open(query: str) -> None:
    """The whole search goes into the box, where it can be changed."""
    place.clear()
    st.session_state[place.TEXT] = query
