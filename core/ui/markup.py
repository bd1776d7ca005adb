"""The one way to HTML: text becomes markup only by being escaped, elements only by `tag`."""

from __future__ import annotations

import unicodedata
from html import escape
from urllib.parse import urlsplit

_VOID = frozenset({"img", "br", "hr", "input"})
_SCHEMES = frozenset({"", "http", "https"})
_LINKS = frozenset({"href", "src", "action"})


class Markup(str):
    """HTML that is safe to show as it is. Made by `tag` and `text`, never from data."""

    __slots__ = ()


Child = str | Markup | None


def text(value: str) -> Markup:
    return value if isinstance(value, Markup) else Markup(escape(value, quote=True))


def join(*children: Child) -> Markup:
    return Markup("".join(text(child) for child in children if child))


def tag(name: str, *children: Child, **attributes: str | bool | None) -> Markup:
    """An element. `class_` is `class`, `aria_label` is `aria-label`; None and False leave out."""
    opening = name + "".join(_attribute(key, value) for key, value in attributes.items())
    if name in _VOID:
        return Markup(f"<{opening}>")
    return Markup(f"<{opening}>{join(*children)}</{name}>")


def _attribute(key: str, value: str | bool | None) -> str:
    name = key.rstrip("_").replace("_", "-")
    if value is None or value is False:
        return ""
    if value is True:
        return f" {name}"
    if name in _LINKS and not _harmless(value):
        return ""
    return f' {name}="{escape(value, quote=True)}"'


def _harmless(link: str) -> bool:
    try:
        return urlsplit(link.strip()).scheme.lower() in _SCHEMES
    except ValueError:
        return False


_RIGHT_TO_LEFT = frozenset({"R", "AL", "RLE", "RLO", "RLI"})
_MARKDOWN = str.maketrans({sign: f"\\{sign}" for sign in r"\`*_{}[]()<>#+-.!|~:$&"})


def plain(value: str) -> str:
    """For labels that Streamlit reads as Markdown: every sign stands for itself, on one line.

    What is written from right to left is kept apart from the words and numbers around it.
    """
    text = " ".join(value.split()).translate(_MARKDOWN)
    turned = any(unicodedata.bidirectional(sign) in _RIGHT_TO_LEFT for sign in text)
    return f"\u2068{text}\u2069" if turned else text
