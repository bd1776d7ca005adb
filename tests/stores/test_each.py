"""One thing that fails keeps no other from being done, unless nobody answers."""

import pytest

from core.errors import AwsDenied, AwsUnavailable
from core.stores.each import each


def test_each_is_done_and_the_first_error_is_told_at_the_end():
    done = []

    def work(number):
        if number % 2:
            raise AwsDenied(f"No {number}.", hint="")
        done.append(number)
        return number

    with pytest.raises(AwsDenied, match="No 1"):
        each(range(6), work)
    assert done == [0, 2, 4]
    assert each((2, 4), work) == 6


def test_where_nobody_answers_the_others_are_not_asked():
    asked = []

    def work(number):
        asked.append(number)
        raise AwsUnavailable("Nobody answers.", hint="")

    with pytest.raises(AwsUnavailable):
        each(range(6), work)
    assert asked == [0]
