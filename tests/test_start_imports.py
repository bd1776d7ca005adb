"""What the app imports before anybody asks anything; each of these takes memory for good."""

import subprocess
import sys

HEAVY = {"numpy", "pandas", "duckdb", "pyarrow", "plotly", "streamlit", "zxcvbn"}
ROOMS = (
    "core.diagnostics.engine",
    "core.diagnostics.service.audits.run",
    "core.usage.service.opening",
    "core.usage.service.opening_storage",
    "core.costs.service",
)


def imported(*modules):
    code = f"import sys, {', '.join(modules)}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    return set(done.stdout.split())


def test_the_rooms_load_what_a_report_needs_when_one_is_asked_for():
    assert not imported(*ROOMS) & HEAVY


def test_the_app_starts_without_what_only_reports_searches_and_passwords_need():
    assert not imported("core.dashboard", "core.web.lifespan", "core.web.site") & HEAVY
