"""Spans of time as people read them."""

import pytest

from core.model.caching import span


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 seconds"), (1, "1 second"), (300, "5 minutes"), (3600, "1 hour"),
        (86_400, "1 day"), (2_592_000, "30 days"), (31_536_000, "1 year"),
        (63_072_000, "2 years"), (5400, "about 1.5 hours"), (100_000, "about 1.2 days"),
    ],
)  # fmt: skip
def test_a_span_has_the_unit_that_fits(seconds, words):
    assert span(seconds) == words
