"""One page of what was found: as tiles or as a table, and what was selected in it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.model.identity import Actor, Permission
from core.model.media import FilePage, FileQuery, MediaFile
from core.ui import delivery_view, formats, scrolling, session
from core.ui.gallery import Around, GalleryEvent, GalleryItem, gallery
from core.ui.library import picks, place
from core.ui.library.picks import Picks

if TYPE_CHECKING:
    from streamlit.elements.arrow import DataframeStateInput


@dataclass(frozen=True)
class Found:
    """A page of files, the query behind it and the place of its first file in all of them."""

    page: FilePage
    query: FileQuery
    offset: int

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(file.id for file in self.page.items)

    @property
    def mark(self) -> str:
        """Tells this page from every other one, also of other searches."""
        return f"{place.fingerprint(self.query)}/{self.offset}"


def read(actor: Actor, query: FileQuery) -> Found:
    """The page that the address names; the first where there is no such one."""
    library, per_page = session.services().library, actor.preferences.page_size
    offset = (place.page_number() - 1) * per_page
    page = library.page(actor, query, limit=per_page, offset=offset)
    if page.total and not page.items:
        return Found(library.page(actor, query, limit=per_page), query, 0)
    return Found(page, query, offset)


def tiles(actor: Actor, found: Found) -> tuple[Picks, str | None]:
    """What is selected now, and the file that was opened in this run."""
    entered = picks.entering(found.mark, found.query, found.ids)
    elsewhere, total = sum(one not in found.ids for one in entered.ids), found.page.total
    event = gallery(
        [tile(file) for file in found.page.items],
        picks.key("gallery"),
        selected=entered.entered,
        page=found.mark,
        around=Around(elsewhere, total if entered.whole else 0, total),
        diagnose=actor.may(Permission.URL_DIAGNOSE),
    )
    return picks.heard(entered, event, found.ids), event.opened


def tile(file: MediaFile) -> GalleryItem:
    return GalleryItem(
        id=file.id,
        name=file.name,
        kind=file.kind,
        state=file.state,
        size=_size(file),
        thumbnail=session.services().library.thumbnail_url(file) or None,
        width=file.width,
        height=file.height,
        private=file.private,
    )


def _size(file: MediaFile) -> str:
    """In the trash with the days that it has left there, which are said first: tiles are narrow."""
    until = session.services().library.purge_at(file)
    size = formats.size(file.size)
    if until is None:
        return size
    left = max(0, math.ceil((until - session.now()) / timedelta(days=1)))
    return f"{formats.counted(left, 'day')} left, {size}"


def table(found: Found, *, trashed: bool) -> tuple[Picks, str | None]:
    """A table for many columns; sorting and export are the table's own."""
    address, zone = session.services().library.thumbnail_url, formats.zone_name()
    items = found.page.items
    picked = picks.entering(found.mark, found.query, found.ids)
    event = st.dataframe(
        [_row(file, session.absolute(address(file)), trashed=trashed) for file in items],
        hide_index=True,
        row_height=40,
        height=min(660, 40 * (len(items) + 1)),
        on_select="rerun",
        selection_mode="multi-row",
        selection_default=_chosen_before(found, picked),
        key=f"{picks.key('list')}_{found.mark}",
        column_config={
            "": st.column_config.ImageColumn(width=56),
            "Name": st.column_config.TextColumn(width="medium"),
            "Size (KiB)": st.column_config.NumberColumn(format="localized"),
            "Tags": st.column_config.ListColumn(),
            f"Uploaded ({zone})": _times(),
            f"Deleted for good ({zone})": _times(),
        },
        alt="Files of this page",
    )
    chosen = tuple(items[at].id for at in event.selection.rows if at < len(items))
    return picks.heard(picked, GalleryEvent(chosen, None), found.ids), None


def _chosen_before(found: Found, picked: Picks) -> DataframeStateInput:
    rows = [at for at, one in enumerate(found.ids) if one in picked.entered]
    return {"selection": {"rows": rows}}


def _times() -> Any:
    return st.column_config.DatetimeColumn(format="YYYY-MM-DD HH:mm", timezone=formats.zone_name())


def _row(file: MediaFile, thumbnail: str, *, trashed: bool) -> dict[str, object]:
    zone = formats.zone_name()
    row: dict[str, object] = {
        "": thumbnail,
        "Name": file.name,
        "State": delivery_view.file_word(file.state),
        "Access": "Private" if file.private else "Public",
        "Type": file.content_type,
        "Size (KiB)": round(file.size / 1024),
        "Dimensions": formats.dimensions(file.width, file.height),
        "Folder": file.folder,
        "Tags": list(file.tags),
        f"Uploaded ({zone})": file.uploaded_at,
    }
    if trashed:
        row[f"Deleted for good ({zone})"] = session.services().library.purge_at(file)
    return row


def pager(actor: Actor, total: int) -> None:
    per_page = actor.preferences.page_size
    if total > per_page:
        shown = st.pagination(math.ceil(total / per_page), key=place.PAGE, bind="query-params")
        scrolling.top_on_change(shown, key="library_top")
