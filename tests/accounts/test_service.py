from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import bcrypt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.accounts.records import ProfileChanges
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
from tests.accounts.conftest import KEY, PASSWORD, Clock, actions, enter, make_service
from tests.effort import examples

pytestmark = pytest.mark.usefixtures("cheap_passwords")

NEW_PASSWORD = "copper-lantern-yodel-basin"


def fail(accounts, email="ada@example.com", times=1, **where):
    for _ in range(times):
        with pytest.raises(NotSignedIn):
            accounts.sign_in(email, "wrong password", **where)


# Making accounts


def test_a_registered_person_is_a_member_who_can_sign_in_with_any_spelling(accounts):
    account = accounts.register("Ada@Example.com", PASSWORD, "Ada")
    assert (account.role, account.email) == (Role.MEMBER, "ada@example.com")
    assert enter(accounts, " ADA@example.com ").account_id == account.id


def test_an_email_belongs_to_one_account_whatever_its_spelling(accounts):
    accounts.register("ada@example.com", PASSWORD, "Ada")
    with pytest.raises(Conflict, match="already has an account"):
        accounts.register("ADA@example.com", PASSWORD, "Countess")


def test_two_registrations_at_once_make_one_account(accounts, admin):
    def register(_: int) -> str:
        try:
            return accounts.register("ada@example.com", PASSWORD, "Ada").id
        except Conflict:
            return ""

    with ThreadPoolExecutor(4) as pool:
        made = list(filter(None, pool.map(register, range(4))))
    people = accounts.people(admin, text="ada@").items
    assert [person.id for person in people] == made


def test_usernames_need_not_be_unique(accounts):
    accounts.register("ada@example.com", PASSWORD, "Ada")
    assert accounts.register("ada2@example.com", PASSWORD, "Ada").username == "Ada"


def test_registration_can_be_switched_off(store, clock):
    closed = make_service(store, clock, self_registration=False)
    with pytest.raises(NotAllowed):
        closed.register("ada@example.com", PASSWORD, "Ada")


def test_a_weak_password_leaves_nothing_behind(accounts, admin):
    with pytest.raises(InvalidInput):
        accounts.register("ada@example.com", "password1234", "Ada")
    assert not accounts.people(admin, text="ada").items
    assert accounts.register("ada@example.com", PASSWORD, "Ada")


def test_asking_for_many_taken_emails_locks_the_address(store, clock):
    accounts = make_service(store, clock, failed_sign_ins_per_address=3)
    accounts.register("ada@example.com", PASSWORD, "Ada")
    for _ in range(3):
        with pytest.raises(Conflict):
            accounts.register("ada@example.com", PASSWORD, "Ada", address="192.0.2.9")
    with pytest.raises(TooManyAttempts):
        accounts.register("new@example.com", PASSWORD, "New", address="192.0.2.9")
    assert accounts.register("new@example.com", PASSWORD, "New", address="192.0.2.10")


# The first admin


def test_the_first_admins_link_works_once(accounts):
    token = accounts.first_admin_token()
    assert accounts.is_first_admin_token(token)
    signed_in = accounts.claim_first_admin(token, "root@example.com", "Root", PASSWORD)
    assert accounts.actor_for_cookie(signed_in.token).role is Role.ADMIN
    assert not accounts.is_first_admin_token(token)
    with pytest.raises(NotFound):
        accounts.claim_first_admin(token, "eve@example.com", "Eve", PASSWORD)


def test_a_weak_password_does_not_use_the_link_up(accounts):
    token = accounts.first_admin_token()
    with pytest.raises(InvalidInput):
        accounts.claim_first_admin(token, "root@example.com", "Root", "password1234")
    assert accounts.claim_first_admin(token, "root@example.com", "Root", PASSWORD)


def test_each_start_makes_a_new_link_until_there_is_an_admin(accounts, store, clock):
    old, new = accounts.first_admin_token(), make_service(store, clock).first_admin_token()
    assert old != new
    assert not accounts.is_first_admin_token(old)
    accounts.create_admin("root@example.com", PASSWORD)
    assert accounts.first_admin_token() is None
    assert not accounts.is_first_admin_token(new)


@pytest.mark.parametrize("token", ["", "guess", "\ud800"])
def test_a_guessed_link_is_refused(accounts, token):
    accounts.first_admin_token()
    with pytest.raises(NotFound):
        accounts.claim_first_admin(token, "eve@example.com", "Eve", PASSWORD)


