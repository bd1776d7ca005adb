"""The service over a real store and a Cost Explorer that counts what it is asked."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from threading import Thread

import pytest
from moto import mock_aws

from core.aws.clients import AwsClients
from core.aws.cost_explorer import CostRange
from core.aws.metering import CallMeter
from core.costs.service import CostsService
from core.costs.service.actuals import ActualsBook
from core.costs.service.alerts import AwsNotifier
from core.costs.service.bills import ExplorerBill
from core.costs.service.export_files import uploaded
from core.costs.service.inputs import CostParts, NothingMeasured
from core.costs.service.own_cost import OwnCostBook
from core.costs.service.sheets import PriceSheets
from core.errors import AwsDenied, AwsUnavailable, Configuration, InvalidInput, NotAllowed, NotFound
from core.model.actuals import Charge, ChargeKind
from core.model.budgets import Budget
from core.model.identity import Actor, Role
from core.model.measured import DeliveredGroup, MeasuredMonth, StoredGroup, Weight, Weights
from core.model.scenarios import Scenario
from core.model.waste import AbandonedUploads, Waste
from core.stores.sqlite import SqliteRecordStore

D = Decimal
GIB = 2**30
ADMIN, SUPPORT = (Actor(account_id="a", role=role) for role in (Role.ADMIN, Role.SUPPORT))


class Explorer:
    """Costs by day: 100 GB of CloudFront, one GB more on each day of October."""

    def __init__(self):
        self.asked, self.error, self.estimated = [], None, False

    def charges(self, start, end):
        self.asked.append((start, end))
        if self.error:
            raise self.error
        days = [start + timedelta(days=n) for n in range((end - start).days)]
        found = [self.charge(day) for day in days]
        if start.month == 10:
            found.append(
                found[0].model_copy(
                    update={"kind": ChargeKind.TAX, "usage_type": "", "billed": D(3)}
                )
            )
        return CostRange(tuple(found), self.estimated, 1)

    def charge(self, day):
        sent = D(110 if day.month == 10 else 100)
        return Charge(
            day=day,
            service="Amazon CloudFront",
            usage_type="US-DataTransfer-Out-Bytes",
            quantity=sent,
            unit="GB",
            billed=sent * D("0.085"),
        )


class Measured(NothingMeasured):
    def month(self, period):
        if period < "2026-09":
            return MeasuredMonth(period=period)
        return MeasuredMonth(
            period=period, origin_region="us-east-1", measured_days=D(19) if period == "2026-11" else None,
            stored=(StoredGroup(bucket="m", region="us-east-1", objects=10, bytes=100 * GIB, views=0, age_days=90),),
            delivered=(DeliveredGroup(edge_group="US", requests=1000, bytes=3000 * GIB, misses=10),),
            weights=(Weights(by="owner", measure="delivered_bytes", total=D(4), weights=(Weight(key="ann", amount=D(3)),), source="logs"),),
        )  # fmt: skip

    def waste(self):
        return Waste(
            uploads=(AbandonedUploads(bucket="m", region="us-east-1", count=1, bytes=GIB),)
        )


class Notifier:
    def __init__(self):
        self.sent, self.error = [], None

    def mail(self, to, subject, text):
        if self.error:
            raise self.error
        self.sent.append((to, subject, text))

    topic = mail


class World:
    def __init__(self, folder, explorer=None, measures=None):
        self.now = datetime(2026, 11, 20, 13, tzinfo=UTC)
        self.explorer, self.notifier = explorer, Notifier()
        self.store = SqliteRecordStore(folder / "r.sqlite3", [])
        sheets = PriceSheets(folder / "prices")
        self.meter = CallMeter(lambda: self.now)
        bill = ExplorerBill(explorer) if explorer else None
        book = ActualsBook(folder, bill, lambda: self.now, timedelta(hours=12))
        self.own = OwnCostBook(self.store, self.meter, sheets, lambda: self.now, D("0.05"))
        parts = CostParts(
            self.store, book, measures or Measured(), self.notifier, self.own, lambda: self.now
        )
        self.costs = CostsService(sheets, lambda: self.now, parts)


@pytest.fixture
def billed(tmp_path):
    world = World(tmp_path, Explorer())
    yield world
    world.store.close()


@pytest.fixture
def unbilled(tmp_path):
    world = World(tmp_path)
    yield world
    world.store.close()


CALLS = [
    lambda c, a: c.month(a), lambda c, a: c.estimate_month(a), lambda c, a: c.compare(a), lambda c, a: c.what_if(a, None),
    lambda c, a: c.compare_scenarios(a), lambda c, a: c.scenarios(a), lambda c, a: c.save_scenario(a, None), lambda c, a: c.remove_scenario(a, "x"),
    lambda c, a: c.recommendations(a), lambda c, a: c.reconcile(a), lambda c, a: c.forecast(a), lambda c, a: c.anomalies(a),
    lambda c, a: c.budgets(a), lambda c, a: c.save_budget(a, None), lambda c, a: c.remove_budget(a, "x"), lambda c, a: c.alerts(a),
    lambda c, a: c.dismiss_alert(a, "x"), lambda c, a: c.own_cost(a), lambda c, a: c.plans(a),
]  # fmt: skip


@pytest.mark.parametrize("call", CALLS)
def test_every_method_needs_costs_read_before_anything_else(unbilled, call):
    with pytest.raises(NotAllowed, match="costs:read"):
        call(unbilled.costs, SUPPORT)


def test_a_month_is_shown_as_billed_with_owners_units_and_a_sentence(billed):
    found = billed.costs.month(ADMIN, "2026-10")
    assert found.basis == "billed"
    assert found.total == 31 * 110 * D("0.085") + 3
    assert found.estimate.figures.list_usd > 0
    owners = next(one for one in found.allocations if one.by == "owner")
    # logs saw 4 bytes of 3,410 GB, so almost all belongs to nobody
    assert owners.unallocated_percent > 99
    assert found.sentence.startswith(
        "October cost $292.85, 15 % more than September, mostly because CloudFront data out rose from 3,000 to 3,410 GB"
    )


def test_each_month_is_paid_for_once_and_a_settled_one_never_again(billed):
    billed.costs.month(ADMIN, "2026-10")
    billed.costs.month(ADMIN, "2026-10")
    billed.costs.month(ADMIN)
    asked = len(billed.explorer.asked)
    assert asked == 3
    billed.now += timedelta(hours=13)
    billed.costs.month(ADMIN)
    assert billed.explorer.asked[asked:] == [(date(2026, 11, 1), date(2026, 11, 22))]


def test_two_who_ask_at_once_pay_once(billed):
    readers = [Thread(target=lambda: billed.costs.forecast(ADMIN, "2026-10")) for _ in range(4)]
    for one in readers:
        one.start()
    for one in readers:
        one.join()
    assert len(billed.explorer.asked) == 3


def test_a_running_month_is_compared_with_the_same_whole_days(billed):
    found = billed.costs.compare(ADMIN)
    assert (found.total_after, found.total_before) == (18 * D("8.5"), 18 * D("9.35") + 3)
    assert "so far (18 of 30 days)" in found.sentence
    assert "the same days of October" in found.sentence


def test_the_month_on_the_page_and_its_sentence_tell_one_total(billed):
    found = billed.costs.month(ADMIN)
    assert f"${found.total:,.2f} so far ({found.days} of 30 days)" in found.sentence
    assert "its first 18 days cost $153.00" in found.sentence


def test_refused_and_throttled_show_the_last_good_data_with_their_age(billed):
    first = billed.costs.month(ADMIN)
    billed.now += timedelta(days=1)
    billed.explorer.error = AwsDenied("AWS refused GetCostAndUsage.", hint="Allow it.")
    later = billed.costs.month(ADMIN)
    assert (later.total, later.as_of) == (first.total, first.as_of)
    assert "refused" in later.problem


def test_without_any_bill_the_month_is_an_estimate_and_says_why(billed):
    billed.explorer.error = AwsUnavailable("AWS throttled it.", hint="Later.")
    found = billed.costs.month(ADMIN)
    assert (found.basis, found.days) == ("estimated", 19)
    assert "throttled" in found.problem
    assert found.sentence.startswith("November is estimated at")
    with pytest.raises(NotFound, match="throttled"):
        billed.costs.reconcile(ADMIN, "2026-10")
    assert "throttled" in billed.costs.forecast(ADMIN).unknown


def test_the_embedded_cloud_has_no_bill_and_nothing_to_compare_with(unbilled):
    found = unbilled.costs.month(ADMIN, "2026-09")
    assert "embedded" in found.problem
    assert "nothing of the month before" in found.sentence
    assert unbilled.costs.anomalies(ADMIN) == ()
    assert unbilled.costs.estimate_month(ADMIN, "2026-10").total == found.total


def test_a_month_before_all_bills_is_not_compared_with_nothing(billed):
    billed.explorer.charges = lambda start, end: CostRange((), False, 1)
    assert "nothing of the month before" in billed.costs.month(ADMIN, "2026-10").sentence


def test_reconciliation_takes_an_export_or_cost_explorer(billed):
    found = billed.costs.reconcile(ADMIN, "2026-10")
    (dto,) = [line for line in found.lines if line.line == "cf.dto"]
    assert (dto.quantity_step, dto.price_step) == (410 * D("0.085"), 0)
    assert any(
        "billed at $0.085 per GB, the sheet says $0.085 per GB" in note for note in dto.notes
    )
    text = (
        "line_item_usage_start_date,line_item_product_code,line_item_usage_type,line_item_line_item_type,line_item_usage_amount,"
        "pricing_unit,pricing_public_on_demand_cost,line_item_unblended_cost,line_item_currency_code\n"
        "2026-10-01,AmazonCloudFront,US-DataTransfer-Out-Bytes,Usage,3000,GB,255,200,USD\n"
    )
    export = billed.costs.reconcile(ADMIN, "2026-10", [uploaded("cur.csv", text.encode())])
    (dto,) = [line for line in export.lines if line.line == "cf.dto"]
    assert (dto.quantity_step, dto.price_step, dto.discount_step) == (0, 0, -55)


def test_the_forecast_takes_the_months_before_and_what_is_not_by_the_day(billed):
    found = billed.costs.forecast(ADMIN)
    assert found.known_days == 18
    assert found.total > found.so_far > 0
    assert billed.costs.forecast(ADMIN, "2026-10").total == 31 * D("9.35") + 3


def test_a_wild_day_is_found(billed):
    usual = billed.explorer.charge
    billed.explorer.charge = lambda day: (
        usual(day).model_copy(update={"quantity": D(900), "billed": D(90)})
        if day == date(2026, 11, 17)
        else usual(day)
    )
    (found,) = billed.costs.anomalies(ADMIN)
    assert (found.day, found.actual) == (date(2026, 11, 17), 90)


def test_a_settled_month_without_any_charge_is_asked_for_again_when_it_is_old(billed):
    billed.explorer.charges = lambda start, end: CostRange((), False, 1)
    billed.costs.month(ADMIN, "2026-09")
    asked = []
    billed.explorer.charges = lambda start, end: asked.append(start) or CostRange((), False, 1)
    billed.costs.month(ADMIN, "2026-09")
    assert asked == []
    billed.now += timedelta(days=1)
    billed.costs.month(ADMIN, "2026-09")
    assert date(2026, 9, 1) in asked


def test_a_clock_that_jumped_back_reads_again(billed):
    billed.costs.month(ADMIN)
    billed.now -= timedelta(days=3)
    asked = len(billed.explorer.asked)
    billed.costs.month(ADMIN)
    assert len(billed.explorer.asked) == asked + 1
    assert billed.costs.forecast(ADMIN, "2027-05").so_far == 0


def test_scenarios_are_saved_changed_compared_and_removed(unbilled):
    costs = unbilled.costs
    made = costs.save_scenario(
        ADMIN, Scenario(name="IA", change={"kind": "storage_class", "to_class": "STANDARD_IA"})
    )
    assert (made.created_by, bool(made.id)) == ("a", True)
    other = costs.save_scenario(
        ADMIN, Scenario(name="Hits", change={"kind": "hit_ratio", "target": "1"})
    )
    renamed = costs.save_scenario(
        ADMIN, other.model_copy(update={"name": "All hits", "created_by": "x"})
    )
    assert renamed.created_by == "a"
    assert [one.name for one in costs.scenarios(ADMIN)] == ["All hits", "IA"]
    both = costs.compare_scenarios(ADMIN, period="2026-10")
    assert [one.saving for one in both] == [D("0.000004"), D("1.05")]
    assert costs.compare_scenarios(ADMIN, [made.id], "2026-10")[0] == costs.what_if(
        ADMIN, made, "2026-10"
    )
    costs.remove_scenario(ADMIN, made.id)
    with pytest.raises(NotFound):
        costs.remove_scenario(ADMIN, made.id)


def test_recommendations_come_from_what_was_found(unbilled):
    assert [one.kind for one in unbilled.costs.recommendations(ADMIN).items] == ["stale_uploads"]


def budget(**more):
    return Budget(**{"name": "Media", "limit": D(100), "mail_to": ("ann@x.org",)} | more)


def test_a_budget_is_said_and_sent_once_and_can_be_dismissed(billed):
    saved = billed.costs.save_budget(ADMIN, budget())
    (state,) = billed.costs.budgets(ADMIN)
    assert (state.spent, state.percent) == (20 * D("8.5"), 170)
    assert len(billed.costs.check_budgets()) == 3
    assert billed.costs.check_budgets() == ()
    assert len(billed.notifier.sent) == 3
    alert = billed.costs.alerts(ADMIN)[0]
    assert billed.costs.dismiss_alert(ADMIN, alert.id).seen_by == ("a",)
    changed = billed.costs.save_budget(
        ADMIN, saved.model_copy(update={"limit": D(500), "created_by": "x"})
    )
    assert (changed.limit, changed.created_by) == (500, "a")
    billed.costs.remove_budget(ADMIN, saved.id)
    assert billed.costs.budgets(ADMIN) == ()
    with pytest.raises(NotFound):
        billed.costs.remove_budget(ADMIN, saved.id)


def test_an_alert_that_could_not_be_sent_is_shown_and_sent_later(billed):
    billed.costs.save_budget(
        ADMIN, budget(thresholds=(100,), topic_arn="arn:aws:sns:us-east-1:123456789012:t")
    )
    billed.notifier.error = AwsDenied("AWS refused SendEmail.")
    billed.costs.check_budgets()
    (alert,) = billed.costs.alerts(ADMIN)
    assert "SendEmail" in alert.problem
    assert set(alert.to_send) == {"mail:ann@x.org", "sns:arn:aws:sns:us-east-1:123456789012:t"}
    billed.notifier.error = None
    billed.costs.check_budgets()
    (alert,) = billed.costs.alerts(ADMIN)
    assert (alert.to_send, alert.problem, len(billed.notifier.sent)) == ((), "", 2)


def test_an_alert_that_another_process_said_and_sent_is_left_to_it(billed, monkeypatch):
    billed.costs.save_budget(ADMIN, budget(thresholds=(100,)))
    desk = billed.costs._open.budgets
    (alert,) = billed.costs.check_budgets()
    monkeypatch.setattr("core.costs.service.budgets.due_alerts", lambda *_: (alert,))
    assert desk.check() == ()
    desk._send(alert.id, "mail:ann@x.org")
    desk._send("gone", "mail:ann@x.org")
    assert len(billed.notifier.sent) == 1


def test_alerts_go_out_through_ses_and_the_region_of_the_topic():
    with mock_aws():
        clients = AwsClients("eu-west-1", None, "AKIATEST", "secret")
        notifier = AwsNotifier(clients, "")
        topic = clients.sns("us-east-2").create_topic(Name="costs")["TopicArn"]
        notifier.topic(topic, "Budget", "Too much")
        with pytest.raises(Configuration, match="no sender"):
            notifier.mail("ann@x.org", "Budget", "Too much")


def test_missing_data_are_said_once(unbilled):
    unbilled.costs.save_budget(ADMIN, budget())
    (alert,) = unbilled.costs.check_budgets()
    assert alert.kind == "missing"
    unbilled.now += timedelta(hours=5)
    assert unbilled.costs.check_budgets() == ()


def test_own_calls_are_priced_kept_and_stopped_by_the_daily_budget(billed):
    for _ in range(4):
        billed.meter.count("ce.api_request", "us-east-1", "GetCostAndUsage", D(1), optional=True)
    billed.meter.count(
        "s3.req.STANDARD.tier1", "us-east-1", "ListObjectsV2", D(1000), optional=True
    )
    billed.meter.count("s3.req.STANDARD.tier1", "mars-1", "PutObject", D(7))
    with pytest.raises(NotAllowed, match=r"\$0\.0450, the daily budget is \$0\.05") as told:
        billed.meter.count("ce.api_request", "us-east-1", "GetCostAndUsage", D(1), optional=True)
    assert "DASHBOARD_DAILY" in told.value.hint
    billed.meter.count("ce.api_request", "us-east-1", "GetCostAndUsage", D(1))
    found = billed.costs.own_cost(ADMIN)
    assert (found.usd, found.limit, found.stopped, found.month_usd) == (
        D("0.055"),
        D("0.05"),
        1,
        D("0.055"),
    )
    assert found.unpriced == ("s3.req.STANDARD.tier1 in mars-1",)
    billed.now += timedelta(days=1)
    billed.meter.count("ce.api_request", "us-east-1", "GetCostAndUsage", D(2), optional=True)
    billed.costs.check_budgets()
    assert billed.costs.own_cost(ADMIN).usd == D("0.02")
    assert billed.costs.own_cost(ADMIN).month_usd == D("0.075")


def test_what_was_spent_is_known_after_a_restart_and_to_other_processes(billed):
    billed.meter.count("ce.api_request", "us-east-1", "GetCostAndUsage", D(5))
    billed.own.flush()
    other = CallMeter(lambda: billed.now)
    OwnCostBook(billed.store, other, billed.costs._sheets, lambda: billed.now, D("0.05"))
    with pytest.raises(NotAllowed):
        other.count("ce.api_request", "us-east-1", "GetCostAndUsage", D(1), optional=True)


def test_counts_that_can_not_be_kept_are_kept_later(billed, monkeypatch):
    billed.meter.count("ce.api_request", "us-east-1", "GetCostAndUsage", D(3))
    monkeypatch.setattr(type(billed.own._days), "update", _refuse)
    with pytest.raises(AwsUnavailable):
        billed.own.flush()
    monkeypatch.undo()
    assert billed.costs.own_cost(ADMIN).usd == D("0.03")


def _refuse(*_):
    raise AwsUnavailable("The table is throttled.")


def test_prices_alone_say_that_the_rest_is_not_open(tmp_path):
    alone = CostsService(PriceSheets(tmp_path), lambda: datetime(2026, 11, 1, tzinfo=UTC))
    with pytest.raises(Configuration, match="Prices alone"):
        alone.month(ADMIN)
    assert alone.check_budgets() == ()


@pytest.mark.parametrize("period", ["2026-13", "October", "../../etc"])
def test_what_is_no_month_is_refused(unbilled, period):
    with pytest.raises(InvalidInput, match="no"):
        unbilled.costs.month(ADMIN, period)


def test_nothing_measured_is_said_and_is_no_zero(tmp_path):
    world = World(tmp_path, measures=NothingMeasured())
    found = world.costs.month(ADMIN)
    assert any("no usage has been measured" in told for told in found.warnings)
    assert found.sentence == "Nobody knows what November costs: nothing of it was measured."
    assert found.is_lower_bound
    assert len(world.costs.recommendations(ADMIN).not_looked_for) == 6
    with pytest.raises(NotFound, match="Nothing of 2026-11 was measured"):
        world.costs.estimate_month(ADMIN)
    world.store.close()


def test_every_plan_is_held_against_the_measured_month(unbilled):
    found = unbilled.costs.plans(ADMIN, "2026-10")
    assert found.sent_gb == 3000
    assert found.edge_group == "US"
    pro = next(one for one in found.options if one.figure.plan == "Pro")
    assert pro.figure.breaches == ()
    assert found.pay_as_you_go > pro.figure.total
    # 15 USD less nothing for requests under the free ones buy 176.47 GB beyond the free 1024
    assert round(pro.break_even_gb, 2) == D("1200.47")


def test_a_break_even_is_unknown_where_nobody_knows_where_bytes_went(tmp_path):
    class Nowhere(NothingMeasured):
        def month(self, period):
            group = DeliveredGroup(requests=10, bytes=GIB)
            return MeasuredMonth(period=period, delivered=(group,))

    world = World(tmp_path, measures=Nowhere())
    found = world.costs.plans(ADMIN)
    world.store.close()
    assert found.options
    assert {one.break_even_gb for one in found.options} == {None}


def test_without_delivery_there_is_no_plan_to_choose(tmp_path):
    world = World(tmp_path, measures=NothingMeasured())
    assert world.costs.plans(ADMIN).options == ()
    world.store.close()


def stored_cost(found):
    return sum(one.amount for one in found.lines if one.line == "s3.storage.STANDARD")


def test_what_is_stored_counts_up_to_now_in_a_running_month_and_in_full_in_a_past_one(unbilled):
    so_far = D("2.3") * D(19 * 24 + 13) / (30 * 24)
    running, over = (unbilled.costs.month(ADMIN, one) for one in ("2026-11", "2026-10"))
    assert stored_cost(running) == pytest.approx(so_far, abs=D("1e-9"))
    assert any("19.5 of 30 days so far" in one for one in running.warnings)
    assert stored_cost(over) == D("2.3")
    assert not any("so far" in one for one in over.warnings)


def test_a_running_month_is_reconciled_with_what_was_stored_until_now(billed):
    found = billed.costs.reconcile(ADMIN, "2026-11")
    (line,) = (one for one in found.lines if one.line == "s3.storage.STANDARD")
    assert line.estimate == pytest.approx(D("2.3") * D(19 * 24 + 13) / (30 * 24), abs=D("1e-9"))
