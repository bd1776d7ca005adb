"""Budgets and their alerts: kept, checked, sent once."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime

from core.costs.budgets import due_alerts
from core.costs.service.inputs import Notifier
from core.errors import Conflict, DashboardError
from core.model.budgets import Alert, Budget, BudgetState, Forecast
from core.model.identity import Actor
from core.model.months import CostMonth
from core.stores.collection import Collection
from core.stores.records import RecordStore

Look = Callable[[str], tuple[CostMonth | None, Forecast | None, str]]


class BudgetsDesk:
    """`look` gives what a month has cost, its forecast, and why either is missing."""

    def __init__(
        self,
        store: RecordStore,
        notifier: Notifier,
        clock: Callable[[], datetime],
        look: Look,
    ) -> None:
        self._notifier, self._clock, self._look = notifier, clock, look
        self._budgets = Collection(
            store, "cost_budget", Budget, key=lambda one: one.id, sort=lambda one: one.name
        )
        self._alerts = Collection(
            store,
            "cost_alert",
            Alert,
            key=lambda one: one.id,
            parent=lambda one: one.period,
            sort=lambda one: f"{one.at:%Y-%m-%dT%H:%M:%S.%f}",
        )

    def save(self, actor: Actor, budget: Budget) -> Budget:
        """A new budget where it has no id. Raises `NotFound` for an id that is not there."""
        if not budget.id:
            made = {
                "id": secrets.token_hex(8),
                "created_by": actor.account_id,
                "created_at": self._clock(),
            }
            return self._budgets.add(budget.model_copy(update=made))
        kept = {"created_by", "created_at"}

        def change(old: Budget) -> Budget:
            return budget.model_copy(update=old.model_dump(include=kept))

        return self._budgets.update(budget.id, change)

    def remove(self, id: str) -> None:
        self._budgets.get(id)
        self._budgets.remove(id)

    def states(self) -> tuple[BudgetState, ...]:
        budgets = tuple(self._budgets.all())
        if not budgets:
            return ()
        period = f"{self._clock():%Y-%m}"
        month, guess, problem = self._look(period)
        return tuple(_state(one, period, month, guess, problem) for one in budgets)

    def alerts(self, period: str) -> tuple[Alert, ...]:
        """Latest first."""
        return tuple(reversed(tuple(self._alerts.all(period))))

    def dismiss(self, actor: Actor, id: str) -> Alert:
        def seen(alert: Alert) -> Alert:
            names = dict.fromkeys((*alert.seen_by, actor.account_id))
            return alert.model_copy(update={"seen_by": tuple(names)})

        return self._alerts.update(id, seen)

    def check(self) -> tuple[Alert, ...]:
        """Say what is due and send what is unsent. Returns what was said now."""
        said: list[Alert] = []
        period = f"{self._clock():%Y-%m}"
        known = [alert.id for alert in self._alerts.all(period)]
        for state in self.states():
            for alert in due_alerts(state, self._clock(), known):
                try:
                    said.append(self._alerts.add(alert))
                except Conflict:
                    continue  # another process said it
        for alert in tuple(self._alerts.all(period)):
            for target in alert.to_send:
                self._send(alert.id, target)
        return tuple(said)

    def _send(self, id: str, target: str) -> None:
        """Taken before it is sent: two processes never send it both."""
        stored = self._alerts.find(id)
        if stored is None or target not in stored.value.to_send:
            return
        alert = stored.value
        taken = {
            "to_send": tuple(one for one in alert.to_send if one != target),
            "sent": (*alert.sent, target),
            "problem": "",
        }
        try:
            self._alerts.save(alert.model_copy(update=taken), stored.version)
        except Conflict:
            return
        try:
            self._deliver(alert, target)
        except DashboardError as error:
            self._give_back(id, target, f"{target}: {error.message}")

    def _deliver(self, alert: Alert, target: str) -> None:
        kind, _, address = target.partition(":")
        send = self._notifier.mail if kind == "mail" else self._notifier.topic
        send(address, f"Budget {alert.budget}: {alert.period}", alert.text)

    def _give_back(self, id: str, target: str, problem: str) -> None:
        def unsent(alert: Alert) -> Alert:
            update = {
                "to_send": (*alert.to_send, target),
                "sent": tuple(one for one in alert.sent if one != target),
                "problem": problem,
            }
            return alert.model_copy(update=update)

        self._alerts.update(id, unsent)


def _state(
    budget: Budget, period: str, month: CostMonth | None, guess: Forecast | None, problem: str
) -> BudgetState:
    spent = None if month is None else month.total
    return BudgetState(
        budget=budget,
        period=period,
        spent=spent,
        percent=None if spent is None else round(100 * spent / budget.limit, 1),
        forecast=guess,
        data_as_of=None if month is None else month.as_of,
        problem=problem or (month.problem if month else ""),
    )
