"""Accounts, sign-in, sessions and roles: the only place of this room that reaches the store.

Nothing about who somebody is gets cached: each call reads the session row and the account row, so
that a revoked session, a disabled account and a new role count at once.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any

from core.accounts import passwords, rules, sessions, tokens
from core.accounts.records import OneTimeLink, ProfileChanges, SignIn
from core.accounts.service.desk import Desk, no_such_account, short_id
from core.accounts.service.links import PasswordLinks
from core.accounts.service.own import OwnAccount
from core.accounts.service.tries import Tries
from core.errors import Conflict, DashboardError, InvalidInput, NotAllowed, NotFound, NotSignedIn
from core.model.credentials import Credential, FirstAdminLink
from core.model.identity import (
    Account,
    Actor,
    AuditEvent,
    Permission,
    Role,
    Session,
    normal_email,
)
from core.settings import Settings
from core.stores.audit_log import AuditLog
from core.stores.collection import Listing, Stored
from core.stores.records import Operation, RecordStore

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
        self._tries, self._links = Tries(self._desk), PasswordLinks(self._desk)
        self._records, self._audit, self._settings = self._desk.records, audit, settings
        self._own = OwnAccount(self._desk, self._tries, self._links)
        self._clock, self._key = clock, secret_key

    # Making accounts

    def register(self, email: str, password: str, username: str, *, address: str = "") -> Account:
        """Raises `NotAllowed` where self-registration is off, `Conflict` for a taken email."""
        if not self._settings.self_registration:
            raise NotAllowed(
                "People can't make their own account here.", hint="Ask an admin for an account."
            )
        counter = self._tries.count("address", address)
        try:
            account, _ = self._new_account(email, password, username, Role.MEMBER, address=address)
        except InvalidInput:
            self._tries.take_back(counter)
            raise
        self._tries.take_back(
            counter
        )  # only taken emails stay counted: they tell who has an account
        return account

    def create_admin(self, email: str, password: str) -> Account:
        """From the command line only: whoever runs it may read the store anyway."""
        username = rules.checked_email(email).partition("@")[0][: rules.LIMITS["username"]]
        return self._new_account(email, password, username, Role.ADMIN)[0]

    def has_admin(self) -> bool:
        return bool(self._records.admins())

    def first_admin_token(self) -> str | None:
        """A new one-time token, which ends the one before; None as soon as there is an admin."""
        if self.has_admin():
            return None
        token = secrets.token_urlsafe(32)
        link = FirstAdminLink(token_hash=sessions.row_id(token), created_at=self._clock())
        self._records.replace_first_admin_link(link)
        return token

    def is_first_admin_token(self, token: str) -> bool:
        return self._first_admin_link(token) is not None

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
        link = self._first_admin_link(token)
        if link is None:
            raise NotFound(
                "This link can't be used any more.",
                hint="It works once. While there is no admin, each start prints a new one.",
            )
        used = self._records.drop_first_admin_link(link.version)
        account, credential = self._new_account(
            email, password, username, Role.ADMIN, address=address, also=[used]
        )
        return self._desk.begin_session(account, credential, address=address, device=device)

    def _first_admin_link(self, token: str) -> Stored[FirstAdminLink] | None:
        link = self._records.first_admin_link()
        right = link is not None and hmac.compare_digest(
            link.value.token_hash, sessions.row_id(token)
        )
        return link if right and not self.has_admin() else None

    def _new_account(
        self,
        email: str,
        password: str,
        username: str,
        role: Role,
        *,
        address: str = "",
        also: Sequence[Operation] = (),
    ) -> tuple[Account, Credential]:
        account = self._desk.draft(email, username, role)
        credential = self._desk.credential(account, password)
        event = self._desk.event("account.created", None, account, address, role=role.value)
        parts = [self._records.credentials.put(credential), self._audit.put(event), *also]
        self._desk.file_account(account, parts, hint="Sign in with it instead.")
        return account, credential

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
        name = normal_email(email)
        by_address = self._tries.count("address", address)
        by_account = self._tries.count("account", name)
        known, verdict = self._verdict(name, password)
        account = known[0] if known else None
        if known is None or account is None or not verdict.right:
            self._tries.failed(account, address, by_account, by_address)
            raise NotSignedIn(
                "The email or the password is wrong.",
                hint="Check both. If you forgot it, an admin can make a link that sets a new one.",
            )
        self._tries.take_back(by_address)
        self._tries.forget(by_account)
        if account.disabled:
            self._desk.record(
                "sign_in.refused", None, account, address, reason="account is disabled"
            )
            raise NotSignedIn("This account is disabled.", hint="An admin can enable it again.")
        if verdict.upgrade:
            self._upgrade_hash(known[1], password)
        return self._desk.begin_session(account, known[1], address=address, device=device)

    def access_token(self, session: Session) -> str:
        """A JWT of 7 days that names the session's row; it ends with that row."""
        now = self._clock()
        self._records.sessions.update(session.id, lambda row: sessions.for_bearer(row, now))
        return tokens.issue(session, now, self._key)

    def actor_for_cookie(self, token: str | None) -> Actor | None:
        return self._actor(sessions.row_id(token)) if token else None

    def actor_for_bearer(self, jwt: str) -> Actor | None:
        claims = tokens.read(jwt, self._clock(), self._key)
        actor = self._actor(claims.session_id) if claims else None
        return actor if actor and claims and actor.account_id == claims.account_id else None

    def sign_out(self, actor: Actor) -> None:
        self._records.sessions.remove(actor.session_id)
        self._desk.record("session.ended", actor, None, session=short_id(actor.session_id))

    def _verdict(
        self, email: str, password: str
    ) -> tuple[tuple[Account, Credential] | None, passwords.Verdict]:
        known = self._records.by_email(email) if rules.is_email(email) else None
        if known is None:
            return None, passwords.verify_nobody(password)
        return known, passwords.verify(known[1].password_hash, password)

    def _upgrade_hash(self, verified: Credential, password: str) -> None:
        """Only of the password that was checked: another one may have been set beside this."""
        change = {"password_hash": passwords.hash_password(password)}

        def upgraded(held: Credential) -> Credential:
            same = held.password_hash == verified.password_hash
            return held.model_copy(update=change) if same else held

        self._records.credentials.update(verified.account_id, upgraded)

    def _actor(self, session_id: str) -> Actor | None:
        row, now = self._records.sessions.find(session_id), self._clock()
        if row is None or not sessions.is_live(row.value, now):
            return None
        account = self._records.accounts.find(row.value.account_id)
        if account is None or account.value.disabled:
            return None
        if sessions.outlived(row.value, account.value):
            return None
        self._slide(row, now)
        return sessions.actor(account.value, row.value)

    def _slide(self, row: Stored[Session], now: datetime) -> None:
        moved = sessions.slide(row.value, now, self._desk.session_life)
        if moved is None:
            return
        # A conflict: another tab moved it, or it was revoked in this moment; never bring it back.
        # Anything else: a store that can't be written signs nobody out who may still read.
        with suppress(DashboardError):
            self._records.sessions.save(moved, row.version)

    # One's own account

    def profile(self, actor: Actor) -> Account:
        return self._records.accounts.get(actor.account_id)

    def names(self, actor: Actor, ids: Iterable[str]) -> dict[str, str]:
        """Usernames by account id; accounts that are gone are left out."""
        actor.require(Permission.MEDIA_READ_ALL)
        found = {one: self._records.accounts.find(one) for one in set(ids) if one}
        return {one: stored.value.username for one, stored in found.items() if stored}

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
