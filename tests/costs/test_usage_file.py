"""Usage files as people write them, right and wrong."""

import json
from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.costs.service.sheets import bundled_sheet
from core.costs.usage_file import parse_usage, read_usage
from core.errors import InvalidInput

LINE = {"line": "cf.dto", "region": "US", "quantity": 1}


def read(value, period="2026-10"):
    return read_usage(
        value if isinstance(value, str) else json.dumps(value), bundled_sheet(), period
    )


def test_numbers_are_kept_exactly_whether_strings_or_not():
    entry = {"line": "cf.dto", "region": "US"}
    usage = read(
        {
            "lines": [
                entry | {"quantity": 0.1},
                entry | {"quantity": "0.10"},
                entry | {"quantity": 1e6},
            ]
        }
    )
    assert [line.quantity for line in usage.lines] == [Decimal("0.1"), Decimal("0.1"), 1_000_000]


def test_a_file_without_a_month_means_the_current_one():
    assert read({"lines": [LINE]}).period == "2026-10"


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("", "not JSON"), ("[1, 2]", "not a JSON object"), ('{"lines": [', "not JSON"),
        ({"lines": [LINE | {"quantity": -1}]}, "lines.0.quantity"),
        ({"lines": [LINE | {"quantity": True}]}, "a number is needed"),
        ({"lines": [LINE | {"quantity": "lots"}]}, "lines.0.quantity"),
        ({"lines": [LINE | {"quantity": "Infinity"}]}, "lines.0.quantity"),
        ({"lines": [LINE | {"quantity": "1e31"}]}, "lines.0.quantity"),
        ({"lines": [LINE | {"quantity": "1e-99"}]}, "60 decimals"),
        ({"lines": [{"line": "cf.dto", "region": "US"}]}, "lines.0.quantity"),
        ({"lines": [LINE | {"free_mode": "sometimes"}]}, "free_mode"),
        ({"lines": [LINE | {"override_per": 0}]}, "override_per"),
        ({"lines": "none"}, "lines"),
        ({"period": "2026-13"}, "not a month"), ({"period": "October"}, "not a month"),
        ({"currency": "EUR"}, "EUR"), ({"allowances": "some"}, "allowances"),
        ('{"lines": [{"line": "cf.dto", "region": "US", "quantity": NaN}]}', "NaN is no number"),
        ({"objects": [{"size": -1}]}, "objects.0.size"),
        ({"deliveries": [{"edge_group": "US", "views": 1, "bytes_per_view": 1, "hit_ratio": 90}]}, "hit_ratio"),
    ],
)  # fmt: skip
def test_nonsense_is_refused_with_the_place(file, said):
    with pytest.raises(InvalidInput) as refused:
        read(file)
    assert said in refused.value.message
    assert refused.value.hint


def test_a_field_that_nobody_knows_is_told():
    usage = read(
        {
            "lines": [LINE | {"free_quantitty": 3}],
            "perriod": 1,
            "objects": [{"size": 1, "colour": 2}],
        }
    )
    assert usage.warnings == tuple(
        f"the field '{name}' is not known and was not used"
        for name in ("perriod", "free_quantitty", "colour")
    )


def test_an_empty_file_is_told_and_costs_nothing():
    assert "no usage" in read({}).warnings[0]


def test_all_forms_can_stand_in_one_file():
    usage = read({
        "region": "us-east-1", "lines": [LINE], "objects": [{"size": 2**30}],
        "deliveries": [{"edge_group": "EU", "views": 1, "bytes_per_view": 1}],
    })  # fmt: skip
    assert [line.line for line in usage.lines][:3] == ["cf.dto", "s3.storage.STANDARD", "cf.dto"]


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
        ["lines", "objects", "line", "region", "quantity", "size", "count", "period", "x"]), inner, max_size=4),
    max_leaves=8,
)  # fmt: skip


@given(json_values)
def test_any_json_is_read_or_refused_and_never_breaks(value):
    with suppress(InvalidInput):
        assert parse_usage(value, bundled_sheet(), "2026-10").period
