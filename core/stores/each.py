"""Many things to do, of which a single one may fail: the others are done all the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from core.errors import AwsUnavailable, DashboardError

T = TypeVar("T")


def each(items: Iterable[T], work: Callable[[T], int]) -> int:
    """The sum of what `work` gives. The first error is raised at the end, but `AwsUnavailable`
    at once: who doesn't answer for one won't for a thousand.
    """
    count, problem = 0, None
    for item in items:
        try:
            count += work(item)
        except AwsUnavailable:
            raise
        except DashboardError as error:
            problem = problem or error
    if problem is not None:
        raise problem
    return count
