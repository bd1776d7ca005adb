"""The library: pages of files, their addresses, changes to them, the trash and its purge."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from core.aws.cloudfront_invalidations import Invalidations as Cdn
from core.aws.edge import Edge
from core.aws.s3 import MediaBucket
from core.library import changes as rules
from core.library.service.albums import Albums
from core.library.service.browsing import Browsing
from core.library.service.bulk.service import Bulks
from core.library.service.copying import Copier
from core.library.service.duplicating import Duplicating
from core.library.service.fetching import DOWNLOAD_LIFE, Fetching
from core.library.service.finding import Finding
from core.library.service.foldering import Foldering
from core.library.service.invalidating import Invalidating
from core.library.service.leftovers import Leftovers
from core.library.service.outside import Outside
from core.library.service.privacy import Privacy
from core.library.service.purging import Purging
from core.library.service.referring import Referring
from core.library.service.rewriting import Rewriting
from core.library.service.searches import SavedSearches
from core.library.service.selections import Selections
from core.library.service.shelf import PAGE_LIMIT, Shelf
from core.library.service.versioning import Versioning
from core.model.changes import Difference, OnConflict
from core.model.finding import Facets, Folder, Timeline
from core.model.identity import Actor, Permission
from core.model.library import DownloadLink, FileChanges, VersionView
from core.model.media import FilePage, FileQuery, LibrarySummary, MediaFile
from core.model.references import ObjectUser
from core.settings import Settings
from core.stores.audit_log import AuditLog
from core.stores.each import each
from core.stores.jobs import JobQueue
from core.stores.records import RecordStore
from core.stores.search_index import SearchIndex

__all__ = ["DOWNLOAD_LIFE", "PAGE_LIMIT", "LibraryService", "Outside"]


class LibraryService:
    def __init__(
        self,
        store: RecordStore,
        index: SearchIndex,
        bucket: MediaBucket,
        edge: Edge,
        audit: AuditLog,
        settings: Settings,
        clock: Callable[[], datetime],
        jobs: JobQueue | None = None,
        outside: Outside | None = None,
        cdn: Cdn | None = None,
        glance: MediaBucket | None = None,
    ) -> None:
        """`glance` is the bucket where a person waits for what it says of an object."""
        shelf = Shelf(store, index, bucket, edge, audit, settings, clock, jobs)
        outside = outside or Outside()
        self.invalidations = Invalidating(shelf, cdn, outside)
        self.leftovers = Leftovers(shelf, self.invalidations.forget)
        self._privacy = Privacy(shelf, self.leftovers)
        self.serves_private = edge.signer is not None
        if self.serves_private:
            outside = replace(outside, switch_privacy=self._privacy.apply)
        outside = replace(outside, check_album=self._check_album)
        self._finding, self._fetching = Finding(shelf), Fetching(shelf, glance)
        self._rewriting, self._purging = Rewriting(shelf), Purging(shelf)
        self.duplicates = Duplicating(shelf)
        self._versioning = Versioning(shelf, self._fetching, outside, self.leftovers)
        self.covering = self._versioning.covering
        self._copying = Copier(shelf, self._rewriting, outside)
        self._trash_days = settings.trash_days
        self.bulks = Bulks(shelf, self._rewriting, self._purging, outside)
        self.tree, self.selections = Foldering(shelf, self.bulks), Selections(shelf)
        self.albums, self.searches = Albums(shelf, self.bulks), SavedSearches(shelf)
        self._browsing, self._referring = Browsing(shelf), Referring(shelf)

    def _check_album(self, actor: Actor, album_id: str) -> None:
        self.albums.get(actor, album_id)  # which needs the bulks that ask for this

    def page(
        self,
        actor: Actor,
        query: FileQuery,
        *,
        limit: int = 60,
        cursor: str | None = None,
        offset: int = 0,
    ) -> FilePage:
        """Files that this person may see. Raises `InvalidInput` for another query's cursor."""
        actor.require(Permission.MEDIA_READ)
        return self._finding.page(actor, query, limit, cursor, offset)

    def query(
        self, actor: Actor, typed: str = "", **fields: str | Sequence[str] | None
    ) -> FileQuery:
        """What was typed, with the given fields on top; people by e-mail address, too."""
        actor.require(Permission.MEDIA_READ)
        return self._browsing.query(actor, typed, fields)

    def facets(self, actor: Actor, query: FileQuery) -> Facets:
        """What else there is among the files of the query, counted."""
        actor.require(Permission.MEDIA_READ)
        return self._browsing.facets(actor, query)

    def timeline(
        self, actor: Actor, query: FileQuery, *, by: str = "taken", days: bool = False
    ) -> Timeline:
        """Files of the query per month or day in which they were `taken` or `uploaded`."""
        actor.require(Permission.MEDIA_READ)
        return self._browsing.timeline(actor, query, by, days=days)

    def folders(self, actor: Actor, parent: str = "") -> tuple[Folder, ...]:
        """The folders in one's own folder `parent`; `tree` makes, renames and deletes them."""
        return self.tree.children(actor, parent)

    def get(self, actor: Actor, id: str) -> MediaFile:
        actor.require(Permission.MEDIA_READ)
        return self._finding.get(actor, id)

    def summary(self, actor: Actor) -> LibrarySummary:
        """Of all files for those who may read all, else of the person's own."""
        actor.require(Permission.MEDIA_READ)
        return self._finding.summary(actor)

    def url(self, file: MediaFile) -> str:
        return self._fetching.url(file)

    def thumbnail_url(self, file: MediaFile, *, until: datetime | None = None) -> str:
        """'' where the file has no picture. A private one's ends at `until`, if not earlier."""
        return self._fetching.rendition_url(file, "thumbnail", until)

    def preview_url(self, file: MediaFile, *, until: datetime | None = None) -> str:
        return self._fetching.rendition_url(file, "preview", until)

    def addresses_end(self, file: MediaFile) -> datetime | None:
        """When the file's addresses stop working; None for public ones, which don't."""
        return self._fetching.addresses_end(file)

    def download(self, actor: Actor, id: str, *, pristine: bool = False) -> DownloadLink:
        """A link of one hour; `pristine` is the exact upload with its metadata, for its owner."""
        actor.require(Permission.MEDIA_READ)
        return self._fetching.download(actor, id, pristine=pristine)

    def change(
        self,
        actor: Actor,
        id: str,
        changes: FileChanges,
        *,
        seen: str = "",
        on_conflict: OnConflict = OnConflict.ALLOW,
    ) -> MediaFile:
        """Rename, move, tag. Key and URL stay, so that nothing that links here breaks.

        `seen` is the file's `edit` that the person looked at: raises `Conflict` that names who
        changed it since and when. `on_conflict`: what to do where the name is taken.
        """
        actor.require(Permission.MEDIA_READ)
        return self._rewriting.change(actor, id, changes, seen, on_conflict)

    def trash(self, actor: Actor, ids: Sequence[str]) -> tuple[MediaFile, ...]:
        """Move to the trash, from where `restore` brings back until the purge."""
        actor.require(Permission.MEDIA_READ)
        return self._rewriting.trash(actor, ids)

    def restore(self, actor: Actor, ids: Sequence[str]) -> tuple[MediaFile, ...]:
        """Raise `Conflict` for a file whose time in the trash is over."""
        actor.require(Permission.MEDIA_READ)
        return self._rewriting.restore(actor, ids)

    def set_private(self, actor: Actor, id: str, private: bool) -> MediaFile:
        """Serve a file to signed requests only, or to everybody again; its addresses change.

        Raises `Conflict` where the CDN has no key group, `AwsUnavailable` where it doesn't serve
        the moved file as it should; the file then stays as it was.
        """
        actor.require(Permission.MEDIA_READ)
        return self._privacy.apply(actor, id, private)

    def copy(
        self,
        actor: Actor,
        id: str,
        *,
        folder: str | None = None,
        name: str = "",
        on_conflict: OnConflict = OnConflict.KEEP_BOTH,
    ) -> MediaFile:
        """A file of its own with the same content, in the person's own library.

        The exact upload and the values of removed metadata are copied for their owner only.
        """
        actor.require(Permission.MEDIA_UPLOAD)
        return self._copying.copy(actor, id, folder, name, on_conflict)

    def versions(self, actor: Actor, id: str) -> tuple[VersionView, ...]:
        """The current bytes and all earlier ones, newest first, with addresses that work."""
        actor.require(Permission.MEDIA_READ)
        return self._versioning.all(actor, id)

    def compare(self, actor: Actor, id: str, first: int, second: int) -> tuple[Difference, ...]:
        """In which things two versions differ. Raises `NotFound` for a version that is not kept."""
        actor.require(Permission.MEDIA_READ)
        return self._versioning.compare(actor, id, first, second)

    def restore_version(
        self, actor: Actor, id: str, number: int, *, seen: str = "", same_key: bool = False
    ) -> MediaFile:
        """Serve earlier bytes again, as a new version: nothing is lost by it.

        At the address that they had, or a new one where that has other bytes; with `same_key` at
        the one that the file has now, whose copies the CDN is told to forget.
        """
        actor.require(Permission.MEDIA_READ)
        return self._versioning.restore(actor, id, number, seen, same_key=same_key)

    def object_users(self, actor: Actor, id: str) -> tuple[ObjectUser, ...]:
        """What uses the file's objects beside it, which only older records can be.

        Raises `AwsUnavailable` while it can't be known.
        """
        actor.require(Permission.MEDIA_READ)
        return self._referring.users(actor, id)

    def purge_at(self, file: MediaFile) -> datetime | None:
        """When a file in the trash is deleted for good; None for one that is not there."""
        return rules.purge_at(file, self._trash_days)

    def purge(self) -> int:
        """Delete for good what has been in the trash too long, and what broke off or was let go.

        Returns how many files. What fails for one is raised once the others had their turn.
        """
        try:
            each((self.covering.finish, self.leftovers.finish), lambda finish: finish())
        finally:
            purged = self._purging.purge()
        return purged
