"""Carries out the actions of one repair in their order, writing down each one as it ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from core.diagnostics.repairs.config_actions import NEW_CONTROL
from core.diagnostics.service.repairs.book import Book
from core.diagnostics.service.repairs.writes import Hands
from core.errors import AwsUnavailable, DashboardError
from core.model.identity import Actor
from core.model.media import Problem
from core.model.repair import Action, ActionKind, Edit, Outcome, Repair, RepairState
from core.stores.collection import Stored
from core.stores.jobs import problem_of

_NOTED_ROWS = 20  # of a group; after a crash each row itself tells
_INTERRUPTED = "The app stopped while it worked on this"


@dataclass(frozen=True)
class Run:
    book: Book
    hands: Hands

    def apply(
        self, stored: Stored[Repair], fresh: Sequence[Action], actor: Actor
    ) -> Stored[Repair]:
        """`fresh` are the actions with their secrets, in memory only. Rows don't wait for rows."""
        actions, error = list(fresh), None
        for place in range(len(actions)):
            try:
                actions[place] = self.hands.perform(actions[place])
            except DashboardError as failed:
                actions[place] = self._after(actions[place], failed)
                if actions[place].outcome is not Outcome.DONE:
                    error = error or failed
            _fill_in(actions, place)
            if not stored.value.group or place % _NOTED_ROWS == 0:
                stored = self._note(stored, actions)
            if error is not None and not stored.value.group:
                break
        state = RepairState.APPLIED if error is None else RepairState.FAILED
        change = {
            "actions": tuple(actions),
            "state": state,
            "problem": _problem(actions, error) if error else None,
        }
        event = "applied" if error is None else "failed"
        kept = stored.value.model_copy(update=change)
        return self.book.save(kept, stored.version, event, actor)

    def roll_back(self, stored: Stored[Repair], actor: Actor | None) -> Stored[Repair]:
        """The last one first. What can't be put back stays, and is named."""
        actions, error = list(stored.value.actions), None
        for place in reversed(range(len(actions))):
            action = actions[place]
            if action.outcome is not Outcome.DONE or not action.reversible:
                continue
            try:
                actions[place] = self.hands.perform(_again(action), undo=True)
            except DashboardError as failed:
                actions[place] = action.model_copy(update={"problem": failed.message})
                error = error or failed
            if not stored.value.group or place % _NOTED_ROWS == 0:
                stored = self._note(stored, actions)
            if error is not None and not stored.value.group:
                break
        state = RepairState.ROLLED_BACK if error is None else RepairState.FAILED
        change = {
            "actions": tuple(actions),
            "state": state,
            "problem": _problem(actions, error) if error else None,
        }
        event = "rolled_back" if error is None else "rollback_failed"
        kept = stored.value.model_copy(update=change)
        return self.book.save(kept, stored.version, event, actor)

    def _note(self, stored: Stored[Repair], actions: Sequence[Action]) -> Stored[Repair]:
        changed = stored.value.model_copy(update={"actions": tuple(actions)})
        return self.book.save(changed, stored.version)

    def _after(self, action: Action, error: DashboardError) -> Action:
        """An answer that did not come says nothing of the write: AWS is asked what stands."""
        if isinstance(error, AwsUnavailable):
            found = self._as_found(action)
            if found.outcome is Outcome.DONE:
                return found
        return _failed(action, error)

    # --- after a crash ----------------------------------------------------------------------

    def recover(self, older_than: timedelta) -> int:
        before = self.book.now() - older_than
        settled = 0
        for stored in self.book.in_states(RepairState.APPLYING, RepairState.ROLLING_BACK):
            repair = stored.value
            begun = repair.rolled_back_at or repair.applied_at
            if begun is not None and begun <= before:
                self._settle(stored)
                settled += 1
        return settled

    def _settle(self, stored: Stored[Repair]) -> None:
        """Each action is done, or it is not: AWS tells. What was only half done is said."""
        repair = stored.value
        if repair.state is RepairState.ROLLING_BACK:
            self.roll_back(stored, None)  # what is back already is left as it is
            return
        actions = [self._as_found(action) for action in repair.actions]
        done = sum(action.outcome is Outcome.DONE for action in actions)
        unread = next((action.problem for action in actions if action.problem), "")
        state: RepairState
        problem: Problem | None
        if unread:  # asked again at the next start: nobody can say what was written
            state, problem = (
                repair.state,
                _interrupted(f"and AWS did not tell what holds. {unread}"),
            )
        elif done == len(actions):
            state, problem = RepairState.APPLIED, None
        elif done == 0:
            state = RepairState.APPROVED if repair.approved_by else RepairState.PROPOSED
            problem = _interrupted("before anything was written. It can be applied again.")
        else:
            state = RepairState.FAILED
            problem = _interrupted(f"after {done} of {len(actions)} writes. Roll them back.")
        change = {"actions": tuple(actions), "state": state, "problem": problem}
        self.book.save(repair.model_copy(update=change), stored.version, "recovered")

    def _as_found(self, action: Action) -> Action:
        if action.outcome is Outcome.DONE:
            return action
        try:
            there = self.hands.stands(action)
        except DashboardError as error:
            return action.model_copy(update={"problem": error.message})
        return action.model_copy(update={"outcome": Outcome.DONE if there else Outcome.PENDING})


def _fill_in(actions: list[Action], place: int) -> None:
    """What was created gets its id; the actions after it name it by that."""
    made = actions[place]
    if made.kind is not ActionKind.NEW_ACCESS_CONTROL or not made.result:
        return
    for later in range(place + 1, len(actions)):
        edits = tuple(_named(edit, made.result) for edit in actions[later].edits)
        actions[later] = actions[later].model_copy(update={"edits": edits})


def _named(edit: Edit, id: str) -> Edit:
    return edit.model_copy(update={"after": id}) if edit.after == NEW_CONTROL else edit


def _again(action: Action) -> Action:
    """An invalidation is asked for anew: with its old reference it would be the old one."""
    if action.kind is not ActionKind.INVALIDATION:
        return action
    place = {**action.place, "reference": f"{action.place['reference']}-back"}
    return action.model_copy(update={"place": place})


def _failed(action: Action, error: DashboardError) -> Action:
    return action.model_copy(update={"outcome": Outcome.FAILED, "problem": error.message})


def _problem(actions: Sequence[Action], first: DashboardError) -> Problem:
    """The first reason; and of a group, which rows."""
    problem = problem_of(first)
    rows = [" / ".join(a.place[n] for n in ("pk", "sk") if n in a.place)
            for a in actions if a.problem]  # fmt: skip
    if len(actions) < 2 or not any(rows):
        return problem
    detail = f"{len(rows)} of {len(actions)} rows were left as they are: {', '.join(rows)}. "
    return problem.model_copy(update={"detail": detail + problem.detail})


def _interrupted(where: str) -> Problem:
    return Problem(slug="interrupted", title="Interrupted", status=500,
                   detail=f"{_INTERRUPTED}, {where}")  # fmt: skip
