import re

import pytest

from core.errors import AwsUnavailable
from core.model.media import JobState, LibrarySummary
from core.web.health import exposition, resident_bytes
from tests.web.conftest import make_parts, open_browser

TOKEN = "a token for the scraper"
SUMMARY = LibrarySummary(
    count=10, size=2048, by_kind=(), by_day=(), processing=2, undelivered=1, trashed=3
)


def test_the_process_lives_as_long_as_it_answers(browser, parts):
    parts.checks["records"] = (False, "is gone")
    assert browser.get("/healthz").json() == {"ok": True}


def test_ready_names_each_dependency(browser, parts):
    parts.checks["media bucket"] = (True, "answers")
    got = browser.get("/readyz")
    assert got.status_code == 200
    assert got.json() == {
        "ok": True,
        "checks": {
            "records": {"ok": True, "detail": "answers"},
            "media bucket": {"ok": True, "detail": "answers"},
        },
    }


def test_one_dependency_that_fails_is_enough_for_503(browser, parts):
    parts.checks["media bucket"] = (False, "The bucket can't be reached.")
    got = browser.get("/readyz")
    assert got.status_code == 503
    assert got.json()["checks"]["media bucket"]["detail"] == "The bucket can't be reached."


def test_a_check_that_raises_is_an_answer(browser, parts, monkeypatch):
    def fail():
        raise AwsUnavailable("The table can't be reached.")

    monkeypatch.setattr(parts, "health", fail)
    got = browser.get("/readyz")
    assert (got.status_code, got.json()["ok"]) == (503, False)


def test_without_a_token_in_the_settings_there_are_no_metrics(browser):
    for headers in ({}, {"Authorization": "Bearer "}, {"Authorization": "Bearer None"}):
        assert browser.get("/metrics", headers=headers).status_code == 404


@pytest.mark.parametrize("sent", ["", "Bearer", "Bearer wrong", TOKEN, f"bearer {TOKEN}x"])
def test_metrics_are_for_the_token_only(stores, sent):
    with open_browser(make_parts(*stores, metrics_token=TOKEN)) as browser:
        assert browser.get("/metrics", headers={"Authorization": sent}).status_code == 404


def test_metrics_tell_files_jobs_and_memory(stores):
    parts = make_parts(*stores, metrics_token=TOKEN)
    parts.jobs.add("process_upload", "u1", "a1")
    with open_browser(parts) as browser:
        got = browser.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert got.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert 'dashboard_files{state="delivered"} 0' in got.text
    assert 'dashboard_jobs{state="queued"} 1' in got.text
    assert re.search(r"^process_resident_memory_bytes \d{7,}$", got.text, re.MULTILINE)


def test_the_numbers_are_prometheus_text():
    text = exposition(SUMMARY, {JobState.QUEUED: 4}, 12.34)
    samples = [line for line in text.splitlines() if not line.startswith("#")]
    assert all(re.fullmatch(r'[a-z_]+(\{state="[a-z]+"\})? [\d.]+', line) for line in samples)
    assert 'dashboard_files{state="delivered"} 7' in samples
    assert "dashboard_uptime_seconds 12.3" in samples
    assert text.endswith("\n")


def test_memory_is_measured():
    assert 10_000_000 < resident_bytes() < 10_000_000_000
