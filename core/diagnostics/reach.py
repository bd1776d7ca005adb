"""Which URL would lead to an object: built backwards, then proved by tracing it forwards."""

from __future__ import annotations

from collections.abc import Iterator

from core.diagnostics.causes.registry import Case
from core.diagnostics.origins import endpoint_of
from core.diagnostics.urls import path_of
from core.model.delivery import Distribution, Origin


def reachable_url(case: Case, bucket: str, key: str) -> tuple[str | None, int | None]:
    """A URL that resolves to exactly this object, and the status it would get."""
    best: tuple[str | None, int | None] = (None, None)
    for distribution, origin in _doors(case, bucket):
        lead = origin.origin_path
        if not ("/" + key).startswith(lead + "/"):
            continue
        path = path_of(key[len(lead) :] if lead else key)
        url = f"https://{_host(case, distribution)}{path}"
        again = case.retrace(url)
        there = again.visit
        if there is None or (there.bucket_name, there.key) != (bucket, key):
            continue
        if again.status == 200:
            return url, 200
        best = best if best[0] else (url, again.status)
    return best


def _host(case: Case, distribution: Distribution) -> str:
    own = case.journey.distribution
    alias = next((a for a in distribution.config.aliases if not a.startswith("*")), "")
    if own is not None and own.id == distribution.id:
        return case.journey.url.host
    return alias or distribution.domain_name


def _doors(case: Case, bucket: str) -> Iterator[tuple[Distribution, Origin]]:
    """Origins that lead to the bucket, those of the request's own distribution first."""
    own = case.journey.distribution
    others = [d for d in case.snapshot.distributions if own is None or d.id != own.id]
    for distribution in [*([own] if own else []), *others]:
        if not distribution.config.enabled:
            continue
        for origin in distribution.config.origins:
            if endpoint_of(origin.domain_name).bucket == bucket:
                yield distribution, origin
