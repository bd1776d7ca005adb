from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.accounts import rules
from core.accounts.records import ProfileChanges
from core.errors import Conflict, InvalidInput
from core.model.identity import Account, Role

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def account(**fields) -> Account:
    base = {
        "id": "a1",
        "email": "ada@example.com",
        "username": "Ada",
        "role": Role.ADMIN,
        "created_at": NOW,
    }
    return Account(**{**base, **fields})


def test_an_email_has_one_spelling():
    assert rules.checked_email("  Ada.L@Example.COM ") == "ada.l@example.com"
    assert rules.checked_email("\uff21\uff24\uff21@example.com") == "ada@example.com"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ada",
        "ada@",
        "@example.com",
        "a@b@c.example",
        "a da@example.com",
        "ada@example",
        "ada@.example",
        "ada@example..com",
        "x" * 65 + "@example.com",
        "a@" + "x" * 250 + ".com",
        "a\u202eda@example.com",
        "a\x00@example.com",
        "a\ud800@example.com",
        "ada@example.com\n.evil",
    ],
)
def test_what_is_no_email_is_refused(text):
    with pytest.raises(InvalidInput, match="not an email"):
        rules.checked_email(text)


@given(st.text(max_size=400))
def test_any_text_is_an_email_in_normal_spelling_or_refused(text):
    try:
        email = rules.checked_email(text)
    except InvalidInput:
        return
    assert rules.checked_email(email) == email
    assert len(email.encode()) <= 254


@pytest.mark.parametrize(
    "text", ["bell\x07", "turn\u202earound", "zero\u200bwidth", "two\nlines", "\ufeffmark"]
)
def test_characters_that_hide_are_refused_in_names(text):
    with pytest.raises(InvalidInput, match="can't be seen"):
        rules.checked_text("username", text)


@pytest.mark.parametrize(
    "text",
    [
        "José",
        "李小龍",
        "👩\u200d🚀 Ada",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "<b>Ada</b>",
    ],
)
def test_names_of_all_scripts_are_kept_as_they_are(text):
    assert rules.checked_text("username", text) == text


def test_a_name_has_a_longest_length_and_may_be_required():
    assert rules.checked_text("full_name", "x" * 120)
    with pytest.raises(InvalidInput, match="121 characters"):
        rules.checked_text("full_name", "x" * 121)
    with pytest.raises(InvalidInput, match="username is empty"):
        rules.checked_text("username", "   ", required=True)


def test_only_the_fields_that_were_set_are_changed():
    changes = ProfileChanges(full_name=" Ada Lovelace ", date_of_birth=None)
    assert rules.checked_changes(changes, NOW) == {
        "full_name": "Ada Lovelace",
        "date_of_birth": None,
    }


def test_a_username_can_be_changed_but_not_removed():
    with pytest.raises(InvalidInput):
        rules.checked_changes(ProfileChanges(username=""), NOW)


@pytest.mark.parametrize("day", [date(1899, 12, 31), date(2026, 11, 21)])
def test_a_birthday_lies_between_1900_and_today(day):
    with pytest.raises(InvalidInput, match=day.isoformat()):
        rules.checked_changes(ProfileChanges(date_of_birth=day), NOW)


def test_today_is_a_possible_birthday():
    assert (
        rules.checked_changes(ProfileChanges(date_of_birth=NOW.date()), NOW)["date_of_birth"]
        == NOW.date()
    )


def test_the_roster_of_admins_follows_role_and_state():
    assert rules.admins_with(frozenset(), account()) == {"a1"}
    assert rules.admins_with(frozenset({"a1", "b2"}), account(role=Role.SUPPORT)) == {"b2"}
    assert rules.admins_with(frozenset({"a1", "b2"}), account(disabled=True)) == {"b2"}
    assert rules.admins_with(frozenset({"b2"}), account(role=Role.MEMBER)) == {"b2"}
    assert rules.admins_with(frozenset(), account(role=Role.MEMBER)) == frozenset()


@pytest.mark.parametrize("change", [{"role": Role.MEMBER}, {"disabled": True}])
def test_the_last_admin_stays(change):
    with pytest.raises(Conflict, match="last admin"):
        rules.admins_with(frozenset({"a1"}), account(**change))


def test_people_are_found_by_any_of_their_names():
    person = account(full_name="Ada Lovelace")
    for text in (" LOVE ", "@example", "ada", ""):
        assert rules.mentions(person, text)
    assert not rules.mentions(person, "grace")
