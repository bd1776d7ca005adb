"""What searching compares: folded text, cut into overlapping grams of three characters.

SQLite's own trigram tokenizer finds nothing for one or two typed characters, which are whole words
in Chinese, and folds no accents in the version that Debian ships. So the grams are made here, for
FTS5's plainest tokenizer, and user text can't be FTS syntax: no ASCII punctuation is left in it.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable

TEXT_LIMIT = 200

_GRAM = 3
_SPACE = "\ue020"
_END = "\ue000"
_SCOPE = "\ue0ff"
_PRIVATE = re.compile("[\ue000-\ue0ff]")
# ASCII punctuation would separate tokens: it moves to a private place.
_PUNCTUATION = {code: 0xE000 + code for code in range(0x21, 0x80) if not chr(code).isalnum()}
# Accents of Latin, Greek and Cyrillic, Hebrew points, Arabic vowels. Marks of other scripts are
# letters in their own right and stay.
_ACCENTS = re.compile(
    "[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
    "\u064b-\u0655\u0670\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
)


def fold(text: str) -> str:
    """`Ärger im Café` → `arger im cafe`: equal for what people take to be equal."""
    plain = _ACCENTS.sub("", unicodedata.normalize("NFKD", text.casefold()))
    return unicodedata.normalize("NFKC", plain.casefold())


def haystack(fields: Iterable[str]) -> str:
    """The text in which words are looked for; no word reaches over a space or a field's end."""
    return _SPACE.join(_words(" ".join(fields)))


def needles(typed: str) -> tuple[str, ...]:
    """The words that must all occur in a haystack; longer ones first, for they are rarer."""
    return tuple(sorted(set(_words(typed[:TEXT_LIMIT])), key=lambda word: (-len(word), word)))


def _words(text: str) -> list[str]:
    clean = "".join(map(_visible, fold(text)))
    return _PRIVATE.sub(" ", clean).translate(_PUNCTUATION).split()


def _visible(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cf":  # direction marks, joiners: nobody types them
        return ""
    return " " if category[0] == "Z" or category in {"Cc", "Cs"} else character


def scope(dimension: str, value: str) -> str:
    """A token that stands for `kind = image`, say; it can't be found by typing."""
    digest = hashlib.blake2b(f"{dimension}={value}".encode(), digest_size=8)
    return _SCOPE + digest.hexdigest()


def document(hay: str, scopes: Iterable[str]) -> str:
    """What FTS5 indexes: each position's gram, then the scopes."""
    padded = hay + _END * (_GRAM - 1)
    grams = (padded[i : i + _GRAM] for i in range(len(hay)))
    return " ".join((*grams, *scopes))


def match(words: Iterable[str], scopes: Iterable[str]) -> str:
    """The FTS5 expression for documents in all `scopes` whose haystack has all `words`."""
    terms = [f'"{token}"' for token in scopes]
    for word in words:
        if len(word) < _GRAM:
            terms.append(f'"{word}" *')
        else:
            grams = " ".join(word[i : i + _GRAM] for i in range(len(word) - _GRAM + 1))
            terms.append(f'"{grams}"')
    return " AND ".join(terms)
