"""What can be done with many files at once besides changing them: naming them, and one zip."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from core.errors import NotFound, TooLarge
from core.library.service.bulk.selecting import Selecting
from core.library.service.shelf import Shelf
from core.model.changes import Selection
from core.model.identity import Actor, Permission
from core.model.library import FileZip, ZipPlan
from core.model.media import FileState, MediaFile, ObjectRef
from core.model.names import download_name
from core.model.visibility import visible
from core.stores.account_records import AccountRecords
from core.zipping import Entry, zipped

ZIP_FILES = 5_000
ZIP_BYTES = 20 * 1024**3
_AT_ONCE = 8
_LEFT_OUT = "left out.txt"


class Selections:
    def __init__(self, shelf: Shelf) -> None:
        self._shelf, self._selecting = shelf, Selecting(shelf)
        self._people = AccountRecords(shelf.store)

    def ids(self, actor: Actor, selection: Selection, *, most: int) -> tuple[str, ...]:
        """Which files it means right now. Raises `TooLarge` for more than `most`."""
        actor.require(Permission.MEDIA_READ)
        return tuple(file.id for file in self._files(actor, selection, most))

    def zip_plan(self, actor: Actor, selection: Selection) -> ZipPlan:
        """What one zip of them would hold. Raises `TooLarge` for more than one takes."""
        actor.require(Permission.MEDIA_READ)
        return self._planned(self._files(actor, selection, ZIP_FILES))

    def zipped(self, actor: Actor, selection: Selection) -> FileZip:
        """All that can be had of them in one zip, which is made while it is read.

        Reading it raises `NotAllowed` once the account is disabled. What can't be had is named in
        a text at the end.
        """
        actor.require(Permission.MEDIA_READ)
        files = self._files(actor, selection, ZIP_FILES)
        plan = self._planned(files)
        audit = self._shelf.audit
        told = {"files": str(plan.count), "bytes": str(plan.size)}
        event = audit.event(
            "files.zipped", actor=actor, subject=f"account/{actor.account_id}", details=told
        )
        self._shelf.store.transact([audit.put(event)])
        ids = tuple(file.id for file in files)
        return FileZip(f"{plan.count} files.zip", zipped(self._entries(actor, ids)))

    def _files(self, actor: Actor, selection: Selection, most: int) -> list[MediaFile]:
        """Raises `NotFound` for a named one that is not there for this person."""
        self._selecting.check(selection)
        if selection.query is None:
            ids = tuple(dict.fromkeys(selection.ids))
            _refuse_more(len(ids), most)
            with ThreadPoolExecutor(_AT_ONCE) as pool:
                return [visible(actor, one.value) for one in pool.map(self._shelf.stored, ids)]
        _refuse_more(self._selecting.count(actor, selection.query), most)
        found = self._selecting.files(actor, selection.query)
        return [visible(actor, file) for file in itertools.islice(found, most)]

    def _planned(self, files: list[MediaFile]) -> ZipPlan:
        ready = [file for file in files if _is_ready(file)]
        size = sum(file.size for file in ready)
        if size > ZIP_BYTES:
            raise TooLarge(
                f"These files have {size / 1024**3:.1f} GiB together.",
                hint=f"One zip takes {ZIP_BYTES // 1024**3} GiB: choose fewer.",
            )
        return ZipPlan(count=len(ready), size=size, left_out=len(files) - len(ready))

    def _entries(self, actor: Actor, ids: tuple[str, ...]) -> Iterator[Entry]:
        left: list[str] = []
        for id_ in ids:
            current = self._people.as_now(actor)
            try:
                yield self._entry(visible(current, self._shelf.stored(id_).value))
            except NotFound as error:
                left.append(error.message)
        if left:
            text = "\n".join(left).encode()
            yield Entry(_LEFT_OUT, self._shelf.clock(), len(text), (text,))

    def _entry(self, file: MediaFile) -> Entry:
        """Opened here, so that one whose bytes are gone has no entry. Raises `NotFound`."""
        if not _is_ready(file):
            raise NotFound(f"{file.name} is still being processed.", hint="Try again soon.")
        chunks = self._shelf.bucket.open_stream(ObjectRef(bucket=file.bucket, key=file.key))
        try:
            first = next(chunks, b"")
        except NotFound as error:
            message = f"The bytes of {file.name} are not in the bucket."
            raise NotFound(message, hint="Upload it again.") from error
        name = download_name(file.name, file.key)
        return Entry(name, file.uploaded_at, file.size, itertools.chain((first,), chunks))


def _is_ready(file: MediaFile) -> bool:
    return file.state is not FileState.PROCESSING and bool(file.key)


def _refuse_more(count: int, most: int) -> None:
    if count > most:
        raise TooLarge(f"These are {count:,} files.", hint=f"Choose at most {most:,}.")
