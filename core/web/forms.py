"""What a browser posts before it is signed in: read with a limit, proven to come from our page.

Three independent guards: the CSRF cookie is SameSite, its value must stand in the form, and the
request's Origin must be this site.
"""

from __future__ import annotations

import hmac
import secrets
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from core.errors import InvalidInput, NotAllowed, TooLarge
from core.web.origin import is_ours

CSRF_COOKIE = "dashboard_csrf"
_LARGEST_FORM = 16 * 1024
_MOST_FIELDS = 12
_A_DAY = 86_400


async def read_form(request: Request) -> dict[str, str]:
    """Fields of an url-encoded form; a repeated field keeps its last value."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LARGEST_FORM:
            raise TooLarge("This form is too large.", hint="Send the page's own fields only.")
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS))
    except ValueError as error:
        raise InvalidInput("This form can't be read.", hint="Load the page again.") from error


async def read_own_form(request: Request, site_url: str) -> dict[str, str]:
    """Raise `NotAllowed` unless our own page made this browser send the form."""
    form = await read_form(request)
    kept = request.cookies.get(CSRF_COOKIE, "")
    sent = form.get("csrf", "")
    same = bool(kept) and hmac.compare_digest(kept.encode(), sent.encode())
    if not same or not is_ours(request, site_url):
        raise NotAllowed(
            "This form is out of date, or it came from another site.",
            hint="Open the page again and send the form from there.",
        )
    return form


def csrf_value(request: Request) -> str:
    """One value per browser, so that a second tab doesn't outdate the form in the first."""
    return request.cookies.get(CSRF_COOKIE) or secrets.token_urlsafe(24)


def keep_csrf(response: Response, value: str, *, secure: bool) -> None:
    response.set_cookie(
        CSRF_COOKIE,
        value,
        max_age=_A_DAY,
        path="/session",
        httponly=True,
        samesite="lax",
        secure=secure,
    )
