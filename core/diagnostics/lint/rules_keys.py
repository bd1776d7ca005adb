"""X21, X25, X27: extensions, personal data and drift in keys."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from core.diagnostics.lint.registry import Outcome, found, rule, unchecked
from core.diagnostics.lint.scene import KeyAt, Scene
from core.model.lint import Severity

_MEDIA = re.compile(
    r"\.(?:jpe?g|png|gif|webp|avif|heic|svg|mp4|mov|webm|mp3|pdf|docx?|xlsx?|zip)$", re.IGNORECASE
)
_EXTENSION = re.compile(r"\.[A-Za-z][A-Za-z0-9]{0,7}$")
_HOLE = re.compile(r"\$?\{+[^}]*\}+|<[^>]*>|\.\.\.")
_ANY_NAME = re.compile(r"name|file\b|ext", re.IGNORECASE)
_EMAIL = re.compile(r"[\w.%+-]+(?:@|%40)[\w-]+(?:\.[\w-]+)+")
_EMAIL_HOLE = re.compile(r"[{<$][\w.$ {-]*e-?mail[\w.]*[}>]?", re.IGNORECASE)


# --- X21 ------------------------------------------------------------------------------------


@rule("anything")
def extensions(scene: Scene) -> Iterator[Outcome]:
    folders: dict[tuple[str, str], list[KeyAt]] = defaultdict(list)
    for key in scene.keys:
        if key.name and not key.name.startswith(".") and not _ends_in_any_name(key.name):
            bucket = key.bucket if scene.snapshot else ""
            folders[bucket, _HOLE.sub("{}", key.folder)].append(key)
    for (_, folder), keys in folders.items():
        bare = [k for k in keys if not _EXTENSION.search(k.name)]
        media = [k for k in keys if _MEDIA.search(k.name)]
        if folder and bare and media:
            yield found(
                "X21",
                f"Under {folder}/ there are keys without an extension ({bare[0].key}) and with one "
                f"({media[0].key}){_shares(scene, bare, keys)}: a URL of one form never finds the "
                "other, and S3 guesses no Content-Type.",
                bare[0].spot, media[0].spot,
            )  # fmt: skip


def _shares(scene: Scene, bare: list[KeyAt], keys: list[KeyAt]) -> str:
    return f", {len(bare):,} of {len(keys):,}" if scene.snapshot else ""


def _ends_in_any_name(name: str) -> bool:
    """`{id}-{filename}` may end in anything."""
    holes = _HOLE.findall(name)
    return bool(holes) and name.endswith(holes[-1]) and bool(_ANY_NAME.search(holes[-1]))


# --- X25 ------------------------------------------------------------------------------------


@rule("anything")
def personal_keys(scene: Scene) -> Iterator[Outcome]:
    personal = [k for k in scene.keys if _EMAIL.search(k.key) or _EMAIL_HOLE.search(k.key)]
    if personal:
        first = personal[0]
        many = f" ({len(personal):,} keys)" if scene.snapshot else ""
        yield found(
            "X25",
            f"The key {first.key}{many} holds an e-mail address: it stands in every URL, log and "
            "referrer, can't be changed with the account, and a + in it breaks the URL.",
            *_different(personal),
        )  # fmt: skip
    plus = [k for k in scene.keys if "+" in k.key and k not in personal]
    if plus:
        yield found(
            "X25",
            f"{len(plus):,} {'key holds' if len(plus) == 1 else 'keys hold'} a plus sign, such as "
            f"{plus[0].key}: S3 reads + in a URL as a space, so it has to be written %2B.",
            *_different(plus), severity=Severity.WARNING,
            repair="Write + as %2B in URLs, or choose keys without it.",
        )  # fmt: skip


def _different(keys: list[KeyAt]) -> list:  # type: ignore[type-arg]
    return [key.spot for key in list({k.key: k for k in keys}.values())[:4]]


# --- X27 ------------------------------------------------------------------------------------


@rule("anything")
def drift(scene: Scene) -> Iterator[Outcome]:
    """A record's key that no listing has, where a listed key is nearly the same."""
    listed = [k for k in scene.keys if k.role == "listed"]
    held = {k.key for k in listed}
    by_folder: dict[str, list[KeyAt]] = defaultdict(list)
    for key in listed:
        by_folder[key.folder].append(key)
    for record in scene.keys:
        if record.role != "record" or record.key.lstrip("/") in held or _HOLE.search(record.key):
            continue
        likes = [k for k in by_folder[record.folder] if _alike(k.name, record.name)]
        if not likes:
            continue
        if scene.snapshot is not None and not _complete(scene):
            yield unchecked(
                "X27", f"Whether {record.key} exists: a listing was not read to its end."
            )
            continue
        yield found(
            "X27",
            f"The record names {record.key}, the bucket holds {likes[0].key}: the file is "
            f"not found, "
            "and a delete misses it and still answers 204.",
            record.spot, likes[0].spot,
        )  # fmt: skip


def _complete(scene: Scene) -> bool:
    buckets = scene.snapshot.buckets if scene.snapshot else ()
    return bool(buckets) and all(b.listing_complete and b.read("objects") for b in buckets)


def _alike(one: str, other: str) -> bool:
    """The same first and last parts, but that one of the two has more between them."""
    mine, theirs = _parts(one), _parts(other)
    if mine[-2:] != theirs[-2:] or len(mine) < 3 or len(theirs) < 3:
        return False
    short, long = sorted((mine, theirs), key=len)
    return short[0] == long[0] and set(short) <= set(long) and len(long) - len(short) in {1, 2}


def _parts(name: str) -> list[str]:
    return [part for part in re.split(r"[-_.]", name.lower()) if part]
