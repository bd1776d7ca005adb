"""A day that costs far from what such days do is found, taken apart, and given its addresses."""

from datetime import date, timedelta
from decimal import Decimal

from core.costs.anomalies import find_anomalies, lines_by_day
from core.costs.service.sheets import bundled_sheet
from core.model.actuals import Charge, ChargeKind
from core.model.budgets import Driver

D = Decimal
SHEET = bundled_sheet()
ODD = date(2026, 10, 20)


def sent(day, gigabytes, place="US", rate="0.085", **more):
    return Charge(
        day=day, service="AmazonCloudFront", usage_type=f"{place}-DataTransfer-Out-Bytes", unit="GB",
        quantity=D(gigabytes), billed=D(gigabytes) * D(rate), **more,
    )  # fmt: skip


def series(odd, count=60, usual=100):
    before = [sent(ODD - timedelta(days=n), usual + n % 3) for n in range(1, count)]
    return lines_by_day([*before, *odd], SHEET)


def seen(name, usual, now, kind="url", **more):
    return Driver(day=ODD, kind=kind, name=name, usual_bytes=usual, bytes=now, **more)


def test_a_day_of_many_more_bytes_is_an_effect_of_quantity_with_the_urls_behind_it():
    drivers = [
        seen("/a.jpg", 5, 900),
        seen("/quiet.jpg", 50, 10),
        seen("https://hot.link", 0, 800, "referrer"),
    ]
    (found,) = find_anomalies(series([sent(ODD, 500)]), [ODD], drivers)
    assert (found.family, found.actual) == ("cf.dto", D("42.5"))
    assert D("8.4") < found.expected < D("8.8")
    assert found.effect.quantity == found.excess
    assert [one.name for one in found.drivers] == ["/a.jpg", "https://hot.link"]


def test_no_kind_of_address_hides_another_and_what_hardly_mattered_is_left_out():
    drivers = [
        *(seen(f"/{n}.jpg", 0, 900 - n) for n in range(9)), seen("/media/", 0, 8000, "prefix"),
        seen("https://hot.link", 0, 800, "referrer"), seen("DE", 0, 399, "country"),
    ]  # fmt: skip
    (found,) = find_anomalies(series([sent(ODD, 500)]), [ODD], drivers)
    assert [one.name for one in found.drivers] == [
        "/media/", "/0.jpg", "/1.jpg", "/2.jpg", "https://hot.link",
    ]  # fmt: skip


def test_another_region_is_mix_and_another_price_is_price():
    (mixed,) = find_anomalies(series([sent(ODD, 30), sent(ODD, 71, "IN", "0.209")]), [ODD])
    assert mixed.effect.mix > abs(mixed.effect.quantity)
    assert "no access logs" in mixed.note
    (priced,) = find_anomalies(series([sent(ODD, 101, rate="0.17")]), [ODD])
    assert priced.effect.price > 8


def test_a_quiet_day_is_odd_too_and_names_what_went_away():
    (found,) = find_anomalies(
        series([sent(ODD, 5)]), [ODD], [seen("/gone.jpg", 900, 1), seen("/up", 1, 2)]
    )
    assert found.excess < 0
    assert [one.name for one in found.drivers] == ["/gone.jpg"]
    (alone,) = find_anomalies(series([sent(ODD, 5)]), [ODD], [seen("/up", 1, 2)])
    assert "no single address" in alone.note


def test_usual_days_small_change_and_days_without_data_are_no_anomaly():
    assert find_anomalies(series([sent(ODD, 110)]), [ODD]) == ()
    assert find_anomalies(series([sent(ODD, 2)], usual=1), [ODD]) == ()
    assert find_anomalies(series([]), [ODD]) == ()
    assert find_anomalies(series([sent(ODD, 900)], count=5), [ODD]) == ()


def test_two_weeks_are_enough_to_compare_with_the_days_before():
    assert len(find_anomalies(series([sent(ODD, 900)], count=15), [ODD])) == 1


def test_requests_are_explained_by_requests_and_unknown_lines_by_nothing():
    def asked(day, count):
        return Charge(
            day=day,
            service="AmazonCloudFront",
            usage_type="US-Requests-Tier2-HTTPS",
            unit="Requests",
            quantity=D(count),
            billed=D(count) / 10000,
        )

    def strange(day, cost):
        return Charge(
            day=day, service="AmazonEC2", usage_type="BoxUsage", quantity=D(1), billed=D(cost)
        )

    usual = [ODD - timedelta(days=n) for n in range(1, 40)]
    charges = [one for day in usual for one in (asked(day, 10_000), strange(day, 1))]
    charges += [
        asked(ODD, 90_000),
        strange(ODD, 9),
        sent(ODD, 0, kind=ChargeKind.CREDIT),
        sent(ODD, 5, currency="EUR"),
    ]
    found = find_anomalies(
        lines_by_day(charges, SHEET), [ODD], [seen("/a", 1, 1, usual_requests=1, requests=80_000)]
    )
    by_family = {one.family: one for one in found}
    assert by_family["cf.https"].drivers[0].name == "/a"
    unknown = by_family["AmazonEC2: BoxUsage"]
    assert (unknown.drivers, unknown.effect.quantity_after, unknown.effect.mix) == ((), None, 8)
