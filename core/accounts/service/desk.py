"""What every way in or out works with: records, the audit log, new accounts and sessions."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from core.accounts import passwords, rules, sessions
from core.accounts.records import SignIn
from core.errors import Conflict, NotFound
from core.model.credentials import Credential
from core.model.identity import Account, Actor, AuditEvent, Role, Session
from core.settings import Settings
from core.stores.account_records import AccountRecords
from core.stores.audit_log import AuditLog
from core.stores.records import Operation, Put, RecordStore

_MOMENT = timedelta(microseconds=1)


class Desk:
    def __init__(
        self,
        store: RecordStore,
        audit: AuditLog,
        settings: Settings,
        clock: Callable[[], datetime],
    ) -> None:
        self.records, self.audit, self.settings = AccountRecords(store), audit, settings
        self.clock, self.session_life = clock, timedelta(hours=settings.session_hours)

    # Accounts and passwords

    def draft(self, email: str, username: str, role: Role, *, invited: bool = False) -> Account:
        """Checked, but not filed. Raises `InvalidInput`."""
        return Account(
            id=secrets.token_hex(12),
            email=rules.checked_email(email),
            username=rules.checked_text("username", username, required=True),
            role=role,
            created_at=self.clock(),
            invited=invited,
        )

    def credential(self, account: Account, password: str) -> Credential:
        passwords.check_strength(password, email=account.email, username=account.username)
        return Credential(
            account_id=account.id,
            password_hash=passwords.hash_password(password),
            changed_at=self.clock(),
        )

    def file_account(self, account: Account, also: Sequence[Operation], *, hint: str) -> None:
        """Raises `Conflict`; `hint` says what to do where the email is taken."""
        self.refuse_taken(account.email, hint)
        roster = self.records.roster_change(partial(rules.admins_with, account=account))
        try:
            self.records.transact([*self.records.new_account(account), *roster, *also])
        except Conflict:
            self.refuse_taken(account.email, hint)
            raise

    def refuse_taken(self, email: str, hint: str) -> None:
        if self.records.emails.find(email) is not None:
            raise Conflict("This email already has an account.", hint=hint)

    # Sessions

    def new_session(
        self, account: Account, credential: Credential, *, address: str, device: str
    ) -> tuple[str, Session]:
        """The token and its row, which is not filed yet. `credential` let the person in."""
        token = secrets.token_urlsafe(32)
        session = sessions.begin(
            token,
            account.id,
            self.clock(),
            self.session_life,
            device=device,
            address=address,
            credential_at=credential.changed_at,
        )
        return token, session

    def session_puts(self, account: Account, session: Session) -> list[Put]:
        short = short_id(session.id)
        event = self.event("session.created", None, account, session.address, session=short)
        return [self.records.sessions.put(session), self.audit.put(event)]

    def begin_session(
        self, account: Account, credential: Credential, *, address: str, device: str
    ) -> SignIn:
        token, session = self.new_session(account, credential, address=address, device=device)
        self.records.transact(self.session_puts(account, session))
        rows = self.records.sessions.all(account.id)
        self.records.end_sessions(sessions.surplus(rows, session.created_at))
        seen = self.records.accounts.update(
            account.id, lambda a: a.model_copy(update={"last_sign_in_at": session.created_at})
        )
        return SignIn(token=token, session=session, account=seen)

    # The audit log

    def event(
        self,
        action: str,
        actor: Actor | None,
        account: Account | None,
        address: str = "",
        **details: str,
    ) -> AuditEvent:
        return self.audit.event(
            action,
            actor=actor,
            subject=f"account/{account.id}" if account else "",
            address=rules.one_line(address, 64),
            details=details,
        )

    def record(
        self,
        action: str,
        actor: Actor | None,
        account: Account | None,
        address: str = "",
        **details: str,
    ) -> None:
        event = self.event(action, actor, account, address, **details)
        self.records.transact([self.audit.put(event)])


def no_such_account() -> NotFound:
    return NotFound("There is no such account.", hint="Look it up on the People page.")


def short_id(session_id: str) -> str:
    """Enough to tell sessions apart in the audit log."""
    return session_id[:12]


def following(before: Credential | None, fresh: Credential) -> Credential:
    """Strictly later than the one before, also where two clocks, or two calls, say the same."""
    if before is None or fresh.changed_at > before.changed_at:
        return fresh
    return fresh.model_copy(update={"changed_at": before.changed_at + _MOMENT})
