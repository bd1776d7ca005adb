"""Visitors: passwords, counts that hold under a rush, folders that change, and people."""

import threading
from datetime import timedelta

import pytest

from core.errors import Conflict, InvalidInput, NotFound, NotSignedIn, TooManyAttempts
from core.model.finding import Album
from core.model.media import FileQuery, FileState, Right
from core.model.sharing import (
    DropLimits,
    LinkState,
    ShareKind,
    SharePolicy,
    ShareTarget,
    TargetKind,
)
from core.shares.records import DropRequest
from core.stores.files import album_records
from tests.shares.conftest import PASSWORD


def test_a_right_password_proves_itself_for_an_hour_or_less(house):
    house.file("one")
    own = house.link("one", password=PASSWORD)
    with pytest.raises(NotSignedIn):
        house.enter(own)
    proof, until = house.shares.unlock(house.token(own), PASSWORD, address="1.2.3.4")
    assert until == house.clock() + timedelta(hours=1)
    assert house.enter(own, proof)
    house.clock.turn(hours=1)
    with pytest.raises(NotSignedIn):
        house.enter(own, proof)


def test_the_proof_of_one_link_opens_no_other(house):
    house.file("one")
    first, second = (house.link("one", password=PASSWORD) for _ in range(2))
    proof, _ = house.shares.unlock(house.token(first), PASSWORD)
    with pytest.raises(NotSignedIn):
        house.enter(second, proof)


def test_five_wrong_passwords_close_the_link_for_that_address_alone(house):
    house.file("one")
    own = house.link("one", password=PASSWORD)
    token = house.token(own)
    for _ in range(5):
        with pytest.raises(InvalidInput):
            house.shares.unlock(token, "wrong", address="1.2.3.4")
    with pytest.raises(TooManyAttempts) as closed:
        house.shares.unlock(token, PASSWORD, address="1.2.3.4")
    assert 899 <= closed.value.seconds <= 901
    assert house.shares.unlock(token, PASSWORD, address="5.6.7.8")
    house.clock.turn(minutes=15)
    assert house.shares.unlock(token, PASSWORD, address="1.2.3.4")


def test_right_passwords_are_never_counted(house):
    house.file("one")
    token = house.token(house.link("one", password=PASSWORD))
    for _ in range(12):
        house.shares.unlock(token, PASSWORD, address="1.2.3.4")
    house.clock.turn(days=1)
    with pytest.raises(InvalidInput):
        house.shares.unlock(token, "wrong", address="9.9.9.9")
    assert house.store.query("share_attempts").items[0].data["count"] <= 1


def test_guesses_sent_at_once_do_not_all_pass(house):
    house.file("one")
    token = house.token(house.link("one", password=PASSWORD))
    outcomes = []

    def guess():
        try:
            house.shares.unlock(token, "wrong", address="1.2.3.4")
        except (InvalidInput, TooManyAttempts, Conflict) as error:
            outcomes.append(type(error))

    rush(guess, 16)
    assert outcomes.count(InvalidInput) <= 5
    assert len(outcomes) == 16


def rush(work, count):
    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_of_many_downloads_at_once_no_more_than_the_limit_come_through(house):
    house.file("one")
    own = house.link("one", max_downloads=5)
    visit, outcomes = house.enter(own), []

    def fetch():
        try:
            outcomes.append(house.shares.download(visit, "one")[:4])
        except Conflict:
            outcomes.append("none")

    rush(fetch, 16)
    assert sorted(outcomes) == ["http"] * 5 + ["none"] * 11
    assert house.current(own).link.downloads == 5
    assert house.current(own).state is LinkState.USED_UP


def test_every_opening_is_counted_under_a_rush(house):
    house.file("one")
    own = house.link("one")
    visit = house.enter(own)
    rush(lambda: house.shares.opened(visit, address="1.2.3.4"), 20)
    seen = house.current(own).link
    assert (seen.views, seen.last_used_at) == (20, house.clock())
    assert len(house.events("share.opened")) == 20
    assert house.events("share.opened")[0].address == "1.2.3.4"


def test_a_page_that_was_opened_before_the_end_fetches_nothing_after_it(house):
    house.file("one")
    own = house.link("one", days=1)
    visit = house.enter(own)
    house.clock.turn(days=1)
    with pytest.raises(NotFound):
        house.shares.download(visit, "one")
    assert house.current(own).link.downloads == 0


