"""People by name with their picture beside it."""

from __future__ import annotations

from core.model.identity import Account, Actor, Permission
from core.ui import parts, session
from core.ui.markup import Child, Markup, tag


def portrait(url: str, initial: str) -> Markup:
    """The picture over the letter, which shows until it arrives and where it doesn't."""
    face = tag("img", src=url, alt="", decoding="async") if url else None
    return tag("span", initial, face, class_="ui-avatar", aria_hidden="true")


def of(person: Account | Actor, words: str = "") -> Markup:
    """`words` in the place of the name, such as "you"."""
    name = person.username or person.email
    url = session.services().avatars.address(person).small_url
    face = portrait(url, (name[:1] or "?").upper())
    return tag("span", face, tag("span", words or name, dir="auto"), class_="ui-who")


def known(actor: Actor, account_id: str) -> Child:
    """As far as this person may know who it is."""
    if account_id == actor.account_id:
        return of(actor, "you")
    if not actor.may(Permission.MEDIA_READ_ALL):
        return "another member"
    found = session.services().accounts.known(actor, (account_id,)).get(account_id)
    return of(found) if found else parts.mono(account_id, 28)
