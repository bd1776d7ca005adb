"""A parameter that an address doesn't know is refused: ignored, a misspelt filter finds all."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from core.errors import InvalidInput


def known_parameters(request: Request) -> None:
    """Raises `InvalidInput`."""
    route = request.scope.get("route")
    if not request.query_params or not isinstance(route, APIRoute):
        return
    known = sorted(set(_names(route.dependant)))
    for name in request.query_params:
        if name not in known:
            raise InvalidInput(
                f"There is no parameter {name[:80]!r} here.", hint=_hint(name, known)
            )


def _names(dependant: Dependant) -> Iterator[str]:
    yield from (field.alias for field in dependant.query_params)
    for one in dependant.dependencies:
        yield from _names(one)


def _hint(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, n=1)
    if near:
        return f"Perhaps {near[0]} is meant."
    return f"Known are: {', '.join(known)}." if known else "This address takes none."
