"""Shared: own links, what colleagues share, drop boxes; for admins all links and the policy."""

from collections.abc import Callable

from core.model.identity import Permission
from core.ui import shares_files, shares_policy, shares_view
from core.ui.frame import open_page
from core.ui.steps import tabs

VIEWS = {
    "My links": shares_view.my_links,
    "Shared with me": shares_files.shared_with_me,
    "Shared by me": shares_files.shared_by_me,
    "Drop boxes": shares_view.drop_boxes,
}
ADMIN_VIEWS = {"All links": shares_view.all_links, "Policy": shares_policy.policy}


def main(views: dict[str, Callable[[], None]]) -> None:
    views[tabs(views)]()


actor = open_page(Permission.MEDIA_READ)
main(VIEWS | ADMIN_VIEWS if actor.may(Permission.SHARES_MANAGE) else VIEWS)
