"""An estimate against what AWS billed, in four named steps per line, so that every gap has a name.

quantity: estimated against billed usage, both at the sheet's prices. price: billed usage at the
sheet's prices against AWS's list cost; more than a cent says that the sheet is wrong. discount:
list cost to billed cost. scope: lines that only one of the two sides has.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

from core.costs.billed import Billed, Rates, grouped, total
from core.costs.billing_lines import BillingLines
from core.costs.effective_rate import TOLERANCE, RateCheck, check_rate
from core.costs.families import name_of
from core.costs.price_sheet import Missing, find
from core.costs.tiers import EXACT, ZERO
from core.model.actuals import Actuals, Charge, ChargeKind, ForeignAmount, Reconciliation
from core.model.actuals import ReconciledLine as Line
from core.model.estimates import CostEstimate, CostLine, UnpricedLine
from core.model.pricing import PriceSheet

_SOME_LIST = "the source has list prices for a part only: the price could not be checked"
_ESTIMATE_ONLY = "estimated, but not on the bill"
_NO_ESTIMATE = "on the bill, but not estimated"


_Key = tuple[str, str]
_Estimated = dict[_Key, list[CostLine]]


def reconcile(estimate: CostEstimate, actuals: Actuals, sheet: PriceSheet) -> Reconciliation:
    """`estimate` is at list price. Charges in other currencies are told and not compared."""
    estimated: _Estimated = defaultdict(list)
    for cost in estimate.lines:
        found = find(sheet, cost.line, cost.region)
        place = cost.region if isinstance(found, Missing) else found.region
        estimated[cost.line, place].append(cost)
    home = [charge for charge in actuals.charges if charge.currency == sheet.currency]
    lines = [
        _line(one, estimated.pop((one.line, one.region), []), sheet, estimate.period)
        for one in grouped(home, BillingLines(sheet))
    ]
    lines += [_estimate_only(costs) for costs in estimated.values()]
    return Reconciliation(
        period=actuals.period,
        source=actuals.source,
        as_of=actuals.as_of,
        estimated=actuals.estimated,
        currency=sheet.currency,
        sheet=sheet.version,
        estimate=total(line.estimate for line in lines),
        billed=total(line.billed for line in lines),
        quantity_step=total(line.quantity_step for line in lines),
        price_step=total(line.price_step or ZERO for line in lines),
        discount_step=total(line.discount_step for line in lines),
        scope_step=total(line.scope_step for line in lines),
        lines=tuple(sorted(lines, key=lambda line: (-abs(line.gap), line.line, line.region))),
        unknown_usage_types=_unknown(lines),
        other_currencies=_foreign(actuals.charges, sheet.currency),
        wape=_wape(lines),
        warnings=_warnings(actuals, estimate.unpriced),
    )


def _line(billed: Billed, costs: Sequence[CostLine], sheet: PriceSheet, period: str) -> Line:
    estimate = total(cost.amount for cost in costs)
    extra = EXACT.subtract(billed.sum(), billed.sum(billed.usage()))  # credits, tax, plans …
    base = Line(
        service=billed.service,
        line=billed.line,
        region=billed.region,
        usage_types=tuple(dict.fromkeys(c.usage_type for c in billed.charges if c.usage_type)),
        estimate=estimate,
        billed=billed.sum(),
    )
    rates = Rates(billed, sheet, period)
    if not billed.usage():
        return _without_usage(base, extra)
    if not billed.line or rates.problem:
        return _unmodelled(base, extra, billed.reason or rates.problem)
    return _compared(base, billed, costs, rates, extra)


def _without_usage(base: Line, extra: Decimal) -> Line:
    """Tax, a credit or a fee of its own: what was estimated for the line is not on the bill."""
    notes = ("charges that are no usage: tax, credits, fees",)
    missing = EXACT.minus(base.estimate)
    return base.model_copy(update={"discount_step": extra, "scope_step": missing, "notes": notes})


def _unmodelled(base: Line, extra: Decimal, reason: str) -> Line:
    """Usage that the sheet can't rate is a matter of scope, whatever was estimated for it."""
    scope = EXACT.subtract(EXACT.subtract(base.billed, extra), base.estimate)
    update = {"discount_step": extra, "scope_step": scope, "notes": (reason,)}
    return base.model_copy(update=update)


