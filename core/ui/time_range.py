"""Which days a page looks at: a few usual ranges or two dates, in the page's address. UTC."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

import streamlit as st

RANGES = {"24 hours": 2, "7 days": 7, "30 days": 30, "90 days": 90}
CUSTOM = "Dates"
_USUAL = "30 days"


class Days(NamedTuple):
    """`last` is included. `words` go after a verb: "in the last 30 days"."""

    first: date
    last: date
    words: str

    @property
    def length(self) -> int:
        return (self.last - self.first).days + 1


def chosen(today: date) -> Days:
    """The range that the filter bar names; ends on `today` unless dates were picked."""
    name = st.segmented_control(
        "Days", [*RANGES, CUSTOM], default=_USUAL, key="days", required=True, bind="query-params",
        label_visibility="collapsed",
    )  # fmt: skip
    if name == CUSTOM:
        return _picked(today)
    return usual(str(name), today)


def usual(name: str, today: date) -> Days:
    days = RANGES[name]
    words = "since yesterday" if days <= 2 else f"in the last {days} days"
    return Days(today - timedelta(days=days - 1), today, words)


def _picked(today: date) -> Days:
    """Two dates; while only one is picked, that day."""
    picked = st.date_input(
        "From and to", (today - timedelta(days=29), today), max_value=today, key="dates",
        bind="query-params", label_visibility="collapsed",
    )  # fmt: skip
    ends = picked if isinstance(picked, tuple) else (picked,)
    first, last = (ends[0], ends[-1]) if ends else (today, today)
    words = f"on {_day(first)}" if first == last else f"from {_day(first)} to {_day(last)}"
    return Days(first, last, words)


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
