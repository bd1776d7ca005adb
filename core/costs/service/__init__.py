"""The one part of the costs room that reads files, stores and AWS."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from core.costs.service.costs import CostsService
from core.costs.service.sheets import FOLDER, PriceSheets

__all__ = ["CostsService", "PriceSheets", "open_costs"]


def open_costs(data_dir: Path, clock: Callable[[], datetime]) -> CostsService:
    """Refreshed sheets lie in the data folder; without any, the bundled one answers."""
    return CostsService(PriceSheets(data_dir / FOLDER), clock)
