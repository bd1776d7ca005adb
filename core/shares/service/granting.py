"""Sharing with people who have an account: grants on the files themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from core.errors import Conflict, InvalidInput
from core.model.identity import Account, Actor, AuditEvent, Permission, normal_email
from core.model.media import MediaFile, Right
from core.model.sharing import Person, Taking
from core.model.visibility import absent, visible
from core.shares import people
from core.shares.rules import MOST_FILES
from core.shares.service.desk import Desk
from core.shares.service.making import Making
from core.stores.collection import Stored
from core.stores.records import Operation

_ATTEMPTS = 5
_BATCH = 30  # files in one transaction: each takes three of its hundred operations

_TAKES = "file.unshared"

Change = Callable[[MediaFile], MediaFile]
Written = Callable[[Stored[MediaFile]], tuple[Operation, ...]]


class Granting:
    def __init__(self, desk: Desk, making: Making) -> None:
        self._desk, self._making = desk, making

    def share_with(
        self, actor: Actor, file_ids: Sequence[str], emails: Sequence[str], right: Right
    ) -> tuple[Person, ...]:
        """Nobody gets anything unless everybody can.

        An address without an account is named: colleagues may know who works here. What the
        policy leaves out is refused before anybody is looked up.
        """
        unique = _files(file_ids)
        accounts = self.check(actor, unique, emails)
        ids = [account.id for account in accounts]
        told = f"{right.value}: {', '.join(account.email for account in accounts)}"
        self._rewrite(
            actor, unique, lambda file: people.with_grants(file, ids, right), "file.shared", told
        )
        return tuple(_person(account, right) for account in accounts)

    def check(self, actor: Actor, file_ids: Sequence[str], emails: Sequence[str]) -> list[Account]:
        """Whose addresses these are; raises for what `share_with` would refuse."""
        for file_id in file_ids:
            self._making.shareable(actor, file_id)
        wanted = people.checked_emails(map(normal_email, emails), self._desk.policy())
        accounts = self._accounts(wanted)
        for file_id in file_ids:
            file = self._stored(file_id).value
            people.with_grants(file, [account.id for account in accounts], Right.VIEW)
        return accounts

    def unshare(self, actor: Actor, file_ids: Sequence[str], account_ids: Sequence[str]) -> None:
        """Its owner takes a right back, or a person leaves a file that was shared with him."""
        unique = _files(file_ids)
        for file_id in unique:
            if tuple(account_ids) != (actor.account_id,):
                self._making.shareable(actor, file_id)
            else:
                visible(actor, self._stored(file_id).value)  # whoever sees it, may leave it
        self._rewrite_each(unique, lambda stored: self._unshared(actor, stored, account_ids))

    def _unshared(
        self, actor: Actor, stored: Stored[MediaFile], account_ids: Sequence[str]
    ) -> tuple[Operation, ...]:
        told = ", ".join(account_ids)
        taken = self._written(
            actor, stored, lambda file: people.without_grants(file, account_ids), _TAKES, told
        )
        found = self._desk.records.taken.find(stored.value.id)
        if taken or found is None or actor.account_id in account_ids:
            return taken
        rest = people.kept_out(found.value, account_ids)
        if rest == found.value:
            return ()
        event = self._event(actor, stored.value, _TAKES, f"may not come back: {told}")
        return (self._desk.records.taken.put(rest, found.version), self._desk.audit.put(event))

    def give_back(self, actor: Actor, file_ids: Sequence[str]) -> int:
        """Undo what this person's last `unshare` took, for a day. How many files it was.

        Whoever left may come back only as long as the owner took nothing back since.
        """
        mine = [one for one in _files(file_ids) if self._taken(actor, one) is not None]
        if not mine:
            raise Conflict(
                "There is nothing to give back.",
                hint="It can be undone for a day, until the owner changes it.",
            )
        self._rewrite_each(mine, lambda stored: self._returned(actor, stored))
        return len(mine)

    def _taken(self, actor: Actor, file_id: str) -> Taking | None:
        """What this person took and may give back; None too for a file that is gone."""
        found, file = self._desk.records.taken.find(file_id), self._desk.files.find(file_id)
        if found is None or file is None or file.value.trashed_at is not None:
            return None
        now, value = self._desk.clock(), file.value
        mine = [one for one in found.value.takings if one.by == actor.account_id]
        taking = mine[0] if mine and people.in_time(mine[0], now) else None
        if taking is None or people.has_left(taking):
            return taking
        manages = value.owner_id == actor.account_id or actor.may(Permission.MEDIA_MANAGE)
        return taking if manages else None

    def _returned(self, actor: Actor, stored: Stored[MediaFile]) -> tuple[Operation, ...]:
        file, taking = stored.value, self._taken(actor, stored.value.id)
        taken = self._desk.records.taken.find(file.id)
        if taking is None or taken is None:
            return ()
        rest = tuple(one for one in taken.value.takings if one != taking)
        told = ", ".join(grant.account_id for grant in taking.grants)
        after = people.given_back(file, taking)
        return (
            self._desk.files.put(after, stored.version),
            self._desk.audit.put(self._event(actor, file, "file.shared", f"given back: {told}")),
            self._desk.records.taken.put(
                taken.value.model_copy(update={"takings": rest}), taken.version
            ),
        )

    def people(self, actor: Actor, file_id: str) -> tuple[Person, ...]:
        """Whom the owner let in, by email; for who may share the file."""
        self._making.shareable(actor, file_id)
        file = self._desk.files.get(file_id)
        found = ((self._desk.account(grant.account_id), grant.right) for grant in file.grants)
        known = [_person(account, right) for account, right in found if account]
        return tuple(sorted(known, key=lambda person: person.email))

    def _accounts(self, emails: Sequence[str]) -> list[Account]:
        """A disabled account is answered like none."""
        found = {email: self._account(email) for email in emails}
        unknown = [email for email, account in found.items() if account is None]
        if unknown:
            raise InvalidInput(
                f"Nobody here has the address {', '.join(unknown[:5])}.",
                hint="Send them a link instead, or ask an admin to invite them.",
            )
        return [account for account in found.values() if account]

    def _account(self, email: str) -> Account | None:
        row = self._desk.people.emails.find(email)
        account = self._desk.account(row.value.account_id) if row else None
        return account if account and not account.disabled else None

    def _rewrite(
        self, actor: Actor, ids: Sequence[str], change: Change, action: str, told: str
    ) -> None:
        self._rewrite_each(ids, lambda stored: self._written(actor, stored, change, action, told))

    def _rewrite_each(self, ids: Sequence[str], written: Written) -> None:
        for start in range(0, len(ids), _BATCH):
            self._rewrite_batch(ids[start : start + _BATCH], written)
        self._desk.index.refresh(self._desk.store)  # who shared a file sees it shared

    def _rewrite_batch(self, ids: Sequence[str], written: Written) -> None:
        for _ in range(_ATTEMPTS):
            operations = [one for stored in map(self._stored, ids) for one in written(stored)]
            try:
                if operations:
                    self._desk.store.transact(operations)
            except Conflict:
                continue  # a job or another tab wrote in between: read again
            return
        raise Conflict("The files are being changed by others right now.", hint="Try again.")

    def _written(
        self, actor: Actor, stored: Stored[MediaFile], change: Change, action: str, told: str
    ) -> tuple[Operation, ...]:
        file = stored.value
        leaving = file.right_of(actor.account_id) is not None and action == _TAKES
        if file.owner_id != actor.account_id and not leaving:
            actor.require(Permission.MEDIA_MANAGE)
        after = change(file)
        if after == file:
            return ()
        event = self._event(actor, file, action, told)
        operations = (self._desk.files.put(after, stored.version), self._desk.audit.put(event))
        return operations + (self._noted(actor, file, after) if action == _TAKES else ())

    def _noted(self, actor: Actor, before: MediaFile, after: MediaFile) -> tuple[Operation, ...]:
        kept, now = self._desk.records.taken.find(before.id), self._desk.clock()
        known = kept.value if kept else None
        fresh = people.noted(known, before, after, actor.account_id, now)
        return (self._desk.records.taken.put(fresh, kept.version if kept else 0),)

    def _event(self, actor: Actor, file: MediaFile, action: str, told: str) -> AuditEvent:
        details = {"name": file.name, "owner": file.owner_id, "people": told}
        return self._desk.audit.event(
            action, actor=actor, subject=f"file/{file.id}", details=details
        )

    def _stored(self, id: str) -> Stored[MediaFile]:
        stored = self._desk.files.find(id)
        if stored is None:
            raise absent(id)
        return stored


def _files(ids: Sequence[str]) -> tuple[str, ...]:
    unique = tuple(dict.fromkeys(ids))
    if not 1 <= len(unique) <= MOST_FILES:
        raise InvalidInput(f"{len(unique)} files are named.", hint=f"Name 1 to {MOST_FILES}.")
    return unique


def _person(account: Account, right: Right) -> Person:
    return Person(account_id=account.id, email=account.email, name=account.username, right=right)
