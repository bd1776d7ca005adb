"""What repairing a whole group would change: records, objects or configuration. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from core.diagnostics.audit import Audit, ListedIndexes
from core.diagnostics.audit_lanes import Line
from core.diagnostics.audits.groups import FINE, Known
from core.diagnostics.engine import examine
from core.diagnostics.fixes import drafts
from core.diagnostics.listing import Listing
from core.diagnostics.reach import urls_to
from core.diagnostics.repairs.draft import Draft
from core.diagnostics.routing import match_host
from core.diagnostics.urls import key_of, parse_url
from core.model.delivery import AccountSnapshot
from core.model.diagnosis import Confidence, FixType

RECORDS = frozenset({FixType.CORRECT_URL, FixType.FIX_DB_RECORD})
_OBJECTS = frozenset({FixType.COPY_OBJECT, FixType.REUPLOAD, FixType.RESTORE})
SLOW = 5000  # URLs whose repair is looked for by the whole engine, each for itself
_UNDECIDED = Line(None, FINE, None, None, None, Confidence.UNKNOWN.value)


@dataclass(frozen=True, slots=True)
class World:
    """What URLs are judged by: configuration, listings, and the audit over both."""

    snapshot: AccountSnapshot
    listings: Mapping[str, Listing]
    indexes: ListedIndexes
    audit: Audit

    @classmethod
    def of(cls, snapshot: AccountSnapshot, listings: Mapping[str, Listing]) -> World:
        indexes = ListedIndexes(snapshot, listings)
        indexes.warm()
        return cls(snapshot, listings, indexes, Audit(snapshot, indexes))

    def drafts(self, url: str) -> tuple[Draft, ...]:
        """The repairs that the engine has for one URL."""
        asked = self.snapshot.replace(request=self.snapshot.request.replace(url=url))
        case, found = examine(asked, self.indexes)
        return drafts(case, tuple(one.cause for one in found))


class After(NamedTuple):
    """One URL when the repair was made; `value` is what stands in its record then."""

    url: str
    line: Line
    value: str


@dataclass(frozen=True, slots=True)
class Plan:
    """`whole`: every URL may answer otherwise; else only the group's own do.

    `after` answers None for a URL that the repair leaves as it is; it is None itself where
    nothing can be simulated.
    """

    type: FixType
    title: str
    draft: Draft
    after: Callable[[Known], After | None] | None
    whole: bool = False
    records: bool = False
    note: str = ""


def choices(found: Iterable[Draft], *, in_table: bool) -> dict[FixType, Draft]:
    """The first repair of each type; in a table a corrected URL is a corrected record."""
    first: dict[FixType, Draft] = {}
    for draft in found:
        kind = draft.type
        if in_table and kind is FixType.CORRECT_URL:
            kind = FixType.FIX_DB_RECORD
        first.setdefault(kind, draft)
    return first


def plan_of(
    world: World, kind: FixType, draft: Draft, group: Callable[[], Iterator[Known]]
) -> Plan:
    """How a repair of this kind changes the answers."""
    if kind in RECORDS and draft.change is not None and draft.change.url is not None:
        title = "Write the right value into each record"
        if kind is FixType.CORRECT_URL:
            title = "Use the URL that leads to the object"
        return Plan(kind, title, draft, _Rewriter(world), records=True)
    if kind in _OBJECTS:
        return _object_plan(world, kind, draft, group)
    change = draft.change
    if change is not None and _differs(change.snapshot, world.snapshot):
        there = World.of(change.snapshot, world.listings)
        return Plan(kind, draft.title, draft, _asker(there.audit), whole=True)
    note = "Its effect depends on more than configuration and objects, so it can't be simulated."
    return Plan(kind, draft.title, draft, None, note=note)


def _differs(one: AccountSnapshot, other: AccountSnapshot) -> bool:
    """Whether anything but the request is another."""
    return one.replace(request=other.request) != other


def _asker(audit: Audit) -> Callable[[Known], After]:
    return lambda known: After(known.url, audit.line(known.url), known.old)


def _object_plan(
    world: World, kind: FixType, draft: Draft, group: Callable[[], Iterator[Known]]
) -> Plan:
    """Objects that would lie where the URLs look for them."""
    if draft.change is not None and isinstance(draft.change.after, dict):
        note = "It changes headers that a listing doesn't tell, so it can't be simulated."
        return Plan(kind, draft.title, draft, None, note=note)
    placed, left = set(), 0
    for known in group():
        if _place(world, kind, known.line):
            placed.add((known.line.bucket, known.line.key))
        else:
            left += 1
    there = World.of(world.snapshot, world.listings)
    note = f"Nothing can be put in place for {left:,} of the URLs." if left else ""
    return Plan(kind, _title(kind, len(placed)), draft, _asker(there.audit), whole=True, note=note)


def _title(kind: FixType, count: int) -> str:
    things = f"{count:,} object" + ("" if count == 1 else "s")
    return {
        FixType.COPY_OBJECT: f"Copy {things} to where the URLs look for them; keep the originals",
        FixType.REUPLOAD: f"Upload {things} again",
        FixType.RESTORE: f"Restore {things} and copy them to STANDARD",
    }[kind]


def _place(world: World, kind: FixType, line: Line) -> bool:
    """Put one object into the listing as the repair would; whether that is possible."""
    listing = world.listings.get(line.bucket or "")
    if listing is None or not line.key:
        return False
    size, stored = "1", "STANDARD"
    if kind is FixType.COPY_OBJECT:
        source = _source(world, line)
        if source is None:
            return False
        size = source
    elif kind is FixType.RESTORE and line.key not in listing.rows:
        return False
    listing.add(line.key, size, stored)
    return True


def _source(world: World, line: Line) -> str | None:
    """The size of the object that is meant, as a listing has it."""
    bucket = home_of(world, line)
    if bucket is None or line.candidate is None:
        return None
    listing = world.listings[bucket]
    return str(listing.sizes[listing.rows[line.candidate]])


def home_of(world: World, line: Line) -> str | None:
    """The listed bucket of the object that is meant; None where several have one of its name."""
    if line.candidate is None:
        return None
    homes = [name for name, held in world.listings.items() if line.candidate in held.rows]
    if line.bucket in homes:
        return line.bucket
    return homes[0] if len(homes) == 1 else None


class _Rewriter:
    """The URL that each record should hold, proved by asking for it."""

    def __init__(self, world: World) -> None:
        self._world, self._slow = world, 0

    def __call__(self, known: Known) -> After | None:
        if known.secret:
            return None
        if home_of(self._world, known.line) is None:
            self._slow += 1
            if self._slow > SLOW:
                return After(known.url, _UNDECIDED, known.old)
        url = self._url(known)
        if url is None or url == known.url:
            return None
        value = new_value(known, url)
        return After(url, self._world.audit.line(url), value) if value is not None else None

    def _url(self, known: Known) -> str | None:
        bucket = home_of(self._world, known.line)
        if bucket is not None and known.line.candidate is not None:
            return self._leading_to(known.url, bucket, known.line.candidate)
        return next((d.change.url for d in self._world.drafts(known.url)
                     if d.type in RECORDS and d.change is not None), None)  # fmt: skip

    def _leading_to(self, url: str, bucket: str, key: str) -> str | None:
        """As `reachable_url` chooses: one that works, else one that at least leads there."""
        snapshot, host = self._world.snapshot, parse_url(url).host
        second = None
        for made in urls_to(snapshot, match_host(snapshot, host).owner, host, bucket, key):
            line = self._world.audit.line(made)
            if (line.bucket, line.key) == (bucket, key):
                if line.status == 200:
                    return made
                second = second or made
        return second


def new_value(known: Known, url: str) -> str | None:
    """What the record gets: a URL where it held one, else the key that makes this URL.

    None where a key can't say it: the object is behind another host.
    """
    if known.old in {"", known.url}:
        return url
    asked, wanted = parse_url(known.url), parse_url(url)
    if asked.host != wanted.host or wanted.query:
        return None
    key = key_of(wanted.raw_path)
    return "/" + key if known.old.startswith("/") else key
