import tomllib
from datetime import date
from pathlib import Path

from core.model.media import DayTotal, FileKind, KindTotal
from core.ui import charts

TODAY = date(2026, 11, 20)


def test_days_on_which_nothing_arrived_are_there_with_zero():
    known = [DayTotal(day=date(2026, 11, 18), count=3, size=30)]
    days = charts.last_days(known, TODAY, days=4)
    assert [(day.day.day, day.count) for day in days] == [(17, 0), (18, 3), (19, 0), (20, 0)]


def test_older_days_are_left_out():
    days = charts.last_days([DayTotal(day=date(2026, 1, 1), count=9, size=9)], TODAY, days=3)
    assert sum(day.count for day in days) == 0


def test_the_tallest_bar_fills_the_height_and_each_names_its_day():
    days = charts.last_days(
        [
            DayTotal(day=TODAY, count=4, size=4096),
            DayTotal(day=date(2026, 11, 19), count=1, size=9),
        ],
        TODAY,
        days=3,
    )
    made = charts.day_bars(days)
    assert "height:100.0%" in made
    assert "height:25.0%" in made
    assert 'aria-label="20 Nov: 4 files, 4.0 KiB"' in made


def test_a_type_keeps_its_colour_whatever_else_is_stored():
    image = KindTotal(kind=FileKind.IMAGE, count=1, size=10)
    video = KindTotal(kind=FileKind.VIDEO, count=1, size=1000)
    colour = "#0072B2"
    assert colour in charts.kind_bars([image])
    both = charts.kind_bars([image, video])
    assert colour in both
    assert both.index("Videos") < both.index("Images")


def test_types_without_files_are_left_out():
    made = charts.kind_bars([KindTotal(kind=FileKind.AUDIO, count=0, size=0)])
    assert "Audio" not in made


def test_charts_use_the_sequence_of_the_theme():
    config = tomllib.loads(Path(".streamlit/config.toml").read_text())
    assert tuple(config["theme"]["chartCategoricalColors"]) == charts.PALETTE
