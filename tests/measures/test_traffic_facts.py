"""Protocols, misses, TTLs and buckets of the delivered bytes, from logs and settings together."""

from datetime import UTC, date, datetime

from core.costs.service.sheets import bundled_sheet
from core.costs.what_if import what_if
from core.measures.account import Account
from core.measures.delivered import delivered
from core.measures.months import measured_month
from core.measures.ttl import ttl_today
from core.measures.uncached import uncached_paths
from core.model.measured import ViewedFile
from core.model.scenarios import Scenario, TtlChange
from core.model.traffic import EdgeUse, OriginReport
from tests.measures.test_edge_map import DISABLED, behavior, edge
from tests.test_measures import month, row, traffic

NOW = datetime(2026, 11, 20, 13, tzinfo=UTC)
DAY = date(2026, 10, 31)


def use(edge, protocol, requests, asked=0, size=0, **more):
    return EdgeUse(edge=edge, protocol=protocol, requests=requests, bytes=size, asked=asked, **more)


def origin(*edges, urls=(), days=(DAY,)):
    return OriginReport(days=days, edges=edges, urls=urls, as_of=NOW)


def account(**more):
    return Account(**{"region": "us-east-1", "media_bucket": "m", "edge": edge()} | more)


def test_http_and_misses_are_those_of_their_own_edges():
    missing = []
    found = delivered(
        traffic(),
        origin(
            use("FRA1", "https", 500, 10), use("FRA2", "http", 90, 1), use("IAD1", "wss", 300, 7),
            use("IAD1", "ws", 10), use("", "", 100, 3),
        ),
        missing,
    )  # fmt: skip
    assert [(one.edge_group, one.requests, one.http_requests, one.misses) for one in found] == [
        ("", 100, 0, 3), ("EU", 590, 90, 11), ("US", 310, 10, 7),
    ]  # fmt: skip
    assert [told.split(" ")[:5] for told in missing] == [
        ["the", "protocol", "of", "100", "requests"], ["the", "place", "of", "100", "requests"],
    ]  # fmt: skip


def test_redirects_are_told_apart_from_what_is_answered_over_http():
    rows = (
        use("FRA1", "http", 90), use("FRA2", "http", 9, redirected=True), use("FRA2", "https", 5),
    )  # fmt: skip
    (found,) = delivered(traffic(), origin(*rows), [])
    assert (found.requests, found.http_requests, found.redirects) == (104, 99, 9)


def test_edges_beyond_the_busiest_are_not_lost():
    found = month(traffic(edges=(row("FRA56-P4", 600, 6000),)))
    assert {one.edge_group: (one.requests, one.bytes) for one in found.delivered} == {
        "EU": (600, 6000), "": (400, 3000),
    }  # fmt: skip


def test_delivery_belongs_to_the_bucket_behind_each_folder():
    report = traffic(prefixes=(row("/media/", 600, 6000), row("/deep/", 300, 2000), row("/api/", 50, 9)))  # fmt: skip
    around = account(edge=edge(behavior("deep/*", "deep"), behavior("api/*", "api")))
    found = measured_month("2026-10", report, (), (), 1, around)
    tables = {(one.by, one.measure): one for one in found.weights}
    weights = tables["bucket", "delivered_bytes"]
    assert {one.key: one.amount for one in weights.weights} == {"m": 6000, "n": 2000}
    assert weights.total == 9000


def test_a_bucket_is_priced_where_it_lies_and_an_unread_region_is_told():
    found = measured_month("2026-10", None, (), (), 1, account(regions={"m": "eu-central-1"}))
    assert found.origin_region == "eu-central-1"
    blind = measured_month("2026-10", None, (), (), 1, account(regions={"m": None}))
    assert blind.origin_region == "us-east-1"
    assert any("priced as in us-east-1" in told for told in blind.missing)


def viewed(*requests):
    return [ViewedFile(path=f"/media/{n}.jpg", requests=one) for n, one in enumerate(requests)]


def test_the_ttl_of_today_is_that_of_nine_in_ten_requests():
    headers = {"media/0.jpg": {"CacheControl": "max-age=3600"}, "media/1.jpg": {}}
    found = ttl_today(viewed(95, 5), account(), lambda bucket, key: headers[key])
    assert found == (3600, "")
    mixed, why = ttl_today(viewed(60, 40), account(), lambda bucket, key: headers[key])
    assert mixed is None
    assert "from 1 hour to 1 day" in why


def test_a_ttl_that_nobody_can_know_is_unknown_with_its_reason():
    def nothing(bucket, key):
        return None

    assert "can't be read" in ttl_today(viewed(5), account(), nothing)[1]
    assert "no URL" in ttl_today((), account(), nothing)[1]
    blind = account(edge=None, edge_problem="AWS refused GetDistribution.")
    assert "AWS refused" in ttl_today(viewed(5), blind, nothing)[1]


def test_the_ttl_what_if_works_on_a_measured_month():
    urls = tuple(row(f"/media/{n}.jpg", 20_000, 10, asked=8_000) for n in range(10))
    report = origin(use("FRA1", "https", 200_000, 80_000), urls=urls)
    around = account()
    found = measured_month("2026-10", traffic(requests=200_000), (), (), 1, around, report)
    seconds, _ = ttl_today(found.files, around, lambda bucket, key: {"CacheControl": "max-age=300"})
    known = found.model_copy(update={"ttl_seconds": seconds})
    answer = what_if(Scenario(name="day", change=TtlChange(seconds=86_400)), known, bundled_sheet())
    assert answer.saving > 0
    assert any("5 minutes today" in told for told in answer.assumptions)
    unknown = found.model_copy(update={"ttl_unknown": "nobody knows"})
    told = what_if(Scenario(name="day", change=TtlChange(seconds=86_400)), unknown, bundled_sheet())
    assert told.unknown == ("nobody knows",)


def test_urls_that_the_origin_is_asked_for_come_with_their_object():
    urls = (
        row("/media/a%2520b.jpg", 5000, 9, asked=4000), row("/api/x", 5000, 9, asked=5000),
        row("/media/rare.jpg", 10, 9, asked=10), row("/media/good.jpg", 5000, 9, asked=300),
        row("/never/x", 2000, 9, asked=2000),
    )  # fmt: skip
    around = account(
        regions={"m": "eu-central-1"},
        edge=edge(behavior("api/*", "api"), behavior("never/*", policy=DISABLED)),
    )
    held = {"CacheControl": "max-age=0", "ContentType": "image/jpeg", "Expires": "x"}
    found = uncached_paths(origin(urls=urls), around, lambda bucket, key: held)
    assert [(one.key, one.region, one.kept_seconds, one.most_seconds) for one in found] == [
        ("media/a b.jpg", "eu-central-1", 1, 31_536_000), ("", "", None, 31_536_000),
        ("never/x", "eu-central-1", 0, 0),
    ]  # fmt: skip
    assert found[0].headers == {"CacheControl": "max-age=0", "ContentType": "image/jpeg"}
    assert uncached_paths(origin(days=()), around, lambda bucket, key: held) is None
    blind = uncached_paths(origin(urls=urls), account(edge=None), lambda bucket, key: held)
    assert {(one.bucket, one.kept_seconds) for one in blind} == {("", None)}
