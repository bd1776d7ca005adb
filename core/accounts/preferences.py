"""Which preferences can be kept: a time zone that exists, a start page that the role may open."""

from __future__ import annotations

import zoneinfo
from functools import cache

from core.errors import InvalidInput
from core.model.identity import Role
from core.model.preferences import Preferences
from core.model.start_pages import open_to


@cache
def time_zones() -> tuple[str, ...]:
    """IANA's names of places, and UTC; not its old abbreviations, which hide summer time."""
    known = zoneinfo.available_timezones()
    places = sorted(name for name in known if "/" in name and not name.startswith(_NOT_PLACES))
    return ("UTC", *places)


_NOT_PLACES = ("Etc/", "SystemV/", "posix/", "right/", "US/")


def check(wanted: Preferences, role: Role) -> None:
    """Raise `InvalidInput` for what could not be kept."""
    if wanted.time_zone not in time_zones():
        raise InvalidInput(
            f"{wanted.time_zone[:80]!r} is not a time zone.",
            hint="Use an IANA name, such as Europe/Berlin or UTC.",
        )
    if not open_to(wanted.start_page, role):
        raise InvalidInput(
            f"The role {role.value} can't open the page {wanted.start_page.value}.",
            hint="Choose a page that stands in your menu.",
        )
