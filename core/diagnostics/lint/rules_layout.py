"""X22 and X23: keys that tell no owner, and two layouts that live side by side."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from core.diagnostics import facts
from core.diagnostics.lint.document import Spot, brief
from core.diagnostics.lint.from_snapshot import record_spot, records
from core.diagnostics.lint.registry import Outcome, found, rule
from core.diagnostics.lint.scene import KeyAt, Scene

_PERSON = r"(?:user|account|member|owner|customer|tenant|profile|author|client)"
_PERSON_ROW = re.compile(rf"\b{_PERSON}s?[#:/|]", re.IGNORECASE)
_OWNER_HOLE = re.compile(rf"[{{<$][\w$ {{-]*{_PERSON}[\w-]*[}}>]?", re.IGNORECASE)
_ID = re.compile(r"^(?=.*\d)[\w-]{3,}$|^[0-9a-f-]{8,}$|[{<$]|@|^\.\.\.$", re.IGNORECASE)
_MAPPED = (
    r"\b(?:owner(?:ship)?|mapping)\s+(?:table|index|map|record|attribute)|\bmaps?\b.{0,40}\bowner|"
    r"\bowner\w*\b.{0,30}\b(?:in|by)\s+(?:the\s+)?(?:table|dynamodb|database|record)"
)


# --- X22 ------------------------------------------------------------------------------------


@rule("account")
def no_owner(scene: Scene) -> Iterator[Outcome]:
    """Only a row says who owns an object, so only rows are judged."""
    snapshot = scene.snapshot
    without: list[Spot] = []
    example = ("", "")
    for record in records(snapshot) if snapshot else ():
        row = record.db_record or {}
        owner = facts.owner_id(record)
        if not _PERSON_ROW.search(str(row.get("pk") or "")) or len(owner) < 3:
            continue
        for stored in facts.stored(record):
            key = str(stored.value)
            if stored.kind == "key" and "/" in key and owner not in key.lower():
                without.append(record_spot(record, stored.name, key))
                example = example if example[0] else (key, owner)
    if without:
        yield found(
            "X22",
            f"The key {example[0]} of {example[1]} does not name its owner: no prefix can "
            f"be allowed "
            f"or billed per person ({len(without)} of the known records).",
            *without[:4],
        )  # fmt: skip


@rule("document")
def flat(scene: Scene) -> Iterator[Outcome]:
    document = scene.document
    if document is None or not document.is_about_delivery or document.mentions(_MAPPED):
        return
    said = document.first(
        r"\bflat\s+(?:key\s+|folder\s+|s3\s+)?(?:structure|layout|folder|namespace|keys?|prefix|hierarchy|naming)"
    )
    pair = _lost_owner(scene.keys)
    if said is None and pair is None:
        return
    spots = [document.spot(said.line)] if said else []
    was = f" ({pair[0].key} became {pair[1].key})" if pair else ""
    yield found(
        "X22",
        f"A flat layout{was} leaves the owner out of the key: no right can be given and no cost be "
        "told per person.",
        *spots, *(k.spot for k in pair or ()),
    )  # fmt: skip


def _lost_owner(keys: tuple[KeyAt, ...]) -> tuple[KeyAt, KeyAt] | None:
    """A layout with the owner in it and the same layout without."""
    for key in keys:
        if not _OWNER_HOLE.search(key.key):
            continue
        for other in keys:
            if key.folder.endswith("/" + other.folder) and not _OWNER_HOLE.search(other.key):
                return key, other
    return None


# --- X23 ------------------------------------------------------------------------------------


@rule("account")
def two_layouts(scene: Scene) -> Iterator[Outcome]:
    """users/{id}/photos/x beside photos/x: one last folder, with and without what is before it."""
    counts: dict[tuple[str, str], int] = defaultdict(int)
    sample: dict[tuple[str, str], KeyAt] = {}
    for key in scene.keys:
        if key.role == "listed" and key.folder and key.name:
            counts[key.bucket, key.folder] += 1
            sample.setdefault((key.bucket, key.folder), key)
    older: dict[tuple[str, str], list[str]] = defaultdict(list)
    for bucket, folder in counts:
        segments = folder.split("/")
        for at in range(1, len(segments)):
            short = "/".join(segments[at:])
            if (bucket, short) in counts and any(_ID.search(s) for s in segments[:at]):
                older[bucket, short].append(folder)
    for (bucket, short), long in older.items():
        first = sample[bucket, long[0]]
        pattern = "/".join("{id}" if _ID.search(s) else s for s in long[0].split("/"))
        yield found(
            "X23",
            f"{bucket} holds {counts[bucket, short]:,} keys as {short}/… and "
            f"{sum(counts[bucket, one] for one in long):,} as {pattern}/…: every reader and every "
            "delete has to know both.",
            sample[bucket, short].spot, first.spot,
        )  # fmt: skip


@rule("document")
def both_formats(scene: Scene) -> Iterator[Outcome]:
    document = scene.document
    ending = (
        r"\b(?:until|countdown|left|remaining|zero)\b.{0,40}\b(?:none|legacy|old|0|zero|migrat\w*)"
    )
    if document is None or not document.is_about_delivery or document.mentions(ending):
        return
    hit = document.first(
        r"\b(?:handl|support|accept|recogni|deal|cop|work|tr(?:y|ies)|fall|look|check|read|delet)\w*\b"
        r".{0,40}\b(?:both|either|two|old and (?:the )?new|new and (?:the )?old|legacy and \w+)\b"
        r".{0,20}\b(?:formats?|layouts?|schemes?|patterns?|paths?|keys?|locations?|prefixes)\b"
    )
    if hit is not None:
        shown = [k.spot for k in _pair_of_layouts(scene.keys)]
        yield found(
            "X23",
            f"“{brief(hit.line.text)}”: two key formats stay for ever, silently, because nobody "
            f"counts the "
            "old ones.",
            document.spot(hit.line), *shown,
        )  # fmt: skip


def _pair_of_layouts(keys: tuple[KeyAt, ...]) -> tuple[KeyAt, ...]:
    for key in keys:
        for other in keys:
            if other.folder and key.folder.endswith("/" + other.folder):
                return key, other
    return ()
