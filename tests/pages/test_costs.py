"""The costs page on real services: billed months, measured ones, and months nobody knows."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest

from core.model.actuals import ReconciledLine
from core.model.identity import Role
from core.ui import reconcile_view
from core.ui.costs_view import _months
from core.ui.formats import money, month
from tests.costs.test_exports import CUR, FOCUS, ROWS, parquet
from tests.pages.bills import Measured, bill
from tests.pages.conftest import keep_bill, open_costs, shown

NOW = datetime.now(UTC)
THIS, LAST, BEFORE = _months(NOW.date())[:3]
BEFORE_THAT = next(one for one in _months(NOW.date())[3:] if one != "2026-10")
BILLED = {"iden": 0.33, "Bill": 14.994}  # by how the export begins, in USD


@pytest.fixture
def admin(enter):
    return enter(Role.ADMIN)


@pytest.fixture
def billed(desk, admin, tmp_path):
    """Three months of bills; this one a tenth dearer than the one before."""
    months = [
        bill(BEFORE, NOW - timedelta(days=20)),
        bill(LAST, NOW, 1.0),
        bill(THIS, NOW, 1.3),
    ]
    desk.costs = open_costs(desk.store, tmp_path / "billed", Measured(), months)
    return desk.costs


@pytest.fixture
def measured(desk, admin, tmp_path):
    desk.costs = open_costs(desk.store, tmp_path / "measured", Measured())
    return desk.costs


def press(page, label):
    return next(button for button in page.button if button.label == label).click().run()


def test_without_bill_and_usage_the_page_says_that_unknown_is_not_0(admin, visit):
    html = shown(visit("costs"))
    assert "are known" in html
    assert "Unknown is not 0" in html
    assert "$0" not in html


@pytest.mark.parametrize("view", ["Breakdown", "Plans", "What if", "Recommendations"])
def test_a_month_nobody_knows_offers_the_first_step_in_every_view(admin, visit, view):
    page = visit("costs", view=view)
    html = shown(page)
    assert html.count("are known") == 1
    assert "Unknown is not 0" in html
    assert [link.proto.page for link in page.get("page_link")][-1].endswith("usage")


def test_a_running_month_has_one_total_and_says_which_days_the_steps_are_of(billed, admin, visit):
    found, compared = billed.month(admin, THIS), billed.compare(admin, THIS)
    html = shown(visit("costs"))
    total = money(found.total)
    assert f"has cost {total}" in html
    assert f">{total}<" in html
    if compared.total_after != found.total:
        assert f"its first {compared.days} days cost {money(compared.total_after)}" in html
        assert "are not compared yet" in html


def test_the_sentence_says_what_a_month_cost_and_why_it_changed(billed, admin, visit):
    html = shown(visit("costs", month=month(LAST)))
    assert billed.month(admin, LAST).sentence in html.replace("&#x27;", "'")
    assert "Billed by AWS according to Cost Explorer" in html


def test_an_amount_unfolds_to_quantity_times_price_with_its_source(billed, visit):
    html = shown(visit("costs", month=month(LAST)))
    assert "Amazon CloudFront" in html
    assert "\u00d7 $0.085" in html
    assert "US-DataTransfer-Out-Bytes" in html
    assert "from AWS&#x27;s price list" in html
    assert "Source date" in html


def test_assumed_unknown_and_unpriced_lines_are_labelled_and_never_0(billed, visit):
    html = shown(visit("costs", month=month(LAST)))
    assert "assumed price" in html
    assert "no calculation" in html  # the usage type that the sheet does not know
    assert "Not in the estimate" in html  # the total is AWS's own
    assert "s3.metadata_tables" in html


def test_three_ways_to_pay_stand_side_by_side(measured, visit):
    html = shown(visit("costs"))
    for name in ("List price", "With free tier", "Flat-rate plan"):
        assert name in html
    assert "Estimated from measured usage" in html
    assert "A lower bound: something has no price." in html


def test_the_plans_are_compared_with_break_even_and_capacity(measured, visit):
    html = shown(visit("costs", view="Plans"))
    assert "Pay-as-you-go" in html
    assert "Cheaper from" in html
    assert "breached" in html  # Free holds 100 GB
    assert "cheapest plan" in html


def test_a_slider_is_answered_and_the_scenario_is_saved_and_compared(measured, admin, visit):
    page = visit("costs", view="What if", change="Cache hits")
    before = shown(page)
    page.slider[0].set_value(99).run()
    assert not page.exception
    assert shown(page) != before
    page.text_input[-1].set_value("<b>More hits</b>")
    press(page, "Save scenario")
    html = shown(page)
    assert "Saved scenarios" in html
    assert "&lt;b&gt;More hits&lt;/b&gt;" in html
    assert "<b>More hits" not in html
    [saved] = measured.scenarios(admin)
    assert saved.change.target == Decimal("0.99")


@pytest.mark.parametrize(
    "change",
    ["Storage class", "Intelligent-Tiering", "Image format", "Cache hits", "Cache time",
     "Price class"],
)  # fmt: skip
def test_every_kind_of_change_has_an_answer(measured, visit, change):
    html = shown(visit("costs", view="What if", change=change))
    assert "Difference" in html
    assert "ui-problem" not in html


def test_recommendations_come_with_saving_risk_and_the_exact_call(measured, visit):
    html = shown(visit("costs", view="Recommendations"))
    assert "changes may save money" in html
    assert "less a month" in html
    assert "low risk" in html
    assert "Change: " in html
    assert "&quot;Bucket&quot;: &quot;media&quot;" in html
    assert "<b>x</b>.jpg" not in html


def test_the_bill_is_reconciled_in_four_steps_that_add_up(billed, visit):
    page = visit("costs", view="Reconciliation", month=month(LAST))
    html = shown(page)
    for step in ("Quantity", "Price", "Discounts, free, credits", "Scope"):
        assert step in html
    assert "Mystery-Bytes" in html
    table = page.dataframe[0].value
    steps = ["Quantity step (USD)", "Discount step (USD)", "Scope step (USD)"]
    for row in table.to_dict("records"):
        price = row["Price step (USD)"]
        added = sum(row[step] for step in steps) + (price if price == price else 0)  # noqa: PLR0124
        assert added == pytest.approx(row["Billed (USD)"] - row["Estimate (USD)"], abs=1e-6)


def test_lines_below_a_cent_are_folded_and_all_others_in_words(billed, visit):
    html = shown(visit("costs", view="Reconciliation", month=month(LAST)))
    table = html.partition("Line by line")[2]
    assert "CloudFront data out" in table
    assert "cf.dto" in table
    lines = [ReconciledLine(service="s", line=f"cf.x{n:02}", region="", usage_types=(),
                            estimate=Decimal(n) / 1000, billed=Decimal(0), sheet_is_wrong=n == 1)
             for n in range(12)]  # fmt: skip
    made = str(reconcile_view._table(SimpleNamespace(lines=lines, currency="USD")))
    above, _, below = made.partition("and 9 lines below a cent")
    assert (above.count("cf.x"), below.count("cf.x")) == (3, 9)


@pytest.mark.parametrize("text", [CUR + ROWS, FOCUS.replace("EUR", "USD")], ids=["CUR", "FOCUS"])
@pytest.mark.parametrize("form", ["csv", "csv.gz", "parquet"])
def test_an_uploaded_export_is_held_against_the_estimate(measured, visit, text, form):
    content = text.replace("2026-10", LAST).encode()
    written = {"csv": bytes, "csv.gz": gzip.compress, "parquet": lambda one: parquet(one.decode())}
    page = visit("costs", view="Reconciliation", month=month(LAST))
    assert "No bill to compare with" in shown(page)
    page.file_uploader[0].upload(f"export.{form}", written[form](content))
    page.run()
    assert not page.exception
    html = shown(page)
    assert "ui-problem" not in html
    assert "AWS billed $" in html
    assert "the estimate says $" in html
    rows = page.dataframe[0].value
    assert sum(rows["Billed (USD)"]) == pytest.approx(BILLED[text[:4]])


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("x.csv", b"a,b\n1,2\n", "column"),
        ("x.csv.gz", gzip.compress(CUR.encode() + ROWS.encode())[:-9], "x.csv.gz"),
        ("x.parquet", b"PAR1 no parquet", "x.parquet"),
        ("x.csv", (CUR + ROWS).encode(), "2026-10"),
    ],
    ids=["columns", "cut off", "damaged", "another month"],
)
def test_a_wrong_export_is_refused_by_name_and_the_page_goes_on(
    measured, visit, name, content, why
):
    page = visit("costs", view="Reconciliation", month=month(BEFORE_THAT))
    page.file_uploader[0].upload(name, content)
    page.run()
    html = shown(page)
    assert "ui-problem" in html
    assert why in html
    assert "AWS billed" not in html
    assert not page.exception


def test_a_budget_is_set_shown_and_removed(billed, admin, visit):
    page = visit("costs", view="Budgets")
    assert "No budget yet" in shown(page)
    page.text_input[0].set_value("<i>Media</i>")
    page.number_input[0].set_value(10.0)
    press(page, "Save budget")
    html = shown(page)
    assert "&lt;i&gt;Media&lt;/i&gt;" in html
    assert "of $10.00" in html
    press(page, "Remove")
    assert billed.budgets(admin) == ()


def test_a_wrong_budget_says_which_field(billed, visit):
    page = visit("costs", view="Budgets")
    page.text_input[0].set_value("Media")
    page.text_input[1].set_value("nobody")
    press(page, "Save budget")
    assert "The budget&#x27;s mail to is not right." in shown(page)


def test_shares_and_the_unallocated_rest_are_shown(billed, visit):
    page = visit("costs", month=month(LAST), by="Owner")
    assert "belong to none of them" in shown(page)
    assert any("Owner" in table.value.columns for table in page.dataframe)


def test_old_data_says_its_age_and_why_there_is_nothing_newer(billed, visit, tmp_path):
    refused = {"problem": "AWS refused ce:GetCostAndUsage"}
    old = bill(LAST, NOW - timedelta(days=3)).model_copy(update=refused)
    keep_bill(tmp_path / "billed", old)
    html = shown(visit("costs", month=month(LAST)))
    assert "AWS refused ce:GetCostAndUsage" in html
    assert "3 d ago" in html


def test_a_month_of_the_address_that_is_none_falls_back_to_the_running_one(billed, visit):
    page = visit("costs", month="2019-99")
    assert page.selectbox[0].value == THIS


def test_charts_take_no_markup(billed, visit):
    page = visit("costs", month=month(THIS))
    specs = [json.loads(chart.proto.spec) for chart in page.get("plotly_chart")]
    assert "<script" not in json.dumps(specs)
