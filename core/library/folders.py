"""Folders as people see them: a tree of paths with counts, of files and kept records. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from core.errors import InvalidInput
from core.model.finding import Folder
from core.model.names import clean_folder


def tree(counts: Mapping[str, int], kept: Iterable[str], parent: str) -> tuple[Folder, ...]:
    """The children of `parent` by name. `counts`: path → files in it; `kept` may be empty."""
    inside = parent + "/" if parent else ""
    below: dict[str, int] = {}
    for path, count in (*counts.items(), *((path, 0) for path in kept)):
        if path.startswith(inside) and path not in {"", parent}:
            child = inside + path[len(inside) :].split("/", 1)[0]
            below[child] = below.get(child, 0) + count
    return tuple(
        Folder(
            path=path,
            name=path.rpartition("/")[2],
            count=counts.get(path, 0),
            below=count,
        )
        for path, count in sorted(below.items(), key=lambda pair: (pair[0].casefold(), pair[0]))
    )


def real_folder(raw: str) -> str:
    """Raises `InvalidInput` for the top, which is nobody's to make or rename."""
    path = clean_folder(raw)
    if not path:
        raise InvalidInput("The folder has no name.", hint="Give it a name with a visible letter.")
    return path


def new_path(old: str, raw: str) -> str:
    """Where a folder may go. Raises `InvalidInput` for itself and what lies in it."""
    path = real_folder(raw)
    if path == old or path.startswith(old + "/"):
        raise InvalidInput(
            f"{old} can't become {path}.", hint="Choose a name outside the folder itself."
        )
    return path


def moved(path: str, old: str, new: str) -> str:
    """A path after the folder `old` became `new`; what lies elsewhere stays."""
    return new + path[len(old) :] if lies_in(path, old) else path


def lies_in(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder + "/")
