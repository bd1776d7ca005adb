"""Which layout of today an old one belongs to, proven by objects or records known in both forms.

Without a pair that shows it, a mapping is only offered: then a person decides.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, permutations, product

from core.diagnostics.layouts.layouts import Template, template_of, written
from core.diagnostics.layouts.learning import Entry
from core.model.migration import Layout, Mapping

Pair = tuple[str, str]
_SAMPLE = 3
_SAME_TIME = 60.0  # seconds: written by one hand
_SEPARATORS = ("-", "_", ".")
_MOST_TARGETS = 200  # ways to write one target that are compared


class LayoutIndex:
    """The learned layouts, to ask which one a key is of."""

    def __init__(self, layouts: Sequence[Layout]) -> None:
        self.layouts = {layout.pattern: layout for layout in layouts}
        made = [template_of(layout) for layout in layouts]
        self.templates = sorted(made, key=lambda t: (-t.literals, t.pattern))

    def of(self, key: str) -> Template | None:
        """The most literal layout that fits."""
        return next((t for t in self.templates if t.match(key) is not None), None)

    def older_first(self, one: str, other: str) -> tuple[str, str]:
        """The layout of today is the one that got the latest object, else the larger one."""
        return (one, other) if self._age(one) <= self._age(other) else (other, one)

    def is_open(self, one: str, other: str) -> bool:
        """Whether the times don't tell which of the two is the layout of today."""
        ages = self._age(one)[0], self._age(other)[0]
        return 0.0 in ages or abs(ages[0] - ages[1]) <= _SAME_TIME

    def _age(self, pattern: str) -> tuple[float, int, str]:
        layout = self.layouts[pattern]
        newest = layout.newest.timestamp() if layout.newest is not None else 0.0
        return newest, layout.count, pattern


def same_content(entries: Iterable[Entry]) -> list[Pair]:
    """Keys with the same bytes, where exactly two have them: more would be a stock picture."""
    held: dict[tuple[str, int], list[str]] = defaultdict(list)
    for entry in entries:
        if entry.etag and entry.size > 0:
            held[entry.etag, entry.size].append(entry.key)
    return [(keys[0], keys[1]) for keys in held.values() if len(keys) == 2]


def mappings(index: LayoutIndex, pairs: Iterable[Pair]) -> tuple[Mapping, ...]:
    """For each old layout the one it maps to: the proven ones, then those by structure alone."""
    found: dict[Pair, list[Pair]] = defaultdict(list)
    for one, other in pairs:
        sides = index.of(one), index.of(other)
        if sides[0] is None or sides[1] is None or sides[0] is sides[1]:
            continue
        keys = {sides[0].pattern: one, sides[1].pattern: other}
        old, new = index.older_first(*keys)
        found[old, new].append((keys[old], keys[new]))
    templates = {template.pattern: template for template in index.templates}
    best = _best_per_legacy(_proven(index, templates, found))
    mapped = {mapping.legacy for mapping in best}
    offered = [m for m in _by_structure(index, templates) if m.legacy not in mapped]
    return (*best, *offered)


def _proven(
    index: LayoutIndex, templates: dict[str, Template], found: dict[Pair, list[Pair]]
) -> Iterator[Mapping]:
    for (old, new), known in found.items():
        mapping = proven_mapping(templates[old], templates[new], known)
        if mapping is None and index.is_open(old, new):
            turned = [(two, one) for one, two in known]
            mapping = proven_mapping(templates[new], templates[old], turned)
        if mapping is not None:
            yield mapping


def _best_per_legacy(made: Iterable[Mapping]) -> list[Mapping]:
    best: dict[str, Mapping] = {}
    for mapping in sorted(made, key=lambda m: (-m.pairs, m.target)):
        best.setdefault(mapping.legacy, mapping)
    return sorted(best.values(), key=lambda m: m.legacy)


# --- by pairs -------------------------------------------------------------------------------


def proven_mapping(legacy: Template, current: Template, pairs: Sequence[Pair]) -> Mapping | None:
    """The target, in the old layout's variables, that most pairs show; None where none fits."""
    support: Counter[str] = Counter()
    for old, new in pairs:
        values, shape = legacy.match(old), current.match(new)
        if values is not None and shape is not None:
            support.update(_targets(values, shape, current))
    if not support:
        return None
    most = max(support.values())
    fitting = sorted((t for t, n in support.items() if n == most), key=lambda t: (len(t), t))
    target, *others = fitting
    return Mapping(
        legacy=legacy.pattern,
        target=target,
        pairs=most,
        against=len(pairs) - most,
        sample=tuple(pairs[:_SAMPLE]),
        choices=tuple(others),
    )


def _targets(values: dict[str, str], shape: dict[str, str], current: Template) -> Iterator[str]:
    """Every way to write the new key with the values of the old one."""
    ways = [
        _ways(shape[text], values) if variable else [written(text)]
        for text, variable in current.parts
    ]
    for number, chosen in enumerate(product(*ways)):
        if number >= _MOST_TARGETS:
            return
        yield "".join(chosen)


def _ways(value: str, values: dict[str, str]) -> list[str]:
    alone = [f"{{{name}}}" for name, held in values.items() if held == value]
    joined = [
        f"{{{one}}}{mark}{{{other}}}"
        for one, other in permutations(values, 2)
        for mark in _SEPARATORS
        if f"{values[one]}{mark}{values[other]}" == value
    ]
    return alone + joined


# --- by structure ---------------------------------------------------------------------------


def _by_structure(index: LayoutIndex, templates: dict[str, Template]) -> Iterator[Mapping]:
    """Layouts whose segments, some left out, are those of another one."""
    offered: dict[str, list[str]] = defaultdict(list)
    for one, other in combinations(sorted(templates), 2):
        for old, new in (index.older_first(one, other), index.older_first(one, other)[::-1]):
            target = _within(old.split("/"), new.split("/"))
            if target is not None:  # an old program may still write the old layout: offer it too
                offered[old].extend(_spellings(target, templates[old]))
                break
    for legacy, targets in sorted(offered.items()):
        first, *others = dict.fromkeys(targets)
        yield Mapping(legacy=legacy, target=first, choices=tuple(others))


def _within(old: list[str], new: list[str]) -> str | None:
    """The new layout in the old one's words, where it is the old one with segments left out."""
    made, literals, rest = [], 0, iter(old)
    for segment in new:
        variable = segment.startswith("{") and not segment.startswith("{{")
        for candidate in rest:
            same = candidate == segment
            if same or (variable and candidate.startswith("{") and candidate[1:2] != "{"):
                made.append(candidate)
                literals += not variable
                break
        else:
            return None
    return "/".join(made) if literals and made[-1] == old[-1] else None


def _spellings(target: str, legacy: Template) -> list[str]:
    """As it is, and with each variable that it would lose put before the file's name."""
    lost = [name for name in legacy.variables if f"{{{name}}}" not in target]
    folder, _, name = target.rpartition("/")
    kept = [f"{folder}/{{{one}}}-{name}".lstrip("/") for one in lost]
    return [target, *kept]
