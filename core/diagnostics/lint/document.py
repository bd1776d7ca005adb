"""A document as lines with sections, cleaned of boxes, bullets and emphasis; search with negation.

"We use no OAI" and "OAC replaced the OAI" say the opposite of "OAI": a search leaves them out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_BOX = re.compile(r"[\u2500-\u257f]+")
_SIGNS = re.compile(
    r"[\u25a0-\u25ff\u2600-\u27bf\u2b00-\u2bff\ufe0f\u200d\ufffd\U0001f000-\U0001faff]"
    r"|[\u00f0\u011f]\u0178\S{0,3}"  # an emoji that was decoded as Windows-1252 or -1254
)
_LEAD = re.compile(r"^(?:[-*+\u2022>]\s+|\d{1,2}[.)]\s+|\[[ xX]\]\s+|#{1,6}\s+)+")
_HEADING = re.compile(r"^\s{0,3}#{1,6}\s+(?P<words>.+?)\s*#*\s*$")
_FENCE = re.compile(r"^\s{0,3}(```|~~~)")
_UNDERLINE = re.compile(r"^\s{0,3}(=+|-{3,})\s*$")

_BEFORE = re.compile(
    r"\b(?:no|not|never|without|instead of|rather than|avoid(?:s|ed|ing)?|nothing|none of|"
    r"(?:do|does|did|is|are|was|were|must|should|can|could|will|wo|ca)(?:n['\u2019]?t| not)|"
    r"replac(?:e|es|ed|ing)|remov(?:e|es|ed|ing)|retir(?:e|es|ed|ing)|migrat\w+ (?:away )?from|"
    r"mov(?:e|ed|ing) (?:away )?from|forbid\w*|formerly|used to|drop(?:s|ped)?|reject(?:s|ed)?|"
    r"refus(?:e|es|ed)|no longer|free of|neither|nor)\b[^.;:!?]{0,45}$",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"^[^.;:!?,]{0,25}?\b(?:(?:is|are|was|were|has been|have been|had been|got)\s+)?"
    r"(?:not|never|no longer|cannot|can['\u2019]?t|won['\u2019]?t|doesn['\u2019]?t|do not|does not|"
    r"isn['\u2019]?t|aren['\u2019]?t|replaced|removed|retired|gone|forbidden|rejected|banned|dropped|"
    r"avoided|refused|deleted)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a fact stands (`file:line`, or AWS call and path) and what stands there."""

    where: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """`text` is cleaned; `raw` is as written. `fence` is 0 outside of code blocks."""

    number: int
    raw: str
    text: str
    section: int
    heading: str
    fence: int


def brief(text: str, most: int = 140) -> str:
    """A sentence as it can be quoted inside another."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


@dataclass(frozen=True, slots=True)
class Hit:
    line: Line
    match: re.Match[str]

    @property
    def text(self) -> str:
        return self.match.group(0)


@dataclass(frozen=True, slots=True)
class Document:
    name: str
    lines: tuple[Line, ...]

    def spot(self, line: Line) -> Spot:
        return Spot(f"{self.name}:{line.number}", line.text)

    def around(self, line: Line, before: int, after: int) -> tuple[Line, ...]:
        """The neighbours in the same section, the line itself included."""
        at = line.number - 1
        found = self.lines[max(0, at - before) : at + after + 1]
        return tuple(one for one in found if one.section == line.section)

    def section(self, line: Line) -> tuple[Line, ...]:
        return tuple(one for one in self.lines if one.section == line.section)

    def search(self, pattern: str) -> Iterator[Hit]:
        """Every statement that matches and is not denied in its own sentence."""
        wanted = re.compile(pattern, re.IGNORECASE)
        for line in self.lines:
            for match in wanted.finditer(line.text):
                if not denied(line.text, match.start(), match.end()):
                    yield Hit(line, match)
                    break

    def first(self, pattern: str) -> Hit | None:
        return next(self.search(pattern), None)

    @property
    def is_about_delivery(self) -> bool:
        """Whether S3 or CloudFront is its subject: short names mean other things elsewhere."""
        return self.mentions(r"\bS3\b|\bbuckets?\b|\bcloudfront\b|\borigin\s+access\b|\bcdn\b")

    def mentions(self, pattern: str) -> bool:
        """Whether the words stand anywhere at all, denied or not."""
        wanted = re.compile(pattern, re.IGNORECASE)
        return any(wanted.search(line.text) for line in self.lines)


def denied(text: str, start: int, end: int) -> bool:
    """Whether the sentence around a phrase takes it back."""
    return bool(_BEFORE.search(text[:start]) or _AFTER.search(text[end:]))


_LONGEST = 1000  # characters of a line that are read: no sentence is longer, and data may be


def clean(raw: str) -> str:
    """A line without the signs that only draw: boxes, bullets, emoji, emphasis."""
    text = _SIGNS.sub(" ", _BOX.sub("  ", raw)).replace("\u00a0", " ")
    text = text.replace("**", "").replace("`", "").strip()
    while (shorter := _LEAD.sub("", text).strip()) != text:
        text = shorter
    return text


def read_document(name: str, text: str) -> Document:
    lines: list[Line] = []
    section, heading, fence, fences = 0, "", 0, 0
    raws = text.split("\n")  # as editors count lines; a form feed ends none
    for number, raw in enumerate(raws, 1):
        if _FENCE.match(raw):
            fences += 0 if fence else 1
            fence = 0 if fence else fences
        elif not fence and (words := _heading(raw, raws[number : number + 1])):
            section, heading = section + 1, clean(words)
        lines.append(Line(number, raw[:_LONGEST], clean(raw[:_LONGEST]), section, heading, fence))
    return Document(name, tuple(lines))


def _heading(raw: str, following: list[str]) -> str:
    if found := _HEADING.match(raw):
        return found["words"]
    underlined = bool(following) and _UNDERLINE.match(following[0])
    return raw.strip() if underlined and raw.strip() and not raw.lstrip().startswith("|") else ""
