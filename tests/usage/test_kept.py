"""Answers that are kept: for a while, and never those that failed."""

from datetime import UTC, datetime, timedelta

import pytest

from core.errors import AwsUnavailable
from core.usage.service.kept import Aged


def test_an_answer_holds_for_a_while_and_a_failure_not_at_all():
    now, answers = [datetime(2026, 11, 20, tzinfo=UTC)], iter((1, AwsUnavailable("Slow."), 2, 3))

    def find():
        found = next(answers)
        if isinstance(found, Exception):
            raise found
        return found

    kept = Aged(find, lambda: now[0], timedelta(minutes=10))
    assert (kept(), kept()) == (1, 1)
    now[0] += timedelta(minutes=10)
    with pytest.raises(AwsUnavailable):
        kept()
    assert (kept(), kept()) == (2, 2)
    now[0] -= timedelta(days=1)  # a clock that jumped
    assert kept() == 3
