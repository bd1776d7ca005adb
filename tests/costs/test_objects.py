"""What objects bill beyond their bytes; amounts from the tables of AWS's rules in us-east-1."""

from decimal import Decimal

import pytest

D = Decimal
KIB = 1024


@pytest.fixture
def objects(cost):
    def run(period="2026-11", **group):
        return cost(period=period, region="us-east-1", objects=[group])

    return run


def lines(found):
    return {line.line: line.quantity for line in found.lines}


def cents(found):
    return round(found.total, 2)


def test_small_objects_bill_128_kb_in_infrequent_access(objects):
    """1 M x 4 KB: 1.53 instead of 0.09."""
    small = {"size": 4 * KIB, "count": 1_000_000}
    assert cents(objects(storage_class="STANDARD_IA", **small)) == D("1.53")
    assert cents(objects(storage_class="STANDARD", **small)) == D("0.09")
    assert lines(objects(storage_class="GLACIER_IR", **small)) == {
        "s3.storage.GLACIER_IR": D(10**6) / 8192
    }


def test_archived_objects_carry_8_kb_at_standard_and_32_kb_at_their_class(objects):
    found = lines(objects(size=1024**2, count=1024, storage_class="DEEP_ARCHIVE"))
    assert found == {"s3.storage.DEEP_ARCHIVE": D("1.03125"), "s3.storage.STANDARD": D("0.0078125")}


def test_below_ten_kb_deep_archive_is_dearer_than_standard(objects):
    def dearer(size):
        archived = objects(size=size, count=10**6, storage_class="DEEP_ARCHIVE").total
        return archived > objects(size=size, count=10**6).total

    assert dearer(9 * KIB)
    assert not dearer(11 * KIB)


@pytest.mark.parametrize(
    ("size", "target", "months"),
    [
        (16 * KIB, "GLACIER", 2809), (16 * KIB, "DEEP_ARCHIVE", 384), (64 * KIB, "GLACIER_IR", "21.8"),
        (64 * KIB, "GLACIER", "33.4"), (64 * KIB, "DEEP_ARCHIVE", "43.9"), (128 * KIB, "STANDARD_IA", "7.8"),
        (128 * KIB, "GLACIER_IR", "8.6"), (256 * KIB, "STANDARD_IA", "3.9"), (256 * KIB, "DEEP_ARCHIVE", "9.7"),
        (1024 * KIB, "GLACIER", "1.6"), (10240 * KIB, "DEEP_ARCHIVE", "0.2"),
    ],
)  # fmt: skip
def test_a_transition_pays_back_as_in_the_table(objects, size, target, months):
    group = {"size": size, "count": 10**6}
    kept, moved = objects(**group), objects(storage_class=target, **group)
    leaving = objects(transition_to=target, transition_small=True, **group).total - kept.total
    payback = leaving / (kept.total - moved.total)
    assert round(payback, -D(str(months)).as_tuple().exponent) == D(str(months))


@pytest.mark.parametrize("target", ["STANDARD_IA", "GLACIER_IR"])
def test_tiny_objects_never_pay_back(objects, target):
    group = {"size": 16 * KIB, "count": 1000}
    assert objects(storage_class=target, **group).total > objects(**group).total


def test_a_lifecycle_rule_leaves_objects_under_128_kb_where_they_are(objects):
    found = objects(size=100 * KIB, count=1000, transition_to="STANDARD_IA")
    assert list(lines(found)) == ["s3.storage.STANDARD"]
    assert any("128 KB" in warning for warning in found.warnings)


def test_intelligent_tiering_watches_objects_from_128_kb_on(objects):
    tiered = {"storage_class": "INTELLIGENT_TIERING", "access_tier": "IA", "count": 1000}
    assert lines(objects(size=128 * KIB, **tiered)) == {
        "s3.storage.INT_IA": D("0.1220703125"),
        "s3.monitoring.INT": 1000,
    }
    assert list(lines(objects(size=128 * KIB - 1, **tiered))) == ["s3.storage.INT_FA"]


def test_the_archive_tiers_of_intelligent_tiering_carry_the_overhead(objects):
    found = lines(objects(size=1024**3, storage_class="INTELLIGENT_TIERING", access_tier="AA"))
    assert found["s3.storage.INT_AA"] == 1 + D(32) / 1024**2
    assert found["s3.storage.STANDARD"] == D(8) / 1024**2


@pytest.mark.parametrize(("size", "worth"), [(250_000, False), (262_144, True)])
def test_monitoring_eats_the_saving_of_objects_under_256_kb(objects, size, worth):
    tiered = objects(size=size, count=10**6, storage_class="INTELLIGENT_TIERING", access_tier="IA")
    assert (tiered.total < objects(size=size, count=10**6).total) is worth


def test_the_rest_of_the_minimum_days_is_charged_on_early_delete(objects):
    """Ten of thirty days in Standard-IA cost as much as the thirty."""
    early = objects(size=1024**3, count=300, storage_class="STANDARD_IA", days=10)
    assert lines(early) == {"s3.storage.STANDARD_IA": 100, "s3.early_delete.STANDARD_IA": 200}
    assert early.total == objects(size=1024**3, count=300, storage_class="STANDARD_IA").total
    assert early.lines[1].price.usage_type == "TimedStorage-SIA-ByteHrs"


