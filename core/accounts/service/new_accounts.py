"""Making accounts: by oneself where that is allowed, the first admin's by a link, or by command."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence

from core.accounts import rules, sessions
from core.accounts.records import SignIn
from core.accounts.service.desk import Desk
from core.accounts.service.tries import Tries
from core.errors import InvalidInput, NotAllowed, NotFound
from core.model.credentials import Credential, FirstAdminLink
from core.model.identity import Account, Role
from core.stores.collection import Stored
from core.stores.records import Operation


class NewAccounts:
    def __init__(self, desk: Desk, tries: Tries) -> None:
        self._desk, self._tries, self._records = desk, tries, desk.records

    def register(self, email: str, password: str, username: str, *, address: str = "") -> Account:
        """Raises `NotAllowed` where self-registration is off, `Conflict` for a taken email."""
        if not self._desk.settings.self_registration:
            raise NotAllowed(
                "People can't make their own account here.", hint="Ask an admin for an account."
            )
        counter = self._tries.count("address", address)
        try:
            account, _ = self._new_account(email, password, username, Role.MEMBER, address=address)
        except InvalidInput:
            self._tries.take_back(counter)
            raise
        # Only taken emails stay counted: they tell who has an account.
        self._tries.take_back(counter)
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
        link = FirstAdminLink(token_hash=sessions.row_id(token), created_at=self._desk.clock())
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
        parts = [self._records.credentials.put(credential), self._desk.audit.put(event), *also]
        self._desk.file_account(account, parts, hint="Sign in with it instead.")
        return account, credential
