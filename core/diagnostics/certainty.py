"""How sure a candidate is: the weakest of what is known about it decides."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from core.diagnostics.guess import Guess
from core.diagnostics.journey import Journey
from core.diagnostics.spelling import fold, id_tokens, owner_tokens, stem_of
from core.diagnostics.visit import Indexes
from core.model.diagnosis import Confidence

TIE = 0.05
_WORD = re.compile(r"[A-Za-z0-9]+")


def owners(journey: Journey, guess: Guess) -> frozenset[str]:
    """Whose the object is that was asked for: by its key, else by its record."""
    in_key, record = owner_tokens(guess.asked), journey.snapshot.db_record
    if in_key or not record:
        return in_key
    owner = fold(str(record.get("pk") or "").rpartition("#")[2])
    if not owner or not journey.snapshot.read("db_record"):
        return in_key
    return frozenset({owner}) if owner_tokens(guess.key) else frozenset()


def with_confidence(guess: Guess, ranked: list[Guess], journey: Journey, indexes: Indexes) -> Guess:
    """The guess, with how sure it is among the ranked ones, and why."""
    rivals = [g for g in ranked if g is not guess and abs(g.score - guess.score) < TIE]
    rivals = [g for g in rivals if not _same_content(journey, g, guess)]
    confidence = _base_confidence(guess)
    reasons = list(_reasons(guess))
    bucket = journey.snapshot.bucket(guess.bucket)
    if bucket is not None and not indexes.of(bucket).complete and guess.score < 0.9:
        confidence = Confidence.POSSIBLE
        reasons.append("The bucket was not listed completely")
    owner = bool(owner_tokens(guess.key) & owners(journey, guess))
    if guess.transform == "same_name" and not owner and _anybodys(guess):
        confidence = Confidence.POSSIBLE
        reasons.append("Such a name says nothing about whose it is")
    if "case" in guess.spelling and _random_case(guess.asked, guess.key):
        confidence = Confidence.POSSIBLE
        reasons.append("Ids that differ in case may be two things")
    if rivals and confidence is not Confidence.POSSIBLE:
        confidence = Confidence.POSSIBLE
        reasons.append(f"{rivals[0].key} fits as well")
    return replace(guess, confidence=confidence, reasons=tuple(reasons), same_owner=owner)


_DATED = re.compile(r"^(?:19|20)\d\d[-_]?\d\d[-_]?\d\d")
_COUNTED = re.compile(
    r"^(?:img|dsc|dscn|dscf|pxl|gopr|mvi|photo|image|picture|pic|scan|screenshot|file|avatar)"
    r"[-_ ]?\d{0,6}$",
    re.IGNORECASE,
)


def _anybodys(guess: Guess) -> bool:
    """A file in an unnamed person's folder, its own name only a date or a camera's counter."""
    folder, name = owner_tokens(guess.key), stem_of(guess.key.rpartition("/")[2])
    counted = bool(_DATED.match(name) or _COUNTED.match(name))
    return bool(folder) and counted and not folder <= id_tokens(guess.asked)


def _random_case(asked: str, stored: str) -> bool:
    """Ids of capital and small letters and digits: there the case tells things apart."""
    pairs = zip(_WORD.findall(asked), _WORD.findall(stored), strict=False)
    return any(a != b and _mixed(a) and _mixed(b) for a, b in pairs)


def _mixed(word: str) -> bool:
    kinds = (str.isdigit, str.isupper, str.islower)
    return len(word) >= 6 and all(any(kind(c) for c in word) for kind in kinds)


def _same_content(journey: Journey, one: Guess, other: Guess) -> bool:
    """Two keys are one answer where an exact transform beats a looser one for the same bytes."""
    return (
        False if one.bucket == other.bucket else _etag(journey, one) == _etag(journey, other) != ""
    )


def _etag(journey: Journey, guess: Guess) -> str:
    bucket = journey.snapshot.bucket(guess.bucket)
    items = bucket.objects if bucket else ()
    return next((item.etag or "" for item in items if item.key == guess.key), "")


def _base_confidence(guess: Guess) -> Confidence:
    if guess.transform in {"original_of_variant", "private_original"}:
        return Confidence.POSSIBLE
    if guess.score >= 0.84:
        return Confidence.CERTAIN
    return Confidence.LIKELY if guess.score >= 0.62 else Confidence.POSSIBLE


_SAYS = {
    "identity": "The key is the same", "same_name": "The last part of the key is the same",
    "private_original": "The private upload that the object was made from",
    "record_key": "The record itself names this key",
    "edit_distance": "One or two characters differ", "drop_origin_path": "Without the origin path",
}  # fmt: skip


def _reasons(guess: Guess) -> Iterator[str]:
    yield _SAYS.get(guess.transform, guess.transform.replace("_", " ").capitalize())
    if guess.spelling:
        yield "Differs in: " + ", ".join(kind.replace("-", " ") for kind in guess.spelling)
