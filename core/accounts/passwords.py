"""Password rules, hashes and their check. Knows nothing of accounts or of the store."""

from __future__ import annotations

import threading
import unicodedata
from functools import cache
from typing import Any, NamedTuple

import bcrypt
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from core.errors import InvalidInput

SHORTEST, LONGEST, NEEDED_SCORE = 10, 200, 3
_ESTIMATED = 72  # zxcvbn's time grows with the square of the length; a strong start is enough
_SHORTEST_NAME = 3  # shorter names are in every second password by chance
_LONGEST_TRIED = 1024
_BCRYPT_PREFIXES = ("$2a$", "$2b$", "$2y$")
_BCRYPT_BYTES = 72  # what bcrypt has always read of a password

# OWASP's second choice for argon2id: 19 MiB, two passes, one lane.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
# Each hash holds 19 MiB while it runs: a burst of sign-ins queues up instead of filling the memory.
_hashing = threading.BoundedSemaphore(4)
# zxcvbn keeps a call's own words in a module-wide dictionary.
_estimating = threading.Lock()


class Verdict(NamedTuple):
    """`upgrade`: the password is right and its hash should be written anew."""

    right: bool
    upgrade: bool = False


def check_strength(password: str, *, email: str, username: str) -> None:
    """Raise `InvalidInput` with what would make the password good enough."""
    if len(password) < SHORTEST:
        raise InvalidInput(
            f"The password has {len(password)} characters.",
            hint=f"Use at least {SHORTEST}. Three or four unrelated words are easy to remember.",
        )
    if len(password) > LONGEST:
        raise InvalidInput(
            f"The password has {len(password)} characters.", hint=f"Use at most {LONGEST}."
        )
    if _contains_name(password, email, username):
        raise InvalidInput(
            "The password contains your email or username.", hint="Leave your own names out of it."
        )
    estimate = _estimate(password, email, username)
    if estimate["score"] < NEEDED_SCORE:
        raise InvalidInput("The password is too easy to guess.", hint=_advice(estimate))


def _contains_name(password: str, email: str, username: str) -> bool:
    names = {email, email.partition("@")[0], username}
    plain = password.casefold()
    return any(len(name) >= _SHORTEST_NAME and name.casefold() in plain for name in names)


def _estimate(password: str, email: str, username: str) -> dict[str, Any]:
    own_words = [email, *email.replace("@", ".").split("."), username, *username.split()]
    with _estimating:
        estimate: dict[str, Any] = zxcvbn(password[:_ESTIMATED], user_inputs=own_words)
    return estimate


def _advice(estimate: dict[str, Any]) -> str:
    feedback = estimate["feedback"]
    sentences = [feedback["warning"], *feedback["suggestions"]]
    full = [sentence.rstrip(".") + "." for sentence in sentences if sentence]
    return " ".join(full[:2]) or "Add another word or two. Uncommon words are better."


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
