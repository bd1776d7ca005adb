"""Accounts, sign-in, sessions and roles: the only place of this room that reaches the store.

Nothing about who somebody is gets cached: each call reads the session row and the account row, so
that a revoked session, a disabled account and a new role count at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from typing import Any

from core.accounts import rules
from core.accounts.records import OneTimeLink, ProfileChanges, SignIn
from core.accounts.service.desk import Desk, no_such_account
from core.accounts.service.links import PasswordLinks
from core.accounts.service.new_accounts import NewAccounts
from core.accounts.service.own import OwnAccount
from core.accounts.service.signing_in import SigningIn
from core.accounts.service.tries import Tries
from core.errors import Conflict
from core.model.identity import Account, Actor, AuditEvent, Permission, Role, Session
from core.settings import Settings
from core.stores.audit_log import AuditLog
from core.stores.collection import Listing
from core.stores.records import RecordStore

_ATTEMPTS = 8


class AccountsService:
    def __init__(
        self,
        store: RecordStore,
        audit: AuditLog,
        settings: Settings,
        clock: Callable[[], datetime],
        secret_key: str,
    ) -> None:
        self._desk = Desk(store, audit, settings, clock)
        tries, self._links = Tries(self._desk), PasswordLinks(self._desk)
        self._records, self._audit = self._desk.records, audit
        self._own = OwnAccount(self._desk, tries, self._links)
        self._new = NewAccounts(self._desk, tries)
        self._signing = SigningIn(self._desk, tries, secret_key)

    # Making accounts

    def register(self, email: str, password: str, username: str, *, address: str = "") -> Account:
        """Raises `NotAllowed` where self-registration is off, `Conflict` for a taken email."""
        return self._new.register(email, password, username, address=address)

    def create_admin(self, email: str, password: str) -> Account:
        """From the command line only: whoever runs it may read the store anyway."""
        return self._new.create_admin(email, password)

    def has_admin(self) -> bool:
        return self._new.has_admin()

    def first_admin_token(self) -> str | None:
        """A new one-time token, which ends the one before; None as soon as there is an admin."""
        return self._new.first_admin_token()

    def is_first_admin_token(self, token: str) -> bool:
        return self._new.is_first_admin_token(token)

    def claim_first_admin(
        self,
        token: str,
        email: str,
        username: str,
        password: str,
        *,
        address: str = "",
        device: str = "",
    ) -> SignIn:
        """Make the first admin and sign in. Of two claims at once, one gets `Conflict`."""
        return self._new.claim_first_admin(
            token, email, username, password, address=address, device=device
        )

    # One-time password links

    def invite(
        self, actor: Actor, email: str, username: str, role: Role = Role.MEMBER
    ) -> tuple[Account, OneTimeLink]:
        """An account without a password, and the link that sets one. Raises `Conflict`."""
        actor.require(Permission.PEOPLE_MANAGE)
        return self._links.invite(actor, email, username, role)

    def password_link(self, actor: Actor, account_id: str) -> OneTimeLink:
        """Ends the link before; the old password works until this one is used."""
        actor.require(Permission.PEOPLE_MANAGE)
        return self._links.replace(actor, account_id)

    def password_link_holder(self, token: str) -> Account:
        """Whose password a link sets. Raises what is wrong with the link."""
        return self._links.holder(token)

    def claim_password_link(
        self, token: str, password: str, *, address: str = "", device: str = ""
    ) -> SignIn:
        """Set the password, lift the lock-out, end all other sessions and sign in."""
        return self._links.claim(token, password, address=address, device=device)

    # Signing in and out

    def sign_in(self, email: str, password: str, *, address: str = "", device: str = "") -> SignIn:
        """Raises `NotSignedIn`, and `TooManyAttempts` while the account or address is locked."""
        return self._signing.sign_in(email, password, address=address, device=device)

    def access_token(self, session: Session) -> str:
        """A JWT of 7 days that names the session's row; it ends with that row."""
        return self._signing.access_token(session)

    def actor_for_cookie(self, token: str | None) -> Actor | None:
        return self._signing.actor_for_cookie(token)

    def actor_for_bearer(self, jwt: str) -> Actor | None:
        return self._signing.actor_for_bearer(jwt)

    def sign_out(self, actor: Actor) -> None:
        self._signing.sign_out(actor)

    # One's own account

    def profile(self, actor: Actor) -> Account:
        return self._records.accounts.get(actor.account_id)

    def names(self, actor: Actor, ids: Iterable[str]) -> dict[str, str]:
        """Usernames by account id; accounts that are gone are left out."""
        actor.require(Permission.MEDIA_READ_ALL)
        return {id_: account.username for id_, account in self.known(actor, ids).items()}

    def known(self, actor: Actor, ids: Iterable[str]) -> dict[str, Account]:
        """The accounts themselves, for their pictures beside their names."""
        actor.require(Permission.MEDIA_READ_ALL)
        found = {one: self._records.accounts.find(one) for one in set(ids) if one}
        return {one: stored.value for one, stored in found.items() if stored}

    def update_profile(self, actor: Actor, changes: ProfileChanges) -> Account:
        """All of it or nothing. Raises `InvalidInput`."""
        return self._own.update_profile(actor, changes)

    def change_password(self, actor: Actor, current: str, new: str) -> None:
        """Ends all other sessions. A wrong current password counts like a failed sign-in."""
        self._own.change_password(actor, current, new)

    def sessions(self, actor: Actor) -> tuple[Session, ...]:
        """One's own live sessions, newest first."""
        return self._own.sessions(actor)

    def revoke_session(self, actor: Actor, session_id: str) -> None:
        self._own.revoke_session(actor, session_id)

    def revoke_others(self, actor: Actor) -> int:
        """Sign out everywhere but here. Returns how many sessions ended."""
        return self._own.revoke_others(actor)

    def revoke_all(self, actor: Actor, account_id: str) -> None:
        """Sign an account out everywhere, this session included. Admins may do it for others."""
        own = account_id == actor.account_id
        account = self._records.accounts.find(account_id)
        if account is None or not (own or actor.may(Permission.PEOPLE_MANAGE)):
            raise no_such_account()
        ended = self._records.end_sessions(self._records.sessions.all(account_id))
        self._desk.record("account.sessions_revoked", actor, account.value, count=str(ended))

    # Everybody's accounts

    def people(
        self, actor: Actor, *, text: str = "", after: str | None = None, limit: int = 50
    ) -> Listing[Account]:
        """By email. `text` is looked for in email, username and full name."""
        actor.require(Permission.PEOPLE_MANAGE)
        found: list[Account] = []
        while True:
            page = self._records.accounts.page(after=after, limit=limit - len(found))
            found += [account for account in page.items if rules.mentions(account, text)]
            after = page.next
            if after is None or len(found) >= limit:
                return Listing(tuple(found), after)

    def change_role(self, actor: Actor, id: str, role: Role) -> Account:
        actor.require(Permission.PEOPLE_MANAGE)
        return self._rewrite(actor, id, "account.role_changed", {"role": role})

    def set_disabled(self, actor: Actor, id: str, disabled: bool) -> Account:
        """A disabled account has no sessions and no link; none come back when it is enabled."""
        actor.require(Permission.PEOPLE_MANAGE)
        action = "account.disabled" if disabled else "account.enabled"
        account = self._rewrite(actor, id, action, {"disabled": disabled})
        # When enabling, too: a sign-in may have been under way while the account was disabled.
        self._links.end(id)
        self._records.end_sessions(self._records.sessions.all(id))
        return account

    def audit_events(
        self, actor: Actor, month: str, *, after: str | None = None, limit: int = 100
    ) -> Listing[AuditEvent]:
        """Newest first; `month` as `2026-11`."""
        actor.require(Permission.PEOPLE_MANAGE)
        return self._audit.page(month, after=after, limit=limit)

    def _rewrite(self, actor: Actor, id: str, action: str, change: dict[str, Any]) -> Account:
        for _ in range(_ATTEMPTS):
            stored = self._records.accounts.find(id)
            if stored is None:
                raise no_such_account()
            account = stored.value.model_copy(update=change)
            details = {name: str(value) for name, value in change.items()}
            # Account and roster of admins change together, or not at all.
            operations = [
                self._records.accounts.put(account, stored.version),
                self._audit.put(self._desk.event(action, actor, account, **details)),
                *self._records.roster_change(partial(rules.admins_with, account=account)),
            ]
            try:
                self._records.transact(operations)
            except Conflict:
                continue
            return account
        raise Conflict("This account is being changed by others.", hint="Try again.")
