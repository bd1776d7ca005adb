"""What stands in a link's address, and what proves that its password was given. Pure.

A token is not stored, not even sealed: it is made anew from the link's id and the server's key, so
that its owner can copy the link again while a stolen table opens nothing.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from datetime import datetime

_TOKEN = re.compile(r"([0-9a-f]{24})\.[\w-]{43}", re.ASCII)
_PROOF = re.compile(r"(\d{1,12})\.([\w-]{43})", re.ASCII)


def token(key: str, link_id: str) -> str:
    """256 bits that nobody without the key can guess, after the id that finds the link's row."""
    return f"{link_id}.{_sealed(key, 'share-link', link_id)}"


def link_of(token: str) -> str | None:
    """None for what can't be a token: the store is never asked for it."""
    shape = _TOKEN.fullmatch(token)
    return shape[1] if shape else None


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def fits(token: str, stored_hash: str) -> bool:
    return hmac.compare_digest(token_hash(token), stored_hash)


def proof(key: str, link_id: str, password_hash: str, ends: datetime) -> str:
    """Worth nothing for another link, after `ends`, or once the password was changed."""
    seconds = str(int(ends.timestamp()))
    return f"{seconds}.{_sealed(key, 'share-proof', link_id, seconds, password_hash)}"


def proves(proof: str, key: str, link_id: str, password_hash: str, now: datetime) -> bool:
    shape = _PROOF.fullmatch(proof)
    if shape is None or now.timestamp() >= int(shape[1]):
        return False
    sealed = _sealed(key, "share-proof", link_id, shape[1], password_hash)
    return hmac.compare_digest(sealed, shape[2])


def _sealed(key: str, *parts: str) -> str:
    """The parts never hold the line break that divides them."""
    digest = hmac.new(key.encode(), "\n".join(parts).encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
