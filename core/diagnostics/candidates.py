"""Which object was meant: exact transforms first, never another person's file, no guess on a tie.

Every candidate is one *structural* change of the key that was asked for (drop the origin path,
strip the behaviour's prefix, …) times the *spelling* differences to a key that exists.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from core.diagnostics import facts
from core.diagnostics.access import evaluate
from core.diagnostics.certainty import TIE, owners, with_confidence
from core.diagnostics.environments import only_environments_apart
from core.diagnostics.guess import Guess
from core.diagnostics.journey import Journey
from core.diagnostics.objects import KeyIndex
from core.diagnostics.slips import is_slip
from core.diagnostics.spelling import (
    differences,
    edit_distance,
    extension_of,
    fold,
    id_tokens,
    owner_tokens,
    same_medium,
    stem_of,
)
from core.diagnostics.structure import Shape, shapes
from core.diagnostics.urls import key_of
from core.diagnostics.variants import bare_names, originals, other_rendition
from core.diagnostics.visit import Indexes
from core.model.delivery import Bucket
from core.model.diagnosis import Confidence, ObjectState

_SPELLING_COST = {"case": 0.05, "unicode": 0.02, "whitespace": 0.02, "percent": 0.02, "html": 0.02,
                  "plus": 0.02, "backslash": 0.03, "slashes": 0.02, "leading-slash": 0.02,
                  "trailing-slash": 0.02}  # fmt: skip
_CLEAR = TIE + 0.001  # more than a tie, however the numbers are rounded
_EXTENSION_COST = 0.12
_NAMED = 0.84  # the most for the same last segment
_ONE_SLIP = 0.82  # the most for a slip
_ITSELF = {ObjectState.PRESENT, ObjectState.ARCHIVED, ObjectState.DELETE_MARKER}
MAX_EDITS = 2
_PRIVATE_FOLDERS = frozenset({"originals", "original", "masters", "source", "raw", "private"})
_LONG_ID = 12  # characters from which an id is too long to be met by chance
_SCAN_LIMIT = 5000  # names that edit distance looks at


def guesses(journey: Journey, indexes: Indexes) -> list[Guess]:
    """Best first. Nothing is guessed where the object that was asked for exists."""
    visit = journey.visit
    if visit is not None and visit.key and visit.state in _ITSELF:
        return [
            Guess(visit.bucket_name, visit.key, 1.0, "itself", asked=visit.key,
                  confidence=Confidence.CERTAIN, reasons=("It is the object itself",))
        ]  # fmt: skip
    found: dict[tuple[str, str], Guess] = {}
    for _, some in _ways(journey, indexes):
        _keep(found, some, journey)
    for guess in _by_record(journey, indexes):
        if _allowed(journey, guess):
            found.setdefault((guess.bucket, guess.key), guess)
    ranked = _ranked(found)
    return [with_confidence(guess, ranked, journey, indexes) for guess in ranked]


def best_guess(journey: Journey, indexes: Indexes) -> list[Guess]:
    """As much of `guesses` as it takes to know its first one; only that one's confidence is told.

    A looser way is not gone once nothing that it finds can come near.
    """
    visit = journey.visit
    if journey.snapshot.db_record or (visit is not None and visit.state in _ITSELF):
        return guesses(journey, indexes)
    found: dict[tuple[str, str], Guess] = {}
    ranked: list[Guess] = []
    for most, some in _ways(journey, indexes):
        if ranked and ranked[0].score - most > _CLEAR and ranked[0].sure:
            return ranked
        if _keep(found, some, journey):
            ranked = _ranked(found)
            ranked[0] = with_confidence(ranked[0], ranked, journey, indexes)
    return ranked


def _keep(found: dict[tuple[str, str], Guess], some: Iterator[Guess], journey: Journey) -> bool:
    """Add the allowed guesses, of two at one place the higher one; whether anything changed."""
    changed = False
    for guess in some:
        place = (guess.bucket, guess.key)
        kept = found.get(place)
        if (kept is None or kept.score < guess.score) and _allowed(journey, guess):
            found[place] = guess
            changed = True
    return changed


def _ranked(found: dict[tuple[str, str], Guess]) -> list[Guess]:
    return sorted(found.values(), key=lambda g: (-g.score, g.bucket, g.key))[:8]


def _ways(journey: Journey, indexes: Indexes) -> Iterator[tuple[float, Iterator[Guess]]]:
    """Ways to find candidates, the more exact ones first, each with the most that it scores."""
    asked = list(shapes(journey))
    held = [(bucket, indexes.of(bucket)) for bucket in journey.snapshot.buckets]
    yield 1.0, _by_folds(asked, held)
    yield 1.0 - _EXTENSION_COST, _by_stems(asked, held)
    yield _NAMED, _by_owner(journey, indexes)
    yield _NAMED, _by_name(journey, asked, indexes)
    yield _ONE_SLIP, _by_distance(journey, asked, indexes)


def _by_folds(asked: list[Shape], held: list[tuple[Bucket, KeyIndex]]) -> Iterator[Guess]:
    for shape in asked:
        folded = fold(shape.key)
        for bucket, index in held:
            if shape.bucket in {"", bucket.name} and (keys := index.by_fold.get(folded)):
                yield from _spelled(shape, bucket, keys)


def _by_stems(asked: list[Shape], held: list[tuple[Bucket, KeyIndex]]) -> Iterator[Guess]:
    for shape in asked:
        folded = fold(shape.key)
        stem = stem_of(folded)
        for bucket, index in held:
            if shape.bucket not in {"", bucket.name}:
                continue
            for key, kinds in _other_endings(shape.key, folded, stem, index):
                yield _with_ending(shape, bucket, key, kinds)
            yield from originals(shape, bucket, index, Guess)


def _by_owner(journey: Journey, indexes: Indexes) -> Iterator[Guess]:
    """An empty record: the objects whose names hold its owner's id."""
    owner = facts.owner_id(journey.snapshot)
    empty = [s for s in facts.stored(journey.snapshot) if s.kind == "empty"]
    asked = journey.stopped("url-empty") or journey.stopped("host-unknown")
    if not owner or not empty or not asked:
        return
    what = facts.thing(empty[0].name)
    for bucket in journey.snapshot.buckets:
        for key in indexes.of(bucket):
            if owner in id_tokens(key):
                score = 0.8 if what and what in fold(key) else 0.7
                yield Guess(bucket.name, key, score, "same_owner", (), key, same_owner=True)


