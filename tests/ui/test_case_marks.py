"""What a monitor and a migration say in words, from their nouns alone."""

from datetime import UTC, datetime, timedelta

import pytest

from core.model.migration import Layout, LayoutReport, Mapping, Migration
from core.model.saved_case import CaseSummary, Check, Monitor, SavedCase
from core.ui import case_marks, migration_marks
from core.ui.parts import Tone

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
AGO = NOW - timedelta(hours=3)
CHECK = Check(at=AGO, status="broken", cause="missing-key", sentence="<b>Gone</b>")


def monitor(state, known=None, last=CHECK):
    return Monitor(
        interval_seconds=900, next_at=NOW, state=state, since=AGO, known=known,
        known_since=AGO if known else None, last=last,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("found", "tone", "words"),
    [
        (None, Tone.NEUTRAL, "not watched"),
        (monitor("works", "works"), Tone.OK, "works since 3 h ago"),
        (monitor("broken", "broken"), Tone.FAIL, "broken since 3 h ago"),
        (monitor("relapsed", "relapsed"), Tone.FAIL, "relapsed 3 h ago"),
        (monitor("unknown", None, None), Tone.UNKNOWN, "not checked yet"),
        (monitor("unknown", "works"), Tone.UNKNOWN, "could not check since 3 h ago"),
        (
            monitor("unknown", "relapsed"),
            Tone.FAIL,
            "relapsed 3 h ago; could not check since 3 h ago",
        ),
    ],
)
def test_a_monitor_says_its_state_and_since_when(found, tone, words):
    assert case_marks.watch_mark(found, NOW) == (tone, words)


def test_names_and_sentences_are_never_markup():
    case = SavedCase(
        id="1", name="<img>", saved_at=NOW, monitor=monitor("broken", "broken"),
        summary=CaseSummary(primary_cause="x", sentence="s", confidence="certain"),
    )  # fmt: skip
    line = case_marks.case_line(case, NOW)
    assert "<img>" not in line
    assert "no URL" in line
    assert "<b>Gone" not in case_marks.check_rows([CHECK], NOW)


def migration(**more):
    return Migration(
        id="m", bucket="b", legacy="old/{<x>}", target="new", planned_by="s", planned_at=NOW, **more
    )


def test_layouts_are_shown_with_counts_and_proof():
    layouts = (
        Layout(pattern="users/{user}/{file}", count=1200, size=2048, personal=True, sample=("u",)),
        Layout(pattern="flat/{file}", count=3),
    )
    proven = Mapping(legacy=layouts[0].pattern, target="flat/{file}", pairs=4)
    report = LayoutReport(bucket="b", layouts=layouts, mappings=(proven,), keys=1203)
    table = migration_marks.layout_table(report)
    assert "1,200" in table
    assert "proven by 4 pairs" in table
    assert "e-mail addresses" in table
    assert "1,200 objects in an older form" in migration_marks.headline(report)
    offered = report.model_copy(update={"mappings": (proven.model_copy(update={"pairs": 0}),)})
    assert "to be chosen" in migration_marks.layout_table(offered)
    none = report.model_copy(update={"mappings": (), "complete": False})
    assert "the first 1,203 keys" in migration_marks.headline(none)


def test_a_migration_says_what_is_left_and_when_old_objects_may_go():
    moved = migration(
        state="moved", counts={"moved": 5, "deleted": 2, "conflict": 1}, moved_at=NOW, wish="delete"
    )
    shown = migration_marks.progress(moved, NOW + timedelta(days=2))
    assert "old ones may go in 5 d" in shown
    assert "Waits until somebody approves deleting the old objects" in shown
    assert "&lt;x&gt;" in shown
    late = migration_marks.progress(moved, NOW + timedelta(days=8))
    assert "old ones may go<" in late


def test_a_dry_run_says_what_it_can_not_do():
    shown = migration_marks.dry_run(
        migration(dry_run={"keys": 3, "collisions": 2, "personal": 1, "rows_without_object": 4})
    )
    assert "2 can&#x27;t be moved without a decision" in shown
    assert "4 name an object that is not there" in shown
    assert "verified in S3 alone" in shown
    assert "deleting is for good" in shown
    assert "Taken" in migration_marks.problems([("a", "b", "Taken")])
