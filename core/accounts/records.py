"""What goes in and out of this room besides accounts and sessions."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from core.model.base import Noun, UtcTime
from core.model.identity import PASSWORD_PATH, Account, Session
from core.model.preferences import PageSize, StartPage, Theme


class SignIn(Noun):
    """The only moment at which the token of a session exists outside the person's browser."""

    token: str = Field(repr=False)
    session: Session
    account: Account


class OneTimeLink(Noun):
    """A new password link; its token exists here and with whoever gets it."""

    token: str = Field(repr=False)
    expires_at: UtcTime

    @property
    def path(self) -> str:
        """On this site."""
        return f"{PASSWORD_PATH}?token={self.token}"


class PreferenceChanges(Noun):
    """Fields that are not set stay as they are."""

    theme: Theme = Theme.SYSTEM
    page_size: PageSize = 60
    time_zone: str = "UTC"
    start_page: StartPage = StartPage.HOME


class ProfileChanges(Noun):
    """Fields that are not set stay as they are; `date_of_birth=None` removes it."""

    username: str = ""
    full_name: str = ""
    gender: str = ""
    date_of_birth: date | None = None
    preferences: PreferenceChanges = PreferenceChanges()
