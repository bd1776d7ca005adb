"""Who may open what: by the menu, by the page's own guard, and in fragments that rerun alone."""

# ruff: noqa: PLC0415  # a function that AppTest runs as a script carries its own imports
import logging
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.errors import NotAllowed
from core.model.identity import Role
from core.ui import frame, session
from tests.pages.conftest import shown

PAGES = Path(__file__).parents[2] / "pages"
ALLOWED = {
    Role.MEMBER: {"home", "upload", "library", "progress", "shared", "profile"},
    Role.SUPPORT: {"home", "upload", "library", "progress", "shared", "profile", "doctor", "audit"},
    Role.ADMIN: {
        "home",
        "upload",
        "library",
        "progress",
        "shared",
        "profile",
        "doctor",
        "audit",
        "people",
        "usage",
        "costs",
    },
}
EVERY_PAGE = sorted(ALLOWED[Role.ADMIN])


def test_every_page_in_the_folder_is_in_these_tests():
    assert sorted(path.stem for path in PAGES.glob("*.py") if path.stem != "__init__") == EVERY_PAGE


@pytest.mark.parametrize("name", EVERY_PAGE)
@pytest.mark.parametrize("role", list(Role))
def test_a_page_opens_for_those_who_may_and_for_nobody_else(enter, visit, role, name):
    enter(role)
    if name in ALLOWED[role]:
        assert "ui-problem" not in shown(visit(name))
    else:
        with pytest.raises(ValueError, match="Could not find a navigation page"):
            visit(name)


def menu_of():
    import streamlit as st

    from core.ui import navigation, session

    menu = navigation.menu(session.current_actor())
    pages = [page for section in menu.values() for page in section]
    st.session_state["listed"] = {p.title for p in pages if p.visibility == "visible"}


@pytest.mark.parametrize("role", list(Role))
def test_the_menu_lists_what_the_role_may_open_and_nothing_else(enter, role):
    enter(role)
    app = AppTest.from_function(menu_of).run()
    assert app.session_state["listed"] == {name.title() for name in ALLOWED[role] - {"profile"}}


def refused_address():
    from core.ui import frame, navigation

    screen = next(screen for screen in navigation.SCREENS if screen.name == "people")
    with frame.boundary():
        navigation.refusal(screen)._page()


def test_the_address_of_a_page_that_the_role_lacks_says_what_is_missing(enter):
    enter(Role.MEMBER)
    app = AppTest.from_function(refused_address).run()
    assert not app.exception
    assert "This needs people:manage, which the role member lacks." in shown(app)
    assert "An admin can change your role on the People page." in shown(app)


def page_alone(path):
    import runpy

    from core.ui.frame import boundary

    with boundary():
        runpy.run_path(path)


@pytest.mark.parametrize(
    ("role", "name"),
    [(role, name) for role in Role for name in EVERY_PAGE if name not in ALLOWED[role]],
)
def test_the_page_itself_refuses_where_the_menu_is_passed_by(enter, role, name):
    enter(role)
    app = AppTest.from_function(page_alone, args=(str(PAGES / f"{name}.py"),)).run()
    html = shown(app)
    assert html.startswith('<section class="ui-problem"')
    assert html.count("<section") == 1
    assert f"This needs {wanted(name)}, which the role {role.value} lacks." in html


def wanted(name):
    return {
        "doctor": "url:diagnose",
        "audit": "url:diagnose",
        "people": "people:manage",
        "usage": "usage:read",
        "costs": "costs:read",
    }[name]


def test_without_a_session_there_is_no_page_and_no_menu(desk, visit, monkeypatch):
    monkeypatch.setattr(session, "token", lambda: None)
    html = shown(visit())
    assert "You are signed out." in html
    assert 'href="/session/sign-in?next=' in html
    assert "ui-stats" not in html


def test_a_revoked_session_ends_an_open_tab_at_its_next_run(desk, enter, add, visit):
    ada = enter(Role.MEMBER)
    add("f1", ada)
    page = visit()
    assert "beach.jpg" in shown(page)
    desk.accounts.sign_out(ada)
    page.run()
    assert "You are signed out." in shown(page)
    assert "beach.jpg" not in shown(page)


def lone_fragments():
    from core.ui import (
        library_view,
        people_view,
        preferences_view,
        profile_view,
        progress_view,
        sessions_view,
        upload_view,
    )

    library_view.browse()
    people_view.accounts()
    people_view.events()
    profile_view.picture()
    profile_view.details()
    preferences_view.preferences()
    sessions_view.sessions()
    progress_view.photos()
    upload_view.recent()


def test_fragments_that_rerun_alone_show_nothing_of_a_revoked_session(desk, enter, add):
    root = enter(Role.ADMIN, "Root")
    add("f1", root)
    app = AppTest.from_function(lone_fragments, default_timeout=20).run()
    assert not app.exception
    assert app.dataframe
    desk.accounts.sign_out(root)
    app.run()
    assert shown(app).count("You are signed out.") == 9
    assert "beach" not in shown(app)
    assert not app.dataframe
    assert not app.text_input


def test_a_fragment_refuses_a_role_that_was_taken_away_meanwhile(desk, enter):
    enter(Role.MEMBER)

    def people():
        from core.ui import people_view

        people_view.accounts()

    app = AppTest.from_function(people, default_timeout=20).run()
    assert "This needs people:manage, which the role member lacks." in shown(app)
    assert "An admin can change your role on the People page." in shown(app)
    assert not app.dataframe


def failing():
    from core.ui.frame import boundary

    with boundary():
        raise RuntimeError("arn:aws:s3:::secret-bucket")


def test_an_unforeseen_error_shows_a_reference_and_nothing_else(caplog):
    with caplog.at_level(logging.ERROR):
        app = AppTest.from_function(failing).run()
    html = shown(app)
    reference = html.partition("Reference ")[2][:8]
    assert "secret-bucket" not in html
    assert not app.exception
    assert reference in caplog.text
    assert "secret-bucket" in caplog.text


def test_a_refusal_names_the_permission_and_who_can_grant_it():
    error = NotAllowed("This needs costs:read, which the role member lacks.")
    assert frame._hint(error) == "An admin can change your role on the People page."
