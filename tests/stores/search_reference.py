"""What the index must answer, by filtering and sorting in plain Python."""

import datetime as dt
import re
import unicodedata
from collections import Counter

from core.model.media import FileKind, FileState, MediaFile, Rendition
from core.stores.search_text import fold

START = dt.datetime(2026, 11, 19, 23, 0, tzinfo=dt.UTC)
NEVER = dt.datetime.min.replace(tzinfo=dt.UTC)
ALWAYS = dt.datetime.max.replace(tzinfo=dt.UTC)


def media(id, **fields):
    return MediaFile(
        **{
            "id": id,
            "owner_id": "anna",
            "name": f"{id}.jpg",
            "size": 10,
            "content_type": "image/jpeg",
            "kind": FileKind.IMAGE,
            "state": FileState.DELIVERED,
            "uploaded_at": START,
            "bucket": "media",
            "key": f"media/{id}/x",
            **fields,
        }
    )


def thumbnail(size):
    return Rendition(name="thumbnail", key="k", width=1, height=1, size=size)


def expected(library, query):
    matches = [file for file in library.values() if wanted(file, query)]
    return sorted(matches, key=_KEYS[query.sort.value], reverse=query.sort.value.startswith("-"))


_KEYS = {
    "-uploaded_at": lambda f: (f.uploaded_at, f.id),
    "uploaded_at": lambda f: (f.uploaded_at, f.id),
    "name": lambda f: (fold(f.name), f.id),
    "-name": lambda f: (fold(f.name), f.id),
    "size": lambda f: (f.size, f.id),
    "-size": lambda f: (f.size, f.id),
    "-taken_at": lambda f: (f.taken_at or NEVER, f.id),
    "taken_at": lambda f: (f.taken_at or ALWAYS, f.id),
}


def wanted(file, query):
    return _spoken(file, query) and _filed(file, query) and _measured(file, query)


def plain(text):
    shown = "".join(c for c in fold(text) if unicodedata.category(c) != "Cf")
    return shown.replace("\x00", " ")


def _spoken(file, query):
    fields = [plain(part) for part in (file.name, file.folder, *file.tags, file.camera)]

    def said(word):
        return any(word in field for field in fields)

    return all(map(said, plain(query.text).split())) and not any(
        map(said, plain(query.without).split())
    )


def _filed(file, query):
    people = {grant.account_id for grant in file.grants}
    tags = {tag.casefold() for tag in file.tags}
    return (
        (file.trashed_at is not None) == query.trashed
        and query.owner_id in (None, file.owner_id)
        and query.kind in (None, file.kind)
        and query.state in (None, file.state)
        and query.private in (None, file.private)
        and query.shared in (None, bool(people))
        and (query.shared_with is None or query.shared_with in people)
        and (query.album is None or query.album in file.albums)
        and {tag.casefold() for tag in query.tags} <= tags
        and _in_folder(file.folder, query)
        and _by_camera(file.camera, query.camera)
        and (query.extension is None or _extension(file.name) == query.extension.casefold())
    )


def _in_folder(folder, query):
    if query.folder is None or query.folder == folder:
        return True
    return query.below and (not query.folder or folder.startswith(query.folder + "/"))


def _by_camera(camera, pattern):
    if pattern is None or "*" not in pattern:
        return pattern in (None, camera)
    expression = ".*".join(map(re.escape, pattern.split("*")))
    return camera != "" and re.fullmatch(expression, camera, re.IGNORECASE) is not None


def _extension(name):
    stem, dot, last = name.rpartition(".")
    return last.casefold() if stem and dot and len(last) <= 12 else ""


def _measured(file, query):
    return (
        _between(query.taken_from, file.taken_at, query.taken_to, open_end=True)
        and _between(query.uploaded_from, file.uploaded_at, query.uploaded_to, open_end=True)
        and _between(query.min_width, file.width, query.max_width)
        and _between(query.min_height, file.height, query.max_height)
        and _between(query.min_size, file.size, query.max_size)
    )


def _between(low, value, high, *, open_end=False):
    if low is None and high is None:
        return True
    if value is None or (low is not None and value < low):
        return False
    return high is None or value < high or (value == high and not open_end)


_LIFTED = {
    "kinds": {"kind": None},
    "states": {"state": None},
    "folders": {"folder": None, "below": False},
    "tags": {},
    "cameras": {"camera": None},
    "extensions": {"extension": None},
    "months": {"taken_from": None, "taken_to": None},
    "owners": {"owner_id": None},
    "private": {"private": None},
    "shared": {"shared": None},
}
_VALUES = {
    "kinds": lambda f: [f.kind.value],
    "states": lambda f: [f.state.value],
    "tags": lambda f: {tag.casefold() for tag in f.tags},
    "cameras": lambda f: [f.camera] if f.camera else [],
    "extensions": lambda f: [_extension(f.name)] if _extension(f.name) else [],
    "months": lambda f: [f"{f.taken_at:%Y-%m}"] if f.taken_at else [],
    "owners": lambda f: [f.owner_id],
}


def facet(library, query, name):
    """What the facet counts, its own filter lifted."""
    files = expected(library, query.model_copy(update=_LIFTED[name]))
    if name in {"private", "shared"}:
        return sum(f.private if name == "private" else bool(f.grants) for f in files)
    if name == "folders":
        return _children(files, query.folder or "")
    return dict(Counter(value for file in files for value in _VALUES[name](file)))


def _children(files, base):
    found = Counter()
    for file in files:
        parts, above = file.folder.split("/"), base.split("/") if base else []
        if file.folder and len(parts) > len(above) and parts[: len(above)] == above:
            found["/".join(parts[: len(above) + 1])] += 1
    return dict(found)


def summarised(library, owner):
    mine = [f for f in library.values() if owner in (None, f.owner_id)]
    live = [f for f in mine if f.trashed_at is None]
    return {
        "count": len(live),
        "size": sum(f.size + sum(r.size for r in f.renditions) for f in live),
        "kinds": Counter(f.kind for f in live),
        "days": Counter(f.uploaded_at.date() for f in live),
        "processing": sum(f.state is FileState.PROCESSING for f in live),
        "undelivered": sum(f.state is FileState.UNDELIVERED for f in live),
        "trashed": len(mine) - len(live),
    }


def observed(summary):
    return {
        "count": summary.count,
        "size": summary.size,
        "kinds": Counter({t.kind: t.count for t in summary.by_kind}),
        "days": Counter({t.day: t.count for t in summary.by_day}),
        "processing": summary.processing,
        "undelivered": summary.undelivered,
        "trashed": summary.trashed,
    }
