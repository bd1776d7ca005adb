"""What surrounds every page: the guard, the error boundary, the styles and the banner."""

from __future__ import annotations

import functools
import logging
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Concatenate, ParamSpec
from urllib.parse import quote

import streamlit as st

from core.errors import DashboardError, NotAllowed, NotSignedIn
from core.model.identity import Actor, Permission
from core.ui import markup, parts, session

P = ParamSpec("P")

_log = logging.getLogger(__name__)
_STYLES = Path(__file__).parents[1] / "assets" / "app.css"


def show(*pieces: markup.Markup | None) -> None:
    """Put our own HTML on the page. Takes `Markup` only, so that data is always escaped."""
    html = markup.join(*pieces)
    if html:
        st.html(html)


def open_page(permission: Permission | None = None) -> Actor:
    """The first line of every page. The service asks again."""
    actor = session.current_actor()
    if permission is not None:
        actor.require(permission)
    sentence = session.announced()
    if sentence:
        st.toast(markup.plain(sentence))
    return actor


def guarded(body: Callable[Concatenate[Actor, P], None]) -> Callable[P, None]:
    """For fragments and dialogs: they rerun without the page, so without its guard and boundary."""

    @functools.wraps(body)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        with boundary():
            body(session.current_actor(), *args, **kwargs)

    return run


@contextmanager
def boundary() -> Iterator[None]:
    """Show what people can act on; keep everything else in the log under a reference number."""
    try:
        yield
    except NotSignedIn as error:
        _show_signed_out(error)
    except DashboardError as error:
        reference = _reference()
        _log.warning("%s: %s %s", reference, type(error).__name__, error.message)
        show(parts.problem(error.message, _hint(error), reference, error.title))
    except Exception:  # noqa: BLE001  # the last net: logged whole, shown as a number
        reference = _reference()
        _log.exception("%s: a page failed", reference)
        show(
            parts.problem(
                "The page met an error that nobody foresaw.",
                "Reload the page. If it comes back, send the reference to an admin.",
                reference,
            )
        )


def banner(sentence: str) -> None:
    with st.container(key="banner"):  # out of the flow from the start, so that nothing jumps
        show(markup.tag("div", sentence, class_="ui-banner", role="note"))


def styles() -> None:
    st.html(_STYLES)


def _reference() -> str:
    return secrets.token_hex(4).upper()


def _hint(error: DashboardError) -> str:
    if isinstance(error, NotAllowed) and not error.hint:
        return "An admin can change your role on the People page."
    return error.hint


def _show_signed_out(error: NotSignedIn) -> None:
    here = st.context.url or "/"
    path = "/" + here.split("://", 1)[-1].partition("/")[2]
    link = markup.tag("a", "Sign in", href=f"/session/sign-in?next={quote(path, safe='')}")
    show(parts.empty_state(error.message, error.hint), markup.tag("p", link, class_="ui-centre"))
