"""Invitations and replaced passwords, on SQLite."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import hashing
from core.accounts import passwords
from core.errors import (
    Conflict,
    DashboardError,
    InvalidInput,
    NotAllowed,
    NotFound,
    NotSignedIn,
    TooManyAttempts,
)
from core.model.identity import Role
from core.stores.account_records import AccountRecords
from core.stores.sqlite import SqliteRecordStore
from tests.accounts.conftest import PASSWORD, Clock, actions, enter, make_service
from tests.effort import examples

pytestmark = pytest.mark.usefixtures("cheap_passwords")

NEW_PASSWORD = "copper-lantern-yodel-basin"


def invite(accounts, admin, email="eve@example.com", role=Role.MEMBER):
    account, link = accounts.invite(admin, email, "Eve", role)
    return account, link.token


def test_an_invited_person_chooses_a_password_and_is_signed_in(store, clock):
    accounts = make_service(store, clock, self_registration=False)
    accounts.create_admin("root@example.com", PASSWORD)
    account, token = invite(accounts, enter(accounts, "root@example.com"), role=Role.SUPPORT)
    assert account.invited
    assert accounts.password_link_holder(token) == account
    signed_in = accounts.claim_password_link(token, PASSWORD, address="192.0.2.1", device="Firefox")
    actor = accounts.actor_for_cookie(signed_in.token)
    assert (actor.account_id, actor.role) == (account.id, Role.SUPPORT)
    assert (signed_in.session.address, signed_in.session.device) == ("192.0.2.1", "Firefox")
    assert not accounts.profile(actor).invited
    assert enter(accounts, "eve@example.com").account_id == account.id


@pytest.mark.parametrize("email", ["eve@example.com", "nobody@example.com", "ada@example.com"])
def test_an_invited_person_without_a_password_is_answered_like_anybody_else(
    accounts, admin, member, email, monkeypatch
):
    invite(accounts, admin)
    checked, verify = [], hashing.verify
    for module in (hashing, passwords):
        monkeypatch.setattr(module, "verify", lambda *a: checked.append(a) or verify(*a))
    for guess in ("", "wrong password"):
        with pytest.raises(NotSignedIn, match=r"The email or the password is wrong\."):
            accounts.sign_in(email, guess)
    assert len(checked) == 2  # the slow part runs once per try, whoever it is


def test_a_taken_email_can_t_be_invited_and_the_hint_says_what_to_do(accounts, admin, member):
    with pytest.raises(Conflict) as caught:
        invite(accounts, admin, "ADA@example.com")
    assert "password link" in caught.value.hint
    with pytest.raises(InvalidInput):
        invite(accounts, admin, "no email")


def test_two_invitations_at_once_make_one_account(accounts, admin):
    def ask(_: int) -> bool:
        try:
            invite(accounts, admin)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(ask, range(3))) == [False, False, True]
    assert len(accounts.people(admin, text="eve@").items) == 1


def test_an_invited_admin_is_not_in_charge_before_there_is_a_password(accounts, admin):
    account, token = invite(accounts, admin, role=Role.ADMIN)
    with pytest.raises(Conflict, match="last admin"):
        accounts.change_role(admin, admin.account_id, Role.MEMBER)
    accounts.change_role(admin, account.id, Role.MEMBER)
    accounts.change_role(admin, account.id, Role.ADMIN)
    with pytest.raises(Conflict, match="last admin"):
        accounts.set_disabled(admin, admin.account_id, True)
    eve = accounts.actor_for_cookie(accounts.claim_password_link(token, PASSWORD).token)
    assert accounts.change_role(eve, admin.account_id, Role.MEMBER).role is Role.MEMBER


def test_a_forgotten_password_is_replaced_and_every_other_session_ends(accounts, admin, member):
    elsewhere = accounts.sign_in("ada@example.com", PASSWORD)
    jwt = accounts.access_token(elsewhere.session)
    token = accounts.password_link(admin, member.account_id).token
    assert enter(accounts, "ada@example.com")  # the old password works until the link is used
    signed_in = accounts.claim_password_link(token, NEW_PASSWORD)
    assert accounts.actor_for_cookie(elsewhere.token) is None
    assert accounts.actor_for_bearer(jwt) is None
    (left,) = accounts.sessions(accounts.actor_for_cookie(signed_in.token))
    assert left.id == signed_in.session.id
    with pytest.raises(NotSignedIn):
        accounts.sign_in("ada@example.com", PASSWORD)
    assert enter(accounts, "ada@example.com", NEW_PASSWORD)


def test_using_a_link_lifts_the_lock_out_of_its_account(accounts, admin, member):
    for _ in range(5):
        with pytest.raises(NotSignedIn):
            accounts.sign_in("ada@example.com", "wrong password")
    token = accounts.password_link(admin, member.account_id).token
    with pytest.raises(TooManyAttempts):
        accounts.sign_in("ada@example.com", PASSWORD)
    accounts.claim_password_link(token, NEW_PASSWORD)
    assert enter(accounts, "ada@example.com", NEW_PASSWORD)


def test_a_new_link_ends_the_one_before(accounts, admin):
    account, old = invite(accounts, admin)
    new = accounts.password_link(admin, account.id).token
    with pytest.raises(NotFound, match="newer one"):
        accounts.claim_password_link(old, PASSWORD)
    assert accounts.claim_password_link(new, PASSWORD)


def test_a_weak_password_does_not_use_the_link_up(accounts, admin):
    _, token = invite(accounts, admin)
    for weak in ("short", "password1234", "eve@example.com"):
        with pytest.raises(InvalidInput):
            accounts.claim_password_link(token, weak)
    assert accounts.claim_password_link(token, PASSWORD)


def test_changing_the_password_oneself_ends_an_open_link(accounts, admin, member):
    token = accounts.password_link(admin, member.account_id).token
    accounts.change_password(member, PASSWORD, NEW_PASSWORD)
    with pytest.raises(NotFound):
        accounts.claim_password_link(token, PASSWORD)


def test_a_disabled_account_has_no_link_and_gets_none_back(accounts, admin, member):
    token = accounts.password_link(admin, member.account_id).token
    accounts.set_disabled(admin, member.account_id, True)
    with pytest.raises(NotAllowed, match="disabled"):
        accounts.password_link(admin, member.account_id)
    with pytest.raises(DashboardError):
        accounts.claim_password_link(token, NEW_PASSWORD)
    accounts.set_disabled(admin, member.account_id, False)
    with pytest.raises(NotFound):
        accounts.claim_password_link(token, NEW_PASSWORD)


def test_disabling_in_the_middle_of_a_claim_wins(accounts, admin, member, monkeypatch):
    token = accounts.password_link(admin, member.account_id).token
    records, begun = AccountRecords(accounts._records.accounts.store), []
    hash_password = passwords.hash_password

    def disabled_while_hashing(password: str) -> str:
        # The row alone: what a claim meets that runs before the link is dropped.
        begun.append(records.accounts.update(
            member.account_id, lambda a: a.model_copy(update={"disabled": True})
        ))  # fmt: skip
        return hash_password(password)

    monkeypatch.setattr(passwords, "hash_password", disabled_while_hashing)
    with pytest.raises(NotAllowed, match="disabled"):
        accounts.claim_password_link(token, NEW_PASSWORD)
    assert begun


def test_of_two_claims_at_once_one_wins(accounts, admin, member):
    for _ in range(5):
        token = accounts.password_link(admin, member.account_id).token
        words = ["copper-lantern-yodel-basin", "granite-otter-lantern-quill"]

        def claim(password: str, token: str = token) -> str:
            try:
                return accounts.claim_password_link(token, password).token
            except (Conflict, NotFound):
                return ""

        with ThreadPoolExecutor(2) as pool:
            sessions = list(pool.map(claim, words))
        (winner,) = [word for word, session in zip(words, sessions, strict=True) if session]
        assert accounts.actor_for_cookie("".join(sessions))
        assert enter(accounts, "ada@example.com", winner)


@pytest.mark.parametrize("token", ["", "guess", "\ud800", "\x00", "x" * 10_000])
def test_a_guessed_link_is_refused(accounts, admin, token):
    invite(accounts, admin)
    with pytest.raises(NotFound):
        accounts.claim_password_link(token, PASSWORD)


@pytest.mark.parametrize("role", [Role.MEMBER, Role.SUPPORT])
def test_only_admins_make_links(accounts, admin, member, role):
    accounts.change_role(admin, member.account_id, role)
    person = enter(accounts, "ada@example.com")
    with pytest.raises(NotAllowed):
        invite(accounts, person)
    with pytest.raises(NotAllowed):
        accounts.password_link(person, person.account_id)
    with pytest.raises(NotFound):
        accounts.password_link(admin, "nobody")


def test_links_leave_a_trace_without_their_tokens(accounts, admin):
    account, first = invite(accounts, admin)
    second = accounts.password_link(admin, account.id).token
    accounts.claim_password_link(second, PASSWORD, address="192.0.2.1")
    assert {"account.invited", "password_link.created", "password_link.used"} <= set(
        actions(accounts, admin)
    )
    events = accounts.audit_events(admin, "2026-11").items
    written = "".join(event.model_dump_json() for event in events)
    assert first not in written
    assert second not in written
    used = next(event for event in events if event.action == "password_link.used")
    assert (used.subject, used.address, used.actor_id) == (f"account/{account.id}", "192.0.2.1", "")


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["link", "claim", "weak", "wait", "disable", "enable", "password"]),
        st.integers(0, 40),
    ),
    max_size=25,
)


@settings(
    max_examples=examples(60),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(STEPS)
def test_no_token_works_twice_or_after_its_72_hours(tmp_path_factory, steps):
    clock, store = Clock(), SqliteRecordStore(tmp_path_factory.mktemp("run") / "records.sqlite3")
    accounts = make_service(store, clock, session_hours=24)
    accounts.create_admin("root@example.com", PASSWORD)
    root = enter(accounts, "root@example.com")
    account, first = invite(accounts, root)
    made, alive, disabled, ends = [first], first, False, clock.now + timedelta(hours=72)
    password = None
    for step, number in steps:
        if step == "link" and not disabled:
            link = accounts.password_link(root, account.id)
            assert link.token not in made
            made.append(link.token)
            alive, ends = link.token, clock.now + timedelta(hours=72)
        elif step == "claim":
            token = made[number % len(made)]
            fresh = PASSWORD if number % 2 else NEW_PASSWORD
            counts = token == alive and clock.now < ends and not disabled
            try:
                signed_in = accounts.claim_password_link(token, fresh)
            except (NotFound, NotAllowed):
                assert not counts
            else:
                assert counts
                assert accounts.actor_for_cookie(signed_in.token).account_id == account.id
                alive, password = None, fresh
        elif step == "weak":
            with pytest.raises(DashboardError):
                accounts.claim_password_link(made[-1], "weak")
        elif step == "wait":
            clock.forward(hours=number)
        elif step in {"disable", "enable"}:
            disabled, alive = step == "disable", None
            accounts.set_disabled(root, account.id, disabled)
        elif step == "password" and password and not disabled:
            fresh = PASSWORD if password == NEW_PASSWORD else NEW_PASSWORD
            accounts.change_password(enter(accounts, "eve@example.com", password), password, fresh)
            alive, password = None, fresh
        if password is None:
            with pytest.raises((NotSignedIn, TooManyAttempts)):
                accounts.sign_in("eve@example.com", PASSWORD)
    store.close()
