import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import (
    NotFound,
    NotSignedIn,
)
from core.stores.account_records import AccountRecords
from core.stores.sqlite import SqliteRecordStore
from tests.accounts.conftest import PASSWORD, Clock, enter, make_service
from tests.effort import examples

pytestmark = pytest.mark.usefixtures("cheap_passwords")

NEW_PASSWORD = "copper-lantern-yodel-basin"


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
