"""`estimate` and its relatives as people type them."""

import json

import pytest
from typer.testing import CliRunner

from core.cli import app
from tests.costs.offers import served, site

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


WRONG = "S3 us-east-1 PUT requests: $0.0004 per 1,000\nS3 us-east-1 storage: $0.023 per GB-month\n"


def test_check_prices_prints_a_record_per_claim_and_fails_on_a_wrong_one(run, write):
    done = run("check-prices", write("costs.md", WRONG))
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.exit_code == 1
    assert [(r["line_number"], r["verdict"]) for r in records] == [(1, "wrong"), (2, "ok")]
    assert records[0]["impact_usd_at_reference_usage"] == "4.60"
    assert {
        "claim",
        "expected_usd",
        "per",
        "ratio",
        "conditions",
        "likely_cause",
        "evidence",
    } <= set(records[0])


def test_check_prices_as_text_says_why(run, write):
    done = run("check-prices", "--format", "text", write("costs.md", WRONG))
    assert "1: WRONG  S3 us-east-1 PUT requests" in done.stdout
    assert "list price 0.005 per 1000" in done.stdout
    assert "1000000 request: 0.40 as stated, 5.00 at list price" in done.stdout


def test_check_prices_as_json_is_one_list(run, write):
    claim = {"line": "cf.https", "region": "US", "value": 0.01, "per": 10000}
    done = run("check-prices", "--format", "json", write("claims.json", claim))
    assert (done.exit_code, [r["verdict"] for r in json.loads(done.stdout)]) == (0, ["ok"])


def test_check_prices_is_never_silent_on_what_it_cannot_judge(run, write):
    done = run("check-prices", write("costs.md", "EC2: $0.01 per hour"))
    assert done.exit_code == 0
    assert "costs.md:1: unpriced" in done.stderr
    empty = run("check-prices", write("empty.md", "no prices here"))
    assert (empty.exit_code, "no price is stated" in empty.stderr) == (0, True)


def test_a_total_without_a_unit_is_printed_as_text(run, write):
    done = run("check-prices", "--format", "text", write("c.md", "Estimated total: < $5"))
    assert done.stdout.splitlines()[0] == "1: AMBIGUOUS  Estimated total: < $5"


def test_check_prices_refuses_a_broken_json(run, write):
    done = run("check-prices", write("claims.json", '{"line": "cf.https", '))
    assert done.exit_code == 1


def test_prices_refresh_keeps_a_version_and_prints_what_changed(run, write, tmp_path):
    before = {
        "period": "2026-10",
        "lines": [{"line": "cf.http", "region": "EU", "quantity": 10_000}],
    }
    with served(site()) as url:
        done = run("prices", "refresh", "--region", "eu-west-1", "--source", url)
    report = json.loads(done.stdout)
    assert done.exit_code == 0
    assert {
        "line": "cf.http",
        "region": "EU",
        "tier_from": "0",
        "per": "10000",
        "old": "0.009",
        "new": "0.0095",
    } in report["changes"]
    assert [path.stem for path in (tmp_path / "data" / "prices").iterdir()] == [report["version"]]
    old, new = (
        json.loads(run("estimate", "--usage", write("u.json", before | {"period": month})).stdout)
        for month in ("2026-10", "2026-12")
    )
    assert (old["total_usd"], new["total_usd"]) == ("0.009", "0.0095")


def test_prices_of_an_unknown_region_are_not_refreshed(run):
    assert run("prices", "refresh", "--region", "mars-1").exit_code == 1


@pytest.mark.parametrize("arguments", [[], ["--usage", "a.json", "--month", "2026-10"]])
def test_estimate_prices_files_or_a_month(run, arguments):
    done = run("estimate", *arguments)
    assert done.exit_code == 1
    assert done.exception is not None
