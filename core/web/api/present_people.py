"""People and progress photos as the answers show them: with addresses instead of keys."""

from __future__ import annotations

from core.errors import NotFound
from core.model.identity import Account, Actor
from core.model.progress import ProgressPhoto
from core.upload.service.avatars import AvatarService
from core.upload.service.progress import ProgressService
from core.web.api.access import Site
from core.web.api.schemas_accounts import AccountOut
from core.web.api.schemas_people import AvatarOut, PersonOut, PhotoOut, PreferencesOut


def person_out(account: Account, avatars: AvatarService, site: Site) -> PersonOut:
    found = avatars.address(account)
    return PersonOut(
        **AccountOut.model_validate(account).model_dump(),
        avatar_url=site.absolute(found.url) or None,
        avatar_small_url=site.absolute(found.small_url) or None,
        avatar_note=found.reason,
        preferences=PreferencesOut.model_validate(account.preferences),
    )


def avatar_out(account: Account, avatars: AvatarService, site: Site) -> AvatarOut:
    found = avatars.address(account)
    return AvatarOut(
        avatar_url=site.absolute(found.url), avatar_small_url=site.absolute(found.small_url)
    )


_SAME = (
    *("id", "taken_on", "uploaded_at", "size", "content_type", "width", "height", "note"),
    *("legacy", "deleted_at"),
)


def photo_out(photo: ProgressPhoto, caller: Actor, photos: ProgressService, site: Site) -> PhotoOut:
    """A picture that is gone does not hide its record, which can still be deleted."""
    facts = {name: getattr(photo, name) for name in _SAME}
    try:
        whole = photos.picture(caller, photo)
        small = photos.picture(caller, photo, small=True) if photo.thumbnail_key else whole
    except NotFound as gone:
        return PhotoOut(
            **facts, url=None, thumbnail_url=None, url_expires_at=None, problem=gone.message
        )
    return PhotoOut(
        **facts,
        url=site.absolute(whole.url),
        thumbnail_url=site.absolute(small.url),
        url_expires_at=whole.expires_at,
        problem="",
    )
