"""Avatars: stored, delivered by the CDN, and only then the account's; the old one goes last."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from core.aws.edge import Edge
from core.aws.s3 import MediaBucket, ServedAs
from core.errors import AwsUnavailable, Conflict, DashboardError, InvalidInput, TooLarge
from core.model.identity import Account, Actor
from core.model.progress import DueKey
from core.model.versions import viewer_paths
from core.settings import Settings
from core.stores.account_records import AccountRecords
from core.stores.audit_log import AuditLog
from core.stores.collection import Stored
from core.stores.invalidations import InvalidationBook
from core.stores.jobs import JobQueue
from core.stores.object_erasing import ObjectEraser
from core.stores.object_uses import ObjectUses
from core.stores.records import RecordStore
from core.upload import avatar_keys, delivery, policy
from core.upload.content import HEAD_BYTES
from core.upload.delivery import Expected
from core.upload.portraits import portrait, read_crop
from core.upload.service.due_keys import DueKeys

MOST_BYTES = 10 * policy.MIB
_ATTEMPTS = 8
_JPEG = "image/jpeg"


@dataclass(frozen=True)
class AvatarAddress:
    """Where a person's picture is; without one, `reason` says why."""

    url: str = ""
    small_url: str = ""
    reason: str = ""


class AvatarService:
    def __init__(
        self,
        store: RecordStore,
        bucket: MediaBucket,
        edge: Edge,
        jobs: JobQueue,
        audit: AuditLog,
        settings: Settings,
        clock: Callable[[], datetime],
        uses: ObjectUses | None = None,
    ) -> None:
        self._eraser = ObjectEraser(bucket, uses or ObjectUses(store))
        self._store, self._jobs = store, jobs
        self._invalidations = InvalidationBook(store, jobs, clock)
        self._records, self._due = AccountRecords(store), DueKeys(store, "due_avatar", clock)
        self._bucket, self._edge, self._audit = bucket, edge, audit
        self._settings, self._clock = settings, clock

    def address(self, person: Account | Actor) -> AvatarAddress:
        """From whatever the account holds, also in records of before, to where the CDN has it."""
        found = avatar_keys.read(person.avatar_key, self._places())
        if not found.key:
            return AvatarAddress(reason=found.reason)
        small = avatar_keys.small_key(found.key)
        return AvatarAddress(self._edge.url(found.key), self._edge.url(small))

    def _places(self) -> avatar_keys.Places:
        base = self._edge.base_url
        own = base if base.startswith("/") else base.partition("://")[2]
        former = [name.strip() for name in self._settings.former_cdn_domains.split(",")]
        return avatar_keys.Places((own, *filter(None, former)), self._bucket.name)

    def change(self, actor: Actor, source: BinaryIO, name: str = "", crop: str = "") -> Account:
        """The new picture, once the CDN delivers it.

        Raises what is wrong with the picture; `AwsUnavailable` where the CDN does not deliver the
        new one, and then the old one stays.
        """
        wanted = read_crop(crop)
        with tempfile.TemporaryFile() as file:
            file.write(source.read(MOST_BYTES + 1))
            _check(file, name)
            pictures = portrait(file, wanted, max_pixels=self._settings.max_image_pixels)
        key = avatar_keys.new_key(actor.account_id, self._clock(), uuid.uuid4())
        self._due.note(key, actor.account_id)
        try:
            self._deliver(key, pictures)
        except DashboardError:
            with suppress(DashboardError):  # what is left now is swept later
                self._erase(key, actor.account_id)
                self._due.forget(key)
            raise
        return self._replace(actor, key)

    def remove(self, actor: Actor) -> Account:
        """Erased, and forgotten by the CDN within minutes. Asking again is silent."""
        return self._replace(actor, "")

    def _deliver(self, key: str, pictures: tuple[bytes, bytes]) -> None:
        """Raises `AwsUnavailable` unless both are delivered as they should be."""
        served_as = ServedAs(_JPEG, policy.FOREVER, "inline")
        stored = dict(zip((key, avatar_keys.small_key(key)), pictures, strict=True))
        for one, body in stored.items():
            self._bucket.put(one, body, served_as)
        for one, body in stored.items():
            expected = Expected(
                name="avatar",
                key=one,
                content_type=_JPEG,
                size=len(body),
                cache_control=policy.FOREVER,
            )
            answer = self._edge.head(self._edge.url(one))
            checks = delivery.steps(expected, answer.status, answer.headers, answer.error)
            failed = next((step for step in checks if not step.ok), None)
            if failed is not None:
                raise AwsUnavailable(
                    f"The CDN does not deliver the new picture ({failed.name}: expected "
                    f"{failed.expected}, got {failed.actual or 'nothing'}). The old one stays.",
                    hint="Try again in a minute; if it comes back, ask support to diagnose it.",
                )

    def _replace(self, actor: Actor, key: str) -> Account:
        """Write the account and note the old key at once; then erase the old picture."""
        for _ in range(_ATTEMPTS):
            held = self._records.accounts.find(actor.account_id)
            if held is None:
                break
            try:
                account = self._write(actor, held, key)
            except Conflict:
                continue
            old = self._own_key(held.value)
            if old and old != key:
                self._let_go(old, account)
            return account
        raise Conflict("This account is being changed by others.", hint="Try again.")

    def _write(self, actor: Actor, held: Stored[Account], key: str) -> Account:
        before, old = held.value, self._own_key(held.value)
        account = before.model_copy(update={"avatar_key": key})
        if account == before:
            return account
        event = self._audit.event(
            "account.avatar_changed" if key else "account.avatar_removed",
            actor=actor,
            subject=f"account/{account.id}",
            details={"key": key or before.avatar_key[:200]},
        )
        self._records.transact(
            [
                self._records.accounts.put(account, held.version),
                *([self._due.drop(key)] if key else []),
                *(self._due.put(old, account.id) if old else []),
                self._audit.put(event),
            ]
        )
        return account

    def _own_key(self, account: Account) -> str:
        """The key that may be erased: made here for this account. Others are left alone."""
        key = avatar_keys.read(account.avatar_key, self._places()).key
        return key if avatar_keys.is_own(key, account.id) else ""

    def _let_go(self, key: str, account: Account) -> None:
        """Whoever removes their picture wants it gone from the CDN's caches as well."""
        self._erase(key, account.id)
        if not account.avatar_key:
            self._forget_at_edge(key, account.id)
        self._due.forget(key)

    def _forget_at_edge(self, key: str, account_id: str) -> None:
        paths = viewer_paths(tuple(dict.fromkeys((key, avatar_keys.small_key(key)))))
        for _ in range(_ATTEMPTS):
            _, operations = self._invalidations.order(account_id, account_id, paths, account_id)
            try:
                self._store.transact(operations)
            except Conflict:
                continue  # another one was counted at the same moment
            self._jobs.announce()
            return
        raise Conflict("Many are asking the CDN at once.", hint="Try again.")

    def _erase(self, key: str, account_id: str) -> None:
        both = {key, avatar_keys.small_key(key)}
        self._eraser.keys(self._bucket.name, both, f"account/{account_id}")

    def sweep(self) -> int:
        """Erase pictures whose upload or removal ended half-way. Returns how many."""
        return self._due.sweep(self._settle)

    def _settle(self, due: DueKey) -> bool:
        held = self._records.accounts.find(due.owner_id)
        if held is not None and self._own_key(held.value) == due.id:
            return False
        self._erase(due.id, due.owner_id)
        if held is not None and not held.value.avatar_key:
            self._forget_at_edge(due.id, due.owner_id)
        return True


def _check(source: BinaryIO, name: str) -> None:
    """Size and content, before anything is decoded."""
    size = source.seek(0, 2)
    source.seek(0)
    if size <= 0:
        raise InvalidInput("The picture is empty (0 bytes).", hint="Choose another file.")
    if size > MOST_BYTES:
        raise TooLarge(
            f"The picture has more than {MOST_BYTES // policy.MIB} MiB.",
            hint="Send a smaller one; it is shown with 512 pixels.",
        )
    policy.require_picture(name, source.read(HEAD_BYTES))
    source.seek(0)
