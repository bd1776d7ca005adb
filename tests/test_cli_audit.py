"""`core audit` as people type it: a process that reads three files and writes a report."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OBJECTS = "bucket,key,size,last_modified,storage_class\nacme-media,a/u1.jpg,9,2026-01-01T00:00:00Z,STANDARD\n"
CONFIG = {
    "now": "2026-11-20T12:00:00Z", "buckets": [{"Name": "acme-media", "Region": "us-east-1"}],
    "distributions": [{"Id": "E1", "DomainName": "d1.cloudfront.net", "DistributionConfig": {
        "Origins": {"Items": [{"Id": "o", "DomainName": "acme-media.s3.us-east-1.amazonaws.com"}]},
        "DefaultCacheBehavior": {"TargetOriginId": "o"}}}],
}  # fmt: skip


def audit(
    folder,
    *,
    config=CONFIG,
    objects=OBJECTS,
    urls="id,url\n1,https://d1.cloudfront.net/a/u1.jpg\n2,\n",
):
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "objects.csv").write_text(objects)
    (folder / "urls.csv").write_text(urls)
    return subprocess.run(
        [sys.executable, "-m", "core", "audit", "--snapshot", "config.json", "--inventory", "objects.csv",
         "--urls", "urls.csv", "-o", "report.jsonl"],
        cwd=folder, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
        check=False, timeout=60,
    )  # fmt: skip


def test_an_audit_prints_one_summary_and_writes_what_is_not_fine(tmp_path):
    done = audit(tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    summary = json.loads(done.stdout)
    assert summary.keys() >= {"urls", "seconds", "peak_rss_mb", "by_status", "by_cause"}
    assert (summary["urls"], summary["by_cause"]) == (2, {"none-ok": 1, "url-empty-in-db": 1})
    lines = (tmp_path / "report.jsonl").read_text().splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["2"]


def test_a_list_that_can_not_be_read_is_said_without_a_traceback(tmp_path):
    done = audit(tmp_path, objects="name,size\nx,1\n")
    assert done.returncode == 1
    assert "objects.csv has no column bucket, key" in done.stderr
    assert "Traceback" not in done.stderr
    done = audit(tmp_path, config={"buckets": []})
    assert done.returncode == 1
    assert "now" in done.stderr
