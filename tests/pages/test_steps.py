"""The tabs of a page stand in its address, as steps of the browser's history."""

import pytest

from core.model.identity import Role


@pytest.fixture
def admin(enter):
    return enter(Role.ADMIN)


def tab(page):
    return page.segmented_control(key="view")


def test_a_tab_that_is_chosen_is_written_into_the_address(admin, visit):
    page = visit("people")
    tab(page).set_value("Events").run()
    assert page.query_params["view"] == "Events"
    tab(page).set_value("Accounts").run()
    assert "view" not in page.query_params


def test_the_address_leads_as_after_a_step_back(admin, visit):
    page = visit("people", view="Events")
    assert tab(page).value == "Events"
    page.query_params.clear()
    page.run()
    assert tab(page).value == "Accounts"


def test_a_tab_that_nobody_knows_is_the_first(admin, visit):
    assert tab(visit("people", view="Nonsense")).value == "Accounts"
    assert tab(visit("shared", view="Policy")).value == "Policy"


def test_a_member_reaches_no_tab_of_admins_by_its_address(enter, visit):
    enter(Role.MEMBER)
    assert tab(visit("shared", view="Policy")).value == "My links"


def test_a_url_that_was_typed_and_one_that_was_taken_back(admin, visit):
    page = visit("doctor")
    page.text_input(key="url").input("https://nowhere.cloudfront.net/a.jpg").run()
    assert page.query_params["url"] == "https://nowhere.cloudfront.net/a.jpg"
    page.query_params.clear()
    page.run()
    assert page.text_input(key="url").value == ""
