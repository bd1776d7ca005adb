"""What an audit leaves out would have changed nothing: rules that are not asked, looser guesses."""

import json
from pathlib import Path

from scenarios import MORE, SCENARIOS
from scenarios_rare import RARE

from core.diagnostics.candidates import best_guess
from core.diagnostics.causes.registry import all_rules, rules_for
from core.diagnostics.engine import examine, parse_snapshot
from core.diagnostics.verdict import short_of, verdict_of

CASES = sorted(Path(__file__).with_name("cases").glob("*.json"))


def snapshots():
    for path in CASES:
        yield parse_snapshot(json.loads(path.read_text())["snapshot"])
    for scenario in (*SCENARIOS, *MORE, *RARE):
        yield parse_snapshot(scenario.snapshot)


def test_a_rule_that_is_not_asked_has_nothing_to_say():
    left_out = 0
    for snapshot in snapshots():
        case, _ = examine(snapshot)
        asked = set(rules_for(frozenset(stop.tag for stop in case.journey.stops)))
        for rule in set(all_rules()) - asked:
            assert list(rule(case)) == [], (snapshot.id, rule)
            left_out += 1
    assert left_out > 1000


def test_a_search_that_ends_early_finds_the_same_object_and_causes():
    for snapshot in snapshots():
        whole, wanted = examine(snapshot)
        case, found = examine(snapshot, search=best_guess)
        assert case.best == whole.best, snapshot.id
        assert found == wanted, snapshot.id


def test_the_short_verdict_is_the_whole_one_without_its_words():
    for snapshot in snapshots():
        case, found = examine(snapshot)
        whole = verdict_of(case, found, ())
        assert short_of(case, found) == (
            whole.predicted_status, whole.primary_cause, whole.confidence,
        )  # fmt: skip
