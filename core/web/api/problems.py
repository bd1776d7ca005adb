"""Every error as `application/problem+json` (RFC 9457), with a hint and without a stack trace."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.errors import DashboardError, InvalidInput, NotSignedIn, TooLarge, TooManyAttempts

PROBLEM_TYPE = "application/problem+json"

_log = logging.getLogger(__name__)
_FIRST_ERRORS = 20
_PLAIN = {
    400: ("bad-request", "The request can't be read", "Compare it with /api/docs."),
    404: ("not-found", "Not found", "The routes are listed at /api/docs."),
    405: ("method-not-allowed", "This method is not possible here", "See /api/docs."),
    413: (TooLarge.slug, TooLarge.title, "Send large files with POST /api/uploads."),
}


class ProblemResponse(JSONResponse):
    media_type = PROBLEM_TYPE


def problem(
    status: int,
    slug: str,
    title: str,
    detail: str,
    *,
    hint: str = "",
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> ProblemResponse:
    body = {"type": f"urn:problem:{slug}", "title": title, "status": status}
    body |= {"detail": detail, "hint": hint, **more}
    return ProblemResponse(body, status, headers=dict(headers or {}))


def add_problem_handlers(api: FastAPI) -> None:
    async def ours(_: Request, error: Exception) -> ProblemResponse:
        assert isinstance(error, DashboardError)  # noqa: S101  # registered for this class only
        headers: dict[str, str] = {}
        if isinstance(error, NotSignedIn):
            headers["WWW-Authenticate"] = "Bearer"
        if isinstance(error, TooManyAttempts):
            headers["Retry-After"] = str(error.seconds)
        return problem(
            error.status, error.slug, error.title, error.message, hint=error.hint, headers=headers
        )

    api.add_exception_handler(DashboardError, ours)
    api.add_exception_handler(RequestValidationError, _invalid)
    api.add_exception_handler(HTTPException, _plain)


async def _invalid(_: Request, error: Exception) -> ProblemResponse:
    """The shape of a request is wrong: which field, and why, but never the value (passwords)."""
    assert isinstance(error, RequestValidationError)  # noqa: S101  # registered for this class only
    errors = [_field_error(item) for item in error.errors()[:_FIRST_ERRORS]]
    first = errors[0] if errors else {"field": "body", "message": "can't be read"}
    return problem(
        InvalidInput.status,
        InvalidInput.slug,
        InvalidInput.title,
        f"{first['field']}: {first['message']}.",
        hint="The fields of each route are described at /api/docs.",
        errors=errors,
    )


def _field_error(item: Mapping[str, Any]) -> dict[str, str]:
    place: Sequence[Any] = item.get("loc", ())
    path = [str(step) for step in place[1:]] or [str(step) for step in place] or ["body"]
    return {"field": ".".join(path)[:200], "message": str(item.get("msg", "is not valid"))[:500]}


async def _plain(_: Request, error: Exception) -> ProblemResponse:
    assert isinstance(error, HTTPException)  # noqa: S101  # registered for this class only
    slug, title, hint = _PLAIN.get(error.status_code, ("error", "The request failed", ""))
    return problem(
        error.status_code, slug, title, str(error.detail), hint=hint, headers=error.headers
    )


class Unexpected:
    """Turns a bug into a problem with a number that stands in the log beside the stack trace."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def watch(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watch)
        except Exception:
            reference = secrets.token_hex(4)
            _log.exception("unexpected error %s at %s", reference, scope["path"])
            if started:
                raise
            await _unexpected(reference)(scope, receive, send)


def _unexpected(reference: str) -> ProblemResponse:
    return problem(
        DashboardError.status,
        DashboardError.slug,
        DashboardError.title,
        f"This is a mistake in the dashboard. Its number is {reference}.",
        hint="Tell an admin the number: the log explains it.",
        reference=reference,
    )
