"""How files are filed: under their owner, by the moment of upload. Every room agrees on it."""

from __future__ import annotations

from core.model.finding import Album
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


def album_records(store: RecordStore) -> Collection[Album]:
    """Under their owner; which files are on one, the files themselves say."""
    return Collection(
        store,
        "album",
        Album,
        key=lambda album: album.id,
        parent=lambda album: album.owner_id,
    )
