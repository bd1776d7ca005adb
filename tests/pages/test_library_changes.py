"""Changes of many files: what the bar offers, the look before, progress, refusals, undo."""

import json

import pytest

from core.errors import Configuration
from core.model.changes import BulkChange, BulkKind, Selection
from core.model.identity import Role
from core.model.media import FileQuery
from core.ui import session
from core.ui.library.picks import Picks
from tests.pages.conftest import NASTY, shown
from tests.pages.test_library import headline, tiles

TAG = BulkChange(kind=BulkKind.ADD_TAGS, tags=("sea",))


@pytest.fixture
def shelf(enter, add):
    ada = enter(Role.MEMBER)
    for at in range(3):
        add(f"f{at}", ada, name=f"{at}.jpg", age=at)
    return ada


def with_picked(page, *ids):
    page.session_state[session.PICKED] = Picks(ids=ids)
    return page.run()


def keys(page):
    return {button.key for button in page.button}


def many(add, actor, count=31):
    for at in range(count):
        add(f"m{at}", actor, name=f"many {at}.jpg", age=10 + at)


def run_jobs(desk, actor):
    for bulk in desk.library.bulks.recent(actor):
        desk.library.bulks.run(desk.jobs.find(bulk.job_id).value)


def test_a_selection_offers_what_can_be_done_with_it(shelf, visit):
    page = visit("library")
    assert "trash_selected" not in keys(page)
    page = with_picked(page, "f0", "f1")
    assert {"selected_add_tags", "selected_move", "share_selected", "trash_selected"} <= keys(page)
    assert "selected_details" not in keys(page)  # that is for one file


def test_the_rest_of_the_search_is_offered_once_the_page_is_selected(shelf, visit, add, desk):
    many(add, shelf, 60)
    page = with_picked(visit("library"), *(tile["id"] for tile in items(visit("library"))))
    page.button(key="select_everything").click().run()
    assert page.session_state[session.PICKED].whole
    page.button(key="share_selected").click().run()
    assert "What this search finds later is not added" in shown(page)


def test_more_files_than_a_link_holds_are_told_the_way_round(shelf, visit, add, monkeypatch):
    monkeypatch.setattr("core.ui.library.handing.MOST_FILES", 1)
    page = with_picked(visit("library"), "f0", "f1")
    html = shown(page.button(key="share_selected").click().run())
    assert "A link holds 1 file; these are 2." in html
    assert "put them on an album" in html


def items(page):
    node = page.get("bidi_component")[0].proto
    return json.loads(json.loads(node.json)["page"])["items"]


def test_before_a_change_it_is_said_what_changes_and_what_is_refused(enter, visit, add, desk):
    add("theirs", enter(Role.MEMBER, "Bob"), name="secret.jpg")
    ada = enter(Role.MEMBER, "Ada")
    add("f0", ada)
    page = with_picked(visit("library"), "f0", "theirs")
    page.session_state["bulk_tags"] = ["sea"]
    html = shown(page.button(key="selected_add_tags").click().run())
    assert "1 will change" in html
    assert "1 refused" in html
    assert "secret.jpg" not in html
    assert desk.library.get(ada, "f0").tags == ()


def test_few_files_go_to_the_trash_at_once_and_come_back(shelf, visit):
    page = with_picked(visit("library"), "f0", "f2")
    page.button(key="trash_selected").click().run()
    assert tiles(page) == ["1.jpg"]
    assert "2 files moved to the trash." in shown(page)
    page.button(key="undo_change").click().run()
    assert tiles(page) == ["0.jpg", "1.jpg", "2.jpg"]


def test_a_long_change_shows_its_progress_in_files_and_can_be_stopped(shelf, visit, add, desk):
    many(add, shelf)
    bulk = desk.library.bulks.start(shelf, Selection(query=FileQuery(text="many")), TAG)
    page = visit("library")
    assert page.get("progress")[0].proto.text == "Files are being tagged sea: looking up which"
    page.button(key=f"stop_{bulk.id}").click().run()
    assert page.button(key=f"stop_{bulk.id}").disabled
    run_jobs(desk, shelf)
    assert desk.library.bulks.get(shelf, bulk.id).cancelled


def test_what_was_done_elsewhere_is_listed_with_its_undo(shelf, visit, add, desk):
    many(add, shelf)
    bulk = desk.library.bulks.start(shelf, Selection(query=FileQuery(text="many")), TAG)
    run_jobs(desk, shelf)
    page = visit("library")
    assert "31 files tagged sea" in shown(page)
    page.button(key=f"undo_{bulk.id}").click().run()
    run_jobs(desk, shelf)
    assert desk.library.get(shelf, "m3").tags == ()


def test_refused_files_are_named_with_the_reason(shelf, visit, desk):
    desk.library.trash(shelf, ["f1"])
    delete = BulkChange(kind=BulkKind.DELETE)
    bulk = desk.library.bulks.start(shelf, Selection(ids=("f0", "f1")), delete)
    page = visit("library")
    page.session_state[session.LAST_BULK] = bulk.id
    html = shown(page.run())
    assert "1 file deleted for good. 1 refused." in html
    assert "0.jpg is not in the trash." in html


def test_emptying_the_trash_is_asked_for_and_leaves_the_library_alone(shelf, visit, desk):
    desk.library.trash(shelf, ["f0", "f2"])
    page = visit("library", **{"in": "Trash"})
    assert "30 days after" in shown(page)
    assert items(page)[0]["size"].startswith("30 days left, ")
    page.button(key="empty_trash_now").click().run()
    run_jobs(desk, shelf)
    assert headline(visit("library", **{"in": "Trash"})) == "0 files in the trash"
    assert tiles(visit("library")) == ["1.jpg"]


def test_a_hostile_name_stays_text_in_what_a_change_says(enter, visit, add, desk):
    ada = enter(Role.MEMBER)
    add("f0", ada, name=NASTY, folder="a*b*[x](y)")
    delete = BulkChange(kind=BulkKind.DELETE)
    bulk = desk.library.bulks.start(ada, Selection(ids=("f0",)), delete)
    page = visit("library", **{"in": "Folders"})
    page.session_state[session.LAST_BULK] = bulk.id
    html = shown(page.run())
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    (folder,) = [b.label for b in page.button if (b.key or "").startswith("folder_a")]
    assert "\\*b\\*" in folder


def test_while_the_index_is_built_the_files_are_listed_and_it_is_said(shelf, visit, desk):
    status = desk.index.status(desk.store).model_copy(
        update={"building": True, "done": 2, "total": 3}
    )
    desk.index.status = lambda _: status
    page = visit("library")
    assert "Index is being built, 2 of 3 files; searches see those." in shown(page)
    assert len(tiles(page)) == 3


def test_with_a_store_that_takes_no_changes_the_files_stay_and_the_refusal_says_why(
    shelf, visit, desk, monkeypatch
):
    page = with_picked(visit("library"), "f0")

    def sealed(_):
        raise Configuration("The records can't be written.", hint="Make the folder writable.")

    monkeypatch.setattr(desk.store, "transact", sealed)
    page.button(key="trash_selected").click().run()
    assert "Make the folder writable." in shown(page)
    assert len(tiles(page)) == 3
    assert headline(page) == "3 files"
