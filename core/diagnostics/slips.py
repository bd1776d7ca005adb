"""Whether two names differ by a slip of the keyboard, or are simply two short names.

A letter of `a.jpg` is the whole name, `en/` and `de/` are two languages: a slip needs a word that
is long enough to be known again.
"""

from __future__ import annotations

import re
from itertools import zip_longest

from core.diagnostics.spelling import IMAGE_EXTENSIONS, edit_distance

_WORD = re.compile(r"[^\W_]+")
_SHORTEST = {1: 4, 2: 6}  # letters of the shorter word, by the number of slips
_MAX = max(_SHORTEST)


def is_slip(asked: str, stored: str) -> bool:
    """For two folded keys that are at most two edits apart."""
    pairs = zip_longest(asked.split("/"), stored.split("/"), fillvalue="")
    return all(_alike(one, other) for one, other in pairs if one != other)


def _alike(one: str, other: str) -> bool:
    """One segment of the path against the other one."""
    stem, _, _ = one.rpartition(".")
    kept, _, extension = other.rpartition(".")
    if stem and stem == kept:
        return extension in IMAGE_EXTENSIONS  # .jgp for .jpg
    left, right = _WORD.findall(one), _WORD.findall(other)
    if len(left) != len(right):  # a separator was left out, or one too many
        return _long_enough(one, other)
    return all(_long_enough(a, b) for a, b in zip(left, right, strict=True) if a != b)


def _long_enough(one: str, other: str) -> bool:
    distance = edit_distance(one, other, _MAX)
    return distance <= _MAX and min(len(one), len(other)) >= _SHORTEST[max(distance, 1)]
