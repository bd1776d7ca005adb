"""The pages before the door, from the templates beside this file. No script, no state.

Every value is escaped unless it is `Html`, which only this file makes.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from html import escape
from pathlib import Path
from string import Template

from starlette.responses import HTMLResponse

from core.errors import DashboardError
from core.settings import Cloud, Settings
from core.web.assets import asset_url

_TEMPLATES = Path(__file__).parent / "templates"
_POLICY = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


class Html(str):
    """Text that is markup already."""

    __slots__ = ()


NOTHING = Html("")
FOCUS = Html(" autofocus")


def render(name: str, /, **values: str) -> Html:
    safe = {
        key: value if isinstance(value, Html) else escape(value) for key, value in values.items()
    }
    return Html(_template(name).substitute(safe))


def join(pieces: Iterable[Html]) -> Html:
    return Html("".join(pieces))


@cache
def _template(name: str) -> Template:
    return Template((_TEMPLATES / f"{name}.html").read_text(encoding="utf-8"))


def page(
    title: str, body: Html, status: int = 200, settings: Settings | None = None
) -> HTMLResponse:
    embedded = settings is not None and settings.cloud is Cloud.EMULATOR
    document = render(
        "layout",
        title=title,
        body=body,
        banner=render("banner") if embedded else NOTHING,
        fonts=asset_url("fonts.css"),
        styles=asset_url("site.css"),
        icon=asset_url("favicon.svg"),
    )
    headers = {"Cache-Control": "no-store", "Content-Security-Policy": _POLICY}
    return HTMLResponse(document, status, headers)


def alert(error: DashboardError | None) -> Html:
    return render("alert", message=error.message, hint=error.hint) if error else NOTHING


def problem_page(error: DashboardError, settings: Settings | None = None) -> HTMLResponse:
    body = render("problem", title=error.title, message=error.message, hint=error.hint)
    return page(error.title, body, error.status, settings)
