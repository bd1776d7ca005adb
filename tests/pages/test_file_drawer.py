"""The drawer of one file: what can be changed there, how it is taken back, what it costs."""

import json
import re
from datetime import timedelta

import pytest

from core.aws.edge import EdgeAnswer
from core.aws.s3 import ServedAs
from core.model.changes import BulkKind
from core.model.identity import Role
from core.model.library import FileChanges
from core.model.media import FileKind, Grant, Right
from core.model.versions import version_of
from core.stores.invalidations import InvalidationBook
from core.stores.sqlite import utc_now
from tests.pages.test_library import shown


@pytest.fixture
def shelf(enter, add, desk):
    ada = enter(Role.MEMBER)
    add("f1", ada, name="beach.jpg", age=1)
    add("f2", ada, name="plan.pdf", kind=FileKind.DOCUMENT, renditions=(), age=2)
    return ada


def file(desk, id="f1"):
    return desk.files.get(id)


def test_a_name_is_saved_and_taken_back(shelf, visit, desk):
    page = visit("library", file="f1")
    page.text_input(key="drawer_name_f1").input("dawn.jpg").run()
    assert file(desk).name == "dawn.jpg"
    assert "Renamed." in shown(page)
    page.button(key="drawer_undo").click().run()
    assert file(desk).name == "beach.jpg"
    assert page.text_input(key="drawer_name_f1").value == "beach.jpg"


def test_a_folder_is_tidied_and_shown_as_it_is_stored(shelf, visit, desk):
    page = visit("library", file="f1")
    page.text_input(key="drawer_folder_f1").input("/trips//2024/").run()
    assert file(desk).folder == "trips/2024"
    assert page.text_input(key="drawer_folder_f1").value == "trips/2024"


def test_tags_are_added_where_they_stand(shelf, visit, desk):
    page = visit("library", file="f1")
    page.multiselect(key="drawer_tags_f1").set_value(["Summer", "beach"]).run()
    assert file(desk).tags == ("summer", "beach")


def test_an_album_takes_the_file_and_gives_it_back(shelf, visit, desk):
    album = desk.library.albums.create(shelf, "Spring").id
    page = visit("library", file="f1")
    page.multiselect(key="drawer_albums_f1").set_value([album]).run()
    (bulk,) = desk.library.bulks.recent(shelf)
    assert (bulk.change.kind, bulk.change.album) == (BulkKind.ADD_TO_ALBUM, album)
    desk.files.update("f1", lambda one: one.model_copy(update={"albums": (album,)}))
    page = visit("library", file="f1")
    page.multiselect(key="drawer_albums_f1").set_value([]).run()
    assert desk.library.bulks.recent(shelf)[0].change.kind is BulkKind.REMOVE_FROM_ALBUM


def test_a_name_that_is_refused_says_why_and_changes_nothing(shelf, visit, desk):
    page = visit("library", file="f1")
    page.text_input(key="drawer_name_f1").input("...").run()
    assert "Give the file a name with a visible letter." in shown(page)
    assert file(desk).name == "beach.jpg"
    assert page.text_input(key="drawer_name_f1").value == "beach.jpg"


def test_whoever_was_faster_is_named_and_their_name_stays(shelf, visit, desk, enter):
    page = visit("library", file="f1")
    desk.library.change(shelf, "f1", FileChanges(name="theirs.jpg"))
    page.text_input(key="drawer_name_f1").input("mine.jpg").run()
    assert file(desk).name == "theirs.jpg"
    assert "Shown is what it is now." in shown(page)
    assert page.text_input(key="drawer_name_f1").value == "theirs.jpg"


def test_the_drawer_says_who_opens_the_address_and_its_owner_switches_that(
    shelf, visit, desk, monkeypatch
):
    monkeypatch.setattr(desk.library, "serves_private", True)
    page = visit("library", file="f1")
    assert "Whoever knows this address can open it" in shown(page)
    page.button(key="switch_private").click().run()  # this bucket has no key group behind it
    assert "Private media is off" in shown(page)
    assert not file(desk).private


