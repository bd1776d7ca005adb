"""How files are filed: under their owner, by the moment of upload. Every room agrees on it."""

from __future__ import annotations

from core.model.media import MediaFile
from core.stores.collection import Collection
from core.stores.records import RecordStore

_MOMENT = "%Y-%m-%dT%H:%M:%S.%fZ"


def file_records(store: RecordStore) -> Collection[MediaFile]:
    return Collection(
        store,
        "file",
        MediaFile,
        key=lambda file: file.id,
        parent=lambda file: file.owner_id,
        sort=lambda file: file.uploaded_at.strftime(_MOMENT),
    )
