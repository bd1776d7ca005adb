"""People without an account: they open a link, give its password, look, and fetch.

Each request asks the store anew whether the link still counts: an open page opens nothing.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial

from core.errors import Conflict, InvalidInput, NotFound, NotSignedIn
from core.hashing import verify
from core.model import lockout
from core.model.credentials import Attempts
from core.model.media import FileState, MediaFile, ObjectRef
from core.model.names import attachment, download_name
from core.model.sharing import LinkState, ShareKind, ShareLink, ShareSecret
from core.shares import rules, tokens, tries
from core.shares.records import Archive, FilesOfLink, Visit
from core.shares.service.catalogue import Catalogue, is_ready
from core.shares.service.desk import Desk, changed, gone
from core.zipping import Entry, zipped

PROOF_LIFE = timedelta(hours=1)
_STALE_TRIES = 4  # dropped per wrong password: more than one adds, so that they can't pile up


class Visiting:
    def __init__(self, desk: Desk, catalogue: Catalogue) -> None:
        self._desk, self._catalogue = desk, catalogue

    def enter(self, token: str, proof: str, kind: ShareKind | None = None) -> Visit:
        """Raises `NotFound` for a link that has ended, `NotSignedIn` until its password came."""
        link, secret, ends = self._live(token)
        if kind is not None and link.kind is not kind:
            raise gone()
        known = partial(tokens.proves, proof, self._desk.key, link.id, secret.password_hash)
        if secret.password_hash and not known(self._desk.clock()):
            raise NotSignedIn("This link has a password.", hint="Type it to go on.")
        owner = self._desk.account(link.owner_id)
        return Visit(link, ends, rules.downloads_left(link), owner.username if owner else "")

    def begun(self, token: str) -> ShareLink:
        """The link, also past its end; raises `NotFound` where it was revoked or is stopped."""
        link, _ = self._named(token)
        if self._state(link)[0] not in {LinkState.OPEN, LinkState.EXPIRED}:
            raise gone()
        return link

    def opened(self, visit: Visit, address: str) -> None:
        """Count that the page was shown; a page is never refused because many look at once."""
        now = self._desk.clock()
        try:
            self._desk.change(
                visit.link.id,
                lambda link: changed(link, views=link.views + 1, last_used_at=now),
                lambda link: self._desk.event("share.opened", link, address=address),
            )
        except Conflict:
            self._desk.record(self._desk.event("share.opened", visit.link, address=address))

    def looked(self, visit: Visit, address: str, told: Mapping[str, str]) -> None:
        """Not counted: the page was, or a single picture was named to somebody."""
        now = self._desk.clock()
        event = self._desk.event("share.looked", visit.link, told, address=address)
        try:
            self._desk.change(
                visit.link.id, lambda link: changed(link, last_used_at=now), lambda _: event
            )
        except Conflict:
            self._desk.record(event)

    def shown_to_robot(self, visit: Visit, address: str) -> None:
        self._desk.record(self._desk.event("share.shown_to_robot", visit.link, address=address))

    def unlock(self, token: str, password: str, address: str) -> tuple[str, datetime]:
        """What proves from now on that the password was given, and until when.

        A try is counted before its password is looked at, so that many at once can't all pass.
        """
        link, secret, ends = self._live(token)
        now = self._desk.clock()
        if secret.password_hash:
            self._count_tries(link, address, now)
            if not verify(secret.password_hash, password).right:
                self._wrong(link, address, now)
            self._take_back(link, address)
        until = min(now + PROOF_LIFE, ends)
        return tokens.proof(self._desk.key, link.id, secret.password_hash, until), until

    def files(self, visit: Visit, page: int) -> FilesOfLink:
        return self._catalogue.page(visit.link, page)

    def file(self, visit: Visit, file_id: str) -> MediaFile:
        return self._catalogue.file(visit.link, file_id)

    def download(self, visit: Visit, file_id: str, address: str) -> str:
        """A signed address of one file, counted. It dies in minutes, or with the link if sooner."""
        file = self._catalogue.file(visit.link, file_id)
        self._refuse_unfinished(file)
        now = self._desk.clock()
        url = self._desk.bucket.presign_get(
            file.key,
            expires=rules.address_life(visit.ends, self._desk.bucket.credentials_end(), now),
            content_disposition=attachment(download_name(file.name, file.key)),
        )
        self._counted(visit, 1, "share.downloaded", address, file=file.id, name=file.name)
        return url

    def archive(self, visit: Visit, address: str) -> Archive:
        """All files in one zip; each of them counts as a download, so that limits mean copies."""
        ids = tuple(self._catalogue.all(visit.link))
        if not ids:
            raise NotFound("There is nothing to download.", hint="Its owner took the files away.")
        self._counted(visit, len(ids), "share.archive", address, files=str(len(ids)))
        entries = self._entries(visit.link, ids, address)
        return Archive(download_name(visit.link.title, "all.zip"), zipped(entries))

    def _entries(self, link: ShareLink, ids: tuple[str, ...], address: str) -> Iterator[Entry]:
        """Asks before each file whether the link still counts. Raises `NotFound` in the middle."""
        for at, file_id in enumerate(ids):
            try:
                current = self._still(link.id)
            except NotFound:
                told = {"sent": str(at), "of": str(len(ids))}
                self._desk.record(
                    self._desk.event("share.archive_stopped", link, told, address=address)
                )
                raise
            entry = self._entry(current, file_id)
            if entry is not None:
                yield entry

    def _entry(self, link: ShareLink, file_id: str) -> Entry | None:
        """None for a file that has gone since the zip was begun."""
        try:
            file = self._catalogue.file(link, file_id)
            ref = ObjectRef(bucket=file.bucket, key=file.key)
            chunks = self._desk.bucket.open_stream(ref)
            first = next(chunks, b"")
        except NotFound:
            return None
        name = download_name(file.name, file.key)
        return Entry(name, file.uploaded_at, file.size, itertools.chain((first,), chunks))

    def _still(self, link_id: str) -> ShareLink:
        stored = self._desk.records.links.find(link_id)
        if stored is None:
            raise gone()
        self._refuse_ended(stored.value)
        return stored.value

    def _live(self, token: str) -> tuple[ShareLink, ShareSecret, datetime]:
        link, secret = self._named(token)
        return link, secret, self._refuse_ended(link)

    def _named(self, token: str) -> tuple[ShareLink, ShareSecret]:
        link_id = tokens.link_of(token)
        secret = self._desk.records.secrets.find(link_id) if link_id else None
        link = self._desk.records.links.find(link_id) if link_id else None
        if link is None or secret is None or not tokens.fits(token, secret.value.token_hash):
            raise gone()
        return link.value, secret.value

    def _refuse_ended(self, link: ShareLink) -> datetime:
        """When it ends; raises `NotFound` where it has, or where it is stopped."""
        state, ends = self._state(link)
        if state not in {LinkState.OPEN, LinkState.USED_UP}:
            raise gone()
        return ends

    def _state(self, link: ShareLink) -> tuple[LinkState, datetime]:
        policy, owner = self._desk.policy(), self._desk.account(link.owner_id)
        active = owner is not None and not owner.disabled
        stopped = rules.stopped_because(link, policy, owner_active=active)
        ends = rules.ending(link, policy).at
        return rules.state_of(link, ends, stopped, self._desk.clock()), ends

    def _counted(self, visit: Visit, count: int, action: str, address: str, **told: str) -> None:
        now = self._desk.clock()

        def spend(link: ShareLink) -> ShareLink:
            self._refuse_ended(link)  # it may have been revoked since this request began
            left = rules.downloads_left(link)
            if left is not None and left < count:
                raise _too_few(left, count)
            return changed(link, downloads=link.downloads + count, last_used_at=now)

        self._desk.change(
            visit.link.id,
            spend,
            lambda link: self._desk.event(action, link, told, address=address),
        )

    def _refuse_unfinished(self, file: MediaFile) -> None:
        if not is_ready(file):
            raise Conflict(f"{file.name} is still being processed.", hint="Try again soon.")
        missing = file.state is FileState.UNDELIVERED and self._desk.bucket.find(file.key) is None
        if missing or not file.key:
            raise Conflict(f"{file.name} can't be fetched now.", hint="Tell the person who shared.")

    # Wrong passwords

    def _count_tries(self, link: ShareLink, address: str, now: datetime) -> None:
        for counter, limit in tries.counters(link.id, address):
            self._desk.records.count_try(
                counter,
                partial(_counted_try, counter=counter, now=now, limit=limit),
            )

    def _take_back(self, link: ShareLink, address: str) -> None:
        for counter, _ in tries.counters(link.id, address):
            self._desk.records.change_try(counter, lockout.take_back)

    def _wrong(self, link: ShareLink, address: str, now: datetime) -> None:
        self._desk.record(self._desk.event("share.password_wrong", link, address=address))
        stale = partial(lockout.is_stale, now=now, window=tries.WINDOW)
        self._desk.records.drop_tries(stale, _STALE_TRIES)
        raise InvalidInput("This is not the password of the link.", hint="Check it and try again.")


def _counted_try(
    attempts: Attempts | None, *, counter: str, now: datetime, limit: lockout.Limit
) -> Attempts:
    return lockout.count(attempts, counter, now, limit, "The link")


def _too_few(left: int, count: int) -> Conflict:
    if left == 0:
        return Conflict(
            "No downloads are left.", hint="Ask the person who sent you the link for more."
        )
    return Conflict(
        f"All {count} files would be {count} downloads; {left} are left.",
        hint="Download single files, or ask the person who sent you the link.",
    )
