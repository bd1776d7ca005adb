"""One's own folders: those that files lie in, and those that were made and are still empty."""

from __future__ import annotations

import hashlib

from core.errors import Conflict, NotFound
from core.library.folders import lies_in, moved, new_path, real_folder, tree
from core.library.service.bulk.service import Bulks
from core.library.service.shelf import Shelf
from core.model.changes import Bulk, BulkChange, BulkKind, Selection
from core.model.finding import Folder, FolderRecord
from core.model.identity import Actor, Permission
from core.model.media import FileQuery
from core.model.names import clean_folder
from core.stores.collection import Collection
from core.stores.records import Operation

_BATCH = 30  # records in one transaction, two operations each, beside the audit event
_MOST = 2000  # folders that one person may keep empty


class Foldering:
    def __init__(self, shelf: Shelf, bulks: Bulks) -> None:
        self._shelf, self._bulks = shelf, bulks
        self._records = Collection(
            shelf.store,
            "folder",
            FolderRecord,
            key=lambda folder: _key(folder.owner_id, folder.path),
            parent=lambda folder: folder.owner_id,
        )

    def children(self, actor: Actor, parent: str = "") -> tuple[Folder, ...]:
        """The folders in one's own folder `parent`, with counts of live files."""
        actor.require(Permission.MEDIA_READ)
        path = clean_folder(parent)
        counts = self._counts(actor, path)
        return tree(counts, self._kept(actor), path)

    def create(self, actor: Actor, path: str) -> Folder:
        """Raises `Conflict` where there is one of this name."""
        actor.require(Permission.MEDIA_UPLOAD)
        clean = real_folder(path)
        kept = self._kept(actor)
        if self._exists(actor, clean, kept):
            raise Conflict(f"There is already a folder {clean}.", hint="Choose another name.")
        if len(kept) >= _MOST:
            raise Conflict(
                f"You keep {_MOST} empty folders already.", hint="Delete some of them first."
            )
        self._write(actor, "folder.created", clean, [self._put(actor, clean)])
        return Folder(path=clean, name=clean.rpartition("/")[2], count=0, below=0)

    def rename(self, actor: Actor, path: str, new: str) -> Bulk | None:
        """Move a folder with all in it; the files as a bulk change, None where there are none.

        Raises `NotFound`, or `Conflict` where the new name is taken.
        """
        actor.require(Permission.MEDIA_READ)
        old = real_folder(path)
        target, kept = new_path(old, new), self._kept(actor)
        if not self._exists(actor, old, kept):
            raise _absent(old)
        if self._exists(actor, target, kept):
            raise Conflict(
                f"There is already a folder {target}.",
                hint="Move the files there instead, or choose another name.",
            )
        inside = [one for one in kept if lies_in(one, old)]
        for start in range(0, max(1, len(inside)), _BATCH):
            changes: list[Operation] = []
            for one in inside[start : start + _BATCH]:
                changes.append(self._records.drop(_key(actor.account_id, one)))
                changes.append(self._put(actor, moved(one, old, target)))
            self._write(actor, "folder.renamed", old, changes, new=target)
        return self._move(actor, old, target)

    def delete(self, actor: Actor, path: str) -> None:
        """Raises `Conflict` where anything is in it, `NotFound` where there is none."""
        actor.require(Permission.MEDIA_READ)
        clean, kept = real_folder(path), self._kept(actor)
        if not self._exists(actor, clean, kept):
            raise _absent(clean)
        if self._counts(actor, clean) or any(one.startswith(clean + "/") for one in kept):
            raise Conflict(
                f"{clean} is not empty.", hint="Move its files and folders, or delete them, first."
            )
        drop = self._records.drop(_key(actor.account_id, clean))
        self._write(actor, "folder.deleted", clean, [drop])

    def _move(self, actor: Actor, old: str, new: str) -> Bulk | None:
        query = FileQuery(owner_id=actor.account_id, folder=old, below=True)
        if not self._shelf.index.search(query, limit=1).total:
            return None
        change = BulkChange(kind=BulkKind.MOVE, folder=new, within=old)
        return self._bulks.start(actor, Selection(query=query), change)

    def _exists(self, actor: Actor, path: str, kept: frozenset[str]) -> bool:
        return any(lies_in(one, path) for one in kept) or bool(self._counts(actor, path))

    def _counts(self, actor: Actor, path: str) -> dict[str, int]:
        query = FileQuery(owner_id=actor.account_id, folder=path, below=True)
        return self._shelf.index.folders(query)

    def _kept(self, actor: Actor) -> frozenset[str]:
        return frozenset(folder.path for folder in self._records.all(actor.account_id))

    def _put(self, actor: Actor, path: str) -> Operation:
        """Whoever made it a moment ago wins: it is there, which is what was asked."""
        owner, now = actor.account_id, self._shelf.clock()
        record = FolderRecord(owner_id=owner, path=path, created_at=now)
        stored = self._records.find(_key(owner, path))
        return self._records.put(record, stored.version if stored else 0)

    def _write(
        self, actor: Actor, action: str, path: str, changes: list[Operation], **details: str
    ) -> None:
        audit = self._shelf.audit
        event = audit.event(
            action, actor=actor, subject=f"folder/{path}", details={"folder": path} | details
        )
        self._shelf.store.transact([*changes, audit.put(event)])


def _key(owner_id: str, path: str) -> str:
    """A path is longer than a record's key may be."""
    return hashlib.blake2b(f"{owner_id}\0{path}".encode(), digest_size=20).hexdigest()


def _absent(path: str) -> NotFound:
    return NotFound(f"There is no folder {path[:80]!r}.", hint="It may have been renamed.")
