import json

from core.model.identity import Role
from core.model.media import FileState
from tests.pages.conftest import NASTY, shown


def test_an_empty_library_says_what_will_be_here_and_offers_the_first_step(enter, visit):
    enter(Role.MEMBER)
    page = visit()
    assert "No files yet" in shown(page)
    assert [button.label for button in page.button] == ["Upload files"]


def test_the_first_sentence_counts_what_is_not_delivered_and_why(enter, add, visit):
    ada = enter(Role.MEMBER)
    add("f1", ada)
    add("f2", ada, state=FileState.UNDELIVERED)
    add("f3", ada, state=FileState.UNDELIVERED)
    html = shown(visit())
    assert "<h1>2 of 3 files are not delivered.</h1>" in html
    assert "All of the latest 2 fail at \u201coriginal: status\u201d." in html
    assert html.index("expected") < html.index("403")


def test_when_everything_is_delivered_the_sentence_says_so(enter, add, visit):
    ada = enter(Role.MEMBER)
    add("f1", ada)
    add("f2", ada)
    assert "<h1>All 2 files are delivered.</h1>" in shown(visit())


def test_a_member_sees_own_files_only(enter, add, visit):
    bob = enter(Role.MEMBER, "Bob")
    add("theirs", bob, name="secret-plan.jpg")
    ada = enter(Role.MEMBER, "Ada")
    add("mine", ada, name="beach.jpg")
    html = shown(visit())
    assert "The one file is delivered." in html
    assert "secret-plan" not in html


def test_only_who_may_diagnose_is_led_to_the_doctor(enter, add, visit):
    ada = enter(Role.MEMBER, "Ada")
    add("f1", ada, state=FileState.UNDELIVERED)
    assert not any("doctor" in link.proto.label for link in visit().get("page_link"))
    enter(Role.SUPPORT, "Sue")
    assert any("doctor" in link.proto.label for link in visit().get("page_link"))


def test_a_nasty_file_name_is_shown_as_it_is(enter, add, visit):
    ada = enter(Role.MEMBER)
    add("f1", ada, name=NASTY, state=FileState.UNDELIVERED)
    html = shown(visit())
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; **b** [x](y).jpg" in html


def test_every_page_says_that_the_emulator_keeps_data_on_this_machine(enter, visit, desk):
    enter(Role.MEMBER)
    assert "Embedded emulator: data stays on this machine<" in shown(visit())
    desk.settings = desk.settings.model_copy(update={"demo": True})
    assert "its content is made up for the demo" in shown(visit())
    desk.emulator = None
    assert "Embedded emulator" not in shown(visit())


def test_the_sidebar_shows_who_is_signed_in_and_the_way_out(enter, visit):
    enter(Role.MEMBER, "Ada")
    html = shown(visit())
    assert ">Ada</b>" in html
    assert "<small>member</small>" in html
    assert '<form action="/session/sign-out" method="post">' in html


def test_uploads_that_a_reload_interrupted_go_on_from_any_page(desk, enter, visit):
    ada = enter(Role.MEMBER)
    parts = [one.proto for one in visit().get("bidi_component")]
    (sent,) = [part.json for part in parts if "/assets/uploader.js?v=" in part.js_content]
    assert json.loads(sent) == {
        "account": ada.account_id,
        "endpoint": "/api/uploads",
        "maxBytes": desk.settings.max_upload_bytes,
    }


def test_many_that_are_not_delivered_lead_to_the_library_with_its_filter(enter, add, visit):
    ada = enter(Role.MEMBER)
    for at in range(6):
        add(f"f{at}", ada, state=FileState.UNDELIVERED, age=at)
    page = visit()
    link = next(link.proto for link in page.get("page_link") if "Show all" in link.proto.label)
    assert "the latest 5 of 6" in shown(page)
    assert link.query_string == "state=undelivered"
    assert "6 files found" in shown(visit("library", state="undelivered"))
