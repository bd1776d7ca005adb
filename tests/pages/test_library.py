import json

import pytest

from core.model.identity import Role
from core.model.media import FileKind, FileState
from core.stores.files import file_records
from core.ui.library import processing
from tests.pages.conftest import NASTY, shown


def tiles(page):
    """The names that the gallery component was given."""
    node = page.get("bidi_component")[0].proto
    return [item["name"] for item in json.loads(json.loads(node.json)["page"])["items"]]


def headline(page):
    return shown(page).partition("<h1>")[2].partition("</h1>")[0]


@pytest.fixture
def shelf(enter, add):
    ada = enter(Role.MEMBER)
    add("f1", ada, name="beach.jpg", age=1)
    add("f2", ada, name="plan.pdf", kind=FileKind.DOCUMENT, renditions=(), age=2)
    add("f3", ada, name="dune.jpg", state=FileState.UNDELIVERED, age=3)
    return ada


def test_the_newest_files_come_first_and_are_counted(shelf, visit):
    page = visit("library")
    assert tiles(page) == ["beach.jpg", "plan.pdf", "dune.jpg"]
    assert headline(page) == "3 files"


def test_a_filter_narrows_and_an_empty_result_says_what_to_do(shelf, visit):
    page = visit("library", state="undelivered")
    assert tiles(page) == ["dune.jpg"]
    assert headline(page) == "1 file found"
    page = visit("library", state="undelivered", type="document")
    assert "Nothing matches" in shown(page)
    page.button(key="clear_all").click().run()
    assert headline(page) == "3 files"


def test_a_search_that_finds_nothing_is_cleared_with_a_click(shelf, visit):
    page = visit("library", q="zebra")
    assert headline(page) == "0 files found"
    page.button(key="clear_all").click().run()
    assert headline(page) == "3 files"
    assert page.text_input(key="q").value == ""


def test_search_and_sort_work_together(shelf, visit):
    page = visit("library")
    page.text_input(key="q").input("jpg").run()
    page.selectbox(key="sort").select("Name Z\u2013A").run()
    assert tiles(page) == ["dune.jpg", "beach.jpg"]


def test_words_with_a_field_filter_as_well(shelf, visit):
    page = visit("library")
    page.text_input(key="q").input("type:document").run()
    assert tiles(page) == ["plan.pdf"]


def test_a_filter_that_cannot_be_read_is_a_clear_message(shelf, visit):
    page = visit("library")
    page.text_input(key="q").input("type:nonsense").run()
    assert "ui-problem" in shown(page)
    assert "Reference" in shown(page)


def test_a_link_carries_search_filter_and_view(shelf, visit):
    page = visit("library", q="dune", state="undelivered", view="List")
    assert page.text_input(key="q").value == "dune"
    assert page.button(key="chip_state_undelivered").label == "State\\: Not delivered"
    assert list(page.dataframe[0].value["Name"]) == ["dune.jpg"]


def test_sixty_files_make_a_page_and_a_filter_returns_to_the_first(enter, add, visit):
    ada = enter(Role.MEMBER)
    for at in range(61):
        add(f"f{at}", ada, name=f"{at:02}.jpg", age=at)
    page = visit("library", page="2")
    assert tiles(page) == ["60.jpg"]
    page.text_input(key="q").input("jpg").run()
    assert len(tiles(page)) == 60


def test_the_drawer_shows_checks_removed_metadata_and_the_url(shelf, visit):
    html = shown(visit("library", file="f3"))
    assert "original: status" in html
    assert "403" in html.partition("got ")[2]
    assert "GPSLatitude" in html
    assert "https://cdn.example/media/f3/beach.jpg" in html
    assert "4.0 KiB \u2192 2.0 KiB (50 % less)" in html


def test_a_member_downloads_by_a_presigned_link(shelf, visit):
    page = visit("library", file="f1")
    link = next(node.proto for node in page.get("link_button") if node.proto.label == "Download")
    assert "X-Amz-Signature" in link.url
    assert "media/f1/beach.jpg" in link.url


def test_somebody_elses_file_is_not_there(enter, add, visit):
    add("theirs", enter(Role.MEMBER, "Bob"), name="secret-plan.jpg")
    enter(Role.MEMBER, "Ada")
    html = shown(visit("library", file="theirs"))
    assert "ui-problem" in html
    assert "secret-plan" not in html


def test_moving_to_the_trash_can_be_undone(shelf, visit, desk):
    page = visit("library", file="f1")
    page.button(key="trash_file").click().run()
    assert tiles(page) == ["plan.pdf", "dune.jpg"]
    assert "1 file moved to the trash." in shown(page)
    page.button(key="undo_change").click().run()
    assert tiles(page) == ["beach.jpg", "plan.pdf", "dune.jpg"]
    assert desk.library.get(shelf, "f1").trashed_at is None


def test_restoring_in_the_drawer_closes_it(shelf, visit, desk):
    desk.library.trash(shelf, ["f2"])
    page = visit("library", **{"in": "Trash"}, file="f2")
    page.button(key="restore_file").click().run()
    assert "file" not in page.query_params
    assert "GPSLatitude" not in shown(page)


def test_a_link_to_a_file_that_is_gone_says_so_above_the_files(shelf, visit):
    html = shown(visit("library", file="gone"))
    assert html.index("ui-problem") < html.index("<h1>3 files</h1>")


def test_the_trash_shows_what_can_be_restored(shelf, visit, desk):
    desk.library.trash(shelf, ["f2"])
    page = visit("library", **{"in": "Trash"})
    assert tiles(page) == ["plan.pdf"]
    assert headline(page) == "1 file in the trash"
    page = visit("library", **{"in": "Trash"}, file="f2")
    page.button(key="restore_file").click().run()
    assert desk.library.get(shelf, "f2").trashed_at is None


def test_a_nasty_name_reaches_the_gallery_as_text_and_the_drawer_escaped(enter, add, visit):
    ada = enter(Role.MEMBER)
    add("f1", ada, name=NASTY)
    page = visit("library", file="f1")
    assert tiles(page) == [NASTY]
    assert "<script" not in shown(page)


def test_a_file_without_its_bytes_says_so_and_keeps_the_rest_of_the_drawer(shelf, visit, desk):
    desk.bucket.delete_prefix("media/f3/")
    page = visit("library", file="f3")
    assert "The bytes of dune.jpg are not in the bucket." in shown(page)
    assert "GPSLatitude" in shown(page)
    assert page.button(key="trash_file")


def test_the_page_is_drawn_anew_once_all_its_files_are_processed(enter, add, desk, monkeypatch):
    ada, drawn = enter(Role.MEMBER), []
    monkeypatch.setattr(processing.st, "rerun", lambda: drawn.append(True))
    look = processing._look.__wrapped__
    for file_id in ("f1", "f2"):
        add(file_id, ada, state=FileState.PROCESSING)

    def done(file_id):
        change = {"state": FileState.DELIVERED}
        file_records(desk.store).update(file_id, lambda file: file.model_copy(update=change))

    look(ada, ("f1", "f2"))
    done("f1")
    look(ada, ("f1", "f2"))
    assert not drawn
    done("f2")
    look(ada, ("f1", "f2", "deleted meanwhile"))
    assert drawn
