"""What was measured of a month, as the costs need it: narrow, and neutral of who measured it.

`None` is unknown and never 0. Sizes are bytes.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

from core.model.base import Noun, UtcTime
from core.model.estimates import UsageLine
from core.model.pricing import Number

By = Literal["bucket", "prefix", "owner", "file"]
Measure = Literal["stored_bytes", "delivered_bytes", "requests"]


class StoredGroup(Noun):
    """Objects of like size, class and use in one place, on average over what was measured.

    `views` are of the last 30 days.
    """

    bucket: str
    region: str
    storage_class: str = "STANDARD"
    prefix: str = ""
    deep: bool = True  # what lies in folders below the prefix is in it as well
    role: str = ""  # original, rendition, upload, other; '' where nobody knows
    noncurrent: bool = False
    objects: int
    bytes: int
    age_days: int | None = None  # every one is at least so old
    views: int | None = None


class DeliveredGroup(Noun):
    """What the edges of one group sent in the month. `edge_group` '': nobody knows where."""

    edge_group: str = ""
    path: str = ""  # URL or prefix, '' for everything
    requests: int
    http_requests: int = 0  # of these, without TLS
    redirects: int | None = None  # of those, answered by a redirect to HTTPS
    bytes: int
    misses: int | None = None  # what the origin was asked for


class ViewedFile(Noun):
    """Requests of one URL, for models that need more than sums."""

    path: str
    requests: int
    misses: int | None = None
    bytes: int = 0


class Weight(Noun):
    key: str
    amount: Number


class Weights(Noun):
    """How a measure spreads over keys. `total` is all of it, also what belongs to no key."""

    by: By
    measure: Measure
    total: Number
    weights: tuple[Weight, ...]
    source: str


class Counted(Noun):
    """A denominator of unit costs. None: nobody counted."""

    amount: Number | None
    source: str


NOT_COUNTED = Counted(amount=None, source="")


class MeasuredMonth(Noun):
    """`stored` and `delivered` None: not measured. `missing` says what is, and why."""

    period: str  # YYYY-MM
    as_of: UtcTime | None = None
    measured_days: Number | None = None  # of traffic; None: the whole month
    told_days: tuple[date, ...] | None = None  # whole days of traffic; None: nobody knows which
    origin_region: str = ""
    stored: tuple[StoredGroup, ...] | None = None
    by_folder: tuple[StoredGroup, ...] | None = None  # what is stored once more, by prefix
    delivered: tuple[DeliveredGroup, ...] | None = None
    lines: tuple[UsageLine, ...] = ()  # further usage in units of the price sheet
    files: tuple[ViewedFile, ...] | None = None
    ttl_seconds: int | None = None
    ttl_unknown: str = ""  # why it is None
    weights: tuple[Weights, ...] = ()
    views: Counted = NOT_COUNTED
    uploads: Counted = NOT_COUNTED
    users: Counted = NOT_COUNTED
    sources: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def misses(self) -> int | None:
        """Requests at the origin; None where one group does not tell."""
        if self.delivered is None:
            return None
        found = [group.misses for group in self.delivered]
        return None if None in found else sum(one for one in found if one is not None)

    @property
    def stored_bytes(self) -> Decimal | None:
        if self.stored is None:
            return None
        return Decimal(sum(group.bytes for group in self.stored))
