"""What the app imports before anybody asks anything; each of these takes memory for good."""

import ast
import re
import subprocess
import sys
from pathlib import Path

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


def test_no_pattern_counts_a_class_of_all_alphabets():
    """Such a class is thousands of ranges, and a count repeats it: ten megabytes for a hundred."""
    core = Path(__file__).parents[1] / "core"
    counted = [
        f"{path.relative_to(core)}: {node.value.value}"
        for path in core.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.keyword)
        and node.arg == "pattern"
        and isinstance(node.value, ast.Constant)
        and re.search(r"\\[wWDS](?:[^\]]*\])?\{\d*,?\d{2}", str(node.value.value))
    ]
    assert counted == []
