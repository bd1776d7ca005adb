from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest

from core.accounts.records import ProfileChanges
from core.errors import (
    Conflict,
    InvalidInput,
    NotAllowed,
    NotFound,
    NotSignedIn,
    TooManyAttempts,
)
from core.model.identity import Role
from tests.accounts.conftest import KEY, PASSWORD, actions, enter, fail, make_service

pytestmark = pytest.mark.usefixtures("cheap_passwords")

NEW_PASSWORD = "copper-lantern-yodel-basin"


# One's own account


def test_the_profile_shows_and_changes_ones_own_account(accounts, member):
    changes = ProfileChanges(
        full_name="Ada Lovelace", gender="female", date_of_birth=date(1815 + 100, 12, 10)
    )
    accounts.update_profile(member, changes)
    profile = accounts.profile(member)
    assert (profile.full_name, profile.username, profile.date_of_birth) == (
        "Ada Lovelace",
        "Ada",
        date(1915, 12, 10),
    )
    accounts.update_profile(member, ProfileChanges(date_of_birth=None))
    assert accounts.profile(member).date_of_birth is None


def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(accounts, member):
    here = accounts.sign_in("ada@example.com", PASSWORD)
    there = accounts.sign_in("ada@example.com", PASSWORD)
    jwt = accounts.access_token(there.session)
    accounts.change_password(accounts.actor_for_cookie(here.token), PASSWORD, NEW_PASSWORD)
    assert accounts.actor_for_cookie(here.token) is not None
    assert accounts.actor_for_cookie(there.token) is None
    assert accounts.actor_for_bearer(jwt) is None
    fail(accounts)
    assert enter(accounts, "ada@example.com", NEW_PASSWORD)


def test_a_new_password_needs_the_current_one_and_the_rules(accounts, member):
    for current, new in [("wrong", NEW_PASSWORD), (PASSWORD, "short"), (PASSWORD, PASSWORD)]:
        with pytest.raises(InvalidInput):
            accounts.change_password(member, current, new)
    assert enter(accounts, "ada@example.com", PASSWORD)


def test_guessing_the_current_password_in_a_stolen_session_locks_too(accounts, member):
    for _ in range(5):
        with pytest.raises(InvalidInput):
            accounts.change_password(member, "wrong", NEW_PASSWORD)
    with pytest.raises(TooManyAttempts):
        accounts.change_password(member, PASSWORD, NEW_PASSWORD)


# Everybody's accounts


@pytest.mark.parametrize(
    "call",
    [
        lambda a, who, them: a.people(who),
        lambda a, who, them: a.change_role(who, them, Role.ADMIN),
        lambda a, who, them: a.set_disabled(who, them, True),
        lambda a, who, them: a.audit_events(who, "2026-11"),
    ],
)
@pytest.mark.parametrize("role", [Role.MEMBER, Role.SUPPORT])
def test_only_admins_manage_people(accounts, admin, member, call, role):
    accounts.change_role(admin, member.account_id, role)
    person = enter(accounts, "ada@example.com")
    with pytest.raises(NotAllowed):
        call(accounts, person, person.account_id)


def test_staff_learn_names_by_id_and_members_do_not(accounts, admin, member):
    ids = (member.account_id, "gone", "")
    assert accounts.names(admin, ids) == {member.account_id: member.username}
    with pytest.raises(NotAllowed):
        accounts.names(member, ids)


def test_another_persons_sessions_can_be_revoked_by_an_admin_only(accounts, admin, member):
    with pytest.raises(NotFound):
        accounts.revoke_all(member, admin.account_id)
    token = accounts.sign_in("ada@example.com", PASSWORD).token
    accounts.revoke_all(admin, member.account_id)
    assert accounts.actor_for_cookie(token) is None


def test_a_new_role_counts_at_once_in_open_sessions(accounts, admin, member):
    token = accounts.sign_in("ada@example.com", PASSWORD).token
    accounts.change_role(admin, member.account_id, Role.SUPPORT)
    assert accounts.actor_for_cookie(token).role is Role.SUPPORT


def test_disabling_ends_everything_and_enabling_brings_nothing_back(accounts, admin, member):
    signed_in = accounts.sign_in("ada@example.com", PASSWORD)
    jwt = accounts.access_token(signed_in.session)
    accounts.set_disabled(admin, member.account_id, True)
    assert accounts.actor_for_cookie(signed_in.token) is None
    accounts.set_disabled(admin, member.account_id, False)
    assert accounts.actor_for_cookie(signed_in.token) is None
    assert accounts.actor_for_bearer(jwt) is None
    assert enter(accounts, "ada@example.com")


