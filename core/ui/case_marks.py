"""What a monitor says, as a mark, a line and a table. Pure: `now` is an argument."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from core.model.saved_case import Check, CheckStatus, Monitor, SavedCase, WatchState
from core.ui import formats, parts
from core.ui.markup import Markup, tag
from core.ui.parts import Tone

_STATUS = {
    CheckStatus.WORKS: (Tone.OK, "works"),
    CheckStatus.BROKEN: (Tone.FAIL, "broken"),
    CheckStatus.UNCHECKED: (Tone.UNKNOWN, "could not check"),
}


def watch_mark(monitor: Monitor | None, now: datetime) -> tuple[Tone, str]:
    """The state in words. A relapse is said even while nobody can check."""
    if monitor is None:
        return Tone.NEUTRAL, "not watched"
    relapse = ""
    if monitor.known is WatchState.RELAPSED and monitor.known_since is not None:
        relapse = f"relapsed {formats.ago(monitor.known_since, now)}"
    since = formats.ago(monitor.since, now)
    if monitor.state is WatchState.UNKNOWN:
        blind = "not checked yet" if monitor.last is None else f"could not check since {since}"
        return (Tone.FAIL, f"{relapse}; {blind}") if relapse else (Tone.UNKNOWN, blind)
    if monitor.state is WatchState.WORKS:
        return Tone.OK, f"works since {since}"
    return Tone.FAIL, relapse or f"broken since {since}"


def case_line(case: SavedCase, now: datetime) -> Markup:
    """One case: its state, its name, its URL, and when it was last looked at."""
    tone, words = watch_mark(case.monitor, now)
    last = case.monitor.last if case.monitor is not None else None
    looked = tag("span", "checked ", parts.when(last.at, now), class_="ui-muted") if last else None
    url = parts.mono(case.url, 96) if case.url else tag("span", "no URL", class_="ui-muted")
    name = tag("b", case.name)
    return tag("div", name, " ", parts.badge(tone, words), tag("div", url, " ", looked))


def check_rows(checks: Sequence[Check], now: datetime) -> Markup:
    return parts.table(
        ("When", "Result", "Answer", "Cause", "What it said"),
        [
            (
                parts.when(check.at, now),
                parts.badge(*_STATUS[check.status]),
                str(check.observed_status or "\u2013"),
                check.cause or "\u2013",
                check.sentence,
            )
            for check in checks
        ],
        right=(2,),
    )
