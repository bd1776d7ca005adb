"""The script that Streamlit runs for every page: frame, navigation by role, error boundary.

It may not stand beside `pages/`: Streamlit would serve that folder past the navigation.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from core.model.identity import Actor
from core.ui import frame, navigation, session, sidebar

# A file of ours: the browser would fetch a Material name from somebody else's CDN.
_ICON = Path(__file__).parent / "assets" / "favicon.svg"


def main() -> None:
    st.set_page_config(
        page_title="Media dashboard",
        page_icon=str(_ICON),
        layout="wide",
        initial_sidebar_state="auto",
    )
    frame.styles()
    with frame.boundary():
        _run(session.current_actor())


def _run(actor: Actor) -> None:
    screen = st.navigation(navigation.menu(actor), expanded=True)
    sidebar.account(actor)
    running = session.services()
    if running.emulator is not None:
        made_up = "; its content is made up for the demo" if running.settings.demo else ""
        frame.banner(f"Embedded emulator: data stays on this machine{made_up}")
    with frame.boundary():
        screen.run()


if __name__ == "__main__":
    main()
