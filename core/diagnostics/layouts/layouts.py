"""Layouts of keys as patterns, `users/{user}/photos/{file}`: matching, filling, mapping and back.

A variable never spans a slash. `{{` and `}}` stand for braces. A mapping is a pair of patterns in
which the target uses variables of the source.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from core.diagnostics.audits.patterns import is_id
from core.diagnostics.spelling import stem_of
from core.errors import InvalidInput
from core.model.migration import Layout, SegmentKind

LONGEST_KEY = 1024  # bytes, S3's limit
_MOST_VARIABLES = 32
_MOST_IN_SEGMENT = 3  # more would make matching slow, and ambiguous anyway
_PART = re.compile(r"\{\{|\}\}|\{(?P<name>[^{}]*)\}|[^{}]+|[{}]")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")
_HINT = "Write a pattern such as users/{user}/photos/{file}."

_KINDS: tuple[tuple[SegmentKind, re.Pattern[str]], ...] = (
    (SegmentKind.UUID, re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)),
    (
        SegmentKind.DATE,
        re.compile(r"(?:19|20)\d\d-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?"),
    ),
    (SegmentKind.NUMBER, re.compile(r"[0-9]+")),
    (SegmentKind.EMAIL, re.compile(r"[^@/\s]+(?:@|%40)[^@/\s]+\.[^@/\s.]+", re.IGNORECASE)),
    (SegmentKind.HASH, re.compile(r"(?=.*[0-9])(?=.*[a-f])[0-9a-f]{12,}", re.IGNORECASE)),
)
_EMAIL = re.compile(r"[^@/\s]+(?:@|%40)[^@/\s]+\.[a-z]{2,}", re.IGNORECASE)


def kind_of(segment: str) -> SegmentKind:
    """What one segment, without an extension, looks like."""
    for kind, form in _KINDS:
        if form.fullmatch(segment):
            return kind
    return SegmentKind.ID if is_id(segment) else SegmentKind.NAME


def is_personal(key: str) -> bool:
    """Whether an e-mail address stands in it."""
    return ("@" in key or "%40" in key) and _EMAIL.search(key) is not None


@dataclass(frozen=True)
class Template:
    """A pattern that can be matched and filled; `kinds` narrows what a variable takes."""

    pattern: str
    parts: tuple[tuple[str, bool], ...]  # (text, is a variable), slashes are literal text
    kinds: Mapping[str, tuple[SegmentKind, ...]] = field(default_factory=dict, compare=False)

    @property
    def variables(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(text for text, variable in self.parts if variable))

    @property
    def prefix(self) -> str:
        """What every key of this layout begins with."""
        text, variable = self.parts[0]
        return "" if variable else text

    @property
    def literals(self) -> int:
        return sum(len(text) for text, variable in self.parts if not variable)

    def match(self, key: str) -> dict[str, str] | None:
        found = _compiled(self.parts).fullmatch(key)
        if found is None:
            return None
        values: dict[str, str] = found.groupdict()
        return values if all(self._fits(name, value) for name, value in values.items()) else None

    def _fits(self, name: str, value: str) -> bool:
        kinds = self.kinds.get(name)
        return not kinds or kind_of(value) in kinds or kind_of(stem_of(value)) in kinds

    def fill(self, values: Mapping[str, str]) -> str | None:
        """None where a variable has no value."""
        if any(variable and text not in values for text, variable in self.parts):
            return None
        return "".join(values[text] if variable else text for text, variable in self.parts)


@lru_cache(maxsize=512)
def _compiled(parts: tuple[tuple[str, bool], ...]) -> re.Pattern[str]:
    made, seen = [], set()
    for text, variable in parts:
        if not variable:
            made.append(re.escape(text))
        elif text in seen:
            made.append(f"(?P={text})")
        else:
            seen.add(text)
            made.append(f"(?P<{text}>[^/]+?)")
    return re.compile("".join(made), re.DOTALL)


def parse_template(pattern: str) -> Template:
    """Raise `InvalidInput` that says what is wrong with a pattern that a person wrote."""
    if not pattern or len(pattern.encode("utf-8", "replace")) > LONGEST_KEY:
        raise InvalidInput("A pattern has 1 to 1,024 bytes.", hint=_HINT)
    parts: list[tuple[str, bool]] = []
    for found in _PART.finditer(pattern):
        text, name = found.group(0), found["name"]
        if name is not None:
            _check_name(name, parts)
            parts.append((name, True))
        elif text in {"{", "}"}:
            raise InvalidInput(f"A brace in {pattern!r} has no partner.", hint=_HINT)
        else:
            _add_literal(parts, {"{{": "{", "}}": "}"}.get(text, text))
    made = Template(pattern, tuple(parts))
    _check_segments(made)
    return made


def _check_name(name: str, before: list[tuple[str, bool]]) -> None:
    if not _NAME.fullmatch(name):
        raise InvalidInput(
            f"{{{name}}} is no name of a variable.",
            hint="Use small letters, digits and underscores.",
        )
    if before and before[-1][1]:
        raise InvalidInput(
            f"Nothing stands between {{{before[-1][0]}}} and {{{name}}}.",
            hint="Put a character between two variables, such as a hyphen.",
        )


def _add_literal(parts: list[tuple[str, bool]], text: str) -> None:
    if parts and not parts[-1][1]:
        parts[-1] = (parts[-1][0] + text, False)
    else:
        parts.append((text, False))


def _check_segments(made: Template) -> None:
    inside = most = total = 0
    for text, variable in made.parts:
        if variable:
            inside, total = inside + 1, total + 1
            most = max(most, inside)
        elif "/" in text:
            inside = 0
    if total > _MOST_VARIABLES or most > _MOST_IN_SEGMENT:
        raise InvalidInput(
            f"{made.pattern!r} has too many variables.",
            hint=f"At most {_MOST_IN_SEGMENT} between two slashes and {_MOST_VARIABLES} in all.",
        )


def template_of(layout: Layout) -> Template:
    """A learned layout; its variables take only the kinds that were seen."""
    made = parse_template(layout.pattern)
    kinds = {variable.name: variable.kinds for variable in layout.variables if variable.kinds}
    return Template(made.pattern, made.parts, kinds)


def written(literal: str) -> str:
    """Text as it stands in a pattern."""
    return literal.replace("{", "{{").replace("}", "}}")


@dataclass(frozen=True)
class KeyMap:
    """From an old layout to the one of today. Raises `InvalidInput` where the target needs more."""

    legacy: Template
    target: Template

    def __post_init__(self) -> None:
        missing = [name for name in self.target.variables if name not in self.legacy.variables]
        if missing:
            raise InvalidInput(
                f"The new layout needs {{{missing[0]}}}, which the old one does not have.",
                hint="Use only variables of the old layout.",
            )
        if self.legacy.parts == self.target.parts:
            raise InvalidInput("Both layouts are the same.", hint="Choose another target.")

    def forward(self, key: str) -> str | None:
        """The key of today; None for a key of another layout."""
        values = self.legacy.match(key)
        return None if values is None else self.target.fill(values)

    def back(self, key: str, known: Mapping[str, str] | None = None) -> str | None:
        """The old key; None where `key` is of another layout, or lacks what only the old one had.

        `known` are values of such variables, from a record for instance.
        """
        values = self.target.match(key)
        if values is None:
            return None
        old = self.legacy.fill({**(known or {}), **values})
        return old if old is not None and self.forward(old) == key else None
