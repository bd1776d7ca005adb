"""How filters and changes of many files read. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from core.model.changes import Bulk, BulkChange, BulkKind
from core.model.media import FileState
from core.ui import charts, delivery_view, formats

FACETS = {
    "type": "Type",
    "state": "State",
    "tag": "Tag",
    "camera": "Camera",
    "taken": "Taken",
    "uploaded": "Uploaded",
    "ext": "Extension",
    "owner": "Owner",
    "is": "Access",
}
ACCESS = {"private": "Private", "public": "Public", "shared": "Shared", "own": "Not shared"}

_DONE: dict[BulkKind, str] = {
    BulkKind.ADD_TAGS: "tagged {tags}",
    BulkKind.REMOVE_TAGS: "freed of the tags {tags}",
    BulkKind.SET_TAGS: "given the tags {tags}",
    BulkKind.MOVE: "moved to {folder}",
    BulkKind.RENAME: "renamed",
    BulkKind.COPY: "copied",
    BulkKind.TRASH: "moved to the trash",
    BulkKind.RESTORE: "restored",
    BulkKind.DELETE: "deleted for good",
    BulkKind.ADD_TO_ALBUM: "put into an album",
    BulkKind.REMOVE_FROM_ALBUM: "taken off an album",
    BulkKind.MAKE_PRIVATE: "made private",
    BulkKind.MAKE_PUBLIC: "made public",
    BulkKind.UNDO: "put back",
}


def value(name: str, value: str, people: Mapping[str, str] | None = None) -> str:
    """A filter's value as people read it; one that nobody knows as it is."""
    tell = _VALUES.get(name)
    if name == "owner":
        return (people or {}).get(value, value)
    return tell(value) if tell else value


def period(value: str) -> str:
    """`2026-11` \u2192 `November 2026`; days and years stay as they are."""
    try:
        return f"{date.fromisoformat(f'{value}-01'):%B %Y}" if len(value) == 7 else value
    except ValueError:
        return value


_KINDS = {kind.value: words for kind, words in charts.KIND_WORDS.items()}
_STATES = {state.value: delivery_view.file_word(state) for state in FileState}
_VALUES: dict[str, Callable[[str], str]] = {
    "type": lambda value: _KINDS.get(value, value),
    "state": lambda value: _STATES.get(value, value),
    "taken": period,
    "uploaded": period,
    "is": lambda value: ACCESS.get(value, value),
}


def done(bulk: Bulk) -> str:
    """`3 files tagged beach`; what is still on its way counts what is done."""
    return f"{formats.counted(bulk.changed, 'file')} {told(bulk.change)}"


def told(change: BulkChange) -> str:
    folder = f"/{change.folder or ''}"
    tags = ", ".join(change.tags) or "none"
    return _DONE[change.kind].replace("{tags}", tags).replace("{folder}", folder)


def rest(bulk: Bulk) -> str:
    """What was not changed, as far as there is any; '' where all was."""
    parts = []
    if bulk.unchanged:
        parts.append(f"{formats.counted(bulk.unchanged, 'file')} were so already")
    if bulk.refused:
        parts.append(f"{formats.number(bulk.refused)} refused")
    if bulk.cancelled:
        left = max(0, bulk.total - bulk.done)
        parts.append(f"stopped with {formats.counted(left, 'file')} left as they were")
    return "; ".join(parts)
