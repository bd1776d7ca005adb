"""People: who has an account and which role, who is locked out, and who did what (admins)."""

import streamlit as st

from core.model.identity import Permission
from core.ui import parts, people_view
from core.ui.frame import open_page, show

VIEWS = ("Accounts", "Events")


def main() -> None:
    show(
        parts.headline(
            "Who may do what",
            "Roles and sessions change at once, also in tabs that are open.",
        )
    )
    view = st.segmented_control(
        "View",
        VIEWS,
        default=VIEWS[0],
        required=True,
        key="view",
        bind="query-params",
        label_visibility="collapsed",
    )
    if view == VIEWS[0]:
        people_view.accounts()
    else:
        people_view.events()


open_page(Permission.PEOPLE_MANAGE)
main()
