"""Preferences, one's own sessions, and sign-ins that run beside a change of the password."""

import bcrypt
import pytest

from core.accounts import passwords
from core.accounts.preferences import time_zones
from core.accounts.records import PreferenceChanges, ProfileChanges
from core.errors import Conflict, InvalidInput
from core.model.identity import Account, Role
from core.model.preferences import PageSize, Preferences, StartPage, Theme
from core.model.start_pages import NEEDS, path
from core.stores.account_records import AccountRecords
from tests.accounts.conftest import PASSWORD, actions, enter

pytestmark = pytest.mark.usefixtures("cheap_passwords")

NEW_PASSWORD = "copper-lantern-yodel-basin"


def prefer(accounts, actor, **wanted):
    changes = ProfileChanges(preferences=PreferenceChanges(**wanted))
    return accounts.update_profile(actor, changes)


def test_preferences_are_kept_and_travel_with_the_actor(accounts, member):
    wanted = Preferences(
        theme=Theme.DARK, page_size=30, time_zone="Asia/Kolkata", start_page=StartPage.LIBRARY
    )
    assert prefer(accounts, member, **wanted.model_dump()).preferences == wanted
    assert enter(accounts, "ada@example.com").preferences == wanted


def test_only_what_is_sent_changes_and_a_wrong_part_changes_nothing(accounts, member):
    prefer(accounts, member, theme=Theme.DARK)
    account = prefer(accounts, member, page_size=120)
    assert (account.preferences.theme, account.preferences.page_size) == (Theme.DARK, 120)
    wrong = PreferenceChanges(time_zone="Mars/Olympus")
    with pytest.raises(InvalidInput):
        accounts.update_profile(member, ProfileChanges(full_name="Ada L", preferences=wrong))
    assert accounts.profile(member) == account


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../../etc/passwd", "CET", "x" * 4000])
def test_a_time_zone_that_there_is_not_is_refused(accounts, member, zone):
    with pytest.raises(InvalidInput, match="is not a time zone"):
        prefer(accounts, member, time_zone=zone)


def test_the_zones_are_places_and_utc():
    assert time_zones()[0] == "UTC"
    assert {"Europe/Berlin", "America/New_York"} <= set(time_zones())


def test_nobody_starts_on_a_page_that_their_role_lacks(accounts, member):
    with pytest.raises(InvalidInput, match="can't open the page costs"):
        prefer(accounts, member, start_page=StartPage.COSTS)


def test_whoever_loses_a_right_starts_at_home(accounts, admin):
    account = prefer(accounts, admin, start_page=StartPage.COSTS)
    assert path(account) == "/costs"
    assert path(account.model_copy(update={"role": Role.MEMBER})) == "/"
    assert set(NEEDS) == set(StartPage)


def test_an_account_without_preferences_has_the_defaults(accounts, store, member):
    record = store.get("account", member.account_id)
    old = {k: v for k, v in record.data.items() if k not in {"preferences", "avatar_key"}}
    store.put(record.model_copy(update={"data": old}))
    assert accounts.profile(member).preferences == Preferences()
    assert PageSize.__args__ == (30, 60, 120)


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        ({"profileImageUrl": "https://d1.cloudfront.net/avatars/a.jpg"}, "https"),
        ({"profileImageUrl": "", "avatar_url": "avatars/a.jpg"}, "avatars/a.jpg"),
        ({"avatar_key": "avatars/new.jpg", "avatarUrl": "old"}, "avatars/new.jpg"),
        ({"avatar_key": "", "avatarUrl": "avatars/old.jpg"}, "avatars/old.jpg"),
        ({"profile_image_url": None}, ""),
    ],
)
def test_old_names_of_the_picture_are_read_and_empty_ones_hide_nothing(
    accounts, member, stored, expected
):
    data = accounts.profile(member).model_dump(mode="json", exclude={"avatar_key"})
    assert Account.model_validate(data | stored).avatar_key.startswith(expected)