def test_only_who_may_remove_a_file_switches_its_privacy(shelf, visit, desk, enter, monkeypatch):
    monkeypatch.setattr(desk.library, "serves_private", True)
    bob = enter(Role.MEMBER, "Bob")
    desk.files.update(
        "f1",
        lambda one: one.model_copy(
            update={"grants": (Grant(account_id=bob.account_id, right=Right.EDIT),)}
        ),
    )
    page = visit("shared", view="Shared with me", file="f1")
    assert "can open it, without signing in" in shown(page)
    assert "switch_private" not in {one.key for one in page.button}


def test_the_drawer_walks_along_the_page(shelf, visit):
    page = visit("library", file="f1")
    assert page.button(key="drawer_Previous").disabled
    page.button(key="drawer_Next").click().run()
    assert page.query_params["file"] == "f2"
    assert "plan.pdf</h2>" in shown(page)
    assert page.button(key="drawer_Next").disabled


def test_who_may_only_look_changes_nothing_here(enter, add, visit, desk):
    bob = enter(Role.MEMBER, "Bob")
    add("theirs", bob, name="theirs.jpg")
    ada = enter(Role.MEMBER, "Ada")
    grants = (Grant(account_id=ada.account_id, right=Right.VIEW),)
    desk.files.update("theirs", lambda one: one.model_copy(update={"grants": grants}))
    page = visit("library", file="theirs")
    assert not page.exception
    keys = {one.key for one in page.text_input}
    assert "drawer_name_theirs" not in keys
    assert {one.key for one in page.button} & {"trash_file", "share_file", "invalidate"} == set()
    assert "another member" in shown(page)


def test_advice_stands_at_the_file_and_its_repair_is_one_click(shelf, visit, desk):
    body = b"\xff\xd8\xff\xe0" + b"0" * 400
    ref = desk.bucket.put(file(desk).key, body, ServedAs("text/html"))
    desk.files.update("f1", lambda one: one.model_copy(update={"etag": ref.etag}))
    page = visit("library", file="f1")
    assert "It is served as text/html, but its bytes are image/jpeg." in shown(page)
    assert "2 pieces of advice" in shown(page)
    page.button(key="repair_wrong_type").click().run()
    assert desk.bucket.head(file(desk).key).content_type == "image/jpeg"
    assert "pieces of advice" not in shown(page)


def test_what_is_known_stands_there_before_s3_is_asked(shelf, visit, desk, monkeypatch):
    def silent(*_):
        raise RuntimeError("no answer yet")

    monkeypatch.setattr(desk.advising, "advice", silent)
    page = visit("library", file="f1")
    assert page.text_input(key="drawer_name_f1").value == "beach.jpg"
    assert {"trash_file", "recheck"} <= {one.key for one in page.button}
    assert "Delivered" in shown(page)


def test_a_check_tells_the_state_beside_the_answer(shelf, visit, desk, monkeypatch):
    monkeypatch.setattr(desk.uploads, "recheck", lambda *_: None)
    answer = EdgeAnswer(200, {"etag": '"old"', "age": "7", "x-cache": "Hit from cloudfront"})
    monkeypatch.setattr(desk.viewing._edge, "head", lambda _: answer)
    ref = desk.bucket.put(file(desk).key, b"bytes", ServedAs("image/jpeg"))
    desk.files.update("f1", lambda one: one.model_copy(update={"etag": ref.etag}))
    page = visit("library", file="f1")
    page.button(key="recheck").click().run()
    assert "Stale" in shown(page)
    assert "The edge serves other bytes than the bucket holds." in shown(page)
    assert "Hit from cloudfront" in shown(page)


OLD = "Delivered, an older copy may still be served"