def test_the_link_is_kept_as_a_hash(accounts, store):
    token = accounts.first_admin_token()
    kept = AccountRecords(store).first_admin_link()
    assert kept is not None
    assert token not in kept.value.model_dump_json()


def test_of_two_claims_at_once_one_makes_the_admin(accounts):
    token = accounts.first_admin_token()

    def claim(name: str) -> bool:
        try:
            accounts.claim_first_admin(token, f"{name}@example.com", "Root", PASSWORD)
        except (Conflict, NotFound):
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(claim, ["one", "two"])) == [False, True]


# Signing in


@pytest.mark.parametrize(
    "email", ["ada@example.com", "nobody@example.com", "", "x" * 5000, "\x00", "a\ud800@x.example"]
)
def test_a_wrong_password_and_an_unknown_person_get_the_same_answer(accounts, member, email):
    with pytest.raises(NotSignedIn) as caught:
        accounts.sign_in(email, "wrong password")
    assert caught.value.message == "The email or the password is wrong."


def test_a_bcrypt_hash_is_replaced_at_the_next_sign_in(accounts, member, store):
    records = AccountRecords(store)
    old = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
    records.credentials.update(
        member.account_id, lambda c: c.model_copy(update={"password_hash": old})
    )
    fail(accounts)
    assert records.credentials.get(member.account_id).password_hash == old
    enter(accounts, "ada@example.com")
    assert records.credentials.get(member.account_id).password_hash.startswith("$argon2id$")
    enter(accounts, "ada@example.com")


def test_a_sign_in_is_remembered_with_device_and_address(accounts, clock):
    accounts.register("ada@example.com", PASSWORD, "Ada")
    signed_in = accounts.sign_in("ada@example.com", PASSWORD, address="192.0.2.1", device="Firefox")
    assert (signed_in.session.device, signed_in.session.address) == ("Firefox", "192.0.2.1")
    assert signed_in.account.last_sign_in_at == clock.now


def test_a_disabled_person_is_told_so_only_with_the_right_password(accounts, admin, member):
    accounts.set_disabled(admin, member.account_id, True)
    fail(accounts)
    with pytest.raises(NotSignedIn, match="disabled"):
        accounts.sign_in("ada@example.com", PASSWORD)


# Lock-out


def test_after_five_wrong_passwords_the_right_one_is_refused_until_the_lock_ends(
    accounts, member, clock
):
    fail(accounts, times=5)
    with pytest.raises(TooManyAttempts, match="09:15 UTC"):
        accounts.sign_in("ada@example.com", PASSWORD)
    clock.forward(minutes=14, seconds=59)
    with pytest.raises(TooManyAttempts):
        accounts.sign_in("ada@example.com", PASSWORD)
    clock.forward(seconds=1)
    assert enter(accounts, "ada@example.com")


def test_the_fifth_try_may_be_the_right_one_and_clears_the_count(accounts, member):
    for _ in range(3):
        fail(accounts, times=4)
        enter(accounts, "ada@example.com")


def test_an_unknown_email_is_locked_just_like_a_known_one(accounts):
    fail(accounts, "nobody@example.com", times=5)
    with pytest.raises(TooManyAttempts):
        accounts.sign_in("nobody@example.com", "wrong password")


def test_a_lock_survives_a_restart(accounts, member, tmp_path, clock):
    fail(accounts, times=5)
    reopened = SqliteRecordStore(tmp_path / "records.sqlite3")
    with pytest.raises(TooManyAttempts):
        make_service(reopened, clock).sign_in("ada@example.com", PASSWORD)
    reopened.close()


def test_one_address_that_tries_many_accounts_is_locked_and_others_are_not(store, clock):
    accounts = make_service(store, clock, failed_sign_ins_per_address=6)
    accounts.register("ada@example.com", PASSWORD, "Ada")
    for number in range(6):
        fail(accounts, f"guess{number}@example.com", address="192.0.2.9")
    with pytest.raises(TooManyAttempts):
        accounts.sign_in("ada@example.com", PASSWORD, address="192.0.2.9")
    assert accounts.sign_in("ada@example.com", PASSWORD, address="192.0.2.10")


