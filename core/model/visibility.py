"""Who may see and change a file: the one rule for every room that hands files out."""

from __future__ import annotations

from core.errors import NotFound
from core.model.identity import Actor, Permission
from core.model.media import MediaFile, Right


def visible(actor: Actor, file: MediaFile) -> MediaFile:
    """The file as this person may see it. Raises `NotFound` for other people's files."""
    if actor.account_id == file.owner_id:
        return file
    if file.right_of(actor.account_id) is None and not actor.may(Permission.MEDIA_READ_ALL):
        raise absent(file.id)
    return without_private_values(file, actor)


def changeable(actor: Actor, file: MediaFile) -> MediaFile:
    """The file itself, if this person may change it; `visible` decides what others get to know."""
    visible(actor, file)
    if actor.account_id != file.owner_id and file.right_of(actor.account_id) is not Right.EDIT:
        actor.require(Permission.MEDIA_MANAGE)
    return file


def removable(actor: Actor, file: MediaFile) -> MediaFile:
    """The file itself, if this person may trash, restore or delete it: a right to edit is less."""
    visible(actor, file)
    if actor.account_id != file.owner_id:
        actor.require(Permission.MEDIA_MANAGE)
    return file


def without_private_values(file: MediaFile, actor: Actor) -> MediaFile:
    """Removed metadata (places, serial numbers) is its owner's; others learn only which fields.

    Whom else the owner let in is told to those who may change every file.
    """
    removed = tuple(field.model_copy(update={"value": ""}) for field in file.removed)
    grants = file.grants
    if not actor.may(Permission.MEDIA_MANAGE):
        grants = tuple(grant for grant in grants if grant.account_id == actor.account_id)
    return file.model_copy(update={"removed": removed, "grants": grants})


def absent(id: str) -> NotFound:
    return NotFound(f"There is no file {id[:80]!r}.", hint="It may have been deleted.")
