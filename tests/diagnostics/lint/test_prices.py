"""What the linter makes of the price sheet's verdicts."""

from decimal import Decimal

from core.diagnostics.lint.engine import lint_text
from core.model.pricing import PriceClaim, PriceVerdict, Verdict

TEXT = "# Costs\n\nStorage: $0.5 per GB-month\nCloudFront requests: $1 per 10 requests\n"


def verdict(number=3, ruling=Verdict.WRONG, *, total=False, **fields):
    claim = PriceClaim(
        text="x",
        value=Decimal("0.5"),
        per=Decimal(1),
        unit="GB-month",
        number=number,
        is_total=total,
    )
    return PriceVerdict(claim=claim, verdict=ruling, **fields)


def linted(*verdicts):
    return lint_text("a.md", TEXT, lambda _: verdicts)


def test_a_wrong_price_names_the_right_one_and_by_how_much():
    said = linted(verdict(expected_usd=Decimal("0.25"), per=Decimal(1), ratio=Decimal(2)))
    (found,) = said.findings
    assert found.rule == "X2"
    assert found.sentence == (
        "$0.5 per GB-month is not AWS's price: it is $0.25 per GB-month, "
        "so the claim is 2 times too high."
    )
    assert found.evidence[0].where == "a.md:3"
    (low,) = linted(verdict(ratio=Decimal("0.5"))).findings
    assert "2 times too low" in low.sentence


def test_without_an_expected_price_only_the_claim_is_refused():
    (found,) = linted(verdict()).findings
    assert found.sentence == "$0.5 per GB-month is not AWS's price."


def test_requests_of_the_cdn_are_told_apart_by_their_words_where_the_sheet_names_no_line():
    assert [f.rule for f in linted(verdict(4)).findings] == ["X3"]


def test_a_total_that_does_not_add_up_is_a_total():
    (found,) = linted(verdict(total=True, likely_cause="it comes to $3")).findings
    assert found.rule == "X4"
    assert "it comes to $3" in found.sentence
    assert linted(verdict(ruling=Verdict.OK, total=True)).findings == ()


def test_what_the_sheet_cannot_say_is_not_checked():
    report = linted(
        verdict(ruling=Verdict.AMBIGUOUS, conditions=("two lines fit",)),
        verdict(None, Verdict.UNPRICED), verdict(4, Verdict.STALE), verdict(ruling=Verdict.OK),
    )  # fmt: skip
    assert report.findings == ()
    assert [n.rule for n in report.not_checked] == ["X2", "X2", "X3"]
    assert any("two lines fit" in n.why for n in report.not_checked)
