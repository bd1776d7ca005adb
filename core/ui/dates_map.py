"""The component that draws months by days with their counts; a click or a key picks one."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import streamlit as st

from core.model.finding import Moment
from core.ui.browser_module import stub

NOTHING = "-"  # what was picked is let go
_PERIOD = re.compile(r"\d{4}-\d{2}(-\d{2})?")


def dates_map(days: Sequence[Moment], key: str, *, chosen: str, label: str) -> str | None:
    """The month (`2026-11`), day or `NOTHING` that was picked in this run."""
    shown = {
        "label": label,
        "days": [(day.period, day.count) for day in days],
        "chosen": chosen,
    }
    result = _component()(key=key, data={"map": json.dumps(shown)}, on_picked_change=_rerun)
    return read_pick(result)


def read_pick(result: Mapping[str, Any]) -> str | None:
    picked = result.get("picked")
    if not isinstance(picked, str):
        return None
    return picked if picked == NOTHING or _PERIOD.fullmatch(picked) else None


def _rerun() -> None:
    """The change itself reruns the page."""


@cache
def _component() -> Any:
    return st.components.v2.component("dashboard_dates", js=stub("dates.js"))
