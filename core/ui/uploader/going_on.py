"""Uploads that a reload interrupted go on, whichever page comes first."""

from __future__ import annotations

from functools import cache
from typing import Any

import streamlit as st

from core.model.identity import Actor, Permission
from core.ui.browser_module import asset_url
from core.ui.uploader import tab_data

# The uploader is fetched only where the browser remembers something.
_JS = """
function remembers() {{
  try {{
    return Object.keys(localStorage).some((key) => key.startsWith('dashboard.upload:'))
  }} catch {{
    return false
  }}
}}
export default function ({{ data }}) {{
  if (!remembers()) return
  import(new URL("{url}", window.location.origin).href).then((it) => it.goOn(data))
}}
"""
KEY = "uploads_go_on"  # app.css leaves it no room


def go_on(actor: Actor) -> None:
    if actor.may(Permission.MEDIA_UPLOAD):
        _component()(key=KEY, data=tab_data(actor.account_id))


@cache
def _component() -> Any:
    js = _JS.format(url=asset_url("uploader.js"))
    return st.components.v2.component("dashboard_uploads_go_on", js=js)
