"""The demo's access logs: the same at every start, with a rhythm, and a day that stands out."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from core.demo import visits
from core.demo.traffic import catalogue_of, first_day
from core.demo.visits import Asked, Catalogue, Place
from core.usage.access_logs import columns_of, shape_of

TODAY, SPIKE = date(2026, 11, 20), date(2026, 11, 16)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
PLACE = Place("E1DEMO", "d1.cloudfront.net")
CATALOGUE = Catalogue(
    pictures=(Asked("/media/a/thumbnail.webp", 20_000, "image/webp", LONG_AGO, 1.0),),
    kits=(Asked("/media/k/kit.zip", 40_000_000, "application/zip", LONG_AGO, 1.0),),
)


def lines(day, catalogue=CATALOGUE, *, countries=True):
    return visits.day_lines(day, TODAY, SPIKE, catalogue, PLACE, countries=countries)


def test_the_same_day_has_the_same_lines_each_under_an_id_of_its_own():
    once = lines(SPIKE)
    assert once == lines(SPIKE)
    assert len({line.split("\t")[14] for _, line in once}) == len(once)
    assert once == sorted(once)


def test_weekends_are_quiet_and_the_spike_comes_from_one_page():
    monday, sunday = (len(lines(date(2026, 11, day))) for day in (9, 15))
    assert sunday < 0.7 * monday
    told = Counter(line.split("\t")[9] for _, line in lines(SPIKE))
    assert told[visits.SPIKE_REFERRER] > 0.4 * sum(told.values())
    assert visits.SPIKE_REFERRER not in "".join(line for _, line in lines(TODAY))


def test_what_was_uploaded_later_is_not_asked_for_before():
    noon = datetime(2026, 11, 9, 12, tzinfo=UTC)
    late = Catalogue(pictures=(CATALOGUE.pictures[0]._replace(since=noon),), kits=())
    assert min(at for at, _ in lines(noon.date(), late)) >= noon
    assert not lines(noon.date() - timedelta(days=1), late)


@pytest.mark.parametrize("countries", [True, False])
def test_files_are_logs_that_the_reader_knows(countries):
    found = list(visits.files_of_day(lines(SPIKE, countries=countries), PLACE, countries=countries))
    assert len(found) == 4
    for name, content in found:
        assert name.startswith("E1DEMO.2026-11-16-")
        columns = columns_of(shape_of(content[:20_000], name))
        assert ("c_country" in columns) is countries
        text = content.decode("ascii").splitlines()
        assert {line.count("\t") for line in text[2:]} == {len(columns) - 1}
    assert sum(len(content.splitlines()) - 2 for _, content in found) == len(lines(SPIKE))


def test_logs_begin_with_a_month_three_before_this_one():
    assert first_day(TODAY) == date(2026, 8, 1)
    assert first_day(date(2026, 2, 28)) == date(2025, 11, 1)


def test_nothing_is_asked_of_an_empty_library():
    assert lines(SPIKE, catalogue_of(())) == []
