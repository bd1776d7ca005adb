"""Many URLs against one configuration and one listing: for each what `diagnose` says. Pure.

Plain URLs take the answer that the engine gave to the first of their kind; a missing object keeps
only the way to it and is looked for on its own; everything else goes through the whole engine.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

from core.diagnostics.access import AccessOutcome, Caller
from core.diagnostics.audit_files import Skipped
from core.diagnostics.audit_lanes import Kind, Lane, Lanes, Line, Test, telling
from core.diagnostics.candidates import best_guess
from core.diagnostics.causes.registry import Case, Found
from core.diagnostics.edge.viewer import MAX_URL_BYTES
from core.diagnostics.engine import answering_of, examine, judge, parse_snapshot, place_of
from core.diagnostics.journey import Journey
from core.diagnostics.listing import Listing
from core.diagnostics.urls import RequestUrl, key_of, normalise
from core.diagnostics.verdict import short_of
from core.diagnostics.visit import Indexes
from core.errors import InvalidInput
from core.model.delivery import AccountSnapshot, Bucket, S3Object
from core.model.diagnosis import ObjectState
from core.model.signed_access import without_signature

if TYPE_CHECKING:
    from core.diagnostics.listing_index import CompactIndex, Sorted

_PLAIN = re.compile(
    r"(https?://[a-z0-9.-]*[a-z0-9])(/[A-Za-z0-9_~!$&'()*+,;=:@./%-]+)(?:\?([A-Za-z0-9_.=&-]*))?"
).fullmatch
_CHUNK = 512  # rows of a listing that are taken together; more of them leave the cache
_PRESENT = {ObjectState.PRESENT, ObjectState.ARCHIVED}


class ListedIndexes(Indexes):
    """Indexes of listed buckets; buckets that no listing names keep the snapshot's objects."""

    def __init__(self, snapshot: AccountSnapshot, listings: Mapping[str, Listing]) -> None:
        from core.diagnostics.listing_index import CompactIndex  # noqa: PLC0415  # NumPy: 16 MiB

        super().__init__()
        self._block, self._now = snapshot.account_public_access_block, snapshot.now
        self._reads: dict[tuple[object, ...], AccessOutcome] = {}
        self._tests: dict[str, tuple[Test, ...]] = {}
        self.listed: dict[str, CompactIndex] = {}
        for bucket in snapshot.buckets:
            if bucket.name in listings:
                index = CompactIndex(bucket, listings[bucket.name])
                self.listed[bucket.name] = self._built[id(bucket)] = index
                self._tests[bucket.name] = telling(bucket)

    def read(
        self, snapshot: AccountSnapshot, bucket: Bucket, caller: Caller, item: S3Object
    ) -> AccessOutcome:
        """Keys that the same statements name are alike; what is refused is told for each key."""
        mine = self.of(bucket) is self.listed.get(bucket.name)
        same = snapshot.now is self._now and snapshot.account_public_access_block is self._block
        if not mine or not same:
            return super().read(snapshot, bucket, caller, item)
        kind = (bucket.name, caller, *[test(item.key) for test in self._tests[bucket.name]])
        found = self._reads.get(kind)
        if found is None:
            found = super().read(snapshot, bucket, caller, item)
            if found.effect != "deny":
                self._reads[kind] = found
        return found

    def warm(self, made: Mapping[str, Mapping[str, Sorted]] | None = None) -> None:
        """Build what later look-ups need, so that processes can share it; `made` is ready."""
        for name, index in self.listed.items():
            index.warm((made or {}).get(name))


def read_listings(
    rows: Iterable[list[str]], skipped: Skipped, warnings: list[str]
) -> dict[str, Listing]:
    """Listings by bucket from rows of bucket, key, size, time and storage class."""
    found: dict[str, Listing] = {}
    left = iter(rows)
    while chunk := list(islice(left, _CHUNK)):
        for bucket, held in _by_bucket(chunk, skipped).items():
            _, keys, sizes, _, classes = zip(*held, strict=True)
            found.setdefault(bucket, Listing()).extend(keys, sizes, classes)
    unread = sum(listing.unsized for listing in found.values())
    repeated = sum(listing.repeated for listing in found.values())
    if unread:
        warnings.append(f"{unread:,} objects have no size that is a number")
    if repeated:
        warnings.append(f"{repeated:,} objects are listed more than once; the last row counts")
    return found


def _by_bucket(rows: list[list[str]], skipped: Skipped) -> dict[str, list[list[str]]]:
    found: dict[str, list[list[str]]] = defaultdict(list)
    for row in rows:
        if row[0] and row[1]:
            found[row[0]].append(row)
        else:
            skipped.add("no bucket or key", f"{row[0]}/{row[1]}")
    return found


