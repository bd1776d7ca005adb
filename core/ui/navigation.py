"""The screens and who sees them. Hiding is for calm only: page and service refuse on their own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from core.model.identity import Actor, Permission
from core.ui import session

if TYPE_CHECKING:
    from streamlit.navigation.page import Page

_PAGES = Path(__file__).parents[2] / "pages"


@dataclass(frozen=True)
class Screen:
    name: str  # file under pages/ and path in the URL
    title: str
    icon: str
    section: str  # '' keeps it out of the menu: it is reached from elsewhere
    permission: Permission | None = None


SCREENS = (
    Screen("home", "Home", ":material/home:", "Media"),
    Screen("upload", "Upload", ":material/upload:", "Media", Permission.MEDIA_UPLOAD),
    Screen("library", "Library", ":material/photo_library:", "Media", Permission.MEDIA_READ),
    Screen("progress", "Progress", ":material/compare:", "Media", Permission.MEDIA_UPLOAD),
    Screen("shared", "Shared", ":material/share:", "Media", Permission.MEDIA_READ),
    Screen("doctor", "Doctor", ":material/stethoscope:", "Support", Permission.URL_DIAGNOSE),
    Screen("audit", "Audit", ":material/fact_check:", "Support", Permission.URL_DIAGNOSE),
    Screen("usage", "Usage", ":material/bar_chart:", "Admin", Permission.USAGE_READ),
    Screen("costs", "Costs", ":material/payments:", "Admin", Permission.COSTS_READ),
    Screen("people", "People", ":material/group:", "Admin", Permission.PEOPLE_MANAGE),
    Screen("profile", "Account", ":material/account_circle:", ""),
)


def screens_for(actor: Actor) -> tuple[Screen, ...]:
    return tuple(s for s in SCREENS if s.permission is None or actor.may(s.permission))


def title_of(name: str) -> str:
    """What the menu calls the screen of this name."""
    return next((screen.title for screen in SCREENS if screen.name == name), name)


def page(screen: Screen) -> Page:
    return st.Page(
        _PAGES / f"{screen.name}.py",
        title=screen.title,
        icon=screen.icon,
        url_path="" if screen.name == "home" else screen.name,
        default=screen.name == "home",
        visibility="visible" if screen.section else "hidden",
    )


def menu(actor: Actor) -> dict[str, list[Page]]:
    """By section. Under the address of a screen that this role lacks stands only the refusal."""
    sections: dict[str, list[Page]] = {}
    for screen in screens_for(actor):
        sections.setdefault(screen.section, []).append(page(screen))
    refused = [refusal(s) for s in SCREENS if s.permission and not actor.may(s.permission)]
    return sections | {"": sections.get("", []) + refused}


def refusal(screen: Screen) -> Page:
    """Says which permission is missing, instead of claiming that there is no such page."""

    def refuse() -> None:
        if screen.permission is not None:
            session.current_actor().require(screen.permission)
        st.rerun()  # the role has just been given

    return st.Page(refuse, title=screen.title, url_path=screen.name, visibility="hidden")


def link(actor: Actor, name: str, label: str, icon: str | None = None, **query: str) -> None:
    """A link to a screen that stays inside this tab's session; nothing for who may not go there."""
    for screen in screens_for(actor):
        if screen.name == name:
            st.page_link(
                page(screen), label=label, icon=icon, query_params=query or None, width="content"
            )


def button(actor: Actor, name: str, label: str) -> None:
    """The one thing to do on a page, where it is done on another screen."""
    for screen in screens_for(actor):
        if screen.name == name and st.button(label, type="primary", icon=screen.icon):
            st.switch_page(page(screen))
