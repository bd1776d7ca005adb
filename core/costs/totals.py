"""Totals such as `< $5 for typical usage`: recomputed from the usage that the document gives.

Without a usage no total can be checked. With one, the total is compared with the range between
the cheapest edge with the free tier and the dearest edge without it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from core.costs.document_usage import Overlooked, document_usage, section_of
from core.costs.estimate import price
from core.costs.slips import NEAR, significant
from core.model.estimates import Usage, UsageLine
from core.model.pricing import PriceClaim, PriceSheet, PriceVerdict, Verdict, plain

_PERIOD = "2026-10"  # tiers and allowances are by the month, whichever one
_HALF_A_CENT = Decimal("0.005")
_ABOUT = Decimal("0.15")  # what people mean by `about`

_DRIVERS = (
    ("stored GB", r"stor(?:age|ed)"),
    ("PUT and LIST requests", r"\bPUT|\bLIST|upload"),
    ("GET requests", r"\bGETs?\b|reads"),
    ("GB delivered, by edge", r"transfer|egress|bandwidth|deliver"),
    ("HTTPS requests at the CDN", r"HTTPS requests"),
    ("invalidations", r"invalidat"),
    ("logs", r"\blogs?\b|logging"),
    ("the free tier", r"free[- ]tier|always[- ]free|\bfree\b"),
)


def judge_total(claim: PriceClaim, text: str, sheet: PriceSheet) -> PriceVerdict:
    if claim.product_usd is not None:
        return _judge_product(claim, claim.product_usd)
    stated = dict.fromkeys(document_usage(section_of(text, claim.number), claim.scope))
    usage = tuple(one for one in stated if isinstance(one, UsageLine))  # said again, it is the same
    overlooked = tuple(one.text for one in stated if isinstance(one, Overlooked))
    if not usage:
        told = ("no usage is given, so no amount follows", *_not_priced(overlooked))
        return _open(claim, (*told, *_unnamed_drivers(text)))
    told_twice = _told_twice(usage)
    if told_twice:
        return _open(claim, (f"more than one quantity is given for {', '.join(told_twice)}",))
    return _judge_usage(claim, usage, overlooked, sheet)


def _open(
    claim: PriceClaim, conditions: tuple[str, ...], verdict: Verdict = Verdict.AMBIGUOUS
) -> PriceVerdict:
    """Neither right nor wrong, and why."""
    return PriceVerdict(claim=claim, verdict=verdict, conditions=conditions)


def _judge_usage(
    claim: PriceClaim,
    usage: tuple[UsageLine, ...],
    overlooked: tuple[str, ...],
    sheet: PriceSheet,
) -> PriceVerdict:
    places = (claim.scope.edge_group,) if claim.scope.edge_group else tuple(sheet.edge_groups)
    low, high, missing = _range(usage, places, sheet)
    at_list = _cost(usage, places[0], sheet, free=False)[0]
    shown = tuple(f"{plain(one.quantity)} of {one.line}" for one in usage)
    if missing:
        told = (*shown, f"no price for {', '.join(missing)}: not compared")
        return _open(claim, told, Verdict.UNPRICED)
    verdict = _verdict(claim, low, high)
    if overlooked and not (verdict is Verdict.WRONG and _at_most(claim) < low):
        rest = f"the rest comes to at least {_cents(low)}"
        return _open(claim, (*shown, *_not_priced(overlooked), rest))
    between = f"it comes to {_cents(low)} with the free tier, up to {_cents(high)} at list price"
    wrong = verdict is Verdict.WRONG
    return PriceVerdict(
        claim=claim,
        verdict=verdict,
        expected_usd=at_list,
        per=Decimal(1),
        ratio=significant(claim.value / at_list, 6) if at_list else None,
        conditions=(*shown, between),
        likely_cause=_cause(claim, low) if wrong else "",
    )


def _judge_product(claim: PriceClaim, product: Decimal) -> PriceVerdict:
    """Shown in cents, so half a cent is no mistake."""
    right = abs(claim.value - product) <= max(_HALF_A_CENT, NEAR * product)
    return PriceVerdict(
        claim=claim,
        verdict=Verdict.OK if right else Verdict.WRONG,
        expected_usd=product,
        per=Decimal(1),
        ratio=significant(claim.value / product, 6) if product else None,
        likely_cause="" if right else f"the factors give ${plain(product)}",
    )


def _told_twice(usage: Sequence[UsageLine]) -> tuple[str, ...]:
    """Lines with several quantities: scenarios, tiers, limits; nobody knows which one is meant."""
    found: dict[tuple[str, str], set[Decimal]] = {}
    for one in usage:
        found.setdefault((one.line, one.region), set()).add(one.quantity)
    return tuple(line for (line, _), quantities in found.items() if len(quantities) > 1)


def _verdict(claim: PriceClaim, low: Decimal, high: Decimal) -> Verdict:
    slack = _ABOUT if claim.bound == "about" else NEAR
    least, most = low * (1 - slack), high * (1 + slack)
    if claim.bound == "below":
        if high <= claim.value:
            return Verdict.OK
        return Verdict.WRONG if least > claim.value else Verdict.OK_CONDITIONAL
    upper = claim.value if claim.upper is None else claim.upper
    if claim.value > most or upper < least:
        return Verdict.WRONG
    certain = claim.value * (1 - slack) <= low and high <= upper * (1 + slack)
    return Verdict.OK if certain else Verdict.OK_CONDITIONAL


def _not_priced(overlooked: Sequence[str]) -> tuple[str, ...]:
    """What is left out can only add to the amount, so a total is then bounded from below alone."""
    return tuple(f"not clear what {one!r} is billed as: left out" for one in overlooked)


def _at_most(claim: PriceClaim) -> Decimal:
    return claim.value if claim.upper is None else claim.upper


def _cause(claim: PriceClaim, low: Decimal) -> str:
    if _at_most(claim) < low:
        return f"the usage of the document costs at least {_cents(low)}"
    return "the usage of the document costs less, even at list price and at the dearest edges"


def _range(
    usage: Sequence[UsageLine], places: Sequence[str], sheet: PriceSheet
) -> tuple[Decimal, Decimal, tuple[str, ...]]:
    """Cheapest and dearest over the places; lines without a price in any of them."""
    costs = [_cost(usage, place, sheet, free=free) for place in places for free in (True, False)]
    missing = tuple(dict.fromkeys(line for _, lines in costs for line in lines))
    totals = [total for total, _ in costs]
    return min(totals), max(totals), missing


def _cost(
    usage: Sequence[UsageLine], place: str, sheet: PriceSheet, *, free: bool
) -> tuple[Decimal, tuple[str, ...]]:
    lines = tuple(
        line if line.region else line.model_copy(update={"region": place}) for line in usage
    )
    whole = Usage(period=_PERIOD, allowances="none", free_mode="before_tiers", lines=lines)
    found = price(whole, sheet, "always_free" if free else "none")
    return found.total, tuple(one.line for one in found.unpriced)


def _unnamed_drivers(text: str) -> tuple[str, ...]:
    absent = [name for name, words in _DRIVERS if not re.search(words, text, re.IGNORECASE)]
    return (f"the document does not speak of: {', '.join(absent)}",) if absent else ()


def _cents(value: Decimal) -> str:
    return f"${value:,.2f}"
