"""What-if scenarios that people saved, worked out anew on the month that they look at."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime

from core.costs.service.inputs import Measures
from core.costs.service.sheets import PriceSheets
from core.costs.what_if import what_if
from core.model.identity import Actor
from core.model.scenarios import Scenario, TtlChange, WhatIf
from core.stores.collection import Collection
from core.stores.records import RecordStore


class ScenariosDesk:
    def __init__(
        self,
        store: RecordStore,
        measures: Measures,
        sheets: PriceSheets,
        clock: Callable[[], datetime],
    ) -> None:
        self._measures, self._sheets, self._clock = measures, sheets, clock
        self._scenarios = Collection(
            store, "cost_scenario", Scenario, key=lambda one: one.id, sort=lambda one: one.name
        )

    def save(self, actor: Actor, scenario: Scenario) -> Scenario:
        """A new one where it has no id. Raises `NotFound` for an id that is not there."""
        if not scenario.id:
            made = {
                "id": secrets.token_hex(8),
                "created_by": actor.account_id,
                "created_at": self._clock(),
            }
            return self._scenarios.add(scenario.model_copy(update=made))
        change = {"name": scenario.name, "change": scenario.change}
        return self._scenarios.update(scenario.id, lambda old: old.model_copy(update=change))

    def remove(self, id: str) -> None:
        self._scenarios.get(id)
        self._scenarios.remove(id)

    def all(self) -> tuple[Scenario, ...]:
        return tuple(self._scenarios.all())

    def answers(self, scenarios: Sequence[Scenario], period: str) -> tuple[WhatIf, ...]:
        """On the same month and the same prices, so that they can be compared."""
        measured, sheet = self._measures.month(period), self._sheets.valid_in(period)
        if any(isinstance(one.change, TtlChange) for one in scenarios):
            measured = self._measures.with_ttl(measured)
        return tuple(what_if(one, measured, sheet) for one in scenarios)

    def chosen(self, ids: Sequence[str]) -> tuple[Scenario, ...]:
        return tuple(map(self._scenarios.get, ids)) if ids else self.all()
