"""What searching compares: folded text, cut into overlapping grams of three characters.

SQLite's own trigram tokenizer finds nothing for one or two typed characters, which are whole words
in Chinese, and folds no accents in the version that Debian ships. So the grams are made here, for
FTS5's plainest tokenizer, and user text can't be FTS syntax: no ASCII punctuation is left in it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

TEXT_LIMIT = 200

GRAM = 3
_CONTROL = re.compile("[\x00-\x1f\x7f]")
_PRIVATE = re.compile("[\ue000-\ue0ff]")
# ASCII punctuation would separate tokens: for FTS5 it moves to a private place.
_PUNCTUATION = {code: 0xE000 + code for code in range(0x20, 0x80) if not chr(code).isalnum()}
# Accents of Latin, Greek and Cyrillic, Hebrew points, Arabic vowels. Marks of other scripts are
# letters in their own right and stay.
_ACCENTS = re.compile(
    "[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
    "\u064b-\u0655\u0670\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
)


def fold(text: str) -> str:
    """`Ärger im Café` → `arger im cafe`: equal for what people take to be equal."""
    if text.isascii():
        return text.lower()
    plain = _ACCENTS.sub("", unicodedata.normalize("NFKD", text.casefold()))
    return unicodedata.normalize("NFKC", plain.casefold())


def haystack(fields: Iterable[str]) -> str:
    """The text in which words are looked for; no word reaches over a space or a field's end."""
    return " ".join(_words(" ".join(fields)))


def needles(typed: str) -> tuple[str, ...]:
    """The words that must all occur in a haystack; longer ones first, for they are rarer."""
    return tuple(sorted(set(_words(typed[:TEXT_LIMIT])), key=lambda word: (-len(word), word)))


def _words(text: str) -> list[str]:
    folded = fold(text)
    if folded.isascii():
        return _CONTROL.sub(" ", folded).split()
    return _PRIVATE.sub(" ", "".join(map(_visible, folded))).split()


def _visible(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cf":  # direction marks, joiners: nobody types them
        return ""
    return " " if category[0] == "Z" or category in {"Cc", "Cs"} else character


def document(hays: Iterable[str]) -> str:
    """What FTS5 indexes of one file: the gram at each position."""
    return _grams(" ".join(filter(None, hays)))


def match(word: str) -> str:
    """The FTS5 expression for haystacks with this word, which has at least `GRAM` characters."""
    return f'"{_grams(word)}"'


def _grams(text: str) -> str:
    safe = text.translate(_PUNCTUATION)
    return " ".join([safe[i : i + GRAM] for i in range(len(safe) - GRAM + 1)])