def test_a_right_password_does_not_wipe_the_count_of_its_address(store, clock):
    accounts = make_service(store, clock, failed_sign_ins_per_address=6)
    accounts.register("eve@example.com", PASSWORD, "Eve")
    for number in range(5):
        fail(accounts, f"guess{number}@example.com", address="192.0.2.9")
        accounts.sign_in("eve@example.com", PASSWORD, address="192.0.2.9")
    fail(accounts, "guess@example.com", address="192.0.2.9")
    with pytest.raises(TooManyAttempts):
        accounts.sign_in("eve@example.com", PASSWORD, address="192.0.2.9")


def test_guesses_sent_at_once_don_t_slip_past_the_limit(accounts, member):
    def guess(_: int) -> str:
        try:
            accounts.sign_in("ada@example.com", "wrong password")
        except DashboardError as error:
            return error.slug
        return "in"

    with ThreadPoolExecutor(12) as pool:
        outcomes = list(pool.map(guess, range(12)))
    assert outcomes.count("not-signed-in") <= 5
    assert "in" not in outcomes


def test_old_counters_are_dropped(accounts, clock, store):
    for number in range(6):
        fail(accounts, f"guess{number}@example.com")
    clock.forward(hours=1)
    fail(accounts, "late@example.com", times=2)
    assert len(list(AccountRecords(store).tries.all())) == 1


# Sessions


def test_a_session_ends_with_its_hours_and_slides_while_it_is_used(accounts, member, clock):
    token = accounts.sign_in("ada@example.com", PASSWORD).token
    for _ in range(4):
        clock.forward(hours=11)
        assert accounts.actor_for_cookie(token) is not None
    clock.forward(hours=12, seconds=1)
    assert accounts.actor_for_cookie(token) is None


@pytest.mark.parametrize("token", [None, "", "guess", "\ud800", "x" * 10_000])
def test_a_guessed_cookie_is_nobody(accounts, member, token):
    assert accounts.actor_for_cookie(token) is None


def test_the_row_id_that_admins_and_programs_see_is_no_cookie(accounts, member):
    assert accounts.actor_for_cookie(member.session_id) is None


def test_signing_out_ends_this_session_and_no_other(accounts, member):
    other = accounts.sign_in("ada@example.com", PASSWORD)
    mine = accounts.sign_in("ada@example.com", PASSWORD)
    accounts.sign_out(accounts.actor_for_cookie(mine.token))
    assert accounts.actor_for_cookie(mine.token) is None
    assert accounts.actor_for_cookie(other.token) is not None


def test_revoking_everywhere_ends_all_sessions_and_tokens(accounts, member):
    signed_in = accounts.sign_in("ada@example.com", PASSWORD)
    jwt = accounts.access_token(signed_in.session)
    accounts.revoke_all(member, member.account_id)
    assert accounts.actor_for_cookie(signed_in.token) is None
    assert accounts.actor_for_bearer(jwt) is None
    assert accounts.sessions(member) == ()


def test_an_access_token_works_for_seven_days_and_longer_than_the_cookie(accounts, member, clock):
    signed_in = accounts.sign_in("ada@example.com", PASSWORD)
    jwt = accounts.access_token(signed_in.session)
    clock.forward(days=7, seconds=-1)
    assert accounts.actor_for_bearer(jwt).account_id == member.account_id
    clock.forward(seconds=1)
    assert accounts.actor_for_bearer(jwt) is None


def test_an_access_token_ends_with_its_session(accounts, member):
    signed_in = accounts.sign_in("ada@example.com", PASSWORD)
    jwt = accounts.access_token(signed_in.session)
    accounts.sign_out(accounts.actor_for_bearer(jwt))
    assert accounts.actor_for_bearer(jwt) is None


def test_a_session_can_be_revoked_by_its_owner_only(accounts, member, admin):
    with pytest.raises(NotFound):
        accounts.revoke_session(member, admin.session_id)
    other = accounts.sign_in("ada@example.com", PASSWORD)
    accounts.revoke_session(member, other.session.id)
    assert accounts.actor_for_cookie(other.token) is None


def test_one_sees_ones_own_live_sessions_newest_first(accounts, member, admin, clock):
    clock.forward(hours=1)
    newer = accounts.sign_in("ada@example.com", PASSWORD).session.id
    assert [row.id for row in accounts.sessions(member)] == [newer, member.session_id]
    clock.forward(hours=11, minutes=30)
    assert [row.id for row in accounts.sessions(member)] == [newer]


