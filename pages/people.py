"""People: who has an account and which role, who is locked out, and who did what (admins)."""

from core.model.identity import Permission
from core.ui import parts, people_view
from core.ui.frame import open_page, show
from core.ui.steps import tabs

VIEWS = ("Accounts", "Events")


def main() -> None:
    show(
        parts.headline(
            "Who may do what",
            "Roles and sessions change at once, also in tabs that are open.",
        )
    )
    if tabs(VIEWS) == VIEWS[0]:
        people_view.accounts()
    else:
        people_view.events()


open_page(Permission.PEOPLE_MANAGE)
main()
