"""Hashes of passwords and their check: what people choose is never stored in any other form."""

from __future__ import annotations

import threading
import unicodedata
from functools import cache
from typing import NamedTuple

import bcrypt
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_LONGEST_TRIED = 1024
_BCRYPT_PREFIXES = ("$2a$", "$2b$", "$2y$")
_BCRYPT_BYTES = 72  # what bcrypt has always read of a password

# OWASP's second choice for argon2id: 19 MiB, two passes, one lane.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
# Each hash holds 19 MiB while it runs: a burst of sign-ins queues up instead of filling the memory.
_hashing = threading.BoundedSemaphore(4)


class Verdict(NamedTuple):
    """`upgrade`: the password is right and its hash should be written anew."""

    right: bool
    upgrade: bool = False


def hash_password(password: str) -> str:
    with _hashing:
        return _hasher.hash(_normal(password))


def verify(password_hash: str, password: str) -> Verdict:
    """False for a hash that can't be read, too: a broken row must not become a way in."""
    if len(password) > _LONGEST_TRIED:
        return Verdict(right=False)
    if password_hash.startswith(_BCRYPT_PREFIXES):
        right = _bcrypt_matches(password_hash, password)
        return Verdict(right, upgrade=right)
    try:
        with _hashing:
            _hasher.verify(password_hash, _normal(password))
    except (VerificationError, InvalidHashError):
        return Verdict(right=False)
    return Verdict(right=True, upgrade=_hasher.check_needs_rehash(password_hash))


def verify_nobody(password: str) -> Verdict:
    """As slow as a real check, so that the time doesn't tell whether an account exists."""
    verify(_nobodys_hash(), password)
    return Verdict(right=False)


@cache
def _nobodys_hash() -> str:
    return hash_password("nobody has this password")


def _bcrypt_matches(password_hash: str, password: str) -> bool:
    try:
        with _hashing:
            return bcrypt.checkpw(password.encode()[:_BCRYPT_BYTES], password_hash.encode())
    except ValueError:
        return False


def _normal(password: str) -> bytes:
    """The same letters typed on two keyboards may be different code points (NIST 800-63B)."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "backslashreplace")
