"""Your account: picture, profile, settings, password, and where you are signed in."""

import streamlit as st

from core.ui import parts, preferences_view, profile_view, sessions_view
from core.ui.frame import open_page, show


def main() -> None:
    show(parts.headline("Your account", "Changes count at once, in every tab."))
    left, right = st.columns(2, gap="large")
    with left:
        profile_view.picture()
        profile_view.details()
    with right:
        preferences_view.preferences()
        profile_view.password()
        sessions_view.sessions()


open_page()
main()
