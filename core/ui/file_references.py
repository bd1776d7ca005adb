"""Where the product itself refers to a file: links, people, albums, cases of the doctor, pictures
of people, progress photos.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

import streamlit as st

from core.errors import AwsUnavailable
from core.model.identity import Actor, Permission
from core.model.media import MediaFile, Right
from core.model.references import ObjectUser, UserKind
from core.model.saved_case import SavedCase
from core.model.sharing import OwnLink, ShareKind, TargetKind
from core.ui import faces, formats, parts, session
from core.ui.frame import show
from core.ui.markup import Child, Markup, join, tag
from core.ui.parts import Tone

_LINKS_READ = 300
_RIGHTS = {Right.VIEW: "may look", Right.EDIT: "may look and change"}


def section(actor: Actor, file: MediaFile) -> None:
    unfold = st.expander("Where it is used", key="drawer_references", on_change="rerun")
    if not unfold.open:
        return
    with unfold:
        found = join(_granted(actor, file), _links(actor, file), _cases(actor, file),
                     _users(actor, file))  # fmt: skip
        nothing = parts.note("No link, person or saved case of this site refers to it.")
        show(found or nothing)
        show(parts.note("Pages elsewhere that use its address are not known here."))


def _users(actor: Actor, file: MediaFile) -> Markup | None:
    """What has the same bytes, not a copy of them."""
    try:
        users = session.services().library.object_users(actor, file.id)
    except AwsUnavailable as error:
        return parts.note(f"{error.message} {error.hint}", Tone.WARN)
    rows = [_user(actor, one) for one in users]
    return parts.table(("Its object is also", "Of"), rows) if rows else None


def _user(actor: Actor, one: ObjectUser) -> tuple[Child, Child]:
    if one.kind is UserKind.AVATAR:
        return "a profile picture", faces.known(actor, one.id)
    if one.kind is UserKind.PROGRESS_PHOTO:
        day = f" of {one.day:%Y-%m-%d}" if one.day else ""
        return tag("a", f"a progress photo{day}", href="/progress"), "you"
    if not one.id:
        return "a file", "another member"
    return "a file", tag("a", one.name, href=f"/library?file={one.id}", class_="ui-break")


def _granted(actor: Actor, file: MediaFile) -> Markup | None:
    if not file.grants or file.owner_id != actor.account_id:
        return None
    people = session.services().shares.people(actor, file.id)
    rows = [(one.name or one.email, _RIGHTS[one.right]) for one in people]
    return parts.table(("Shared with", "Right"), rows) if rows else None


def _links(actor: Actor, file: MediaFile) -> Markup | None:
    if file.owner_id != actor.account_id:
        return None
    mine = session.services().shares.mine(actor, limit=_LINKS_READ).items
    return link_table([one for one in mine if leads_to(one, file)])


def leads_to(one: OwnLink, file: MediaFile) -> bool:
    """Whether the link shows this file; a folder shows all that lies below it."""
    target = one.link.target
    if one.link.kind is not ShareKind.VIEW:
        return False  # people send files through it and see none
    if target.kind is TargetKind.FILES:
        return file.id in target.file_ids
    if target.kind is TargetKind.ALBUM:
        return target.album_id in file.albums
    inside = f"{file.folder}/".startswith(f"{target.folder}/")
    return inside or not target.folder


def link_table(links: Iterable[OwnLink]) -> Markup | None:
    rows = [
        (
            tag("a", one.link.title or "A link", href="/shared"),
            one.state.value,
            formats.number(one.link.views),
            formats.number(one.link.downloads),
            parts.when(one.ending.at, session.now()),
        )
        for one in links
    ]
    head = ("Link", "State", "Opened", "Downloads", "Ends")
    return parts.table(head, rows, right=(2, 3)) if rows else None


def _cases(actor: Actor, file: MediaFile) -> Markup | None:
    """Saved cases whose URL ends in one of the file's keys."""
    if not actor.may(Permission.URL_DIAGNOSE):
        return None
    return case_table(case for case in session.services().cases.cases(actor).items
                      if names(case.url, file))  # fmt: skip


def names(url: str, file: MediaFile) -> bool:
    keys = {file.key, *(rendition.key for rendition in file.renditions)}
    path = url.partition("?")[0].partition("#")[0]
    return any(key and path.endswith((f"/{key}", f"/{quote(key)}")) for key in keys)


def case_table(cases: Iterable[SavedCase]) -> Markup | None:
    rows = [
        (
            tag("a", case.name, href=f"/doctor?case={case.id}", class_="ui-break"),
            case.summary.sentence if case.summary else "",
            parts.when(case.saved_at, session.now()),
        )
        for case in cases
    ]
    return parts.table(("Case of the doctor", "What it found", "Saved"), rows) if rows else None
