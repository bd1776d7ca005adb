"""Recommendations say what is saved, what it costs, what can go wrong, and the exact call."""

from decimal import Decimal

import boto3
import pytest
from botocore.stub import Stubber

from core.costs.lifecycle_rules import abort_rule, has_rule, put_rule
from core.costs.recommend import recommend
from core.costs.service.sheets import bundled_sheet
from core.model.measured import MeasuredMonth, StoredGroup
from core.model.waste import (
    AbandonedUploads,
    BucketRules,
    DuplicateObjects,
    IdleOriginals,
    OldVersions,
    UncachedPath,
    Waste,
)

D = Decimal
SHEET = bundled_sheet()
MIB, GIB = 1024**2, 1024**3
EXPIRE = {"ID": "old", "Status": "Enabled", "Filter": {"Prefix": "tmp/"}, "Expiration": {"Days": 3}}


def advice(*stored, **waste):
    measured = MeasuredMonth(period="2026-10", origin_region="us-east-1", stored=stored)
    return recommend(measured, Waste(**waste), SHEET)


def only(*stored, **waste):
    (found,) = advice(*stored, **waste).items
    return found


def group(**more):
    values = {
        "bucket": "m",
        "region": "us-east-1",
        "objects": 1000,
        "bytes": 1000 * 10 * MIB,
    } | more
    return StoredGroup(**values)


def uploads(**more):
    return (
        AbandonedUploads(
            **{
                "bucket": "m",
                "region": "us-east-1",
                "count": 7,
                "bytes": 100 * GIB,
                "oldest_days": 90,
            }
            | more
        ),
    )


