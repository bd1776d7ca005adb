"""Access tokens for programs: JWTs that name a session row and are worth nothing without it."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import jwt
from jwt.types import Options

from core.accounts.sessions import BEARER_LIFE
from core.model.identity import Session

ISSUER = "media-cost-dashboard"
_ALGORITHM = "HS256"
# The times are compared with our own clock below, not with the library's.
_OPTIONS: Options = {
    "require": ["sub", "sid", "iat", "exp", "iss"],
    "verify_exp": False,
    "verify_iat": False,
    "verify_nbf": False,
}


class TokenClaims(NamedTuple):
    account_id: str
    session_id: str


def issue(session: Session, now: datetime, key: str) -> str:
    issued = int(now.timestamp())
    claims = {
        "sub": session.account_id,
        "sid": session.id,
        "iat": issued,
        "exp": issued + int(BEARER_LIFE.total_seconds()),
        "iss": ISSUER,
    }
    return jwt.encode(claims, key, algorithm=_ALGORITHM)


def read(token: str, now: datetime, key: str) -> TokenClaims | None:
    """None for anything that was not issued here, was changed, or has ended."""
    try:
        claims = jwt.decode(
            token,
            key,
            algorithms=[_ALGORITHM],
            issuer=ISSUER,
            options=_OPTIONS,
        )
    except jwt.InvalidTokenError:
        return None
    session_id, ends = claims["sid"], claims["exp"]
    if not isinstance(session_id, str) or not isinstance(ends, int) or now.timestamp() >= ends:
        return None
    return TokenClaims(claims["sub"], session_id)
