"""Access logs, both versions: what is read, and what is counted as unreadable with its place."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.diagnostics.audit_files import Skipped
from core.diagnostics.audits.log_lines import Logged, read_log
from core.model.traffic import LOG_FIELDS

HEAD = ["#Version: 1.0", "#Fields: " + " ".join(LOG_FIELDS)]
AT = datetime(2026, 11, 20, 12, 0, 5, tzinfo=UTC)


def values(**changes):
    row = dict.fromkeys(LOG_FIELDS, "-")
    row |= {"date": "2026-11-20", "time": "12:00:05", "cs-method": "GET", "sc-status": "403",
            "cs(Host)": "d1.cloudfront.net", "cs-uri-stem": "/a.jpg", "cs-protocol": "https"}  # fmt: skip
    return row | changes


def tabs(**changes):
    return "\t".join(values(**changes).values())


def read(*lines):
    skipped = Skipped()
    return list(read_log(lines, "E1.gz", skipped)), skipped


def test_a_standard_line_is_a_request():
    found, skipped = read(*HEAD, tabs(**{"x-host-header": "CDN.acme.com", "cs-uri-query": "v=1"}))
    assert found == [Logged(AT, "GET", "https", "cdn.acme.com", "/a.jpg", "v=1", 403)]
    assert found[0].url == "https://cdn.acme.com/a.jpg?v=1"
    assert skipped.total == 0


def test_a_json_line_is_the_same_request():
    row = values(**{"sc-status": 404}) | {"DistributionId": "E1", "cs-uri-query": None}
    found, skipped = read(json.dumps(row))
    assert (found[0].url, found[0].status, found[0].at) == (
        "https://d1.cloudfront.net/a.jpg",
        404,
        AT,
    )
    assert skipped.total == 0


@pytest.mark.parametrize(
    ("logged", "sent"),
    [("/a%2520b.jpg", "/a%20b.jpg"), ("/a%20b.jpg", "/a%20b.jpg"), ("/Z%25C3%25BC.jpg", "/Z%C3%BC.jpg"),
     ("/a%252Fb", "/a%2Fb"), ("/x%2523y", "/x%23y"), ("/x%23y", "/x%23y"), ("/x%3Fy", "/x%3Fy")],
)  # fmt: skip
def test_a_path_is_what_the_viewer_sent(logged, sent):
    assert read(*HEAD, tabs(**{"cs-uri-stem": logged}))[0][0].path == sent


def test_a_file_may_have_other_fields_in_another_order():
    found, _ = read("#Fields: sc-status cs-uri-stem x-host-header", "404\t/b.png\tcdn.acme.com")
    assert found == [Logged(None, "GET", "https", "cdn.acme.com", "/b.png", "", 404)]


@pytest.mark.parametrize(
    ("line", "reason"),
    [("2026-11-20\t12:00", f"not {len(LOG_FIELDS)} fields"), ("{broken", "not JSON"),
     (tabs(**{"sc-status": "abc"}), "a status that is no number"), (tabs(**{"sc-status": "-"}), "no sc-status"),
     (tabs(**{"cs-uri-stem": "-"}), "no cs-uri-stem"), (tabs(**{"cs(Host)": "-"}), "no host"),
     ("{}", "no cs-uri-stem"), ("x" * 70_000, "a line that is too long")],
)  # fmt: skip
def test_a_broken_line_is_counted_with_its_place(line, reason):
    found, skipped = read(*HEAD, line, "", tabs())
    assert len(found) == 1
    assert skipped.report()["reasons"] == [
        {"reason": reason, "count": 1, "first": ["E1.gz line 3"]}
    ]


@given(st.lists(st.text(max_size=80), max_size=5))
def test_no_line_stops_the_reading(lines):
    found, skipped = read(*HEAD, *lines, tabs())
    assert len(found) + skipped.total <= len(lines) + 1
