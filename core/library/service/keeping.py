"""Which duplicates somebody keeps all, so that nobody asks again; undone by asking again."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from core.errors import InvalidInput, NotFound
from core.library.service.shelf import Shelf
from core.model.duplicates import KeptTogether
from core.model.identity import Actor
from core.model.visibility import visible
from core.stores.collection import Collection
from core.stores.records import Put

MOST = 500  # files of one decision


class Keeping:
    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._kept = Collection(
            shelf.store,
            "kept_together",
            KeptTogether,
            key=lambda kept: kept.id,
            parent=lambda kept: kept.account_id,
        )

    def rows(self, account_id: str) -> dict[str, list[int]]:
        """The person's decisions, with the rows of those files that are still there."""
        kept = {one.id: one.file_ids for one in self._kept.all(account_id)}
        known = self._shelf.index.rows_of({id_ for ids in kept.values() for id_ in ids})
        return {key: [known[id_] for id_ in ids if id_ in known] for key, ids in kept.items()}

    def keep(self, actor: Actor, file_ids: Sequence[str]) -> KeptTogether:
        ids = tuple(sorted(set(file_ids)))
        if not 1 < len(ids) <= MOST:
            raise InvalidInput(
                f"{len(ids)} files can't be kept together.", hint=f"Name 2 to {MOST} files."
            )
        for id_ in ids:
            visible(actor, self._shelf.stored(id_).value)
        named = hashlib.sha256("\n".join((actor.account_id, *ids)).encode()).hexdigest()[:32]
        known = self._kept.find(named)
        if known is not None:
            return known.value
        kept = KeptTogether(
            id=named, account_id=actor.account_id, file_ids=ids, decided_at=self._shelf.clock()
        )
        self._shelf.store.transact([self._kept.put(kept), self._event(actor, "kept", kept)])
        return kept

    def forget(self, actor: Actor, id: str) -> None:
        stored = self._kept.find(id)
        if stored is None or stored.value.account_id != actor.account_id:
            raise NotFound(
                f"There is no decision {id[:80]!r}.", hint="It may have been taken back already."
            )
        event = self._event(actor, "asked_again", stored.value)
        self._shelf.store.transact([self._kept.drop(id, stored.version), event])

    def _event(self, actor: Actor, what: str, kept: KeptTogether) -> Put:
        audit, details = self._shelf.audit, {"files": str(len(kept.file_ids))}
        subject = f"duplicates/{kept.id}"
        event = audit.event(f"duplicates.{what}", actor=actor, subject=subject, details=details)
        return audit.put(event)
