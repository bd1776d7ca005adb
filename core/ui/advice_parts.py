"""Recommendations and what-if answers, with saving, price of the change, risk and proof. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal

from core.model.pricing import plain
from core.model.scenarios import IfUnread, Risk, WhatIf
from core.model.waste import ApiCall, Recommendation, Recommendations
from core.ui import formats, parts
from core.ui.markup import Markup, tag
from core.ui.parts import Stat, Tone

_LEAST = Decimal("0.01")  # USD a month
_LEAST_MONTHS = Decimal("0.1")
_UNREAD = "if nobody reads them"
_RISKS: dict[Risk, tuple[Tone, str]] = {
    "low": (Tone.OK, "low risk"),
    "medium": (Tone.WARN, "medium risk"),
    "high": (Tone.FAIL, "high risk"),
}


def saving(amount: Decimal | None) -> str:
    if amount is None:
        return "saving unknown"
    if amount < 0:
        return f"{formats.money(-amount)} more a month"
    return f"{formats.money(amount)} less a month"


def _saved(amount: Decimal | None) -> str:
    return "unknown" if amount is None else f"{formats.money(amount)} a month"


def payback(months: Decimal | None, one_off: Decimal | None) -> str:
    if one_off is None:
        return "unknown"
    if not one_off:
        return "at once"
    if months is None:
        return "never"
    if months < _LEAST_MONTHS:
        return f"< {_LEAST_MONTHS} months"
    told = plain(round(months, 1))
    return f"{told} month{'' if told == '1' else 's'}"


def sentence(found: Recommendations) -> str:
    if not found.items:
        return "Nothing to save was found in what was looked at"
    best = found.items[0]
    if best.saving is not None and best.saving < _LEAST:
        return "Nothing was found that saves a cent a month"
    count = formats.counted(len(_worth(found)), "change")
    if best.saving is None:
        return f"{count} may save money; how much is not known"
    return f"{count} may save money; the largest {formats.money(best.saving)} a month"


def items(found: Recommendations) -> Markup:
    """What saves less than a cent is folded into one line."""
    worth = _worth(found)
    small = [one for one in found.items if one not in worth]
    return tag(
        "div",
        tag("div", *(_item(one) for one in worth), class_="ui-cost ui-advice"),
        tag(
            "details",
            tag("summary", _small_ones(len(small), more=bool(worth))),
            tag("div", *(_item(one) for one in small), class_="ui-cost ui-advice"),
            class_="ui-unfold",
        )
        if small
        else None,
    )


def _worth(found: Recommendations) -> list[Recommendation]:
    """Those that save a cent, or nobody knows how much."""
    return [one for one in found.items if one.saving is None or one.saving >= _LEAST]


def _small_ones(count: int, *, more: bool) -> str:
    verb = "saves" if count == 1 else "save"
    told = f"and {count} more" if more else formats.counted(count, "change")
    return f"{told} that {verb} less than a cent a month"


def _item(one: Recommendation) -> Markup:
    tone, word = _RISKS[one.risk]
    return tag(
        "details",
        tag(
            "summary",
            tag(
                "span",
                tag("b", one.title),
                " ",
                tag("small", formats.shorten(one.subject, 48), class_="ui-muted"),
            ),
            parts.badge(tone, word),
            tag("span", saving(one.saving), class_="ui-num"),
        ),
        tag(
            "div",
            tag("p", one.why),
            parts.facts(
                (
                    ("Where", parts.mono(one.subject, 96)),
                    ("Saves", _saved(one.saving)),
                    ("Costs once", formats.money(one.one_off)),
                    ("Paid back", payback(one.payback_months, one.one_off)),
                    ("Confidence", one.confidence),
                    ("Risks", _list(one.risks)),
                    ("Undo", one.undo),
                    ("Notes", _list(one.notes)),
                )
            ),
            *(_call(call) for call in one.change),
            class_="ui-calculation",
        ),
    )


def _list(lines: Sequence[str]) -> Markup | None:
    return tag("ul", *(tag("li", line) for line in lines), class_="ui-list") if lines else None


def _call(call: ApiCall) -> Markup:
    """The exact change, as it can be made by hand or by a program."""
    text = json.dumps(call.parameters, indent=2, ensure_ascii=False)
    return tag(
        "div",
        tag("p", "Change: ", parts.mono(f"{call.service} {call.operation}")),
        tag("pre", text, class_="ui-diff ui-json"),
    )


def not_looked_for(found: Recommendations) -> Markup | None:
    if not found.not_looked_for:
        return None
    return tag(
        "section",
        parts.title("Not looked for", "so nothing is said about it"),
        tag("ul", *(tag("li", one) for one in found.not_looked_for), class_="ui-list ui-muted"),
    )


# --- what if --------------------------------------------------------------------------------


def answer(found: WhatIf) -> Markup:
    tone, word = _RISKS[found.risk]
    shown = found.if_unread or found
    when = f"a month, {_UNREAD}" if found.if_unread else "a month"
    return tag(
        "section",
        parts.stat_row(
            (
                Stat("Now", formats.money(found.before), "a month, with the free tier"),
                Stat("Then", formats.money(shown.after),
                     when if found.if_unread else "a month, with the free tier"),
                Stat("Difference", _difference(shown.saving), when, _tone(found)),
                Stat("Costs once", formats.money(shown.one_off), _paid_back(shown)),
            )
        ),
        tag("p", parts.badge(tone, word), " ",
            parts.badge(Tone.NEUTRAL, f"{found.confidence} confidence"), class_="ui-tags")
        if shown.saving is not None else None,
        parts.note(pays_off(found.if_unread), Tone.NEUTRAL) if found.if_unread else None,
        *(parts.note(one, Tone.UNKNOWN) for one in found.unknown),
        parts.facts((("Risks", _list(found.risks)), ("Assumed", _list(found.assumptions)))),
    )  # fmt: skip


def _paid_back(found: WhatIf | IfUnread) -> str:
    told = f"paid back: {payback(found.payback_months, found.one_off)}"
    return f"{told}, {_UNREAD}" if isinstance(found, IfUnread) and found.payback_months else told


def pays_off(alone: IfUnread) -> str:
    """How often objects may be read, or must be, for the change to save something."""
    if alone.pays_below is not None:
        often = _times(alone.pays_below)
        return f"It saves while each object is read fewer than {often} a month on average"
    if alone.pays_above is not None:
        often = _times(alone.pays_above)
        return f"It saves once each object is read more than {often} a month on average"
    if alone.saving > 0:
        return "It saves however often they are read"
    return "It saves nothing, however often they are read"


def _times(reads: Decimal) -> str:
    told = plain(round(reads, 2 if reads >= 1 else 4))
    return f"{told} time{'' if told == '1' else 's'}"


def _difference(saved: Decimal | None) -> str:
    return "unknown" if saved is None else formats.signed(-saved)


def _tone(found: WhatIf) -> Tone:
    """Green only where it is known that something is saved."""
    if found.saving is None:
        return Tone.UNKNOWN
    return Tone.OK if found.saving > 0 else Tone.NEUTRAL


def compared(rows: Sequence[WhatIf]) -> Markup:
    """Saved scenarios on the same month and the same prices."""
    head = ("Scenario", "Now", "Then", "Difference", "Costs once", "Paid back", "Risk")
    return parts.table(head, map(_compared, rows), right=(1, 2, 3, 4, 5))


def _compared(one: WhatIf) -> tuple[Markup | str | None, ...]:
    shown = one.if_unread or one
    unread = (
        tag("small", f" if nobody reads them. {pays_off(one.if_unread)}", class_="ui-muted")
        if one.if_unread
        else ""
    )
    return (
        tag("span", one.scenario.name, unread),
        formats.money(one.before),
        formats.money(shown.after),
        _difference(shown.saving),
        formats.money(shown.one_off),
        payback(shown.payback_months, shown.one_off),
        None if shown.saving is None else parts.badge(*_RISKS[one.risk]),
    )
