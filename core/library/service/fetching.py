"""Addresses of the bytes: public ones of the CDN, and signed links for a download."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.aws.s3 import MediaBucket
from core.errors import Conflict, NotAllowed
from core.library.service.shelf import Shelf
from core.model.identity import Actor
from core.model.library import DownloadLink
from core.model.media import FileState, MediaFile, ObjectRef
from core.model.names import attachment, download_name
from core.model.versions import reused
from core.model.visibility import visible

DOWNLOAD_LIFE = timedelta(hours=1)


class Fetching:
    def __init__(self, shelf: Shelf, glance: MediaBucket | None = None) -> None:
        self._shelf, self._glance = shelf, glance or shelf.bucket

    def url(self, file: MediaFile) -> str:
        return self._shelf.edge.url(file.key) if file.key else ""

    def rendition_url(self, file: MediaFile, name: str, until: datetime | None = None) -> str:
        """A new one after each look at the CDN where it had other bytes: browsers keep them."""
        rendition = file.rendition(name)
        if rendition is None:
            return ""
        url = self._shelf.edge.url(rendition.key, until=until)
        if "?" in url or not file.delivered_at or not reused(file, rendition.key):
            return url
        return f"{url}?seen={int(file.delivered_at.timestamp() * 1000)}"

    def addresses_end(self, file: MediaFile) -> datetime | None:
        signer = self._shelf.edge.signer
        return signer.ends() if signer and file.private else None

    def download(self, actor: Actor, id: str, *, pristine: bool) -> DownloadLink:
        file = visible(actor, self._shelf.stored(id).value)
        source = self._source(actor, file, pristine=pristine)
        now, bucket = self._shelf.clock(), self._shelf.bucket
        url = bucket.presign_get(
            source.key,  # unique to its bytes; the emulator ignores the disposition of a version
            expires=DOWNLOAD_LIFE,
            content_disposition=attachment(download_name(file.name, source.key)),
        )
        ends = bucket.credentials_end()  # a signed address dies with its signer
        return DownloadLink(
            url=url, expires_at=min(now + DOWNLOAD_LIFE, ends or now + DOWNLOAD_LIFE)
        )

    def _source(self, actor: Actor, file: MediaFile, *, pristine: bool) -> ObjectRef:
        if pristine and actor.account_id != file.owner_id:
            raise NotAllowed(
                "The exact upload is its owner's alone: it may hold places and names.",
                hint="Download the file without `pristine`.",
            )
        if file.state is FileState.PROCESSING:
            raise Conflict(
                f"{file.name} is still being processed.", hint="Try again in a few seconds."
            )
        served = ObjectRef(bucket=file.bucket, key=file.key, version_id=file.version_id)
        source = file.pristine if pristine and file.pristine else served
        if file.state is FileState.UNDELIVERED and not self._exists(source):
            raise Conflict(
                f"The bytes of {file.name} are not in the bucket.",
                hint="Check its delivery again, or upload it again.",
            )
        return source

    def _exists(self, source: ObjectRef) -> bool:
        return bool(source.key) and self._glance.find(source.key) is not None
