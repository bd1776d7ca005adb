"""Fingerprints for pictures that were uploaded before there were any, from their thumbnails."""

from __future__ import annotations

from collections.abc import Iterable

from core.errors import NotFound
from core.model.media import Job
from core.upload import policy
from core.upload.fingerprints import fingerprint
from core.upload.service.shelf import Shelf

_MOST = 4 * policy.MIB  # bytes of a thumbnail
_TOLD_EVERY = 50


class Fingerprinting:
    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def run(self, job: Job, missing: Iterable[str]) -> None:
        """`missing`: the ids of pictures without one. Whoever has got one meanwhile keeps it."""
        ids = list(missing)
        for done, file_id in enumerate(ids, start=1):
            self._give(file_id)
            if done % _TOLD_EVERY == 0 or done == len(ids):
                self._shelf.jobs.progress(job.id, done, len(ids), "Looking at thumbnails")

    def _give(self, file_id: str) -> None:
        stored = self._shelf.files.find(file_id)
        small = stored.value.rendition(policy.THUMBNAIL) if stored else None
        if stored is None or small is None or stored.value.fingerprint:
            return
        bucket = self._shelf.bucket.beside(stored.value.bucket)
        try:
            found = fingerprint(bucket.read_range(small.key, 0, _MOST, small.version_id))
        except NotFound:
            return  # the audit tells of missing thumbnails
        key = small.key
        if found:
            self._shelf.files.update(
                file_id,
                lambda file: (
                    file.model_copy(update={"fingerprint": found})
                    if any(one.key == key for one in file.renditions)
                    else file
                ),
            )
