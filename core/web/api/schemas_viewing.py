"""What the routes of looking at one file answer."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from core.model.advice import AdviceLevel, RepairKind
from core.model.estimates import CostEstimate
from core.model.file_cost import FileUse, UsualDelivery
from core.model.media import FileKind, FileState
from core.model.viewing import EdgeState, ShownAs
from core.web.api.schemas import Answer


class ViewedFileOut(Answer):
    """Addresses are '' where there is none, and relative to this site where it serves them."""

    id: str
    name: str
    kind: FileKind
    state: FileState
    shown_as: ShownAs
    content_type: str
    size: int
    width: int | None
    height: int | None
    thumbnail_url: str
    preview_url: str
    url: str


class FileWindowOut(Answer):
    items: list[ViewedFileOut]
    offset: int
    total: int


class TextHeadOut(Answer):
    """`certain` is false where the encoding is only assumed, as LATIN-1 always is."""

    text: str
    encoding: str
    certain: bool
    shown_bytes: int
    total_bytes: int


class EdgeStatusOut(Answer):
    state: EdgeState
    sentence: str
    checked_at: datetime
    url: str
    status: int = Field(description="0: the CDN could not be asked")
    age: int | None = Field(description="Seconds that the edge has had its copy")
    served_from: str
    edge_etag: str
    stored_etag: str


class AdviceChangeOut(Answer):
    what: str
    before: str
    after: str


class FileAdviceOut(Answer):
    """`repair` is null where nothing is safe to do by itself; `effect` says what else it does."""

    rule: str
    level: AdviceLevel
    sentence: str
    why: str
    repair: RepairKind | None
    changes: list[AdviceChangeOut]
    effect: str


class AdviceListOut(Answer):
    items: list[FileAdviceOut]


class FileCostOut(Answer):
    """At list prices. `stored` is one month, `viewed` a thousand views of `use.view_of`."""

    use: FileUse
    usual: UsualDelivery
    stored: CostEstimate
    viewed: CostEstimate
    assumptions: list[str]
