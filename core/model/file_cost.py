"""What one file costs: its objects for a month, and a thousand views of it."""

from __future__ import annotations

from core.model.base import Noun
from core.model.estimates import CostEstimate
from core.model.pricing import Number


class StoredPart(Noun):
    """Objects of one file that lie in S3 for one reason, such as its preview."""

    name: str
    bytes: int
    count: int = 1


class FileUse(Noun):
    """What is priced. `view_bytes` is what one view of `view_of` sends."""

    region: str
    parts: tuple[StoredPart, ...]
    view_of: str
    view_bytes: int


class EdgeShare(Noun):
    """The part of the requests that the edges of one price group answer."""

    edge_group: str
    share: Number


class UsualDelivery(Noun):
    """How this account's media is delivered; the sources say whether measured or assumed."""

    hit_ratio: Number
    hit_source: str
    edges: tuple[EdgeShare, ...]
    edge_source: str


class FileCost(Noun):
    """List prices, without free allowances. Each estimate names its lines and their sources."""

    use: FileUse
    usual: UsualDelivery
    stored: CostEstimate  # all parts, for this month
    viewed: CostEstimate  # a thousand views
    assumptions: tuple[str, ...]
