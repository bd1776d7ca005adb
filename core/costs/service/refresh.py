"""Downloads the current price list and keeps it as a new version of the sheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

from core.costs.offer_lines import GLOBAL_OFFERS, REGIONAL_OFFERS
from core.costs.offers import Offer, parse_offer
from core.costs.refreshed import Refresh, refresh_sheet
from core.costs.service.sheets import PriceSheets
from core.errors import InvalidInput

if TYPE_CHECKING:
    from core.aws.price_list import Download, PriceList


def refresh(sheets: PriceSheets, source: PriceList, regions: Sequence[str], today: date) -> Refresh:
    """Raises `InvalidInput` for a region whose usage types are not known."""
    known = sheets.newest().region_prefixes
    strange = [region for region in regions if region not in known]
    if strange or not regions:
        raise InvalidInput(
            f"Prices of {', '.join(strange) or 'no region'} can't be refreshed.",
            hint=f"Known are {', '.join(sorted(known))}.",
        )
    offers = tuple(_offers(source, regions))
    data, report = refresh_sheet(sheets.newest_data(), offers, today)
    sheets.keep(data)
    return report


def _offers(source: PriceList, regions: Sequence[str]) -> Iterator[Offer]:
    for code in REGIONAL_OFFERS:
        for region in dict.fromkeys(regions):
            found = source.regional_offer(code, region)
            if found is not None:
                yield _parsed(found)
    for code in GLOBAL_OFFERS:
        yield _parsed(source.global_offer(code))


def _parsed(download: Download) -> Offer:
    return parse_offer(download.data, download.sha256)
