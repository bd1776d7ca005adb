"""The bundled sheet, and usage written as a file would write it."""

import json

import pytest

from core.costs.figures import estimate
from core.costs.service.sheets import bundled_sheet
from core.costs.usage_file import read_usage

GIB = 2**30


@pytest.fixture(scope="session")
def sheet():
    return bundled_sheet()


@pytest.fixture
def cost(sheet):
    """Prices `(line, region, quantity, extra…)` tuples, or whole usage files."""

    def run(*lines, **file):
        entries = [
            {
                "line": line,
                "region": region,
                "quantity": quantity if isinstance(quantity, int | float) else str(quantity),
            }
            | (extra[0] if extra else {})
            for line, region, quantity, *extra in lines
        ]
        usage = {"period": "2026-10"} | file | ({"lines": entries} if entries else {})
        return estimate(read_usage(json.dumps(usage), sheet, "2026-10"), sheet)

    return run
