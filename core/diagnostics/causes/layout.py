"""The same name in another bucket or folder: wrong behaviour, wrong origin, older layout?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.diagnostics.causes.registry import OBJECT, Case, Found
from core.diagnostics.environments import environment
from core.diagnostics.guess import Guess
from core.diagnostics.journey import Visit, evidence
from core.diagnostics.origins import endpoint_of
from core.diagnostics.routing import pattern_matches
from core.diagnostics.spelling import id_tokens, owner_tokens
from core.diagnostics.urls import key_of
from core.model.delivery import CacheBehavior, DistributionConfig
from core.model.diagnosis import Confidence

_MAIN = {"prod", "production", "prd", "live"}


def elsewhere(case: Case, guess: Guess, visit: Visit) -> Iterator[Found]:
    """The object is in another bucket than the one that was asked."""
    owner, behavior = case.journey.distribution, case.journey.behavior
    origins = owner.config.origins if owner else ()
    owners = {o.id for o in origins if endpoint_of(o.domain_name).bucket == guess.bucket}
    if owner is not None and behavior is not None and owners:
        yield _behavior_cause(case, guess, owner.config, behavior, owners)
    else:
        yield _bucket_cause(case, guess, visit)


def _behavior_cause(
    case: Case, guess: Guess, config: DistributionConfig, taken: CacheBehavior, owners: set[str]
) -> Found:
    """The distribution knows that bucket, but this path does not go there."""
    path = case.journey.url.match_path
    patterns = [b.path_pattern for b in config.cache_behaviors if b.target_origin_id in owners]
    reasons = (reason for pattern in patterns if (reason := _missed(pattern, path, taken.name)))
    cause, sentence = next(reasons, ("", ""))
    if not cause and taken.path_pattern:
        cause = "behavior-wrong-origin"
        sentence = (
            f"{taken.name} sends the request to another origin than the one with {guess.key}."
        )
    elif not cause:
        cause = "behavior-pattern-no-match-default"
        sentence = (
            f"No pattern matches {path}, so the default origin is asked; {guess.key} is in "
            f"{guess.bucket}."
        )
    shown = evidence(
        "cloudfront:GetDistribution", "DistributionConfig.CacheBehaviors",
        [b.path_pattern for b in config.cache_behaviors],
    )  # fmt: skip
    sure = Confidence.CERTAIN if guess.transform == "identity" else Confidence.LIKELY
    return Found(cause, OBJECT, sentence, shown, sure)


def _missed(pattern: str, path: str, taken: str) -> tuple[str, str] | None:
    """Why the pattern of the right origin did not take the path."""
    if pattern_matches(pattern, path):
        return (
            "behavior-precedence-shadowed",
            f"{taken} stands before {pattern} and takes the request.",
        )
    if pattern_matches(pattern.lower(), path.lower()):
        return "behavior-pattern-case", f"{pattern} does not match {path}: patterns know case."
    if misused(pattern, path):
        return (
            "behavior-pattern-wildcard-misuse",
            f"{pattern} does not match {path}: only “*” (any run) and “?” (one character) count.",
        )
    return None


def misused(pattern: str, path: str) -> bool:
    """Whether the pattern would match under a usual misunderstanding of its wildcards."""
    lowered = pattern if pattern.startswith(("/", "*")) else "/" + pattern
    regular = re.sub(r"\.[*+]|\([^)]*\)|\[[^\]]*\][*+]?", "*", pattern.strip("^$"))
    readings = [
        re.sub(r"\\(.)", r"\1", regular), lowered.replace("/**/", "/*"),
        re.sub(r"^/?https?://[^/]*", "", pattern),
        lowered.replace("?", ""), lowered.replace("?", "*"), lowered.rstrip("*").rstrip("/"),
        lowered.rstrip("/") + "/*", re.sub(r".\?", "", lowered), lowered.replace(".*", "*"),
        re.sub(r"\{[^}]*\}|\[[^\]]*\][*+]?|\([^)]*\)", "*", lowered), lowered.rstrip("$"),
        lowered.lstrip("^"),
    ]  # fmt: skip
    return any(reading and pattern_matches(reading, path) for reading in readings)


def _bucket_cause(case: Case, guess: Guess, visit: Visit) -> Found:
    """No origin of this distribution: another environment's bucket, on one side or the other."""
    here, there = environment(visit.bucket_name), environment(guess.bucket)
    shown = evidence("s3:ListObjectsV2", f"{guess.bucket}/{guess.key}", "listed")
    whole = guess.transform == "identity"
    misdirected = there in _MAIN or (bool(here) and here not in _MAIN and not there)
    empty_here = visit.bucket is not None and len(case.indexes.of(visit.bucket)) == 0
    lost = bool(there) and there not in _MAIN
    right_host = "" if lost or not whole else _answering_host(case, guess)
    if right_host:
        return Found(
            "url-host-typo-or-wrong-distribution", OBJECT,
            f"{case.journey.url.host} serves {visit.bucket_name}; {guess.key} is behind "
            f"{right_host}.", shown, Confidence.LIKELY,
        )  # fmt: skip
    if whole and (misdirected or (empty_here and not lost)):
        return Found(
            "origin-wrong-bucket", OBJECT,
            f"The origin is {visit.bucket_name}; {guess.key} is in {guess.bucket}.",
            shown, Confidence.LIKELY,
        )  # fmt: skip
    if lost or whole:
        return Found(
            "object-in-other-prefix-env", OBJECT,
            f"{guess.key} was put into {guess.bucket}, not into {visit.bucket_name}.",
            shown, Confidence.LIKELY,
        )  # fmt: skip
    return Found(
        "object-in-other-prefix-env", OBJECT,
        f"An object of the same name is {guess.key} in {guess.bucket}.", shown, Confidence.POSSIBLE,
    )  # fmt: skip


