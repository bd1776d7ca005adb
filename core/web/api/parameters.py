"""Query parameters that several routes share."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

Limit = Annotated[int, Query(ge=1, le=200, description="Items in one answer")]
Cursor = Annotated[
    str | None,
    Query(max_length=4096, description="The `next_cursor` of the answer before, unchanged"),
]
