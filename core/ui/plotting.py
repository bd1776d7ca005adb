"""Shows a figure: no mode bar, no zoom that traps the wheel, colours of the theme."""

from __future__ import annotations

import streamlit as st

from core.ui.plots import Figure

_CONFIG = {"displayModeBar": False, "displaylogo": False, "scrollZoom": False, "responsive": True}


def draw(figure: Figure, key: str, alt: str) -> None:
    st.plotly_chart(figure, key=key, theme="streamlit", config=_CONFIG, alt=alt)
