"""The reference page at /api/docs, drawn from the OpenAPI document: no script, no CDN. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

_STYLE = """
:root { color-scheme: light dark; --line: #d9dde3; --muted: #57606a; --accent: #3b5bdb;
  --surface: #f6f7f9; --text: #1b1f24; --page: #ffffff }
@media (prefers-color-scheme: dark) { :root { --line: #343b45; --muted: #9aa4b2; --accent: #8ea2ff;
  --surface: #1c2128; --text: #e6e9ee; --page: #14171c } }
body { font: 15px/1.5 Inter, system-ui, sans-serif; color: var(--text); background: var(--page);
  max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.5rem } h2 { font-size: 1.15rem; margin-top: 2rem; text-transform: capitalize }
a { color: var(--accent) } p { max-width: 45rem; white-space: pre-line }
code, pre, .path { font-family: "JetBrains Mono", ui-monospace, monospace; font-size: .87em }
details { border: 1px solid var(--line); border-radius: 8px; margin: .5rem 0; padding: .5rem .8rem }
summary { cursor: pointer; overflow-wrap: anywhere } .method { display: inline-block; width: 4.5rem;
  font-weight: 600; color: var(--accent) }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 } th { text-align: left;
  color: var(--muted); font-weight: 500 } td, th { padding: .25rem .75rem .25rem 0;
  border-top: 1px solid var(--line); vertical-align: top }
pre { background: var(--surface); border-radius: 8px; padding: .6rem .8rem; overflow-x: auto }
"""

Document = Mapping[str, Any]


class Html(str):
    """Text that was escaped here; any other string still has to be."""

    __slots__ = ()


def reference_page(document: Document) -> str:
    info = document["info"]
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(info['title'])}: REST routes</title><style>{_STYLE}</style></head><body>"
        f"<h1>{escape(info['title'])}: REST routes</h1><p>{_prose(info['description'])}</p>"
        f'<p><a href="openapi.json">openapi.json</a></p>{"".join(_groups(document))}'
        f"<h2>Shapes</h2>{''.join(_shapes(document))}</body></html>"
    )


def _groups(document: Document) -> Iterator[str]:
    base = document["servers"][0]["url"]
    groups: dict[str, list[str]] = {}
    for path, methods in document["paths"].items():
        for method, route in methods.items():
            group = groups.setdefault(route["tags"][0], [])
            group.append(_route(method, base + path, route))
    for tag, routes in groups.items():
        yield f"<h2>{escape(tag)}</h2>{''.join(routes)}"


def _route(method: str, path: str, route: Document) -> str:
    about = route.get("description") or route["summary"]
    return (
        f'<details><summary><span class="method">{method.upper()}</span>'
        f'<span class="path">{escape(path)}</span></summary><p>{_prose(about)}</p>'
        f"{_parameters(route.get('parameters', []))}{_body(route.get('requestBody', {}))}"
        f"{_answers(route['responses'])}</details>"
    )


def _parameters(parameters: list[Document]) -> str:
    shown = [p for p in parameters if p["in"] != "cookie"]
    rows = [
        (f"`{p['name']}`", p["in"], _type(p["schema"]), p.get("description", "")) for p in shown
    ]
    return _table(("parameter", "in", "type", ""), rows) if rows else ""


def _body(body: Document) -> str:
    rows = [("body", kind, _type(media["schema"])) for kind, media in _contents(body)]
    return _table(("request", "content", "shape"), rows) if rows else ""


def _answers(responses: Document) -> str:
    rows = []
    for status, answer in responses.items():
        shapes = [_type(media.get("schema", {})) for _, media in _contents(answer)]
        rows.append((f"`{status}`", answer["description"], Html(", ".join(shapes))))
    return _table(("answer", "", "shape"), rows)


def _shapes(document: Document) -> Iterator[str]:
    for name, schema in sorted(document["components"]["schemas"].items()):
        rows = [
            (f"`{field}`", _type(value), value.get("description", ""))
            for field, value in schema.get("properties", {}).items()
        ]
        body = _table(("field", "type", ""), rows) if rows else _pre(schema)
        # The target is inside, so that a link to it opens the folded part.
        about = f'<p id="{escape(name)}">{_prose(schema.get("description", ""))}</p>'
        yield (f'<details><summary class="path">{escape(name)}</summary>{about}{body}</details>')


def _contents(holder: Document) -> list[tuple[str, Document]]:
    return list(holder.get("content", {}).items())


def _type(schema: Document) -> Html:
    """A short name of a type, with a link where it is a shape of its own."""
    if "$ref" in schema:
        name = escape(schema["$ref"].rpartition("/")[2])
        return Html(f'<a href="#{name}">{name}</a>')
    if "anyOf" in schema:
        return Html(" or ".join(_type(part) for part in schema["anyOf"]))
    if schema.get("type") == "array":
        return Html(f"list of {_type(schema.get('items', {}))}")
    values = schema.get("enum") or ([schema["const"]] if "const" in schema else [])
    if values:
        return Html(" | ".join(escape(str(value)) for value in values))
    return Html(escape(str(schema.get("format") or schema.get("type", "any"))))


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Html:
    lines = "".join(
        f"<tr>{''.join(f'<td>{_prose(cell)}</td>' for cell in row)}</tr>" for row in rows
    )
    return Html(f"<table><tr>{''.join(f'<th>{title}</th>' for title in head)}</tr>{lines}</table>")


def _prose(text: str) -> Html:
    """Escaped, with `code` in backticks."""
    if isinstance(text, Html):
        return text
    pieces = escape(text, quote=False).split("`")
    return Html(
        "".join(f"<code>{piece}</code>" if odd % 2 else piece for odd, piece in enumerate(pieces))
    )


def _pre(value: Document) -> str:
    return f"<pre>{escape(json.dumps(value, indent=2))}</pre>"
