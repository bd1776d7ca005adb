"""One month against another: every difference is price, quantity or mix, and one sentence says why.

For a family of lines with one unit, the quantity's effect is at the mean price of before, the
price's at the quantities of after, and the mix is what remains.
"""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from decimal import Decimal

from core.costs.billed import total
from core.costs.families import family_name, family_of, rounded, unit_word
from core.costs.tiers import EXACT, ZERO
from core.model.months import CostMonth, Effect, MonthComparison, MonthLine

_ALIKE = Decimal("0.5")  # per cent under which two months cost the same
_TENFOLD = Decimal(900)  # per cent more
_MINUS = "\u2212"
_DIME, _FINEST_SHOWN = Decimal("0.1"), Decimal("0.0001")  # USD
_FINEST = Decimal("1e-12")  # so that the effects add up without rounding


def compare_months(
    before: CostMonth | None, after: CostMonth, shown: CostMonth | None = None
) -> MonthComparison:
    """`before` None: there is no data of it, and no comparison is made up.

    `shown` is the month with all its days, where only the whole ones are compared.
    """
    effects = () if before is None else effects_of(before.lines, after.lines)
    start = None if before is None else before.total
    percent = _percent(start, after.total)
    return MonthComparison(
        before=before.period if before else "",
        after=after.period,
        total_before=start,
        total_after=after.total,
        percent=percent,
        effects=effects,
        same_days=before is not None and _same_days(before, after),
        days=after.days,
        sentence=_sentence(before, after, percent, effects, shown or after),
        warnings=tuple(_warnings(before, after)),
    )


def effects_of(before: Sequence[MonthLine], after: Sequence[MonthLine]) -> tuple[Effect, ...]:
    """Largest change first; families that cost the same are left out."""
    old, new = _families(before), _families(after)
    found = [_effect(name, old.get(name, []), new.get(name, [])) for name in {**old, **new}]
    changed = [effect for effect in found if effect.change]
    return tuple(sorted(changed, key=lambda one: (-abs(one.change), one.family)))


def _families(lines: Sequence[MonthLine]) -> dict[str, list[MonthLine]]:
    found: dict[str, list[MonthLine]] = {}
    for line in lines:
        name = family_of(line.line) if line.line else f"{line.service}: {line.name}"
        found.setdefault(name, []).append(line)
    return found


def _effect(family: str, old: Sequence[MonthLine], new: Sequence[MonthLine]) -> Effect:
    before, after = (total(line.amount for line in some) for some in (old, new))
    change = EXACT.subtract(after, before)
    known = all(line.quantity is not None for line in (*old, *new))
    q_old, q_new = (total(line.quantity or ZERO for line in some) for some in (old, new))
    quantity, price = _parts(old, new, before, after, q_old, q_new) if known else (ZERO, ZERO)
    effect = Effect(
        family=family,
        name=family_name(family, (*new, *old)),
        before=before,
        after=after,
        quantity_before=q_old if known else None,
        quantity_after=q_new if known else None,
        unit=unit_word(next((line.unit for line in (*new, *old)), "")),
        quantity=quantity,
        price=price,
        mix=EXACT.subtract(EXACT.subtract(change, quantity), price) if known else change,
        because="",
    )
    return effect.model_copy(update={"because": _because(effect)})


def _parts(
    old: Sequence[MonthLine],
    new: Sequence[MonthLine],
    before: Decimal,
    after: Decimal,
    q_old: Decimal,
    q_new: Decimal,
) -> tuple[Decimal, Decimal]:
    """The effects of quantity and price. What was not used before has no price to compare."""
    if not q_old:
        return EXACT.subtract(after, before), ZERO
    grown = EXACT.subtract(q_new, q_old)
    quantity = EXACT.divide(EXACT.multiply(grown, before), q_old)
    prices = {(line.line, line.region): line for line in old if line.quantity}
    price = ZERO
    for line in new:
        earlier = prices.get((line.line, line.region))
        if earlier is None or not earlier.quantity:
            continue
        paid = EXACT.divide(EXACT.multiply(line.quantity or ZERO, earlier.amount), earlier.quantity)
        price = EXACT.add(price, EXACT.subtract(line.amount, paid))
    return quantity.quantize(_FINEST, context=EXACT), price.quantize(_FINEST, context=EXACT)


def _because(effect: Effect) -> str:
    strongest = max(
        (("quantity", effect.quantity), ("price", effect.price), ("mix", effect.mix)),
        key=lambda one: one[1] if effect.change > 0 else -one[1],
    )[0]
    rose = effect.change > 0
    if effect.quantity_before is None or effect.quantity_after is None:
        return f"{effect.name} cost {_money(abs(effect.change))} {'more' if rose else 'less'}"
    if not effect.quantity_before:
        return f"{effect.name} is new"
    if not effect.quantity_after:
        return f"{effect.name} is gone"
    if strongest == "quantity":
        return (
            f"{effect.name} {'rose' if rose else 'fell'} from {rounded(effect.quantity_before)} "
            f"to {rounded(effect.quantity_after)} {effect.unit}".rstrip()
        )
    if strongest == "price":
        return _dearer(effect, rose=rose)
    return f"{effect.name} moved to {'dearer' if rose else 'cheaper'} regions or classes"


