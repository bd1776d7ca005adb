"""Several sources as one stream: complete, bounded, and ended by the first error."""

import threading

import pytest

from core.aws.parallel import merged


def test_everything_of_every_source_comes_through():
    sources = [lambda n=n: range(n * 100, n * 100 + 100) for n in range(20)]
    assert sorted(merged(sources, 3)) == list(range(2000))
    assert list(merged([])) == []
    assert list(merged([lambda: "ab"])) == ["a", "b"]


def test_the_first_error_is_raised_where_the_items_are_taken():
    def bad():
        yield 1
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        list(merged([bad, lambda: range(10_000)], 2))


def test_a_reader_that_leaves_early_ends_the_sources():
    began = threading.active_count()
    stream = merged([lambda: iter(int, 1), lambda: iter(int, 1)], 2)
    assert next(stream) == 0
    stream.close()
    assert threading.active_count() <= began
