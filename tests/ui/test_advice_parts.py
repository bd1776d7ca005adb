"""Recommendations: what is worth a row, and what one line is enough for."""

from decimal import Decimal

import pytest

from core.model.scenarios import IfUnread, Scenario, WhatIf
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


def unread(**more):
    values = {"after": D("40"), "saving": D("10"), "one_off": D(1), "payback_months": D("0.1")}
    return IfUnread(**(values | more))


@pytest.mark.parametrize(
    ("alone", "told"),
    [
        (unread(pays_below=D("1.0499")), "while each object is read fewer than 1.05 times a month"),
        (unread(pays_below=D("0.0004")), "fewer than 0.0004 times a month"),
        (
            unread(saving=D(-5), pays_above=D(1)),
            "once each object is read more than 1 time a month",
        ),
        (unread(), "It saves however often they are read"),
        (unread(saving=D(-5)), "It saves nothing, however often they are read"),
    ],
)
def test_it_says_how_often_objects_may_be_read_for_a_change_to_pay(alone, told):
    assert told in advice_parts.pays_off(alone)


def test_an_answer_without_known_reads_shows_now_and_what_holds_if_nobody_reads():
    change = {"kind": "storage_class", "to_class": "STANDARD_IA"}
    found = WhatIf(
        scenario=Scenario(name="Cold", change=change), before=D(50),
        if_unread=unread(pays_below=D(2)), unknown=("nobody knows the reads",),
    )  # fmt: skip
    for html in (str(advice_parts.answer(found)), str(advice_parts.compared([found]))):
        assert all(one in html for one in ("$50.00", "$40.00", "\u2212$10.00", "if nobody reads"))
        assert "fewer than 2 times" in html
        assert ">unknown<" not in html


@pytest.mark.parametrize(
    ("months", "told"),
    [("0", "< 0.1 months"), ("0.04", "< 0.1 months"), ("1", "1 month"), ("1.04", "1 month"),
     ("384.2", "384.2 months"), (None, "never")],
)  # fmt: skip
def test_a_payback_is_never_no_time_where_something_is_paid(months, told):
    assert advice_parts.payback(D(months) if months else None, D(2)) == told
    assert advice_parts.payback(D(0), D(0)) == "at once"
