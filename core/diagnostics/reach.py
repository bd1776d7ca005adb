"""Which URL would lead to an object: built backwards, then proved by tracing it forwards."""

from __future__ import annotations

from collections.abc import Iterator

from core.diagnostics.causes.registry import Case
from core.diagnostics.origins import endpoint_of
from core.diagnostics.urls import path_of
from core.model.delivery import AccountSnapshot, Distribution, Origin


def reachable_url(case: Case, bucket: str, key: str) -> tuple[str | None, int | None]:
    """A URL that resolves to exactly this object, and the status it would get."""
    best: tuple[str | None, int | None] = (None, None)
    own = case.journey.distribution
    for url in urls_to(case.snapshot, own, case.journey.url.host, bucket, key):
        again = case.retrace(url)
        there = again.visit
        if there is None or (there.bucket_name, there.key) != (bucket, key):
            continue
        if again.status == 200:
            return url, 200
        best = best if best[0] else (url, again.status)
    return best


def urls_to(
    snapshot: AccountSnapshot, own: Distribution | None, host: str, bucket: str, key: str
) -> Iterator[str]:
    """URLs that should lead to an object; `own` answers `host` and comes first."""
    for distribution, origin in _doors(snapshot, own, bucket):
        lead = origin.origin_path
        if ("/" + key).startswith(lead + "/"):
            path = path_of(key[len(lead) :] if lead else key)
            yield f"https://{_host(own, host, distribution)}{path}"


def _host(own: Distribution | None, host: str, distribution: Distribution) -> str:
    if own is not None and own.id == distribution.id:
        return host
    alias = next((a for a in distribution.config.aliases if not a.startswith("*")), "")
    return alias or distribution.domain_name


def _doors(
    snapshot: AccountSnapshot, own: Distribution | None, bucket: str
) -> Iterator[tuple[Distribution, Origin]]:
    """Origins that lead to the bucket, those of the request's own distribution first."""
    others = [d for d in snapshot.distributions if own is None or d.id != own.id]
    for distribution in [*([own] if own else []), *others]:
        if not distribution.config.enabled:
            continue
        for origin in distribution.config.origins:
            if endpoint_of(origin.domain_name).bucket == bucket:
                yield distribution, origin
