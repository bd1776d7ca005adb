"""Your account: profile, password, and where you are signed in."""

import streamlit as st

from core.ui import parts, profile_view
from core.ui.frame import open_page, show


def main() -> None:
    show(parts.headline("Your account", "Changes count at once, in every tab."))
    left, right = st.columns(2, gap="large")
    with left:
        profile_view.details()
        profile_view.password()
    with right:
        profile_view.sessions()


open_page()
main()