def _answering_host(case: Case, guess: Guess) -> str:
    """Another distribution that answers this very path with the object."""
    url, own = case.journey.url, case.journey.distribution
    for other in case.snapshot.distributions:
        if own is None or other.id == own.id or not other.config.enabled:
            continue
        host = next((a for a in other.config.aliases if not a.startswith("*")), other.domain_name)
        again = case.retrace(f"https://{host}{url.raw_path}")
        there = again.visit
        if again.ok and there is not None and (there.bucket_name, there.key) == (
            guess.bucket, guess.key,
        ):  # fmt: skip
            return host
    return ""


def moved(case: Case, guess: Guess, visit: Visit) -> Iterator[Found]:
    """The same bucket, another folder: origin path, environment folder, or an older layout."""
    asked, key = visit.key or "", guess.key
    lead = key_of(visit.origin.origin_path).strip("/")
    path = asked[len(lead) + 1 :] if lead else asked
    tail = key.endswith("/" + path)
    shown = evidence("s3:ListObjectsV2", f"{guess.bucket}/{key}", "listed")
    sure = guess.confidence if guess.sure else Confidence.POSSIBLE
    ahead = key.removesuffix("/" + path) if tail else ""
    if _other_environment(lead, path, ahead, asked, key):
        yield Found("object-in-other-prefix-env", OBJECT,
                    f"The object is {key}: it was put under another environment's prefix.",
                    shown, sure)  # fmt: skip
    elif tail and lead and not names_a_person(ahead):
        yield Found(
            "origin-path-wrong",
            OBJECT,
            f"The origin path is “/{lead}”, the object is under “{ahead}/”.",
            shown,
            sure,
        )
    elif tail and not lead and not names_a_person(ahead) and not _layout_lives(case, visit, path):
        yield Found("origin-path-missing", OBJECT,
                    f"The objects are under “{ahead}/”, which neither the URL nor an origin path "
                    "adds.", shown, sure)  # fmt: skip
    else:
        yield Found("key-prefix-legacy-format", OBJECT,
                    f"The object is {key}: the layout of keys is another one than the URL's.",
                    shown, sure)  # fmt: skip


def _other_environment(lead: str, path: str, ahead: str, asked: str, key: str) -> bool:
    """One folder names an environment, the other names another one."""
    here = environment(lead or asked.partition("/")[0])
    there = environment(ahead or key.partition("/")[0])
    if not there or here == there or there in {"old", "legacy", "archive", "backup"}:
        return False
    del path
    return there not in _MAIN and (not here or here in _MAIN)


def names_a_person(prefix: str) -> bool:
    """A prefix that names a person can't be an origin path."""
    return bool(owner_tokens(prefix + "/x") or _ids(prefix))


def _ids(prefix: str) -> frozenset[str]:
    """Ids in a prefix, without versions, years and release numbers."""
    plain = re.compile(r"^(v\d+|20\d\d|\d{1,2}|r\d+|release\d*|build\d*)$")
    return frozenset(token for token in id_tokens(prefix) if not plain.match(token))


def _layout_lives(case: Case, visit: Visit, path: str) -> bool:
    """Other objects do lie where this URL looks: so the mapping as such is right."""
    folder = path.rpartition("/")[0]
    if visit.bucket is None or not folder:
        return False
    return case.indexes.of(visit.bucket).any_below(folder)
