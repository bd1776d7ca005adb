"""What the demo's people made, and its months of use, read by the services as real ones are."""

from datetime import UTC, datetime, timedelta

import pytest

from core import dashboard
from core.costs.service.months import previous
from core.demo import archive, load, traffic, visits
from core.demo.people import PEOPLE, demo_password, hire
from core.model.budgets import Anomaly
from core.settings import load_settings

pytestmark = pytest.mark.emulator


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """A demo with few files and requests; nothing is delivered, for no web server answers."""
    folder = tmp_path_factory.mktemp("furnished")
    everything = archive.shoots
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(load, "PICTURES", 12)
        patch.setattr(load, "LOGOS", 1)
        patch.setattr(load, "KITS", ("press-kit",))
        patch.setattr(load, "press_kit", lambda _: b"PK\x05\x06" + bytes(2_000_000))
        patch.setattr(load, "_PHOTOS", folder / "none")
        patch.setattr(load, "plant_faults", lambda *_: None)
        patch.setattr(visits, "PICTURE_REQUESTS", 30)
        patch.setattr(visits, "KIT_REQUESTS", 20)
        patch.setattr(traffic, "MONTHS", 1)
        patch.setattr(archive, "WEEKS", 6)
        patch.setattr(archive, "shoots", lambda today: everything(today)[::40])
        built = dashboard.build_dashboard(load_settings(data_dir=folder / "data", demo=True))
        load.load_demo(built)
    yield built
    built.stop()


@pytest.fixture(scope="module")
def actors(demo):
    return hire(demo.accounts, demo.store, demo_password(demo.settings.data_dir))


@pytest.fixture(scope="module")
def admin(actors):
    return actors[PEOPLE[0].email]


def test_people_have_albums_links_searches_and_photos(demo, actors):
    mia, tomas = actors["mia@demo.example"], actors["tomas@demo.example"]
    assert [one.album.name for one in demo.library.albums.listed(mia)]
    assert {one.link.kind.value for one in demo.shares.mine(tomas).items} == {"view", "drop"}
    assert demo.library.searches.listed(mia)
    photos = demo.progress.page(actors["yuki@demo.example"]).items
    assert len({photo.taken_on for photo in photos}) == 8


def test_months_of_logs_are_read_and_one_day_stands_out(demo, admin):
    today = datetime.now(UTC).date()
    report = demo.traffic.report(admin, today - timedelta(days=29), today, top=10)
    days = {row.label: row.bytes for row in report.days}
    assert max(days, key=days.get) == f"{today - timedelta(days=traffic.SPIKE_DAYS)}"
    assert report.first_day == max(traffic.first_day(today), today - timedelta(days=29))
    assert {"DE", "US"} <= {row.label for row in report.countries}
    assert visits.SPIKE_REFERRER in {row.shown for row in report.referrers}
    assert report.read.bad_lines == 0
    assert report.owners[0].label


def test_the_archive_has_a_trend_and_old_versions(demo, admin):
    found = demo.storage.report(admin, archive.BUCKET)
    assert found.total.objects > 100
    assert found.versions.noncurrent.objects
    history = demo.storage.history(admin, archive.BUCKET)
    sizes = [day.total.bytes for day in history]
    assert len(sizes) == 6
    assert sizes == sorted(sizes)
    media = demo.storage.compare(admin, demo.cloud.bucket.name)
    assert {one.source.value for one in media.reports} == {"listing", "inventory"}


def test_last_month_is_billed_in_full_and_says_that_it_is_made_up(demo, admin):
    period = previous(f"{datetime.now(UTC):%Y-%m}")
    month = demo.costs.month(admin, period)
    assert (month.basis, month.days) == ("billed", month.month_days)
    assert month.source == "CUR export (made up for the demo)"
    found = demo.costs.reconcile(admin, period)
    steps = found.quantity_step + found.price_step + found.discount_step + found.scope_step
    assert found.estimate + steps == found.billed
    assert not found.wrong_lines
    assert not found.unknown_usage_types


def test_budgets_what_if_and_a_forecast_have_their_numbers(demo, admin):
    assert all(one.spent is not None for one in demo.costs.budgets(admin))
    answers = demo.costs.compare_scenarios(admin)
    assert {one.scenario.name: one.unknown for one in answers} == {
        one.scenario.name: () for one in answers
    }
    assert demo.costs.forecast(admin).total is not None
    assert all(isinstance(one, Anomaly) for one in demo.costs.anomalies(admin, 14))


def test_a_second_start_finds_everything_there(demo, actors, monkeypatch):
    for name in ("write_logs", "keep_archive", "write_bills"):
        monkeypatch.setattr(load, name, lambda *_: pytest.fail("it was done before"))
    load.measure(demo, actors)
