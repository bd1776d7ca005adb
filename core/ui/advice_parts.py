"""Recommendations and what-if answers, with saving, price of the change, risk and proof. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal

from core.model.pricing import plain
from core.model.scenarios import Risk, WhatIf
from core.model.waste import ApiCall, Recommendation, Recommendations
from core.ui import formats, parts
from core.ui.markup import Markup, tag
from core.ui.parts import Stat, Tone

_LEAST = Decimal("0.01")  # USD a month
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
    return "never" if months is None else f"{plain(round(months, 1))} months"


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
    good = found.saving is not None and found.saving > 0
    return tag(
        "section",
        parts.stat_row(
            (
                Stat("Now", formats.money(found.before), "a month, with the free tier"),
                Stat("Then", formats.money(found.after), "a month, with the free tier"),
                Stat("Difference", _difference(found), "a month", _tone(found, good=good)),
                Stat("Costs once", formats.money(found.one_off),
                     f"paid back: {payback(found.payback_months, found.one_off)}"),
            )
        ),
        tag("p", parts.badge(tone, word), " ",
            parts.badge(Tone.NEUTRAL, f"{found.confidence} confidence"), class_="ui-tags")
        if found.saving is not None else None,
        *(parts.note(one, Tone.UNKNOWN) for one in found.unknown),
        parts.facts((("Risks", _list(found.risks)), ("Assumed", _list(found.assumptions)))),
    )  # fmt: skip


def _difference(found: WhatIf) -> str:
    if found.saving is None:
        return "unknown"
    return formats.signed(-found.saving)


def _tone(found: WhatIf, *, good: bool) -> Tone:
    if found.saving is None:
        return Tone.UNKNOWN
    return Tone.OK if good else Tone.NEUTRAL


def compared(rows: Sequence[WhatIf]) -> Markup:
    """Saved scenarios on the same month and the same prices."""
    cells = (
        (one.scenario.name, formats.money(one.before), formats.money(one.after), _difference(one),
         formats.money(one.one_off), payback(one.payback_months, one.one_off),
         None if one.saving is None else parts.badge(*_RISKS[one.risk]))
        for one in rows
    )  # fmt: skip
    head = ("Scenario", "Now", "Then", "Difference", "Costs once", "Paid back", "Risk")
    return parts.table(head, cells, right=(1, 2, 3, 4, 5))
