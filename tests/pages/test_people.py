import re
from datetime import date
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from core.model.identity import Role
from core.ui import people_view, session
from tests.pages.conftest import PASSWORD, shown


@pytest.fixture
def town(desk, enter):
    bob = desk.accounts.register("bob@example.com", PASSWORD, "**Bob** <b>")
    return SimpleNamespace(bob=bob, root=enter(Role.ADMIN, "Root"))


def act_on():
    """What the page does once a row is selected; AppTest can't click into a table."""
    import streamlit as st  # noqa: PLC0415

    from core.ui import people_view, session  # noqa: PLC0415

    actor = session.current_actor()
    people = session.services().accounts.people(actor).items
    account = next(p for p in people if p.email == st.session_state["email"])
    people_view.account_actions(actor, account)


@pytest.fixture
def actions():
    app = AppTest.from_function(act_on, default_timeout=20)
    app.session_state["email"] = "bob@example.com"
    return app


def test_the_table_lists_accounts_with_role_and_state(town, visit):
    table = visit("people").dataframe[0].value
    assert sorted(table["Email"]) == ["bob@example.com", "root@example.com"]
    assert set(table["Role"]) == {"member", "admin"}
    assert set(table["State"]) == {"active"}


def test_search_finds_by_name_and_says_when_nobody_is_found(town, visit):
    page = visit("people", who="bob")
    assert list(page.dataframe[0].value["Email"]) == ["bob@example.com"]
    page.text_input(key="who").input("nobody here").run()
    assert "Nobody found" in shown(page)


def test_events_of_the_month_can_be_read(town, visit):
    page = visit("people", view="Events")
    table = page.dataframe[0].value
    assert "session.created" in set(table["What"])
    assert "root@example.com" in set(table["Subject"])


def test_an_admin_changes_a_role(town, actions, desk):
    actions.run()
    assert actions.button(key="change_role").disabled
    actions.selectbox(key=f"role_{town.bob.id}").select(Role.SUPPORT).run()
    actions.button(key="change_role").click().run()
    assert desk.accounts.people(town.root, text="bob").items[0].role is Role.SUPPORT


def test_an_admin_disables_an_account_and_enables_it_again(town, actions, desk):
    actions.run()
    actions.button(key="set_disabled").click().run()
    assert desk.accounts.people(town.root, text="bob").items[0].disabled
    assert actions.button(key="set_disabled").label == "Enable account"
    actions.button(key="set_disabled").click().run()
    assert not desk.accounts.people(town.root, text="bob").items[0].disabled


def test_an_admin_ends_every_session_of_an_account(town, actions, desk):
    token = desk.accounts.sign_in("bob@example.com", PASSWORD).token
    actions.run()
    actions.button(key="revoke_all").click().run()
    assert desk.accounts.actor_for_cookie(token) is None


def add_person():
    """The dialog as it stays open; a whole run of the page, as AppTest does, would close it."""
    from core.ui import password_links  # noqa: PLC0415

    password_links.add_person()


@pytest.fixture
def dialog():
    return AppTest.from_function(add_person, default_timeout=20)


def test_the_page_opens_the_dialog_to_add_a_person(town, visit):
    page = visit("people")
    page.button(key="add_person").click().run()
    assert field(page, "Email").value == ""


def test_an_admin_adds_a_person_and_sees_the_link_once(town, dialog, visit, desk):
    fill(dialog.run(), "eve@example.com", Role.SUPPORT)
    token = link_on(dialog)
    (eve,) = desk.accounts.people(town.root, text="eve").items
    assert (eve.username, eve.role, eve.invited) == ("**Eve** <b>", Role.SUPPORT, True)
    assert desk.accounts.password_link_holder(token) == eve
    assert re.search(r"once, until \d{4}-\d\d-\d\d \d\d:\d\d UTC", shown(dialog))
    assert "?token=" not in shown(dialog.run())
    assert "invited" in set(visit("people").dataframe[0].value["State"])


def test_a_person_who_can_t_be_added_is_said_in_the_dialog(town, dialog):
    fill(dialog.run(), "BOB@example.com", Role.MEMBER)
    assert "already has an account" in shown(dialog)
    assert "?token=" not in shown(dialog)
    assert field(dialog, "Email").value == "BOB@example.com"


def test_the_dialog_adds_nobody_for_a_member(desk, enter, dialog):
    enter(Role.MEMBER)
    fill(dialog.run(), "eve@example.com", Role.ADMIN)
    assert "needs people:manage" in shown(dialog)
    assert desk.accounts._records.emails.find("eve@example.com") is None


def fill(dialog, email, role):
    field(dialog, "Email").input(email)
    field(dialog, "Name").input("**Eve** <b>")
    dialog.selectbox[0].select(role)
    press(dialog, "Add and make a link")


def test_an_admin_makes_a_new_password_link(town, actions, desk):
    actions.run()
    actions.button(key="password_link").click().run()
    assert desk.accounts.password_link_holder(link_on(actions)) == town.bob
    assert "bob@example.com" in shown(actions)
    desk.accounts.set_disabled(town.root, town.bob.id, True)
    assert actions.run().button(key="password_link").disabled


def link_on(page):
    return re.search(r"http://\S+/session/password\?token=([\w.-]+)", shown(page))[1]


def test_names_of_accounts_are_never_markup(town, actions):
    assert "**Bob** &lt;b&gt;" in shown(actions.run())


def test_months_go_back_over_the_turn_of_the_year():
    assert people_view.months(date(2026, 2, 1), 3) == ("2026-02", "2026-01", "2025-12")


def test_a_person_sees_where_they_are_signed_in_and_ends_another_session(desk, enter, visit):
    ada = enter(Role.MEMBER)
    other = desk.accounts.sign_in("ada@example.com", PASSWORD, device="Old phone")
    page = visit("profile")
    assert "Old phone" in shown(page)
    assert "this one" in shown(page)
    page.button(key=f"end_{other.session.id}").click().run()
    assert desk.accounts.actor_for_cookie(other.token) is None
    assert session.current_actor() == ada


def test_a_person_changes_name_and_password(desk, enter, visit):
    ada = enter(Role.MEMBER)
    page = visit("profile")
    field(page, "Name").input("Ada L.")
    press(page, "Save profile")
    assert desk.accounts.profile(ada).username == "Ada L."
    new = "granite-otter-lantern-quill"
    field(page, "Current password").input(PASSWORD)
    field(page, "New password").input(new)
    field(page, "New password, again").input(new + "x")
    press(page, "Change password")
    assert "The two new passwords differ." in shown(page)
    field(page, "Current password").input(PASSWORD)
    field(page, "New password").input(new)
    field(page, "New password, again").input(new)
    press(page, "Change password")
    assert desk.accounts.sign_in("ada@example.com", new).account.id == ada.account_id


def field(page, label):
    return next(field for field in page.text_input if field.label == label)


def press(page, label):
    next(button for button in page.button if button.label == label).click().run()
