"""Who is there and what serves them. Asked on every run and in every fragment.

Cookies are frozen when a tab connects, so only the session row tells whether they still count.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

import streamlit as st

from core import dashboard
from core.errors import NotSignedIn
from core.model.identity import SESSION_COOKIE, Actor
from core.ui import formats

LAST_BULK: Final = "last_bulk"  # id of the change that the undo bar is about
PICKED: Final = "picked"  # what is selected in the library, on all pages: a `picks.Picks`
PEOPLE_SHOWN: Final = "people_shown"  # rows of the people table, grown by "Show more"
EVENTS_SHOWN: Final = "events_shown"
LINKS_SHOWN: Final = "links_shown"
REVOKED_JUST_NOW: Final = "revoked_just_now"  # id and title that the undo bar offers
UNSHARED_JUST_NOW: Final = "unshared_just_now"  # ids and sentence that the undo bar offers
SELECTION: Final = "selection"  # counts up whenever a selection is to be forgotten
PAID_REPORT: Final = "paid_report"  # the last traffic report that cost something, by question
PHOTOS_SHOWN: Final = "photos_shown"  # progress photos in the timeline, grown by "Show more"
PHOTO_DELETED: Final = "photo_deleted"  # id that the undo bar offers to have back
KEPT_JUST_NOW: Final = "kept_just_now"  # decision on duplicates that the undo bar offers
DRAWER_UNDO: Final = "drawer_undo_change"  # what the file drawer offers to take back
DRAWER_AMONG: Final = "drawer_among"  # ids of the page behind the file drawer, in their order
SHARE_NEXT: Final = "share_next"  # ids whose share dialog opens once the drawer is closed
NOTICE: Final = "notice"  # one sentence to show after the next run


def services() -> dashboard.Dashboard:
    return dashboard.current()


def token() -> str | None:
    """What the browser sent when this tab connected."""
    return st.context.cookies.get(SESSION_COOKIE)


def current_actor() -> Actor:
    """Raise `NotSignedIn` where the session was revoked or has expired."""
    actor = _required(services().accounts.actor_for_cookie(token()))
    formats.show_in(actor.preferences.time_zone)
    return actor


def actor_later() -> Callable[[], Actor]:
    """For work that a click starts outside a run, such as a download: the session is asked then."""
    sent = token()

    def ask() -> Actor:
        return _required(services().accounts.actor_for_cookie(sent))

    return ask


def _required(actor: Actor | None) -> Actor:
    if actor is None:
        raise NotSignedIn("You are signed out.", hint="Sign in again to go on.")
    return actor


def now() -> datetime:
    return datetime.now(UTC)


def announce(sentence: str) -> None:
    """Show a sentence after the next run, where the page would be redrawn over it."""
    st.session_state[NOTICE] = sentence


def announced() -> str | None:
    sentence = st.session_state.pop(NOTICE, None)
    return sentence if isinstance(sentence, str) else None


def absolute(url: str) -> str:
    """An address as it is pasted elsewhere; the embedded CDN's are relative to this site."""
    if not url.startswith("/"):
        return url
    here = urlsplit(st.context.url or "")
    site = f"{here.scheme}://{here.netloc}" if here.netloc else services().settings.site_url
    return site + url