def _by_record(journey: Journey, indexes: Indexes) -> Iterator[Guess]:
    """The record names a key beside its URL, and that key exists."""
    visit = journey.visit
    if visit is None or not visit.key:
        return
    for stored in facts.stored(journey.snapshot):
        key = str(stored.value).strip().lstrip("/") if stored.kind == "key" else ""
        for bucket in journey.snapshot.buckets:
            if key and indexes.of(bucket).get(key):
                score = 0.9 if bucket.name == visit.bucket_name else 0.86
                yield Guess(bucket.name, key, score, "record_key", (), visit.key)


def _spelled(shape: Shape, bucket: Bucket, keys: Iterable[str]) -> Iterator[Guess]:
    for key in keys:
        kinds = differences(shape.key, key)
        cost = sum(_SPELLING_COST[kind] for kind in kinds)
        if kinds or not shape.is_identity or bucket.name != shape.home:
            yield Guess(
                bucket.name, key, round(shape.weight(bucket.name) - cost, 4), shape.name, kinds,
                shape.key, shape.prefix,
            )  # fmt: skip


def _with_ending(shape: Shape, bucket: Bucket, key: str, kinds: tuple[str, ...]) -> Guess:
    cost = _EXTENSION_COST + sum(_SPELLING_COST[kind] for kind in kinds)
    return Guess(
        bucket.name, key, round(shape.weight(bucket.name) - cost, 4),
        "extension" if shape.is_identity else f"{shape.name}+extension",
        (*kinds, "extension"), shape.key, shape.prefix,
    )  # fmt: skip


