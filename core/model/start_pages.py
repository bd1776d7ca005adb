"""Where a person may land after signing in, by role. The screens themselves are the UI's."""

from __future__ import annotations

from core.model.identity import ROLE_PERMISSIONS, Account, Permission, Role
from core.model.preferences import StartPage

NEEDS: dict[StartPage, Permission | None] = {
    StartPage.HOME: None,
    StartPage.UPLOAD: Permission.MEDIA_UPLOAD,
    StartPage.LIBRARY: Permission.MEDIA_READ,
    StartPage.PROGRESS: Permission.MEDIA_UPLOAD,
    StartPage.DOCTOR: Permission.URL_DIAGNOSE,
    StartPage.AUDIT: Permission.URL_DIAGNOSE,
    StartPage.USAGE: Permission.USAGE_READ,
    StartPage.COSTS: Permission.COSTS_READ,
    StartPage.PEOPLE: Permission.PEOPLE_MANAGE,
}


def open_to(page: StartPage, role: Role) -> bool:
    needed = NEEDS[page]
    return needed is None or needed in ROLE_PERMISSIONS[role]


def path(account: Account) -> str:
    """Home for whoever has lost the right to what they chose."""
    page = account.preferences.start_page
    home = page is StartPage.HOME or not open_to(page, account.role)
    return "/" if home else f"/{page.value}"
