"""`estimate` and its relatives as people type them."""

import json

import pytest
from typer.testing import CliRunner

from core.cli import app

USAGE = {"period": "2026-10", "lines": [{"line": "cf.dto", "region": "US", "quantity": 10240}]}


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("DASHBOARD_DATA_DIR", str(tmp_path / "data"))

    def call(*arguments):
        return CliRunner().invoke(app, [str(argument) for argument in arguments])

    return call


@pytest.fixture
def write(tmp_path):
    def file(name, value):
        path = tmp_path / name
        path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
        return path

    return file


def test_estimate_prints_one_line_per_file_in_the_order_given(run, write):
    twice = {**USAGE, "lines": USAGE["lines"] * 2}
    done = run(
        "estimate", "--format", "jsonl", "--usage", write("b.json", twice), write("a.json", USAGE)
    )
    assert done.exit_code == 0
    assert [json.loads(line)["total_usd"] for line in done.stdout.splitlines()] == [
        "1689.60",
        "870.40",
    ]


def test_a_file_that_cannot_be_read_is_an_error_line_and_the_others_are_priced(
    run, write, tmp_path
):
    broken = write("broken.json", "{")
    done = run(
        "estimate",
        "--format",
        "jsonl",
        "--usage",
        broken,
        tmp_path / "absent.json",
        write("a.json", USAGE),
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.exit_code == 1
    assert [line.get("id") for line in lines] == ["broken", "absent", None]
    assert lines[0]["file"] == str(broken)
    assert "not JSON" in lines[0]["error"]
    assert lines[2]["total_usd"] == "870.40"


def test_bytes_that_are_no_text_are_told(run, tmp_path):
    path = tmp_path / "picture.json"
    path.write_bytes(b"\xff\xd8\xff")
    done = run("estimate", "--usage", path)
    assert (done.exit_code, "can't be read" in done.stdout) == (1, True)


def test_estimate_as_json_is_one_document(run, write):
    done = run("estimate", "--usage", write("a.json", USAGE), "--format", "json")
    report = json.loads(done.stdout)
    assert report["figures"]["with_free_tier_usd"] == "783.36"
    assert report["figures"]["flat_rate"]["plan"] == "Pro"


def test_without_a_file_there_is_nothing_to_price(run):
    assert run("estimate").exit_code == 1
