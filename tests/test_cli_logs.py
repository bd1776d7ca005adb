"""`core logs report`: what it prints, what it warns of, and that it needs no cloud and no folder."""

import json
import os
import subprocess
import sys
from pathlib import Path

from typer.testing import CliRunner

from core.cli import app
from tests.usage.logs import row, v1, written

ROOT = Path(__file__).resolve().parents[1]


def run(*arguments):
    return CliRunner().invoke(app, ["logs", "report", *map(str, arguments)])


def test_json_has_the_fields_of_the_contract(tmp_path):
    written(tmp_path / "a.gz", v1([row(1), row(2, sc_status="404", x_edge_result_type="Error")]))
    done = run(tmp_path / "*.gz", "--format", "json")
    assert done.exit_code == 0
    found = json.loads(done.stdout)
    assert found["requests"] == 2
    assert found["days"] == {"2026-10-31": {"requests": 2, "bytes": 2000}}
    assert found["statuses"] == {"200": 1, "404": 1}
    assert found["edge_results"] == {"Error": 1, "Hit": 1}
    assert found["top_urls"][0] | {"raw": 0, "host": 0} == {
        "url": "/media/f1/IMG_1.jpg", "raw": 0, "host": 0, "requests": 2, "bytes": 2000,
    }  # fmt: skip
    assert found["top_errors"][0]["status"] == 404
    assert found["edges"] == [{"edge": "FRA60-P3", "requests": 2, "bytes": 2000}]
    assert found["referrers"] == []
    assert found["seconds"] > 0


def test_text_is_for_people_and_warnings_go_beside_it(tmp_path):
    data = v1([row(1), row(2, sc_bytes="-")]) + b"broken\n"
    done = run(written(tmp_path / "a.log", data), written(tmp_path / "b.txt", b"no log\n"))
    assert done.exit_code == 0
    assert "2 requests, 1,000 bytes" in done.stdout
    assert "Hit ratio: 100.0%" in done.stdout
    assert "b.txt: unreadable" in done.stderr
    assert "1 lines can't be read" in done.stderr
    assert "a.log:5:" in done.stderr
    assert "1 requests state no bytes" in done.stderr


def test_nothing_readable_is_a_failure(tmp_path):
    done = run(written(tmp_path / "b.txt", b"no log\n"), "--format", "json")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["read"]["problems"][0]["problem"] == "unreadable"


def test_an_empty_log_has_an_unknown_hit_ratio_and_is_no_error(tmp_path):
    done = run(written(tmp_path / "a.gz", v1([])))
    assert done.exit_code == 0
    assert "0 requests" in done.stdout
    assert "Hit ratio: unknown" in done.stdout


def test_a_parquet_row_that_is_bad_has_no_line_number(tmp_path):
    from tests.usage.logs import as_parquet  # noqa: PLC0415

    done = run(as_parquet(tmp_path / "a.parquet", [row(1), row(2, time="-")]))
    assert "a.parquet: 1 rows without" in done.stderr


def test_it_writes_nothing_and_needs_no_settings(tmp_path):
    written(tmp_path / "a.gz", v1([row(1)]))
    environment = {"PYTHONPATH": str(ROOT), "PATH": "", "HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "core", "logs", "report", "a.gz", "nowhere.gz"],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "nowhere.gz" in done.stderr
    assert os.listdir(tmp_path) == ["a.gz"]  # noqa: PTH208
