"""`core lint` as people type it."""

import json

from core.costs.service.sheets import FOLDER, PriceSheets
from core.dashboard import stated_prices
from tests.test_cli import run


def test_a_mistake_ends_in_exit_code_one_with_its_sentence_and_place(tmp_path):
    document = tmp_path / "design.md"
    document.write_text("- Policy: AmazonS3FullAccess\n")
    done = run("lint", str(document), data=tmp_path)
    assert (done.returncode, done.stderr) == (1, "")
    assert "ERROR X5" in done.stdout
    assert f"{document}:1" in done.stdout
    assert "1 error" in done.stdout


def test_warnings_alone_end_well_and_json_is_machine_readable(tmp_path):
    document, policy = tmp_path / "design.md", tmp_path / "policy.json"
    document.write_text("S3 has unlimited storage.\n")
    policy.write_text(
        '{"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/b/*"}}'
    )
    done = run("lint", str(document), str(policy), "--format", "json", data=tmp_path)
    assert done.returncode == 0
    report = json.loads(done.stdout)
    assert report["inputs"] == [str(document), str(policy)]
    assert [f["rule"] for f in report["findings"]] == ["X13"]


def test_a_missing_file_and_an_unclear_question_are_said_in_one_line(tmp_path):
    for arguments in (["no.md"], [], ["a.md", "--account"]):
        done = run("lint", *arguments, data=tmp_path)
        assert done.returncode == 1
        assert len(done.stderr.strip().splitlines()) == 1


def test_prices_are_compared_with_the_price_sheet(tmp_path):
    document = tmp_path / "costs.md"
    document.write_text("S3 Requests: $0.0004 per 1,000 PUT requests\n")
    done = run("lint", str(document), data=tmp_path)
    assert done.returncode == 1
    assert "ERROR X2" in done.stdout
    text = document.read_text()
    (verdict,) = stated_prices(PriceSheets(tmp_path / FOLDER))(text)
    assert (verdict.verdict, verdict.number) == ("wrong", 1)
