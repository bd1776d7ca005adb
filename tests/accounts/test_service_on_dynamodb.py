"""The account rules that depend on what a store promises, on a DynamoDB table."""

import boto3
import pytest
from moto import mock_aws

from core.accounts.records import ProfileChanges
from core.errors import Conflict, NotFound, NotSignedIn, TooManyAttempts
from core.model.identity import Role
from core.stores.dynamodb import DynamoRecordStore
from tests.accounts.conftest import PASSWORD, enter, make_service
from tests.stores.conftest import make_table

pytestmark = pytest.mark.usefixtures("cheap_passwords")


@pytest.fixture
def store():
    with mock_aws():
        client = boto3.client(
            "dynamodb",
            region_name="us-east-1",
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
        )
        yield DynamoRecordStore(client, make_table(client))


def test_the_first_admins_link_works_once(accounts):
    token = accounts.first_admin_token()
    accounts.claim_first_admin(token, "root@example.com", "Root", PASSWORD)
    with pytest.raises(NotFound):
        accounts.claim_first_admin(token, "eve@example.com", "Eve", PASSWORD)


def test_a_lock_is_kept_and_known_to_another_process(accounts, member, store, clock):
    for _ in range(5):
        with pytest.raises(NotSignedIn):
            accounts.sign_in("ada@example.com", "wrong password", address="192.0.2.9")
    elsewhere = make_service(store, clock)
    with pytest.raises(TooManyAttempts):
        elsewhere.sign_in("ada@example.com", PASSWORD)
    clock.forward(minutes=15)
    assert enter(elsewhere, "ada@example.com")


@pytest.mark.parametrize("email", ["", "x" * 5000, "\x00", "a\ud800@x.example"])
def test_odd_emails_are_unknown_and_not_an_error(accounts, member, email):
    with pytest.raises(NotSignedIn):
        accounts.sign_in(email, PASSWORD)


def test_an_email_belongs_to_one_account(accounts, member):
    with pytest.raises(Conflict, match="already has an account"):
        accounts.register("ADA@example.com", PASSWORD, "Countess")


def test_sessions_slide_and_end_everywhere_when_revoked(accounts, member, clock):
    signed_in = accounts.sign_in("ada@example.com", PASSWORD)
    jwt = accounts.access_token(signed_in.session)
    clock.forward(hours=11)
    assert accounts.actor_for_cookie(signed_in.token)
    accounts.revoke_all(member, member.account_id)
    assert accounts.actor_for_cookie(signed_in.token) is None
    assert accounts.actor_for_bearer(jwt) is None


def test_the_last_admin_stays_and_roles_count_at_once(accounts, admin, member):
    with pytest.raises(Conflict, match="last admin"):
        accounts.change_role(admin, admin.account_id, Role.MEMBER)
    token = accounts.sign_in("ada@example.com", PASSWORD).token
    accounts.change_role(admin, member.account_id, Role.SUPPORT)
    assert accounts.actor_for_cookie(token).role is Role.SUPPORT


def test_people_and_events_are_listed(accounts, admin, member):
    accounts.update_profile(member, ProfileChanges(full_name="Ada Lovelace"))
    found = accounts.people(admin, text="lovelace").items
    assert [person.id for person in found] == [member.account_id]
    assert "account.changed" in {e.action for e in accounts.audit_events(admin, "2026-11").items}


def test_an_invitation_and_a_replaced_password(accounts, admin):
    account, link = accounts.invite(admin, "eve@example.com", "Eve")
    first = accounts.claim_password_link(link.token, PASSWORD)
    with pytest.raises(NotFound):
        accounts.claim_password_link(link.token, PASSWORD)
    again = accounts.password_link(admin, account.id)
    new = accounts.claim_password_link(again.token, "copper-lantern-yodel-basin")
    assert accounts.actor_for_cookie(first.token) is None
    assert accounts.actor_for_cookie(new.token).account_id == account.id