def with_listings(config: Mapping[str, Any], listings: Mapping[str, Listing]) -> AccountSnapshot:
    """The configuration with the listings as the objects of its buckets.

    A bucket that is only listed is known to exist; nothing else about it was read.
    """
    given = {"request": {"Url": ""}, **config}
    snapshot = parse_snapshot(given)
    if not listings:
        raise InvalidInput("The inventory holds no object.", hint="Give the listing of the bucket.")
    known = {bucket.name for bucket in snapshot.buckets}
    kept = [_listed(b) if b.name in listings else b for b in snapshot.buckets]
    added = [_listed(Bucket(name=name)) for name in listings if name not in known]
    return snapshot.replace(buckets=(*kept, *added))


def _listed(bucket: Bucket) -> Bucket:
    return bucket.replace(objects=(), listing_complete=True, missing_keys=())


class Audit:
    """Answers URL after URL, exactly as `diagnose` does on the same snapshot."""

    def __init__(self, snapshot: AccountSnapshot, indexes: ListedIndexes) -> None:
        self._snapshot, self._indexes = snapshot, indexes
        self._lanes = Lanes(snapshot, lambda bucket: indexes.listed.get(bucket.name))

    def line(self, url: str) -> Line:
        found = _PLAIN(url)
        if found is None or len(url) > MAX_URL_BYTES:
            return self._whole(url)[0]
        front, path, query = found.groups()
        site = self._lanes.site(front)
        names = self._lanes.query_names(query) if query else ()
        if site is None or names is None:
            return self._whole(url)[0]
        odd = "%" in path or "+" in path or "//" in path or "/." in path
        match_path = normalise(path) if odd else path
        lane = site.lane(match_path)
        if lane is None:
            return self._whole(url)[0]
        key = key_of(lane.origin_path + path) if odd else lane.lead + path[1:]
        row = lane.index.row(key)
        kind: Kind = (front, names, lane.reach(key))
        if row is None:
            return self._missing(url, (path, match_path, query or ""), key, lane, kind)
        return self._present(url, key, lane, (*kind, lane.index.kind(row)))

    def _present(self, url: str, key: str, lane: Lane, kind: Kind) -> Line:
        """An object that exists: its class and the statements that name it decide."""
        if kind not in lane.present:
            line, journey = self._whole(url)
            lane.present[kind] = line if _is_at(journey, lane, key, _PRESENT) else None
            return line
        known = lane.present[kind]
        if known is None:
            return self._whole(url)[0]
        candidate = key if known.candidate is not None else None
        return Line(known.status, known.cause, known.bucket, key, candidate, known.confidence)

    def _missing(
        self, url: str, parts: tuple[str, str, str], key: str, lane: Lane, kind: Kind
    ) -> Line:
        """A key that does not exist: the way is known, what is meant by it is not."""
        if kind not in lane.absent:
            line, journey = self._whole(url)
            there = _is_at(journey, lane, key, {ObjectState.MISSING})
            lane.absent[kind] = journey if there else None
            return line
        known, (path, match_path, query) = lane.absent[kind], parts
        if known is None or known.visit is None or path == "/":
            return self._whole(url)[0]
        # One journey goes on for all URLs of its kind: copies of it would cost more than its rules.
        known.snapshot, known.url = (
            self._request(url),
            _like(known.url, url, path, match_path, query),
        )
        known.uri = known.visit.uri = path
        known.query, known.visit.key = without_signature(query), key
        return _line(*judge(known, self._indexes, best_guess))

    def _whole(self, url: str) -> tuple[Line, Journey]:
        case, found = examine(self._request(url), self._indexes, best_guess)
        return _line(case, found), case.journey

    def _request(self, url: str) -> AccountSnapshot:
        return self._snapshot.replace(request=self._snapshot.request.replace(url=url))


def _like(first: RequestUrl, url: str, path: str, match_path: str, query: str) -> RequestUrl:
    """A plain URL that differs from the first of its kind behind the host only."""
    return RequestUrl(url, first.scheme, first.host, path, match_path, query, "")


def _is_at(journey: Journey, lane: Lane, key: str, states: set[ObjectState]) -> bool:
    """Whether the engine went where the lane leads, and asked nobody else."""
    visit = journey.visit
    if visit is None or journey.failover is not None or visit.redirect:
        return False
    return visit.bucket is lane.bucket and visit.key == key and visit.state in states


def _line(case: Case, found: list[Found]) -> Line:
    status, cause, confidence = short_of(case, found)
    bucket, key = place_of(answering_of(case.journey))
    best = case.best
    candidate = best.key if best is not None and best.sure else None
    return Line(status, cause, bucket, key, candidate, confidence.value)
