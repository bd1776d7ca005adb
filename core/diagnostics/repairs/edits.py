"""What differs between two JSON documents of AWS, and writing such a difference into a third one.

A difference is written only where the value before it is still there; else somebody was faster.
Items of a list are found by their name, so that two changes of one list don't disturb each other.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from typing import Any

from core.errors import Conflict
from core.model.repair import Edit

ORDER = "(order)"  # the last step of a path: the names of a list's items, in their order
_NAMES = ("Id", "PathPattern", "ErrorCode", "EventType")
_WHOLE = {"Statement"}  # a statement is one thing: nobody may change a part of it unseen
Path = tuple[str, ...]


def same(one: Any, other: Any) -> bool:
    """Equal; AWS leaves an empty list or object out or sends it, as it likes."""
    equal: bool = _bare(one) == _bare(other)
    return equal


def _bare(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {k: _bare(v) for k, v in value.items() if k != "Quantity"}
        return {k: v for k, v in kept.items() if v is not None} or None
    if isinstance(value, list | tuple):
        return [_bare(item) for item in value] or None
    return value


def names_of(items: Any, kind: str = "") -> list[str] | None:
    """The names of a list's items; None where they have none, or one twice."""
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        return None
    if kind in _WHOLE:
        sids = [str(item.get("Sid") or "") for item in items]
        return [s if s and sids.count(s) == 1 else f"#{n}" for n, s in enumerate(sids)]
    for name in _NAMES:
        found = [str(item.get(name) or "") for item in items]
        if all(found):
            return found if len(set(found)) == len(found) else None
    return None


def differences(old: Any, new: Any, path: Path = ()) -> list[Edit]:
    """The smallest values that differ, each with its path."""
    if same(old, new):
        return []
    if isinstance(old, dict) and isinstance(new, dict):
        keys = [*old, *(key for key in new if key not in old)]
        return [
            edit
            for key in keys
            if key != "Quantity"
            for edit in differences(old.get(key), new.get(key), (*path, str(key)))
        ]
    kind = path[-1] if path else ""
    before, after = names_of(old or [], kind), names_of(new or [], kind)
    if before is None or after is None or not (before or after) or not _listed(old, new):
        return [Edit(path=path, before=old, after=new)]
    return list(_by_name(old or [], new or [], path))


def _listed(old: Any, new: Any) -> bool:
    return isinstance(old, list) and isinstance(new, list)


def _by_name(old: list[Any], new: list[Any], path: Path) -> Iterator[Edit]:
    kind = path[-1]
    held = dict(zip(names_of(old, kind) or [], old, strict=True))
    wanted = dict(zip(names_of(new, kind) or [], new, strict=True))
    for name in [*held, *(n for n in wanted if n not in held)]:
        before, after = held.get(name), wanted.get(name)
        if before is None or after is None or kind in _WHOLE:
            if not same(before, after):
                yield Edit(path=(*path, name), before=before, after=after)
        else:
            yield from differences(before, after, (*path, name))
    if _grown(held, wanted) != list(wanted) or _grown(wanted, held) != list(held):
        yield Edit(path=(*path, ORDER), before=list(held), after=list(wanted))


def _grown(names: Iterable[str], wanted: Iterable[str]) -> list[str]:
    """The order that comes of itself: what stays, then what is added at the end."""
    names, wanted = list(names), list(wanted)
    return [n for n in names if n in wanted] + [n for n in wanted if n not in names]


def value_at(document: Any, path: Path) -> Any:
    """None where nothing stands there."""
    value, kind = document, ""
    for step in path:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list):
            names = names_of(value, kind) or []
            if step == ORDER:
                return names
            value = value[names.index(step)] if step in names else None
        else:
            return None
        kind = step
    return value


def applied(document: Any, edits: Iterable[Edit], what: str = "") -> Any:
    """A copy with every edit made. Raises `Conflict` naming the first value that has changed."""
    edits = tuple(edits)
    for edit in edits:
        found = value_at(document, edit.path)
        if not same(found, edit.before):
            raise Conflict(
                f"{what or 'The thing'}: {edit.name} is {_shown(found)} now, not "
                f"{_shown(edit.before)} as it was read. Nothing was overwritten.",
                hint="Diagnose the URL again and propose the repair from what is there now.",
            )
    made = copy.deepcopy(document) if document is not None else {}
    for edit in sorted(edits, key=lambda e: e.path[-1:] == (ORDER,)):
        _put(made, edit)
    return made


def _shown(value: Any) -> str:
    text = "nothing" if value is None else f"“{value}”"
    return text if len(text) <= 200 else text[:199] + "…”"


def _put(document: Any, edit: Edit) -> None:
    holder, kind = document, ""
    for step in edit.path[:-1]:
        holder = _inside(holder, kind, step)
        kind = step
    last = edit.path[-1]
    if isinstance(holder, dict):
        _put_field(holder, last, edit.after)
    elif isinstance(holder, list):
        _put_item(holder, kind, last, edit.after)
    else:
        raise Conflict(f"{edit.name} has nowhere to stand any more.", hint="Diagnose again.")


def _inside(holder: Any, kind: str, step: str) -> Any:
    """One step down; an object that is not there yet is made, a list's item is not."""
    if isinstance(holder, dict):
        if holder.get(step) is None:
            holder[step] = {}
        return holder[step]
    names = names_of(holder, kind) or []
    return holder[names.index(step)] if step in names else None


def _put_field(holder: dict[str, Any], name: str, value: Any) -> None:
    if value is None:
        holder.pop(name, None)
    else:
        holder[name] = copy.deepcopy(value)


def _put_item(holder: list[Any], kind: str, name: str, value: Any) -> None:
    names = names_of(holder, kind) or []
    if name == ORDER:
        named = dict(zip(names, holder, strict=True))
        holder[:] = [named[wanted] for wanted in value]
    elif name not in names:
        holder.append(copy.deepcopy(value))
    elif value is None:
        del holder[names.index(name)]
    else:
        holder[names.index(name)] = copy.deepcopy(value)


def reversed_edits(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    return tuple(Edit(path=e.path, before=e.after, after=e.before) for e in edits)


def counted(value: Any) -> Any:
    """CloudFront wants the length beside every list: `Quantity` beside `Items`."""
    if isinstance(value, dict):
        made = {k: counted(v) for k, v in value.items()}
        if "Quantity" in made or isinstance(made.get("Items"), list):
            made["Quantity"] = len(made.get("Items") or [])
        return made
    return [counted(item) for item in value] if isinstance(value, list | tuple) else value
