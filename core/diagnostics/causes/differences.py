"""How the key that was asked for differs from the one that is meant: each difference a cause."""

from __future__ import annotations

from collections.abc import Iterator

from core.diagnostics.causes.layout import elsewhere, moved
from core.diagnostics.causes.registry import OBJECT, Case, Found
from core.diagnostics.guess import Guess
from core.diagnostics.journey import Visit, evidence
from core.diagnostics.spelling import side
from core.diagnostics.urls import key_of
from core.model.diagnosis import Confidence

_BY_TRANSFORM = {
    "drop_origin_path": (
        "origin-path-double-prefix",
        "The URL repeats the origin path “{prefix}”: S3 is asked for {asked}.",
    ),
    "without_origin_path": (
        "origin-path-wrong",
        "The origin path puts “{prefix}” in front, but the object is {key}.",
    ),
    "drop_bucket_name": (
        "url-contains-bucket-or-path-style",
        "The path begins with the bucket's name “{prefix}”.",
    ),
    "dot_segments": (
        "url-double-slash",
        "CloudFront resolves dot segments to choose a behaviour only: S3 is asked for {asked}.",
    ),
    "nested_url": ("url-full-url-nested", "The path holds a whole URL: the base was put in twice."),
    "collapse_repeat": ("key-prefix-duplicated", "“{prefix}” stands twice in the path."),
    "double_first": ("key-prefix-duplicated", "“{prefix}” stands twice in the stored key."),
    "query_was_key": (
        "url-unencoded-question-mark",
        "The key holds “?”; unencoded, the rest of it became the query string.",
    ),
    "fragment_was_key": (
        "url-unencoded-hash",
        "The key holds “#”; unencoded, the rest of it is never sent.",
    ),
    "edit_distance": ("key-typo-near-miss", "{key} differs by one or two characters."),
    "original_of_variant": (
        "key-variant-not-generated",
        "The original {key} exists, this rendition of it does not.",
    ),
    "before_function": (
        "function-rewrite-wrong-key",
        "The function rewrites the path to a key that does not exist; {key} does.",
    ),
}


# The path itself is right (or lacks a behaviour's prefix): what is wrong is where it was sent.
_WHOLE = {"identity", "same_name", "extension", "add_behavior_prefix"}


def by_guess(case: Case, guess: Guess, visit: Visit) -> Iterator[Found]:
    """Every difference between the key that was asked for and the one that is meant."""
    names = list(_structural(case, guess, visit))
    yield from names
    if any(found.cause == "behavior-pattern-case" for found in names):
        return
    yield from _spelling(case, guess, visit)


def _structural(case: Case, guess: Guess, visit: Visit) -> Iterator[Found]:
    asked, sure = str(visit.key), _sure(guess)
    shown = evidence("s3:ListObjectsV2", f"{guess.bucket}/{guess.key}", "listed")
    transform = guess.transform
    if guess.bucket != visit.bucket_name and transform in _WHOLE:
        yield from elsewhere(case, guess, visit)
    elif transform in {"same_name", "add_behavior_prefix"}:
        yield from moved(case, guess, visit)
    elif transform in {"strip_behavior_prefix", "strip_behavior_prefix+extension"}:
        yield _prefix_kept(guess, asked, sure)
    elif transform == "fragment_was_key" and "html" in guess.spelling:
        return
    elif transform.partition("+")[0] in _BY_TRANSFORM:
        cause, sentence = _BY_TRANSFORM[transform.partition("+")[0]]
        text = sentence.format(prefix=guess.prefix, asked=asked, key=guess.key)
        yield Found(cause, OBJECT, text, shown, sure)


def _sure(guess: Guess) -> Confidence:
    return guess.confidence if guess.sure else Confidence.POSSIBLE


def _prefix_kept(guess: Guess, asked: str, sure: Confidence) -> Found:
    """`users/{id}/progress-photos/{photo}` under `/progress-photos/*` is the older layout."""
    inner = f"/{guess.prefix}/" in f"/{guess.key}"
    shown = evidence("s3:ListObjectsV2", f"{guess.bucket}/{guess.key}", "listed")
    if inner:
        return Found(
            "key-prefix-legacy-format", OBJECT,
            f"The object still has its older key {guess.key}; the URL puts “{guess.prefix}/” "
            f"in front and asks for {asked}.", shown, sure,
        )  # fmt: skip
    return Found(
        "behavior-prefix-not-stripped", OBJECT,
        f"CloudFront does not strip “{guess.prefix}/” from the path; the object is {guess.key}.",
        shown, sure,
    )  # fmt: skip


_BY_SPELLING = {
    "html": ("url-html-entity-in-url", "The URL was stored with HTML entities such as &amp;."),
    "whitespace": (
        "url-whitespace-or-invisible-char",
        "A blank or an invisible character stands in one of the two names, and not in the other.",
    ),
    "plus": ("url-plus-vs-space", "S3 reads a raw “+” as a space; the key has the other one."),
    "backslash": ("url-backslash-path", "One of the two is written with backslashes."),
    "unicode": (
        "url-unicode-normalization",
        "The same letters, but composed (NFC) in one and decomposed (NFD) in the other.",
    ),
    "trailing-slash": ("url-trailing-slash", "The URL ends in a slash that the key lacks."),
    "extension": ("key-extension-mismatch", "The object has another extension."),
}


def _spelling(case: Case, guess: Guess, visit: Visit) -> Iterator[Found]:
    shown = evidence("s3:ListObjectsV2", f"{guess.bucket}/{guess.key}", "listed")
    for kind in guess.spelling:
        if kind in _BY_SPELLING:
            cause, sentence = _BY_SPELLING[kind]
        elif kind == "percent":
            cause, sentence = _percent(guess)
        elif kind in {"slashes", "leading-slash"}:
            cause, sentence = _slashes(kind, guess, visit)
        else:
            yield from _case(guess, visit)
            continue
        yield Found(cause, OBJECT, sentence, shown, _sure(guess))
    del case


def _percent(guess: Guess) -> tuple[str, str]:
    if side("percent", guess.asked, guess.key) == "asked":
        return "url-double-encoded", "The URL was percent-encoded twice."
    return (
        "url-key-literally-percent-encoded",
        "The key itself holds percent signs; the URL has to encode them as %25.",
    )


def _slashes(kind: str, guess: Guess, visit: Visit) -> tuple[str, str]:
    if visit.origin.origin_path.endswith("/"):
        return "origin-path-trailing-slash", "The origin path ends in a slash, which doubles it."
    if kind == "leading-slash" and guess.key.startswith("/"):
        return "key-leading-slash", "The stored key begins with a slash."
    return "url-double-slash", "One of the two has a doubled slash; for S3 that is another key."


def _case(guess: Guess, visit: Visit) -> Iterator[Found]:
    shown = evidence("s3:ListObjectsV2", f"{guess.bucket}/{guess.key}", "listed")
    lead = key_of(visit.origin.origin_path).strip("/")
    if lead and not guess.key.startswith(lead + "/") and guess.key.lower().startswith(lead.lower()):
        yield Found(
            "origin-path-wrong", OBJECT,
            f"The origin path is “/{lead}”, the objects are under “{guess.key[: len(lead)]}/”.",
            shown, _sure(guess),
        )  # fmt: skip
    yield Found("key-case-mismatch", OBJECT, f"The object is {guess.key}: keys know case.",
                shown, _sure(guess))  # fmt: skip
