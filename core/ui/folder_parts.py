"""Folders as rectangles to walk into, and the way back up. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from core.model.usage import PrefixShare, StorageReport, Stored
from core.ui import formats
from core.ui.prefix_map import Block

_SHOWN, _INSIDE = 40, 16  # rectangles that can be read; the rest is one more
_CRUMBS = 5  # folders of a path that are named

Below = Mapping[str, Sequence[PrefixShare]]


class Crumb(NamedTuple):
    """A part of a path. `prefix` is None for parts that are left out."""

    label: str
    prefix: str | None


def blocks(report: StorageReport, below: Below) -> tuple[Block, ...]:
    """By bytes; by objects where the source tells no bytes. They add up to the report's total."""
    return _blocks(report.prefix, report.total, report.by_prefix or (), below, _SHOWN)


def _blocks(
    above: str, total: Stored, rows: Sequence[PrefixShare], below: Below, most: int
) -> tuple[Block, ...]:
    by_bytes = total.bytes is not None
    ordered = sorted(rows, key=lambda one: -_weight(one.stored, by_bytes=by_bytes))
    named = [one for one in ordered if _weight(one.stored, by_bytes=by_bytes)][:most]
    made = [_block(one, above, below, by_bytes=by_bytes) for one in named]
    rest = _minus(total, [one.stored for one in named])
    if _weight(rest, by_bytes=by_bytes) > 0:
        made.append(Block("", "All others", words(rest), _weight(rest, by_bytes=by_bytes)))
    return tuple(made)


def _block(row: PrefixShare, above: str, below: Below, *, by_bytes: bool) -> Block:
    own = row.prefix != above  # else: what lies beside the folders
    inside = below.get(row.prefix, ()) if own else ()
    return Block(
        row.prefix if own else "",
        row.prefix.removeprefix(above) if own else "files here",
        words(row.stored),
        _weight(row.stored, by_bytes=by_bytes),
        _blocks(row.prefix, row.stored, inside, {}, _INSIDE) if inside else (),
    )


def _weight(stored: Stored, *, by_bytes: bool) -> int:
    return (stored.bytes if by_bytes else stored.objects) or 0


def _minus(total: Stored, parts: Sequence[Stored]) -> Stored:
    def left(whole: int | None, taken: Sequence[int | None]) -> int | None:
        return None if whole is None or None in taken else whole - sum(one or 0 for one in taken)

    return Stored(
        objects=left(total.objects, [one.objects for one in parts]),
        bytes=left(total.bytes, [one.bytes for one in parts]),
    )


def words(stored: Stored) -> str:
    size = "unknown size" if stored.bytes is None else formats.size(stored.bytes)
    if stored.objects is None:
        return size
    return f"{size}, {formats.counted(stored.objects, 'object')}"


def cut(report: StorageReport) -> str:
    """What a table of the named prefixes leaves out, in words; '' where it is complete."""
    rows = report.by_prefix or ()
    rest = _minus(report.total, [one.stored for one in rows])
    if not rest.objects or rest.objects < 0:
        return ""
    return f"The {len(rows):,} largest prefixes are listed; the others hold {words(rest)}."


def crumbs(prefix: str) -> tuple[Crumb, ...]:
    """`a/b/c/` → its folders, each with the prefix that leads there; a long path keeps its end."""
    ends = [at + 1 for at, letter in enumerate(prefix) if letter == "/"]
    if prefix and (not ends or ends[-1] != len(prefix)):
        ends.append(len(prefix))
    found = [Crumb(prefix[start:end], prefix[:end]) for start, end in pairwise([0, *ends])]
    if len(found) > _CRUMBS:
        found = [found[0], Crumb("\u2026", None), *found[2 - _CRUMBS :]]
    return tuple(found)
