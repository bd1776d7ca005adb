"""Progress photos on their page: empty, compared, deleted and had back."""

import io
import json
from datetime import date

import pytest
from PIL import Image

from core.model.identity import Role
from core.upload.service.progress import NewPhoto
from tests.pages.conftest import NASTY, shown


@pytest.fixture
def ada(enter):
    return enter(Role.MEMBER, "Ada")


def add_photo(desk, actor, day, note=""):
    body = io.BytesIO()
    Image.new("RGB", (60, 80)).save(body, "JPEG")
    body.seek(0)
    return desk.progress.add(actor, body, NewPhoto(day, note))


def compared(page):
    sent = [json.loads(one.proto.json) for one in page.get("bidi_component")]
    return next((data for data in sent if data.get("mode") == "compare"), None)


def press(page, key):
    page.button(key=key).click().run()
    assert not page.exception


def test_an_empty_page_says_what_to_do(ada, visit):
    page = visit("progress")
    assert "No photos yet" in shown(page)
    assert compared(page) is None


def test_one_photo_stands_in_the_timeline_and_is_not_compared(desk, ada, visit):
    photo = add_photo(desk, ada, date(2026, 3, 4), NASTY)
    page = visit("progress")
    assert "1 photo of 4 March 2026" in shown(page)
    assert f"/api/progress-photos/{photo.id}/picture?redirect=true&amp;small=true" in shown(page)
    assert "<script>" not in shown(page)
    assert compared(page) is None


def test_the_first_and_the_last_date_are_compared_until_others_are_chosen(desk, ada, visit):
    first, middle, last = (add_photo(desk, ada, date(2026, month, 1)) for month in (1, 2, 3))
    page = visit("progress")
    data = compared(page)
    assert (data["before"]["label"], data["after"]["label"]) == ("1 January 2026", "1 March 2026")
    assert first.id in data["before"]["url"]
    page.selectbox(key="after").set_value(middle.id).run()
    assert middle.id in compared(page)["after"]["url"]
    assert last.id not in json.dumps(compared(page))


def test_a_photo_is_deleted_and_had_back(desk, ada, visit):
    photo = add_photo(desk, ada, date(2026, 3, 4))
    page = visit("progress")
    press(page, f"delete_{photo.id}")
    assert desk.progress.page(ada).items == ()
    assert "It can be had back for a day." in shown(page)
    press(page, "undo_photo")
    assert desk.progress.page(ada).items == (photo,)
    press(page, f"delete_{photo.id}")
    again = visit("progress")
    press(again, f"restore_{photo.id}")
    assert desk.progress.page(ada).items == (photo,)


def test_an_admin_sees_nobody_else_s_photos(desk, ada, enter, visit):
    photo = add_photo(desk, ada, date(2026, 3, 4))
    enter(Role.ADMIN, "Root")
    assert photo.id not in shown(visit("progress"))


def test_a_deleted_half_of_a_comparison_is_replaced(desk, ada, visit):
    photos = [add_photo(desk, ada, date(2026, month, 1)) for month in (1, 2, 3)]
    page = visit("progress")
    page.selectbox(key="before").set_value(photos[0].id).run()
    press(page, f"delete_{photos[0].id}")
    assert photos[1].id in compared(page)["before"]["url"]
