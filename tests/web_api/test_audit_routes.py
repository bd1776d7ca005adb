"""Audits by REST: a case as a form, its groups, rows, export and dry run."""

import csv
import io
import json

import pytest

from core.diagnostics.service.audits.service import JOB
from core.stores.job_runner import JobRunner

HOST = "d111111abcdef8.cloudfront.net"
BUCKET = "acme-media-prod"
SNAPSHOT = {
    "account_id": "111122223333", "now": "2026-11-20T12:00:00Z", "request": {"Url": ""},
    "distributions": [{
        "Id": "E1", "ARN": "arn:aws:cloudfront::111122223333:distribution/E1", "DomainName": HOST,
        "DistributionConfig": {
            "Origins": {"Items": [{"Id": "o", "DomainName": f"{BUCKET}.s3.us-east-1.amazonaws.com",
                                   "OriginPath": "/avatars", "OriginAccessControlId": "C"}]},
            "DefaultCacheBehavior": {"TargetOriginId": "o"}},
    }],
    "origin_access_controls": [{"Id": "C"}], "functions": [], "edge_cache": [],
    "buckets": [{"Name": BUCKET, "Region": "us-east-1", "Policy": {"Statement": [{
        "Effect": "Allow", "Principal": {"Service": "cloudfront.amazonaws.com"}, "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{BUCKET}/*", "Condition": {"StringEquals": {
            "AWS:SourceArn": "arn:aws:cloudfront::111122223333:distribution/E1"}}}]}}],
}  # fmt: skip
LISTED = "bucket,key,size,last_modified,storage_class\n" + "".join(
    f"{BUCKET},avatars/u{i}.jpg,5,,STANDARD\n" for i in range(5)
)
URLS = "id,url\n" + "".join(f"=r{i},https://{HOST}/avatars/u{i}.jpg\n" for i in range(5))


@pytest.fixture
def work(dashboard):
    return JobRunner(dashboard.jobs, {JOB: dashboard.audits.work}, 1).run_until_idle


def send(client, **changed):
    files = {"snapshot": ("case.json", json.dumps(SNAPSHOT)), "inventory": ("o.csv", LISTED),
             "urls": ("u.csv", URLS)} | changed  # fmt: skip
    kept = {role: file for role, file in files.items() if file is not None}
    return client.post("/api/audits", data={"source": '{"kind": "case"}'}, files=kept)


def test_a_case_is_audited_from_a_form(bearer, work):
    client = bearer("support")
    made = send(client)
    assert made.status_code == 201, made.text
    audit = f"/api/audits/{made.json()['id']}"
    assert made.json()["state"] == "queued"
    work()
    done = client.get(audit).json()
    assert (done["state"], done["summary"]["urls"], done["title"]) == ("done", 5, "u.csv")
    assert client.get("/api/audits").json()["items"][0]["id"] == made.json()["id"]

    (group,) = client.get(f"{audit}/groups").json()["items"]
    assert (group["cause"], group["pattern"]) == ("origin-path-double-prefix", "/avatars/*")
    first = client.get(f"{audit}/rows", params={"group": group["id"], "limit": 3}).json()
    rest = client.get(
        f"{audit}/rows", params={"group": group["id"], "cursor": first["next_cursor"]}
    )
    assert [row["id"] for row in (*first["items"], *rest.json()["items"])] == [
        f"=r{i}" for i in range(5)
    ]

    tried = client.post(f"{audit}/groups/{group['id']}/dry-run").json()
    assert (tried["type"], tried["fixed"], tried["broken"]) == ("correct_url", 5, 0)
    other = client.post(
        f"{audit}/groups/{group['id']}/dry-run", json={"fix": "config_change"}
    ).json()
    assert (other["type"], other["fixed"]) == ("config_change", 5)

    exported = client.get(f"{audit}/export")
    assert exported.headers["content-type"].startswith("text/csv")
    assert [row["id"] for row in csv.DictReader(io.StringIO(exported.text))] == [
        f"'=r{i}" for i in range(5)
    ]
    assert len(client.get(f"{audit}/export?format=json").json()["rows"]) == 5
    assert client.get(f"{audit}/export?format=xml").status_code == 400
    assert client.delete(audit).status_code == 204
    assert client.get(audit).status_code == 404


@pytest.mark.parametrize(
    ("changed", "said"),
    [({"snapshot": ("case.json", "{")}, "case.json line 1 column 2"), ({"urls": None}, "needs")],
)
def test_what_can_not_be_read_is_told(bearer, changed, said):
    answer = send(bearer("support"), **changed)
    assert answer.status_code == 400
    assert said in answer.json()["detail"]


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'{"source": {"kind": "x"}}', b'{"source": {"kind": "dynamodb"}}', b"\xff"]
)
def test_a_source_that_is_none_is_told(bearer, body):
    answer = bearer("support").post(
        "/api/audits", content=body, headers={"content-type": "application/json"}
    )
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["hint"]


def test_a_failed_audit_says_why(bearer, work):
    client = bearer("support")
    made = send(client, inventory=("o.csv", "a,b\n1,2\n")).json()
    work()
    problem = client.get(f"/api/audits/{made['id']}").json()["problem"]
    assert "no column" in problem["detail"]
    assert client.get(f"/api/audits/{made['id']}/groups").status_code == 404
