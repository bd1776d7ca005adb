import json

import pytest

from core.aws.s3 import ServedAs
from core.errors import DashboardError
from core.model.identity import Role
from core.settings import MIB
from core.ui import upload_view
from core.upload.service import UploadRequest
from tests.pages.conftest import NASTY, shown


@pytest.fixture
def begin(desk):
    """A ticket, and the bytes that a browser would have sent for it."""

    def open_upload(actor, name="a.jpg", content=None, type="image/jpeg"):
        request = UploadRequest(name=name, size=len(content or b"x"), content_type=type)
        upload_id = desk.uploads.open(actor, request).upload_id
        if content is not None:
            desk.bucket.put(f"incoming/{upload_id}", content, ServedAs("image/jpeg"))
        return upload_id

    return open_upload


def test_the_limits_are_said_in_words(desk):
    small = desk.settings.model_copy(update={"max_upload_bytes": 20 * MIB})
    assert upload_view.limits(small).startswith("Any file up to 20.0 MiB. ")
    assert "up to 64 megapixels" in upload_view.limits(small)


def test_the_uploader_gets_owner_and_limit_and_nothing_secret(desk, enter, visit):
    ada = enter(Role.MEMBER)
    node = visit("upload").get("bidi_component")[0].proto
    data = json.loads(node.json)
    assert data["account"] == ada.account_id
    assert data["maxBytes"] == desk.settings.max_upload_bytes
    assert set(data) == {"account", "endpoint", "maxBytes", "folder", "isPrivate"}


def test_own_uploads_are_listed_with_their_state_after_a_reload(desk, enter, begin, visit):
    ada = enter(Role.MEMBER)
    begin(ada, "open.jpg")
    desk.uploads.abort(ada, begin(ada, "cancelled.jpg"))
    html = shown(visit("upload"))
    assert html.index("cancelled.jpg") < html.index("Cancelled") < html.index("open.jpg")
    assert "Not finished" in html


def test_a_refused_upload_says_why_and_what_to_do(desk, enter, begin, visit):
    ada = enter(Role.MEMBER)
    with pytest.raises(DashboardError) as refused:
        desk.uploads.complete(ada, begin(ada, "photo.jpg", content=b"plain words"))
    html = shown(visit("upload"))
    assert "Refused" in html
    assert refused.value.message in html
    assert refused.value.hint in html


def test_a_completed_upload_leads_to_its_file(desk, enter, begin, visit):
    ada = enter(Role.MEMBER)
    upload_id = begin(ada, "notes.txt", content=b"plain words", type="text/plain")
    desk.uploads.complete(ada, upload_id)
    html = shown(visit("upload"))
    assert f'href="/library?file={upload_id}"' in html
    assert "Uploaded" in html


def test_other_peoples_uploads_are_not_listed(enter, begin, visit):
    begin(enter(Role.MEMBER, "Bob"), "secret-plan.jpg")
    enter(Role.ADMIN, "Ada")
    assert "secret-plan" not in shown(visit("upload"))


def test_a_nasty_name_is_shown_as_text(enter, begin, visit):
    begin(enter(Role.MEMBER), NASTY)
    assert "<script" not in shown(visit("upload"))
