"""Where accounts, passwords, sessions and tries are filed. Rules about them live in the room."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from core.errors import Conflict, NotAllowed
from core.model.credentials import (
    AccountEmail,
    AdminRoster,
    Attempts,
    Credential,
    FirstAdminLink,
    PasswordLink,
)
from core.model.identity import Account, Actor, Session
from core.stores.collection import Collection, Stored
from core.stores.records import Operation, RecordStore

_ONLY = "only"  # the id of a kind that has one row
_ATTEMPTS = 8


def _moment(time: datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class AccountRecords:
    def __init__(self, store: RecordStore) -> None:
        self.transact = store.transact
        self.accounts = Collection(
            store, "account", Account, key=lambda a: a.id, sort=lambda a: a.email
        )
        self.credentials = Collection(store, "credential", Credential, key=lambda c: c.account_id)
        self.emails = Collection(store, "account_email", AccountEmail, key=lambda e: e.email)
        self.sessions = Collection(
            store,
            "session",
            Session,
            key=lambda s: s.id,
            parent=lambda s: s.account_id,
            sort=lambda s: _moment(s.created_at),
        )
        self.tries = Collection(
            store,
            "sign_in_attempts",
            Attempts,
            key=lambda a: a.id,
            sort=lambda a: _moment(a.started_at),
        )
        self.password_links = Collection(
            store, "password_link", PasswordLink, key=lambda link: link.account_id
        )
        self._rosters = Collection(store, "admin_roster", AdminRoster, key=lambda _: _ONLY)
        self._links = Collection(store, "first_admin_link", FirstAdminLink, key=lambda _: _ONLY)

    def by_email(self, email: str) -> tuple[Account, Credential] | None:
        """None for an invited account, too: it has no password yet."""
        known = self.emails.find(email)
        account = self.accounts.find(known.value.account_id) if known else None
        credential = self.credentials.find(account.value.id) if account else None
        return (account.value, credential.value) if account and credential else None

    def as_now(self, actor: Actor) -> Actor:
        """Whoever began long work: rights that were taken away since are not used any more.

        Raises `NotAllowed` for a disabled account.
        """
        stored = self.accounts.find(actor.account_id)
        if stored is None:
            return actor
        if stored.value.disabled:
            raise NotAllowed("The account was disabled.", hint="An admin can enable it again.")
        return actor.model_copy(update={"role": stored.value.role})

    def new_account(self, account: Account) -> list[Operation]:
        return [
            self.accounts.put(account),
            self.emails.put(AccountEmail(email=account.email, account_id=account.id)),
        ]

    def end_sessions(self, sessions: Iterable[Session]) -> int:
        ended = [session.id for session in sessions]
        for session_id in ended:
            self.sessions.remove(session_id)
        return len(ended)

    def admins(self) -> frozenset[str]:
        roster = self._rosters.find(_ONLY)
        return frozenset(roster.value.ids) if roster else frozenset()

    def roster_change(self, rule: Callable[[frozenset[str]], frozenset[str]]) -> list[Operation]:
        """The operation that makes `rule` true of the roster; none where it already is."""
        found = self._rosters.find(_ONLY)
        before = frozenset(found.value.ids) if found else frozenset[str]()
        after = rule(before)
        if after == before:
            return []
        roster = AdminRoster(ids=tuple(sorted(after)))
        return [self._rosters.put(roster, found.version if found else 0)]

    def first_admin_link(self) -> Stored[FirstAdminLink] | None:
        return self._links.find(_ONLY)

    def replace_first_admin_link(self, link: FirstAdminLink) -> None:
        before = self._links.find(_ONLY)
        self._links.save(link, before.version if before else 0)

    def drop_first_admin_link(self, version: int) -> Operation:
        return self._links.drop(_ONLY, version)

    def count_try(self, id: str, rule: Callable[[Attempts | None], Attempts]) -> Attempts:
        """Read, apply, write; again if another try came in between. Raises what `rule` raises."""
        for _ in range(_ATTEMPTS):
            found = self.tries.find(id)
            counted = rule(found.value if found else None)
            try:
                return self.tries.save(counted, found.version if found else 0)
            except Conflict:
                continue
        raise Conflict("Many sign-ins for this account run at once.", hint="Try again.")

    def change_try(self, id: str, rule: Callable[[Attempts], Attempts]) -> None:
        if self.tries.find(id) is not None:
            self.tries.update(id, rule)

    def drop_tries(self, rule: Callable[[Attempts], bool], limit: int) -> None:
        """Look at the oldest few; `rule` says which may go."""
        for tries in self.tries.page(limit=limit).items:
            if rule(tries):
                self.tries.remove(tries.id)