def _other_endings(
    asked: str, folded: str, stem: str, index: KeyIndex
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The same name with another extension, or with none; `a.jpg.jpg` on either side."""
    for key in index.by_stem.get(stem, ()):
        mine, theirs = extension_of(folded), extension_of(fold(key))
        if fold(key) != folded and mine != theirs and same_medium(mine, theirs):
            yield key, differences(stem_of(asked), stem_of(key))
    if stem != folded:
        end = folded[len(stem) :]
        doubled = stem if stem.endswith(end) else folded + end
        yield from ((key, ()) for key in index.by_fold.get(doubled, ()))


def _by_name(journey: Journey, asked: list[Shape], indexes: Indexes) -> Iterator[Guess]:
    """The same last segment in another folder."""
    first = next((shape for shape in asked if shape.is_identity), None)
    if first is None:
        return
    name = fold(first.key).rsplit("/", 1)[-1]
    if not name or name in {"index.html", "favicon.ico", "robots.txt"}:
        return
    path = _below_origin_path(journey, first.key)
    made_from = set(bare_names(first.key))
    for bucket in journey.snapshot.buckets:
        for key in indexes.of(bucket).alike(fold(first.key)):
            if stem_of(fold(key)) in made_from:
                continue  # the original of a rendition is another picture
            weight = 0.8 if bucket.name == first.home else 0.74
            if first.key.endswith("/" + key) or key.endswith("/" + path):
                weight += 0.04
            telling = id_tokens(name) or _same_telling_ids(first.key, key)
            if not telling and not only_environments_apart(first.key, key):
                weight -= 0.2  # a name such as photo.jpg says little about whose it is
            if _private_original(journey, bucket, key):
                yield Guess(bucket.name, key, 0.5, "private_original", (), first.key)
                continue
            if other_rendition(first.key, key):
                yield Guess(bucket.name, key, 0.6, "original_of_variant", (), first.key)
                continue
            whole = key.endswith("/" + path)
            yield Guess(bucket.name, key, weight, "same_name", (), path if whole else first.key)


def originals_folder(key: str) -> str:
    """Where the private upload of a served object lies, if there is one; else empty."""
    inner = key.partition("/")[2].rpartition("/")[0]
    return f"originals/{inner}/" if inner else ""


def _private_original(journey: Journey, bucket: Bucket, key: str) -> bool:
    """The upload from which the served object is made, kept where the viewer may not read.

    It is what the object can be made from again, never what the URL meant.
    """
    visit = journey.visit
    if visit is None or visit.caller is None or visit.bucket is not bucket:
        return False
    if key.partition("/")[0].casefold() not in _PRIVATE_FOLDERS:
        return False
    effects = [
        evaluate(journey.snapshot, bucket, visit.caller, one, None).effect
        for one in (visit.key or "", key)
    ]
    return effects == ["allow", "deny"]


def _same_telling_ids(one: str, other: str) -> bool:
    """Equal ids, one of them too long to be met by chance; dates in folders tell nothing."""
    left, right = _without_dates(one), _without_dates(other)
    return left == right and any(map(_tells, left))


def _without_dates(key: str) -> frozenset[str]:
    return frozenset(token for token in id_tokens(key) if not _DATE_PART.match(token))


def _tells(token: str) -> bool:
    return len(token) >= 6 and not token.isdigit()


_DATE_PART = re.compile(r"^(?:(?:19|20)\d\d(?:\d{4})?|\d{1,2})$")


def _below_origin_path(journey: Journey, key: str) -> str:
    """The key without what the origin path put in front."""
    visit = journey.visit
    lead = key_of(visit.origin.origin_path).strip("/") if visit else ""
    return key.removeprefix(lead + "/") if lead else key


def _by_distance(journey: Journey, asked: list[Shape], indexes: Indexes) -> Iterator[Guess]:
    first = next((shape for shape in asked if shape.is_identity), None)
    home = journey.snapshot.bucket(first.home) if first else None
    if first is None or home is None:
        return
    folded = fold(first.key)
    index = indexes.of(home)
    word, whole = _telling_word(first.key)
    for key in index.near(folded, word, whole=whole):
        distance = edit_distance(folded, fold(key), MAX_EDITS)
        if 0 < distance <= MAX_EDITS and is_slip(folded, fold(key)) and _same_thing(first.key, key):
            yield Guess(home.name, key, 0.72 - 0.04 * distance, "edit_distance", (), first.key)
    yield from _by_folder_typo(first, home, index, folded)


def _by_folder_typo(shape: Shape, home: Bucket, index: KeyIndex, folded: str) -> Iterator[Guess]:
    """A slip in a folder's name, the last segment being equal."""
    for key in index.alike(folded)[:_SCAN_LIMIT]:
        distance = edit_distance(folded, fold(key), MAX_EDITS)
        if 0 < distance <= MAX_EDITS and is_slip(folded, fold(key)) and _same_thing(shape.key, key):
            yield Guess(home.name, key, 0.84 - 0.02 * distance, "edit_distance", (), shape.key)


def _same_thing(asked: str, stored: str) -> bool:
    """Ids must be equal, except that a long one may have a slip: nobody else has one so near."""
    if not same_medium(extension_of(asked), extension_of(stored)):
        return False
    one, other = id_tokens(asked), id_tokens(stored)
    if one == other:
        return True
    left, right = one - other, other - one
    if len(left) != 1 or len(right) != 1:
        return False
    return _slip(next(iter(left)), next(iter(right)))


def _slip(one: str, other: str) -> bool:
    return _may_slip(one) and _not_counted(one, other)


def _may_slip(token: str) -> bool:
    varied = len(set(token.replace("-", ""))) >= 6
    return len(token) >= _LONG_ID and varied and not token.isdigit()


def _telling_word(asked: str) -> tuple[str, bool]:
    """An id by which to look for a name with a slip, and whether it has to stay as it is."""
    name = asked.rpartition("/")[2]
    tokens = sorted(id_tokens(asked), key=lambda t: (_may_slip(t), len(t), t))
    inside = [token for token in tokens if token in name.lower()]
    whole = bool(inside) and not any(map(_may_slip, tokens))
    return (inside[-1] if inside else ""), whole


def _not_counted(one: str, other: str) -> bool:
    """Ids that count up (…0001, …0002) are different things however long they are."""
    tail = one.rstrip("0123456789")
    return not (len(one) - len(tail) >= 6 and other.startswith(tail))


def _allowed(journey: Journey, guess: Guess) -> bool:
    """Another person's file is never proposed."""
    asked_owner, their_owner = owners(journey, guess), owner_tokens(guess.key)
    if asked_owner and their_owner and not (asked_owner & their_owner):
        return False
    if guess.transform in {"edit_distance", "record_key"} or guess.spelling:
        return True
    one, other = id_tokens(guess.asked), id_tokens(guess.key)
    if guess.transform == "same_name" and _same_telling_ids(guess.asked, guess.key):
        return True
    return one <= other or other <= one
