"""Environments that buckets and folders name: production, staging, and so on."""

from __future__ import annotations

import re

_ENVIRONMENT = re.compile(
    r"(?:^|[-_./])(prod|production|prd|live|staging|stage|stg|dev|development|test|testing|qa|uat|"
    r"sandbox|preview|demo|local|old|legacy|backup|archive|temp|tmp)(?=$|[-_./\d])",
    re.IGNORECASE,
)


def environment(name: str) -> str:
    """The environment that a bucket or folder names, in lower case."""
    found = _ENVIRONMENT.search(name)
    return found[1].lower() if found else ""


def only_environments_apart(one: str, other: str) -> bool:
    """Whether two keys are equal but for a first folder that names an environment in both."""
    (left, _, rest), (right, _, same) = one.partition("/"), other.partition("/")
    return rest == same != "" and bool(environment(left)) and bool(environment(right))
