"""The engine against the emulator's CDN: status, bucket, key and code of random requests agree.

A failure shrinks and prints its seed: `pytest --hypothesis-seed=N` runs the same worlds again. The long
run is `python -m tests.bench differential`.
"""

import secrets

import pytest

from tests.diagnostics.differential.campaign import PER_WORLD, Tally, run

WORLDS = 120

pytestmark = [pytest.mark.emulator, pytest.mark.timeout(600)]  # shrinking takes its time


def test_random_worlds_are_answered_as_predicted(laboratory, pytestconfig):
    told = pytestconfig.getoption("--hypothesis-seed")
    tally = run(laboratory, int(told or secrets.randbits(32)), WORLDS, Tally())
    asked = tally.compared + tally.unknown + sum(tally.left_out.values())
    assert asked >= WORLDS * PER_WORLD
    assert tally.compared > asked / 2  # what is left out stays the smaller part
    assert tally.unknown < asked / 20  # "unknown" is an answer, but no way out
    assert len(tally.statuses) >= 4  # served, refused, redirected; by chance rarely more than 7
