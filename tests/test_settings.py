"""Settings refuse nonsense at the start and name what is wrong."""

import pytest

from core.errors import Configuration
from core.settings import Cloud, Environment, Settings, load_settings

KEY = "x" * 32
PRODUCTION = {
    "environment": "production",
    "cloud": "aws",
    "media_bucket": "media",
    "distribution_id": "E1",
    "cdn_domain": "cdn.example.com",
    "secret_key": KEY,
    "public_url": "https://dashboard.example.com",
}


@pytest.fixture(autouse=True)
def no_environment(monkeypatch):
    for name in Settings.model_fields:
        monkeypatch.delenv(f"DASHBOARD_{name.upper()}", raising=False)


def test_without_any_setting_the_emulator_runs_on_this_machine():
    settings = load_settings()
    assert (settings.environment, settings.cloud) == (Environment.DEVELOPMENT, Cloud.EMULATOR)
    assert settings.address == "127.0.0.1"
    assert settings.site_url == "http://localhost:8501"


def test_an_environment_variable_sets_a_field(monkeypatch):
    monkeypatch.setenv("DASHBOARD_PORT", "9000")
    assert load_settings().site_url == "http://localhost:9000"


def test_whole_production_settings_are_accepted():
    assert load_settings(**PRODUCTION).cloud is Cloud.AWS


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"cloud": "emulator"}, "emulator"),
        ({"secret_key": ""}, "SECRET_KEY"),
        ({"secret_key": "short"}, "SECRET_KEY"),
        ({"public_url": "http://dashboard.example.com"}, "https"),
        ({"media_bucket": ""}, "MEDIA_BUCKET"),
        ({"store": "dynamodb"}, "RECORDS_TABLE"),
        ({"demo": True}, "demo"),
        ({"trusted_proxies": "*"}, "TRUSTED_PROXIES"),
        ({"trusted_proxies": "10.0.0.0/8; proxy.internal"}, "TRUSTED_PROXIES"),
        ({"billing_export": "https://billing/cur"}, "BILLING_EXPORT"),
        ({"billing_export": "s3://"}, "BILLING_EXPORT"),
        ({"billing_export": "s3://Billing/cur"}, "BILLING_EXPORT"),
        ({"port": 0}, "PORT"),
        ({"part_bytes": 1024}, "PART_BYTES"),
    ],
)
def test_nonsense_is_refused_by_name(change, word):
    with pytest.raises(Configuration) as refusal:
        load_settings(**(PRODUCTION | change))
    assert word in refusal.value.message
    assert "README" in refusal.value.hint


def test_a_wrong_environment_variable_is_named(monkeypatch):
    monkeypatch.setenv("DASHBOARD_PORT", "many")
    with pytest.raises(Configuration, match="DASHBOARD_PORT"):
        load_settings()


def test_secrets_do_not_show_in_a_printed_settings_object():
    assert KEY not in repr(load_settings(**PRODUCTION))