def _compared(
    base: Line, billed: Billed, costs: Sequence[CostLine], rates: Rates, extra: Decimal
) -> Line:
    usage = billed.usage()
    listed = [c.list_cost for c in billed.usage(free=False)]
    known = [amount for amount in listed if amount is not None]
    complete = len(known) == len(listed)
    spent = total(c.billed for c in usage)
    if complete:
        check = _listed(EXACT.subtract(total(known), rates.paid))
    elif known:
        check = RateCheck(None, is_wrong=False, note=_SOME_LIST)
    else:
        check = check_rate(spent, rates.cost_line, usage)
    step = check.step
    after = EXACT.add(rates.paid, step or ZERO)  # what the paid part costs at AWS's list price
    free = EXACT.subtract(rates.paid, rates.at_list)
    reduced = EXACT.subtract(spent, after)
    moved = EXACT.subtract(rates.at_list, base.estimate)
    return base.model_copy(
        update={
            "unit": rates.unit,
            "estimated_quantity": total(cost.quantity for cost in costs) if costs else None,
            "actual_quantity": rates.quantity,
            "at_list": rates.at_list,
            "list_cost": total(known) if complete else None,
            "quantity_step": moved if costs else ZERO,
            "scope_step": ZERO if costs else moved,
            "price_step": step,
            "discount_step": total((free, reduced, extra)),
            "sheet_is_wrong": check.is_wrong,
            "notes": tuple(_notes(billed, costs, check.note)),
        }
    )


def _listed(step: Decimal) -> RateCheck:
    """AWS's own list cost of the paid part against the sheet's."""
    wrong = abs(step) > TOLERANCE
    note = "AWS's list cost differs by more than $0.01: the price sheet is wrong here"
    return RateCheck(step, is_wrong=wrong, note=note if wrong else "")


def _notes(billed: Billed, costs: Sequence[CostLine], price: str) -> Iterable[str]:
    if not costs:
        yield _NO_ESTIMATE
    if price:
        yield price
    if billed.usage(free=True):
        yield "a part was free of charge"
    for kind in ChargeKind:
        if kind is not ChargeKind.USAGE and any(c.kind is kind for c in billed.charges):
            yield f"holds {kind.value}"


def _estimate_only(costs: Sequence[CostLine]) -> Line:
    estimate = total(cost.amount for cost in costs)
    return Line(
        service="",
        line=costs[0].line,
        region=costs[0].region,
        usage_types=tuple(filter(None, dict.fromkeys(cost.price.usage_type for cost in costs))),
        unit=costs[0].unit,
        estimated_quantity=total(cost.quantity for cost in costs),
        estimate=estimate,
        billed=ZERO,
        scope_step=EXACT.minus(estimate),
        notes=(_ESTIMATE_ONLY,),
    )


def _unknown(lines: Sequence[Line]) -> tuple[str, ...]:
    names = (name for line in lines if not line.line for name in line.usage_types)
    return tuple(sorted(set(names)))


def _foreign(charges: Sequence[Charge], home: str) -> tuple[ForeignAmount, ...]:
    found: dict[str, list[Charge]] = {}
    for charge in charges:
        if charge.currency != home:
            found.setdefault(charge.currency, []).append(charge)
    return tuple(
        ForeignAmount(currency=name, billed=total(c.billed for c in some), charges=len(some))
        for name, some in sorted(found.items())
    )


def _wape(lines: Sequence[Line]) -> Decimal | None:
    """Absolute error of the quantities, in money at the sheet's prices, over what was used."""
    both = [line for line in lines if line.estimated_quantity is not None and line.at_list]
    used = total(line.at_list or ZERO for line in both)
    missed = total(abs(line.quantity_step) for line in both)
    return (missed / used).quantize(Decimal("0.0001")) if used else None


def _warnings(actuals: Actuals, unpriced: Sequence[UnpricedLine]) -> tuple[str, ...]:
    told = list(actuals.warnings)
    if actuals.problem:
        told.append(f"these are the last good data: {actuals.problem}")
    if actuals.estimated:
        told.append("AWS may still restate this month")
    told += [f"{_named(one)} is not in the estimate: {one.reason}" for one in unpriced]
    return tuple(dict.fromkeys(told))


def _named(one: UnpricedLine) -> str:
    words = name_of(one.line)
    return f"{words} in {one.region}" if one.region else words