def test_all_other_sessions_end_at_once_and_this_one_stays(accounts, member):
    others = [accounts.sign_in("ada@example.com", PASSWORD) for _ in range(2)]
    stranger = accounts.register("bob@example.com", PASSWORD, "Bob")
    bob = accounts.sign_in(stranger.email, PASSWORD)
    assert accounts.revoke_others(member) == 2
    assert [accounts.actor_for_cookie(one.token) for one in others] == [None, None]
    assert [row.id for row in accounts.sessions(member)] == [member.session_id]
    assert accounts.actor_for_cookie(bob.token) is not None


def test_ending_other_sessions_is_recorded(accounts, admin):
    accounts.revoke_others(admin)
    assert "account.other_sessions_revoked" in actions(accounts, admin)


def test_a_sign_in_beside_a_change_of_the_password_leaves_no_session(accounts, member, monkeypatch):
    """The old password is checked first, the change runs, and only then the session is written."""
    begin = accounts._desk.begin_session

    def late(*args, **kwargs):
        accounts.change_password(member, PASSWORD, NEW_PASSWORD)
        return begin(*args, **kwargs)

    monkeypatch.setattr(accounts._desk, "begin_session", late)
    late_one = accounts.sign_in("ada@example.com", PASSWORD)
    monkeypatch.undo()
    assert accounts.actor_for_cookie(late_one.token) is None
    assert accounts.actor_for_bearer(accounts.access_token(late_one.session)) is None
    assert accounts.profile(member).id == member.account_id
    assert enter(accounts, "ada@example.com", NEW_PASSWORD).account_id == member.account_id


def test_the_session_that_changes_the_password_goes_on(accounts, member, clock):
    signed_in = accounts.sign_in("ada@example.com", PASSWORD)
    actor = accounts.actor_for_cookie(signed_in.token)
    accounts.change_password(actor, PASSWORD, NEW_PASSWORD)
    clock.forward(hours=1)
    assert accounts.actor_for_cookie(signed_in.token) is not None
    assert accounts.actor_for_cookie(signed_in.token).session_id == actor.session_id


def test_rows_of_before_this_rule_end_with_a_later_change(accounts, member, store, clock):
    signed_in = accounts.sign_in("ada@example.com", PASSWORD)
    record = store.get("session", signed_in.session.id)
    old = {k: v for k, v in record.data.items() if k != "credential_at"}
    store.put(record.model_copy(update={"data": old}))
    assert accounts.actor_for_cookie(signed_in.token) is not None
    kept = store.get("session", signed_in.session.id)
    clock.forward(minutes=1)
    accounts.change_password(member, PASSWORD, NEW_PASSWORD)
    store.put(kept.model_copy(update={"version": 0}))
    assert accounts.actor_for_cookie(signed_in.token) is None


def test_of_two_changes_of_a_password_one_is_told_that_it_came_late(accounts, member, monkeypatch):
    check = passwords.check_strength
    other = "velvet-harbour-quartz-plum"

    def slow(*args, **kwargs):
        monkeypatch.setattr(passwords, "check_strength", check)
        accounts.change_password(member, PASSWORD, other)
        check(*args, **kwargs)

    monkeypatch.setattr(passwords, "check_strength", slow)
    with pytest.raises(Conflict, match="changed in the meantime"):
        accounts.change_password(member, PASSWORD, NEW_PASSWORD)
    assert enter(accounts, "ada@example.com", other).account_id == member.account_id


def test_a_renewed_hash_never_brings_an_old_password_back(accounts, member, store, monkeypatch):
    records = AccountRecords(store)
    old = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
    records.credentials.update(
        member.account_id, lambda c: c.model_copy(update={"password_hash": old})
    )
    upgrade = accounts._signing._upgrade_hash

    def late(*args):
        accounts.change_password(member, PASSWORD, NEW_PASSWORD)
        upgrade(*args)

    monkeypatch.setattr(accounts._signing, "_upgrade_hash", late)
    accounts.sign_in("ada@example.com", PASSWORD)
    monkeypatch.undo()
    assert enter(accounts, "ada@example.com", NEW_PASSWORD).account_id == member.account_id
