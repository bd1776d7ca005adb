from concurrent.futures import ThreadPoolExecutor

import bcrypt
import pytest

from core.errors import (
    DashboardError,
    NotSignedIn,
    TooManyAttempts,
)
from core.stores.account_records import AccountRecords
from core.stores.sqlite import SqliteRecordStore
from tests.accounts.conftest import PASSWORD, enter, fail, make_service

pytestmark = pytest.mark.usefixtures("cheap_passwords")


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
