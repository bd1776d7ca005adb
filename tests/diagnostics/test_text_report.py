"""The report as text: verdict first, then the way, the candidates and the repairs."""

from worlds import bucket, case, distribution, origin, policy, statement

from core.diagnostics.engine import diagnose
from core.diagnostics.text_report import text_report


def test_the_text_names_status_cause_object_and_repair():
    snapshot = case(distributions=[distribution([origin(OriginPath="/avatars")])])
    lines = text_report(diagnose(snapshot)).splitlines()
    assert lines[1] == "403 · origin-path-double-prefix · certain"
    text = "\n".join(lines)
    assert "s3://acme-media-prod/avatars/avatars/u1.jpg  (missing)" in text
    assert "Maybe    s3://acme-media-prod/avatars/u1.jpg  certain" in text
    assert "Fix *    Use https://d111111abcdef8.cloudfront.net/u1.jpg  (then 200)" in text
    assert "+ https://d111111abcdef8.cloudfront.net/u1.jpg" in text


def test_a_request_without_an_answer_and_an_unknown_are_said_in_words():
    unread = case(buckets=[{k: v for k, v in bucket("acme-media-prod", "avatars/u1.jpg").items()
                            if k != "Policy"}])  # fmt: skip
    text = text_report(diagnose(unread))
    assert text.splitlines()[1] == "no HTTP answer · none-ok · unknown"
    assert "Unknown  Whether S3 allows the read: the bucket policy was not read" in text


def test_several_faults_stand_in_pipeline_order():
    held = bucket("acme-media-prod", "avatars/u1.jpg",
                  Policy=policy(statement("acme-media-prod", arn="arn:other")))  # fmt: skip
    report = diagnose(
        case(buckets=[held], distributions=[distribution([origin(OriginPath="/avatars")])])
    )
    assert "Also: missing-key-masked-as-403, policy-sourcearn-mismatch" in text_report(report)
    assert "Fixing only this still gives 403." in report.verdict.sentence
