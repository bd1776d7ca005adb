"""Sharing with people who have an account: grants on the files themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from core.errors import Conflict, InvalidInput
from core.model.identity import Account, Actor, Permission, normal_email
from core.model.media import MediaFile, Right
from core.model.sharing import Person
from core.model.visibility import absent, visible
from core.shares import people
from core.shares.rules import MOST_FILES
from core.shares.service.desk import Desk
from core.shares.service.making import Making
from core.stores.collection import Stored
from core.stores.records import Operation

_ATTEMPTS = 5
_BATCH = 40  # files in one transaction: each takes two of its hundred operations

Change = Callable[[MediaFile], MediaFile]


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
        self._rewrite(
            actor,
            unique,
            lambda file: people.without_grants(file, account_ids),
            "file.unshared",
            ", ".join(account_ids),
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
        for start in range(0, len(ids), _BATCH):
            self._rewrite_batch(actor, ids[start : start + _BATCH], change, action, told)
        self._desk.index.refresh(self._desk.store)  # who shared a file sees it shared

    def _rewrite_batch(
        self, actor: Actor, ids: Sequence[str], change: Change, action: str, told: str
    ) -> None:
        for _ in range(_ATTEMPTS):
            operations = [
                operation
                for stored in map(self._stored, ids)
                for operation in self._written(actor, stored, change, action, told)
            ]
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
        leaving = file.right_of(actor.account_id) is not None and action == "file.unshared"
        if file.owner_id != actor.account_id and not leaving:
            actor.require(Permission.MEDIA_MANAGE)
        after = change(file)
        if after == file:
            return ()
        details = {"name": file.name, "owner": file.owner_id, "people": told}
        event = self._desk.audit.event(
            action, actor=actor, subject=f"file/{file.id}", details=details
        )
        return self._desk.files.put(after, stored.version), self._desk.audit.put(event)

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
