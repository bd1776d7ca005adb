"""One-time password links: how an invited person gets in, and how a forgotten password is replaced.

The link's row, the password, the account and the new session change together: of two claims at
once, or of a claim and a disabling, one finds that the other was faster.
"""

from __future__ import annotations

import secrets
from functools import partial

from core.accounts import links, rules
from core.accounts.records import OneTimeLink, SignIn
from core.accounts.service.desk import Desk, following, no_such_account
from core.errors import Conflict, NotAllowed
from core.model import lockout
from core.model.credentials import Credential, PasswordLink
from core.model.identity import Account, Actor, Role
from core.stores.collection import Stored
from core.stores.records import Operation

_ATTEMPTS = 8


class PasswordLinks:
    def __init__(self, desk: Desk) -> None:
        self._desk, self._records = desk, desk.records

    def invite(
        self, actor: Actor, email: str, username: str, role: Role
    ) -> tuple[Account, OneTimeLink]:
        account = self._desk.draft(email, username, role, invited=True)
        made, link = self._new_link(account)
        event = self._desk.event("account.invited", actor, account, role=role.value)
        self._desk.file_account(
            account,
            [self._records.password_links.put(link), self._desk.audit.put(event)],
            hint="Make a new password link for it instead.",
        )
        return account, made

    def replace(self, actor: Actor, account_id: str) -> OneTimeLink:
        """A new link, which ends the one before."""
        for _ in range(_ATTEMPTS):
            account = self._enabled(account_id).value
            before = self._records.password_links.find(account_id)
            made, link = self._new_link(account)
            event = self._desk.event("password_link.created", actor, account)
            put = self._records.password_links.put(link, before.version if before else 0)
            try:
                self._records.transact([put, self._desk.audit.put(event)])
            except Conflict:
                continue
            return made
        raise Conflict("Many ask for a link to this account at once.", hint="Try again.")

    def holder(self, token: str) -> Account:
        """Whose password a link sets. Raises `NotFound`, and `NotAllowed` for disabled accounts."""
        return self._open(token)[1].value

    def claim(self, token: str, password: str, *, address: str, device: str) -> SignIn:
        credential = self._desk.credential(self.holder(token), password)
        for _ in range(_ATTEMPTS):
            link, account = self._open(token)
            try:
                return self._use(link, account, credential, address=address, device=device)
            except Conflict:
                continue
        raise Conflict("This account is being changed by others.", hint="Try again.")

    def end(self, account_id: str) -> None:
        self._records.password_links.remove(account_id)

    def _new_link(self, account: Account) -> tuple[OneTimeLink, PasswordLink]:
        token = links.token(account.id, secrets.token_urlsafe(32))
        link = links.begin(token, account.id, self._desk.clock())
        return OneTimeLink(token=token, expires_at=link.expires_at), link

    def _open(self, token: str) -> tuple[Stored[PasswordLink], Stored[Account]]:
        account_id = links.account_of(token)
        link = self._records.password_links.find(account_id) if account_id else None
        links.check(link.value if link else None, token, self._desk.clock())
        if account_id is None or link is None:
            raise links.unusable()
        return link, self._enabled(account_id)

    def _enabled(self, account_id: str) -> Stored[Account]:
        account = self._records.accounts.find(account_id)
        if account is None:
            raise no_such_account()
        if account.value.disabled:
            raise NotAllowed("This account is disabled.", hint="An admin can enable it again.")
        return account

    def _use(
        self,
        link: Stored[PasswordLink],
        account: Stored[Account],
        credential: Credential,
        *,
        address: str,
        device: str,
    ) -> SignIn:
        before = self._records.credentials.find(credential.account_id)
        credential = following(before.value if before else None, credential)
        token, session = self._desk.new_session(
            account.value, credential, address=address, device=device
        )
        changes = {
            "invited": False,
            "last_sign_in_at": session.created_at,
            "password_changed_at": credential.changed_at,
        }
        holder = account.value.model_copy(update=changes)
        used = self._desk.event("password_link.used", None, holder, address)
        self._records.transact(
            [
                self._records.password_links.drop(holder.id, link.version),
                self._records.accounts.put(holder, account.version),
                *self._records.roster_change(partial(rules.admins_with, account=holder)),
                self._records.credentials.put(credential, before.version if before else 0),
                *self._ways_in_that_end(holder),
                self._desk.audit.put(used),
                *self._desk.session_puts(holder, session),
            ]
        )
        return SignIn(token=token, session=session, account=holder)

    def _ways_in_that_end(self, account: Account) -> list[Operation]:
        """All sessions, which are few enough for one transaction, and the lock-out."""
        rows = self._records.sessions.all(account.id)
        counter = lockout.counter_id("account", account.email)
        return [
            *(self._records.sessions.drop(row.id) for row in rows),
            self._records.tries.drop(counter),
        ]