def test_a_file_in_the_making_or_without_bytes_is_not_handed_out(house):
    house.file("new", state=FileState.PROCESSING)
    house.file("lost", state=FileState.UNDELIVERED, key="media/lost/none.jpg")
    house.bucket.delete("media/lost/none.jpg")
    own = house.link("new", "lost")
    visit = house.enter(own)
    with pytest.raises(Conflict, match="processed"):
        house.shares.download(visit, "new")
    with pytest.raises(Conflict, match="can't be fetched"):
        house.shares.download(visit, "lost")
    assert house.current(own).link.downloads == 0


def test_a_zip_leaves_out_what_has_gone_since(house):
    house.file("one")
    house.file("two")
    own = house.link("one", "two", title="Trip")
    archive = house.shares.archive(house.enter(own))
    house.bucket.delete(house.files.get("one").key)
    assert b"two.jpg" in b"".join(archive.chunks)


def test_a_folder_shows_what_is_in_it_now(house, folder_of):
    for name, folder in (("in", "trip"), ("deep", "trip/day 1"), ("near", "trips"), ("top", "")):
        house.file(name, folder=folder)
    house.file("his", owner="bob", folder="trip")
    visit = house.enter(house.link(target=folder_of("trip")))
    assert {file.id for file in house.shares.files(visit).items} == {"in", "deep"}
    house.files.update("near", lambda f: f.model_copy(update={"folder": "trip/late"}))
    house.files.update("in", lambda f: f.model_copy(update={"folder": "elsewhere"}))
    assert {file.id for file in house.shares.files(visit).items} == {"deep", "near"}
    assert house.shares.file(visit, "near")
    for gone in ("in", "his", "top"):
        with pytest.raises(NotFound):
            house.shares.file(visit, gone)


def test_an_album_shows_its_owners_files_on_it(house):
    house.file("on", albums=("a1",))
    house.file("off")
    house.file("his", owner="bob", albums=("a1",))
    album = Album(id="a1", owner_id="ada", name="Summer", created_at=house.clock())
    album_records(house.store).add(album)
    target = ShareTarget(kind=TargetKind.ALBUM, album_id="a1")
    own = house.link(target=target)
    assert own.link.title == "Summer"
    visit = house.enter(own)
    assert [file.id for file in house.shares.files(visit).items] == ["on"]
    with pytest.raises(NotFound):
        house.shares.file(visit, "his")
    assert house.shares.file(visit, "on")
    with pytest.raises(NotFound, match="album"):
        house.link(target=target, by=house.bob)
    album_records(house.store).remove("a1")
    assert house.shares.files(visit).total == 0
    with pytest.raises(NotFound):
        house.shares.archive(visit)
    with pytest.raises(NotFound):
        house.shares.file(visit, "on")


def test_many_files_come_page_by_page(house, folder_of):
    for number in range(65):
        house.file(f"f{number:02}", folder="trip")
    ids = tuple(f"f{number:02}" for number in range(65))
    for own in (house.link(*ids), house.link(target=folder_of("trip"))):
        visit = house.enter(own)
        first, second = house.shares.files(visit, 1), house.shares.files(visit, 2)
        assert (first.total, first.pages, len(first.items)) == (65, 2, 60)
        assert (second.page, len(second.items)) == (2, 5)
        assert house.shares.files(visit, 99).items == second.items
        assert house.shares.files(visit, -1).items == first.items
        archive = house.shares.archive(visit)
        assert sum(1 for chunk in archive.chunks if chunk) > 65
        assert house.current(own).link.downloads == 65


# Drop boxes

BOX = DropLimits(max_files=4, max_file_bytes=100, max_total_bytes=1000)


def test_of_many_files_at_once_a_box_takes_no_more_than_it_may(house, folder_of):
    own = house.link(kind=ShareKind.DROP, target=folder_of("in"), drop=BOX)
    visit, outcomes, numbers = house.enter(own), [], iter(range(16))

    def send():
        try:
            request = DropRequest("a", 10, "", "")
            house.shares.reserve(visit, f"upload{next(numbers)}", request, "a")
            outcomes.append("taken")
        except Conflict:
            outcomes.append("full")

    rush(send, 16)
    assert sorted(outcomes) == ["full"] * 12 + ["taken"] * 4


