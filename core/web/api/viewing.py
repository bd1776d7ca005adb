"""Looking at files: neighbours in a query, text, PDF, and what the CDN serves right now."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from pydantic import ValidationError

from core.errors import Conflict, InvalidInput, TooLarge, UnreadableContent, UnsupportedType
from core.model.media import FileQuery
from core.model.names import attachment
from core.web.api.access import Caller, Dashboard, Here
from core.web.api.openapi import OWN, SIGNED_IN, Responses, problems
from core.web.api.parameters import Limit
from core.web.api.schemas_viewing import EdgeStatusOut, FileWindowOut, TextHeadOut

router = APIRouter(tags=["viewing"])

_FARTHEST = 10**9
# For the browser's PDF viewer and for nothing else: only a page of ours may frame it, and a
# PDF is never sandboxed, because Chromium's viewer refuses to start there.
_PDF_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    ),
    "X-Frame-Options": "SAMEORIGIN",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-store",
}
_PDF: Responses = {200: {"content": {"application/pdf": {}}, "description": "The PDF itself"}}


@router.get("/viewer", responses=problems(*SIGNED_IN))
def window(
    caller: Caller,
    dashboard: Dashboard,
    filter: Annotated[
        str, Query(max_length=8000, description="The query as JSON; `{}` is every file")
    ] = "{}",
    offset: Annotated[int, Query(ge=0, le=_FARTHEST)] = 0,
    limit: Limit = 60,
) -> FileWindowOut:
    """The files from `offset` on, in the order of the query, as slim as a viewer needs them."""
    found = dashboard.viewing.window(caller, _query(filter), offset=offset, limit=limit)
    return FileWindowOut.model_validate(found)


@router.get(
    "/files/{id}/text",
    responses=problems(*OWN, Conflict, UnsupportedType),
)
def text_head(id: str, caller: Caller, dashboard: Dashboard) -> TextHeadOut:
    """The first 64 KiB as text, with the encoding that was found."""
    return TextHeadOut.model_validate(dashboard.viewing.text_head(caller, id))


@router.get(
    "/files/{id}/pdf",
    response_class=StreamingResponse,
    responses=problems(*OWN, Conflict, TooLarge, UnsupportedType, UnreadableContent) | _PDF,
)
def pdf(id: str, caller: Caller, dashboard: Dashboard) -> StreamingResponse:
    """The PDF from this site's own address, for the browser's viewer inside a page of ours."""
    opened = dashboard.viewing.pdf(caller, id)
    headers = _PDF_HEADERS | {
        "Content-Length": str(opened.size),
        "Content-Disposition": attachment(opened.name).replace("attachment", "inline", 1),
        "Content-Encoding": "identity",
    }
    return StreamingResponse(opened.chunks, media_type="application/pdf", headers=headers)


@router.get("/files/{id}/delivery", responses=problems(*OWN))
def edge_status(id: str, caller: Caller, dashboard: Dashboard, here: Here) -> EdgeStatusOut:
    """Delivered, stale or broken: one HEAD through the CDN beside one of S3."""
    found = dashboard.viewing.edge_status(caller, id)
    answer = EdgeStatusOut.model_validate(found)
    return answer.model_copy(update={"url": here.absolute(found.url)})


def _query(filter: str) -> FileQuery:
    try:
        return FileQuery.model_validate_json(filter)
    except ValidationError as error:
        raise InvalidInput(
            "The filter is no query.", hint="Send the query as the library's page does, as JSON."
        ) from error
