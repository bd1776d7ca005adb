"""Figures for Plotly as plain dictionaries. Pure: the library is loaded when one is shown.

Names of keys and referrers come from strangers, and Plotly reads a few tags in texts: `plotted`
takes that away.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from html import escape
from typing import Any, NamedTuple

from core.ui import formats
from core.ui.charts import PALETTE

Figure = dict[str, Any]
GREY = PALETTE[6]


class Series(NamedTuple):
    """`texts` are shown on hover, one for each value."""

    name: str
    values: Sequence[float]
    texts: Sequence[str]
    colour: str = PALETTE[0]


def plotted(text: str, width: int = 48) -> str:
    """A name that stands for itself: no tag, no template of Plotly's."""
    return escape(formats.shorten(" ".join(text.split()), width)).replace("%{", "%\\u200b{")


def columns(
    labels: Sequence[str], series: Sequence[Series], *, title: str = "", height: int = 240,
    whole: bool = False,
) -> Figure:  # fmt: skip
    """Bars side by side in time or by class, stacked where there are several series.

    `whole`: of things that are counted, so that half a thing is no mark on the axis.
    """
    data = [
        {
            "type": "bar",
            "name": plotted(one.name),
            "x": list(labels),
            "y": list(one.values),
            "customdata": [plotted(text, 120) for text in one.texts],
            "hovertemplate": "%{customdata}<extra></extra>",
            "marker": {"color": one.colour, "line": {"width": 0}},
        }
        for one in series
    ]
    layout = _layout(height, legend=len(series) > 1) | {"barmode": "stack", "bargap": 0.18}
    layout["yaxis"] |= {"title": {"text": title}, "rangemode": "tozero"}
    if whole and max((v for one in series for v in one.values), default=0) < _FEW:
        layout["yaxis"] |= {"dtick": 1}
    return {"data": data, "layout": layout}


def line(labels: Sequence[str], series: Sequence[Series], *, title: str = "") -> Figure:
    """A value that changes with time; a gap stays a gap."""
    data = [
        {
            "type": "scatter",
            "mode": "lines+markers" if len(labels) < _MANY else "lines",
            "name": plotted(one.name),
            "x": list(labels),
            "y": list(one.values),
            "customdata": [plotted(text, 120) for text in one.texts],
            "hovertemplate": "%{customdata}<extra></extra>",
            "line": {"color": one.colour, "width": 2},
            "marker": {"size": 5},
            "connectgaps": False,
        }
        for one in series
    ]
    layout = _layout(200, legend=len(series) > 1)
    layout["yaxis"] |= {"title": {"text": title}, "rangemode": "tozero"}
    return {"data": data, "layout": layout}


def waterfall(start: tuple[str, float], steps: Sequence[tuple[str, float]], end: str) -> Figure:
    """From one month to the next, one step for each reason."""
    values = [start[1], *(amount for _, amount in steps), 0]
    layout = _layout(290, legend=False) | {"margin": {"l": 0, "r": 0, "t": 24, "b": 0}}
    layout["xaxis"] |= {"tickangle": 0, "tickfont": {"size": 11}}
    return {
        "data": [
            {
                "type": "waterfall",
                "measure": ["absolute", *("relative" for _ in steps), "total"],
                "x": [_wrapped(name) for name in (start[0], *(n for n, _ in steps), end)],
                "text": [_usd(start[1]), *(_signed(amount) for _, amount in steps), ""],
                "textposition": "outside",
                "cliponaxis": False,
                "y": values,
                "hovertemplate": "%{x}: $%{delta:,.4f}<extra></extra>",
                "increasing": {"marker": {"color": PALETTE[5]}},
                "decreasing": {"marker": {"color": PALETTE[2]}},
                "totals": {"marker": {"color": PALETTE[0]}},
                "connector": {"line": {"width": 1, "color": "rgba(128,128,128,.5)"}},
            }
        ],
        "layout": layout,
    }


def _usd(amount: float) -> str:
    return f"${amount:,.2f}"


def _signed(amount: float) -> str:
    return f"{'+' if amount > 0 else chr(0x2212)}{_usd(abs(amount))}"


def _wrapped(name: str) -> str:
    """On several short lines, so that names stand upright below their bars."""
    words = formats.shorten(" ".join(name.split()), 40)
    return "<br>".join(plotted(line) for line in textwrap.wrap(words, _LABEL_WIDTH))


def scale(most: int) -> tuple[int, str]:
    """The unit in which an axis is drawn."""
    size, unit = 1, "B"
    for name in ("KiB", "MiB", "GiB", "TiB"):
        if most < size * 1024:
            break
        size, unit = size * 1024, name
    return size, unit


_LABEL_WIDTH = 10  # letters below a bar that is as narrow as on a phone
_FEW = 6  # things, up to which an axis marks each
_MANY = 45  # points, from which single marks only blur a line


def _layout(height: int, *, legend: bool) -> dict[str, Any]:
    quiet = {"fixedrange": True, "automargin": True, "zeroline": False}
    return {
        "height": height,
        "margin": {"l": 0, "r": 0, "t": 8, "b": 0},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": "Inter, sans-serif", "size": 12},
        "showlegend": legend,
        "legend": {"orientation": "h", "y": 1.12, "x": 0},
        "dragmode": False,
        "hoverlabel": {"font": {"family": "Inter, sans-serif", "size": 12}},
        "xaxis": {**quiet, "showgrid": False},
        "yaxis": {**quiet, "tickformat": ","},  # 6,000,000 as in the tables, not 6M
    }
