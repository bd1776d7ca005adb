"""New names for many files by one pattern: `{date} {name}-{n}`, the extension kept. Pure."""

from __future__ import annotations

import string

from core.errors import InvalidInput
from core.model.media import MediaFile
from core.model.names import NAME_LIMIT, clean_name, stem_and_suffix

FIELDS = ("name", "n", "date")
PATTERN_LIMIT = 200


def check_pattern(pattern: str) -> None:
    """Raise `InvalidInput` for a field that nobody knows, a lone brace, or nothing at all."""
    try:
        fields = list(string.Formatter().parse(pattern))
    except ValueError as error:
        raise _wrong(pattern, str(error)) from error
    for _, name, spec, conversion in fields:
        if name is not None and (name not in FIELDS or spec or conversion):
            raise _wrong(pattern, f"{{{name}}} is not known")
    if not pattern.strip() or len(pattern) > PATTERN_LIMIT:
        raise _wrong(pattern, "it is empty or too long")
    if "/" in pattern or "\\" in pattern:
        raise _wrong(pattern, "it has a slash in it, and moves nothing")


def patterned(pattern: str, file: MediaFile, number: int, total: int) -> str:
    """The file's new name; `number` counts from 1 and is as wide as `total`.

    `{date}` is the day the picture was taken, or else uploaded.
    """
    stem, suffix = stem_and_suffix(file.name)
    taken = file.taken_at or file.uploaded_at
    values = {"name": stem, "n": f"{number:0{len(str(total))}}", "date": f"{taken:%Y-%m-%d}"}
    name = "".join(_part(*part, values=values) for part in string.Formatter().parse(pattern))
    return clean_name(name[: NAME_LIMIT - len(suffix)] + suffix)


def _part(
    text: str, field: str | None, _spec: str | None, _how: str | None, *, values: dict[str, str]
) -> str:
    return text + (values[field] if field is not None else "")


def _wrong(pattern: str, why: str) -> InvalidInput:
    return InvalidInput(
        f"The pattern {pattern[:80]!r} can't be used: {why}.",
        hint="Use text and {name}, {n} or {date}, such as `{date} {name}-{n}`.",
    )