@pytest.mark.parametrize(
    ("storage_class", "left"),
    [("STANDARD", 0), ("INTELLIGENT_TIERING", 0), ("ONEZONE_IA", 20), ("GLACIER_IR", 80)],
)
def test_each_class_has_its_own_minimum_days(objects, storage_class, left):
    found = lines(objects(size=2**30, count=30, storage_class=storage_class, days=10))
    assert found.get(f"s3.early_delete.{storage_class}", 0) == left


@pytest.mark.parametrize(("storage_class", "left"), [("GLACIER", 80), ("DEEP_ARCHIVE", 170)])
def test_an_archive_is_charged_its_class_overhead_to_the_end(objects, storage_class, left):
    found = lines(objects(size=2**30 - 32_768, count=30, storage_class=storage_class, days=10))
    assert found[f"s3.early_delete.{storage_class}"] == left


def test_a_month_counts_its_real_hours(objects):
    half = {"size": 1024**3, "count": 1, "days": 14}
    assert lines(objects(period="2026-02", **half)) == {"s3.storage.STANDARD": D("0.5")}
    assert lines(objects(period="2024-02", **half))["s3.storage.STANDARD"] < D("0.5")


def test_days_beyond_the_month_are_told(objects):
    assert any("their life" in w for w in objects(size=1, days=45).warnings)


def test_a_multipart_upload_is_parts_plus_two_requests(objects):
    """1 GB in parts of 100 MB: 13 requests."""
    found = objects(size=1024**3, uploads=1, part_size=100 * 1024**2)
    assert lines(found)["s3.req.STANDARD.tier1"] == 13
    assert lines(objects(size=5, uploads=1, part_size=100))["s3.req.STANDARD.tier1"] == 1


def test_an_archive_bills_only_the_completion_at_its_own_rate(objects):
    found = lines(
        objects(size=1024**3, uploads=1, part_size=100 * 1024**2, storage_class="DEEP_ARCHIVE")
    )
    assert (found["s3.req.STANDARD.tier1"], found["s3.req.DEEP_ARCHIVE.tier1"]) == (12, 1)


def test_reading_infrequent_access_bills_requests_and_bytes(objects):
    found = lines(objects(size=1024**3, count=2, gets=3, storage_class="ONEZONE_IA"))
    assert (found["s3.req.ONEZONE_IA.tier2"], found["s3.retrieval.ONEZONE_IA"]) == (6, 6)


def test_express_bills_its_bytes_in_and_out(objects):
    """By hand: 10 GB stored 1.10, PUT 1.184890, GET 0.283116, 10 GB in 0.032, 90 GB out 0.054."""
    found = objects(
        size=10_240, count=1_048_576, storage_class="EXPRESS_ONEZONE", uploads=1, gets=9
    )
    assert round(found.total, 6) == D("2.654006")
    assert {"s3.express.put", "s3.express.get", "s3.express.upload", "s3.express.retrieval"} < set(
        lines(found)
    )


def test_restores_bill_bytes_and_requests_by_their_speed(objects):
    archive = {"size": 1024**3, "count": 10, "restores": 1}
    slow = lines(objects(storage_class="DEEP_ARCHIVE", restore_tier="bulk", **archive))
    assert (slow["s3.retrieval.DEEP_ARCHIVE.bulk"], slow["s3.retrieval_req.DEEP_ARCHIVE.bulk"]) == (
        10,
        10,
    )
    never = objects(storage_class="DEEP_ARCHIVE", restore_tier="expedited", **archive)
    assert {one.line for one in never.unpriced} == {
        "s3.retrieval.DEEP_ARCHIVE.expedited", "s3.retrieval_req.DEEP_ARCHIVE.expedited",
    }  # fmt: skip
    tiered = archive | {"storage_class": "INTELLIGENT_TIERING", "access_tier": "AA"}
    assert "s3.retrieval.INT_AA.standard" not in lines(objects(**tiered))
    assert lines(objects(restore_tier="expedited", **tiered))["s3.retrieval.INT_AA.expedited"] == 10
    assert list(lines(objects(size=1, restores=1))) == ["s3.storage.STANDARD"]


def test_bucket_keys_cut_the_kms_requests(objects):
    group = {"size": 1, "count": 1000, "uploads": 1, "gets": 9, "kms": True}
    assert lines(objects(**group))["kms.request"] == 10_000
    assert lines(objects(bucket_keys=True, **group))["kms.request"] == 100


def test_a_class_that_the_sheet_lacks_is_unpriced(objects):
    found = objects(size=1024**3, storage_class="FSX_ONTAP")
    assert (found.total, found.unpriced[0].line) == (0, "s3.storage.FSX_ONTAP")


def test_reduced_redundancy_is_requested_at_standard(objects):
    assert set(lines(objects(size=1024, storage_class="REDUCED_REDUNDANCY", gets=1))) == {
        "s3.storage.RRS",
        "s3.req.STANDARD.tier2",
    }
