"""Usage: how much is delivered and stored, what changed, and which URLs fail."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.model.identity import Actor, Permission
from core.ui import parts, storage_view, traffic_parts, traffic_view
from core.ui.frame import open_page, show
from core.ui.steps import tabs


def traffic(actor: Actor, top: DeltaGenerator) -> None:
    days, wanted = traffic_view.filters()
    with st.skeleton(height=480):
        report = traffic_view.read(actor, days, wanted)
        before = traffic_view.before(actor, days, wanted) if report else None
    stored = storage_view.newest(actor)
    with top:
        if report is None:
            show(parts.headline("What was delivered is not asked yet", "Asking costs money."))
        else:
            detail = f"{storage_view.sentence(actor, stored)}." if stored else ""
            show(parts.headline(traffic_parts.sentence(report, before, days.words), detail))
    traffic_view.scan_bar(actor, report)
    if report is None:
        return
    if not report.requests:
        traffic_view.empty()
        return
    show(traffic_parts.numbers(report, before))
    traffic_view.report_of(actor, report, days)


VIEWS = {"Traffic": traffic, "Storage": storage_view.storage}


def main(actor: Actor) -> None:
    top = st.container(key="top")  # its height is kept free while it loads
    VIEWS[tabs(VIEWS)](actor, top)


main(open_page(Permission.USAGE_READ))
