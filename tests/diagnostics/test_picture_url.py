"""Where a page may show a candidate's picture from: never from a host that its policy refuses."""

from datetime import UTC, datetime

import pytest

from core.aws.clients import AwsClients
from core.aws.edge import Edge
from core.diagnostics.service import DiagnosticsService


def now():
    return datetime(2026, 11, 20, tzinfo=UTC)


def doctor(base_url, cdn_prefix=""):
    return DiagnosticsService(AwsClients("us-east-1"), now, cdn_prefix, edge=Edge(base_url))


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://d1.cloudfront.net/a%20b.jpg", "/emulator/cdn/d1/a%20b.jpg"),
        ("https://d2.cloudfront.net/a.jpg?v=2", "/emulator/cdn/d2/a.jpg?v=2"),
        ("/emulator/cdn/d1/a.jpg", "/emulator/cdn/d1/a.jpg"),
        ("https://media.example.com/a.jpg", ""),
        ("//evil.example/a.jpg", ""),
        ("javascript:alert(1)", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_the_embedded_clouds_distributions_are_shown_from_this_site(url, shown):
    assert doctor("/emulator/cdn/d1", "/emulator/cdn/").picture_url(url) == shown


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://cdn.example/a.jpg", "https://cdn.example/a.jpg"),
        ("https://cdn.example.evil/a.jpg", ""),
        ("https://d1.cloudfront.net/a.jpg", ""),
        ("/emulator/cdn/d1/a.jpg", ""),
    ],
)
def test_on_aws_only_the_configured_cdn_is_shown(url, shown):
    assert doctor("https://cdn.example").picture_url(url) == shown
