"""Compares stated prices with the sheet: one verdict per claim, with the reason.

Prices are compared per base unit within 0.5 %. Where nothing says which region, edge or protocol
is meant, the verdict is conditional and names where the price holds.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from core.costs.check_terms import (
    Match,
    assumed_price,
    compared_with,
    conditions_of,
    evidence_of,
    expected_price,
    first_paid,
    ratio_to,
    reference_bill,
    unknown_price,
)
from core.costs.claims import document_claims
from core.costs.meaning import read_claim
from core.costs.price_sheet import Missing, find
from core.costs.readings import Reading
from core.costs.slips import (
    by_how_much,
    equal_line,
    is_near,
    ratio_cause,
    unit_price,
)
from core.costs.tier_words import narrowed, price_of_another_tier
from core.costs.tiers import EXACT
from core.costs.totals import judge_total
from core.errors import InvalidInput
from core.model.pricing import (
    ANY_REGION,
    GLOBAL,
    PriceClaim,
    PriceDimension,
    PriceSheet,
    PriceVerdict,
    Verdict,
    plain,
)

_LATER_TIER = re.compile(r"\b(?:over|above|beyond|after|next|more than)\b|>", re.IGNORECASE)
_REDIRECTS = "a viewer who is redirected from HTTP is billed both requests"
_MOST_CLAIMS = 5000
_DEFAULT_PLACES = ("us-east-1", "US", GLOBAL, ANY_REGION)


def check_text(text: str, sheet: PriceSheet, today: date) -> tuple[PriceVerdict, ...]:
    """One verdict for each claim of a document, in order; each has the `number` of its line.

    Raises `InvalidInput` for a text of far more prices than people write.
    """
    return tuple(
        judge_total(claim, text, sheet) if claim.is_total else check_claim(claim, sheet, today)
        for claim in _limited(document_claims(text))
    )


def check_claim(claim: PriceClaim, sheet: PriceSheet, today: date) -> PriceVerdict:
    verdict = _judged(claim, sheet)
    fine = verdict.verdict in (Verdict.OK, Verdict.OK_CONDITIONAL)
    if not (fine and sheet.is_stale(today)):
        return verdict
    old = f"the prices are of {sheet.as_of} and were read {sheet.age_days(today)} days ago"
    update = {"verdict": Verdict.STALE, "conditions": (old, *verdict.conditions)}
    return verdict.model_copy(update=update)


def _judged(claim: PriceClaim, sheet: PriceSheet) -> PriceVerdict:
    if claim.currency != sheet.currency:
        told = f"the claim is in {claim.currency}, the sheet in {sheet.currency}: not compared"
        return PriceVerdict(claim=claim, verdict=Verdict.AMBIGUOUS, conditions=(told,))
    if claim.upper is not None:
        told = f"a range is stated: {plain(claim.value)} to {plain(claim.upper)}"
        return PriceVerdict(claim=claim, verdict=Verdict.AMBIGUOUS, conditions=(told,))
    reading = read_claim(claim)
    if not reading.lines:
        told = "the price sheet has no line for what is priced here"
        return PriceVerdict(claim=claim, verdict=Verdict.UNPRICED, conditions=(told,))
    places, missing = _dimensions(reading, claim, sheet)
    places = [narrowed(dimension, claim) for dimension in places]
    priced = [dimension for dimension in places if dimension.is_priced]
    if not priced:
        return PriceVerdict(
            claim=claim,
            verdict=Verdict.UNPRICED,
            conditions=missing or tuple(unknown_price(dimension) for dimension in places),
            evidence=tuple(evidence_of(d, d.tiers[0], sheet) for d in places[:1]),
        )
    if not claim.per_is_given and priced[0].per == 1:
        claim = claim.model_copy(update={"per": Decimal(1)})
    elif not claim.per_is_given:
        claim = claim.model_copy(update={"per": priced[0].per})
    return _compared(claim, reading, priced, places, sheet)


def _compared(
    claim: PriceClaim,
    reading: Reading,
    priced: Sequence[PriceDimension],
    places: Sequence[PriceDimension],
    sheet: PriceSheet,
) -> PriceVerdict:
    claimed = EXACT.divide(claim.value, claim.per)
    every = [found for dimension in priced for found in _matches(claimed, dimension)]
    matches = [found for found in every if found.is_first_tier] or _later(every, priced, claim)
    if not matches:
        return _wrong(claim, claimed, reading, priced, sheet)
    held = {(found.dimension.line, found.dimension.region) for found in matches}
    others = [d for d in places if (d.line, d.region) not in held]
    conditions = conditions_of(claim, reading, matches, others, sheet)
    certain = not others and all(m.is_first_tier and m.tier.confidence != "C" for m in matches)
    best = min(matches, key=lambda found: _rank(found.dimension, reading))
    return PriceVerdict(
        claim=claim,
        verdict=Verdict.OK if certain and claim.per_is_given else Verdict.OK_CONDITIONAL,
        expected_usd=expected_price(best.dimension, best.tier, claim),
        per=claim.per,
        ratio=Decimal(1) if best.tier.price == 0 else ratio_to(claimed, best.dimension, best.tier),
        conditions=conditions,
        impact_usd_at_reference_usage=Decimal(0),
        evidence=(evidence_of(best.dimension, best.tier, sheet),),
    )


def _later(
    every: Sequence[Match], priced: Sequence[PriceDimension], claim: PriceClaim
) -> list[Match]:
    """Matches of later tiers, where they are not chance: one place, the usual one, or said so."""
    spoken = _LATER_TIER.search(claim.text) is not None
    return [
        found
        for found in every
        if spoken or len(priced) == 1 or found.dimension.region in _DEFAULT_PLACES
    ]


def _dimensions(
    reading: Reading, claim: PriceClaim, sheet: PriceSheet
) -> tuple[list[PriceDimension], tuple[str, ...]]:
    """Every place in which the claim can be meant, or why there is none."""
    found: list[PriceDimension] = []
    missing: list[str] = []
    for line in reading.lines:
        at_edges = any(d.region in sheet.edge_groups for d in sheet.by_line.get(line, ()))
        place = claim.scope.edge_group if at_edges else claim.scope.region
        if not place and line in sheet.by_line:
            found.extend(sheet.by_line[line])
            continue
        hit = find(sheet, line, place)
        if isinstance(hit, Missing):
            missing.append(hit.reason)
        else:
            found.append(hit)
    return found, tuple(missing)


def _matches(claimed: Decimal, dimension: PriceDimension) -> list[Match]:
    return [
        Match(dimension, tier)
        for tier in dimension.tiers
        if (price := unit_price(dimension, tier)) is not None and is_near(claimed, price)
    ]


def _rank(dimension: PriceDimension, reading: Reading) -> tuple[int, int]:
    """The likeliest reading first, and of its places the usual one."""
    known = dimension.region in _DEFAULT_PLACES
    place = _DEFAULT_PLACES.index(dimension.region) if known else len(_DEFAULT_PLACES)
    return reading.lines.index(dimension.line), place


def _wrong(
    claim: PriceClaim,
    claimed: Decimal,
    reading: Reading,
    priced: Sequence[PriceDimension],
    sheet: PriceSheet,
) -> PriceVerdict:
    meant = min(priced, key=lambda dimension: _rank(dimension, reading))
    tier = first_paid(meant)
    ratio = ratio_to(claimed, meant, tier)
    whole = find(sheet, meant.line, meant.region)
    named = None if isinstance(whole, Missing) else whole
    causes = [
        price_of_another_tier(claimed, meant, named) or equal_line(claimed, (meant, *priced), sheet)
    ]
    if ratio is not None:
        causes += [by_how_much(ratio), ratio_cause(ratio)]
    conditions = [*reading.assumed, compared_with(meant, priced)]
    conditions += [assumed_price(meant)] if tier.confidence == "C" else []
    conditions += [_REDIRECTS] if meant.line == "cf.https" else []
    reference = reference_bill(claimed, meant, tier)
    return PriceVerdict(
        claim=claim,
        verdict=Verdict.AMBIGUOUS if reading.is_unsure else Verdict.WRONG,
        expected_usd=expected_price(meant, tier, claim),
        per=claim.per,
        ratio=ratio,
        conditions=tuple(filter(None, conditions)),
        likely_cause="; ".join(filter(None, causes)),
        impact_usd_at_reference_usage=EXACT.subtract(reference.list_usd, reference.claimed_usd),
        reference=reference,
        evidence=(evidence_of(meant, tier, sheet),),
    )


def check_claims(
    claims: Sequence[PriceClaim], sheet: PriceSheet, today: date
) -> tuple[PriceVerdict, ...]:
    """Claims that came as JSON; a total among them has no document to recompute it from."""
    return tuple(
        judge_total(claim, claim.text, sheet)
        if claim.is_total
        else check_claim(claim, sheet, today)
        for claim in _limited(claims)
    )


def _limited(claims: Sequence[PriceClaim]) -> Sequence[PriceClaim]:
    if len(claims) > _MOST_CLAIMS:
        raise InvalidInput(
            f"This states {len(claims):,} prices.", hint=f"Check at most {_MOST_CLAIMS:,} at once."
        )
    return claims
