"""What an error at the edge, a private original or the application's own record change."""

import pytest
from scenarios import OFF, edge
from worlds import bucket, case, distribution, origin, policy, record, statement, thing

from core.diagnostics.engine import diagnose

ELSEWHERE = policy(statement("acme-media-prod", arn="arn:aws:cloudfront::1:distribution/OLD"))
BROKEN = [bucket("acme-media-prod", "avatars/u1.jpg", Policy=ELSEWHERE)]
SHOWN = {"x": "Error from cloudfront", "etag": None}


def preferred(**parts):
    report = diagnose(case(**parts))
    return report, next(fix for fix in report.fixes if fix.preferred)


@pytest.mark.parametrize(
    ("status", "parts", "seconds"),
    [
        (403, {"age": None}, None),
        (404, {"age": None}, 10),
        (503, {"age": None}, 10),
        (404, {"age": 4}, 6),
        (403, {"age": 4}, 6),
        (403, {"age": None, "ExpiresIn": 55}, 55),
        (404, {"age": 60}, None),
    ],
)
def test_a_repair_gives_200_and_tells_how_long_the_edge_may_keep_the_error(status, parts, seconds):
    shown = edge(status=status, **SHOWN, **parts)
    _, fix = preferred(buckets=BROKEN, edge_cache=shown)
    assert fix.dry_run.retrace_status == 200
    if seconds is None:
        assert fix.dry_run.after_cache == ""
    else:
        assert f"keep the {status} for {seconds} s more" in fix.dry_run.after_cache
        assert "/avatars/u1.jpg is invalidated" in fix.dry_run.after_cache


def test_the_error_caching_time_of_the_distribution_counts():
    rules = {"Items": [{"ErrorCode": 404, "ErrorCachingMinTTL": 300},
                       {"ErrorCode": 503, "ErrorCachingMinTTL": 1}]}  # fmt: skip
    shown = edge(status=404, age=None, **SHOWN)
    config = [distribution(CustomErrorResponses=rules)]
    _, fix = preferred(buckets=BROKEN, edge_cache=shown, distributions=config)
    assert "for 300 s more, until 12:05:00 UTC" in fix.dry_run.after_cache


def test_an_error_without_any_sign_of_caching_contradicts_the_prediction():
    report = diagnose(case(edge_cache=edge(status=403, age=None, **SHOWN)))
    assert (report.verdict.predicted_status, report.verdict.observed_status) == (200, 403)
    assert (report.verdict.agrees, report.verdict.confidence) == (False, "possible")
    assert report.verdict.sentence.startswith("The live answer is 403, not the predicted 200.")


def test_a_kept_error_that_has_ended_is_no_cause():
    report = diagnose(case(edge_cache=edge(status=404, age=11, **SHOWN)))
    assert report.verdict.primary_cause == "none-ok"


def test_a_missing_object_is_uploaded_anew_and_the_repair_is_traced():
    report, fix = preferred(path="/avatars/u1.jpg", held=("x.txt",))
    assert report.verdict.primary_cause == "object-missing"
    assert (fix.type, fix.dry_run.retrace_status) == ("reupload", 200)
    assert fix.dry_run.retrace_content_type == "image/jpeg"


PREFIXED = policy(statement("acme-media-prod", Resource="arn:aws:s3:::acme-media-prod/media/*"))


def test_a_private_original_is_what_the_object_is_made_from_and_not_what_was_meant():
    held = bucket("acme-media-prod", "originals/f1a2/p.jpg", Policy=PREFIXED)
    report, fix = preferred(path="/media/f1a2/p.jpg", buckets=[held])
    assert report.verdict.primary_cause == "object-missing"
    assert [(c.key, c.confidence) for c in report.candidates] == [
        ("originals/f1a2/p.jpg", "possible")
    ]
    assert (fix.type, fix.dry_run.retrace_status) == ("reupload", 200)
    assert "originals/f1a2/p.jpg" in fix.title
    assert not {"copy_object", "correct_url"} & {f.type for f in report.fixes}


def test_a_readable_folder_of_originals_is_only_another_layout():
    report = diagnose(case("/media/f1a2/p77c.jpg", ("originals/f1a2/p77c.jpg",)))
    assert report.verdict.primary_cause == "key-prefix-legacy-format"


AS_MEANT = {"Size": 900, "ContentType": "application/octet-stream",
            "ContentDisposition": "attachment; filename=a.svg"}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "causes"),
    [
        ({}, ("none-ok",)),
        ({"Size": 0}, ("object-zero-bytes-or-truncated", "content-type-wrong",
                       "content-disposition-attachment")),
        ({"ContentType": "text/html"}, ("content-type-wrong", "content-disposition-attachment")),
        ({"ContentDisposition": None}, ("content-type-wrong",)),
    ],
)  # fmt: skip
def test_an_object_that_is_stored_as_its_record_says_has_no_fault(change, causes):
    held = thing("media/f1/a.svg", **{**AS_MEANT, **change})
    verdict = diagnose(
        case("/media/f1/a.svg", (held,), db_record=record(key="media/f1/a.svg", served_as=AS_MEANT))
    ).verdict
    assert (verdict.primary_cause, *verdict.also) == causes


def test_the_record_of_another_object_vouches_for_nothing():
    held = thing("media/f1/a.svg", **AS_MEANT)
    row = record(key="media/f2/a.svg", served_as=AS_MEANT)
    verdict = diagnose(case("/media/f1/a.svg", (held,), db_record=row)).verdict
    assert verdict.primary_cause == "content-type-wrong"


def test_a_public_policy_is_never_offered_where_blocks_are_off():
    held = bucket("acme-media-prod", "a.jpg", Policy=None, PublicAccessBlock=OFF)
    report = diagnose(case("/a.jpg", buckets=[held], distributions=[distribution([origin()])]))
    (fix,) = report.fixes
    assert fix.dry_run.decisions["an anonymous reader"] == "deny -> deny"
