"""Many files as one zip, for programs and for the form on the library's page."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import ValidationError
from starlette.responses import Response

from core.errors import InvalidInput, TooLarge
from core.model.changes import Selection
from core.model.media import FileQuery
from core.model.names import attachment
from core.web.api.access import Caller, Dashboard
from core.web.api.openapi import OWN, Responses, problems
from core.web.archive_response import ArchiveResponse

router = APIRouter(tags=["files"])

_ZIP: Responses = {200: {"content": {"application/zip": {}}, "description": "The zip itself"}}
_IDS = "Ids of files, with commas between them"
_FILTER = "Instead of ids a query as JSON: all that it finds now; `{}` is every file"


@router.post("/files/zip", response_class=Response, responses=problems(*OWN, TooLarge) | _ZIP)
def zip_files(
    caller: Caller,
    dashboard: Dashboard,
    ids: Annotated[str, Form(max_length=200_000, description=_IDS)] = "",
    filter: Annotated[str, Form(max_length=8000, description=_FILTER)] = "",
) -> Response:
    """At most 5,000 files and 20 GiB. What can't be had is named in `left out.txt`."""
    found = dashboard.library.selections.zipped(caller, _selection(ids, filter))
    return ArchiveResponse(found.chunks, attachment(found.name))


def _selection(ids: str, wanted: str) -> Selection:
    named = tuple(filter(None, map(str.strip, ids.split(","))))
    try:
        query = FileQuery.model_validate_json(wanted) if wanted else None
    except ValidationError as error:
        raise InvalidInput(
            "The filter is no query.", hint="Send the query as the library's page does, as JSON."
        ) from error
    return Selection(ids=named, query=query)
