from concurrent.futures import ThreadPoolExecutor

import pytest

from core.errors import (
    Conflict,
    InvalidInput,
    NotAllowed,
    NotFound,
    TooManyAttempts,
)
from core.model.identity import Role
from core.stores.account_records import AccountRecords
from tests.accounts.conftest import PASSWORD, enter, make_service

pytestmark = pytest.mark.usefixtures("cheap_passwords")


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
