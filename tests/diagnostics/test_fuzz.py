"""A fixed slice of the fuzz bench, the extremes, and the refusals' words."""

import time

import pytest
from worlds import attached, behavior, case, distribution, function, thing

from core.diagnostics.engine import diagnose
from core.errors import InvalidInput
from tests.diagnostics.fuzzing import EXTREMES, KINDS, made, outcome

SLICE = 200  # cases per test; `python -m tests.bench fuzz` tries 100,000


@pytest.mark.parametrize("part", range(6))
def test_any_case_gives_a_report_or_a_clear_refusal_in_time(part):
    for seed in range(part * SLICE, (part + 1) * SLICE):
        shape, begun = made(seed), time.perf_counter()
        assert outcome(shape) in {"report", "refused"}, seed
        assert time.perf_counter() - begun < 5, seed


def test_the_slice_is_mostly_understood():
    results = [outcome(made(seed)) for seed in range(200)]
    assert results.count("report") > len(results) / 3
    assert {kind.__name__ for kind in KINDS} == {"damaged", "with_url", "with_policy", "small"}


@pytest.mark.parametrize("name", EXTREMES)
def test_an_extreme_case_ends_in_time(name):
    shape, begun = EXTREMES[name](), time.perf_counter()
    assert outcome(shape) in {"report", "refused"}
    assert time.perf_counter() - begun < 5


FOUND = {  # what the fuzzer once found
    "a size beyond all numbers": case(held=(thing("avatars/u1.jpg", Size=10**400),)),
    "a key of many equal segments": case(path="/a" * 50_000),
    "code with a null character": case(
        functions=[function("f", "function handler(e){return e.request}\0")],
        distributions=[distribution(default=behavior(FunctionAssociations=attached("f")))],
    ),
}


@pytest.mark.parametrize("name", FOUND)
def test_an_old_finding_stays_fixed(name):
    begun = time.perf_counter()
    assert outcome(FOUND[name]) == "report"
    assert time.perf_counter() - begun < 2


@pytest.mark.parametrize(
    ("snapshot", "place"),
    [
        ({"request": {"Url": "\ud800"}}, "request.Url: half of a character"),
        (
            {"buckets": [{"Name": "b", "Objects": [{"Key": "a\udfff"}]}]},
            "buckets.0.Objects.0.Key: half",
        ),
        ({"facts\ud800": 1}, "a name: half of a character"),
        ({"request": {"Url": 7}}, "request.Url"),
        ({"buckets": [{"Name": ["b"]}]}, "buckets.0.Name"),
        ({"distributions": 5}, "distributions"),
    ],
)
def test_a_refusal_names_the_place(snapshot, place):
    with pytest.raises(InvalidInput, match="The case can't be read") as caught:
        diagnose({"now": "2026-11-20T12:00:00Z", "request": {}, **snapshot})
    assert place in caught.value.message


def test_what_is_nested_too_deeply_is_refused():
    value = {}
    for _ in range(50_000):
        value = {"a": [value]}
    with pytest.raises(InvalidInput, match="nested too deeply"):
        diagnose({"now": "2026-11-20T12:00:00Z", "request": {}, "db_record": value})