def test_a_place_that_nobody_used_is_free_again(house, folder_of):
    limits = BOX.model_copy(update={"max_files": 1})
    own = house.link(kind=ShareKind.DROP, target=folder_of("in"), drop=limits)
    request = DropRequest("a", 10, "", "")
    house.shares.reserve(house.enter(own), "first", request, "a")
    with pytest.raises(Conflict):
        house.shares.admit(house.enter(own), request)
    house.clock.turn(hours=2)
    assert house.shares.admit(house.enter(own), request).folder == "in"


def test_what_was_begun_in_time_may_end_after_the_link_but_not_after_its_revocation(
    house, folder_of
):
    own = house.link(kind=ShareKind.DROP, target=folder_of("in"), drop=BOX, days=1)
    house.shares.reserve(house.enter(own), "up", DropRequest("a", 10, "", "Zo\u00eb"), "a")
    house.clock.turn(days=1, minutes=5)
    arriving = house.shares.arriving(house.token(own), "up")
    assert (arriving.owner.account_id, arriving.drop.sender) == ("ada", "Zo\u00eb")
    assert arriving.owner.session_id == f"share:{own.link.id}"
    house.shares.revoke(house.ada, own.link.id)
    with pytest.raises(NotFound):
        house.shares.arriving(house.token(own), "up")


# People


def test_people_see_what_is_shared_with_them_until_it_is_taken_back(house):
    house.file("one")
    house.file("two")
    shared = house.shares.share_with(
        house.ada, ["one", "two"], ["BOB@example.com ", "sue@example.com"], Right.EDIT
    )
    assert [person.email for person in shared] == ["bob@example.com", "sue@example.com"]
    found = house.index.search(FileQuery(shared_with="bob"), limit=10)
    assert {file.id for file in found.items} == {"one", "two"}
    assert house.files.get("one").right_of("bob") is Right.EDIT
    house.shares.unshare(house.ada, ["one"], ["bob"])
    assert house.files.get("one").right_of("bob") is None
    assert [person.name for person in house.shares.people(house.ada, "one")] == ["sue"]
    assert {event.subject for event in house.events("file.shared")} == {"file/one", "file/two"}
    assert house.events("file.unshared")[0].details["people"] == "bob"


def test_only_who_may_share_a_file_shares_it_and_anybody_may_leave(house):
    house.file("one")
    house.shares.share_with(house.ada, ["one"], ["bob@example.com"], Right.EDIT)
    from core.errors import NotAllowed  # noqa: PLC0415

    with pytest.raises(NotAllowed, match="Only the owner"):
        house.shares.share_with(house.bob, ["one"], ["sue@example.com"], Right.VIEW)
    with pytest.raises(NotAllowed):
        house.shares.unshare(house.bob, ["one"], ["bob", "sue"])
    house.shares.unshare(house.bob, ["one"], ["bob"])
    assert house.files.get("one").grants == ()
    assert house.shares.share_with(house.root, ["one"], ["bob@example.com"], Right.VIEW)


def test_what_was_taken_back_is_given_back_with_the_rights_of_before(house):
    for name in ("one", "two"):
        house.file(name)
    house.shares.share_with(house.ada, ["one"], ["bob@example.com"], Right.EDIT)
    house.shares.share_with(house.ada, ["one", "two"], ["sue@example.com"], Right.VIEW)
    house.shares.unshare(house.ada, ["one", "two"], ["bob", "sue"])
    house.shares.share_with(house.ada, ["two"], ["sue@example.com"], Right.EDIT)
    house.clock.turn(hours=23)
    assert house.shares.give_back(house.ada, ["one", "two", "never"]) == 2
    assert house.files.get("one").right_of("bob") is Right.EDIT
    assert house.files.get("one").right_of("sue") is Right.VIEW
    assert house.files.get("two").right_of("sue") is Right.EDIT  # given anew meanwhile
    assert house.index.search(FileQuery(shared_with="bob"), limit=10).total == 1
    told = [event.details["people"] for event in house.events("file.shared")]
    assert "given back: bob, sue" in told
    with pytest.raises(Conflict):
        house.shares.give_back(house.ada, ["one", "two"])


