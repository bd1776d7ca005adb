"""One's own account: profile, preferences, password and sessions."""

from __future__ import annotations

from core.accounts import passwords, preferences, rules, sessions
from core.accounts.records import ProfileChanges
from core.accounts.service.desk import Desk, following, short_id
from core.accounts.service.links import PasswordLinks
from core.accounts.service.tries import Tries
from core.errors import Conflict, InvalidInput, NotFound
from core.model.credentials import Credential
from core.model.identity import Account, Actor, Session
from core.model.preferences import Preferences
from core.stores.collection import Stored
from core.stores.records import Operation

_ATTEMPTS = 8


class OwnAccount:
    def __init__(self, desk: Desk, tries: Tries, links: PasswordLinks) -> None:
        self._desk, self._records, self._tries, self._links = desk, desk.records, tries, links

    def update_profile(self, actor: Actor, changes: ProfileChanges) -> Account:
        fields = rules.checked_changes(changes, self._desk.clock())
        named = ", ".join(sorted(fields))
        wanted = fields.pop("preferences", {})

        def changed(account: Account) -> Account:
            chosen = Preferences.model_validate(account.preferences.model_dump() | wanted)
            if wanted:
                preferences.check(chosen, account.role)
            return account.model_copy(update={**fields, "preferences": chosen})

        account = self._records.accounts.update(actor.account_id, changed)
        self._desk.record("account.changed", actor, account, fields=named)
        return account

    def change_password(self, actor: Actor, current: str, new: str) -> None:
        account = self._records.accounts.get(actor.account_id)
        counter = self._tries.count("account", account.email)
        before = self._records.credentials.find(account.id)
        if before is None or not passwords.verify(before.value.password_hash, current).right:
            self._tries.failed(account, "", counter)
            raise InvalidInput(
                "The current password is wrong.", hint="Enter the password you signed in with."
            )
        self._tries.forget(counter)
        if current == new:
            raise InvalidInput("The new password is the old one.", hint="Choose another one.")
        fresh = following(before.value, self._desk.credential(account, new))
        self._replace(actor, before, fresh)
        rows = self._records.sessions.all(account.id)
        self._records.end_sessions(row for row in rows if row.id != actor.session_id)
        self._links.end(account.id)
        self._desk.record("account.password_changed", actor, account)

    def _replace(self, actor: Actor, before: Stored[Credential], fresh: Credential) -> None:
        """Password, account and this session at once: only rows of the new password count then."""
        for _ in range(_ATTEMPTS):
            held = self._records.credentials.find(fresh.account_id)
            if held is None or held.value.password_hash != before.value.password_hash:
                break
            try:
                self._records.transact(
                    [
                        self._records.credentials.put(fresh, held.version),
                        *self._stamps(actor, fresh),
                    ]
                )
            except Conflict:
                continue
            return
        raise Conflict(
            "The password was changed in the meantime.", hint="Sign in with the new one."
        )

    def _stamps(self, actor: Actor, fresh: Credential) -> list[Operation]:
        account = self._records.accounts.find(fresh.account_id)
        row = self._records.sessions.find(actor.session_id)
        done: list[Operation] = []
        if account is not None:
            stamp = {"password_changed_at": fresh.changed_at}
            done.append(
                self._records.accounts.put(account.value.model_copy(update=stamp), account.version)
            )
        if row is not None:
            kept = row.value.model_copy(update={"credential_at": fresh.changed_at})
            done.append(self._records.sessions.put(kept, row.version))
        return done

    def sessions(self, actor: Actor) -> tuple[Session, ...]:
        now, rows = self._desk.clock(), self._records.sessions.all(actor.account_id)
        return tuple(reversed([row for row in rows if sessions.is_live(row, now)]))

    def revoke_session(self, actor: Actor, session_id: str) -> None:
        row = self._records.sessions.find(session_id)
        if row is None or row.value.account_id != actor.account_id:
            raise NotFound("There is no such session.", hint="It may have ended already.")
        self._records.sessions.remove(session_id)
        self._desk.record("session.revoked", actor, None, session=short_id(session_id))

    def revoke_others(self, actor: Actor) -> int:
        rows = self._records.sessions.all(actor.account_id)
        ended = self._records.end_sessions(row for row in rows if row.id != actor.session_id)
        account = self._records.accounts.get(actor.account_id)
        self._desk.record("account.other_sessions_revoked", actor, account, count=str(ended))
        return ended
