"""Launcher. Streamlit finds the app by reading this file for a literal `app = st.App(...)`."""

from pathlib import Path

import streamlit as st

from core import dashboard
from core.web.lifespan import lifespan
from core.web.site import build_site

routes, middleware = build_site(dashboard.current)
app = st.App(
    Path(__file__).resolve().parent / "core" / "main.py",
    routes=routes,
    middleware=middleware,
    lifespan=lifespan,
)

if __name__ == "__main__":
    app.run()
