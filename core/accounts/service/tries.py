"""Counting wrong passwords, and locking the account or the address they came for or from."""

from __future__ import annotations

from datetime import timedelta

from core.accounts.service.desk import Desk
from core.model import lockout
from core.model.identity import Account

_STALE_TRIES = 4  # dropped per failed sign-in: more than one adds, so that they can't pile up


class Tries:
    def __init__(self, desk: Desk) -> None:
        self._desk, settings = desk, desk.settings
        window = timedelta(minutes=settings.lockout_minutes)
        self._limits = {
            "account": lockout.Limit(settings.failed_sign_ins_per_account, window),
            "address": lockout.Limit(settings.failed_sign_ins_per_address, window),
        }

    def count(self, subject: str, name: str) -> str:
        """Count before looking at the password. Returns the counter's id, '' where none is kept."""
        if not name:
            return ""
        now, counter = self._desk.clock(), lockout.counter_id(subject, name)
        limit = self._limits[subject]
        self._desk.records.count_try(
            counter, lambda tries: lockout.count(tries, counter, now, limit)
        )
        return counter

    def take_back(self, counter: str) -> None:
        if counter:
            self._desk.records.change_try(counter, lockout.take_back)

    def forget(self, counter: str) -> None:
        self._desk.records.tries.remove(counter)

    def failed(self, account: Account | None, address: str, *counters: str) -> None:
        # What was typed as the email isn't kept: people type passwords into the wrong box.
        reason = "wrong password" if account else "unknown email"
        self._desk.record("sign_in.failed", None, account, address, reason=reason)
        now, tries = self._desk.clock(), self._desk.records.tries
        for counter in filter(None, counters):
            found = tries.find(counter)
            end = lockout.locked_until(found.value if found else None, now)
            if end is not None:
                what, until = counter.partition("-")[0], end.isoformat(timespec="seconds")
                self._desk.record("sign_in.locked", None, account, address, what=what, until=until)
        window = self._limits["account"].window
        self._desk.records.drop_tries(lambda row: lockout.is_stale(row, now, window), _STALE_TRIES)
