"""What-if against the payback table of the price facts and against bills made by hand."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from pydantic import ValidationError

from core.costs.outcome import payback
from core.costs.service.sheets import bundled_sheet
from core.costs.ttl import misses_at
from core.costs.what_if import what_if
from core.model.measured import DeliveredGroup, MeasuredMonth, StoredGroup, ViewedFile
from core.model.scenarios import Scenario

D = Decimal
SHEET = bundled_sheet()
KIB, MIB, GIB = 1024, 1024**2, 1024**3
NOW = datetime(2026, 11, 1, tzinfo=UTC)


def stored(size, count=1_000_000, **more):
    values = {"bucket": "m", "region": "us-east-1", "age_days": 400, "views": 0} | more
    return StoredGroup(objects=count, bytes=size * count, **values)


def month(*groups, delivered=None, **more):
    return MeasuredMonth(
        period="2026-10", origin_region="us-east-1", stored=groups, delivered=delivered, **more
    )


def answer(measured, **change):
    return what_if(Scenario(name="x", change=change), measured, SHEET)


@pytest.mark.parametrize(
    ("size", "to_class", "months"),
    [
        (128 * KIB, "STANDARD_IA", "7.8"), (256 * KIB, "STANDARD_IA", "3.9"), (MIB, "STANDARD_IA", "1.0"),
        (128 * KIB, "GLACIER_IR", "8.6"), (64 * KIB, "GLACIER_IR", "21.8"), (MIB, "GLACIER_IR", "1.1"),
        (64 * KIB, "GLACIER", "33.4"), (MIB, "GLACIER", "1.6"), (16 * KIB, "DEEP_ARCHIVE", "384"),
        (MIB, "DEEP_ARCHIVE", "2.3"), (16 * KIB, "STANDARD_IA", None), (16 * KIB, "GLACIER_IR", None),
    ],
)  # fmt: skip
def test_the_payback_of_a_class_is_that_of_the_price_facts(size, to_class, months):
    found = answer(month(stored(size)), kind="storage_class", to_class=to_class, small_too=True)
    if months is None:
        assert found.saving < 0
        assert found.payback_months is None
    else:
        assert found.payback_months == pytest.approx(
            D(months), abs=D("0.6") if D(months) > 100 else D("0.051")
        )


def test_small_objects_stay_unless_the_rule_says_otherwise():
    found = answer(month(stored(64 * KIB)), kind="storage_class", to_class="GLACIER_IR")
    assert (found.saving, found.one_off, found.payback_months) == (0, 0, None)
    assert any("128 KB" in told for told in found.assumptions)


def test_reads_are_charged_at_the_class_that_they_come_from():
    found = answer(month(stored(GIB, 100)), kind="storage_class", to_class="STANDARD_IA", reads="2")
    # storage 2.30 -> 1.25, retrieval 200 GB x .01 = 2.00, GET 200 x (.001 - .0004)/1000
    assert found.saving == D("2.3") - D("1.25") - 2 - D("0.00012")
    assert found.payback_months is None


def test_without_known_reads_it_says_what_is_saved_unread_and_up_to_how_many_reads():
    measured = month(stored(GIB, 100, views=None))
    found = answer(measured, kind="storage_class", to_class="STANDARD_IA")
    assert "read" in found.unknown[0]
    assert (found.saving, found.after, found.payback_months) == (None, None, None)
    assert found.before == D("2.3")
    alone = found.if_unread
    assert (alone.after, alone.saving, alone.one_off) == (D("1.25"), D("1.05"), D("0.001"))
    assert alone.payback_months == 0
    # each read of 100 objects takes 100 x .01 of retrieval and 100 x (.001 - .0004)/1000
    assert alone.pays_below == D("1.0499")
    assert alone.pays_above is None
    for reads, pays in ((alone.pays_below, True), (alone.pays_below + D("0.0002"), False)):
        known = answer(measured, kind="storage_class", to_class="STANDARD_IA", reads=reads)
        assert (known.saving > 0) is pays
        assert known.if_unread is None


def test_what_saves_only_when_it_is_read_says_from_how_many_reads_on():
    measured = month(stored(GIB, 100, views=None, storage_class="STANDARD_IA"))
    alone = answer(measured, kind="storage_class", to_class="STANDARD").if_unread
    assert (alone.saving, alone.pays_below, alone.payback_months) == (D("-1.05"), None, None)
    assert alone.pays_above == D("1.05")
    lost = answer(month(stored(16 * KIB, views=None)), kind="storage_class", to_class="GLACIER_IR", small_too=True)  # fmt: skip
    assert lost.if_unread.saving < 0
    assert (lost.if_unread.pays_below, lost.if_unread.pays_above) == (None, None)


def test_reads_that_are_known_of_a_part_count_and_only_the_others_are_open():
    groups = (stored(GIB, 100, views=30), stored(GIB, 100, views=None, prefix="b/"))
    alone = answer(month(*groups), kind="storage_class", to_class="STANDARD_IA").if_unread
    assert alone.saving == 2 * D("1.05") - 30 * D("0.01") - 30 * D("0.0000006")


def test_a_month_of_now_is_known_where_only_the_change_is_not():
    dated = month(stored(GIB, 100, age_days=None), delivered=DELIVERED)
    found = answer(dated, kind="storage_class", to_class="STANDARD_IA", after_days=30)
    assert (found.saving, found.if_unread) == (None, None)
    assert found.before > D("2.3")
    assert answer(month(), kind="ttl", seconds=60).before is None


def test_reads_without_a_price_leave_the_answer_unknown_but_not_the_month_of_now():
    rare = month(stored(GIB, 5, region="sa-east-1", views=None))
    found = answer(rare, kind="storage_class", to_class="GLACIER")
    assert found.if_unread is None
    assert found.before is not None
    assert any("sa-east-1" in told for told in found.unknown)


def test_every_read_from_an_archive_is_a_restore():
    found = answer(month(stored(GIB, 10)), kind="storage_class", to_class="GLACIER", reads="1")
    unread = answer(month(stored(GIB, 10)), kind="storage_class", to_class="GLACIER", reads="0")
    restored = 10 * (D("0.01") + D("0.05") / 1000)  # 10 GB and 10 requests, standard
    assert unread.saving - found.saving == pytest.approx(restored, abs=D("0.00001"))
    assert any("restore" in told for told in found.assumptions)
    assert not any("restore" in told for told in unread.assumptions)


def test_reading_has_one_price_at_any_amount_as_the_break_even_takes_for_granted():
    starts = ("s3.req.", "s3.retrieval", "s3.express.get", "s3.express.retrieval")
    read = [one for one in SHEET.dimensions if one.line.startswith(starts)]
    assert len(read) > 50
    assert {len(one.tiers) for one in read} == {1}


def test_a_lifecycle_rule_moves_what_is_old_enough_and_needs_the_age():
    groups = (stored(GIB, 100, age_days=100), stored(GIB, 50, age_days=10, prefix="new/"))
    found = answer(month(*groups), kind="storage_class", to_class="GLACIER_IR", after_days=90)
    assert found.saving == 100 * (D("0.023") - D("0.004"))
    assert found.one_off == D("0.002")
    assert any("90 days" in told for told in found.risks)
    assert found.confidence == "medium"
    blind = answer(
        month(stored(GIB, 5, age_days=None)),
        kind="storage_class",
        to_class="GLACIER_IR",
        after_days=1,
    )
    assert blind.saving is None
    undated = answer(
        month(stored(GIB, 5, age_days=None)), kind="storage_class", to_class="GLACIER_IR"
    )
    assert any("how old" in told for told in undated.assumptions)


def test_the_scope_of_a_change_is_its_bucket_prefix_and_role():
    groups = (
        stored(GIB, 10, prefix="a/", role="original"),
        stored(GIB, 10, prefix="b/", role="other"),
    )
    for scope in ({"prefix": "a/"}, {"role": "original"}):
        assert answer(
            month(*groups), kind="storage_class", to_class="STANDARD_IA", **scope
        ).saving == D("0.105")
    nothing = answer(month(*groups), kind="storage_class", to_class="STANDARD_IA", bucket="other")
    assert nothing.saving == 0
    assert "nothing" in nothing.assumptions[0]
    unmeasured = MeasuredMonth(period="2026-10")
    assert answer(unmeasured, kind="storage_class", to_class="STANDARD_IA").unknown
    assert answer(unmeasured, kind="intelligent_tiering", infrequent="0.5").unknown


@pytest.mark.parametrize(
    ("target", "word"), [("DEEP_ARCHIVE", "restored"), ("ONEZONE_IA", "data centre")]
)
def test_classes_that_can_lose_or_delay_a_picture_are_of_high_risk(target, word):
    found = answer(month(stored(GIB, 1)), kind="storage_class", to_class=target)
    assert found.risk == "high"
    assert any(word in told for told in found.risks)


@pytest.mark.parametrize(
    ("source", "once"),
    [("STANDARD_IA", D("10") / 100 * 1 + D("0.00006")), ("GLACIER", D("0.1") + D("0.00055"))],
)  # fmt: skip
def test_moving_back_to_standard_reads_or_restores_and_writes_each_object(source, once):
    found = answer(
        month(stored(GIB, 10, storage_class=source)), kind="storage_class", to_class="STANDARD"
    )
    assert found.saving < 0
    assert found.one_off == once


def test_a_class_whose_price_nobody_knows_is_unknown():
    found = answer(
        month(stored(GIB, 5, region="sa-east-1")), kind="storage_class", to_class="GLACIER"
    )
    assert found.saving is None
    assert "sa-east-1" in found.unknown[0]


def test_intelligent_tiering_breaks_even_at_256_kb_when_all_is_infrequent():
    near = [
        answer(month(stored(size)), kind="intelligent_tiering", infrequent="1").saving
        for size in (245_000, 265_000)
    ]
    assert near[0] < 0 < near[1]
    small = answer(month(stored(100 * KIB)), kind="intelligent_tiering", infrequent="1")
    assert (small.saving, small.one_off) == (0, 0)
    split = answer(
        month(stored(GIB, 100)),
        kind="intelligent_tiering",
        infrequent="0.5",
        archive_instant="0.25",
    )
    assert split.saving == D("2.3") - (25 * D("0.023") + 50 * D("0.0125") + 25 * D("0.004")) - D(
        "0.00025"
    )
    assert split.one_off == D("0.001")
    assert answer(
        month(stored(GIB)), kind="intelligent_tiering", infrequent="0.8", archive_instant="0.5"
    ).unknown


DELIVERED = (
    DeliveredGroup(edge_group="US", requests=20_000_000, bytes=2000 * GIB, misses=4_000_000),
    DeliveredGroup(edge_group="IN", requests=5_000_000, bytes=500 * GIB, misses=1_000_000),
)


def test_smaller_pictures_save_delivered_bytes_and_cost_their_rewriting():
    groups = (stored(MIB, 1000, role="rendition"), stored(GIB, 10, role="original"))
    found = answer(month(*groups, delivered=DELIVERED), kind="images", bytes_left="0.5")
    # 1,024 free GB go to the cheapest: US 976 and IN 500 are paid, then US 0 and IN 226
    storage = (1000 * D(MIB) / GIB / 2) * D("0.023")
    bytes_before, bytes_after = 976 * D("0.085") + 500 * D("0.109"), 226 * D("0.109")
    assert found.saving == pytest.approx(storage + bytes_before - bytes_after, abs=D("1e-6"))
    assert found.one_off == D("0.005")
    assert any("computing" in told for told in found.assumptions)
    alone = answer(
        month(delivered=DELIVERED), kind="images", bytes_left="0.5", share_of_delivery="0"
    )
    assert alone.saving == 0
    assert answer(month(stored(GIB)), kind="images", bytes_left="0.5").unknown


def test_a_better_hit_ratio_saves_gets_and_nothing_else():
    found = answer(month(delivered=DELIVERED), kind="hit_ratio", target="0.9")
    assert found.saving == D("2500000") * D("0.0004") / 1000
    assert answer(
        month(delivered=(DeliveredGroup(edge_group="US", requests=5, bytes=5),)),
        kind="hit_ratio",
        target="1",
    ).unknown
    cold = month(delivered=(DeliveredGroup(edge_group="US", requests=1000, bytes=5, misses=0),))
    assert answer(cold, kind="hit_ratio", target="0.5").saving == 0


def test_a_price_class_moves_far_viewers_to_the_cheapest_included_edge():
    found = answer(month(delivered=DELIVERED), kind="price_class", to="PriceClass_100")
    # bytes: (976 x .085 + 500 x .109) - 1476 x .085; requests: 10 M free at IN's .012 or US's .01 per 10k
    assert found.saving == 500 * (D("0.109") - D("0.085")) + 500 * (D("0.012") - D("0.01"))
    assert found.risk == "medium"
    same = answer(month(delivered=DELIVERED[:1]), kind="price_class", to="PriceClass_100")
    assert same.saving == 0
    assert "already" in same.assumptions[0]
    blind = month(delivered=(DeliveredGroup(requests=5, bytes=5),))
    assert answer(blind, kind="price_class", to="PriceClass_200").unknown == (
        "a price class needs the bytes by geography, which are not known",
    )


def test_a_sheet_without_the_members_of_a_price_class_leaves_it_unknown():
    bare = SHEET.model_copy(update={"price_classes": {}})
    scenario = Scenario(name="x", change={"kind": "price_class", "to": "PriceClass_200"})
    found = what_if(scenario, month(delivered=DELIVERED), bare)
    assert found.unknown == ("the price sheet does not say what PriceClass_200 includes",)


def test_a_longer_ttl_leaves_fewer_misses_by_a_model_that_meets_those_of_now():
    files = tuple(ViewedFile(path=f"/{n}", requests=n * 10) for n in range(1, 201))
    requests = sum(one.requests for one in files)
    delivered = (
        DeliveredGroup(edge_group="US", requests=requests, bytes=GIB, misses=requests // 2),
    )
    measured = month(delivered=delivered, files=files, ttl_seconds=3600)
    assert misses_at(measured, 3600) == pytest.approx(requests // 2, rel=0.001)
    longer, shorter = misses_at(measured, 86_400), misses_at(measured, 60)
    assert longer < requests // 2 < shorter < requests
    found = answer(measured, kind="ttl", seconds=86_400)
    assert found.saving == (requests // 2 - longer) * D("0.0004") / 1000
    assert (found.confidence, found.risk) == ("low", "medium")
    assert answer(measured, kind="ttl", seconds=60).saving < 0


def test_a_ttl_without_requests_by_url_or_beyond_the_model_is_unknown():
    one = (DeliveredGroup(edge_group="US", requests=1000, bytes=5, misses=999),)
    few = (ViewedFile(path="/a", requests=1000),)
    assert answer(month(delivered=one), kind="ttl", seconds=60).unknown
    none_fits = month(
        delivered=(one[0].model_copy(update={"misses": 1}),), files=few, ttl_seconds=60
    )
    assert "model" in answer(none_fits, kind="ttl", seconds=600).unknown[0]
    assert misses_at(month(delivered=one, files=(), ttl_seconds=60), 60) is None
    assert misses_at(month(files=few), 60) is None


def test_what_costs_nothing_has_paid_back_at_once_and_what_saves_nothing_never():
    assert payback(D(0), D(5)) == 0
    assert payback(D(5), D(0)) is None


@pytest.mark.parametrize(
    "change",
    [{"kind": "nonsense"}, {"kind": "hit_ratio", "target": "1.5"}, {"kind": "ttl", "seconds": 0}],
)
def test_nonsense_is_no_scenario(change):
    with pytest.raises(ValidationError):
        Scenario(name="x", change=change)


def test_a_redirect_bills_a_view_over_http_twice():
    group = DeliveredGroup(
        edge_group="US", requests=50_000_000, http_requests=20_000_000, redirects=5_000_000, bytes=0, misses=0
    )  # fmt: skip
    found = answer(month(delivered=(group,)), kind="https")
    # 15,000,000 more over HTTPS at $0.0100 per 10,000
    assert found.saving == -15
    assert any(
        "15,000,000 requests are answered over plain HTTP" in one for one in found.assumptions
    )
    calm = answer(
        month(delivered=(group.model_copy(update={"redirects": 20_000_000}),)), kind="https"
    )
    assert (calm.saving, calm.risks) == (0, ())


@pytest.mark.parametrize(
    "delivered", [None, (DeliveredGroup(edge_group="US", requests=5, http_requests=2, bytes=0),)]
)
def test_a_redirect_of_requests_that_nobody_told_apart_is_unknown(delivered):
    assert "not told apart" in answer(month(delivered=delivered), kind="https").unknown[0]