def _dearer(effect: Effect, *, rose: bool) -> str:
    """One unit of it on average; less of it that was free makes it dearer as well."""
    if not effect.before:
        return f"{effect.name} is no longer free"
    if not effect.after:
        return f"{effect.name} is free now"
    earlier = EXACT.divide(effect.before, effect.quantity_before or Decimal(1))
    now = EXACT.divide(effect.after, effect.quantity_after or Decimal(1))
    percent = 100 * (now - earlier) / abs(earlier)
    if (percent > 0) is not rose or abs(percent) < _ALIKE:
        return f"{effect.name} got {'dearer' if rose else 'cheaper'} where it was used before"
    unit = effect.unit.removesuffix("s") or "unit"
    more = f"{rounded_percent(percent)} % {'more' if rose else 'less'}"
    return f"{effect.name} cost {more} per {unit} on average"


def month_name(period: str, *, beside: str = "") -> str:
    """`October`, with its year where `beside` is of another one."""
    year, month = period.split("-")
    name = calendar.month_name[int(month)]
    return name if not beside or beside[:4] == year else f"{name} {year}"


def _sentence(
    before: CostMonth | None,
    after: CostMonth,
    percent: Decimal | None,
    effects: Sequence[Effect],
    shown: CostMonth,
) -> str:
    if after.is_lower_bound and not after.lines:
        return f"Nobody knows what {month_name(after.period)} costs: nothing of it was measured."
    told = _own_part(shown)
    if before is None:
        return f"{told}; there is nothing of the month before to compare with."
    if not _same_days(before, after):
        return f"{told}; {_span(before, after)} {_verb(before)} {_money(before.total)}."
    if (shown.total, shown.days) != (after.total, after.days):
        told = f"{told}; its first {after.days} days cost {_money(after.total)}"
    return f"{told}{_against(before, after, percent, effects)}."


def _against(
    before: CostMonth, after: CostMonth, percent: Decimal | None, effects: Sequence[Effect]
) -> str:
    earlier = month_name(before.period, beside=after.period)
    other = f"the same days of {earlier}" if _is_running(after) else earlier
    if percent is None:
        return f"; {other} cost nothing" if after.total else f", as did {other}"
    if abs(percent) < _ALIKE:
        return f", about as much as {other}"
    word = "more" if percent > 0 else "less"
    reasons = _reasons(after.total - before.total, effects)
    if percent >= _TENFOLD:  # per cent of next to nothing say nothing
        return f", up from {_money(before.total)} in {other}, {reasons}"
    return f", {rounded_percent(percent)} % {word} than {other}, {reasons}"


def _own_part(after: CostMonth) -> str:
    verb = "cost" if after.basis == "billed" else "is estimated"
    if _is_running(after):
        so_far = f" so far ({after.days} of {after.month_days} days)"
        verb = "has cost" if after.basis == "billed" else "is estimated"
    else:
        so_far = ""
    at = " at" if after.basis == "estimated" else ""
    more = " or more" if after.is_lower_bound else ""
    return f"{month_name(after.period)} {verb}{at} {_money(after.total)}{more}{so_far}"


def _span(before: CostMonth, after: CostMonth) -> str:
    earlier = month_name(before.period, beside=after.period)
    return f"{before.days} days of {earlier}" if _is_running(before) else f"all of {earlier}"


def _verb(month: CostMonth) -> str:
    return "cost" if month.basis == "billed" else "was estimated at"


def _same_days(before: CostMonth, after: CostMonth) -> bool:
    """Whole months, or as many days of both as the shorter month has."""
    if not _is_running(after):
        return not _is_running(before)
    return before.days == min(after.days, before.month_days)


def _is_running(month: CostMonth) -> bool:
    return month.days < month.month_days


def _reasons(change: Decimal, effects: Sequence[Effect]) -> str:
    """What pushed the same way as the whole, the strongest first, and how much of it it was."""
    pushing = [one for one in effects if one.change * change > 0]
    if not pushing:
        return "for no single reason"
    first = pushing[0]
    how = "mostly because" if first.change / change >= Decimal("0.5") else "among others because"
    others = [f" and {one.because}" for one in pushing[1:2] if _matters(one, change)]
    return f"{how} {first.because} ({_signed(first.change)}){''.join(others)}"


def _matters(effect: Effect, change: Decimal) -> bool:
    return effect.change / change >= Decimal("0.25")


def _warnings(before: CostMonth | None, after: CostMonth) -> Sequence[str]:
    if before is None:
        return ()
    told = []
    if before.basis != after.basis:
        told.append(f"{before.period} is {before.basis}, {after.period} is {after.basis}")
    if before.is_lower_bound or after.is_lower_bound:
        told.append("something has no price: the totals are lower bounds")
    if _is_running(after) and before.days != after.days:
        told.append(f"{before.days} days are compared with {after.days}")
    return told


def _percent(before: Decimal | None, after: Decimal) -> Decimal | None:
    if not before:
        return None
    return (100 * (after - before) / abs(before)).quantize(Decimal("0.1"))


def rounded_percent(percent: Decimal) -> str:
    return f"{abs(percent):.0f}" if abs(percent) >= 1 else f"{abs(percent):.1f}"


def _money(value: Decimal) -> str:
    """With as many digits as the figures beside the sentence have."""
    amount = abs(value)
    if 0 < amount < _FINEST_SHOWN:
        return f"less than ${_FINEST_SHOWN}"
    digits = 2 if amount >= _DIME or not amount else 4
    return f"{_MINUS if value < 0 else ''}${amount:,.{digits}f}"


def _signed(value: Decimal) -> str:
    return f"+{_money(value)}" if value > 0 else f"{_MINUS}{_money(-value)}"
