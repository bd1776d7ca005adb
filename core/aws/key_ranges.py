"""A bucket's key space as ranges that are read side by side: each key is in exactly one of them.

Keys are compared by code point, which is the order of their UTF-8 bytes and so S3's own.
A wrong guess at where keys lie costs a request; it can't lose or double a key.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

PAGE = 1000  # keys that S3 gives at most for one request
_CLASSES = ("0123456789", "abcdef", "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_DIGITS = 8  # places that a guess looks at; a float holds no more
_LAST = 0x10FFFF
_SURROGATES = range(0xD800, 0xE000)


@dataclass(slots=True)
class KeyRange:
    """Keys with `after` < key ≤ `upto`; `cursor` is the last key that was read.

    `version` is set where the page ended inside the versions of `cursor`.
    """

    after: str = ""
    upto: str | None = None
    cursor: str = ""
    version: str = ""
    done: bool = False
    first: str = ""  # the first key that was found
    keys: int = 0
    hope: float = 0.0  # keys that are probably still to come
    tried: set[str] = field(default_factory=set)  # boundaries that are no use to try again

    def __post_init__(self) -> None:
        self.cursor = self.cursor or self.after

    def holds(self, key: str) -> bool:
        return key > self.after and (self.upto is None or key <= self.upto)

    def state(self) -> list[str | bool | None]:
        return [self.after, self.upto, self.cursor, self.version, self.done]

    @classmethod
    def from_state(cls, state: Sequence[str | bool | None]) -> KeyRange:
        after, upto, cursor, version, done = state
        return cls(
            str(after), None if upto is None else str(upto), str(cursor), str(version), bool(done)
        )

    def cut(self, at: str) -> KeyRange:
        """Give away what lies behind `at`, which must be ahead of the cursor."""
        behind = KeyRange(at, self.upto)
        self.upto = at
        return behind


class Alphabet:
    """The characters that keys are made of, as far as seen; completed where one of a kind was."""

    def __init__(self) -> None:
        self._seen: set[str] = set()
        self.letters: list[str] = []

    def learn(self, keys: Iterable[str]) -> None:
        new = set().union(*keys) - self._seen
        if not new:
            return
        self._seen |= new
        for kind in _CLASSES:
            if new & set(kind):
                self._seen |= set(kind)
                break
        self.letters = sorted(self._seen)

    def place(self, text: str) -> float:
        """Where a text stands in the order of all texts, from 0 to 1."""
        base, place, width = len(self.letters) + 1, 0.0, 1.0
        for char in text[:_DIGITS]:
            width /= base
            index = bisect_left(self.letters, char)
            known = index < len(self.letters) and self.letters[index] == char
            place += width * (index + 1 if known else index)
        return place

    def text(self, place: float) -> str:
        """The shortest text near a place."""
        base, found = len(self.letters) + 1, []
        for _ in range(_DIGITS):
            place *= base
            digit = min(int(place), base - 1)
            place -= digit
            found.append(self.letters[max(digit - 1, 0)])
            if digit and len(found) > 1:
                break
        return "".join(found)


def remaining(span: KeyRange, alphabet: Alphabet) -> float:
    """How many keys are probably still to come, by how dense they lay so far."""
    if span.done or not span.keys:
        return 0.0
    common = _common(span.first, span.upto)
    skip = len(common)
    first, here = alphabet.place(span.first[skip:]), alphabet.place(span.cursor[skip:])
    end = 1.0 if span.upto is None else alphabet.place(span.upto[skip:])
    return span.keys * max(end - here, 0.0) / max(here - first, 1e-12)


def boundary(span: KeyRange, alphabet: Alphabet) -> str | None:
    """A key, real or not, that probably halves what a range still holds. None: no idea."""
    for guess in (_end_of_folder(span), _middle(span, alphabet)):
        if guess is not None and guess not in span.tried and _inside(guess, span):
            span.tried.add(guess)
            return guess
    return None


def _inside(guess: str, span: KeyRange) -> bool:
    return guess > span.cursor and (span.upto is None or guess < span.upto)


def _end_of_folder(span: KeyRange) -> str | None:
    """Behind the outermost folder that all keys so far share: beyond it there may be nothing."""
    shared = _common(span.first, span.cursor)
    start = len(_common(span.cursor, span.upto))
    slash = shared.find("/", start)
    return None if slash < 0 else following(shared[: slash + 1])


def _middle(span: KeyRange, alphabet: Alphabet) -> str | None:
    """Halfway between the cursor and the end, by the characters that keys are made of."""
    common = _common(span.cursor, span.upto)
    for skip in range(len(common), min(len(span.cursor), len(common) + _DIGITS) + 1):
        here = alphabet.place(span.cursor[skip:])
        top = None if skip > len(common) or span.upto is None else span.upto[skip:]
        end = 1.0 if top is None else alphabet.place(top)
        guess = span.cursor[:skip] + alphabet.text((here + end) / 2)
        if _inside(guess, span) and guess not in span.tried:
            return guess
    return None


def _common(one: str, other: str | None) -> str:
    length = 0
    for left, right in zip(one, other or "", strict=False):
        if left != right:
            break
        length += 1
    return one[:length]


def following(prefix: str) -> str | None:
    """The smallest text of the same length behind everything that starts with `prefix`."""
    code = ord(prefix[-1]) + 1
    if code in _SURROGATES:
        code = _SURROGATES.stop
    return None if code > _LAST else prefix[:-1] + chr(code)
