"""The map of dates above the files: how many were taken (or uploaded) on which day."""

from __future__ import annotations

import streamlit as st

from core.model.identity import Actor
from core.model.media import FileQuery
from core.ui import formats, parts, session
from core.ui.dates_map import NOTHING, dates_map
from core.ui.frame import show
from core.ui.library import place
from core.ui.parts import Tone

_BY = {"When taken": "taken", "When uploaded": "uploaded"}


def show_map(actor: Actor, query: FileQuery) -> None:
    """A picked month or day becomes a filter, which the map itself does not follow."""
    how = st.segmented_control(
        "Days by", list(_BY), default=next(iter(_BY)), required=True, key="by",
        bind="query-params", label_visibility="collapsed",
    )  # fmt: skip
    by = _BY[how or next(iter(_BY))]
    lifted = query.model_copy(update={f"{by}_from": None, f"{by}_to": None})
    timeline = session.services().library.timeline(actor, lifted, by=by, days=True)
    if timeline.periods:
        picked = dates_map(
            timeline.periods,
            "dates_map",
            chosen=next(iter(place.chosen(by)), ""),
            label=f"Files by the day they were {by}",
        )
        if picked:
            place.choose(by, () if picked == NOTHING else (picked,))
            st.rerun()
    else:
        show(parts.note(f"None of these files says when it was {by}.", Tone.UNKNOWN))
    if timeline.undated:
        files = formats.counted(timeline.undated, "file")
        show(parts.note(f"{files} without a date are not on the map."))
