"""What is to be planned and what was planned: the two ends of a planner, and what several share."""

from __future__ import annotations

from dataclasses import dataclass, replace

from core.diagnostics.causes.cache import encoded_path
from core.diagnostics.causes.registry import Case
from core.diagnostics.repairs.config_actions import Raw, act
from core.diagnostics.repairs.draft import Draft
from core.model.repair import Action, ActionKind, Edit

PRIVATE = ("incoming/", "originals/")  # uploads as they came, for their owners alone


@dataclass(frozen=True, slots=True)
class Plan:
    """`sign` is the object whose S3 URL is presigned when the repair is applied."""

    actions: tuple[Action, ...] = ()
    steps: tuple[str, ...] = ()
    by_hand: bool = False
    new_url: str = ""
    notes: tuple[str, ...] = ()
    sign: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be planned. `raw` is the captured document behind the case's snapshot."""

    case: Case
    draft: Draft
    raw: Raw
    name: str  # for what has to be created
    choice: str = ""  # the key that a person chose among the candidates
    library: bool = False  # the record is the library's own file


def by_hand(*steps: str, notes: tuple[str, ...] = ()) -> Plan:
    return Plan(steps=steps, by_hand=True, notes=notes)


def invalidation(distribution: str, paths: list[str], *, reversible: bool) -> Action:
    edit = Edit(path=("Paths",), after=paths)
    return act(ActionKind.INVALIDATION, distribution, [edit], reversible=reversible)


def with_fresh_cache(order: Order, plan: Plan) -> Plan:
    """Where the edges may keep what was there before: have them forget it."""
    owner = order.case.journey.distribution
    if owner is None:
        return plan
    paths = [encoded_path(order.case.journey.url.raw_path)]
    again = invalidation(owner.id, paths, reversible=True)
    return replace(plan, actions=(*plan.actions, again))
