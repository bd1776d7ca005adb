"""When a session lives, slides and ends. Pure: tokens and times are arguments."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta

from core.accounts.rules import one_line
from core.model.identity import Account, Actor, Session

ABSOLUTE_LIFE = timedelta(days=30)  # no use extends a session beyond this
BEARER_LIFE = timedelta(days=7)
MOST_PER_ACCOUNT = 50
_SLIDE_AFTER = 20  # a session is extended when a 20th of its life has passed: few writes


def row_id(token: str) -> str:
    """SHA-256 is enough for a token of 256 random bits; only passwords need a slow hash."""
    return hashlib.sha256(token.encode("utf-8", "backslashreplace")).hexdigest()


def begin(
    token: str,
    account_id: str,
    now: datetime,
    life: timedelta,
    *,
    device: str,
    address: str,
    credential_at: datetime | None = None,
) -> Session:
    return Session(
        id=row_id(token),
        account_id=account_id,
        created_at=now,
        expires_at=now + life,
        last_seen_at=now,
        device=one_line(device, 200),
        address=one_line(address, 64),
        credential_at=credential_at,
    )


def outlived(session: Session, account: Account) -> bool:
    """Whether the password was changed since the one that this session began with.

    A sign-in that runs beside a change of the password may write its row after the old rows went.
    """
    changed = account.password_changed_at
    return changed is not None and (session.credential_at or session.created_at) < changed


def is_live(session: Session, now: datetime) -> bool:
    return now < min(session.expires_at, session.created_at + ABSOLUTE_LIFE)


def slide(session: Session, now: datetime, life: timedelta) -> Session | None:
    """The row with its end moved on, or None while that isn't worth a write.

    The cookie stays the same: an open page would not see a new one until its next request.
    """
    if now - session.last_seen_at < life / _SLIDE_AFTER:
        return None
    end = min(now + life, session.created_at + ABSOLUTE_LIFE)
    return session.model_copy(
        update={"last_seen_at": now, "expires_at": max(session.expires_at, end)}
    )


def for_bearer(session: Session, now: datetime) -> Session:
    """The row lives at least as long as the access token that names it."""
    return session.model_copy(update={"expires_at": max(session.expires_at, now + BEARER_LIFE)})


def surplus(sessions: Iterable[Session], now: datetime) -> tuple[Session, ...]:
    """Rows to drop: those that ended, and the oldest beyond what one account may hold."""
    rows = sorted(sessions, key=lambda row: row.created_at)
    ended = tuple(row for row in rows if not is_live(row, now))
    live = tuple(row for row in rows if is_live(row, now))
    return ended + live[: max(0, len(live) - MOST_PER_ACCOUNT)]


def actor(account: Account, session: Session) -> Actor:
    return Actor(
        account_id=account.id,
        role=account.role,
        session_id=session.id,
        email=account.email,
        username=account.username,
        avatar_key=account.avatar_key,
        preferences=account.preferences,
    )
