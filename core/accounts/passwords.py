"""Password rules. Knows nothing of accounts or of the store; hashes are made in core/hashing."""

from __future__ import annotations

import threading
from typing import Any

from core.errors import InvalidInput
from core.hashing import Verdict, hash_password, verify, verify_nobody

__all__ = ["Verdict", "check_strength", "hash_password", "verify", "verify_nobody"]

SHORTEST, LONGEST, NEEDED_SCORE = 10, 200, 3
_ESTIMATED = 72  # zxcvbn's time grows with the square of the length; a strong start is enough
_SHORTEST_NAME = 3  # shorter names are in every second password by chance

# zxcvbn keeps a call's own words in a module-wide dictionary.
_estimating = threading.Lock()


def check_strength(password: str, *, email: str, username: str) -> None:
    """Raise `InvalidInput` with what would make the password good enough."""
    if len(password) < SHORTEST:
        raise InvalidInput(
            f"The password has {len(password)} character{'' if len(password) == 1 else 's'}.",
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
    from zxcvbn import zxcvbn  # noqa: PLC0415  # 12 MiB of words, for who sets a password

    own_words = [email, *email.replace("@", ".").split("."), username, *username.split()]
    with _estimating:
        estimate: dict[str, Any] = zxcvbn(password[:_ESTIMATED], user_inputs=own_words)
    return estimate


def _advice(estimate: dict[str, Any]) -> str:
    feedback = estimate["feedback"]
    sentences = [feedback["warning"], *feedback["suggestions"]]
    full = [sentence.rstrip(".") + "." for sentence in sentences if sentence]
    return " ".join(full[:2]) or "Add another word or two. Uncommon words are better."
