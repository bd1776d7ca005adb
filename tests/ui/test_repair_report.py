"""A repair as people see it: state, sentence, each write, who did what."""

from datetime import UTC, datetime

import pytest

from core.model.diagnosis import Fix, FixType
from core.model.media import Problem
from core.model.repair import Action, ActionKind, Edit, Outcome, Repair, RepairState, Verification
from core.ui.repair_report import report

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
NASTY = "<script>alert(1)</script>"


def repair(**changes):
    fields = {
        "id": "r1", "url": "https://d1.example/a.jpg", "title": "Correct the statement",
        "fix": Fix(id="f1", type=FixType.POLICY_PATCH, title="Correct the statement",
                   needs=("s3:PutBucketPolicy",), cost_note="Free"),
        "proposed_by": "sue", "proposed_at": NOW,
    }  # fmt: skip
    return Repair(**{**fields, **changes})


def write(before="old", after="new", **changes):
    edit = Edit(path=("Origins", "Items", "s3", "OriginPath"), before=before, after=after)
    return Action(kind=ActionKind.DISTRIBUTION, target="E1", edits=(edit,), **changes)


@pytest.mark.parametrize("state", list(RepairState))
def test_every_state_has_a_word(state):
    html = report(repair(state=state, actions=(write(),)), NOW, {})
    assert "ui-badge" in html
    assert "Origins / s3 / OriginPath" in html
    assert "- old" in html
    assert "+ new" in html


@pytest.mark.parametrize("kind", list(ActionKind))
def test_every_kind_of_write_has_a_name(kind):
    assert "E1" in report(repair(actions=(write().model_copy(update={"kind": kind}),)), NOW, {})


def test_what_a_request_said_and_who_did_what_stands_there():
    said = Verification(
        url="https://d1.example/a.jpg", status=200, at=NOW, sentence="HEAD was answered 200."
    )
    html = report(
        repair(state=RepairState.VERIFIED, verification=said, approved_by="ada", approved_at=NOW,
               applied_by="sue", applied_at=NOW, new_url="https://d1.example/b.jpg",
               actions=(write(outcome=Outcome.DONE, reversible=False),)),
        NOW, {},
    )  # fmt: skip
    for words in ("HEAD was answered 200.", "sue", "ada", "b.jpg", "There is no way back", "Free"):
        assert words in html


def test_a_failure_says_why_and_which_write_it_was():
    problem = Problem(
        slug="conflict", title="C", status=409, detail="It changed.", hint="Look again."
    )
    failed = write(outcome=Outcome.FAILED, problem="OriginPath is /v3 now")
    html = report(repair(state=RepairState.FAILED, problem=problem, actions=(failed,)), NOW, {})
    assert "It changed. Look again." in html
    assert "OriginPath is /v3 now" in html


def test_values_are_never_markup_and_many_rows_are_counted():
    row = write(NASTY, {"a": NASTY}, place={"pk": NASTY})
    html = report(repair(title=NASTY, steps=(NASTY,), notes=(NASTY,), actions=(row,) * 8), NOW, {})
    assert NASTY not in html
    assert "3 more rows" in html


def test_an_empty_value_is_not_shown_as_nothing():
    assert "- (empty)" in report(repair(actions=(write(before=""),)), NOW, {})


def test_who_did_what_is_told_by_name_where_the_account_still_exists():
    done = repair(proposed_by="a1", applied_by="a2", applied_at=NOW)
    html = report(done, NOW, {"a1": "Sven"})
    assert "Sven" in html
    assert "a2" in html


def test_only_the_lines_that_change_are_marked():
    old = {"Sid": "Cdn", "Effect": "Allow", "Resource": "arn:a"}
    edit = Edit(path=("Statement", "Cdn"), before=old, after=old | {"Resource": "arn:b"})
    html = report(repair(actions=(write().model_copy(update={"edits": (edit,)}),)), NOW, {})
    assert html.count("ui-d-del") == 1
    assert html.count("ui-d-add") == 1
    assert "arn:b" in html
