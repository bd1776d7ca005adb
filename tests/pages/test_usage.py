"""The usage page on real logs: read by a real scan, shown by range, drilled into."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
import streamlit as st

from core.errors import AwsDenied
from core.model.identity import Role
from core.model.traffic import EdgeMetric, EdgeSample
from core.stores.job_runner import JobRunner
from core.usage.service.asking import QUESTIONS
from core.usage.service.traffic import JOB
from tests.pages.conftest import shown
from tests.usage.logs import row, v1

TODAY = datetime.now(UTC)


def request(number, ago=1, **values):
    day = (TODAY - timedelta(days=ago)).date().isoformat()
    return row(number, date=day, **values)


@pytest.fixture(autouse=True)
def nothing_kept():
    """What was kept of AWS is kept for the process."""
    st.cache_data.clear()


@pytest.fixture
def admin(enter):
    return enter(Role.ADMIN)


@pytest.fixture
def logged(desk, admin):
    """Deliver these requests as a log file, and read it."""

    def put(rows):
        desk.clients.s3.put_object(Bucket="media", Key="cdn-logs/E1.a", Body=v1(rows))
        desk.traffic.scan(admin)
        JobRunner(desk.jobs, {JOB: desk.traffic.work}, 1).run_until_idle()

    return put


def frame(page, column):
    return next(table.value for table in page.dataframe if column in table.value.columns)


def test_before_any_scan_the_page_says_what_will_be_here(admin, visit):
    page = visit("usage")
    html = shown(page)
    assert "What was delivered is not known yet" in html
    assert "No access logs were read yet." in html
    assert "No requests in these days" in html
    assert not page.dataframe


def test_a_scan_that_finds_no_log_says_that_it_has_looked(desk, admin, visit):
    desk.traffic.scan(admin)
    JobRunner(desk.jobs, {JOB: desk.traffic.work}, 1).run_until_idle()
    html = shown(visit("usage"))
    assert "No access logs were found <time" in html
    assert "What was delivered is not known yet" in html


def test_days_without_a_request_are_told_as_such_once_logs_were_read(admin, logged, visit):
    logged([request(1, ago=40)])
    assert "Nothing was delivered in the last 30 days, as far as logs were read" in shown(
        visit("usage")
    )


def test_one_request_makes_a_whole_page(admin, logged, visit):
    logged([request(1, sc_bytes=2048)])
    html = shown(visit("usage"))
    assert "2.0 KiB delivered in 1 request in the last 30 days" in html
    assert "100 %" in html
    assert "CloudWatch has no sample of these days: its numbers are unknown, not 0." in html


def test_the_sentence_compares_with_the_same_time_before(admin, logged, visit):
    old = [request(n, ago=40, sc_bytes=1000) for n in range(10)]
    logged([*old, *(request(100 + n, ago=2, sc_bytes=1000) for n in range(15))])
    assert "50 % more than in the time before" in shown(visit("usage"))
    assert "50 % more than" not in shown(visit("usage", days="90 days"))


def test_errors_are_listed_by_url_with_their_status(admin, logged, visit):
    gone = [request(n, sc_status=404, x_edge_result_type="Error") for n in range(3)]
    logged([*gone, request(9)])
    page = visit("usage")
    table = frame(page, "Status")
    assert list(table["Status"]) == ["404"]
    assert list(table["Requests"]) == [3]
    assert "75.0 % of all requests" in shown(page)


def test_the_filters_of_the_address_narrow_every_number(admin, logged, visit):
    logged([request(1, sc_bytes=10), request(2, sc_bytes=20, cs_uri_stem="/avatars/a.png")])
    page = visit("usage", prefix="/avatars/")
    assert "20 B delivered in 1 request " in shown(page)
    assert list(frame(page, "Share of bytes (%)")["File"]) == ["/avatars/a.png"]
    page = visit("usage", status="404")
    assert "Nothing was delivered" in shown(page)


def test_owners_are_named_and_what_the_logs_do_not_tell_is_unknown(admin, logged, visit, add):
    add("f1", admin)
    logged([request(1), request(2, cs_uri_stem="/x.jpg")])
    page = visit("usage", by="Owners")
    assert list(frame(page, "Share of bytes (%)")["Owner"]) == ["ada"]
    page = visit("usage", by="Countries")
    assert "The logs of these days do not tell it." in shown(page)


def test_paths_and_referrers_of_strangers_are_never_markup(admin, logged, visit):
    logged([
        request(1, cs_uri_stem="/<script>alert(1)</script>.jpg", sc_status=404,
                cs_referer="https://x/<img%20src=x%20onerror=alert(1)>"),
    ])  # fmt: skip
    page = visit("usage", by="Referrers")
    html = shown(page) + "".join(chart.proto.spec for chart in page.get("plotly_chart"))
    assert "<script>" not in html
    assert "<img" not in html


def test_a_scan_that_goes_on_shows_how_far_it_is_and_can_be_cancelled(admin, visit, desk):
    desk.clients.s3.put_object(Bucket="media", Key="cdn-logs/a", Body=v1([request(1)]))
    page = visit("usage")
    next(b for b in page.button if b.label == "Scan now").click().run()
    assert not page.exception
    cancel = next(b for b in page.button if b.label == "Cancel")
    cancel.click().run()
    JobRunner(desk.jobs, {JOB: desk.traffic.work}, 1).run_until_idle()
    assert "The last scan was cancelled; what it had read stays." in shown(visit("usage"))


def test_what_could_not_be_read_is_said_by_file_and_line(admin, logged, visit, desk):
    broken = v1([request(1)]) + b"only\tthree\tfields\n"
    desk.clients.s3.put_object(Bucket="media", Key="cdn-logs/broken", Body=broken)
    logged([request(5)])
    html = shown(visit("usage"))
    assert "1 line could not be read" in html
    assert "What is not in the numbers" in html
    assert "cdn-logs/broken" in html


def test_a_failed_scan_says_why(admin, visit, desk):
    desk.traffic._work._places._configured = desk.traffic._work._places._configured.model_copy(
        update={"bucket": "gone"}
    )
    page = visit("usage")
    next(b for b in page.button if b.label == "Scan now").click().run()
    JobRunner(desk.jobs, {JOB: desk.traffic.work}, 1).run_until_idle()
    assert "The last scan failed:" in shown(visit("usage"))


class Charging:
    """The real store, at Athena's price: what it is asked for is counted."""

    name = "athena"

    def __init__(self, logs, size):
        self.logs, self.size, self.asked = logs, size, 0

    def scan_bytes(self):
        return self.size

    def ask(self, *question):
        self.asked += 1
        return self.logs.ask(*question)


