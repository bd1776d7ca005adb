"""Objects that no record names: not yet, while copies are made, or not any more. Pure.

Written down before the first one is made, and before the last one is deleted, so that nothing is
left behind unknown, whatever breaks off.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from core.model.base import Noun, UtcTime
from core.model.identity import Actor
from core.model.media import MediaFile
from core.model.object_names import keys

LONGEST = timedelta(hours=1)  # after which work that was begun is taken to have died
_CLAIM = timedelta(minutes=10)  # longer than it takes to delete the objects of one file


class LeftObjects(Noun):
    """Keys that are to be deleted as far as the file doesn't name them, and copies at the CDN.

    With `begun` they are the copies of work that is under way since then, or has died. `claimed`:
    since when somebody deletes them, so that nobody else puts new objects there meanwhile.
    """

    id: str = ""  # '' in older records: the file's
    file_id: str
    by: Actor
    bucket: str
    keys: tuple[str, ...]
    begun: UtcTime | None = None
    claimed: UtcTime | None = None
    served: bool = True  # the CDN may have copies, which it has to forget
    hide: bool = False  # the bucket keeps their versions

    @property
    def key(self) -> str:
        return self.id or self.file_id


def under_way(left: LeftObjects, now: datetime) -> bool:
    """Whether somebody makes these objects, or deletes them, right now."""
    begun = left.begun is not None and now < left.begun + LONGEST
    return begun or (left.claimed is not None and now < left.claimed + _CLAIM)


def still_left(left: LeftObjects, file: MediaFile | None) -> tuple[str, ...]:
    """The keys that the record, which may have moved back since, does not name any more.

    What is only hidden may be that of an earlier version.
    """
    if file is None:
        return left.keys
    served = file.model_copy(update={"versions": ()}) if left.hide else file
    named = set(keys(served))
    return tuple(key for key in left.keys if key not in named)
