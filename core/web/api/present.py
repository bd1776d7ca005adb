"""Files, uploads and jobs as the answers show them: with addresses, without what is private."""

from __future__ import annotations

from core.library.service import LibraryService
from core.model.media import FileState, Job, LibrarySummary, MediaFile, Problem, UploadTicket
from core.web.api.access import Site
from core.web.api.schemas import ProblemOut
from core.web.api.schemas_files import (
    DayTotalOut,
    DeliveryStepOut,
    FileOut,
    KindTotalOut,
    RemovedFieldOut,
    SummaryOut,
)
from core.web.api.schemas_uploads import JobOut, TicketOut

_SAME = (
    *("id", "owner_id", "name", "folder", "tags", "content_type", "size", "upload_size"),
    *("checksum", "state", "width", "height", "taken_at", "camera", "uploaded_at"),
    *("delivered_at", "trashed_at", "notes", "private", "revision", "edit", "changed_at"),
    "changed_by",
)


def file_out(file: MediaFile, library: LibraryService, site: Site) -> FileOut:
    return FileOut(
        **{name: getattr(file, name) for name in _SAME},
        type=file.kind,
        url=site.absolute(library.url(file)),
        thumbnail_url=site.absolute(library.thumbnail_url(file)),
        preview_url=site.absolute(library.preview_url(file)),
        purge_at=library.purge_at(file),
        addresses_end=library.addresses_end(file),
        has_pristine=file.pristine is not None and file.state is not FileState.PROCESSING,
        removed=[RemovedFieldOut.model_validate(field) for field in file.removed],
        delivery=[DeliveryStepOut.model_validate(step) for step in file.delivery],
    )


def ticket_out(ticket: UploadTicket, site: Site) -> TicketOut:
    return TicketOut(**ticket.model_dump() | {"url": site.absolute(ticket.url)})


def job_out(job: Job) -> JobOut:
    return JobOut(
        id=job.id,
        state=job.state,
        step=job.step,
        done=job.done,
        total=job.total,
        attempts=job.attempts,
        problem=problem_out(job.problem),
    )


def problem_out(problem: Problem | None) -> ProblemOut | None:
    if problem is None:
        return None
    return ProblemOut(
        type=f"urn:problem:{problem.slug}",
        title=problem.title,
        status=problem.status,
        detail=problem.detail,
        hint=problem.hint,
    )


def summary_out(summary: LibrarySummary) -> SummaryOut:
    return SummaryOut(
        count=summary.count,
        size=summary.size,
        by_type=[
            KindTotalOut(type=total.kind, count=total.count, size=total.size)
            for total in summary.by_kind
        ],
        by_day=[DayTotalOut.model_validate(total) for total in summary.by_day],
        processing=summary.processing,
        undelivered=summary.undelivered,
        trashed=summary.trashed,
    )
