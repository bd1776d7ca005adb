"""The library's rules as functions of a file: what a change is, what the trash gives back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from core.errors import Conflict, InvalidInput
from core.model.identity import Actor, Permission
from core.model.library import FileChanges
from core.model.media import FileQuery, MediaFile
from core.model.names import NAME_LIMIT, clean_folder, plain_text, typed_name
from core.model.object_names import own_folders
from core.model.versions import objects

TAG_LIMIT = 20
TAG_LENGTH = 50


def scope(actor: Actor, query: FileQuery) -> FileQuery | None:
    """The query within what this person may see; None where that is nothing.

    Own files; with `shared_with` oneself those that others let one see.
    """
    if actor.may(Permission.MEDIA_READ_ALL) or query.shared_with == actor.account_id:
        return query
    if query.owner_id not in {None, actor.account_id}:
        return None
    return query.model_copy(update={"owner_id": actor.account_id})


def changed(file: MediaFile, changes: FileChanges) -> MediaFile:
    """Apply the changes. The name is what people read: key and URL stay as they are."""
    update: dict[str, object] = {}
    if changes.name is not None:
        update["name"] = _name(changes.name)
    if changes.folder is not None:
        update["folder"] = clean_folder(changes.folder)
    if changes.tags is not None:
        update["tags"] = _tags(changes.tags)
    return file.model_copy(update=update)


def retagged(file: MediaFile, tags: Iterable[str]) -> MediaFile:
    """Raise `InvalidInput` for too many tags, or too long ones."""
    return file.model_copy(update={"tags": _tags(tags)})


def stamped(before: MediaFile, after: MediaFile, account_id: str, now: datetime) -> MediaFile:
    """Who changed it when; nothing where nothing was changed."""
    if before == after:
        return after
    return after.model_copy(update={"changed_at": now, "changed_by": account_id})


def purge_at(file: MediaFile, trash_days: int) -> datetime | None:
    """From when on it is deleted for good; None for a file that is not in the trash."""
    return file.trashed_at + timedelta(days=trash_days) if file.trashed_at else None


def difference(before: MediaFile, after: MediaFile) -> dict[str, str]:
    """What the audit event tells: each changed field with its old and new value."""
    pairs = {
        "name": (before.name, after.name),
        "folder": (before.folder, after.folder),
        "tags": (", ".join(before.tags), ", ".join(after.tags)),
        "albums": (", ".join(before.albums), ", ".join(after.albums)),
    }
    return {field: f"{old!r} → {new!r}" for field, (old, new) in pairs.items() if old != new}


def restorable(file: MediaFile, trash_days: int, now: datetime) -> bool:
    """After `trash_days` the purge may be at work on the objects: what it began is not undone."""
    return file.trashed_at is None or now < file.trashed_at + timedelta(days=trash_days)


def restored(file: MediaFile, trash_days: int, now: datetime) -> MediaFile:
    if not restorable(file, trash_days, now):
        raise Conflict(
            f"{file.name} has been in the trash for more than {trash_days} days.",
            hint="It is being deleted for good. Upload it again.",
        )
    return file.model_copy(update={"trashed_at": None})


def trashed(file: MediaFile, now: datetime) -> MediaFile:
    return file if file.trashed_at else file.model_copy(update={"trashed_at": now})


def other_keys(file: MediaFile, bucket: str) -> tuple[str, ...]:
    """Keys in `bucket` that the record names outside its own folders, as older records do."""
    folders = own_folders(file.id)
    named = {ref.key for ref in objects(file) if ref.bucket == bucket}
    return tuple(sorted(key for key in named if key and not key.startswith(folders)))


def _name(raw: str) -> str:
    if len(raw) > NAME_LIMIT:
        raise InvalidInput(
            f"The name is {len(raw)} characters long.",
            hint=f"Use at most {NAME_LIMIT} characters.",
        )
    return typed_name(raw)


def clean_tags(raw: Iterable[str]) -> tuple[str, ...]:
    """Trimmed, lower case, each once, in the order given."""
    return tuple(dict.fromkeys(filter(None, (plain_text(tag).casefold() for tag in raw))))


def _tags(raw: Iterable[str]) -> tuple[str, ...]:
    tags = clean_tags(raw)
    if len(tags) > TAG_LIMIT or any(len(tag) > TAG_LENGTH for tag in tags):
        raise InvalidInput(
            "These are too many tags, or one is too long.",
            hint=f"Use at most {TAG_LIMIT} tags of at most {TAG_LENGTH} characters.",
        )
    return tags
