import json

from core.ui import plots
from core.ui.plots import Series

NASTY = "<img src=x onerror=alert(1)>%{x}"


def test_names_of_strangers_are_no_tags_and_no_templates_of_plotly():
    figures = [
        plots.columns([NASTY], [Series(NASTY, [1.0], [NASTY])]),
        plots.waterfall((NASTY, 1.0), [(NASTY, 2.0)], NASTY),
    ]
    for figure in figures:
        shown = json.dumps(
            [{k: v for k, v in trace.items() if k not in {"x", "ids"}} for trace in figure["data"]]
        )
        assert "<img" not in shown
        assert "%{x}" not in shown.replace("%{x}: $%{delta", "")


def test_a_waterfall_shows_no_tag_of_a_name_on_its_axis():
    assert "<img" not in json.dumps(plots.waterfall((NASTY, 1.0), [], "x"))


def test_a_day_without_data_is_a_gap_and_not_0():
    figure = plots.line(["a", "b"], [Series("s", [1.0, float("nan")], ["", ""])])
    assert figure["data"][0]["connectgaps"] is False


def test_charts_take_background_and_font_from_the_page():
    layout = plots.columns(["a"], [Series("s", [1.0], [""])])["layout"]
    assert layout["paper_bgcolor"] == layout["plot_bgcolor"] == "rgba(0,0,0,0)"
    assert layout["font"]["family"].startswith("Inter")


def test_an_axis_is_in_the_unit_of_its_largest_value():
    assert plots.scale(1023) == (1, "B")
    assert plots.scale(5 * 1024**2) == (1024**2, "MiB")
    assert plots.scale(10**20)[1] == "TiB"


def test_a_few_things_are_counted_in_whole_ones_and_many_with_separators():
    few, many = (
        plots.columns(["a"], [Series("s", [value], [""])], whole=True)["layout"]["yaxis"]
        for value in (2.0, 6_000_000.0)
    )
    assert few["dtick"] == 1
    assert "dtick" not in many
    assert many["tickformat"] == ","