def test_a_replaced_address_counts_as_delivered_only_once_the_cdn_was_seen_since(
    shelf, visit, desk
):
    now = utc_now()
    before = version_of(file(desk)).model_copy(update={"version_id": "older"})
    replaced = {"versions": (before,), "revision": 2, "stored_at": now}
    seen = {"delivered_at": now - timedelta(hours=1)}
    desk.files.update("f1", lambda one: one.model_copy(update=replaced | seen))
    page = visit("library", file="f1")
    assert OLD in shown(page)
    assert "not seen through the CDN since its bytes changed" in shown(page)
    seen = {"delivered_at": now + timedelta(seconds=9)}
    desk.files.update("f1", lambda one: one.model_copy(update=seen))
    page = visit("library", file="f1")
    assert OLD not in shown(page)
    assert "seen through the CDN since" not in shown(page)


@pytest.mark.parametrize(("path", "told"), [("/media/f1/beach.jpg", True), ("/was/there", False)])
def test_the_cdn_at_work_on_the_address_of_today_may_still_have_an_older_copy(
    shelf, visit, desk, path, told
):
    book = InvalidationBook(desk.store, desk.jobs, utc_now)
    desk.store.transact(book.order("f1", shelf.account_id, (path,), shelf.account_id)[1])
    assert (OLD in shown(visit("library", file="f1"))) is told


def test_sharing_closes_the_drawer_and_opens_the_dialog_of_links(shelf, visit):
    page = visit("library", file="f1")
    page.button(key="share_file").click().run()
    assert "file" not in page.query_params
    assert any(one.key == "share_way" for one in page.get("button_group"))


def test_the_viewer_gets_the_page_and_the_query_behind_it(shelf, visit):
    page = visit("library", q="beach", show="f2")
    (viewer,) = [
        one.proto for one in page.get("bidi_component") if "viewer.js" in one.proto.js_content
    ]
    data = json.loads(viewer.json)
    told = json.loads(data["page"])
    assert data["linked"] == "f2"
    assert [item["id"] for item in told["window"]["items"]] == ["f1"]
    assert json.loads(told["filter"]) == {"text": "beach"}
    assert told["extra"]["name"] == "plan.pdf"  # it stands outside of the query


def test_the_viewer_learns_nothing_of_a_file_that_is_not_ones_own(enter, add, visit):
    add("theirs", enter(Role.MEMBER, "Bob"), name="secret-plan.jpg")
    add("own", enter(Role.MEMBER, "Ada"))
    page = visit("library", show="theirs")
    (viewer,) = [
        one.proto for one in page.get("bidi_component") if "viewer.js" in one.proto.js_content
    ]
    assert json.loads(json.loads(viewer.json)["page"])["extra"] is None


def test_what_has_the_same_object_is_told_as_far_as_one_may_know(enter, add, visit, desk):
    bob = enter(Role.MEMBER, "Bob")
    add("theirs", bob, name="bobs.jpg", key="avatars/face512.jpg")
    support = enter(Role.SUPPORT, "Sue")
    ada = enter(Role.MEMBER, "Ada")
    add("f1", ada, key="avatars/face512.jpg", renditions=())
    add("f2", ada, name="mine too.jpg", key="avatars/face512.jpg")
    account = desk.store.get("account", bob.account_id)
    desk.store.put(
        account.model_copy(update={"data": account.data | {"avatar_key": "avatars/face512.jpg"}})
    )
    page = opened(visit)
    rows = [*rows_of(page)]
    assert rows == [
        "a profile picture another member",
        "a file mine too.jpg",
        "a file another member",
    ]
    assert {one.id for one in desk.library.object_users(support, "f1")} == {
        *(bob.account_id, "theirs", "f2"),
    }


def opened(visit):
    page = visit("library", file="f1")
    page.session_state["drawer_references"] = True
    return page.run()


def rows_of(page):
    found = re.search(r"Its object is also.*?</table>", shown(page), re.DOTALL)
    for row in re.findall(r"<tr>(.*?)</tr>", found[0].partition("<tbody>")[2], re.DOTALL):
        yield " ".join(re.sub(r"<[^>]+>", " ", row).split())
