"""The account page: picture, settings that really apply, sessions."""

import io
import json

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from core.accounts.records import PreferenceChanges, ProfileChanges
from core.model.identity import Role
from core.model.preferences import StartPage, Theme
from core.model.start_pages import NEEDS
from core.ui import navigation
from core.upload import delivery
from tests.pages.conftest import PASSWORD, shown


@pytest.fixture
def ada(enter):
    return enter(Role.MEMBER, "Ada")


def prefer(desk, actor, **wanted):
    changes = ProfileChanges(preferences=PreferenceChanges(**wanted))
    return desk.accounts.update_profile(actor, changes)


def component(app, mode):
    sent = [json.loads(one.proto.json) for one in app.get("bidi_component")]
    return next(data for data in sent if data.get("mode") == mode)


def test_without_a_picture_the_letter_stands_for_a_person(ada, visit):
    page = visit("profile")
    assert component(page, "avatar")["url"] == ""
    assert '<span class="ui-avatar" aria-hidden="true">A</span>' in shown(page)


def test_a_picture_shows_in_the_editor_and_the_sidebar(desk, ada, visit, monkeypatch):
    monkeypatch.setattr(delivery, "steps", lambda *_: ())
    body = io.BytesIO()
    Image.new("RGB", (60, 60)).save(body, "PNG")
    body.seek(0)
    account = desk.avatars.change(ada, body)
    page = visit("profile")
    assert component(page, "avatar")["url"] == f"https://cdn.example/{account.avatar_key}"
    small = desk.avatars.address(account).small_url
    assert f'src="{small}"' in shown(page)


def test_an_address_elsewhere_is_no_picture_and_says_why(desk, ada, visit):
    record = desk.store.get("account", ada.account_id)
    old = record.data | {"avatar_key": "https://old.example/<b>/me.jpg"}
    desk.store.put(record.model_copy(update={"data": old}))
    data = component(visit("profile"), "avatar")
    assert data["url"] == ""
    assert data["note"] == "No picture: the picture is kept at old.example, not here."


def test_settings_are_saved_and_offer_only_what_the_role_may_open(desk, ada, visit):
    page = visit("profile")
    start = page.selectbox[3]
    assert "Costs" not in start.options
    assert "Library" in start.options
    page.selectbox[1].set_value(120)
    page.selectbox[2].set_value("Asia/Kolkata")
    start.set_value(StartPage.LIBRARY)
    next(b for b in page.button if b.label == "Save settings").click().run()
    assert not page.exception
    kept = desk.accounts.profile(ada).preferences
    assert (kept.page_size, kept.time_zone, kept.start_page) == (120, "Asia/Kolkata", "library")


def test_another_theme_loads_the_page_anew(desk, ada, visit):
    page = visit("profile")
    page.selectbox[0].set_value(Theme.DARK)
    next(b for b in page.button if b.label == "Save settings").click().run()
    assert desk.accounts.profile(ada).preferences.theme is Theme.DARK
    assert any("location.reload" in one.proto.js_content for one in page.get("bidi_component"))


def test_times_are_shown_in_the_person_s_zone_with_utc_beside(desk, ada, visit):
    prefer(desk, ada, time_zone="Asia/Kolkata")
    html = shown(visit("profile"))
    assert " IST (" in html
    assert " UTC)" in html


def test_the_library_shows_as_many_files_as_a_person_prefers(desk, ada, add, visit):
    for number in range(31):
        add(f"f{number}", ada)
    assert not visit("library").get("pagination")
    prefer(desk, ada, page_size=30)
    assert visit("library").get("pagination")


def test_other_sessions_end_after_a_question(desk, ada, visit):
    other = desk.accounts.sign_in("ada@example.com", PASSWORD, device="Safari on an iPhone")
    page = visit("profile")
    assert "last used" in shown(page)
    next(b for b in page.button if b.label == "End all others").click().run()
    assert desk.accounts.actor_for_cookie(other.token) is not None
    dialog = AppTest.from_function(the_question, default_timeout=20).run()
    next(b for b in dialog.button if b.label == "End them").click().run()
    assert desk.accounts.actor_for_cookie(other.token) is None
    assert [row.id for row in desk.accounts.sessions(ada)] == [ada.session_id]


def the_question():
    """AppTest can't click into a dialog that another click opened."""
    from core.ui import sessions_view  # noqa: PLC0415

    sessions_view._confirm(1)


def test_every_start_page_is_a_screen_with_the_same_permission():
    screens = {screen.name: screen.permission for screen in navigation.SCREENS}
    assert {page.value: NEEDS[page] for page in StartPage}.items() <= screens.items()
