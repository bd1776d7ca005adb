"""Files that are the same or look alike, in groups for a person to decide; nothing goes by itself.

Reached as `library.duplicates`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.errors import InvalidInput
from core.library import twins
from core.library.service.shelf import Shelf
from core.model.duplicates import DuplicateGroup, DuplicateKind, DuplicatePage
from core.model.identity import Actor, Permission
from core.model.media import Job
from core.model.visibility import visible

if TYPE_CHECKING:
    from core.library.look_alikes import Places

JOB = "fingerprint"
DISTANCE = 6  # a copy that was scaled or coded anew stays below
_PAGE_LIMIT = 100
_LARGEST_GROUP = 50  # files of a group that are shown


class Duplicating:
    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def page(
        self,
        actor: Actor,
        kind: DuplicateKind = DuplicateKind.EXACT,
        *,
        distance: int = DISTANCE,
        everybody: bool = False,
        offset: int = 0,
        limit: int = 20,
    ) -> DuplicatePage:
        """Groups of the person's own files, or of `everybody`'s; what frees most comes first."""
        actor.require(Permission.MEDIA_READ_ALL if everybody else Permission.MEDIA_READ)
        if not 0 <= distance <= twins.FARTHEST or not 1 <= limit <= _PAGE_LIMIT or offset < 0:
            raise InvalidInput(
                "There is no such page.",
                hint=f"Ask for 1 to {_PAGE_LIMIT} groups and a distance of 0 to {twins.FARTHEST}.",
            )
        from core.library.service import grouping  # noqa: PLC0415  # NumPy takes 11 MiB

        owner = None if everybody else actor.account_id
        self._shelf.refresh()
        if kind is DuplicateKind.EXACT:
            found = self._shelf.index.same_checksum(owner)
            groups, complete, unknown = grouping.by_checksum(found), True, found.left_out
        else:
            found = self._shelf.index.fingerprinted(owner)
            groups, complete = grouping.by_look(found, distance)
            unknown = len(self._shelf.index.without_fingerprint(owner))
        freed = [grouping.freed(found, places) for places in groups]
        ranked = sorted(range(len(groups)), key=lambda at: -freed[at])
        shown = [groups[at] for at in ranked[offset : offset + limit]]
        items = (self._group(actor, kind, found.row[places]) for places in shown)
        return DuplicatePage(
            items=tuple(group for group in items if group is not None),
            total=len(groups),
            frees=sum(freed),
            unknown=unknown,
            complete=complete,
        )

    def fingerprint_all(self, actor: Actor) -> Job:
        """Begin to give every picture without a fingerprint one, as a job."""
        actor.require(Permission.MEDIA_READ)
        job = self._shelf.jobs.add(JOB, actor.account_id, actor.account_id)
        self._shelf.audit.record("fingerprints.started", actor=actor)
        return job

    def missing(self) -> list[str]:
        """The ids of all pictures without a fingerprint, for the job."""
        return self._shelf.index.without_fingerprint(None)

    def _group(self, actor: Actor, kind: DuplicateKind, rows: Places) -> DuplicateGroup | None:
        """None where all but one are gone by now."""
        files = self._shelf.index.files_at(rows[:_LARGEST_GROUP].tolist())
        seen = [visible(actor, file) for file in files]
        return twins.group(kind, seen) if len(seen) > 1 else None
