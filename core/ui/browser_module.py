"""Joins a Streamlit v2 component to a built file of core/assets, which browsers cache for good."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

ASSETS = Path(__file__).parents[1] / "assets"

# Streamlit runs this from a blob: URL, hence the absolute address. It may clean up before the file
# has arrived, and it calls the function again whenever the data changes.
_STUB = """
const module = import(new URL("{url}", window.location.origin).href)
export default function (component) {{
  let cleanup, gone = false
  module.then((it) => {{ if (!gone) cleanup = it.{function}(component) }})
  return () => {{ gone = true; cleanup?.() }}
}}
"""


@cache
def asset_url(name: str) -> str:
    """`uploader.js` → `/assets/uploader.js?v=<hash of its content>`."""
    digest = hashlib.sha256((ASSETS / name).read_bytes()).hexdigest()
    return f"/assets/{name}?v={digest[:12]}"


def stub(name: str, function: str = "mount") -> str:
    """JavaScript for `st.components.v2.component` that hands over to `function` in the file."""
    return _STUB.format(url=asset_url(name), function=function)
