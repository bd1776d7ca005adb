"""Files that are the same or look alike, in groups for a person to decide; nothing goes by itself.

Reached as `library.duplicates`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from core.errors import InvalidInput
from core.library import twins
from core.library.service.keeping import Keeping
from core.library.service.shelf import Shelf
from core.model.duplicates import DuplicateGroup, DuplicateKind, DuplicatePage, KeptTogether
from core.model.identity import Actor, Permission
from core.model.media import Job
from core.model.visibility import visible

if TYPE_CHECKING:
    from core.library.look_alikes import Places
    from core.stores.search_prints import Candidates

JOB = "fingerprint"
DISTANCE = 6  # a copy that was scaled or coded anew stays below
_PAGE_LIMIT = 100
_LARGEST_GROUP = 50  # files of a group that are shown


class Duplicating:
    def __init__(self, shelf: Shelf) -> None:
        self._shelf, self._keeping = shelf, Keeping(shelf)

    def page(
        self,
        actor: Actor,
        kind: DuplicateKind = DuplicateKind.EXACT,
        *,
        distance: int = DISTANCE,
        everybody: bool = False,
        kept: bool = False,
        offset: int = 0,
        limit: int = 20,
    ) -> DuplicatePage:
        """Groups of the person's own files, or of `everybody`'s; what frees most comes first.

        Those that the person keeps as they are, are left out; or only they come (`kept`).
        """
        actor.require(Permission.MEDIA_READ_ALL if everybody else Permission.MEDIA_READ)
        if not 0 <= distance <= twins.FARTHEST or not 1 <= limit <= _PAGE_LIMIT or offset < 0:
            raise InvalidInput(
                "There is no such page.",
                hint=f"Ask for 1 to {_PAGE_LIMIT} groups and a distance of 0 to {twins.FARTHEST}.",
            )
        from core.library.service import grouping  # noqa: PLC0415  # NumPy takes 11 MiB

        found, groups, complete = self._grouped(kind, None if everybody else actor, distance)
        decided = grouping.decisions(found, groups, self._keeping.rows(actor.account_id))
        asked = [at for at, decision in enumerate(decided) if bool(decision) is kept]
        freed = [grouping.freed(found, places) for places in groups]
        ranked = sorted(asked, key=lambda at: -freed[at])[offset : offset + limit]
        items = (self._group(actor, kind, found.row[groups[at]], decided[at]) for at in ranked)
        return DuplicatePage(
            items=tuple(group for group in items if group is not None),
            total=len(asked),
            frees=sum(freed[at] for at in asked),
            kept=sum(map(bool, decided)),
            unknown=found.left_out,
            complete=complete,
        )

    def keep_all(self, actor: Actor, file_ids: Sequence[str]) -> KeptTogether:
        """Keep these as they are: no group of only these is asked about any more.

        For this person, until `ask_again`. Raises `NotFound` for a file that they may not see.
        """
        actor.require(Permission.MEDIA_READ)
        return self._keeping.keep(actor, file_ids)

    def ask_again(self, actor: Actor, id: str) -> None:
        """Take such a decision back. Raises `NotFound` where there is none."""
        actor.require(Permission.MEDIA_READ)
        self._keeping.forget(actor, id)

    def fingerprint_all(self, actor: Actor) -> Job:
        """Begin to give every picture without a fingerprint one, as a job."""
        actor.require(Permission.MEDIA_READ)
        job = self._shelf.jobs.add(JOB, actor.account_id, actor.account_id)
        self._shelf.audit.record("fingerprints.started", actor=actor)
        return job

    def missing(self) -> list[str]:
        """The ids of all pictures without a fingerprint, for the job."""
        return self._shelf.index.without_fingerprint(None)

    def _grouped(
        self, kind: DuplicateKind, owner: Actor | None, distance: int
    ) -> tuple[Candidates, list[Places], bool]:
        """Groups of places, and whether all were found."""
        from core.library.service import grouping  # noqa: PLC0415  # NumPy takes 11 MiB

        index, owner_id = self._shelf.index, owner.account_id if owner else None
        self._shelf.refresh()
        if kind is DuplicateKind.EXACT:
            same = index.same_checksum(owner_id)
            return same, grouping.by_checksum(same), True
        found = index.fingerprinted(owner_id)
        found = replace(found, left_out=len(index.without_fingerprint(owner_id)))
        return found, *grouping.by_look(found, distance)

    def _group(
        self, actor: Actor, kind: DuplicateKind, rows: Places, kept: str
    ) -> DuplicateGroup | None:
        """None where all but one are gone by now."""
        files = self._shelf.index.files_at(rows[:_LARGEST_GROUP].tolist())
        seen = [visible(actor, file) for file in files]
        more = max(0, len(rows) - _LARGEST_GROUP)
        return twins.group(kind, seen, more, kept) if len(seen) > 1 else None
