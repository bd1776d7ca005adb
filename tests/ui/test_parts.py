from datetime import UTC, datetime

import pytest

from core.ui import parts
from core.ui.parts import Stat, Step, Tone

NASTY = "<script>alert(1)</script>"
NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize("tone", list(Tone))
def test_a_badge_carries_a_word_beside_its_colour(tone):
    made = parts.badge(tone, "delivered")
    assert "delivered" in made
    assert f"ui-{tone.value}" in made
    assert 'aria-hidden="true"' in made


def test_a_check_that_passes_shows_what_was_found_only():
    made = parts.steps([Step("original: status", Tone.OK, "ok", "200", "200")])
    assert "expected" not in made
    assert ">200<" in made


def test_a_check_that_fails_shows_expected_and_found():
    made = parts.steps([Step("original: status", Tone.FAIL, "fails", "200", "403")])
    assert made.index("expected") < made.index("200") < made.index("403")


def test_facts_leave_out_what_is_not_known():
    made = parts.facts([("Camera", ""), ("Type", "image/jpeg"), ("Taken", None)])
    assert "Camera" not in made
    assert "Taken" not in made
    assert "image/jpeg" in made


def test_a_diff_colours_lines_and_drops_file_headers():
    made = parts.diff("--- a\n+++ b\n@@ x @@\n-old\n+new\n same")
    assert "--- a" not in made
    assert '<span class="ui-d-del">-old</span><span class="ui-d-add">+new</span>' in made
    assert '<span class="ui-d-at">@@ x @@</span>' in made


def test_a_relative_time_has_the_absolute_on_hover():
    made = parts.when(NOW, NOW)
    assert "just now" in made
    assert 'title="2026-11-20 09:30 UTC"' in made
    assert parts.when(None, NOW) is None


def test_a_problem_says_what_what_to_do_and_its_reference():
    made = parts.problem("The disk is full.", "Delete a file.", "AB12", "No room")
    for words in ("No room", "The disk is full.", "Delete a file.", "Reference AB12"):
        assert words in made
    assert 'role="alert"' in made


def test_numbers_stand_right_in_their_column():
    made = parts.table(("Name", "Size"), [("a", "1 B")], right=(1,))
    assert '<th class="ui-right">Size</th>' in made
    assert '<td class="ui-right">1 B</td>' in made


@pytest.mark.parametrize(
    "made",
    [
        parts.headline(NASTY, NASTY, Tone.FAIL),
        parts.title(NASTY, NASTY),
        parts.stat_row([Stat(NASTY, NASTY, NASTY)]),
        parts.facts([(NASTY, NASTY)]),
        parts.mono(NASTY, 8),
        parts.note(NASTY),
        parts.empty_state(NASTY, NASTY),
        parts.problem(NASTY, NASTY, NASTY, NASTY),
        parts.steps([Step(NASTY, Tone.FAIL, NASTY, NASTY, NASTY)]),
        parts.before_after([(NASTY, NASTY, NASTY)]),
        parts.diff(NASTY),
        parts.table((NASTY,), [(NASTY,)]),
        parts.badge(Tone.OK, NASTY),
    ],
)
def test_no_part_lets_data_become_markup(made):
    assert "<script" not in made
    assert "&lt;" in made
