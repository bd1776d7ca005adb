"""The bytes that a file has and had: as versions, as objects, as what the next change leaves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from urllib.parse import quote

from core.model.changes import Difference
from core.model.media import FileVersion, MediaFile, ObjectRef
from core.model.object_names import keys

# CloudFront wants only what RFC 1738 calls unsafe to be encoded; browsers encode more.
_SAFE_BY_RFC_1738 = "/!*'(),$+;:@&="
_AS_BROWSERS_SEND = "/~"
BROWSERS_KEEP = (
    "It was replaced at the same address: browsers that have shown the old one may keep it for as "
    "long as a year."
)
_FIELDS = (
    *("name", "bucket", "key", "version_id", "etag", "size", "upload_size", "checksum"),
    *("content_type", "width", "height", "fingerprint", "renditions", "pristine"),
)


def version_of(file: MediaFile) -> FileVersion:
    """The current bytes as the version that they will be once others are there."""
    return FileVersion(
        number=file.revision,
        stored_at=file.stored_at or file.uploaded_at,
        stored_by=file.stored_by or file.owner_id,
        **{field: getattr(file, field) for field in _FIELDS},
    )


def with_bytes(
    file: MediaFile, fresh: FileVersion, by: str, now: datetime, previous: FileVersion | None = None
) -> MediaFile:
    """The file with other bytes: what it had becomes its newest earlier version.

    `previous` is what it had, where that had to be pinned first; then so is every earlier version
    that was put back and so has the same objects. The name stays the file's.
    """
    earlier = tuple(_pinned(one, previous) for one in file.versions) if previous else file.versions
    fields = {field: getattr(fresh, field) for field in _FIELDS if field != "name"}
    return file.model_copy(
        update={
            **fields,
            "revision": file.revision + 1,
            "versions": (*earlier, previous or version_of(file)),
            "stored_at": now,
            "stored_by": by,
            "changed_at": now,
            "changed_by": by,
            "notes": tuple(note for note in file.notes if note != BROWSERS_KEEP),
        }
    )


def _pinned(version: FileVersion, by: FileVersion) -> FileVersion:
    """What names an object without its version means the one that is there until it is covered."""
    pins = {ref.key: ref.version_id for ref in held_by(by)}

    def pin(key: str, version_id: str | None) -> dict[str, str | None]:
        return {"version_id": version_id or pins.get(key)}

    small = tuple(one.model_copy(update=pin(one.key, one.version_id)) for one in version.renditions)
    update = {"renditions": small} | pin(version.key, version.version_id)
    return version.model_copy(update=update)


def trimmed(file: MediaFile, keep: int, by: str) -> tuple[MediaFile, tuple[ObjectRef, ...]]:
    """The file without the oldest versions over `keep`, and the objects that nothing names then.

    Bytes that the owner put there push out any; those of others push out only versions of the same
    person, so that nobody who was let in can make the owner's work go.
    """
    mine = [one for one in file.versions if by in {file.owner_id, one.stored_by}]
    gone = mine[: max(0, len(file.versions) - keep)]
    if not gone:
        return file, ()
    numbers = {one.number for one in gone}
    left = tuple(one for one in file.versions if one.number not in numbers)
    kept = file.model_copy(update={"versions": left})
    return kept, unnamed((ref for one in gone for ref in held_by(one)), kept)


def unnamed(refs: Iterable[ObjectRef], file: MediaFile) -> tuple[ObjectRef, ...]:
    """Those that can be deleted without taking anything that the file names."""
    named = objects(file)
    return tuple(ref for ref in refs if not any(_same(ref, other) for other in named))


def _same(one: ObjectRef, other: ObjectRef) -> bool:
    """Whether deleting the one takes the other's bytes; without a version any may be meant."""
    versions = {one.version_id, other.version_id}
    return one.key == other.key and (None in versions or len(versions) == 1)


def shown_again(previous: FileVersion, file: MediaFile) -> Iterator[ObjectRef]:
    """What its addresses are to answer: as the record says by now, else as they did before."""
    named = set(keys(file))
    live = {ref.key: ref for ref in held_by(version_of(file)) if ref.version_id}
    shown = held_by(previous.model_copy(update={"pristine": None}))
    return (live.get(ref.key, ref) for ref in shown if ref.key in named)


def objects(file: MediaFile) -> tuple[ObjectRef, ...]:
    """Every object that the record names, those of earlier versions included."""
    held: tuple[MediaFile | FileVersion, ...] = (file, *file.versions)
    return tuple(ref for one in held for ref in held_by(one))


def held_by(held: MediaFile | FileVersion) -> Iterator[ObjectRef]:
    """The objects of one version: what is served, the smaller ones, the exact upload."""
    yield ObjectRef(
        bucket=held.bucket,
        key=held.key,
        version_id=held.version_id,
        etag=held.etag,
        size=held.size,
    )
    for small in held.renditions:
        yield ObjectRef(
            bucket=held.bucket, key=small.key, version_id=small.version_id, size=small.size
        )
    if held.pristine:
        yield held.pristine


def covered(file: MediaFile, version: FileVersion) -> bool:
    """Whether other bytes lie under one of the version's keys: then only S3 still has its own."""
    mine = {ref.key: ref.version_id for ref in held_by(version)}
    return any(ref.key in mine and ref.version_id != mine[ref.key] for ref in objects(file))


def reused(file: MediaFile, key: str) -> bool:
    """Whether the address had other bytes before, which browsers may have kept."""
    return len({ref.version_id for ref in objects(file) if ref.key == key}) > 1


def viewer_paths(keys: tuple[str, ...]) -> tuple[str, ...]:
    """The paths of these keys as an invalidation names them: exactly those, no wildcard.

    A key with rare characters has two, as browsers and as other programs may have asked for it.
    """
    forms = (path for key in keys for path in (_browsers(key), _plain(key)))
    return tuple(dict.fromkeys(forms))


def served_keys(file: MediaFile) -> tuple[str, ...]:
    return (file.key, *(small.key for small in file.renditions))


def differences(first: FileVersion, second: FileVersion) -> tuple[Difference, ...]:
    """In which things two versions differ, as people read it."""
    one, other = _words(first), _words(second)
    return tuple(
        Difference(what=what, first=one[what], second=other[what])
        for what in one
        if one[what] != other[what]
    )


def _words(version: FileVersion) -> dict[str, str]:
    known = version.width is not None and version.height is not None
    return {
        "name": version.name,
        "size": f"{version.size:,} bytes",
        "type": version.content_type,
        "dimensions": f"{version.width} \u00d7 {version.height}" if known else "",
        "checksum": version.checksum,
        "when": f"{version.stored_at:%Y-%m-%d %H:%M} UTC",
        "who": version.stored_by,
    }


def _browsers(key: str) -> str:
    return "/" + quote(key, safe=_AS_BROWSERS_SEND)


def _plain(key: str) -> str:
    last_star = key.endswith("*")  # would be a wildcard
    plain = quote(key, safe=_SAFE_BY_RFC_1738).replace("~", "%7E")
    return "/" + (plain[:-1] + "%2A" if last_star else plain)
