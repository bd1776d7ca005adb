"""`*` and `?` as path patterns, policies and invalidations use them: case-sensitive, no escapes."""

from __future__ import annotations


def matches(pattern: str, text: str) -> bool:
    """`*` is any run of characters (also "/"), `?` is exactly one. Never worse than n times m."""
    if "?" not in pattern:
        star = pattern.find("*")
        if star < 0:
            return pattern == text
        if star == len(pattern) - 1:
            return text.startswith(pattern[:-1])
    return _walk(pattern, text)


def _walk(pattern: str, text: str) -> bool:
    """Greedy matching that only ever goes back to the latest star."""
    at = here = 0
    star, resume = -1, 0
    while here < len(text):
        if at < len(pattern) and pattern[at] == "*":
            star, resume = at, here
            at += 1
        elif at < len(pattern) and pattern[at] in {"?", text[here]}:
            at += 1
            here += 1
        elif star >= 0:
            resume += 1
            at, here = star + 1, resume
        else:
            return False
    return all(character == "*" for character in pattern[at:])


def literal_prefix(pattern: str) -> str:
    """What stands before the first wildcard."""
    return pattern.partition("*")[0].partition("?")[0]


def has_wildcard(text: str) -> bool:
    return "*" in text or "?" in text
