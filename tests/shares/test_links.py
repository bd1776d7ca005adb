"""Links from their making to their end, on real records."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from core.errors import AwsUnavailable, InvalidInput, NotAllowed, NotFound
from core.model.identity import Role
from core.model.sharing import DropLimits, LinkState, ShareKind, SharePolicy
from core.shares import rules
from core.shares.records import DropRequest, LinkChanges, ShareRequest
from core.shares.service import SharesService
from core.shares.service.clearing import Clearing
from tests.shares.conftest import NOW, PASSWORD

BOX = DropLimits(max_files=3, max_file_bytes=100, max_total_bytes=250)


def test_only_the_hash_of_a_token_is_stored_and_its_owner_can_copy_it_again(house):
    house.file("one")
    own = house.link("one")
    token = house.token(own)
    secret = token.partition(".")[2]
    kinds = ("share_link", "share_secret", "share_by_date")
    stored = str([house.store.get(kind, own.link.id).data for kind in kinds])
    assert secret not in stored
    assert PASSWORD not in stored
    assert house.current(own).path == own.path
    assert house.enter(own).link.id == own.link.id


def test_with_another_server_key_old_links_work_but_are_not_shown_again(house, tmp_path):
    house.file("one")
    own = house.link("one")
    other = SharesService(
        house.store, house.index, house.bucket, house.audit,
        SimpleNamespace(max_upload_bytes=1), house.clock, "another key" * 4,
    )  # fmt: skip
    assert other.get(house.ada, own.link.id).path == ""
    assert other.enter(house.token(own)).link.id == own.link.id


def test_at_the_second_of_its_end_a_link_has_ended(house):
    house.file("one")
    own = house.link("one", days=1)
    house.clock.turn(days=1, seconds=-1)
    assert house.enter(own)
    house.clock.turn(seconds=1)
    with pytest.raises(NotFound):
        house.enter(own)
    assert house.current(own).state is LinkState.EXPIRED


def test_unknown_expired_revoked_and_mistyped_links_are_told_alike(house):
    house.file("one")
    ended, revoked = house.link("one", days=1), house.link("one")
    house.shares.revoke(house.ada, revoked.link.id)
    house.clock.turn(days=2)
    other = house.token(house.link("one"))
    wrong = other[:-1] + ("A" if other[-1] != "A" else "B")
    tokens = (
        house.token(ended),
        house.token(revoked),
        wrong,
        "0" * 24 + "." + "x" * 43,
        "nonsense",
    )
    said = set()
    for token in tokens:
        with pytest.raises(NotFound) as refused:
            house.shares.enter(token)
        said.add((refused.value.message, refused.value.hint))
    assert len(said) == 1


def test_a_revoked_link_can_be_taken_back_by_who_revoked_it(house):
    house.file("one")
    own = house.link("one")
    assert house.shares.revoke(house.ada, own.link.id).path == ""
    with pytest.raises(NotFound):
        house.enter(own)
    house.shares.restore(house.ada, own.link.id)
    assert house.enter(own)
    house.shares.revoke(house.root, own.link.id)
    with pytest.raises(NotAllowed, match="An admin"):
        house.shares.restore(house.ada, own.link.id)
    house.shares.restore(house.root, own.link.id)
    assert house.enter(own)


def test_other_peoples_links_are_not_there(house):
    house.file("one")
    own = house.link("one")
    for act in (house.shares.get, house.shares.revoke, house.shares.restore):
        with pytest.raises(NotFound):
            act(house.bob, own.link.id)
        with pytest.raises(NotFound):
            act(house.sue, own.link.id)
    with pytest.raises(NotFound):
        house.shares.change(house.bob, own.link.id, LinkChanges(title="mine"))
    assert house.shares.mine(house.bob).items == ()


def test_admins_see_every_link_without_its_address_and_others_do_not(house):
    house.file("one")
    house.file("two", owner="bob")
    house.link("one")
    house.clock.turn(minutes=1)
    house.link("two", by=house.bob)
    found = house.shares.everybodys(house.root).items
    assert [own.link.owner_id for own in found] == ["bob", "ada"]
    assert {own.path for own in found} == {""}
    for person in (house.ada, house.sue):
        with pytest.raises(NotAllowed):
            house.shares.everybodys(person)


def test_only_the_owner_of_a_file_or_who_manages_media_makes_a_link(house):
    house.file("hers")
    with pytest.raises(NotFound):
        house.link("hers", by=house.bob)
    with pytest.raises(NotAllowed, match="Only the owner"):
        house.link("hers", by=house.sue)
    with pytest.raises(NotFound):
        house.link("hers", "none")
    assert house.link("hers", by=house.root).link.owner_id == "root"
    house.trash("hers")
    with pytest.raises(NotFound):
        house.link("hers")


def test_a_given_title_does_not_spare_the_check_of_the_files(house):
    house.file("hers")
    with pytest.raises(NotFound):
        house.link("hers", by=house.bob, title="Mine now")


def test_a_demoted_persons_links_to_others_files_show_nothing(house):
    house.file("hers")
    own = house.link("hers", by=house.root)
    assert house.shares.files(house.enter(own)).total == 1
    house.set_account("root", role=Role.MEMBER)
    visit = house.enter(own)
    assert house.shares.files(visit).total == 0
    with pytest.raises(NotFound):
        house.shares.download(visit, "hers")


def test_links_of_a_disabled_account_stop_and_come_back(house):
    house.file("one")
    own = house.link("one")
    house.set_account("ada", disabled=True)
    with pytest.raises(NotFound):
        house.enter(own)
    seen = house.shares.get(house.root, own.link.id)
    assert (seen.state, seen.stopped_because) == (
        LinkState.STOPPED, "The account of its owner is disabled.",
    )  # fmt: skip
    house.set_account("ada", disabled=False)
    assert house.enter(own)


def test_the_policy_is_asked_at_every_making(house, folder_of):
    house.file("one")
    policy = SharePolicy(longest_days=10, password_required=True, drop_boxes=False)
    house.shares.set_policy(house.root, policy)
    with pytest.raises(InvalidInput, match="10 days"):
        house.link("one", days=11, password=PASSWORD)
    with pytest.raises(InvalidInput, match="need a password"):
        house.link("one")
    with pytest.raises(InvalidInput, match="switched off"):
        house.link(kind=ShareKind.DROP, target=folder_of("in"), password=PASSWORD, drop=BOX)
    with pytest.raises(NotAllowed):
        house.shares.set_policy(house.ada, SharePolicy())
    assert house.events("share_policy.changed")[0].details["longest_days"] == "10"


def test_a_stricter_policy_cuts_links_made_before_and_says_so(house):
    house.file("one")
    own = house.link("one", days=60)
    house.shares.set_policy(house.root, SharePolicy(longest_days=5))
    cut = house.current(own)
    assert (cut.ending.at, cut.ending.cut_by) == (NOW + timedelta(days=5), "policy")
    assert house.enter(own).ends == NOW + timedelta(days=5)
    house.clock.turn(days=5)
    with pytest.raises(NotFound):
        house.enter(own)
    longer = house.shares.change(house.ada, own.link.id, LinkChanges(expires_in=timedelta(days=4)))
    assert longer.ending.at == NOW + timedelta(days=9)
    assert house.enter(own)


def test_a_required_password_stops_links_without_one_until_they_get_it(house):
    house.file("one")
    own = house.link("one")
    house.shares.set_policy(house.root, SharePolicy(password_required=True))
    with pytest.raises(NotFound):
        house.enter(own)
    assert "Give it one" in house.current(own).stopped_because
    house.shares.change(house.ada, own.link.id, LinkChanges(password=PASSWORD))
    proof, _ = house.shares.unlock(house.token(own), PASSWORD)
    assert house.enter(own, proof)
    with pytest.raises(InvalidInput, match="need a password"):
        house.shares.change(house.ada, own.link.id, LinkChanges(password=""))


def test_changes_are_checked_like_a_new_link(house):
    house.file("one")
    link_id = house.link("one", max_downloads=3).link.id
    with pytest.raises(InvalidInput, match="Nothing"):
        house.shares.change(house.ada, link_id, LinkChanges())
    with pytest.raises(InvalidInput):
        house.shares.change(house.ada, link_id, LinkChanges(expires_in=timedelta(days=9000)))
    with pytest.raises(InvalidInput):
        house.shares.change(house.ada, link_id, LinkChanges(max_downloads=-1))
    freed = house.shares.change(house.ada, link_id, LinkChanges(max_downloads=0, title="  Trip\n"))
    assert (freed.link.max_downloads, freed.link.title) == (None, "Trip")


def test_links_are_listed_newest_first_page_by_page(house):
    house.file("one")
    for number in range(3):
        house.link("one", title=f"link {number}")
        house.clock.turn(seconds=1)
    first = house.shares.mine(house.ada, limit=2)
    rest = house.shares.mine(house.ada, limit=2, after=first.next)
    assert [own.link.title for own in (*first.items, *rest.items)] == ["link 2", "link 1", "link 0"]


def test_making_and_ending_are_told_without_secrets(house):
    house.file("one")
    own = house.link("one", password=PASSWORD)
    house.shares.revoke(house.ada, own.link.id)
    made, ended = house.events("share.created")[0], house.events("share.revoked")[0]
    assert (made.actor_id, made.subject) == ("ada", f"share/{own.link.id}")
    assert ended.actor_id == "ada"
    told = str([event.model_dump() for event in (made, ended)])
    assert PASSWORD not in told
    assert house.token(own) not in told


def test_leaving_a_file_that_one_never_saw_tells_nothing_of_it(house):
    house.file("one")
    for file_id in ("one", "never"):
        with pytest.raises(NotFound, match=f"There is no file '{file_id}'"):
            house.shares.unshare(house.bob, [file_id], [house.bob.account_id])


def test_no_link_is_made_where_people_can_not_be_let_in(house, folder_of):
    house.file("one", folder="a")
    request = ShareRequest(target=folder_of("a"), expires_in=timedelta(days=1))
    with pytest.raises(InvalidInput):
        house.shares.create(house.ada, request, emails=["bob@example.com"])
    assert house.shares.mine(house.ada).items == ()


def test_an_admin_ends_for_good_what_its_owner_had_ended_for_now(house):
    house.file("one")
    own = house.link("one")
    house.shares.revoke(house.ada, own.link.id)
    house.shares.revoke(house.root, own.link.id)
    with pytest.raises(NotAllowed):
        house.shares.restore(house.ada, own.link.id)
    assert house.shares.restore(house.root, own.link.id).link.revoked_at is None


# The end of what ended


def filed(house, link_id):
    kinds = ("share_link", "share_secret", "share_by_date")
    return [kind for kind in kinds if house.store.get(kind, link_id)]


def test_a_link_leaves_for_good_180_days_after_its_end_and_its_events_stay(house):
    house.file("one")
    own = house.link("one", days=7)
    house.clock.turn(days=187, seconds=-1)
    assert house.shares.purge() == 0
    assert house.current(own).state is LinkState.EXPIRED
    house.clock.turn(seconds=1)
    assert house.shares.purge() == 1
    assert filed(house, own.link.id) == []
    assert house.shares.mine(house.ada).items == house.shares.everybodys(house.root).items == ()
    with pytest.raises(NotFound):
        house.enter(own)
    assert [event.subject for event in house.events("share.created")] == [f"share/{own.link.id}"]
    assert house.shares.purge() == 0


def test_a_revoked_link_is_counted_from_its_revocation_and_a_living_one_is_never_purged(house):
    house.file("one")
    house.shares.set_policy(house.root, SharePolicy(longest_days=900))
    revoked, living = house.link("one", days=900), house.link("one", days=900)
    house.clock.turn(days=10)
    house.shares.revoke(house.ada, revoked.link.id)
    house.clock.turn(days=180)
    assert house.shares.purge() == 1
    assert filed(house, revoked.link.id) == []
    assert house.enter(living)


def test_what_only_the_policy_ends_is_not_purged_since_a_milder_one_opens_it_again(house):
    house.file("one")
    house.shares.set_policy(house.root, SharePolicy(longest_days=900))
    own = house.link("one", days=900)
    house.clock.turn(days=300)
    house.shares.set_policy(house.root, SharePolicy(longest_days=1))
    assert house.current(own).state is LinkState.EXPIRED
    assert house.shares.purge() == 0
    house.shares.set_policy(house.root, SharePolicy(longest_days=900))
    assert house.enter(own)


def test_a_purge_that_broke_off_is_finished_by_the_next(house, folder_of, monkeypatch):
    box = house.link(kind=ShareKind.DROP, target=folder_of("in"), drop=BOX, days=1)
    sent = DropRequest("a.jpg", 10, "image/jpeg", "Zo\u00eb")
    house.shares.reserve(house.enter(box), "upload", sent, "a.jpg")
    house.clock.turn(days=181)

    def breaks(*_):
        raise AwsUnavailable("The table does not answer.", hint="Try again.")

    with monkeypatch.context() as broken:
        broken.setattr(Clearing, "_forget_drops", breaks)
        with pytest.raises(AwsUnavailable):
            house.shares.purge()
    assert filed(house, box.link.id) == ["share_by_date"]
    assert house.store.get("share_drop", "upload")
    assert house.shares.everybodys(house.root).items == ()
    house.shares.purge()
    assert filed(house, box.link.id) == []
    assert house.store.get("share_drop", "upload") is None
    assert house.events("share.dropped") == []


def test_an_owner_who_moves_the_end_at_the_moment_of_the_purge_keeps_the_link(house, monkeypatch):
    house.file("one")
    own = house.link("one", days=1)
    house.clock.turn(days=200)
    over_since = rules.over_since

    def meanwhile(link):
        monkeypatch.undo()
        house.shares.change(house.ada, link.id, LinkChanges(expires_in=timedelta(days=3)))
        return over_since(link)

    monkeypatch.setattr(rules, "over_since", meanwhile)
    assert house.shares.purge() == 0
    assert house.enter(own)
