"""Folders, albums, dates, duplicates, saved searches and facets, on the real services."""

import json

import pytest

from core.model.identity import Role
from core.model.media import FileKind, Right
from tests.pages.conftest import shown
from tests.pages.test_library import headline, tiles


@pytest.fixture
def shelf(enter, add):
    ada = enter(Role.MEMBER)
    add("f1", ada, name="beach.jpg", folder="Trips/2024", tags=("sea", "sun"), age=1)
    add("f2", ada, name="dune.jpg", folder="Trips", tags=("sea",), age=2)
    add("f3", ada, name="plan.pdf", kind=FileKind.DOCUMENT, renditions=(), age=3)
    return ada


def labels(page):
    return [button.label for button in page.button]


def opened(page, name, **state):
    """A popover as a click opens it."""
    page.session_state[name] = True
    for key, value in state.items():
        page.session_state[key] = value
    return page.run()


def press(page, label):
    return next(button for button in page.button if button.label == label).click().run()


def test_a_list_counts_what_there_is_and_a_choice_stands_in_the_address(shelf, visit):
    page = opened(visit("library"), "facet_tag")
    assert labels(page) == ["sea :gray[2]", "sun :gray[1]"]
    page.button(key="pick_tag_sea").click().run()
    assert page.query_params["tag"] == "sea"
    assert tiles(page) == ["beach.jpg", "dune.jpg"]
    assert headline(page) == "2 files found"


def test_tags_add_up_and_each_choice_can_be_taken_away(shelf, visit):
    page = visit("library", tag=["sea", "sun"], type="image")
    assert tiles(page) == ["beach.jpg"]
    page.button(key="chip_tag_sun").click().run()
    assert tiles(page) == ["beach.jpg", "dune.jpg"]
    page.button(key="clear_filters").click().run()
    assert len(tiles(page)) == 3
    assert "tag" not in page.query_params


def test_a_filter_returns_to_the_first_page(enter, add, visit):
    ada = enter(Role.MEMBER)
    for at in range(62):
        add(f"f{at}", ada, name=f"{at:02}.jpg", tags=("t",), age=at)
    page = visit("library", page="2")
    assert tiles(page) == ["60.jpg", "61.jpg"]
    page = opened(page, "facet_tag")
    page.button(key="pick_tag_t").click().run()
    assert len(tiles(page)) == 60


def test_owners_are_offered_to_those_who_see_every_file(enter, add, visit):
    add("theirs", enter(Role.MEMBER, "Bob"))
    enter(Role.ADMIN, "Root")
    page = opened(visit("library"), "facet_owner")
    assert labels(page)[0].startswith("Bob")
    enter(Role.MEMBER, "Eve")
    assert "facet_owner" not in [node.key for node in visit("library").get("popover")]


def test_a_search_is_saved_opened_renamed_and_deleted(shelf, visit, desk):
    page = opened(visit("library", q="jpg", tag="sea"), "saved_searches")
    page.text_input(key="new_search_name").input("At the sea")
    press(page, "Save search")
    (search,) = desk.library.searches.listed(shelf)
    assert (search.name, search.query) == ("At the sea", 'jpg tag:"sea"')
    page = opened(visit("library"), "saved_searches")
    page.button(key=f"open_search_{search.id}").click().run()
    assert page.text_input(key="q").value == 'jpg tag:"sea"'
    assert tiles(page) == ["beach.jpg", "dune.jpg"]
    page = opened(visit("library"), "saved_searches")
    page.text_input(key=f"search_name_{search.id}").input("Sea").run()
    assert desk.library.searches.listed(shelf)[0].name == "Sea"
    page.button(key=f"delete_search_{search.id}").click().run()
    assert desk.library.searches.listed(shelf) == ()


def test_folders_are_walked_into_and_back_up(shelf, visit):
    page = visit("library", **{"in": "Folders"})
    assert tiles(page) == ["plan.pdf"]
    page.button(key="folder_Trips").click().run()
    assert page.query_params["folder"] == "Trips"
    assert tiles(page) == ["dune.jpg"]
    assert "2024 :gray[1]" in labels(page)
    page.toggle(key="below").set_value(True).run()
    assert tiles(page) == ["beach.jpg", "dune.jpg"]
    page.button(key="crumb_top").click().run()
    assert "folder" not in page.query_params


def test_a_search_in_a_folder_looks_into_those_inside(shelf, visit):
    page = visit("library", folder="Trips", q="beach", **{"in": "Folders"})
    assert tiles(page) == ["beach.jpg"]


def test_a_folder_is_made_renamed_and_deleted_while_empty(shelf, visit, desk):
    page = visit("library", **{"in": "Folders"})
    page.text_input(key="folder_name").input("New")
    press(page, "Create folder")
    assert page.query_params["folder"] == "New"
    assert "This folder is empty" in shown(page)
    page.text_input(key="folder_new_name_New").input("Newer")
    press(page, "Rename")
    assert page.query_params["folder"] == "Newer"
    page.button(key="delete_folder").click().run()
    assert [folder.path for folder in desk.library.folders(shelf)] == ["Trips"]


