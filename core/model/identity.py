"""Who acts and what they may do. Code asks for a permission, never for a role."""

from __future__ import annotations

import unicodedata
from datetime import date
from enum import StrEnum
from typing import Any

from pydantic import Field, model_validator

from core.errors import NotAllowed
from core.model.base import Noun, UtcTime
from core.model.preferences import Preferences

SESSION_COOKIE = "dashboard_session"
PASSWORD_PATH = "/session/password"  # noqa: S105  # where a one-time password link leads


class Role(StrEnum):
    MEMBER = "member"
    SUPPORT = "support"
    ADMIN = "admin"


class Permission(StrEnum):
    """`resource:action`, kept in alphabetical order."""

    COSTS_READ = "costs:read"
    MEDIA_MANAGE = "media:manage"  # change files of other people
    MEDIA_READ = "media:read"
    MEDIA_READ_ALL = "media:read_all"  # read files of other people
    MEDIA_UPLOAD = "media:upload"
    PEOPLE_MANAGE = "people:manage"
    SETTINGS_READ = "settings:read"
    SHARES_MANAGE = "shares:manage"  # see and end every link, set the rules for new ones
    URL_APPROVE = "url:approve"  # let a proposed repair be applied
    URL_DIAGNOSE = "url:diagnose"
    URL_REPAIR = "url:repair"
    USAGE_READ = "usage:read"


_MEMBER = frozenset({Permission.MEDIA_READ, Permission.MEDIA_UPLOAD})
_SUPPORT = _MEMBER | {Permission.MEDIA_READ_ALL, Permission.URL_DIAGNOSE, Permission.URL_REPAIR}

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.MEMBER: _MEMBER,
    Role.SUPPORT: frozenset(_SUPPORT),
    Role.ADMIN: frozenset(Permission),
}


class Actor(Noun):
    """The signed-in person on whose behalf a service acts."""

    account_id: str
    role: Role
    session_id: str = ""
    email: str = ""
    username: str = ""
    avatar_key: str = ""
    preferences: Preferences = Preferences()

    def may(self, permission: Permission) -> bool:
        return permission in ROLE_PERMISSIONS[self.role]

    def require(self, permission: Permission) -> None:
        """Raise `NotAllowed` unless the actor's role grants `permission`."""
        if not self.may(permission):
            raise NotAllowed(
                f"This needs {permission.value}, which the role {self.role.value} lacks.",
                hint="An admin can change your role on the People page.",
            )


# What the fields were called where a picture's address was stored instead of its key.
_OLD_AVATARS = ("profileImageUrl", "profile_image_url", "avatarUrl", "avatar_url")


class Account(Noun):
    """A person's account without anything secret; the password hash lives in `Credential`.

    `avatar_key` is a key of the media bucket; in old records also a whole URL.
    """

    id: str
    email: str
    username: str
    role: Role
    created_at: UtcTime
    full_name: str = ""
    gender: str = ""
    date_of_birth: date | None = None
    disabled: bool = False
    invited: bool = False  # has no password yet
    last_sign_in_at: UtcTime | None = None
    avatar_key: str = ""
    preferences: Preferences = Preferences()
    password_changed_at: UtcTime | None = None  # sessions of an older password count no longer

    @model_validator(mode="before")
    @classmethod
    def _old_avatar(cls, data: Any) -> Any:
        """An empty value never hides a picture that stands under another name."""
        if not isinstance(data, dict) or not set(_OLD_AVATARS) & data.keys():
            return data
        kept = {name: value for name, value in data.items() if name not in _OLD_AVATARS}
        stored = (kept.get("avatar_key"), *(data.get(name) for name in _OLD_AVATARS))
        return kept | {"avatar_key": next((value for value in stored if value), "")}


class Session(Noun):
    """One sign-in. `id` is the SHA-256 of the token: a stolen table signs nobody in."""

    id: str
    account_id: str
    created_at: UtcTime
    expires_at: UtcTime
    last_seen_at: UtcTime
    device: str = ""
    address: str = ""
    credential_at: UtcTime | None = None  # when the password was set that this session began with


def normal_email(text: str) -> str:
    """The one spelling under which an address is filed."""
    readable = text.encode("utf-8", "replace").decode()  # JSON can carry half a character
    return unicodedata.normalize("NFKC", readable).strip().casefold()


class AuditEvent(Noun):
    """Who did what to which thing, when. `details` never holds secrets."""

    id: str
    at: UtcTime
    action: str  # `noun.verb`, such as `session.created` or `file.trashed`
    actor_id: str = ""  # empty where nobody is signed in
    subject: str = ""  # `kind/id`
    address: str = ""
    details: dict[str, str] = Field(default_factory=dict)
