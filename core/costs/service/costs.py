"""Prices usage and checks stated prices, with the sheet that holds for the month."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from core.costs.figures import estimate
from core.costs.service.sheets import PriceSheets
from core.costs.usage_file import parse_usage, read_usage
from core.model.estimates import CostEstimate
from core.model.identity import Actor, Permission


class CostsService:
    def __init__(self, sheets: PriceSheets, clock: Callable[[], datetime]) -> None:
        self._sheets, self._clock = sheets, clock

    def estimate(self, actor: Actor, usage: object) -> CostEstimate:
        """Price a usage file: its text, or its JSON as parsed. Raises `InvalidInput`."""
        actor.require(Permission.COSTS_READ)
        month = f"{self._clock():%Y-%m}"
        rules = self._sheets.newest()
        if isinstance(usage, str | bytes):
            read = read_usage(usage, rules, month)
        else:
            read = parse_usage(usage, rules, month)
        return estimate(read, self._sheets.valid_in(read.period))