def test_a_folder_with_files_is_not_deleted_and_says_why(shelf, visit, desk):
    page = visit("library", folder="Trips/2024", **{"in": "Folders"})
    page.button(key="delete_folder").click().run()
    assert "is not empty" in shown(page)
    assert desk.library.get(shelf, "f1").folder == "Trips/2024"


def test_an_album_is_made_opened_renamed_and_deleted_but_its_files_stay(shelf, visit, desk):
    page = visit("library", **{"in": "Albums"})
    assert "No albums yet" in shown(page)
    page.text_input(key="new_album_name").input("Best <of>")
    page.button[0].click().run()
    (card,) = desk.library.albums.listed(shelf)
    assert "No files on this album yet" in shown(page)
    assert "Best &lt;of&gt;" in shown(page)
    page.text_input(key=f"album_name_{card.album.id}").input("Better").run()
    assert desk.library.albums.listed(shelf)[0].album.name == "Better"
    page.button(key="delete_album").click().run()
    assert desk.library.albums.listed(shelf) == ()
    assert "No albums yet" in shown(page)


def test_the_map_of_dates_counts_days_and_says_what_has_none(enter, add, visit):
    ada = enter(Role.MEMBER)
    add("f1", ada, name="a.jpg", taken_at="2024-05-17T10:00:00Z")
    add("f2", ada, name="b.jpg", taken_at="2024-05-17T23:00:00Z")
    add("f3", ada, name="c.jpg")
    page = visit("library", view="Dates")
    maps = [
        node.proto for node in page.get("bidi_component") if "dates.js" in node.proto.js_content
    ]
    assert json.loads(json.loads(maps[0].json)["map"])["days"] == [["2024-05-17", 2]]
    assert "1 file without a date" in shown(page)
    page = visit("library", view="Dates", taken="2024-05")
    assert headline(page) == "2 files found"


def test_duplicates_stand_side_by_side_and_the_others_go_to_the_trash_and_back(
    enter, add, visit, desk
):
    ada = enter(Role.MEMBER)
    for at in range(3):
        add(f"f{at}", ada, name=f"same {at}.jpg", checksum="a" * 64, age=3 - at)
    page = visit("library", **{"in": "Duplicates"})
    assert headline(page).startswith("1 group of duplicates; up to ")
    page.button(key="keep_f1").click().run()
    gone = {one for one in ("f0", "f1", "f2") if desk.library.get(ada, one).trashed_at}
    assert gone == {"f0", "f2"}
    assert headline(page) == "No two of your files have the same bytes"
    page.button(key="undo_change").click().run()
    assert headline(page).startswith("1 group of duplicates")


def test_duplicates_that_are_all_kept_are_asked_about_again_by_undo_or_from_their_list(
    enter, add, visit
):
    ada = enter(Role.MEMBER)
    for at in range(2):
        add(f"f{at}", ada, name=f"same {at}.jpg", checksum="a" * 64, age=3 - at)
    page = visit("library", **{"in": "Duplicates"})
    page.button(key="keep_all_f0").click().run()
    assert headline(page) == "No two of your files have the same bytes, besides those that you keep"
    page.button(key="undo_kept").click().run()
    assert headline(page).startswith("1 group of duplicates")
    page.button(key="keep_all_f0").click().run()
    page = visit("library", **{"in": "Duplicates", "kept": "true"})
    assert headline(page) == "1 group kept as they are"
    assert "same 1.jpg" in shown(page)
    page.button(key="ask_f0").click().run()
    assert headline(page) == "0 groups kept as they are"
    page.toggle(key="kept").set_value(False).run()
    assert headline(page).startswith("1 group of duplicates")


def test_files_that_could_not_be_compared_are_counted(enter, add, visit):
    ada = enter(Role.MEMBER)
    add("f1", ada, checksum="a" * 64)
    add("f2", ada, checksum="")
    page = visit("library", **{"in": "Duplicates"})
    assert headline(page).endswith("have the same bytes, as far as they were compared")
    assert "1 file without a checksum could not be compared." in shown(page)


def test_only_what_others_let_one_see_is_shared_with_me(enter, add, visit, desk):
    bob = enter(Role.MEMBER, "Bob")
    add("theirs", bob, name="for-ada.jpg")
    ada = enter(Role.MEMBER, "Ada")
    add("mine", ada, name="own.jpg")
    desk.shares.share_with(bob, ["theirs"], ["ada@example.com"], Right.VIEW)
    page = visit("library", **{"in": "Shared with me"})
    assert tiles(page) == ["for-ada.jpg"]
    assert headline(page) == "1 file shared with you"


def test_a_wrong_filter_in_the_address_is_a_clear_message_and_the_bar_stays(shelf, visit):
    page = visit("library", type="nonsense")
    assert "type:nonsense is not known." in shown(page)
    assert page.text_input(key="q")
    page.button(key="clear_filters").click().run()
    assert len(tiles(page)) == 3
