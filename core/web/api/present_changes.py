"""Bulk changes, versions and invalidations as the answers show them."""

from __future__ import annotations

from core.model.changes import Bulk, BulkPreview, Invalidation
from core.model.library import VersionView
from core.web.api.access import Site
from core.web.api.present import problem_out
from core.web.api.schemas_changes import (
    BulkOut,
    BulkPreviewOut,
    ExampleOut,
    InvalidationOut,
    RefusalOut,
    VersionOut,
)

_BULK = (
    *("id", "state", "total", "done", "changed", "unchanged", "refused", "cancelled"),
    *("undoable", "undo_of", "undone_by", "created_at", "ended_at"),
)
_PREVIEW = ("total", "examined", "changing", "unchanged", "refused")
_VERSION = (
    *("number", "name", "size", "upload_size", "checksum", "content_type", "width", "height"),
    *("stored_at", "stored_by"),
)
_INVALIDATION = (*("id", "file_id", "paths", "state", "by", "created_at", "ended_at", "month"),)


def bulk_out(bulk: Bulk) -> BulkOut:
    return BulkOut(
        **{name: getattr(bulk, name) for name in _BULK},
        kind=bulk.change.kind,
        refusals=[RefusalOut.model_validate(one) for one in bulk.refusals],
        problem=problem_out(bulk.problem),
    )


def preview_out(preview: BulkPreview) -> BulkPreviewOut:
    return BulkPreviewOut(
        **{name: getattr(preview, name) for name in _PREVIEW},
        refusals=[RefusalOut.model_validate(one) for one in preview.refusals],
        examples=[ExampleOut.model_validate(one) for one in preview.examples],
    )


def version_out(view: VersionView, site: Site) -> VersionOut:
    return VersionOut(
        **{name: getattr(view.version, name) for name in _VERSION},
        current=view.current,
        url=site.absolute(view.url),
        thumbnail_url=site.absolute(view.thumbnail_url),
        preview_url=site.absolute(view.preview_url),
        expires_at=view.expires_at,
    )


def invalidation_out(one: Invalidation) -> InvalidationOut:
    return InvalidationOut(
        **{name: getattr(one, name) for name in _INVALIDATION},
        problem=problem_out(one.problem),
    )
