"""What an account could stop paying for, from its own data: each with its cost, risk and change.

Each kind is one function over neutral nouns. What nobody looked for is told, never taken as none.
"""

from __future__ import annotations

from collections.abc import Iterator

from core.costs.advice_desk import Desk
from core.costs.advice_objects import duplicates, idle_originals, uncached, wrong_class
from core.costs.advice_rules import missing_rules, old_versions, stale_uploads
from core.costs.tiers import ZERO
from core.model.measured import MeasuredMonth
from core.model.pricing import PriceSheet
from core.model.waste import (
    Recommendations,
    Waste,
)


def recommend(measured: MeasuredMonth, waste: Waste, sheet: PriceSheet) -> Recommendations:
    desk = Desk(measured, waste, sheet)
    found = [
        *(stale_uploads(one, desk) for one in waste.uploads or ()),
        *(old_versions(one, desk) for one in waste.versions or () if one.objects),
        *missing_rules(desk),
        *idle_originals(desk),
        *wrong_class(desk),
        *(duplicates(one, desk) for one in waste.duplicates or () if one.objects),
        *uncached(desk),
    ]
    return Recommendations(
        period=measured.period,
        items=tuple(sorted(found, key=lambda one: (-(one.saving or ZERO), one.id))),
        not_looked_for=tuple(_not_looked_for(desk)),
    )


def _not_looked_for(desk: Desk) -> Iterator[str]:
    waste = desk.waste
    if waste.uploads is None:
        yield "incomplete uploads: nobody listed them"
    if waste.versions is None:
        yield "old versions: the listing was without versions"
    if waste.duplicates is None:
        yield "duplicates: the source has no checksums"
    if waste.uncached is None:
        yield f"uncached objects: {waste.why_not.get('uncached') or 'no access logs were read'}"
    if not waste.rules:
        yield "missing lifecycle rules: no bucket's rules were read"
    for one in waste.rules:
        if one.rules is None:
            yield f"missing lifecycle rules of {one.bucket}: its rules could not be read"
    if waste.idle is None:
        why = waste.why_not.get("idle_originals") or "views by file are not known"
        yield f"big originals that nobody views: {why}"