def test_the_last_admin_can_be_neither_demoted_nor_disabled(accounts, admin, member):
    with pytest.raises(Conflict, match="last admin"):
        accounts.change_role(admin, admin.account_id, Role.MEMBER)
    with pytest.raises(Conflict, match="last admin"):
        accounts.set_disabled(admin, admin.account_id, True)
    accounts.change_role(admin, member.account_id, Role.ADMIN)
    accounts.change_role(admin, admin.account_id, Role.MEMBER)
    ada = enter(accounts, "ada@example.com")
    with pytest.raises(Conflict, match="last admin"):
        accounts.set_disabled(ada, ada.account_id, True)


def test_two_admins_who_demote_each_other_at_once_leave_one(accounts, admin, member):
    accounts.change_role(admin, member.account_id, Role.ADMIN)
    ada = enter(accounts, "ada@example.com")

    def demote(pair) -> bool:
        try:
            accounts.change_role(pair[0], pair[1].account_id, Role.MEMBER)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(demote, [(admin, ada), (ada, admin)])) == [False, True]
    assert accounts.has_admin()


def test_people_are_listed_by_email_page_by_page_and_searched(accounts, admin):
    for name in ["dora", "carl", "bea"]:
        accounts.register(f"{name}@example.com", PASSWORD, name)
    seen, after = [], None
    while True:
        page = accounts.people(admin, after=after, limit=2)
        seen += [person.username for person in page.items]
        after = page.next
        if after is None:
            break
    assert seen == ["bea", "carl", "dora", "root"]
    assert [person.username for person in accounts.people(admin, text="CAR", limit=1).items] == [
        "carl"
    ]


def test_an_unknown_account_is_not_found(accounts, admin):
    with pytest.raises(NotFound):
        accounts.change_role(admin, "nobody", Role.ADMIN)
    with pytest.raises(NotFound):
        accounts.revoke_all(admin, "nobody")


# The audit log


def test_everything_leaves_a_trace(accounts, admin, member):
    fail(accounts, times=5)
    other = accounts.sign_in("root@example.com", PASSWORD)
    accounts.revoke_session(admin, other.session.id)
    accounts.update_profile(member, ProfileChanges(gender="female"))
    accounts.change_role(admin, member.account_id, Role.SUPPORT)
    accounts.set_disabled(admin, member.account_id, True)
    accounts.set_disabled(admin, member.account_id, False)
    accounts.revoke_all(admin, member.account_id)
    assert {
        "account.created",
        "session.created",
        "sign_in.failed",
        "sign_in.locked",
        "session.revoked",
        "account.changed",
        "account.role_changed",
        "account.disabled",
        "account.enabled",
        "account.sessions_revoked",
    } <= set(actions(accounts, admin))


def test_a_failed_sign_in_is_kept_with_its_address_and_without_what_was_typed(
    accounts, admin, member, clock
):
    for email in ("my secret password", "ada@example.com"):
        clock.forward(seconds=1)
        fail(accounts, email, address="192.0.2.9")
    known, unknown = accounts.audit_events(admin, "2026-11").items[:2]
    assert (known.subject, known.address) == (f"account/{member.account_id}", "192.0.2.9")
    assert (unknown.subject, unknown.details) == ("", {"reason": "unknown email"})


def test_no_secret_reaches_the_store(accounts, member, store):
    signed_in = accounts.sign_in("ada@example.com", PASSWORD)
    jwt = accounts.access_token(signed_in.session)
    accounts.change_password(accounts.actor_for_cookie(signed_in.token), PASSWORD, NEW_PASSWORD)
    kept = " ".join(str(change.record) for change in store.changes(limit=1000).items)
    assert member.account_id in kept
    for secret in (PASSWORD, NEW_PASSWORD, signed_in.token, jwt, KEY):
        assert secret not in kept
    assert signed_in.token not in repr(signed_in)


def test_a_disabled_account_leaves_a_trace_when_it_is_tried(accounts, admin, member):
    accounts.set_disabled(admin, member.account_id, True)
    with pytest.raises(NotSignedIn):
        accounts.sign_in("ada@example.com", PASSWORD, address="192.0.2.9")
    assert "sign_in.refused" in actions(accounts, admin)


def test_lifetimes_are_those_of_the_settings(store, clock):
    accounts = make_service(store, clock, session_hours=1)
    accounts.register("ada@example.com", PASSWORD, "Ada")
    session = accounts.sign_in("ada@example.com", PASSWORD).session
    assert session.expires_at - session.created_at == timedelta(hours=1)
