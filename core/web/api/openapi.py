"""What /api/openapi.json says beyond the signatures: problems of each route, and where it is."""

from __future__ import annotations

from typing import Any

from core.errors import (
    Conflict,
    DashboardError,
    InvalidInput,
    NotAllowed,
    NotFound,
    NotSignedIn,
    TooLarge,
    TooManyAttempts,
    UnreadableContent,
    UnsupportedType,
)
from core.web.api.problems import PROBLEM_TYPE

Responses = dict[int | str, dict[str, Any]]

TITLE = "Media and cost dashboard"
DESCRIPTION = """Everything that a page does, a program can do.

Sign in with `POST /auth/login` and send `Authorization: Bearer <access_token>`, or use the session
cookie of the browser; then calls that change something need a same-origin `Origin`. Errors are
`application/problem+json` (RFC 9457) with a `hint`. Lists page with `limit` and an opaque `cursor`.
Times are ISO 8601 UTC, sizes are bytes. Another person's file, upload or session answers 404."""


def problems(*errors: type[DashboardError]) -> Responses:
    """The documented problems of a route; every other one has the same shape."""
    known: Responses = {error.status: _problem(error.title) for error in errors}
    return known | {"default": _problem("Any other problem")}


def _problem(description: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/ProblemOut"}
    return {"description": description, "content": {PROBLEM_TYPE: {"schema": schema}}}


SIGNED_IN = (InvalidInput, NotSignedIn, NotAllowed)
OWN = (*SIGNED_IN, NotFound)
SENT = (*OWN, Conflict, TooLarge, UnsupportedType, UnreadableContent)
SIGNING_IN = (InvalidInput, NotSignedIn, TooManyAttempts)
