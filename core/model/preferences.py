"""What a person prefers to see. Every value has a default, so that old records stay readable."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from core.model.base import Noun


class Theme(StrEnum):
    """`SYSTEM` follows the browser."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class StartPage(StrEnum):
    """Screens that a person may land on after signing in."""

    HOME = "home"
    UPLOAD = "upload"
    LIBRARY = "library"
    PROGRESS = "progress"
    DOCTOR = "doctor"
    AUDIT = "audit"
    USAGE = "usage"
    COSTS = "costs"
    PEOPLE = "people"


PageSize = Literal[30, 60, 120]


class Preferences(Noun):
    """`time_zone` is an IANA name; times are kept in UTC and only shown in it."""

    theme: Theme = Theme.SYSTEM
    page_size: PageSize = 60
    time_zone: str = "UTC"
    start_page: StartPage = StartPage.HOME
