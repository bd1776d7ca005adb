"""Signing in and out, and who a cookie or a bearer token stands for right now."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from core.accounts import passwords, rules, sessions, tokens
from core.accounts.records import SignIn
from core.accounts.service.desk import Desk, short_id
from core.accounts.service.tries import Tries
from core.errors import DashboardError, NotSignedIn
from core.model.credentials import Credential
from core.model.identity import Account, Actor, Session, normal_email
from core.stores.collection import Stored


class SigningIn:
    """`key` signs the bearer tokens."""

    def __init__(self, desk: Desk, tries: Tries, key: str) -> None:
        self._desk, self._tries, self._records, self._key = desk, tries, desk.records, key

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
        now = self._desk.clock()
        self._records.sessions.update(session.id, lambda row: sessions.for_bearer(row, now))
        return tokens.issue(session, now, self._key)

    def actor_for_cookie(self, token: str | None) -> Actor | None:
        return self._actor(sessions.row_id(token)) if token else None

    def actor_for_bearer(self, jwt: str) -> Actor | None:
        claims = tokens.read(jwt, self._desk.clock(), self._key)
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
        row, now = self._records.sessions.find(session_id), self._desk.clock()
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
