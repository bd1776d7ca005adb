"""Idle originals are claimed only where logs cover every day and paths lead to keys."""

from datetime import UTC, date, datetime, timedelta

import pytest

from core.costs.service.sheets import bundled_sheet
from core.costs.what_if import what_if
from core.measures.account import Account
from core.measures.idle import idle_originals, window
from core.measures.months import measured_month
from core.model.scenarios import ClassChange, Scenario
from core.model.traffic import Views
from core.model.usage import FolderCell, IdleObjects, StorageCell, Stored
from tests.measures.test_edge_map import behavior, edge
from tests.test_measures import storage

TODAY = date(2026, 11, 20)
DAYS = tuple(window(TODAY)[0] + timedelta(days=n) for n in range(90))
FOUND = IdleObjects(prefix="media/", storage_class="", objects=3, bytes=9, largest=("media/a",))


def account(**more):
    return Account(**{"region": "us-east-1", "regions": {"m": "eu-west-1"}, "edge": edge()} | more)


class Storage:
    def __init__(self, *answer):
        self.asked, self.answer = [], answer

    def idle(self, report, keys, before, least):
        self.asked.append((report.bucket, keys, before, least))
        return self.answer[0] if self.answer else (FOUND,)


def told(views=None, account=None, storage_=None, days=DAYS):
    views = views or Views(days=days, paths=frozenset({"/media/a%2520b.jpg", "/"}))
    kept = storage_ or Storage()
    return idle_originals(
        views, (storage(), storage(bucket="other")), account or globals()["account"](), kept.idle, TODAY
    )  # fmt: skip


def test_the_keys_of_viewed_paths_are_left_out_of_the_bucket_behind_them():
    kept = Storage()
    found, why = told(storage_=kept)
    assert kept.asked == [
        ("m", {"media/a b.jpg"}, datetime(2026, 8, 22, tzinfo=UTC), 2**20)
    ]  # fmt: skip
    assert [(one.bucket, one.region, one.storage_class, one.objects, one.idle_days, one.examples) for one in found] == [
        ("m", "eu-west-1", "STANDARD", 3, 90, ("media/a",))
    ]  # fmt: skip
    assert why == ""


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        ({"days": DAYS[1:]}, "tell of 88 of the 89 days"),
        ({"days": ()}, "0 of the 89 days"),
        ({"account": account(edge=None, edge_problem="AWS refused it.")}, "AWS refused it."),
        ({"account": account(edge=edge(behavior("x/*", FunctionAssociations={"Items": [{"EventType": "viewer-request"}]})))}, "may rewrite paths"),
        ({"views": Views(days=DAYS, paths=None)}, "too many paths"),
        ({"storage_": Storage(None)}, "no listing"),
    ],
)  # fmt: skip
def test_what_can_not_be_known_is_unknown_with_its_reason(case, reason):
    found, why = told(**case)
    assert found is None
    assert reason in why


def test_logs_of_the_last_two_days_may_still_come():
    assert told(days=DAYS[:-1])[0] is not None


def cell(**more):
    values = {"storage_class": "STANDARD", "role": "original", "from_bytes": 2**20, "from_days": 90,
              "stored": Stored(objects=100, bytes=100 * 2**30)}  # fmt: skip
    return StorageCell(**values | more)


def test_roles_and_ages_of_a_listing_answer_a_lifecycle_what_if():
    cells = (cell(), cell(role="rendition", from_days=7), cell(from_days=7), cell(stored=Stored(objects=0, bytes=0)))  # fmt: skip
    month = measured_month("2026-10", None, (storage(cells=cells),), (), 1, account())
    assert [(one.role, one.age_days) for one in month.stored] == [
        ("original", 90), ("rendition", 7), ("original", 7),
    ]  # fmt: skip
    change = ClassChange(to_class="STANDARD_IA", after_days=30, role="original", reads=0)
    found = what_if(Scenario(name="old", change=change), month, bundled_sheet())
    assert found.unknown == ()
    assert found.saving == pytest.approx(100 * bundled_rate("eu-west-1"))


def by_prefix(prefix, *held):
    """A what-if below a prefix of a bucket whose folders are these."""
    reported = storage(cells=(cell(),), folder_cells=tuple(held) or None)
    month = measured_month("2026-10", None, (reported,), (), 1, account())
    change = ClassChange(to_class="STANDARD_IA", reads=0, prefix=prefix)
    return what_if(Scenario(name="x", change=change), month, bundled_sheet())


def folder(name, gib, deep=True):
    kept = {"storage_class": "STANDARD", "role": "original", "from_bytes": 2**20, "from_days": 90}
    return FolderCell(folder=name, deep=deep, stored=Stored(objects=9, bytes=gib * 2**30), **kept)


HELD = (folder("media/a/", 10), folder("media/b/", 20), folder("media/", 30, deep=False), folder("logs/", 40))  # fmt: skip


@pytest.mark.parametrize(
    ("prefix", "gib"),
    [("media/", 60), ("media/a/", 10), ("med", 60), ("none/", 0), ("media/c/", 0)],
)  # fmt: skip
def test_a_prefix_that_was_measured_answers_a_class_what_if(prefix, gib):
    found = by_prefix(prefix, *HELD)
    assert found.unknown == ()
    assert found.saving == pytest.approx(gib * bundled_rate("eu-west-1"))


@pytest.mark.parametrize(
    ("prefix", "held", "said"),
    [
        ("media/a/deeper/", HELD, "below media/a/ was not measured apart"),
        ("media/ph", HELD, "below media/ was not measured apart"),  # names of files there
        ("media/c/", (*HELD, folder("media/", 5)), "below media/ was not measured apart"),
        ("other/", (*HELD, folder("", 5)), "not measured by prefix that far"),
        ("media/", (), "after the next scan"),
    ],
)
def test_a_prefix_that_was_not_measured_apart_is_unknown(prefix, held, said):
    assert said in by_prefix(prefix, *held).unknown[0]


def bundled_rate(region):
    prices = bundled_sheet().by_place
    standard, rare = (prices["s3.storage." + name, region].tiers[0].price for name in ("STANDARD", "STANDARD_IA"))  # fmt: skip
    return standard - rare


@pytest.mark.parametrize(("scope", "word"), [({"prefix": "media/"}, "prefix"), ({"role": "original"}, "role")])  # fmt: skip
def test_a_part_that_was_not_measured_apart_is_unknown_and_not_nothing(scope, word):
    month = measured_month("2026-10", None, (storage(),), (), 1, account())
    change = ClassChange(to_class="STANDARD_IA", reads=0, **scope)
    found = what_if(Scenario(name="x", change=change), month, bundled_sheet())
    assert f"not measured by {word}" in found.unknown[0]