def test_who_left_may_come_back_for_a_day(house):
    house.file("one")
    house.shares.share_with(house.ada, ["one"], ["bob@example.com"], Right.EDIT)
    for hours, comes in ((23, True), (25, False)):
        house.shares.unshare(house.bob, ["one"], ["bob"])
        with pytest.raises(Conflict):  # only whoever did it undoes it
            house.shares.give_back(house.ada, ["one"])
        house.clock.turn(hours=hours)
        if comes:
            assert house.shares.give_back(house.bob, ["one"]) == 1
            assert house.files.get("one").right_of("bob") is Right.EDIT
    with pytest.raises(Conflict):
        house.shares.give_back(house.bob, ["one"])
    house.shares.purge()
    assert house.store.query("share_taken").items == ()


def test_who_left_stays_out_once_the_owner_takes_anything_back(house):
    house.file("one")
    emails = ["bob@example.com", "sue@example.com"]
    house.shares.share_with(house.ada, ["one"], emails, Right.VIEW)
    house.shares.unshare(house.bob, ["one"], ["bob"])
    house.shares.unshare(house.ada, ["one"], ["sue"])
    with pytest.raises(Conflict):
        house.shares.give_back(house.bob, ["one"])
    house.trash("one")
    with pytest.raises(Conflict):
        house.shares.give_back(house.ada, ["one"])
    assert house.files.get("one").grants == ()


def test_whom_the_owner_puts_out_after_they_left_does_not_come_back(house):
    house.file("one")
    emails = ["bob@example.com", "sue@example.com"]
    house.shares.share_with(house.ada, ["one"], emails, Right.VIEW)
    house.shares.unshare(house.ada, ["one"], ["sue"])
    house.shares.unshare(house.bob, ["one"], ["bob"])
    house.shares.unshare(house.ada, ["one"], ["bob"])  # she may not know that he left
    with pytest.raises(Conflict):
        house.shares.give_back(house.bob, ["one"])
    assert house.shares.give_back(house.ada, ["one"]) == 1  # what she took before
    assert {grant.account_id for grant in house.files.get("one").grants} == {"sue"}


def test_a_leaver_takes_the_owners_undo_away_from_nobody(house):
    house.file("one")
    emails = ["bob@example.com", "sue@example.com"]
    house.shares.share_with(house.ada, ["one"], emails, Right.VIEW)
    house.shares.unshare(house.ada, ["one"], ["sue"])
    house.shares.unshare(house.bob, ["one"], ["bob"])
    assert house.shares.give_back(house.ada, ["one"]) == 1
    assert house.shares.give_back(house.bob, ["one"]) == 1
    assert {grant.account_id for grant in house.files.get("one").grants} == {"bob", "sue"}


def test_who_manages_files_no_more_gives_no_rights_back(house):
    house.file("one")
    house.shares.share_with(house.ada, ["one"], ["bob@example.com"], Right.VIEW)
    house.shares.unshare(house.root, ["one"], ["bob"])
    demoted = house.root.model_copy(update={"role": house.ada.role})
    with pytest.raises(Conflict):
        house.shares.give_back(demoted, ["one"])
    assert house.shares.give_back(house.root, ["one"]) == 1


def test_unknown_and_disabled_people_are_named_alike_and_nothing_is_done(house):
    house.file("one")
    house.set_account("bob", disabled=True)
    for email in ("bob@example.com", "nobody@example.com", "nonsense"):
        with pytest.raises(InvalidInput, match=f"Nobody here has the address {email}"):
            house.shares.share_with(house.ada, ["one"], ["sue@example.com", email], Right.VIEW)
    assert house.files.get("one").grants == ()


def test_the_policy_is_asked_before_anybody_is_looked_up(house):
    house.file("one")
    house.shares.set_policy(house.root, SharePolicy(domains=("corp.example",)))
    said = set()
    for email in ("bob@example.com", "nobody@example.com"):
        with pytest.raises(InvalidInput) as refused:
            house.shares.share_with(house.ada, ["one"], [email], Right.VIEW)
        said.add(refused.value.message.replace(email, ""))
    assert len(said) == 1
