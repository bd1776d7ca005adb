"""Small charts drawn as HTML, so that the first pixels need no chart library. Pure.

The same series has the same colour everywhere: the order is that of the theme's
`chartCategoricalColors`, which stays readable for colour-blind people.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from core.model.media import DayTotal, FileKind, KindTotal
from core.ui import formats
from core.ui.markup import Markup, tag

PALETTE = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#8C8C8C")

_KIND_COLOURS = {
    FileKind.IMAGE: PALETTE[0],
    FileKind.VIDEO: PALETTE[1],
    FileKind.AUDIO: PALETTE[2],
    FileKind.DOCUMENT: PALETTE[3],
    FileKind.OTHER: PALETTE[6],
}
KIND_WORDS = {
    FileKind.IMAGE: "Images",
    FileKind.VIDEO: "Videos",
    FileKind.AUDIO: "Audio",
    FileKind.DOCUMENT: "Documents",
    FileKind.OTHER: "Other files",
}


def last_days(totals: Iterable[DayTotal], today: date, days: int = 30) -> tuple[DayTotal, ...]:
    """Every one of the last `days` days, also those on which nothing arrived."""
    known = {total.day: total for total in totals}
    first = today - timedelta(days=days - 1)
    wanted = (first + timedelta(days=at) for at in range(days))
    return tuple(known.get(day) or DayTotal(day=day, count=0, size=0) for day in wanted)


def day_bars(days: Sequence[DayTotal]) -> Markup:
    """One bar a day; the number and the bytes on hover. Needs at least one day."""
    most = max(1, *(day.count for day in days))
    bars = tag("div", *(_bar(day, most) for day in days), class_="ui-bars", role="list")
    scale = tag("div", tag("span", formats.number(most)), tag("span", "0"), class_="ui-scale")
    middle = days[len(days) // 2].day
    axis = tag(
        "div",
        *(tag("span", _day(day)) for day in (days[0].day, middle, days[-1].day)),
        class_="ui-axis",
    )
    return tag("figure", tag("div", scale, bars, class_="ui-plot"), axis, class_="ui-chart")


def _bar(day: DayTotal, most: int) -> Markup:
    words = f"{_day(day.day)}: {formats.counted(day.count, 'file')}, {formats.size(day.size)}"
    height = f"height:{100 * day.count / most:.1f}%"
    fill = tag("i", style=height, class_=None if day.count else "ui-none")
    return tag("span", fill, role="listitem", title=words, aria_label=words)


def _day(day: date) -> str:
    return f"{day.day} {day:%b}"


def kind_bars(totals: Sequence[KindTotal]) -> Markup:
    """How much of each type, by bytes: largest first, always in the type's own colour."""
    ordered = sorted((t for t in totals if t.count), key=lambda total: -total.size)
    whole = sum(total.size for total in ordered) or 1
    track = tag(
        "div",
        *(_slice(total, whole) for total in ordered),
        class_="ui-track",
        aria_hidden="true",
    )
    return tag("div", track, tag("ul", *(_kind(t, whole) for t in ordered)), class_="ui-kinds")


def _slice(total: KindTotal, whole: int) -> Markup:
    colour = _KIND_COLOURS[total.kind]
    return tag("i", style=f"flex-grow:{max(total.size / whole, 0.004):.4f};background:{colour}")


def _kind(total: KindTotal, whole: int) -> Markup:
    return tag(
        "li",
        tag("i", style=f"background:{_KIND_COLOURS[total.kind]}"),
        tag("span", KIND_WORDS[total.kind]),
        tag("span", formats.number(total.count), class_="ui-num"),
        tag("span", formats.size(total.size), class_="ui-num"),
        tag("span", formats.share(total.size, whole), class_="ui-num ui-muted"),
    )
