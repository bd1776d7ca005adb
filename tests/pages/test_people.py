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
