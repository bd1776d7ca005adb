"""What owners and admins do with links: make, list, change, revoke, take back; and the policy."""

from __future__ import annotations

import secrets
from typing import Any

from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from core.hashing import hash_password
from core.model.identity import Actor, AuditEvent, Permission
from core.model.sharing import (
    SHARE_PATH,
    LinkState,
    OwnLink,
    ShareByDate,
    ShareLink,
    SharePolicy,
    ShareSecret,
    ShareTarget,
    TargetKind,
)
from core.model.visibility import absent
from core.shares import rules, tokens
from core.shares.records import LinkChanges, ShareRequest
from core.shares.service.desk import Desk, changed, no_such_link
from core.stores.collection import Listing
from core.stores.records import Operation


class Making:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def create(self, actor: Actor, request: ShareRequest) -> OwnLink:
        policy, now = self._desk.policy(), self._desk.clock()
        life = rules.checked_life(request.expires_in, policy)
        password = rules.checked_password(request.password, policy)
        target = rules.checked_target(request)
        names = self._names(actor, target)
        title = rules.checked_title(request.title) or rules.called(request.kind, target, names)
        link_id = secrets.token_hex(12)
        link = ShareLink(
            id=link_id,
            owner_id=actor.account_id,
            kind=request.kind,
            title=title,
            target=target,
            created_at=now,
            renewed_at=now,
            expires_at=now + life,
            has_password=bool(password),
            max_downloads=rules.checked_downloads(request.max_downloads),
            drop=rules.checked_drop(request, policy, self._desk.settings.max_upload_bytes),
        )
        secret = ShareSecret(
            share_id=link_id,
            token_hash=tokens.token_hash(tokens.token(self._desk.key, link_id)),
            password_hash=hash_password(password) if password else "",
        )
        self._desk.store.transact([*self._filed(link, secret), self._told("created", actor, link)])
        return self.shown(link, policy)

    def _names(self, actor: Actor, target: ShareTarget) -> list[str]:
        """Of what is named. Raises `NotFound` for an album or a file of somebody else."""
        if target.kind is not TargetKind.ALBUM:
            return [self.shareable(actor, file_id) for file_id in target.file_ids]
        album = self._desk.albums.find(target.album_id)
        if album is None or album.value.owner_id != actor.account_id:
            raise NotFound(
                f"There is no album {target.album_id[:80]!r}.", hint="It may have been deleted."
            )
        return [album.value.name]

    def _filed(self, link: ShareLink, secret: ShareSecret) -> list[Operation]:
        records = self._desk.records
        return [
            records.links.put(link),
            records.secrets.put(secret),
            records.by_date.put(ShareByDate(share_id=link.id, created_at=link.created_at)),
        ]

    def shareable(self, actor: Actor, file_id: str) -> str:
        """The file's name, for who may share it."""
        stored = self._desk.files.find(file_id)
        if stored is None or stored.value.trashed_at is not None:
            raise absent(file_id)
        file = stored.value
        if file.owner_id != actor.account_id and not actor.may(Permission.MEDIA_MANAGE):
            if file.right_of(actor.account_id) is None and not actor.may(Permission.MEDIA_READ_ALL):
                raise absent(file_id)
            raise NotAllowed("Only the owner of a file shares it.", hint="Ask its owner.")
        return file.name

    def own(self, actor: Actor, id: str) -> ShareLink:
        """Raises `NotFound` for other people's links too, unless the actor manages them."""
        stored = self._desk.records.links.find(id)
        if stored is None or not self._concerns(actor, stored.value):
            raise no_such_link(id)
        return stored.value

    def _concerns(self, actor: Actor, link: ShareLink) -> bool:
        return link.owner_id == actor.account_id or actor.may(Permission.SHARES_MANAGE)

    def get(self, actor: Actor, id: str) -> OwnLink:
        return self.shown(self.own(actor, id), self._desk.policy(), actor)

    def mine(self, actor: Actor, after: str | None, limit: int) -> Listing[OwnLink]:
        found = self._desk.records.links.page(
            actor.account_id, after=after, limit=limit, descending=True
        )
        policy = self._desk.policy()
        return Listing(tuple(self.shown(link, policy, actor) for link in found.items), found.next)

    def everybodys(self, actor: Actor, after: str | None, limit: int) -> Listing[OwnLink]:
        records, policy = self._desk.records, self._desk.policy()
        found = records.by_date.page(after=after, limit=limit, descending=True)
        stored = (records.links.find(row.share_id) for row in found.items)
        shown = tuple(self.shown(link.value, policy, actor) for link in stored if link)
        return Listing(shown, found.next)

    def change(self, actor: Actor, id: str, changes: LinkChanges) -> OwnLink:
        link, policy = self.own(actor, id), self._desk.policy()
        if link.revoked_at is not None:
            raise Conflict(
                "This link was revoked.", hint="Take that back first, or make a new one."
            )
        update = self._update(changes, policy)
        if not update:
            raise InvalidInput("Nothing is to be changed.", hint="Send at least one field.")
        after = self._desk.change(
            id,
            lambda link: changed(link, **update),
            lambda link: self._event("changed", actor, link, fields=", ".join(sorted(update))),
            also=lambda: self._new_password(id, changes.password),
        )
        return self.shown(after, policy, actor)

    def _update(self, changes: LinkChanges, policy: SharePolicy) -> dict[str, Any]:
        update: dict[str, Any] = {}
        if changes.expires_in is not None:
            now = self._desk.clock()
            life = rules.checked_life(changes.expires_in, policy)
            update |= {"renewed_at": now, "expires_at": now + life}
        if changes.title is not None:
            update["title"] = rules.checked_title(changes.title)
        if changes.password is not None:
            update["has_password"] = bool(rules.checked_password(changes.password, policy))
        if changes.max_downloads is not None:
            update["max_downloads"] = rules.checked_downloads(changes.max_downloads or None)
        return update

    def _new_password(self, id: str, password: str | None) -> list[Operation]:
        """Whoever gave the old one has to give the new one."""
        stored = self._desk.records.secrets.find(id)
        if password is None or stored is None:
            return []
        hashed = hash_password(password) if password else ""
        secret = stored.value.model_copy(update={"password_hash": hashed})
        return [self._desk.records.secrets.put(secret, stored.version)]

    def revoke(self, actor: Actor, id: str) -> OwnLink:
        """At once, also for who has the page open. Asked twice it changes nothing.

        An admin's word stands over the owner's, who could take their own back.
        """
        link = self.own(actor, id)
        overrules = actor.account_id != link.owner_id == link.revoked_by
        if link.revoked_at is not None and not overrules:
            return self.get(actor, id)
        now = self._desk.clock()
        after = self._desk.change(
            id,
            lambda link: changed(link, revoked_at=now, revoked_by=actor.account_id),
            lambda link: self._event("revoked", actor, link),
        )
        return self.shown(after, self._desk.policy(), actor)

    def restore(self, actor: Actor, id: str) -> OwnLink:
        """Take a revocation back. What an admin revoked, its owner can't."""
        link = self.own(actor, id)
        if link.revoked_at is None:
            return self.get(actor, id)
        if link.revoked_by != actor.account_id and not actor.may(Permission.SHARES_MANAGE):
            raise NotAllowed("An admin revoked this link.", hint="Ask an admin to take it back.")
        after = self._desk.change(
            id,
            lambda link: changed(link, revoked_at=None, revoked_by=""),
            lambda link: self._event("restored", actor, link),
        )
        return self.shown(after, self._desk.policy(), actor)

    def set_policy(self, actor: Actor, policy: SharePolicy) -> SharePolicy:
        checked = rules.checked_policy(policy)
        _, version = self._desk.records.policy()
        event = self._desk.audit.event(
            "share_policy.changed",
            actor=actor,
            subject="share_policy/only",
            details={name: str(value) for name, value in checked.model_dump(mode="json").items()},
        )
        put = self._desk.records.put_policy(checked, version)
        self._desk.store.transact([put, self._desk.audit.put(event)])
        return checked

    def shown(self, link: ShareLink, policy: SharePolicy, actor: Actor | None = None) -> OwnLink:
        """Its address is its owner's alone: an admin ends links and doesn't open them."""
        owner = self._desk.account(link.owner_id)
        active = owner is not None and not owner.disabled
        stopped = rules.stopped_because(link, policy, owner_active=active)
        ending = rules.ending(link, policy)
        state = rules.state_of(link, ending.at, stopped, self._desk.clock())
        may_open = actor is None or actor.account_id == link.owner_id
        return OwnLink(
            link=link,
            state=state,
            ending=ending,
            path=self._path(link) if may_open and state is not LinkState.REVOKED else "",
            stopped_because=stopped if state is LinkState.STOPPED else "",
        )

    def _path(self, link: ShareLink) -> str:
        """'' once the server's key is another one: then the token can't be made anew."""
        token, secret = (
            tokens.token(self._desk.key, link.id),
            self._desk.records.secrets.find(link.id),
        )
        known = secret is not None and tokens.fits(token, secret.value.token_hash)
        return f"{SHARE_PATH}{token}" if known else ""

    def _event(self, verb: str, actor: Actor, link: ShareLink, **details: str) -> AuditEvent:
        return self._desk.event(f"share.{verb}", link, details, actor=actor)

    def _told(self, verb: str, actor: Actor, link: ShareLink) -> Operation:
        details = {"kind": link.kind.value, "ends": f"{link.expires_at:%Y-%m-%d %H:%M} UTC"}
        details["target"] = link.target.folder or link.target.kind.value
        return self._desk.audit.put(self._event(verb, actor, link, **details))
