"""A repair before its dry run, and the builders that make some from a case."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from core.diagnostics.causes.registry import Case
from core.diagnostics.repairs.changes import Change, Door, door_of
from core.model.delivery import Bucket
from core.model.diagnosis import FixType


@dataclass(frozen=True, slots=True)
class Draft:
    """A repair before its dry run. `first`: better than others of the same cause."""

    type: FixType
    title: str
    change: Change | None = None
    before: Any = None
    after: Any = None
    needs: tuple[str, ...] = ()
    rollback: str = ""
    cost_note: str = ""
    first: bool = False
    records: int | None = None
    others: int | None = None
    clears_cache: bool = False


Builder = Callable[[Case], Iterator[Draft]]


def at_door(build: Callable[[Case, Door], Iterator[Draft]]) -> Builder:
    """A builder for requests that a distribution took to an origin; others it leaves alone."""

    def through(case: Case) -> Iterator[Draft]:
        door = door_of(case.journey)
        if door is not None:
            yield from build(case, door)

    return through


def at_bucket(build: Callable[[Case, Door, Bucket], Iterator[Draft]]) -> Builder:
    """The same, where the origin's bucket was read."""

    def through(case: Case) -> Iterator[Draft]:
        door = door_of(case.journey)
        if door is not None and door.visit.bucket is not None:
            yield from build(case, door, door.visit.bucket)

    return through


def configure(title: str, change: Change, *, first: bool = False) -> Iterator[Draft]:
    yield Draft(FixType.CONFIG_CHANGE, title, change, first=first)