@pytest.fixture
def charging(desk, admin, logged):
    logged([request(1, sc_bytes=2048), request(2, sc_bytes=10, cs_uri_stem="/avatars/a.png")])
    desk.traffic._engine = Charging(desk.traffic._logs, 3 * 1024**3)
    desk.traffic._price = lambda: (Decimal(5), "us-east-1: 5 per TB (confidence C)")
    return desk.traffic._engine


def test_a_question_that_costs_says_bytes_and_price_before_it_is_asked(charging, visit):
    page = visit("usage")
    html = shown(page)
    assert "Asking costs money." in html
    assert f"up to {3 * QUESTIONS:.1f} GiB in {QUESTIONS} questions" in html
    assert "$5.00 per TiB scanned" in html
    assert "(confidence C)" in html
    assert charging.asked == 0


def test_a_question_is_paid_once_and_not_again_by_other_clicks(charging, visit):
    page = visit("usage")
    next(b for b in page.button if b.label == "Run and pay").click().run()
    assert not page.exception
    assert "2.0 KiB delivered in 2 requests" in shown(page)
    paid = charging.asked
    page.run()
    assert "2.0 KiB delivered in 2 requests" in shown(page)
    assert not [b for b in page.button if b.label == "Run and pay"]
    assert charging.asked == paid
    page.text_input(key="prefix").set_value("/avatars/").run()
    assert "Asking costs money." in shown(page)
    assert charging.asked == paid


def test_a_cheap_question_is_asked_at_once_and_paid_once(charging, visit, desk):
    desk.traffic._free_to_run = 10**15
    page = visit("usage")
    assert "2.0 KiB delivered in 2 requests" in shown(page)
    paid = charging.asked
    page.run()
    assert charging.asked == paid


def refuse(desk, monkeypatch):
    def denied(*_):
        raise AwsDenied(
            "AWS refused GetMetricData to the dashboard's own credentials (AccessDenied).",
            hint="Allow cloudwatch:GetMetricData in the dashboard's IAM policy.",
        )

    monkeypatch.setattr(desk.traffic._metrics, "_source", SimpleNamespace(read=denied))


def test_a_refused_cloudwatch_names_the_permission_and_claims_no_numbers(
    logged, visit, desk, monkeypatch
):
    logged([request(1)])
    refuse(desk, monkeypatch)
    html = shown(visit("usage"))
    assert "Allow cloudwatch:GetMetricData in the dashboard&#x27;s IAM policy." in html
    assert "There are no older numbers." in html


def test_a_refused_cloudwatch_shows_the_last_good_numbers_with_their_age(
    logged, visit, desk, monkeypatch
):
    logged([request(1)])
    at = TODAY - timedelta(hours=5)
    good = EdgeMetric(
        name="Requests", statistic="Sum", unit="Count", period_seconds=3600,
        samples=(EdgeSample(at=at, value=1234.0),),
    )  # fmt: skip
    answer = SimpleNamespace(read=lambda *_: (good,))
    monkeypatch.setattr(desk.traffic._metrics, "_source", answer)
    assert "1,234" in shown(visit("usage"))
    refuse(desk, monkeypatch)
    st.cache_data.clear()  # what was kept has grown old
    html = shown(visit("usage"))
    assert "1,234" in html
    assert "their newest sample is from <time" in html
    assert ">4 h ago<" in html


def test_cloudwatch_is_not_asked_again_by_every_click(logged, visit, desk, monkeypatch):
    logged([request(1)])
    asked = []
    source = SimpleNamespace(read=lambda *range_: asked.append(range_) or ())
    monkeypatch.setattr(desk.traffic._metrics, "_source", source)
    page = visit("usage")
    page.run()
    assert "CloudWatch has no sample of these days" in shown(page)
    assert len(asked) == 1
    visit("usage", days="7 days")
    assert len(asked) == 2
