"""Carries out one action: read, compare, write, read again. The only hands of a repair.

Each kind of action is a document that can be read and written; all the rest is the same for all.
"""

from __future__ import annotations

from core.aws.clients import AwsClients
from core.diagnostics.repairs.config_actions import opens
from core.diagnostics.repairs.edits import applied, reversed_edits, same, value_at
from core.diagnostics.service.repairs.kinds import Document, kinds
from core.errors import DashboardError, NotAllowed
from core.model.repair import Action, ActionKind, Edit, Outcome
from core.stores.records import RecordStore

_FORGETFUL = {ActionKind.INVALIDATION}  # what was written can't be read back as a document


class Hands:
    """`own_table` holds the dashboard's records: no repair of an application's row may name it."""

    def __init__(self, clients: AwsClients, store: RecordStore, own_table: str) -> None:
        self._kinds = kinds(clients, store, own_table)

    def perform(self, action: Action, *, undo: bool = False) -> Action:
        """The action, done or undone. Raises `Conflict` where a value before it has changed."""
        edits = reversed_edits(action.edits) if undo else action.edits
        read, write = self._kinds[action.kind]
        old, guard = read(action)
        edits = _as_empty_as_there(action, edits, old)
        result = action.result
        if action.kind in _FORGETFUL or not _stands(old, edits):
            new = applied(old, edits, f"{action.target} ({action.kind.value.replace('_', ' ')})")
            _refuse_opening(action, old, new)
            result = write(action, old, new, guard) or result
            edits = edits if action.kind in _FORGETFUL else self._confirmed(action, edits)
        kept = action.edits if undo else edits
        outcome = Outcome.UNDONE if undo else Outcome.DONE
        changes = {"edits": kept, "outcome": outcome, "result": result, "problem": ""}
        return action.model_copy(update=changes | ({} if undo else {"guard": guard}))

    def _confirmed(self, action: Action, edits: tuple[Edit, ...]) -> tuple[Edit, ...]:
        """The edits with what really stands there now; AWS may write a value its own way."""
        document, _ = self._kinds[action.kind][0](action)
        found = tuple(e.model_copy(update={"after": value_at(document, e.path)}) for e in edits)
        for edit, now in zip(edits, found, strict=True):
            if same(now.after, edit.before) and not same(edit.before, edit.after):
                raise DashboardError(
                    f"AWS said that {edit.name} of {action.target} was written, and it was not.",
                    hint="Look at it in the AWS console before anything is tried again.",
                )
        return tuple(
            edit if same(edit.after, now.after) else now
            for edit, now in zip(edits, found, strict=True)
        )

    def stands(self, action: Action, *, undo: bool = False) -> bool:
        """Whether everything that it writes (or that `undo` writes back) is there already."""
        edits = reversed_edits(action.edits) if undo else action.edits
        document, _ = self._kinds[action.kind][0](action)
        return action.kind not in _FORGETFUL and _stands(document, edits)

    def check(self, action: Action) -> Action:
        """Raises `Conflict` where it could not be done now; writes nothing."""
        document, guard = self._kinds[action.kind][0](action)
        edits = _as_empty_as_there(action, action.edits, document)
        new = applied(document, edits, action.target)
        _refuse_opening(action, document, new)
        return action.model_copy(update={"guard": guard, "edits": edits})


def _stands(document: Document, edits: tuple[Edit, ...]) -> bool:
    return all(same(value_at(document, edit.path), edit.after) for edit in edits)


def _as_empty_as_there(
    action: Action, edits: tuple[Edit, ...], document: Document
) -> tuple[Edit, ...]:
    """An attribute that is missing and one that is '' are both empty to a record's reader."""
    if action.kind is not ActionKind.RECORD:
        return edits
    return tuple(
        edit.model_copy(update={"before": found})
        if not edit.before and not (found := value_at(document, edit.path))
        else edit
        for edit in edits
    )


def _refuse_opening(action: Action, old: Document, new: Document) -> None:
    if opens(action.kind, old, new):
        raise NotAllowed(
            f"This would open {action.target} to the public, which no repair may do.",
            hint="Grant the distribution alone, by origin access control.",
        )
