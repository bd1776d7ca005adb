"""What-if: a change set with sliders and answered at once, saved under a name, compared."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Literal, cast, get_args

import streamlit as st

from core.errors import InvalidInput
from core.model.identity import Actor, Permission
from core.model.scenarios import (
    Change,
    ClassChange,
    ClassName,
    HitRatioChange,
    HttpsChange,
    ImageChange,
    PriceClassChange,
    Scenario,
    Tiering,
    TtlChange,
)
from core.ui import advice_parts, parts, session
from core.ui.frame import guarded, show
from core.ui.markup import plain

_LONGEST_NAME = 120
_CLASSES = {
    "STANDARD_IA": "Standard-IA", "ONEZONE_IA": "One Zone-IA", "GLACIER_IR": "Glacier Instant",
    "INTELLIGENT_TIERING": "Intelligent-Tiering", "GLACIER": "Glacier Flexible",
    "DEEP_ARCHIVE": "Deep Archive", "STANDARD": "Standard",
}  # fmt: skip
_ROLES = {"": "All objects", "original": "Originals", "rendition": "Renditions"}
_TTLS = {
    "1 minute": 60, "5 minutes": 300, "1 hour": 3600, "1 day": 86_400, "1 week": 604_800,
    "30 days": 2_592_000, "1 year": 31_536_000,
}  # fmt: skip
_EDGES = {
    "North America and Europe": "PriceClass_100",
    "Without South America and Australia": "PriceClass_200",
    "Everywhere": "PriceClass_All",
}


@st.fragment
@guarded
def what_if(actor: Actor, period: str) -> None:
    """Every move of a slider is answered on the measured month."""
    costs = session.services().costs
    kind = st.segmented_control(
        "Change", list(_KINDS), default="Storage class", key="change", required=True,
        bind="query-params", label_visibility="collapsed",
    )  # fmt: skip
    left, right = st.columns([1, 2], gap="large")
    with left:
        change = _KINDS[str(kind)]()
    with right:
        scenario = Scenario(name=str(kind), change=change)
        show(advice_parts.answer(costs.what_if(actor, scenario, period)))
        _save(actor, change)
    _saved(actor, period)


def _save(actor: Actor, change: Change) -> None:
    with (
        st.form("save_scenario", border=False),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        name = st.text_input(
            "Name",
            placeholder="Originals to Glacier Instant",
            max_chars=_LONGEST_NAME,
            label_visibility="collapsed",
        )
        if st.form_submit_button("Save scenario"):
            if not name.strip():
                raise InvalidInput("The scenario has no name.", hint="Write one before saving it.")
            named = Scenario(name=name.strip(), change=change)
            session.services().costs.save_scenario(actor, named)
            st.rerun()  # fmt: skip


def _saved(actor: Actor, period: str) -> None:
    actor.require(Permission.COSTS_READ)
    costs = session.services().costs
    answers = costs.compare_scenarios(actor, period=period)
    if not answers:
        return
    show(parts.title("Saved scenarios", "on this month, at the same prices"))
    show(advice_parts.compared(answers))
    with st.popover("Remove one", icon=":material/delete:"):
        for one in answers:
            if st.button(f"Remove {plain(one.scenario.name)}", key=f"drop_{one.scenario.id}"):
                costs.remove_scenario(actor, one.scenario.id)
                st.rerun()  # fmt: skip


# --- one form for each kind of change -------------------------------------------------------


def _storage_class() -> Change:
    to = st.selectbox(
        "Move to", list(_CLASSES), format_func=_CLASSES.__getitem__, key="to", bind="query-params"
    )
    role, prefix = _scope()
    after = st.slider(
        "Once they are so many days old", 0, 365, 30, 5, key="after", bind="query-params"
    )
    known = st.toggle("I know how often each is read", key="reads_known", bind="query-params")
    reads = st.slider(
        "Reads of each object a month",
        0.0,
        10.0,
        0.1,
        0.1,
        key="reads",
        bind="query-params",
        disabled=not known,
    )
    small = st.toggle("Move objects under 128 KB too", key="small", bind="query-params")
    return ClassChange(
        to_class=cast("ClassName", to if to in get_args(ClassName) else "STANDARD_IA"),
        after_days=after, reads=Decimal(str(reads)) if known else None, small_too=small,
        role=role, prefix=prefix,
    )  # fmt: skip


def _tiering() -> Change:
    role, prefix = _scope()
    cold = _share("Bytes that nobody reads for 30 days", "cold", 60)
    colder = _share("of all bytes, not read for 90 days", "colder", 30)
    return Tiering(infrequent=max(cold - colder, Decimal(0)), archive_instant=min(colder, cold),
                   role=role, prefix=prefix)  # fmt: skip


def _images() -> Change:
    left = _share(
        "Bytes that are left of each rendition (AVIF instead of JPEG: about 50 %)",
        "left",
        50,
        least=5,
    )
    share = _share("Renditions' share of delivered bytes", "share", 90)
    return ImageChange(bytes_left=left, share_of_delivery=share, role="rendition")  # fmt: skip


def _hit_ratio() -> Change:
    return HitRatioChange(target=_share("Requests that the cache answers", "hits", 95))


def _price_class() -> Change:
    name = st.radio("Edges that deliver", list(_EDGES), key="edges", bind="query-params")
    to = _EDGES[str(name)]
    return PriceClassChange(
        to=cast("Literal['PriceClass_100', 'PriceClass_200', 'PriceClass_All']", to)
    )


def _ttl() -> Change:
    name = st.select_slider("An edge keeps a file for", list(_TTLS), "1 day", key="ttl",
                            bind="query-params")  # fmt: skip
    return TtlChange(seconds=_TTLS[str(name)])


def _https() -> Change:
    show(parts.note("Every request over plain HTTP is answered by a redirect to HTTPS."))
    return HttpsChange()


def _scope() -> tuple[str, str]:
    role = st.selectbox(
        "Which objects",
        list(_ROLES),
        format_func=_ROLES.__getitem__,
        key="role",
        bind="query-params",
    )
    prefix = st.text_input(
        "Only below this prefix", key="below", bind="query-params", placeholder="media/"
    )
    return str(role or ""), (prefix or "").strip()[:1024]  # fmt: skip


def _share(words: str, key: str, start: int, *, least: int = 0) -> Decimal:
    percent = st.slider(f"{words}, in %", least, 100, start, key=key, bind="query-params")
    return Decimal(int(percent)) / 100


_KINDS: dict[str, Callable[[], Change]] = {
    "Storage class": _storage_class,
    "Intelligent-Tiering": _tiering,
    "Image format": _images,
    "Cache hits": _hit_ratio,
    "Cache time": _ttl,
    "Price class": _price_class,
    "HTTPS": _https,
}
