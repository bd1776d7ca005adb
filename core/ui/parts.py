"""The parts every page is made of, as HTML built from data. Nothing here knows Streamlit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.ui import formats
from core.ui.markup import Child, Markup, join, tag


class Tone(StrEnum):
    """The four meanings, always shown with their icon and a word; NEUTRAL is none of them."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
    UNKNOWN = "unknown"
    NEUTRAL = "neutral"


@dataclass(frozen=True)
class Stat:
    label: str
    value: str
    note: str = ""
    tone: Tone = Tone.NEUTRAL


@dataclass(frozen=True)
class Step:
    """One check or one station: what it is, how it went, what was expected and found."""

    name: str
    tone: Tone
    word: str
    expected: str = ""
    actual: str = ""


def icon(tone: Tone) -> Markup:
    """Drawn by the style sheet: the sanitizer of `st.html` removes SVG."""
    return tag("i", class_=f"ui-icon ui-i-{tone}", aria_hidden="true")


def badge(tone: Tone, word: str) -> Markup:
    return tag("span", icon(tone), word, class_=f"ui-badge ui-{tone}")


def headline(sentence: str, detail: str = "", tone: Tone = Tone.NEUTRAL) -> Markup:
    """The sentence that answers why the person came."""
    mark = None if tone is Tone.NEUTRAL else tag("span", icon(tone), class_=f"ui-mark ui-{tone}")
    under = tag("p", detail, class_="ui-muted") if detail else None
    heading = tag("div", tag("h1", sentence), under)
    return tag("header", mark, heading, class_="ui-headline")


def title(words: str, note: str = "") -> Markup:
    return tag("h2", words, tag("span", note) if note else None, class_="ui-title")


def stat_row(stats: Iterable[Stat]) -> Markup:
    return tag("dl", *(_stat(stat) for stat in stats), class_="ui-stats")


def _stat(stat: Stat) -> Markup:
    note = tag("dd", stat.note, class_="ui-note") if stat.note else None
    value = tag("dd", stat.value, class_=f"ui-value ui-{stat.tone}")
    return tag("div", tag("dt", stat.label), value, note)


def facts(rows: Iterable[tuple[str, Child]]) -> Markup:
    """A list of names and values; rows without a value are left out."""
    return tag(
        "dl",
        *(tag("div", tag("dt", name), tag("dd", value)) for name, value in rows if value),
        class_="ui-facts",
    )


def mono(value: str, width: int = 0) -> Markup:
    """A key or URL; shortened in the middle where `width` is given, whole on hover."""
    shown = formats.shorten(value, width) if width else value
    return tag("code", shown, title=value if shown != value else None, class_="ui-mono")


def when(at: datetime | None, now: datetime) -> Markup | None:
    """Relative, with the absolute on hover."""
    if at is None:
        return None
    whole = formats.moment_and_utc(at)
    return tag("time", formats.ago(at, now), datetime=at.isoformat(), title=whole)


def picture(source: str, instead: str, alt: str = "") -> Markup:
    """`instead` is what the style sheet writes over the browser's own sign where none arrives."""
    return tag("img", src=source, alt=alt, data_instead=instead, loading="lazy", decoding="async")


def note(words: Child, tone: Tone = Tone.NEUTRAL) -> Markup:
    """A quiet line with a meaning."""
    mark = None if tone is Tone.NEUTRAL else icon(tone)
    return tag("p", mark, tag("span", words), class_=f"ui-line ui-{tone}")


def empty_state(sentence: str, detail: str) -> Markup:
    return tag("div", tag("h2", sentence), tag("p", detail, class_="ui-muted"), class_="ui-empty")


def problem(message: str, hint: str, reference: str, heading: str = "") -> Markup:
    """Where, what, what to do, and the number under which the log has the rest."""
    return tag(
        "section",
        tag("div", icon(Tone.FAIL), class_="ui-mark ui-fail"),
        tag(
            "div",
            tag("h2", heading or "This did not work"),
            tag("p", message),
            tag("p", hint, class_="ui-hint") if hint else None,
            tag("p", f"Reference {reference}", class_="ui-muted ui-small"),
        ),
        class_="ui-problem",
        role="alert",
    )


def steps(items: Iterable[Step]) -> Markup:
    return tag("ol", *(_step(item) for item in items), class_="ui-steps")


def _step(item: Step) -> Markup:
    parts: list[Child] = [badge(item.tone, item.word), tag("span", item.name, class_="ui-name")]
    if item.expected or item.actual:
        parts.append(_comparison(item))
    return tag("li", *parts)


def _comparison(item: Step) -> Markup:
    if item.tone is Tone.OK:
        return tag("span", mono(item.actual or item.expected, 60), class_="ui-muted")
    return tag(
        "span",
        tag("span", "expected ", mono(item.expected or "\u2013", 60)),
        tag("span", "got ", mono(item.actual or "nothing", 60)),
        class_="ui-muted ui-pair",
    )


def before_after(rows: Sequence[tuple[str, str, str]]) -> Markup:
    """What was there and what is now: `(group, name, value)`, crossed out."""
    return tag(
        "ul",
        *(
            tag(
                "li",
                tag("span", group, class_="ui-muted"),
                tag("span", name),
                tag("del", formats.shorten(value, 60) if value else "(present)"),
            )
            for group, name, value in rows
        ),
        class_="ui-removed",
    )


_DIFF_TONES = {"+": "add", "-": "del", "@": "at"}


def diff(unified: str) -> Markup:
    """A unified diff, coloured by line; its file headers are left out."""
    lines = (line for line in unified.splitlines() if not line.startswith(("---", "+++")))
    return tag(
        "pre",
        *(
            tag("span", line or " ", class_=f"ui-d-{_DIFF_TONES.get(line[:1], 'same')}")
            for line in lines
        ),
        class_="ui-diff",
    )


def table(
    head: Sequence[str], rows: Iterable[Sequence[Child]], *, right: Sequence[int] = ()
) -> Markup:
    """A small read-only table; columns named in `right` hold numbers."""

    def cells(kind: str, row: Sequence[Child]) -> Markup:
        return join(
            *(
                tag(kind, cell, class_="ui-right" if at in right else None)
                for at, cell in enumerate(row)
            )
        )

    return tag(
        "div",
        tag(
            "table",
            tag("thead", tag("tr", cells("th", head))),
            tag("tbody", *(tag("tr", cells("td", row)) for row in rows)),
        ),
        class_="ui-table",
    )
