"""Looking at one file: its neighbours in a query, its text, its PDF, and what the CDN serves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from core.aws.edge import Edge
from core.aws.s3 import MediaBucket
from core.errors import (
    AwsDenied,
    AwsUnavailable,
    Conflict,
    NotFound,
    TooLarge,
    UnreadableContent,
    UnsupportedType,
)
from core.library.edge_status import BucketSeen, EdgeSeen, age_of, judged
from core.library.service import LibraryService
from core.library.viewing import PDF_LIMIT, TEXT_HEAD_BYTES, decode, shown_as
from core.model.identity import Actor, Permission
from core.model.media import FileQuery, FileState, MediaFile, ObjectRef
from core.model.viewing import (
    EdgeState,
    EdgeStatus,
    FileWindow,
    ShownAs,
    TextHead,
    ViewedFile,
)

_PDF_MARK_WITHIN = 1024  # readers accept the mark a little later than at the very beginning


@dataclass(frozen=True)
class OpenPdf:
    """The bytes of a PDF, checked to be one; `chunks` reads them as they are sent."""

    name: str
    size: int
    chunks: Iterator[bytes]


class ViewingService:
    def __init__(
        self,
        library: LibraryService,
        bucket: MediaBucket,
        edge: Edge,
        clock: Callable[[], datetime],
    ) -> None:
        self._library, self._bucket, self._edge, self._clock = library, bucket, edge, clock

    def window(
        self, actor: Actor, query: FileQuery, *, offset: int = 0, limit: int = 60
    ) -> FileWindow:
        """The files from `offset` on, in the order of the query. Raises `InvalidInput`."""
        actor.require(Permission.MEDIA_READ)
        page = self._library.page(actor, query, limit=limit, offset=offset)
        return self.shown(page.items, offset, page.total)

    def shown(self, files: tuple[MediaFile, ...], offset: int, total: int) -> FileWindow:
        """Files that a page has at hand already, as the viewer needs them."""
        items = tuple(self.viewed(file) for file in files)
        return FileWindow(items=items, offset=offset, total=total)

    def item(self, actor: Actor, id: str) -> ViewedFile:
        """One file, wherever it stands. Raises `NotFound`."""
        actor.require(Permission.MEDIA_READ)
        return self.viewed(self._library.get(actor, id))

    def viewed(self, file: MediaFile) -> ViewedFile:
        return ViewedFile(
            id=file.id,
            name=file.name,
            kind=file.kind,
            state=file.state,
            shown_as=shown_as(file),
            content_type=file.content_type,
            size=file.size,
            width=file.width,
            height=file.height,
            thumbnail_url=self._library.thumbnail_url(file),
            preview_url=self._library.preview_url(file),
            url=self._library.url(file),
        )

    def text_head(self, actor: Actor, id: str) -> TextHead:
        """The first 64 KiB as text. Raises `UnsupportedType` for a file that holds none."""
        actor.require(Permission.MEDIA_READ)
        file = self._stored(actor, id)
        if shown_as(file) is not ShownAs.TEXT:
            raise UnsupportedType(
                f"{file.name} is {file.content_type}, which is not read as text.",
                hint="Download it to open it elsewhere.",
            )
        head = self._bucket.read_range(file.key, 0, TEXT_HEAD_BYTES, file.version_id)
        decoded = decode(head, cut=len(head) < file.size, name=file.name)
        return TextHead(
            text=decoded.text,
            encoding=decoded.encoding,
            certain=decoded.certain,
            shown_bytes=len(head),
            total_bytes=file.size,
        )

    def pdf(self, actor: Actor, id: str) -> OpenPdf:
        """For the browser's own PDF viewer. Raises where the bytes are not a PDF, whatever
        the record says: what is served from our own origin is judged by its content.
        """
        actor.require(Permission.MEDIA_READ)
        file = self._stored(actor, id)
        if shown_as(file) is not ShownAs.PDF:
            raise UnsupportedType(
                f"{file.name} is {file.content_type}, not a PDF.", hint="Download it instead."
            )
        if file.size > PDF_LIMIT:
            raise TooLarge(
                f"{file.name} has {file.size // 1024 // 1024} MiB, too much to show in the page.",
                hint="Download it to open it elsewhere.",
            )
        head = self._bucket.read_range(file.key, 0, _PDF_MARK_WITHIN, file.version_id)
        if b"%PDF-" not in head:
            raise UnreadableContent(
                f"{file.name} says that it is a PDF, but its content is not one.",
                hint="Download it to see what it is.",
            )
        pinned = ObjectRef(bucket=file.bucket, key=file.key, version_id=file.version_id)
        return OpenPdf(file.name, file.size, self._bucket.open_stream(pinned))

    def edge_status(self, actor: Actor, id: str) -> EdgeStatus:
        """One HEAD through the CDN, one of S3, now. Nothing is changed."""
        actor.require(Permission.MEDIA_READ)
        file = self._library.get(actor, id)
        now = self._clock()
        if not file.key or not file.etag:
            sentence = "The file has not been processed yet."
            return EdgeStatus(state=EdgeState.UNKNOWN, sentence=sentence, checked_at=now, url="")
        url = self._library.url(file)
        answer = self._edge.head(url)
        seen, held = EdgeSeen(answer.status, answer.headers, answer.error), self._held(file)
        state, sentence = judged(seen, held)
        return EdgeStatus(
            state=state,
            sentence=sentence,
            checked_at=now,
            url=url,
            status=answer.status,
            age=age_of(answer.headers),
            served_from=answer.headers.get("x-cache", "")[:100],
            edge_etag=answer.headers.get("etag", "")[:100],
            stored_etag=held.etag,
        )

    def _held(self, file: MediaFile) -> BucketSeen:
        try:
            found = self._bucket.find(file.key)
        except (AwsDenied, AwsUnavailable) as error:
            return BucketSeen(error=error.message)
        return BucketSeen(found.ref.etag) if found else BucketSeen(there=False)

    def _stored(self, actor: Actor, id: str) -> MediaFile:
        """The file, if its bytes are where they will stay."""
        file = self._library.get(actor, id)
        if file.state is FileState.PROCESSING or not file.key:
            raise Conflict(
                f"{file.name} is still being processed.", hint="Try again in a few seconds."
            )
        try:
            self._bucket.head(file.key, file.version_id)
        except NotFound as error:
            raise Conflict(
                f"The bytes of {file.name} are not in the bucket.",
                hint="Check its delivery again, or upload it again.",
            ) from error
        return file
