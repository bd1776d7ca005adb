"""An upload whose name its folder has already: refused, kept beside, or a new version of it."""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import DashboardError
from core.model.changes import OnConflict
from core.model.media import MediaFile, Upload
from core.stores.collection import Stored
from core.stores.file_names import FileNames, Named, Settled
from core.stores.records import Operation


@dataclass(frozen=True)
class Place:
    """Where a file wants to stand that has no id yet."""

    owner_id: str
    folder: str
    name: str
    id: str = ""


def holder_of(names: FileNames | None, wanted: Named) -> MediaFile | None:
    """The newest live file of the same owner, folder and name."""
    found = [stored.value for stored in names.holders(wanted)] if names else []
    return max(found, key=lambda file: file.uploaded_at, default=None)


def check_free(names: FileNames | None, wanted: Named, how: OnConflict) -> None:
    """Raise `Conflict` before any byte is sent, where that is what the person wants."""
    if names is None or how is not OnConflict.REFUSE:
        return
    holder = holder_of(names, wanted)
    if holder is not None:
        raise names.taken(holder)


def settled(names: FileNames | None, upload: Upload, file: MediaFile) -> Settled:
    """The new file under a name that it may have. Raises `Conflict`."""
    how = OnConflict(upload.on_conflict)
    if names is None or how is OnConflict.ALLOW:
        return Settled(file)
    # What was to be replaced was looked for at the start: who came since is not covered.
    kept = OnConflict.KEEP_BOTH if how is OnConflict.REPLACE else how
    return names.settle(file, kept, _never)


def _never(stored: Stored[MediaFile]) -> Operation:
    raise DashboardError(f"{stored.value.name} would be covered.", hint="Report this.")
