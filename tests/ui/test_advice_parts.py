"""Recommendations: what is worth a row, and what one line is enough for."""

from decimal import Decimal

import pytest

from core.model.waste import Recommendation, Recommendations
from core.ui import advice_parts

D = Decimal


def found(*savings):
    items = tuple(
        Recommendation(
            id=f"r{number}", kind="duplicates", subject=f"bucket-{number}", title="Keep one",
            why="they are equal", saving=saving, one_off=D(0), payback_months=None, risk="high",
            risks=(), confidence="high", change=(), undo="none",
        )
        for number, saving in enumerate(savings)
    )  # fmt: skip
    return Recommendations(period="2026-11", items=items, not_looked_for=())


@pytest.mark.parametrize(
    ("savings", "told"),
    [
        ((D(2), D("0.01"), D("0.0099"), D(0)), "and 2 more that save less than a cent a month"),
        ((D(2), D("0.001")), "and 1 more that saves less than a cent a month"),
        ((D("0.001"),), "1 change that saves less than a cent a month"),
    ],
)
def test_what_saves_less_than_a_cent_is_one_line(savings, told):
    text = str(advice_parts.items(found(*savings)))
    worth, _, rest = text.partition(told)
    assert rest
    large = sum(1 for one in savings if one >= D("0.01"))
    assert (worth.count("Keep one"), rest.count("Keep one")) == (large, len(savings) - large)


def test_what_nobody_can_price_is_not_folded_away():
    text = str(advice_parts.items(found(D(2), None)))
    assert text.count("Keep one") == 2
    assert "less than a cent" not in text


def test_the_sentence_counts_what_is_worth_it():
    assert advice_parts.sentence(found(D(2), D("0.001"))).startswith("1 change may save money")
    assert advice_parts.sentence(found(D("0.001"))) == "Nothing was found that saves a cent a month"


def test_each_says_whose_it_is_before_it_is_opened():
    summary = str(advice_parts.items(found(D(2)))).partition("</summary>")[0]
    assert "bucket-0" in summary
