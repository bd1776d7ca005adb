"""Usage: how much is delivered and stored, what changed, and which URLs fail."""

import streamlit as st

from core.model.identity import Actor, Permission
from core.ui import parts, traffic_parts, traffic_view
from core.ui.frame import open_page, show


def main(actor: Actor) -> None:
    top = st.container()
    days, wanted = traffic_view.filters()
    with st.skeleton(height=480):
        report = traffic_view.read(actor, days, wanted)
        before = traffic_view.before(actor, days, wanted) if report else None
    with top:
        if report is not None:
            show(parts.headline(traffic_parts.sentence(report, before, days.words)))
    traffic_view.scan_bar(actor, report)
    if report is None:
        return
    if not report.requests:
        traffic_view.empty()
        return
    show(traffic_parts.numbers(report, before))
    traffic_view.report_of(actor, report, days)


main(open_page(Permission.USAGE_READ))
