"""A button that puts a text on the clipboard. The text is data for the script, never markup."""

from __future__ import annotations

import functools
from typing import Any

import streamlit as st

_CSS = """
button { all: unset; box-sizing: border-box; display: inline-flex; align-items: center; gap: 6px;
  height: 2.5rem; padding: 0 0.75rem; cursor: pointer; font: 400 14px var(--st-font);
  color: var(--st-text-color); border: 1px solid var(--st-border-color); border-radius: 8px; }
button:hover { border-color: var(--st-primary-color); color: var(--st-primary-color); }
button:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 2px; }
"""

_JS = """
async function put(text, button) {
  try { await navigator.clipboard.writeText(text) } catch {
    const area = document.createElement("textarea")
    area.value = text
    button.after(area)
    area.select()
    document.execCommand("copy")
    area.remove()
  }
}
export default function ({ data, parentElement }) {
  const button = parentElement.querySelector("button")
  let timer = 0
  button.textContent = data.label
  button.onclick = async () => {
    await put(data.text, button)
    button.textContent = "Copied"
    clearTimeout(timer)
    timer = setTimeout(() => { button.textContent = data.label }, 1600)
  }
  return () => { clearTimeout(timer); button.onclick = null }
}
"""


@functools.cache
def _component() -> Any:
    return st.components.v2.component(
        "copy_button", html="<button type='button' aria-live='polite'></button>", css=_CSS, js=_JS
    )


def copy_button(label: str, text: str, *, key: str) -> None:
    _component()(key=key, data={"label": label, "text": text}, width="content")
