"""A live request goes to hosts of the captured account only, whoever asks for it."""

import pytest
from worlds import bucket, case, distribution

from core.aws.edge import EdgeAnswer
from core.diagnostics.engine import diagnose
from core.diagnostics.service.live import ask, target_of
from core.diagnostics.urls import parse_url

PREFIX = "/emulator/cdn/"
ACCOUNT = case(
    distributions=[
        distribution(
            DomainName="d1.cloudfront.net",
            Aliases={"Items": ["cdn.acme.com", "*.img.acme.com"]},
        )
    ],
    buckets=[bucket("acme-media-prod"), {"Name": "somebody-elses", "Objects": []}],
)


class Edge:
    """Remembers what it was asked, and fails like a host that nobody answers."""

    def __init__(self, answer):
        self.answer, self.asked = answer, []

    def head(self, url):
        self.asked.append(url)
        return self.answer


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://d1.cloudfront.net/a/b.jpg?v=1", "https://d1.cloudfront.net/a/b.jpg?v=1"),
        ("https://D1.CloudFront.net./a%20b.jpg", "https://d1.cloudfront.net/a%20b.jpg"),
        ("http://cdn.acme.com/a.jpg", "http://cdn.acme.com/a.jpg"),
        ("https://x.img.acme.com/a.jpg", "https://x.img.acme.com/a.jpg"),
        ("https://acme-media-prod.s3.us-east-1.amazonaws.com/k", None),
        ("https://s3.us-east-1.amazonaws.com/acme-media-prod/k", None),
        ("https://d1.cloudfront.net:8443/a.jpg", "https://d1.cloudfront.net/a.jpg"),
        ("https://me:secret@d1.cloudfront.net/a.jpg", "https://d1.cloudfront.net/a.jpg"),
    ],
)
def test_the_accounts_own_hosts_are_asked_without_port_and_user(url, target):
    assert target_of(ACCOUNT, parse_url(url), "") == (target or url, "")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8501/healthz",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "http://localhost/",
        "https://d1.cloudfront.net@evil.example/",
        "https://evil.example/?d1.cloudfront.net",
        "https://evil.example#@d1.cloudfront.net",
        "https://d1.cloudfront.net.evil.example/a.jpg",
        "https://evil.cloudfront.net/a.jpg",
        "https://a.b.img.acme.com/a.jpg",
        "https://img.acme.com/a.jpg",
        "https://somebody-elses.s3.us-east-1.amazonaws.com/k",
        "https://s3.us-east-1.amazonaws.com/somebody-elses/k",
        "https://s3.us-east-1.amazonaws.com/",
        "https://acme-media-prod.s3.us-east-1.amazonaws.com.evil.example/k",
        "file:///etc/passwd",
        "ftp://d1.cloudfront.net/a",
        "//d1.cloudfront.net/a",
        "avatars/u1.jpg",
        "https://d1.cloudfront.net/../../healthz",
        "https://d1.cloudfront.net/a/%2e%2E/b",
        "https://d1.cloudfront.net/./b",
    ],
)
@pytest.mark.parametrize("prefix", ["", PREFIX])
def test_no_other_host_is_asked_and_the_report_says_so(url, prefix):
    edge, snapshot = Edge(EdgeAnswer(200, {})), {**ACCOUNT}
    snapshot["request"] = {**ACCOUNT["request"], "Url": url}
    ask(snapshot, url, edge, prefix)
    report = diagnose(snapshot)
    assert edge.asked == []
    assert report.verdict.observed_status is None
    assert [u.what for u in report.unknowns].count("The live answer") == 1


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://d1.cloudfront.net/a.jpg?v=1", "/emulator/cdn/d1/a.jpg?v=1"),
        ("https://cdn.acme.com/a.jpg", "/emulator/cdn/d1/a.jpg"),
        ("https://acme-media-prod.s3.us-east-1.amazonaws.com/k", ""),
    ],
)
def test_the_embedded_cloud_is_asked_at_this_site_and_real_s3_never(url, target):
    assert target_of(ACCOUNT, parse_url(url), PREFIX)[0] == target


def test_a_host_that_does_not_answer_leaves_the_live_part_unknown():
    snapshot = {**ACCOUNT}
    ask(snapshot, "https://d1.cloudfront.net/a.jpg", Edge(EdgeAnswer(0, error="no answer: X")), "")
    assert "edge_cache" not in snapshot or snapshot["edge_cache"] == []
    assert snapshot["unread"][0]["because"] == "no answer: X"


def test_an_account_whose_distributions_were_not_read_is_not_asked():
    assert target_of({}, parse_url("https://d1.cloudfront.net/a"), "")[0] == ""
