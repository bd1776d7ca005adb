"""What there is to narrow by, with counts; asked only when somebody opens a list of it.

So the files never wait for counts, and every choice stands in the address.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from core.model.finding import Facets, FacetValue
from core.model.identity import Actor, Permission
from core.model.media import FileQuery
from core.ui import formats, parts, session
from core.ui.frame import guarded, show
from core.ui.library import place, words
from core.ui.markup import plain

_LISTED = 15  # values of one list; a search over them shows the others


@dataclass(frozen=True)
class Counted:
    """The values of one facet; `more` others have fewer files than these."""

    values: tuple[FacetValue, ...]
    more: int = 0


def lists(actor: Actor, query: FileQuery) -> None:
    """One list for each thing to narrow by."""
    for name in _LISTS:
        if name != "owner" or actor.may(Permission.MEDIA_READ_ALL):
            _list(name, query)


def _list(name: str, query: FileQuery) -> None:
    st.fragment(_popover, key=f"facet_list_{name}")(name, query)


@guarded
def _popover(actor: Actor, name: str, query: FileQuery) -> None:
    label = words.FACETS[name]
    chosen = bool(place.chosen(name))
    popover = st.popover(
        f"**{label}**" if chosen else label, key=f"facet_{name}", on_change="rerun",
        type="secondary" if chosen else "tertiary",
    )  # fmt: skip
    if not popover.open:
        return
    with popover, st.container(gap=None):
        facets = session.services().library.facets(actor, query)
        counted = _LISTS[name](facets)
        people = _people(actor, counted) if name == "owner" else {}
        _values(name, counted, people, about=facets.about)


def _values(name: str, counted: Counted, people: dict[str, str], *, about: bool) -> None:
    told = {one.value: words.value(name, one.value, people) for one in counted.values}
    shown = list(counted.values)
    if len(shown) > _LISTED:
        typed = st.text_input(
            f"Search {words.FACETS[name].lower()}", key=f"facet_search_{name}", live=True,
            placeholder="Search", label_visibility="collapsed",
        )  # fmt: skip
        shown = [one for one in shown if (typed or "").casefold() in told[one.value].casefold()]
    if not shown:
        show(parts.note("Nothing of this kind is among these files."))
    for one in shown[:_LISTED]:
        count = f"{'about ' if about else ''}{formats.number(one.count)}"
        label = f"{plain(formats.shorten(told[one.value], 40))} :gray[{count}]"
        chosen = one.value in place.chosen(name)
        icon = ":material/check:" if chosen else None
        if st.button(label, key=f"pick_{name}_{one.value}", type="tertiary", icon=icon):
            (place.drop if chosen else place.add)(name, one.value)
            st.rerun()  # the files are outside of this fragment
    rest = len(shown) - _LISTED + counted.more
    if rest > 0:
        show(parts.note(f"and {formats.number(rest)} more: search for them"))


def chips(actor: Actor) -> None:
    """Every choice, each to be taken away again."""
    made = place.filters()
    if not made:
        return
    owners = [value for name, value in made if name == "owner"]
    people = session.services().accounts.names(actor, owners) if owners else {}
    with st.container(horizontal=True, vertical_alignment="center", key="chips", gap="small"):
        for name, value in made:
            told = f"{words.FACETS[name]}: {words.value(name, value, people)}"
            st.button(
                plain(formats.shorten(told, 48)), key=f"chip_{name}_{value}",
                icon=":material/close:", icon_position="right", help="Take this filter away",
                on_click=place.drop, args=(name, value),
            )  # fmt: skip
        st.button("Clear all", key="clear_filters", type="tertiary", on_click=place.clear)


def _people(actor: Actor, counted: Counted) -> dict[str, str]:
    ids = [one.value for one in counted.values]
    return dict(session.services().accounts.names(actor, ids))


def _years(facets: Facets) -> Counted:
    """Years first, then their months: each as `taken:` takes it."""
    years: dict[str, int] = {}
    for month in facets.months.values:
        year = month.value[:4]
        years[year] = years.get(year, 0) + month.count
    values = [FacetValue(value=year, count=count) for year, count in years.items()]
    values.sort(key=lambda one: one.value, reverse=True)
    months = sorted(facets.months.values, key=lambda one: one.value, reverse=True)
    return Counted((*values, *months), facets.months.more)


def _access(facets: Facets) -> Counted:
    counts = (
        ("private", facets.private),
        ("public", facets.total - facets.private),
        ("shared", facets.shared),
        ("own", facets.total - facets.shared),
    )
    return Counted(tuple(FacetValue(value=name, count=count) for name, count in counts if count))


def _plain(field: str) -> Callable[[Facets], Counted]:
    def read(facets: Facets) -> Counted:
        facet = getattr(facets, field)
        values: Sequence[FacetValue] = facet.values if facet else ()
        return Counted(tuple(values), facet.more if facet else 0)

    return read


_LISTS: dict[str, Callable[[Facets], Counted]] = {
    "type": _plain("kinds"),
    "state": _plain("states"),
    "tag": _plain("tags"),
    "camera": _plain("cameras"),
    "taken": _years,
    "ext": _plain("extensions"),
    "owner": _plain("owners"),
    "is": _access,
}
