"""A JavaScript engine with limits: time, memory, stack; no network, no files, no clock of ours."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import quickjs

MEMORY_LIMIT = 8 * 1024 * 1024
STACK_LIMIT = 256 * 1024
TIME_LIMIT = 0.1  # seconds of CPU; CloudFront itself stops a function after about 1 ms
MAX_JOBS = 1000

Failure = (quickjs.JSException, quickjs.StackOverflow)


def engine() -> Any:
    context = quickjs.Context()
    context.set_memory_limit(MEMORY_LIMIT)
    context.set_max_stack_size(STACK_LIMIT)
    context.set_time_limit(TIME_LIMIT)
    return context


def drain(context: Any) -> None:
    """Run what promises left to do, up to a limit."""
    for _ in range(MAX_JOBS):
        if not context.execute_pending_job():
            return


@lru_cache(maxsize=256)
def matches_regex(pattern: str, text: str) -> bool | None:
    """Whether somebody else's expression finds something; None where it can't be told in time.

    Python's own engine has no limit of time, so a hostile pattern could hold a thread for ever.
    """
    flags, rest = re.match(r"(?:\(\?([ims]+)\))?(.*)", pattern, re.DOTALL).groups()  # type: ignore[union-attr]
    context = engine()
    try:
        context.set("__pattern", rest)
        context.set("__flags", "".join(sorted(set(flags or ""))))
        context.set("__text", text)
        return bool(context.eval("new RegExp(__pattern, __flags).test(__text)"))
    except Failure:
        return None
