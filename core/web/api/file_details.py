"""What one file should be told: advice with its repairs, and what it costs."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter

from core.errors import AwsUnavailable, Conflict
from core.library.file_use import file_use
from core.web.api.access import Caller, Dashboard, Here
from core.web.api.openapi import OWN, problems
from core.web.api.present import file_out
from core.web.api.schemas_files import FileOut
from core.web.api.schemas_viewing import AdviceListOut, FileAdviceOut, FileCostOut

router = APIRouter(tags=["viewing"])


@router.get("/files/{id}/advice", responses=problems(*OWN))
def list_advice(id: str, caller: Caller, dashboard: Dashboard) -> AdviceListOut:
    """What is wrong with the file, from its record, its object's headers and its first bytes."""
    found = dashboard.advising.advice(caller, id)
    return AdviceListOut(items=[FileAdviceOut.model_validate(one) for one in found])


@router.post("/files/{id}/advice/{rule}", responses=problems(*OWN, Conflict, AwsUnavailable))
def repair_file(id: str, rule: str, caller: Caller, dashboard: Dashboard, here: Here) -> FileOut:
    """Apply the repair that this rule's advice shows, for the owner and who may edit the file."""
    return file_out(dashboard.advising.repair(caller, id, rule), dashboard.library, here)


@router.get("/files/{id}/cost", responses=problems(*OWN))
def file_cost(
    id: str,
    caller: Caller,
    dashboard: Dashboard,
    view_of: Literal["original", "preview", "thumbnail"] = "original",
) -> FileCostOut:
    """A month of its objects and a thousand views, at list prices, with what is assumed."""
    file = dashboard.library.get(caller, id)
    use = file_use(file, dashboard.settings.region, view_of)
    costs = dashboard.costs
    found = costs.of_file(caller, use, costs.usual_delivery(caller))
    return FileCostOut.model_validate(found)
