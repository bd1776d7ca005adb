"""What a link may be, when it ends and what it is worth now. Pure; raises `InvalidInput`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from core.errors import InvalidInput, NotFound
from core.model.names import clean_folder, plain_text, shorten
from core.model.sharing import (
    DropLimits,
    Ending,
    LinkState,
    ShareKind,
    ShareLink,
    SharePolicy,
    ShareTarget,
    TargetKind,
)
from core.shares.records import ShareRequest
from core.shares.words import counted, size

MOST_FILES = 500
MOST_DROPPED = 1000
MOST_DOWNLOADS = 100_000
SHORTEST_PASSWORD, LONGEST_PASSWORD = 8, 200
TITLE_LIMIT = 120
SHORTEST_LIFE = timedelta(minutes=1)
ADDRESS_LIFE = timedelta(minutes=5)  # a download begins at once; it may last longer
SINGLE_POST_LIMIT = 5 * 1024**3  # S3 takes no larger form


def ending(link: ShareLink, policy: SharePolicy) -> Ending:
    """When it really ends: a policy that became stricter also cuts the links made before."""
    longest = link.renewed_at + timedelta(days=policy.longest_days)
    if longest < link.expires_at:
        return Ending(at=longest, cut_by="policy")
    return Ending(at=link.expires_at, cut_by="link")


def over_since(link: ShareLink) -> datetime:
    """From when it is counted how long an ended link is kept; it may lie ahead.

    A policy that cuts it is left out: made milder, it would open the link again.
    """
    return min(link.revoked_at or link.expires_at, link.expires_at)


def stopped_because(link: ShareLink, policy: SharePolicy, *, owner_active: bool) -> str:
    """'' while nothing but its own end stops the link."""
    if not owner_active:
        return "The account of its owner is disabled."
    if policy.password_required and not link.has_password:
        return "Links need a password now. Give it one."
    if link.kind is ShareKind.DROP and not policy.drop_boxes:
        return "Drop boxes are switched off."
    return ""


def state_of(link: ShareLink, ends: datetime, stopped: str, now: datetime) -> LinkState:
    """At the second of its end a link has ended."""
    if link.revoked_at is not None:
        return LinkState.REVOKED
    if now >= ends:
        return LinkState.EXPIRED
    if stopped:
        return LinkState.STOPPED
    return LinkState.USED_UP if downloads_left(link) == 0 else LinkState.OPEN


def downloads_left(link: ShareLink) -> int | None:
    """None where there is no limit."""
    return None if link.max_downloads is None else max(0, link.max_downloads - link.downloads)


def address_life(ends: datetime, signer_ends: datetime | None, now: datetime) -> timedelta:
    """Of the signed address of one download: whole seconds, never beyond the link or its signer.

    Raises `NotFound` in the last second, of which no address could be made.
    """
    rest = min(ends, signer_ends or ends) - now
    if rest < timedelta(seconds=1):
        raise NotFound("This link is ending now.", hint="Ask the person who sent it for more time.")
    return min(ADDRESS_LIFE, timedelta(seconds=rest // timedelta(seconds=1)))


def checked_life(life: timedelta, policy: SharePolicy) -> timedelta:
    if life < SHORTEST_LIFE:
        raise InvalidInput("The link would end at once.", hint="Let it live for a minute or more.")
    if life > timedelta(days=policy.longest_days):
        raise InvalidInput(
            f"Links may live {counted(policy.longest_days, 'day')} at most.",
            hint="Choose an earlier end. It can be moved on later.",
        )
    return life


def checked_password(password: str, policy: SharePolicy) -> str:
    if not password and policy.password_required:
        raise InvalidInput("Links need a password here.", hint="Choose one and send it separately.")
    if password and not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise InvalidInput(
            f"The password has {counted(len(password), 'character')}.",
            hint=f"Use {SHORTEST_PASSWORD} to {LONGEST_PASSWORD}.",
        )
    return password


def checked_downloads(most: int | None) -> int | None:
    if most is not None and not 1 <= most <= MOST_DOWNLOADS:
        raise InvalidInput(
            f"{most} downloads are no limit that can be kept.",
            hint=f"Use 1 to {MOST_DOWNLOADS:,}, or none.",
        )
    return most


def checked_title(title: str) -> str:
    return shorten(plain_text(title), TITLE_LIMIT)


def called(kind: ShareKind, target: ShareTarget, names: Sequence[str]) -> str:
    """The title of a link that nobody gave one."""
    if kind is ShareKind.DROP:
        return "Files for me"
    if target.kind is TargetKind.FOLDER:
        return checked_title(target.folder.rpartition("/")[2])
    return checked_title(names[0]) if len(names) == 1 else f"{len(names)} files"


def checked_target(request: ShareRequest) -> ShareTarget:
    """Only what the kind of target needs is kept."""
    target = request.target
    if request.kind is ShareKind.DROP and target.kind is not TargetKind.FOLDER:
        raise InvalidInput("Files arrive in a folder.", hint="Name the folder of the drop box.")
    if target.kind is TargetKind.FOLDER:
        return _folder(request)
    if target.kind is TargetKind.ALBUM:
        if not target.album_id:
            raise InvalidInput("No album is named.", hint="Send the id of the album.")
        return ShareTarget(kind=TargetKind.ALBUM, album_id=target.album_id)
    ids = tuple(dict.fromkeys(target.file_ids))
    if not 1 <= len(ids) <= MOST_FILES:
        raise InvalidInput(
            f"A link to {len(ids)} files can't be made.",
            hint=f"Choose 1 to {MOST_FILES} files; a folder or an album may hold more.",
        )
    return ShareTarget(kind=TargetKind.FILES, file_ids=ids)


def _folder(request: ShareRequest) -> ShareTarget:
    folder = clean_folder(request.target.folder)
    if not folder and request.kind is ShareKind.VIEW:
        raise InvalidInput(
            "A link to everything can't be made.", hint="Choose a folder, or the files themselves."
        )
    return ShareTarget(kind=TargetKind.FOLDER, folder=folder)


def checked_drop(
    request: ShareRequest, policy: SharePolicy, largest_file: int
) -> DropLimits | None:
    """What the box may take in the end. `largest_file` is what uploads take at all, bytes."""
    if request.kind is not ShareKind.DROP:
        return None
    if not policy.drop_boxes:
        raise InvalidInput("Drop boxes are switched off here.", hint="An admin can allow them.")
    if request.drop is None:
        raise InvalidInput(
            "A drop box needs limits.", hint="Say how many files and bytes it takes."
        )
    limits = request.drop
    if not 1 <= limits.max_files <= MOST_DROPPED:
        raise InvalidInput(
            f"A drop box for {limits.max_files} files can't be made.",
            hint=f"Use 1 to {MOST_DROPPED:,} files.",
        )
    if not 1 <= limits.max_total_bytes <= policy.largest_drop_bytes:
        raise InvalidInput(
            f"A drop box takes {size(policy.largest_drop_bytes)} in total at most.",
            hint="Lower the limit, or make a second box.",
        )
    largest = min(largest_file, SINGLE_POST_LIMIT, limits.max_total_bytes)
    if limits.max_file_bytes < 1:
        raise InvalidInput("A file needs a byte at least.", hint="Raise the limit for one file.")
    return limits.model_copy(update={"max_file_bytes": min(limits.max_file_bytes, largest)})


def checked_policy(policy: SharePolicy) -> SharePolicy:
    """Domains in the one spelling in which addresses are compared with them."""
    domains = tuple(
        dict.fromkeys(filter(None, (d.strip().casefold().lstrip("@") for d in policy.domains)))
    )
    for domain in domains:
        if "@" in domain or any(mark.isspace() for mark in domain) or len(domain) > 253:
            raise InvalidInput(
                f"{domain[:80]!r} is not a domain.", hint="Write it as in example.com."
            )
    return policy.model_copy(update={"domains": domains})
