"""One-time password links: the shape of their tokens and when they count. Pure."""

from __future__ import annotations

import hmac
import re
from datetime import datetime, timedelta

from core.accounts.sessions import row_id
from core.errors import NotFound
from core.model.credentials import PasswordLink

LIFE = timedelta(hours=72)
_TOKEN = re.compile(r"([0-9a-f]{24})\.[\w-]{43}", re.ASCII)


def token(account_id: str, secret: str) -> str:
    """Names its account, so that an account has one row and a new link ends the one before."""
    return f"{account_id}.{secret}"


def account_of(token: str) -> str | None:
    """None for what can't be a token: the store is never asked for it."""
    shape = _TOKEN.fullmatch(token)
    return shape[1] if shape else None


def begin(token: str, account_id: str, now: datetime) -> PasswordLink:
    return PasswordLink(
        account_id=account_id, token_hash=row_id(token), created_at=now, expires_at=now + LIFE
    )


def check(link: PasswordLink | None, token: str, now: datetime) -> None:
    """Raise `NotFound` that says what the holder of an ended link can do."""
    if not token:
        raise NotFound(
            "This page was opened without its link.", hint="Open the link that you got once more."
        )
    if link is None or not hmac.compare_digest(link.token_hash, row_id(token)):
        raise unusable()
    if now >= link.expires_at:
        raise NotFound(
            f"This link ended on {link.expires_at:%d %B %Y at %H:%M} UTC.",
            hint="Ask an admin for a new one.",
        )


def unusable() -> NotFound:
    return NotFound(
        "This link was used already, or a newer one has replaced it.",
        hint="If you chose a password with it, sign in. If not, ask an admin for a new link.",
    )
