"""What an email, a name and a birthday may look like. Pure; raises `InvalidInput`."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from typing import Any

from core.accounts.records import ProfileChanges
from core.errors import Conflict, InvalidInput
from core.model.identity import Account, Role, normal_email

LIMITS = {"username": 64, "full_name": 120, "gender": 40}
_EMAIL_BYTES = 254  # RFC 5321: longest address that mail can be sent to
_EMAIL = re.compile(r"[^@\s]{1,64}@(?:localhost|[^@\s.]+(?:\.[^@\s.]+)+)")
_HIDDEN_CATEGORIES = {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}
# Marks that turn or hide text. Joiners (U+200C, U+200D) stay: scripts and emoji need them.
_HIDDEN_MARKS = frozenset(
    "\u00ad\u061c\u180e\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
    "\u2060\u2066\u2067\u2068\u2069\ufeff"
)
_OLDEST_BIRTHDAY = date(1900, 1, 1)


def is_email(email: str) -> bool:
    """Whether a normal spelling can be somebody's address at all."""
    fits = len(email.encode()) <= _EMAIL_BYTES
    return fits and not has_hidden_characters(email) and _EMAIL.fullmatch(email) is not None


def checked_email(text: str) -> str:
    email = normal_email(text)
    if not is_email(email) or has_hidden_characters(text.strip()):
        raise InvalidInput(
            "This is not an email address.", hint="Use the form name@example.com, without spaces."
        )
    return email


def has_hidden_characters(text: str) -> bool:
    return any(
        unicodedata.category(mark) in _HIDDEN_CATEGORIES or mark in _HIDDEN_MARKS for mark in text
    )


def checked_text(field: str, text: str, *, required: bool = False) -> str:
    """One line of visible text within the field's limit."""
    words, label = unicodedata.normalize("NFC", text).strip(), field.replace("_", " ")
    if required and not words:
        raise InvalidInput(f"The {label} is empty.", hint=f"Enter a {label}.")
    if len(words) > LIMITS[field]:
        raise InvalidInput(
            f"The {label} has {len(words)} characters.",
            hint=f"Use at most {LIMITS[field]}.",
        )
    if has_hidden_characters(words):
        raise InvalidInput(
            f"The {label} holds characters that can't be seen.",
            hint="Type it again instead of pasting it.",
        )
    return words


def checked_birthday(day: date, now: datetime) -> date:
    if not _OLDEST_BIRTHDAY <= day <= now.date():
        raise InvalidInput(
            f"{day.isoformat()} can't be a date of birth.",
            hint=f"Use a day between {_OLDEST_BIRTHDAY.isoformat()} and today.",
        )
    return day


def checked_changes(changes: ProfileChanges, now: datetime) -> dict[str, Any]:
    """The fields that were set, each checked."""
    fields = changes.model_dump(exclude_unset=True)
    for name in LIMITS.keys() & fields.keys():
        fields[name] = checked_text(name, fields[name], required=name == "username")
    if fields.get("date_of_birth") is not None:
        checked_birthday(fields["date_of_birth"], now)
    return fields


def one_line(text: str, limit: int) -> str:
    """What a client says about itself, made safe to store and show."""
    return "".join(mark for mark in text if not has_hidden_characters(mark))[:limit]


def admins_with(admins: frozenset[str], account: Account) -> frozenset[str]:
    """The enabled admins after a change. Raises `Conflict` rather than leave nobody in charge."""
    in_charge = account.role is Role.ADMIN and not account.disabled and not account.invited
    after = admins | {account.id} if in_charge else admins - {account.id}
    if admins and not after:
        raise Conflict(
            "This is the last admin who can sign in.", hint="Make somebody else an admin first."
        )
    return after


def mentions(account: Account, text: str) -> bool:
    wanted = text.strip().casefold()
    fields = (account.email, account.username, account.full_name)
    return any(wanted in field.casefold() for field in fields)
