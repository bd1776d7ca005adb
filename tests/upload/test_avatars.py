"""Avatars on a bucket and records: when the account changes, and what is left behind."""

import io

import pytest
from PIL import Image

from core.accounts.records import ProfileChanges
from core.accounts.service import AccountsService
from core.aws.s3 import ServedAs
from core.errors import AwsUnavailable, InvalidInput, TooLarge, UnreadableContent, UnsupportedType
from core.model.identity import Account, Actor, Role
from core.stores.account_records import AccountRecords
from core.stores.invalidations import InvalidationBook
from core.upload.avatar_keys import small_key
from core.upload.service.avatars import AvatarService


@pytest.fixture
def accounts(world):
    records = AccountRecords(world.store).accounts
    for name in ("ann", "bob"):
        records.add(
            Account(
                id=name,
                email=f"{name}@example.com",
                username=name,
                role=Role.MEMBER,
                created_at=world.clock(),
            )
        )
    return records


@pytest.fixture
def avatars(world, accounts):
    return service(world)


def service(world):
    return AvatarService(
        world.store, world.bucket, world.edge, world.jobs, world.audit, world.settings, world.clock
    )


def picture(colour="red", name="PNG"):
    out = io.BytesIO()
    Image.new("RGB", (640, 480), colour).save(out, name)
    out.seek(0)
    return out


def test_a_new_avatar_is_stored_delivered_and_named_by_the_account(world, accounts, avatars):
    account = avatars.change(world.actor, picture())
    address = avatars.address(account)
    assert address.url == f"https://cdn.test/{account.avatar_key}"
    for url in (address.url, address.small_url):
        stored = world.bucket.head(url.removeprefix("https://cdn.test/"))
        assert stored.content_type == "image/jpeg"
        assert stored.cache_control == "public, max-age=31536000, immutable"
        assert stored.content_disposition == "inline"
    assert accounts.get("ann").avatar_key == account.avatar_key
    assert "account.avatar_changed" in world.actions()


def test_the_old_picture_goes_when_the_new_one_is_there(world, accounts, avatars):
    avatars.change(world.actor, picture())
    world.clock.advance(seconds=1)
    account = avatars.change(world.actor, picture("blue"))
    assert len(world.keys()) == 2
    assert account.avatar_key in set(world.keys())
    world.clock.advance(days=2)
    assert avatars.sweep() == 0
    assert len(world.keys()) == 2


def test_removing_erases_and_asking_again_is_silent(world, accounts, avatars):
    avatars.change(world.actor, picture())
    assert avatars.remove(world.actor).avatar_key == ""
    assert world.keys() == []
    assert avatars.remove(world.actor).avatar_key == ""
    assert world.actions().count("account.avatar_removed") == 1


def test_the_cdn_forgets_a_removed_picture_and_no_other(world, accounts, avatars):
    first = avatars.change(world.actor, picture()).avatar_key
    second = avatars.change(world.actor, picture("blue")).avatar_key
    assert [*InvalidationBook(world.store, world.jobs, world.clock).records.all("ann")] == []
    avatars.remove(world.actor)
    (ordered,) = InvalidationBook(world.store, world.jobs, world.clock).records.all("ann")
    assert ordered.paths == (f"/{second}", f"/{small_key(second)}")
    assert first not in str(ordered)
    assert world.jobs.get(ordered.job_id).kind == "invalidate"


def test_a_crash_before_the_cdn_is_told_is_made_good(world, accounts, avatars, monkeypatch):
    avatars.change(world.actor, picture())
    monkeypatch.setattr(avatars, "_forget_at_edge", power_cut)
    with pytest.raises(KeyboardInterrupt):
        avatars.remove(world.actor)
    world.clock.advance(hours=2)
    again = service(world)
    assert again.sweep() == 1
    assert len([*again._invalidations.records.all("ann")]) == 1


def test_the_old_one_stays_where_the_cdn_does_not_deliver_the_new_one(world, accounts, avatars):
    before = avatars.change(world.actor, picture())
    kept = world.keys()
    for status in (403, 404, 0, 503):
        world.edge.status = status
        with pytest.raises(AwsUnavailable, match="does not deliver the new picture"):
            avatars.change(world.actor, picture("blue"))
        assert accounts.get("ann") == before
        assert world.keys() == kept


def test_a_wrong_header_of_the_cdn_counts_as_not_delivered(world, accounts, avatars):
    world.edge.spoil = {"cache-control": "no-store"}
    with pytest.raises(AwsUnavailable, match="cache header"):
        avatars.change(world.actor, picture())
    assert accounts.get("ann").avatar_key == ""
    assert world.keys() == []