def test_uploads_that_were_never_completed_cost_standard_storage():
    found = only(
        uploads=uploads(), rules=(BucketRules(bucket="m", region="us-east-1", rules=(EXPIRE,)),)
    )
    assert (found.kind, found.saving, found.one_off, found.risk) == (
        "stale_uploads",
        D("2.3"),
        0,
        "low",
    )
    rules = found.change[0].parameters["LifecycleConfiguration"]["Rules"]
    assert rules[0] == EXPIRE
    assert rules[1]["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 7}
    assert "90 days" in found.why


def test_a_call_that_would_replace_unread_rules_says_so():
    found = only(uploads=uploads())
    assert any("replace" in note for note in found.notes)


def test_uploads_of_unknown_size_save_an_unknown_amount():
    found = only(uploads=uploads(bytes=None, oldest_days=None))
    assert (found.saving, found.confidence, found.payback_months) == (None, "medium", None)


def test_a_rule_that_is_there_is_told():
    rules = (BucketRules(bucket="m", region="us-east-1", rules=(abort_rule(),)),)
    found = only(uploads=uploads(), rules=rules)
    assert any("a rule for this is there" in note for note in found.notes)
    assert len(found.change[0].parameters["LifecycleConfiguration"]["Rules"]) == 1


def test_old_versions_cost_their_full_bytes_in_their_class():
    found = only(
        versions=(
            OldVersions(
                bucket="m",
                region="us-east-1",
                storage_class="STANDARD_IA",
                objects=3,
                bytes=3 * GIB,
            ),
        )
    )
    assert (found.saving, found.risk) == (3 * D("0.0125"), "medium")
    rule = found.change[0].parameters["LifecycleConfiguration"]["Rules"][0]
    assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": 30}


@pytest.mark.parametrize(
    ("rules", "count"),
    [((), 1), ((abort_rule(),), 0), (({**abort_rule(), "Filter": {"Prefix": "a/"}},), 1), (({**abort_rule(), "Status": "Disabled"},), 1), (None, 0)],
)  # fmt: skip
def test_a_bucket_without_the_rule_is_told_and_one_that_nobody_could_read_is_not(rules, count):
    found = advice(rules=(BucketRules(bucket="m", region="us-east-1", rules=rules),))
    assert len(found.items) == count
    assert all(one.saving == 0 for one in found.items)


def idle(**more):
    values = {
        "bucket": "m", "region": "us-east-1", "prefix": "media/", "objects": 1000, "bytes": 1000 * 10 * MIB,
        "idle_days": 90, "examples": ("media/a/x.jpg", "media/b/y.jpg"),
    } | more  # fmt: skip
    return (IdleOriginals(**values),)


def test_big_originals_that_nobody_views_move_to_the_class_that_saves_most():
    found = only(idle=idle())
    gb = D(1000 * 10) / 1024
    assert found.saving == pytest.approx(gb * (D("0.023") - D("0.004")), abs=D("1e-9"))
    assert (found.one_off, found.payback_months) == (D("0.02"), D("0.1"))
    assert "1,000 originals for 90 days" in found.why


def test_only_the_idle_originals_are_copied_and_not_what_lies_beside_them():
    found = only(idle=idle())
    assert [call.parameters["Key"] for call in found.change] == ["media/a/x.jpg", "media/b/y.jpg"]
    assert {call.parameters["StorageClass"] for call in found.change} == {"GLACIER_IR"}


@pytest.mark.parametrize(
    "more",
    [{"idle_days": 10}, {"bytes": 1000 * 1000}, {"storage_class": "GLACIER_IR"}, {"objects": 1, "bytes": 2 * MIB}, {"region": "mars-1"}],
)  # fmt: skip
def test_originals_that_are_used_small_or_moved_already_stay(more):
    assert advice(idle=idle(**more)).items == ()


def test_small_objects_in_an_infrequent_class_belong_into_standard():
    found = only(
        group(
            storage_class="STANDARD_IA",
            objects=1_000_000,
            bytes=1_000_000 * 4096,
            age_days=90,
            views=0,
        )
    )
    # billed as 128 KB: 122.07 GB x .0125 = 1.53 against 3.81 GB x .023 = .09; GET 1.00 + retrieval .04 + PUT 5.00
    assert found.saving == pytest.approx(D("1.4382"), abs=D("0.0002"))
    assert found.one_off == pytest.approx(D("6.0381"), abs=D("0.0002"))
    assert found.payback_months == D("4.2")
    assert found.change[0].operation == "CopyObject"


def test_objects_that_are_read_often_belong_into_standard():
    found = only(group(storage_class="STANDARD_IA", age_days=90, views=10_000))
    assert found.saving > D("0.5")
    assert "10,000 times" in found.why
    assert advice(group(storage_class="STANDARD_IA", age_days=90, views=0)).items == ()
    assert advice(group(storage_class="STANDARD_IA", age_days=90, views=None)).items == ()


def test_duplicates_name_their_risk_and_their_first_keys():
    found = only(
        duplicates=(
            DuplicateObjects(
                bucket="m",
                region="us-east-1",
                objects=10,
                bytes=10 * GIB,
                groups=4,
                examples=("a", "b"),
            ),
        )
    )
    assert (found.saving, found.risk) == (D("0.23"), "high")
    assert [call.parameters["Key"] for call in found.change] == ["a", "b"]


def path(**more):
    return UncachedPath(
        **{
            "path": "/a.jpg",
            "bucket": "m",
            "key": "a.jpg",
            "region": "us-east-1",
            "requests": 1_000_000,
            "misses": 900_000,
            "cache_control": "",
        }
        | more
    )


def test_a_file_that_the_edges_do_not_keep_saves_its_gets():
    found = only(uncached=(path(),))
    assert found.saving == 850_000 * D("0.0004") / 1000
    assert found.change[0].parameters["CacheControl"].startswith("public")
    assert "'absent'" in found.why
    unknown = only(uncached=(path(cache_control=None, bucket="", region="mars-1"),))
    assert (unknown.saving, unknown.confidence, unknown.change) == (None, "low", ())
    assert advice(uncached=(path(requests=10), path(misses=60_000))).items == ()


def test_what_nobody_looked_for_is_said():
    assert len(advice().not_looked_for) == 6
    looked = advice(
        uploads=(),
        idle=(),
        versions=(),
        duplicates=(),
        uncached=(),
        rules=(BucketRules(bucket="m", region="r", rules=(abort_rule(),)),),
    )
    assert (looked.not_looked_for, looked.items) == ((), ())


def test_the_largest_saving_comes_first_and_each_has_its_own_id():
    found = advice(
        idle=idle(),
        uploads=uploads(),
        uncached=(path(),),
    ).items
    savings = [one.saving for one in found]
    assert savings == sorted(savings, reverse=True)
    assert len({one.id for one in found}) == 3


def test_botocore_takes_every_call_as_it_stands():
    client = boto3.client(
        "s3", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b"
    )
    found = advice(
        group(storage_class="STANDARD_IA", age_days=90, views=10_000),
        idle=idle(),
        uploads=uploads(), versions=(OldVersions(bucket="m", region="us-east-1", objects=3, bytes=GIB),),
        duplicates=(DuplicateObjects(bucket="m", region="us-east-1", objects=1, bytes=5, groups=1, examples=("k",)),),
        uncached=(path(),),
    ).items  # fmt: skip
    assert len({one.kind for one in found}) == 6
    methods = {
        "PutBucketLifecycleConfiguration": "put_bucket_lifecycle_configuration",
        "CopyObject": "copy_object",
        "DeleteObject": "delete_object",
    }
    with Stubber(client) as stub:
        for call in (call for one in found for call in one.change):
            stub.add_response(methods[call.operation], {})
            getattr(client, methods[call.operation])(**call.parameters)


def test_a_rule_of_the_same_name_is_replaced_and_unknown_rules_are_unknown():
    call, complete = put_rule(
        "m", abort_rule(3), [BucketRules(bucket="m", region="r", rules=(abort_rule(9),))]
    )
    assert complete
    assert [
        rule["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"]
        for rule in call.parameters["LifecycleConfiguration"]["Rules"]
    ] == [3]
    assert has_rule(None, "x") is None
    assert (
        has_rule(
            BucketRules(
                bucket="m", region="r", rules=({"Status": "Enabled", "Prefix": "a/", "x": 1},)
            ),
            "x",
        )
        is False
    )


def test_a_file_that_the_policy_forgets_is_not_copied_in_vain():
    limited = only(uncached=(path(kept_seconds=0, most_seconds=0, cache_control="max-age=9"),))
    assert limited.change == ()
    assert "0 seconds at most" in limited.notes[0]
    kept = only(uncached=(path(kept_seconds=86_400, most_seconds=31_536_000),))
    assert kept.change == ()
    assert "look at the key" in kept.notes[0]


def test_a_copy_repeats_what_the_object_has():
    held = {"ContentType": "image/jpeg", "CacheControl": "no-store", "StorageClass": "STANDARD_IA"}
    found = only(uncached=(path(kept_seconds=1, most_seconds=31_536_000, headers=held),))
    (call,) = found.change
    assert call.parameters["ContentType"] == "image/jpeg"
    assert call.parameters["StorageClass"] == "STANDARD_IA"
    assert call.parameters["CacheControl"].startswith("public")


def test_why_a_kind_was_not_looked_for_is_said():
    told = advice(why_not={"uncached": "AWS refused it."}).not_looked_for
    assert "uncached objects: AWS refused it." in told


def test_rules_that_could_not_be_read_are_named_by_bucket_and_not_taken_as_complete():
    unread = BucketRules(bucket="asleep", region="us-east-1")
    read = BucketRules(bucket="awake", region="us-east-1", rules=(abort_rule(),))
    told = [one for one in advice(rules=(unread, read)).not_looked_for if "lifecycle" in one]
    assert told == ["missing lifecycle rules of asleep: its rules could not be read"]
