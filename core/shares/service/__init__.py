"""Sharing: the only place of this room that reaches records, index and bucket.

Members make and end links; visitors have no account, so what lets them in is the token in the
address, checked anew at every request.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from core.aws.s3 import MediaBucket
from core.errors import InvalidInput
from core.model.identity import Actor, Permission
from core.model.media import FileKind, MediaFile, Right
from core.model.sharing import (
    DropLimits,
    OwnLink,
    Person,
    ShareKind,
    ShareLink,
    SharePolicy,
    TargetKind,
)
from core.settings import Settings
from core.shares.drops import Room
from core.shares.records import (
    Admitted,
    Archive,
    Arriving,
    DropRequest,
    FilesOfLink,
    LinkChanges,
    ShareRequest,
    Visit,
)
from core.shares.service.catalogue import Catalogue
from core.shares.service.clearing import Clearing
from core.shares.service.desk import Desk
from core.shares.service.dropping import Dropping
from core.shares.service.granting import Granting
from core.shares.service.making import Making
from core.shares.service.visiting import Visiting
from core.stores.audit_log import AuditLog
from core.stores.collection import Listing
from core.stores.records import RecordStore
from core.stores.search_index import SearchIndex

__all__ = ["LinkChanges", "ShareRequest", "SharesService"]


class SharesService:
    def __init__(
        self,
        store: RecordStore,
        index: SearchIndex,
        bucket: MediaBucket,
        audit: AuditLog,
        settings: Settings,
        clock: Callable[[], datetime],
        secret_key: str,
    ) -> None:
        desk = Desk(store, index, bucket, audit, settings, clock, secret_key)
        self._desk, self._making = desk, Making(desk)
        self._granting, self._clearing = Granting(desk, self._making), Clearing(desk)
        self._visiting, self._dropping = Visiting(desk, Catalogue(desk)), Dropping(desk)

    # Links, for who has an account

    def create(self, actor: Actor, request: ShareRequest, *, emails: Sequence[str] = ()) -> OwnLink:
        """Raises `InvalidInput` for what the policy forbids, `NotFound` for others' files.

        `emails` of colleagues who are to see the files as well: where one of them is unknown,
        nothing is made.
        """
        actor.require(_needed(request.kind))
        if not emails:
            return self._making.create(actor, request)
        ids = request.target.file_ids
        if request.target.kind is not TargetKind.FILES:
            raise InvalidInput(
                "Only files are shared with people.", hint="Share the files in it with them."
            )
        self._granting.check(actor, ids, emails)
        own = self._making.create(actor, request)
        self._granting.share_with(actor, ids, emails, Right.VIEW)
        return own

    def get(self, actor: Actor, id: str) -> OwnLink:
        actor.require(Permission.MEDIA_READ)
        return self._making.get(actor, id)

    def mine(self, actor: Actor, *, after: str | None = None, limit: int = 100) -> Listing[OwnLink]:
        """Newest first."""
        actor.require(Permission.MEDIA_READ)
        return self._making.mine(actor, after, limit)

    def everybodys(
        self, actor: Actor, *, after: str | None = None, limit: int = 100
    ) -> Listing[OwnLink]:
        """Newest first, without the addresses: an admin ends links and doesn't open them."""
        actor.require(Permission.SHARES_MANAGE)
        return self._making.everybodys(actor, after, limit)

    def change(self, actor: Actor, id: str, changes: LinkChanges) -> OwnLink:
        """Move the end, rename, give another password or limit. The address stays."""
        actor.require(Permission.MEDIA_READ)
        return self._making.change(actor, id, changes)

    def revoke(self, actor: Actor, id: str) -> OwnLink:
        """At once. A transfer that runs may finish; no new one starts."""
        actor.require(Permission.MEDIA_READ)
        return self._making.revoke(actor, id)

    def restore(self, actor: Actor, id: str) -> OwnLink:
        """Take a revocation back; what an admin revoked, only admins do."""
        actor.require(Permission.MEDIA_READ)
        return self._making.restore(actor, id)

    def policy(self, actor: Actor) -> SharePolicy:
        """For everybody: forms show what will be refused."""
        actor.require(Permission.MEDIA_READ)
        return self._desk.policy()

    def set_policy(self, actor: Actor, policy: SharePolicy) -> SharePolicy:
        """Counts at once, also for links made before."""
        actor.require(Permission.SHARES_MANAGE)
        return self._making.set_policy(actor, policy)

    def purge(self) -> int:
        """Drop links that ended `ended_link_days` ago; no permission, the housekeeping calls it."""
        return self._clearing.purge()

    # People with an account

    def share_with(
        self, actor: Actor, file_ids: Sequence[str], emails: Sequence[str], right: Right
    ) -> tuple[Person, ...]:
        """All files with all people, or nothing. Raises `InvalidInput` naming who is unknown."""
        actor.require(Permission.MEDIA_READ)
        return self._granting.share_with(actor, file_ids, emails, right)

    def unshare(self, actor: Actor, file_ids: Sequence[str], account_ids: Sequence[str]) -> None:
        """Take rights back; people may also leave a file that was shared with them."""
        actor.require(Permission.MEDIA_READ)
        self._granting.unshare(actor, file_ids, account_ids)

    def give_back(self, actor: Actor, file_ids: Sequence[str]) -> int:
        """Undo one's own last `unshare` of these files, within a day. How many files it was.

        Raises `Conflict` where there is nothing to undo.
        """
        actor.require(Permission.MEDIA_READ)
        return self._granting.give_back(actor, file_ids)

    def people(self, actor: Actor, file_id: str) -> tuple[Person, ...]:
        """Whom the owner of a file let in; for who may share it."""
        actor.require(Permission.MEDIA_READ)
        return self._granting.people(actor, file_id)

    # Visitors. `proof` is what `unlock` gave.

    def enter(self, token: str, proof: str = "", kind: ShareKind | None = None) -> Visit:
        """Raises `NotFound` for a link that has ended, `NotSignedIn` until its password came."""
        return self._visiting.enter(token, proof, kind)

    def unlock(self, token: str, password: str, *, address: str = "") -> tuple[str, datetime]:
        """A proof and its end. Raises `InvalidInput`, after five wrong ones `TooManyAttempts`."""
        return self._visiting.unlock(token, password, address)

    def opened(self, visit: Visit, *, address: str = "") -> None:
        """Count that a person saw the page."""
        self._visiting.opened(visit, address)

    def looked(self, visit: Visit, told: Mapping[str, str], *, address: str = "") -> None:
        """Tell the audit log what was looked at after the page was opened: a picture, a page."""
        self._visiting.looked(visit, address, told)

    def shown_to_robot(self, visit: Visit, *, address: str = "") -> None:
        """Tell the audit log; it counts as no use of the link."""
        self._visiting.shown_to_robot(visit, address)

    def files(self, visit: Visit, page: int = 1) -> FilesOfLink:
        return self._visiting.files(visit, page)

    def file(self, visit: Visit, file_id: str) -> MediaFile:
        return self._visiting.file(visit, file_id)

    def download(self, visit: Visit, file_id: str, *, address: str = "") -> str:
        """Raises `Conflict` where no download is left; each is handed out once."""
        return self._visiting.download(visit, file_id, address)

    def archive(self, visit: Visit, *, address: str = "") -> Archive:
        """All files as a zip; reading it raises `NotFound` once the link has ended."""
        return self._visiting.archive(visit, address)

    # Drop boxes: the upload runs in the owner's name, and the caller runs it

    def drop_room(self, visit: Visit) -> tuple[DropLimits, Room]:
        return self._dropping.room(visit)

    def admit(self, visit: Visit, request: DropRequest) -> Admitted:
        return self._dropping.admit(visit, request)

    def reserve(
        self, visit: Visit, upload_id: str, request: DropRequest, name: str, *, address: str = ""
    ) -> None:
        """Raises `Conflict` or `TooLarge` where others were faster."""
        self._dropping.reserve(visit, upload_id, request, name, address)

    def arriving(self, token: str, upload_id: str) -> Arriving:
        """What was begun in time may end after the link; what was begun is proof enough."""
        return self._dropping.arriving(self._visiting.begun(token), upload_id)

    def kinds(self, link: ShareLink) -> frozenset[FileKind]:
        """Kinds of files that a box takes; none named: all."""
        return self._dropping.kinds(link)

    def received(self, arriving: Arriving, file: MediaFile, *, address: str = "") -> None:
        self._dropping.received(arriving, file, address)

    def refused(self, arriving: Arriving, reason: str, *, address: str = "") -> None:
        self._dropping.refused(arriving, reason, address)


def _needed(kind: ShareKind) -> Permission:
    return Permission.MEDIA_UPLOAD if kind is ShareKind.DROP else Permission.MEDIA_READ