def test_what_is_no_picture_changes_nothing(world, accounts, avatars):
    refused = (
        (b"", InvalidInput),
        (b"%PDF-1.7 no picture", UnsupportedType),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", UnsupportedType),
        (b"\xff\xd8\xff\xe0 cut off", UnreadableContent),
        (b"\xff\xd8\xff" + b"0" * (10 * 1024**2), TooLarge),
    )
    for content, error in refused:
        with pytest.raises(error):
            avatars.change(world.actor, io.BytesIO(content), "me.jpg")
    assert accounts.get("ann").avatar_key == ""
    assert world.keys() == []


def test_a_crash_after_the_objects_leaves_the_old_one_and_is_swept(
    world, accounts, avatars, monkeypatch
):
    before = avatars.change(world.actor, picture())
    kept = world.keys()
    monkeypatch.setattr(avatars, "_replace", power_cut)
    with pytest.raises(KeyboardInterrupt):
        avatars.change(world.actor, picture("blue"))
    assert accounts.get("ann") == before
    assert len(world.keys()) == 4
    assert service(world).sweep() == 0
    world.clock.advance(hours=2)
    assert service(world).sweep() == 1
    assert world.keys() == kept


def test_a_crash_before_the_old_one_is_erased_is_swept(world, accounts, avatars, monkeypatch):
    avatars.change(world.actor, picture())
    monkeypatch.setattr(avatars, "_erase", power_cut)
    with pytest.raises(KeyboardInterrupt):
        avatars.change(world.actor, picture("blue"))
    assert len(world.keys()) == 4
    world.clock.advance(hours=2)
    assert service(world).sweep() == 1
    current = accounts.get("ann").avatar_key
    assert len(world.keys()) == 2
    assert current in set(world.keys())


def power_cut(*_):
    raise KeyboardInterrupt


def test_of_two_at_once_the_last_writer_wins_and_nothing_is_left(
    world, accounts, avatars, monkeypatch
):
    replace = avatars._replace

    def overtaken(actor, key):
        monkeypatch.setattr(avatars, "_replace", replace)
        world.clock.advance(seconds=1)
        avatars.change(actor, picture("green"))
        return replace(actor, key)

    monkeypatch.setattr(avatars, "_replace", overtaken)
    account = avatars.change(world.actor, picture())
    assert accounts.get("ann") == account
    assert len(world.keys()) == 2
    assert account.avatar_key in set(world.keys())


def test_a_write_beside_it_is_not_lost(world, accounts, avatars, monkeypatch):
    write, calls = avatars._write, []

    def slow(actor, held, key):
        if not calls:
            calls.append(1)
            accounts.update("ann", lambda a: a.model_copy(update={"full_name": "Ann Lee"}))
        return write(actor, held, key)

    monkeypatch.setattr(avatars, "_write", slow)
    account = avatars.change(world.actor, picture())
    assert accounts.get("ann") == account
    assert account.full_name == "Ann Lee"


def test_pictures_that_were_not_made_here_are_never_erased(world, accounts, avatars):
    world.bucket.put("avatars/shared.jpg", b"x", ServedAs("image/jpeg"))
    stored = {"avatar_key": "https://cdn.test/avatars/shared.jpg"}
    accounts.update("ann", lambda a: a.model_copy(update=stored))
    avatars.change(world.actor, picture())
    assert "avatars/shared.jpg" in set(world.keys())
    assert len(world.keys()) == 3


def test_an_account_that_names_somebody_elses_key_erases_nothing(world, accounts, avatars):
    mine = avatars.change(world.actor, picture()).avatar_key
    accounts.update("bob", lambda a: a.model_copy(update={"avatar_key": mine}))
    avatars.remove(Actor(account_id="bob", role=Role.MEMBER))
    assert mine in set(world.keys())


def test_addresses_of_before_are_understood_and_others_have_a_reason(world, avatars, accounts):
    ann = accounts.get("ann")

    def shown(stored):
        return avatars.address(ann.model_copy(update={"avatar_key": stored}))

    assert shown("https://cdn.test/avatars/avatars/a.jpg").url == "https://cdn.test/avatars/a.jpg"
    gone = shown("https://old.example/avatars/a.jpg")
    assert (gone.url, gone.small_url) == ("", "")
    assert "kept at old.example" in gone.reason
    former = world.settings.model_copy(update={"former_cdn_domains": "x.example, old.example"})
    world.settings = former
    assert (
        service(world)
        .address(ann.model_copy(update={"avatar_key": "https://old.example/avatars/a.jpg"}))
        .url.endswith("avatars/a.jpg")
    )


def test_a_change_of_the_profile_keeps_the_picture(world, accounts, avatars):
    key = avatars.change(world.actor, picture()).avatar_key
    people = AccountsService(world.store, world.audit, world.settings, world.clock, "k" * 40)
    people.update_profile(world.actor, ProfileChanges(full_name="Ann"))
    world.clock.advance(days=3)
    assert avatars.sweep() == 0
    assert accounts.get("ann").avatar_key == key
    assert key in set(world.keys())
