"""A stored problem becomes the error again that it was, so that asking twice answers the same."""

from __future__ import annotations

from core.errors import (
    Conflict,
    DashboardError,
    InvalidInput,
    TooLarge,
    UnreadableContent,
    UnsupportedType,
)
from core.model.media import Problem

# What can be wrong with the bytes themselves: trying again would not help.
REFUSALS = (InvalidInput, TooLarge, UnsupportedType, UnreadableContent)

_BY_SLUG = {kind.slug: kind for kind in (*REFUSALS, Conflict)}


def error_of(problem: Problem | None) -> DashboardError:
    if problem is None:
        return Conflict("This upload was refused.", hint="Start it again.")
    kind = _BY_SLUG.get(problem.slug, DashboardError)
    return kind(problem.detail, hint=problem.hint)


def changed_bytes(name: str) -> UnreadableContent:
    return UnreadableContent(
        f"{name} was replaced after its upload was completed.",
        hint="Upload it again, and send the bytes only once.",
    )
