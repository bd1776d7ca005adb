"""Ways in which one name is written as another: one folded form, and the names of differences.

`fold` maps every spelling of a key to one string, so that a lookup finds all of them at once;
`differences` then names, step by step, what turns the one into the other.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise
from urllib.parse import quote, unquote

_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f"
_EDGES = " \t\r\n\v\f\u00a0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    chr(c) for c in range(0x2000, 0x200B)
)
_DROP = {ord(c): None for c in _INVISIBLE} | {ord(c): " " for c in _EDGES if not c.isascii()}
IMAGE_EXTENSIONS = frozenset(
    {"jpg", "jpeg", "jpe", "jfif", "png", "webp", "gif", "avif", "heic", "heif", "svg", "bmp",
     "tif", "tiff", "ico", "mp4", "mov", "webm", "pdf"}
)  # fmt: skip


_MEDIA = {**dict.fromkeys(("mp4", "mov", "webm"), "video"), "pdf": "document"}


def same_medium(one: str, other: str) -> bool:
    """A poster frame is no other format of its video; a name without extension may be anything."""
    if not {one, other} <= IMAGE_EXTENSIONS:
        return True
    return _MEDIA.get(one, "image") == _MEDIA.get(other, "image")


def _decode_fully(text: str) -> str:
    for _ in range(3):
        once = unquote(text, errors="replace")
        if once == text:
            break
        text = once
    return text


def trim(text: str) -> str:
    """Without invisible characters, with plain blanks, and without white space at the ends."""
    return (text if text.isascii() else text.translate(_DROP)).strip(_EDGES)


@lru_cache(maxsize=8192)
def fold(key: str) -> str:
    """One spelling for all: decoded, trimmed, NFC, one kind of slash and blank, lower case."""
    text = _decode_fully(key) if "%" in key else key
    if "&" in text:
        text = html.unescape(text)
    text = trim(text).replace("+", " ").replace("\\", "/")
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    if "//" in text:
        text = re.sub(r"/{2,}", "/", text)
    return text.strip("/").casefold()


def stem_of(key: str) -> str:
    """A key without the extension of its last segment."""
    folder, _, name = key.rpartition("/")
    stem, dot, extension = name.rpartition(".")
    if not dot or not stem or extension.lower() not in IMAGE_EXTENSIONS:
        return key
    return f"{folder}/{stem}" if folder else stem


def extension_of(key: str) -> str:
    _, dot, extension = key.rpartition("/")[2].rpartition(".")
    return extension.lower() if dot else ""


_STEPS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("percent", _decode_fully),
    ("html", html.unescape),
    ("whitespace", trim),
    ("plus", lambda t: t.replace("+", " ")),
    ("backslash", lambda t: t.replace("\\", "/")),
    ("unicode", lambda t: unicodedata.normalize("NFC", t)),
    ("slashes", lambda t: re.sub(r"/{2,}", "/", t) if "//" in t else t),
    ("leading-slash", lambda t: t.lstrip("/")),
    ("trailing-slash", lambda t: t.rstrip("/")),
    ("case", str.casefold),
)


def differences(asked: str, stored: str) -> tuple[str, ...]:
    """Which kinds of spelling separate two keys that fold alike.

    A kind counts where the two stay different although every other kind is folded away.
    """
    one, other = _touched(asked), _touched(stored)
    kinds = one[1] | other[1] if one[0] == other[0] else {kind for kind, _ in _STEPS}
    return tuple(k for k, _ in _STEPS if k in kinds and _without(k, asked) != _without(k, stored))


def _touched(text: str) -> tuple[str, set[str]]:
    """The text after every step, and the kinds of steps that changed something."""
    kinds = set()
    for kind, step in _STEPS:
        after = step(text)
        if after != text:
            kinds.add(kind)
        text = after
    return text, kinds


def _without(left_out: str, text: str) -> str:
    for kind, step in _STEPS:
        if kind != left_out:
            text = step(text)
    return text


def side(kind: str, asked: str, stored: str) -> str:
    """Whether the asked or the stored key carries the odd spelling of this kind."""
    step = dict(_STEPS)[kind]
    return "asked" if step(asked) != asked else "stored" if step(stored) != stored else "both"


def encoded(text: str) -> str:
    return quote(text, safe="/-._~!$'()*,;=:@&")


# --- names that look like ids ---------------------------------------------------------------

_SEPARATORS = re.compile(r"[/\s]+")
_PARTS = re.compile(r"[A-Za-z0-9]+(?:@(?![1-4]x(?![A-Za-z0-9]))[A-Za-z0-9.-]+)?")
_SIZE_NAMES = re.compile(r"^(\d{2,4}x\d{2,4}|[1-4]x|w\d{2,4}|h\d{2,4})$")
# A UUID, also one with a slip: a character too many, too few, or none of a number's.
_UUID = re.compile(
    r"(?<![0-9a-z])(?=[a-z-]*\d)[0-9a-z]{7,9}-[0-9a-z]{3,5}-[0-9a-z]{3,5}-[0-9a-z]{3,5}-"
    r"[0-9a-z]{11,13}(?![0-9a-z])",
    re.IGNORECASE,
)
_UUID_HYPHENS = 4
_DIGIT = re.compile(r"[0-9]")
OWNERS = {"users", "user", "members", "member", "accounts", "account", "customers", "customer",
           "u", "clients", "client", "tenants", "tenant", "profiles", "owners"}  # fmt: skip


@lru_cache(maxsize=4096)
def id_tokens(key: str) -> frozenset[str]:
    """The parts of a key that look like ids: they must be equal before two names are one thing."""
    tokens: set[str] = set()
    rest = key
    if key.count("-") >= _UUID_HYPHENS:
        tokens = {found.group(0).lower() for found in _UUID.finditer(key)}
        rest = _UUID.sub("/", key)
    segments = [s for s in _SEPARATORS.split(rest) if s]
    for position, segment in enumerate(segments):
        if position and segments[position - 1].lower() in OWNERS:
            tokens.add(stem_of(segment).lower())
        for part in _PARTS.findall(stem_of(segment)):
            if _DIGIT.search(part) and not _SIZE_NAMES.match(part.lower()):
                tokens.add(part.lower())
    return frozenset(tokens)


@lru_cache(maxsize=4096)
def owner_tokens(key: str) -> frozenset[str]:
    """The segment behind `users/` and the like."""
    segments = [s for s in key.split("/") if s]
    pairs = pairwise(segments)
    return frozenset(fold(stem_of(b)) for a, b in pairs if a.lower() in OWNERS)


def edit_distance(one: str, other: str, limit: int) -> int:
    """Optimal string alignment distance (a swap counts one), `limit + 1` where it is larger."""
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    one, other = _without_common_ends(one, other)
    if not one or not other:
        return len(one or other)  # at most `limit`: that is how much their lengths differ
    width, far = len(other), limit + 1
    before, row = [far] * (width + 1), [min(j, far) for j in range(width + 1)]
    for i, a in enumerate(one, 1):
        now = [min(i, far)] + [far] * width  # cells far from the diagonal are over the limit
        for j in range(max(1, i - limit), min(width, i + limit) + 1):
            b = other[j - 1]
            cost = row[j - 1] if a == b else 1 + min(row[j], now[j - 1], row[j - 1])
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            now[j] = min(cost, far)
        if min(now) > limit:
            return far
        before, row = row, now
    return row[-1]


def _without_common_ends(one: str, other: str) -> tuple[str, str]:
    """What is equal at both ends never costs an edit."""
    start, most = 0, min(len(one), len(other))
    while start < most and one[start] == other[start]:
        start += 1
    one, other = one[start:], other[start:]
    end, most = 0, most - start
    while end < most and one[-1 - end] == other[-1 - end]:
        end += 1
    return one[: len(one) - end], other[: len(other) - end]
