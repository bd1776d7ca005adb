"""Prices usage and checks stated prices, with the sheet that holds for the month."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from core.costs.check import check_claims, check_text
from core.costs.claim_file import json_claims
from core.costs.figures import estimate
from core.costs.service.refresh import refresh
from core.costs.service.sheets import PriceSheets
from core.costs.usage_file import parse_usage, read_usage
from core.errors import InvalidInput
from core.model.estimates import CostEstimate
from core.model.identity import Actor, Permission
from core.model.pricing import PriceSheet, PriceVerdict

if TYPE_CHECKING:  # most commands price and never download
    from core.aws.price_list import PriceList
    from core.costs.refreshed import Refresh


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

    def check_prices(self, actor: Actor, text: str) -> tuple[PriceVerdict, ...]:
        """One verdict per claim in a document or in JSON. Raises `InvalidInput`."""
        actor.require(Permission.COSTS_READ)
        sheet, today = self._sheets.newest(), self._clock().date()
        claims = json_claims(text, sheet)
        if claims is not None:
            return check_claims(claims, sheet, today)
        found = check_text(text, sheet, today)
        if not found and text.lstrip().startswith(("{", "[")):
            raise InvalidInput(
                "This is neither JSON nor a text with prices.", hint="Check the file's JSON."
            )
        return found

    def refresh_prices(self, actor: Actor, regions: Sequence[str], source: PriceList) -> Refresh:
        """Read the current AWS price list into a new version of the sheet; says what changed."""
        actor.require(Permission.COSTS_READ)
        return refresh(self._sheets, source, regions, self._clock().date())

    def price_sheet(self, actor: Actor) -> PriceSheet:
        """The newest sheet, for whoever shows prices with their sources."""
        actor.require(Permission.COSTS_READ)
        return self._sheets.newest()
