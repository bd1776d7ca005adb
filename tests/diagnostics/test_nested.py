"""Addresses that were joined twice: the whole one stands in the path of another."""

import pytest
from scenarios import MASKED, dist
from worlds import HOST, bucket, case, origin

from core.diagnostics.engine import diagnose

B = "acme-media-prod"
KEY = "avatars/u1.jpg"
ALIAS = {"Aliases": {"Quantity": 1, "Items": ["cdn.acme.com"]}}


def told(snapshot):
    report = diagnose(snapshot)
    sure = [(c.bucket, c.key) for c in report.candidates if c.confidence in {"certain", "likely"}]
    return (report.verdict.primary_cause, *report.verdict.also), sure[:1], report.fixes


@pytest.mark.parametrize(
    "path",
    [
        f"/https://{HOST}/{KEY}",
        f"/https:/{HOST}/{KEY}",
        f"/img/https://{HOST}/{KEY}",
        f"/https%3A%2F%2F{HOST}%2Favatars%2Fu1.jpg",
        f"/https%253A%252F%252F{HOST}%252Favatars%252Fu1.jpg",
        f"/https://{HOST}/https://{HOST}/{KEY}",
        f"/https://old.example.com/{KEY}",
        f"/{HOST}/{KEY}",
        f"/cdn.acme.com/{KEY}",
        f"///{HOST}/{KEY}",
        f"/{B}.s3.us-east-1.amazonaws.com/{KEY}",
        f"/{B}.s3-website-us-east-1.amazonaws.com/{KEY}",
        f"/s3.us-east-1.amazonaws.com/{B}/{KEY}",
        f"/https://s3.amazonaws.com/{B}/{KEY}",
        f"/s3://{B}/{KEY}",
        f"/s3:/{B}/{KEY}",
        f"/s3%3A%2F%2F{B}%2Favatars%2Fu1.jpg",
        f"/arn:aws:s3:::{B}/{KEY}",
    ],
)
def test_an_address_in_the_path_leads_to_its_object(path):
    causes, sure, fixes = told(case(path, distributions=dist(**ALIAS)))
    assert causes == ("url-full-url-nested", MASKED)
    assert sure == [(B, KEY)]
    assert (fixes[0].type, fixes[0].dry_run.retrace_status) == ("correct_url", 200)


def test_the_inner_path_gets_the_origin_path_as_any_other():
    front = dist([origin(OriginPath="/media")])
    causes, sure, _ = told(case(f"/https://{HOST}/a7.jpg", ("media/a7.jpg",), distributions=front))
    assert (causes[0], sure) == ("url-full-url-nested", [(B, "media/a7.jpg")])


@pytest.mark.parametrize(
    ("path", "key"),
    [("/v1.2/a77b.jpg", "v1.2/a77b.jpg"), ("/https/a77b.jpg", "https/a77b.jpg"),
     ("/arn/s3/a77b.jpg", "arn/s3/a77b.jpg"), (f"/{HOST}/a77b.jpg", f"{HOST}/a77b.jpg")],
)  # fmt: skip
def test_a_key_that_only_looks_like_an_address_is_served(path, key):
    assert diagnose(case(path, (key,))).verdict.primary_cause == "none-ok"


def test_the_same_path_at_somebody_elses_host_is_only_another_layout():
    causes, _, _ = told(case("/www.example.org/a7c9e2f1.jpg", ("a7c9e2f1.jpg",)))
    assert causes[0] == "key-prefix-legacy-format"


def test_an_inner_bucket_that_nobody_read_gives_no_candidate():
    held = [bucket(B, "x.txt")]
    causes, sure, _ = told(case("/s3://foreign-bucket/avatars/u1.jpg", buckets=held))
    assert (causes[0], sure) == ("object-missing", [])


# --- what stands around a stored URL --------------------------------------------------------


@pytest.mark.parametrize("before", [" ", "\t", "\n", "\ufeff", "\u200b", "\u00a0"])
def test_a_blank_before_a_url_is_told_as_such(before):
    report = diagnose(case(url=f"{before}https://{HOST}/{KEY}"))
    assert report.verdict.primary_cause == "url-whitespace-or-invisible-char"
    assert report.verdict.predicted_status is None
    assert (report.fixes[0].type, report.fixes[0].dry_run.retrace_status) == ("correct_url", 200)


@pytest.mark.parametrize("marks", ['"{}"', "'{}'", "<{}>"])
def test_a_url_in_quotes_is_none_and_its_object_is_found(marks):
    causes, sure, fixes = told(case(url=marks.format(f"https://{HOST}/{KEY}")))
    assert (causes, sure) == (("url-not-absolute-http",), [(B, KEY)])
    assert fixes[0].dry_run.retrace_status == 200
