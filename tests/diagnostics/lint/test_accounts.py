"""Each mistake in an account is found, the same account without it is silent, the unread is said."""

import json
import re

import pytest
from lint_worlds import RIGHT, UNREAD, WRONG, B

from core.diagnostics.lint.engine import lint_snapshot


def _rule(name):
    return name.split()[0]


def _of(report, rule):
    return [f for f in report.findings if f.rule == rule]


@pytest.mark.parametrize("name", WRONG)
def test_a_mistake_is_found_with_its_values_and_proof(name):
    report = lint_snapshot(WRONG[name])
    found = _of(report, _rule(name))
    assert found, [f.rule for f in report.findings]
    assert all(f.evidence and f.sentence and f.repair for f in found)
    assert all(re.search(r"\S:\S|request|iam", e.where) for e in found[0].evidence)


@pytest.mark.parametrize("name", RIGHT)
def test_what_is_right_is_silent(name):
    found = _of(lint_snapshot(RIGHT[name]), _rule(name))
    assert [f.sentence for f in found] == []


@pytest.mark.parametrize("name", UNREAD)
def test_what_was_not_read_is_said_and_never_judged(name):
    report = lint_snapshot(UNREAD[name])
    assert _of(report, _rule(name)) == []
    assert [n.why for n in report.not_checked if n.rule == _rule(name)]


@pytest.mark.parametrize("name", [*WRONG, *RIGHT, *UNREAD])
def test_no_account_shows_a_mistake_that_nobody_planted(name):
    """Beside the planted one, only what its own material shows as well."""
    beside = {"X1": {"X6", "X9"}, "X9": {"X1"}, "X20": set(), "X15": set(), "X27": {"X22"}}
    allowed = {_rule(name)} | beside.get(_rule(name), set())
    found = {f.rule for f in lint_snapshot((WRONG | RIGHT | UNREAD)[name]).findings}
    assert found <= allowed


def test_the_migration_policy_allows_both_principals():
    (found,) = _of(lint_snapshot(WRONG["X16 an identity"]), "X16")
    first, second = json.loads(found.snippet)["Statement"]
    assert first["Principal"]["AWS"].endswith("E2OAI77")
    assert second["Principal"] == {"Service": "cloudfront.amazonaws.com"}
    assert second["Condition"]["StringEquals"]["AWS:SourceArn"].endswith("distribution/E1MEDIA")
    assert first["Resource"] == second["Resource"] == f"arn:aws:s3:::{B}/*"


def test_the_narrow_policy_names_only_the_served_folder():
    name = "X6 an origin path is served, the policy says everything"
    (found,) = _of(lint_snapshot(WRONG[name]), "X6")
    assert json.loads(found.snippet) == {"Resource": [f"arn:aws:s3:::{B}/avatars/*"]}


def test_shares_are_counted_in_objects_and_in_bytes():
    (found,) = _of(lint_snapshot(WRONG["X12 small objects in tiers"]), "X12")
    assert "6 of 8 objects (75% of the objects, 1% of the bytes)" in found.sentence


def test_two_layouts_are_counted():
    (found,) = _of(lint_snapshot(WRONG["X23 two layouts"]), "X23")
    assert "1 keys as progress-photos/…" in found.sentence
    assert "2 as users/{id}/progress-photos/…" in found.sentence


def test_a_secret_in_a_url_is_never_repeated():
    report = lint_snapshot(WRONG["X10 an S3 signature on the CDN"])
    assert "ab12" not in report.model_dump_json()
