"""The selection handed on: as a link for others, or as one zip for oneself."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.errors import DashboardError
from core.model.changes import Selection
from core.model.identity import Actor, Permission
from core.model.library import ZipPlan
from core.model.media import MediaFile
from core.shares.rules import MOST_FILES
from core.ui import file_detail, formats, parts, session, share_dialog
from core.ui.frame import guarded, show
from core.ui.library.found import Found
from core.ui.library.picks import Picks
from core.ui.markup import Markup, tag
from core.ui.parts import Tone

_LINKS = 12  # files that are also offered one by one
_ZIP = "/api/files/zip"


def share(actor: Actor, picked: Picks, selection: Selection, count: int) -> None:
    """A link over the files as of now, also where they are all that a search finds."""
    if not st.button("Share", key="share_selected"):
        return
    if count > MOST_FILES:
        st.dialog(f"Share {formats.counted(count, 'file')}", width=560)(_too_many)(count)
        return
    ids = session.services().library.selections.ids(actor, selection, most=MOST_FILES)
    note = "What this search finds later is not added to the link." if picked.whole else ""
    share_dialog.open_dialog(actor, ids, note)


@guarded
def _too_many(actor: Actor, count: int) -> None:
    actor.require(Permission.MEDIA_READ)
    most = formats.counted(MOST_FILES, "file")
    show(parts.note(f"A link holds {most}; these are {formats.number(count)}.", Tone.WARN))
    show(parts.note("Narrow the search. Or put them on an album, with More, and share that."))


def download(actor: Actor, found: Found, picked: Picks, selection: Selection, count: int) -> None:
    here = [file for file in found.page.items if file.id in picked.ids]
    offer(actor, here, selection, count)


def offer(actor: Actor, here: Sequence[MediaFile], selection: Selection, count: int) -> None:
    """One link for one file, one zip for more; a few of `here` one by one as well."""
    place = st.popover("Download", on_change="rerun", key="download_selected")
    if not place.open:  # each link asks S3 whether the bytes are there
        return
    with place:
        if count > 1:
            _zip(actor, selection)
        if count <= _LINKS:
            file_detail.download_links(actor, here)


def _zip(actor: Actor, selection: Selection) -> None:
    try:
        plan = session.services().library.selections.zip_plan(actor, selection)
    except DashboardError as error:
        show(parts.note(f"{error.message} {error.hint}", Tone.WARN))
        return
    if plan.left_out:
        files = formats.counted(plan.left_out, "file")
        show(parts.note(f"{files} still being processed: left out.", Tone.WARN))
    if plan.count:
        show(_form(selection, plan))


def _form(selection: Selection, plan: ZipPlan) -> Markup:
    """A form and not a link: the ids of many files are longer than an address may be."""
    words = f"Download {formats.counted(plan.count, 'file')} as one zip, {formats.size(plan.size)}"
    if selection.query is not None:
        field, value = "filter", selection.query.model_dump_json(exclude_defaults=True)
    else:
        field, value = "ids", ",".join(selection.ids)
    return tag(
        "form",
        tag("input", type="hidden", name_=field, value=value),
        tag("button", words, type="submit", class_="ui-button"),
        action=_ZIP,
        method="post",
    )
