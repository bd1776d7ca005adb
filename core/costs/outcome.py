"""What a change comes to: two priced months, what it costs once, when it has paid for itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from core.costs.estimate import price
from core.costs.quantities import Tally
from core.costs.tiers import EXACT, ZERO
from core.model.estimates import Allowances, CostEstimate, Usage, UsageLine
from core.model.pricing import PriceSheet
from core.model.scenarios import Confidence, IfUnread, Risk, Scenario, WhatIf

_RISKS: tuple[Risk, ...] = ("low", "medium", "high")
UNREAD = "how often these objects are read is not known: give reads a month"
_ONE = Decimal(1)
_FINE = Decimal("0.0001")
_CONFIDENCE: tuple[Confidence, ...] = ("high", "medium", "low")


@dataclass
class Told:
    """What a reader has to know beside the numbers; the worst of each counts."""

    risk: Risk = "low"
    risks: list[str] = field(default_factory=list)
    confidence: Confidence = "high"
    assumptions: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    def warn(self, risk: Risk, text: str) -> None:
        self.risk = max(self.risk, risk, key=_RISKS.index)
        self.risks.append(text)

    def assume(self, confidence: Confidence, text: str) -> None:
        self.confidence = max(self.confidence, confidence, key=_CONFIDENCE.index)
        self.assumptions.append(text)


@dataclass(frozen=True)
class Plan:
    """Usage of a month without and with the change, and what is used once.

    `reading` is the same at so many reads of each object a month, where nobody knows them.
    """

    before: tuple[UsageLine, ...]
    after: tuple[UsageLine, ...]
    once: tuple[UsageLine, ...] = ()
    reading: Callable[[Decimal], Plan] | None = None


def outcome(
    scenario: Scenario, plan: Plan | None, told: Told, period: str, sheet: PriceSheet
) -> WhatIf:
    """With the always-free amounts, as the bill has them. A missing price makes it unknown."""
    base = WhatIf(
        scenario=scenario,
        risk=told.risk,
        risks=tuple(dict.fromkeys(told.risks)),
        confidence=told.confidence,
        assumptions=tuple(dict.fromkeys(told.assumptions)),
        unknown=tuple(dict.fromkeys(told.unknown)),
    )
    if plan is None or told.unknown:
        return base
    if plan.reading is not None:
        return _unread(base, plan.reading, period, sheet)
    before, after, once, missing = _costs(plan, period, sheet)
    if missing:
        return base.model_copy(update={"unknown": missing, "before": before.total})
    saving = EXACT.subtract(before.total, after.total)
    update = {
        "before": before.total,
        "after": after.total,
        "one_off": once.total,
        "saving": saving,
        "payback_months": payback(once.total, saving),
        "assumptions": (*base.assumptions, *_assumed(after, once)),
    }
    return base.model_copy(update=update)


def _costs(
    plan: Plan, period: str, sheet: PriceSheet
) -> tuple[CostEstimate, CostEstimate, CostEstimate, tuple[str, ...]]:
    """Without the change, with it, once; and the prices that are missing."""
    before, after = (priced(lines, period, sheet) for lines in (plan.before, plan.after))
    once = priced(plan.once, period, sheet, allowances="none")
    return before, after, once, _new_gaps(before, (after, once))


def _unread(
    base: WhatIf, reading: Callable[[Decimal], Plan], period: str, sheet: PriceSheet
) -> WhatIf:
    """What is known without the reads: the month of now, and what each read takes or brings."""
    before, after, once, missing = _costs(reading(ZERO), period, sheet)
    read, read_after, _, more = _costs(reading(_ONE), period, sheet)
    base = base.model_copy(update={"before": before.total, "unknown": (UNREAD, *(more or missing))})
    if missing or more:
        return base
    saving = EXACT.subtract(before.total, after.total)
    each = EXACT.subtract(saving, EXACT.subtract(read.total, read_after.total))
    alone = IfUnread(
        after=after.total,
        saving=saving,
        one_off=once.total,
        payback_months=payback(once.total, saving),
        pays_below=_turn(saving, each, ROUND_FLOOR) if saving > 0 and each > 0 else None,
        pays_above=_turn(saving, each, ROUND_CEILING) if saving <= 0 and each < 0 else None,
    )
    assumed = dict.fromkeys((*base.assumptions, *_assumed(after, once, read_after)))
    return base.model_copy(update={"if_unread": alone, "assumptions": tuple(assumed)})


def _turn(saving: Decimal, each: Decimal, rounding: str) -> Decimal:
    """Reads of each object that take the saving up: requests and retrieval have one price each."""
    return EXACT.divide(saving, each).quantize(_FINE, rounding)


def priced(
    lines: Sequence[UsageLine],
    period: str,
    sheet: PriceSheet,
    allowances: Allowances = "always_free",
) -> CostEstimate:
    usage = Usage(
        period=period, allowances=allowances, free_mode="before_tiers", lines=tuple(lines)
    )
    return price(usage, sheet)


def _new_gaps(before: CostEstimate, others: Sequence[CostEstimate]) -> tuple[str, ...]:
    """Prices that only the change needs. What is unpriced before and after alike cancels out."""
    known = {(one.line, one.region, one.quantity) for one in before.unpriced}
    gaps = [one for other in others for one in other.unpriced]
    gone = {(one.line, one.region, one.quantity) for one in others[0].unpriced}
    changed = [one for one in gaps if (one.line, one.region, one.quantity) not in known]
    lost = [one for one in before.unpriced if (one.line, one.region, one.quantity) not in gone]
    return tuple(dict.fromkeys(one.reason for one in (*changed, *lost)))


def _assumed(*estimates: CostEstimate) -> tuple[str, ...]:
    lines = (line for one in estimates for line in one.lines if line.price.confidence == "C")
    return tuple(
        dict.fromkeys(f"the price of {line.line} in {line.region} is assumed" for line in lines)
    )


def payback(once: Decimal, saving: Decimal) -> Decimal | None:
    """Months until the saving has paid what it costs once; None where it never does."""
    if saving <= 0:
        return None
    return EXACT.divide(once, saving).quantize(Decimal("0.1"))


def without(lines: Sequence[UsageLine], less: Sequence[UsageLine]) -> tuple[UsageLine, ...]:
    """`lines` without what `less` holds of them; what was never in them takes nothing away."""
    tally = Tally()
    for line in lines:
        tally.add(line.line, line.region, line.quantity, rate_of=line.rate_of)
    known = {(line.line, line.region) for line in lines}
    for line in less:
        if (line.line, line.region) in known:
            tally.add(line.line, line.region, EXACT.minus(line.quantity), rate_of=line.rate_of)
    return tuple(line for line in tally.lines() if line.quantity > 0)
