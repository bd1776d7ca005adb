"""What every recommendation needs: the month, what was found in it, and prices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.costs.lifecycle_rules import (
    UNREAD_RULES,
    Rule,
    put_rule,
)
from core.costs.measured_usage import object_groups
from core.costs.objects import object_lines
from core.costs.outcome import priced
from core.costs.what_if import what_if
from core.model.estimates import UsageLine
from core.model.measured import MeasuredMonth, StoredGroup
from core.model.pricing import PriceSheet
from core.model.scenarios import ClassChange, Scenario, WhatIf
from core.model.waste import (
    ApiCall,
    BucketRules,
    Waste,
)


@dataclass(frozen=True)
class Desk:
    measured: MeasuredMonth
    waste: Waste
    sheet: PriceSheet

    def rules(self, bucket: str) -> BucketRules | None:
        return next((one for one in self.waste.rules if one.bucket == bucket), None)

    def storage(
        self, bucket: str, region: str, stored: str, objects: int, size: int
    ) -> Decimal | None:
        """What these objects cost a month; None where the class has no price there."""
        group = StoredGroup(
            bucket=bucket, region=region, storage_class=stored, objects=objects, bytes=size
        )
        groups = tuple(object_groups(group))
        lines, _ = object_lines(groups, self.sheet.rules, self.measured.period, region)
        return self.cost(lines)

    def cost(self, lines: Sequence[UsageLine]) -> Decimal | None:
        found = priced(lines, self.measured.period, self.sheet, allowances="none")
        return None if found.unpriced else found.total

    def try_class(self, group: StoredGroup, to_class: str) -> WhatIf:
        """The one group alone, moved now."""
        alone = self.measured.model_copy(update={"stored": (group,), "delivered": ()})
        change = ClassChange(to_class=to_class)
        return what_if(Scenario(name=to_class, change=change), alone, self.sheet)


def with_rule(desk: Desk, bucket: str, rule: Rule) -> tuple[tuple[ApiCall, ...], tuple[str, ...]]:
    call, complete = put_rule(bucket, rule, desk.waste.rules)
    return (call,), () if complete else (UNREAD_RULES,)
