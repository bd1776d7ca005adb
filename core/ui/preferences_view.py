"""What a person prefers to see: theme, page size, time zone, and where they start."""

from __future__ import annotations

import secrets

import streamlit as st

from core.accounts.preferences import time_zones
from core.accounts.records import PreferenceChanges, ProfileChanges
from core.model.identity import Actor, Role
from core.model.preferences import PageSize, Preferences, StartPage, Theme
from core.model.start_pages import open_to
from core.ui import navigation, parts, session
from core.ui.frame import guarded, show
from core.ui.reloading import reload_page

_THEMES = {
    Theme.SYSTEM: "As the system",
    Theme.LIGHT: "Light",
    Theme.DARK: "Dark",
}
_SIZES: tuple[PageSize, ...] = (30, 60, 120)


@st.fragment
@guarded
def preferences(actor: Actor) -> None:
    before = session.services().accounts.profile(actor).preferences
    show(parts.title("Settings", "yours alone, in every browser"))
    with st.form("preferences", border=False):
        wanted = _fields(before, actor.role)
        if not st.form_submit_button("Save settings"):
            return
        session.services().accounts.update_profile(actor, ProfileChanges(preferences=wanted))
    if wanted.theme is not before.theme:
        reload_page(secrets.token_hex(8))
        return
    session.announce("The settings are saved.")
    st.rerun()


def _fields(before: Preferences, role: Role) -> PreferenceChanges:
    theme = st.selectbox(
        "Theme", list(Theme), index=list(Theme).index(before.theme), format_func=_THEMES.__getitem__
    )
    size = st.selectbox("Files on a page", _SIZES, index=_SIZES.index(before.page_size))
    zones = time_zones()
    known = before.time_zone in zones
    zone = st.selectbox(
        "Time zone",
        zones,
        index=zones.index(before.time_zone) if known else 0,
        help="Times are shown in it. UTC stands beside them under the pointer.",
    )
    pages = [page for page in StartPage if open_to(page, role)]
    at = pages.index(before.start_page) if before.start_page in pages else 0
    start = st.selectbox("Page after signing in", pages, index=at, format_func=navigation.title_of)
    return PreferenceChanges(theme=theme, page_size=size, time_zone=zone, start_page=start)
