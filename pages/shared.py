"""Shared: own links, what colleagues share, drop boxes; for admins all links and the policy."""

from collections.abc import Callable

import streamlit as st

from core.model.identity import Permission
from core.ui import shares_policy, shares_view
from core.ui.frame import open_page

VIEWS = {
    "My links": shares_view.my_links,
    "Shared with me": shares_view.shared_with_me,
    "Shared by me": shares_view.shared_by_me,
    "Drop boxes": shares_view.drop_boxes,
}
ADMIN_VIEWS = {"All links": shares_view.all_links, "Policy": shares_policy.policy}


def main(views: dict[str, Callable[[], None]]) -> None:
    view = st.segmented_control(
        "View",
        list(views),
        default=next(iter(views)),
        required=True,
        key="view",
        bind="query-params",
        label_visibility="collapsed",
    )
    views[view or next(iter(views))]()


actor = open_page(Permission.MEDIA_READ)
main(VIEWS | ADMIN_VIEWS if actor.may(Permission.SHARES_MANAGE) else VIEWS)
