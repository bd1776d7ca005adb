from datetime import UTC, datetime

import pytest

from core.model.diagnosis import FixType
from core.model.media import JobState, Problem
from core.model.url_audit import (
    AuditGroup,
    AuditRow,
    AuditSummary,
    GroupRepair,
    LibrarySource,
    RepairSample,
    SkippedRows,
    UrlAudit,
)
from core.ui import audit_report

NASTY = "<img src=x onerror=alert(1)>"


def audit(**summary):
    return UrlAudit(
        id="a1", source=LibrarySource(), title="Library", created_by="u1",
        created_at=datetime(2026, 11, 20, tzinfo=UTC), summary=AuditSummary(**summary),
    )  # fmt: skip


def group(urls=3, **more):
    fields = {
        "id": "g1",
        "cause": "origin-path-double-prefix",
        "sentence": "The origin path is asked for twice",
        "host": "d1.cloudfront.net",
        "pattern": "/avatars/{id}",
        "urls": urls,
        "hits": urls,
        "statuses": {"403": urls},
    }
    return AuditGroup(**(fields | more))


def repair(**more):
    fields = {"type": FixType.FIX_DB_RECORD, "title": "Write the URL anew"}
    return GroupRepair(**(fields | more))


@pytest.mark.parametrize(
    ("summary", "groups", "sentence"),
    [
        ({}, (), "There was no URL to check"),
        ({"urls": 1}, (), "The one URL works"),
        ({"urls": 1200}, (), "All 1,200 URLs work"),
        ({"urls": 9, "broken": 1}, (group(1),), "1 of 9 URLs does not work"),
        ({"urls": 9, "broken": 3}, (group(3),), "3 of 9 URLs do not work; they share one cause"),
        (
            {"urls": 9000, "broken": 1204},
            (group(67, cause="object-missing"), group(1000), group(137, pattern="/b")),
            "1,204 of 9,000 URLs do not work; 1,137 share one cause",
        ),
    ],
)
def test_the_headline_says_how_many_do_not_work_and_what_they_share(summary, groups, sentence):
    assert f"<h1>{sentence}</h1>" in audit_report.headline(audit(**summary), groups)


def test_an_audit_that_found_nothing_but_could_not_read_all_is_no_success():
    assert "ui-warn" in audit_report.headline(audit(urls=2, unread=("bucket b",)), ())
    assert "ui-ok" in audit_report.headline(audit(urls=2), ())


def test_an_audit_that_failed_says_why_and_what_to_do():
    problem = Problem(slug="s", title="No", status=400, detail="Row 7 is no CSV.", hint="Fix it.")
    failed = audit().model_copy(update={"state": JobState.FAILED, "problem": problem})
    shown = audit_report.stopped(failed)
    assert "Row 7 is no CSV." in shown
    assert "Fix it." in shown
    assert "cancelled" in audit_report.stopped(audit().model_copy(update={"cancelled": True}))
    assert audit_report.stopped(audit()) is None


def test_requests_are_shown_only_where_the_source_counts_them():
    assert "Requests" not in audit_report.numbers(AuditSummary(urls=3, hits=3))
    assert "Requests" in audit_report.numbers(AuditSummary(urls=3, hits=40))


def test_an_answer_that_is_not_predicted_is_told_apart_from_a_failure():
    shown = audit_report.statuses(AuditSummary(urls=4, by_status={"200": 2, "null": 1, "404": 1}))
    assert "no answer predicted" in shown
    assert shown.index("HTTP 200") < shown.index("HTTP 404")


def test_what_the_numbers_leave_out_is_listed_with_the_first_places():
    found = AuditSummary(
        skipped=(SkippedRows(reason="no URL", count=2, first=("row 4", "row 9")),),
        warnings=("The log was cut",), unread=("s3:GetBucketPolicy of b",), capacity_units=12.5,
    )  # fmt: skip
    shown = audit_report.notes(found)
    assert "2 rows left out: no URL. First: row 4, row 9." in shown
    assert "Not read: s3:GetBucketPolicy of b" in shown
    assert "12.5 read units" in shown
    assert audit_report.notes(AuditSummary()) == ""


def test_a_repair_shows_what_it_fixes_breaks_and_leaves():
    shown = audit_report.repair(
        repair(fixed=5, broken=1, unchanged=90, unknown=2, records_changed=5, diff="- a\n+ b",
               broken_urls=(RepairSample(id="r9", before="/a", after="/b", status_before=200,
                                         status_after=403),))
    )  # fmt: skip
    for words in ("5 fixed", "1 broken by it", "90 unchanged", "2 not known", "5 records"):
        assert words in shown
    assert "would not any more" in shown
    assert "200 → 403" in shown
    assert 'style="flex-grow:90"' in shown


def test_a_repair_that_breaks_nothing_lists_nothing_as_broken():
    assert "would not any more" not in audit_report.repair(repair(fixed=5))


def test_nothing_that_a_row_or_a_pattern_says_becomes_markup():
    row = AuditRow(id=NASTY, url=NASTY, cause="object-missing", candidate_key=NASTY)
    sample = RepairSample(id=NASTY, before=NASTY, after=NASTY)
    shown = (
        audit_report.group(group(sentence=NASTY, pattern=NASTY, cause=NASTY))
        + audit_report.rows([row])
        + audit_report.repair(repair(title=NASTY, sample=(sample,), diff=NASTY, note=NASTY))
        + audit_report.notes(AuditSummary(warnings=(NASTY,), unread=(NASTY,)))
    )
    assert "<img" not in shown