def test_ended_rows_are_dropped_at_the_next_sign_in(accounts, member, store, clock):
    clock.forward(days=2)
    enter(accounts, "ada@example.com")
    assert len(list(AccountRecords(store).sessions.all(member.account_id))) == 1


def test_a_call_reads_two_rows_and_writes_none(accounts, member, store, monkeypatch):
    token = accounts.sign_in("ada@example.com", PASSWORD).token
    calls = []
    get, transact = SqliteRecordStore.get, SqliteRecordStore.transact
    monkeypatch.setattr(SqliteRecordStore, "get", lambda *a: calls.append("get") or get(*a))
    monkeypatch.setattr(
        SqliteRecordStore, "transact", lambda *a: calls.append("write") or transact(*a)
    )
    assert accounts.actor_for_cookie(token)
    assert calls == ["get", "get"]


def test_sliding_never_brings_a_revoked_session_back(accounts, member, store, clock, monkeypatch):
    signed_in = accounts.sign_in("ada@example.com", PASSWORD)
    clock.forward(hours=2)
    get = SqliteRecordStore.get

    def revoked_after_the_read(self, kind, id):
        record = get(self, kind, id)
        if kind == "account":
            self.delete("session", signed_in.session.id)
        return record

    monkeypatch.setattr(SqliteRecordStore, "get", revoked_after_the_read)
    accounts.actor_for_cookie(signed_in.token)
    monkeypatch.undo()
    assert accounts.actor_for_cookie(signed_in.token) is None


STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "sign_in",
                "bearer",
                "sign_out",
                "revoke",
                "revoke_all",
                "password",
                "disable",
                "enable",
                "wait",
            ]
        ),
        st.integers(0, 5),
    ),
    max_size=25,
)


@settings(
    max_examples=examples(60),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(STEPS)
def test_no_sequence_of_sign_ins_lets_a_revoked_session_act(  # noqa: PLR0912
    tmp_path_factory, steps
):
    clock, store = Clock(), SqliteRecordStore(tmp_path_factory.mktemp("run") / "records.sqlite3")
    accounts = make_service(store, clock, session_hours=24)
    accounts.create_admin("root@example.com", PASSWORD)
    person = accounts.register("ada@example.com", PASSWORD, "Ada")
    password, disabled, live, dead = PASSWORD, False, {}, {}  # token → (session, jwt)

    def bury(tokens) -> None:
        for token in list(tokens):
            dead[token] = live.pop(token)

    def root():
        return enter(accounts, "root@example.com")

    for step, number in steps:
        token = list(live)[number % len(live)] if live else None
        actor = accounts.actor_for_cookie(token)
        if step in {"sign_in", "bearer"}:
            try:
                entry = accounts.sign_in("ada@example.com", password)
            except NotSignedIn:
                assert disabled
                continue
            jwt = accounts.access_token(entry.session) if step == "bearer" else None
            live[entry.token] = (entry.session, jwt)
        elif step == "disable":
            accounts.set_disabled(root(), person.id, True)
            disabled = True
            bury(live)
        elif step == "enable":
            accounts.set_disabled(root(), person.id, False)
            disabled = False
            bury(live)
        elif step == "wait":
            clock.forward(hours=number)
        elif actor is None:
            continue
        elif step == "sign_out":
            accounts.sign_out(actor)
            bury([token])
        elif step == "revoke":
            last = list(live)[-1]
            accounts.revoke_session(actor, live[last][0].id)
            bury([last])
        elif step == "revoke_all":
            accounts.revoke_all(actor, person.id)
            bury(live)
        elif step == "password":
            fresh = NEW_PASSWORD if password == PASSWORD else PASSWORD
            accounts.change_password(actor, password, fresh)
            password = fresh
            bury(set(live) - {token})
        for buried, (_, jwt) in dead.items():
            assert accounts.actor_for_cookie(buried) is None
            assert jwt is None or accounts.actor_for_bearer(jwt) is None
        for kept, (session, _) in live.items():
            found = accounts.actor_for_cookie(kept)
            assert found is None or (found.account_id, found.session_id) == (person.id, session.id)
    store.close()


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
