"""The costs page, warm: its script on thirteen billed months, every view, as Streamlit runs it."""

import json
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from core.ui import session
from core.ui.costs_view import _months
from tests.pages.bills import Measured, bill
from tests.pages.conftest import PASSWORD, open_costs, open_desk, open_page

BAR_MS = 300
RUNS = 9
VIEWS = ("Breakdown", "Plans", "What if", "Recommendations", "Reconciliation", "Budgets")


def main():
    with tempfile.TemporaryDirectory(prefix="bench-") as name, open_desk(Path(name)) as desk:
        prepare(desk, Path(name))
        found = {view: timed(view) for view in VIEWS}
    slowest = max(found.values())
    print(json.dumps({
        "bench": "costs_page", "bar_ms": BAR_MS, "met": slowest <= BAR_MS,
        "median_ms": found, "slowest_ms": slowest, "runs": RUNS,
    }))  # fmt: skip
    return 0 if slowest <= BAR_MS else 1


def prepare(desk, folder):
    """Bills as they lie in the data folder: twelve lines on every day of each month."""
    now = datetime.now(UTC)
    months = []
    for at, period in enumerate(_months(now.date())):
        made = bill(period, now - timedelta(days=max(0, at - 1)), 1 + at / 20)
        months.append(made)
    desk.costs = open_costs(desk.store, folder / "costs", Measured(), months)
    desk.accounts.create_admin("ada@example.com", PASSWORD)
    signed_in = desk.accounts.sign_in("ada@example.com", PASSWORD)
    session.token = lambda: signed_in.token


def timed(view):
    """The median of runs of the whole script, after a first one."""
    page = open_page("costs", view=view)
    taken = []
    for _ in range(RUNS):
        start = time.perf_counter()
        page.run()
        taken.append((time.perf_counter() - start) * 1000)
        assert not page.exception, page.exception
    return round(statistics.median(taken), 1)


if __name__ == "__main__":
    sys.exit(main())
