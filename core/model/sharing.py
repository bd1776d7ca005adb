"""Links that let people without an account see files or send some, and the rules admins set."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import Field

from core.model.base import Noun, UtcTime
from core.model.media import FileKind, Grant, Right

SHARE_PATH = "/s/"  # where a link's page is, followed by its token


class ShareKind(StrEnum):
    VIEW = "view"
    DROP = "drop"  # people send files through it and see none


class TargetKind(StrEnum):
    FILES = "files"
    FOLDER = "folder"  # with everything below, as it is when the link is opened
    ALBUM = "album"


class ShareTarget(Noun):
    """What a link shows; of a drop box, the folder in which files arrive ('' is the top)."""

    kind: TargetKind
    file_ids: tuple[str, ...] = ()
    folder: str = ""
    album_id: str = ""


class DropLimits(Noun):
    """What a drop box takes over its whole life. No `kinds`: any."""

    max_files: int
    max_file_bytes: int
    max_total_bytes: int
    kinds: tuple[FileKind, ...] = ()


class ShareLink(Noun):
    """A link without anything secret; the hash of its token lives in `ShareSecret`.

    `renewed_at` is when its owner last decided how long it lives: the policy counts from there.
    """

    id: str
    owner_id: str
    kind: ShareKind
    title: str
    target: ShareTarget
    created_at: UtcTime
    renewed_at: UtcTime
    expires_at: UtcTime
    has_password: bool = False
    max_downloads: int | None = None
    downloads: int = 0
    views: int = 0
    last_used_at: UtcTime | None = None
    revoked_at: UtcTime | None = None
    revoked_by: str = ""
    drop: DropLimits | None = None
    received_files: int = 0
    received_bytes: int = 0


class ShareSecret(Noun):
    """SHA-256 of the token, and the password's hash ('' where there is no password)."""

    share_id: str
    token_hash: str
    password_hash: str = Field("", repr=False)


class ShareByDate(Noun):
    """Files every link under its day of birth, for those who see all of them."""

    share_id: str
    created_at: UtcTime


class DropState(StrEnum):
    OPEN = "open"  # its bytes are reserved until `reserved_until`
    RECEIVED = "received"
    REFUSED = "refused"


class DroppedFile(Noun):
    """One file that somebody sends through a drop box; `id` is the upload's."""

    id: str
    share_id: str
    name: str
    size: int
    sender: str = ""
    state: DropState = DropState.OPEN
    at: UtcTime
    reserved_until: UtcTime


class SharePolicy(Noun):
    """What admins allow. Links made before are cut to it; no `domains`: any."""

    longest_days: int = Field(90, ge=1, le=3650)
    password_required: bool = False
    domains: tuple[str, ...] = ()
    drop_boxes: bool = True
    largest_drop_bytes: int = Field(20 * 1024**3, ge=1)


class LinkState(StrEnum):
    OPEN = "open"
    USED_UP = "used up"  # it still shows the files, and no more of them are handed out
    EXPIRED = "expired"
    REVOKED = "revoked"
    STOPPED = "stopped"  # by the policy, or because its owner's account is disabled


class Ending(Noun):
    """When a link really ends, and what decides it."""

    at: UtcTime
    cut_by: Literal["link", "policy"]


class OwnLink(Noun):
    """A link as its owner and admins see it. `path` is '' where it can't be shown again."""

    link: ShareLink
    state: LinkState
    ending: Ending
    path: str = Field("", repr=False)
    stopped_because: str = ""


class Person(Noun):
    """Somebody whom a file was shared with."""

    account_id: str
    email: str
    name: str
    right: Right


class Taking(Noun):
    """The rights on one file that somebody took from others, or gave up by leaving."""

    by: str
    at: UtcTime
    grants: tuple[Grant, ...]


class TakenRights(Noun):
    """What was taken last on a file, by each who did: they may undo it for a while."""

    file_id: str
    at: UtcTime  # the last one
    takings: tuple[Taking, ...]
