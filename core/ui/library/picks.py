"""What is selected in the library: files on any page, or all that a search finds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import streamlit as st

from core.model.changes import Selection
from core.model.media import FileQuery
from core.ui import session
from core.ui.gallery import GalleryEvent
from core.ui.library.place import fingerprint


@dataclass(frozen=True)
class Picks:
    """`ids` in the order of picking. `whole` is the fingerprint of a query that is picked whole.

    `entered` is what was picked on the page `page` when it was first drawn: the browser goes on
    from there.
    """

    ids: tuple[str, ...] = ()
    whole: str = ""
    page: str = ""
    entered: tuple[str, ...] = ()


def current() -> Picks:
    kept = st.session_state.get(session.PICKED)
    return kept if isinstance(kept, Picks) else Picks()


def entering(page: str, query: FileQuery, shown: Sequence[str]) -> Picks:
    """The picks as a page of files is drawn; a whole that another search found is let go."""
    picks = current()
    if picks.whole and picks.whole != fingerprint(query):
        picks = Picks()
    if picks.page != page:
        here = tuple(shown) if picks.whole else tuple(one for one in shown if one in set(picks.ids))
        picks = replace(picks, page=page, entered=here)
    return _keep(picks)


def heard(picks: Picks, event: GalleryEvent, shown: Sequence[str]) -> Picks:
    """The picks after what the browser said of the page."""
    if event.cleared:
        return _keep(replace(picks, ids=(), whole=""))
    if not event.known:
        return picks
    if picks.whole and len(event.selected) == len(shown):
        return picks
    here, chosen = set(shown), set(event.selected)
    kept = tuple(one for one in picks.ids if one not in here or one in chosen)
    more = tuple(one for one in event.selected if one not in set(kept))
    return _keep(replace(picks, ids=kept + more, whole=""))


def pick_all(query: FileQuery, shown: Sequence[str]) -> None:
    """All that the query finds, now on this page and on all others."""
    page = current().page
    _keep(Picks(ids=tuple(shown), whole=fingerprint(query), page=page, entered=tuple(shown)))


def forget() -> None:
    """After an action the files may no longer be there; a new key forgets in the browser, too."""
    st.session_state[session.SELECTION] = st.session_state.get(session.SELECTION, 0) + 1
    st.session_state.pop(session.PICKED, None)


def key(name: str) -> str:
    return f"{name}_{st.session_state.get(session.SELECTION, 0)}"


def selection(picks: Picks, query: FileQuery) -> Selection:
    return Selection(query=query) if picks.whole else Selection(ids=picks.ids)


def _keep(picks: Picks) -> Picks:
    st.session_state[session.PICKED] = picks
    return picks
