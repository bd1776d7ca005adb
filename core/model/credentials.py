"""What signing in needs to remember besides accounts and sessions. Never leaves the server."""

from __future__ import annotations

from pydantic import Field

from core.model.base import Noun, UtcTime


class Credential(Noun):
    """An argon2id hash, or a bcrypt hash that is replaced at the next sign-in."""

    account_id: str
    password_hash: str = Field(repr=False)
    changed_at: UtcTime


class AccountEmail(Noun):
    """Makes an address unique: one row per address, written together with its account."""

    email: str
    account_id: str


class AdminRoster(Noun):
    """The enabled admins. One row, so that two admins can't remove each other at the same time."""

    ids: tuple[str, ...] = ()


class FirstAdminLink(Noun):
    """SHA-256 of the token in the one-time link that makes the first admin."""

    token_hash: str
    created_at: UtcTime


class PasswordLink(Noun):
    """SHA-256 of the token in the one-time link that sets a password. One row per account."""

    account_id: str
    token_hash: str
    created_at: UtcTime
    expires_at: UtcTime


class Attempts(Noun):
    """Tries to sign in under one name: an account's email or a network address, as a hash."""

    id: str
    count: int
    started_at: UtcTime
    locked_until: UtcTime | None = None
