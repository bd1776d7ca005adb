"""Reports of usage become a measured month; what a report lacks stays unknown."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from core.errors import Conflict
from core.measures import MeasuresOfUsage
from core.measures.account import Account
from core.measures.months import measured_month
from core.model.edge_places import edge_group
from core.model.traffic import Delivered, HitRatio, OriginReport, TrafficReport, Views
from core.model.usage import (
    DuplicateGroup,
    Duplicates,
    PrefixShare,
    Share,
    StorageDay,
    StorageReport,
    StorageSource,
    Stored,
    Uploads,
    Versions,
)
from core.model.waste import BucketRules
from tests.measures.test_edge_map import edge

D = Decimal
NOW = datetime(2026, 11, 20, 13, tzinfo=UTC)
ACCOUNT = Account(region="us-east-1", edge_problem="nobody looked")


def row(label, requests, size=0, **more):
    return Delivered(label=label, requests=requests, bytes=size, **more)


def traffic(**more):
    values = {
        "first_day": date(2026, 10, 1), "last_day": date(2026, 10, 31), "requests": 1000, "bytes": 9000,
        "hit_ratio": HitRatio(hits=900, misses=99, share=0.9, bytes_share=None, definition=""),
        "days": (row("2026-10-01", 1000, 9000),), "statuses": (row("", 800, status=200), row("", 50, status=304), row("", 150, status=404)),
        "edge_results": (), "top_urls": (row("/a", 700, 7000),), "top_errors": (), "referrers": (row("https://x", 5, 5),),
        "edges": (row("FRA56-P4", 600, 6000), row("IAD79-C1", 300, 3000), row("XXX1", 100, 0)),
        "owners": (row("ann", 500, 4000),), "as_of": NOW,
    }  # fmt: skip
    return TrafficReport(**values | more)


def storage(**more):
    values = {
        "bucket": "m", "source": StorageSource.LISTING, "sampled_at": datetime(2026, 10, 30, tzinfo=UTC), "read_at": NOW, "complete": True,
        "total": Stored(objects=5, bytes=500), "by_class": (Share(name="STANDARD", stored=Stored(objects=5, bytes=500)),),
    }  # fmt: skip
    return StorageReport(**values | more)


def month(report=None, *reports):
    return measured_month("2026-10", report or traffic(), reports, (), 3, ACCOUNT)


def test_edges_become_price_groups_and_misses_are_spread_exactly():
    found = month()
    groups = {one.edge_group: one for one in found.delivered}
    assert {name: one.requests for name, one in groups.items()} == {"EU": 600, "US": 300, "": 100}
    assert found.misses == 99
    assert any("100 requests is not known" in told for told in found.missing)
    assert any("HTTPS" in told for told in found.missing)
    assert (found.views.amount, found.users.amount) == (850, 3)
    assert found.uploads.amount is None


def test_no_scan_is_unknown_and_a_scan_without_requests_of_the_month_too():
    quiet = traffic(requests=0, bytes=0, days=(), edges=(), statuses=())
    for report in (traffic(as_of=None), quiet):
        found = month(report)
        assert (found.delivered, found.views.amount, found.files) == (None, None, None)
    assert found.stored is None
    assert len(found.missing) == 2


@pytest.mark.parametrize(
    ("as_of", "days"),
    [(datetime(2026, 10, 12, tzinfo=UTC), 12), (NOW, None), (datetime(2026, 9, 3, tzinfo=UTC), 0)],
)
def test_a_running_month_counts_the_days_that_the_logs_can_cover(as_of, days):
    assert month(traffic(as_of=as_of)).measured_days == days


def test_days_before_the_first_log_are_not_measured():
    late = date(2026, 10, 15)
    assert month(traffic(first_day=late)).measured_days == 17
    assert month(traffic(first_day=late, as_of=datetime(2026, 10, 20, tzinfo=UTC))).measured_days == 6  # fmt: skip


def test_classes_versions_and_unknown_sizes_of_storage():
    found = month(
        None,
        storage(
            by_class=(Share(name="STANDARD", stored=Stored(objects=5, bytes=500)), Share(name="GLACIER", stored=Stored(objects=None, bytes=70)), Share(name="X", stored=Stored(objects=1, bytes=None)), Share(name="EMPTY", stored=Stored(objects=0, bytes=0))),
            versions=Versions(current=Stored(objects=5, bytes=500), noncurrent=Stored(objects=2, bytes=20), delete_markers=1),
            complete=False,
        ),
    )  # fmt: skip
    assert [(one.storage_class, one.objects, one.bytes, one.noncurrent) for one in found.stored] == [
        ("STANDARD", 5, 500, False), ("GLACIER", 1, 70, False), ("STANDARD", 2, 20, True),
    ]  # fmt: skip
    assert len(found.missing) == 5
    assert found.sources == ("m: listing",)


def test_weights_carry_the_whole_so_that_the_rest_can_be_shown():
    found = month(None, storage(by_prefix=(PrefixShare(prefix="media/", stored=Stored(objects=4, bytes=400), folders=True),), by_owner=(Share(name="ann", stored=Stored(objects=1, bytes=100)),)))  # fmt: skip
    tables = {(one.by, one.measure): one for one in found.weights}
    assert tables["owner", "delivered_bytes"].total == 9000
    assert tables["owner", "requests"].weights[0].amount == 500
    assert tables["prefix", "stored_bytes"].weights[0].amount == 400
    assert tables["bucket", "stored_bytes"].total == 500


def measures(*reports, report=None, **more):
    def silent(first, last):
        raise Conflict("Confirm it.", hint="")

    values = {
        "traffic": lambda first, last: report(first, last) if report else traffic(), "origin": silent, "viewed": silent,
        "storage": lambda: reports, "history": lambda: (), "idle": lambda *asked: (),
        "rules": lambda bucket, region: BucketRules(bucket=bucket, region=region, rules=()),
        "users": lambda: 1, "uploads": lambda month: 4, "account": lambda buckets: ACCOUNT,
        "headers": lambda bucket, key: None, "clock": lambda: NOW,
    }  # fmt: skip
    return MeasuresOfUsage(**values | more)


def test_waste_is_what_reports_looked_for():
    copies = Duplicates(
        groups=1,
        objects=2,
        bytes=40,
        not_comparable=0,
        largest=(DuplicateGroup(etag="e", size=20, objects=3, keys=("a", "b", "c")),),
    )
    found = measures(
        storage(
            uploads=Uploads(count=3, bytes=None, oldest=NOW - timedelta(days=30), largest=()), duplicates=copies,
            versions=Versions(current=Stored(objects=5, bytes=5), noncurrent=Stored(objects=2, bytes=20), delete_markers=0),
        ),
        storage(bucket="young", uploads=Uploads(count=3, bytes=9, oldest=NOW, largest=())),
    ).waste()  # fmt: skip
    assert [(one.bucket, one.count, one.bytes, one.oldest_days) for one in found.uploads] == [
        ("m", 3, None, 30)
    ]
    assert (found.versions[0].bytes, found.duplicates[0].examples) == (20, ("b", "c"))
    assert [one.bucket for one in found.rules] == ["m", "young"]
    assert (found.uncached, found.idle) == (None, None)
    assert found.why_not == {"idle_originals": "Confirm it.", "uncached": "Confirm it."}
    nothing = measures(storage()).waste()
    assert (nothing.uploads, nothing.versions, nothing.duplicates) == (None, None, None)


def test_idle_originals_are_worked_out_once_for_what_was_read():
    asked, read = [], [NOW]

    def viewed(first, last):
        asked.append((first, last))
        return Views(days=(), paths=frozenset())

    found = measures(
        storage(), viewed=viewed, account=lambda buckets: Account(region="us-east-1", edge=edge()),
        origin=lambda first, last: OriginReport(days=(), edges=(), urls=(), as_of=read[0]),
    )  # fmt: skip
    assert "0 of the 89 days" in found.waste().why_not["idle_originals"]
    assert found.waste().why_not["uncached"].startswith("the logs that were read tell nothing")
    assert asked == [(date(2026, 8, 22), date(2026, 11, 20))]
    read[0] = NOW + timedelta(hours=1)
    found.waste()
    assert len(asked) == 2


def test_drivers_compare_a_day_with_the_mean_of_the_week_before():
    def report(first, last):
        week = tuple(row(str(first + timedelta(days=n)), 1) for n in range((last - first).days + 1))
        urls = (row("/a", 10, 100),) if len(week) == 1 else (row("/a", 70, 70), row("/gone", 7, 7))
        return traffic(days=week, top_urls=urls, referrers=())

    found = {one.name: one for one in measures(report=report).drivers([date(2026, 10, 9)])}
    assert (found["/a"].usual_bytes, found["/a"].bytes) == (10, 100)
    assert (found["/gone"].usual_requests, found["/gone"].requests) == (1, 0)
    assert measures().month("2026-02").period == "2026-02"


@pytest.mark.parametrize(
    ("location", "group"),
    [
        ("FRA56-P4", "EU"),
        ("NRT12", "JP"),
        ("YTO50-C1", "US"),
        ("TLV50", "EU"),
        ("LOCAL", ""),
        ("", ""),
        ("QQQ1", ""),
    ],
)
def test_an_airport_that_is_not_known_has_no_group(location, group):
    assert edge_group(location) == group


def test_a_report_that_can_not_be_had_is_missing_with_its_reason():
    def report(first, last):
        raise Conflict("This scans 20 GB of logs.", hint="Confirm it.")

    asked = measures(report=report)
    found = asked.month("2026-10")
    assert found.delivered is None
    assert "20 GB" in found.missing[-1]
    assert asked.drivers([date(2026, 10, 9)]) == ()


def test_a_long_tail_of_files_is_one_row_and_loses_nothing():
    files = tuple(row(f"/media/{n}/", 1, n) for n in range(3000))
    tables = {(one.by, one.measure): one for one in month(traffic(files=files)).weights}
    weights = tables["file", "delivered_bytes"].weights
    assert (len(weights), weights[-1].key) == (1001, "2,000 others")
    assert sum(one.amount for one in weights) == sum(range(3000))


def test_statuses_are_read_from_the_label_of_their_grouping_too():
    assert month(traffic(statuses=(row("200", 7), row("404", 2), row(None, 1)))).views.amount == 7


def kept(day, source=StorageSource.LISTING, bucket="m", **classes):
    shares = tuple(
        Share(name=name, stored=Stored(objects=objects, bytes=size))
        for name, (objects, size) in classes.items()
    )
    return StorageDay(bucket=bucket, source=source, day=day, total=Stored(objects=0, bytes=0), by_class=shares, sampled_at=NOW)  # fmt: skip


def test_a_month_that_is_over_takes_the_mean_of_its_days_and_not_the_storage_of_today():
    today = storage(sampled_at=NOW)
    days = (
        kept("2026-10-01", STANDARD=(2, 100)), kept("2026-10-02", STANDARD=(4, 300), GLACIER=(None, 50)),
        kept("2026-10-02", StorageSource.CLOUDWATCH, STANDARD=(9, 9999)), kept("2026-09-30", STANDARD=(9, 9999)),
        kept("2026-10-03", bucket="n", STANDARD=(1, None)),
    )  # fmt: skip
    found = measured_month("2026-10", traffic(), (today,), days, 3, ACCOUNT)
    assert [(one.storage_class, one.objects, one.bytes) for one in found.stored] == [
        ("STANDARD", 3, 200),
        ("GLACIER", 1, 25),
    ]
    assert measured_month("2026-08", None, (today,), days, 3, ACCOUNT).stored is None
    fresh = measured_month("2026-11", None, (today,), days, 3, ACCOUNT)
    assert [one.bytes for one in fresh.stored] == [500]


def test_paths_of_logs_are_named_as_storage_names_its_prefixes():
    tables = {
        (one.by, one.measure): one
        for one in month(traffic(prefixes=(row("/media/", 5, 5),))).weights
    }
    assert tables["prefix", "requests"].weights[0].key == "media/"
