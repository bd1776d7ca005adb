"""Where links, their secrets, the rules about them and tries at their passwords are filed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from core.errors import Conflict, NotFound
from core.model.credentials import Attempts
from core.model.sharing import (
    DroppedFile,
    ShareByDate,
    ShareLink,
    SharePolicy,
    ShareSecret,
    TakenRights,
)
from core.stores.collection import Collection
from core.stores.records import Put, RecordStore

_ONLY = "only"  # the id of a kind that has one row
_ATTEMPTS = 8


def _moment(time: datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class ShareRecords:
    def __init__(self, store: RecordStore) -> None:
        self.transact = store.transact
        self.links = Collection(
            store,
            "share_link",
            ShareLink,
            key=lambda link: link.id,
            parent=lambda link: link.owner_id,
            sort=lambda link: _moment(link.created_at),
        )
        self.secrets = Collection(store, "share_secret", ShareSecret, key=lambda s: s.share_id)
        self.by_date = Collection(
            store,
            "share_by_date",
            ShareByDate,
            key=lambda row: row.share_id,
            sort=lambda row: _moment(row.created_at),
        )
        self.drops = Collection(
            store,
            "share_drop",
            DroppedFile,
            key=lambda drop: drop.id,
            parent=lambda drop: drop.share_id,
            sort=lambda drop: _moment(drop.at),
        )
        self.tries = Collection(
            store,
            "share_attempts",
            Attempts,
            key=lambda tries: tries.id,
            sort=lambda tries: _moment(tries.started_at),
        )
        self.taken = Collection(
            store,
            "share_taken",
            TakenRights,
            key=lambda taken: taken.file_id,
            sort=lambda taken: _moment(taken.at),
        )
        self._policies = Collection(store, "share_policy", SharePolicy, key=lambda _: _ONLY)

    def policy(self) -> tuple[SharePolicy, int]:
        """With its version; what applies before an admin decided has version 0."""
        found = self._policies.find(_ONLY)
        return (found.value, found.version) if found else (SharePolicy(), 0)

    def put_policy(self, policy: SharePolicy, version: int) -> Put:
        return self._policies.put(policy, version)

    def count_try(self, id: str, rule: Callable[[Attempts | None], Attempts]) -> None:
        """Read, apply, write; again if another try came in between. Raises what `rule` raises."""
        for attempt in range(_ATTEMPTS):
            found = self.tries.find(id)
            counted = rule(found.value if found else None)
            try:
                self.tries.save(counted, found.version if found else 0)
            except Conflict:
                if attempt == _ATTEMPTS - 1:
                    raise
            else:
                return

    def change_try(self, id: str, rule: Callable[[Attempts], Attempts]) -> None:
        with suppress(NotFound):  # it was old and has been dropped
            self.tries.update(id, rule)

    def drop_tries(self, rule: Callable[[Attempts], bool], limit: int) -> None:
        """Look at the oldest few; `rule` says which may go."""
        for tries in self.tries.page(limit=limit).items:
            if rule(tries):
                self.tries.remove(tries.id)
