import json

from core.model.identity import Role
from core.model.media import FileState
from tests.pages.conftest import shown

MISSING = {
    "id": "case-1",
    "account_id": "111122223333",
    "now": "2026-11-20T09:00:00Z",
    "request": {"Method": "GET", "Url": "https://d1.cloudfront.net/a.jpg"},
    "distributions": [],
}


def upload(page, content):
    page.file_uploader[0].upload("case.json", content, "application/json").run()
    assert not page.exception
    return shown(page)


def test_without_a_url_the_page_says_what_it_does_and_offers_what_is_broken(enter, add, visit):
    sue = enter(Role.SUPPORT)
    add("f1", sue, name="broken.jpg", state=FileState.UNDELIVERED)
    add("f2", sue, name="fine.jpg")
    page = visit("doctor")
    assert "Paste a URL that does not work" in shown(page)
    assert "broken.jpg" in shown(page)
    assert "fine.jpg" not in shown(page)


def test_a_broken_file_is_asked_about_with_one_click(enter, add, visit):
    sue = enter(Role.SUPPORT)
    add("f1", sue, state=FileState.UNDELIVERED)
    page = visit("doctor")
    page.button(key="diagnose_f1").click().run()
    assert page.text_input(key="url").value == "https://cdn.example/media/f1/beach.jpg"


def test_a_saved_case_is_diagnosed_without_an_account(enter, visit):
    enter(Role.SUPPORT)
    html = upload(visit("doctor"), json.dumps(MISSING).encode())
    assert '<ol class="ui-way"' in html
    assert "From the saved case alone" in html
    assert "Step by step" in html


def test_a_file_that_is_no_case_is_refused_with_a_reason(enter, visit):
    enter(Role.SUPPORT)
    assert "The file is not JSON." in upload(visit("doctor"), b"hello")
    assert "names no request" in upload(visit("doctor"), b"{}")


def test_a_url_in_the_link_is_diagnosed_at_once(enter, visit):
    enter(Role.SUPPORT)
    page = visit("doctor", url="https://nowhere.cloudfront.net/a.jpg")
    assert '<ol class="ui-way"' in shown(page)
    assert "nowhere.cloudfront.net" in shown(page)


def test_reported_urls_wait_on_the_page_with_their_notes(desk, enter, visit):
    sue = enter(Role.SUPPORT)
    url = "https://nowhere.cloudfront.net/a.jpg"
    kept = desk.diagnostics.report(sue, url, note="<b>Avatar</b> is gone")
    page = visit("doctor")
    assert "&lt;b&gt;Avatar&lt;/b&gt; is gone" in shown(page)
    page.button(key=f"report_{kept.id}").click().run()
    assert page.text_input(key="url").value == url
    assert '<ol class="ui-way"' in shown(page)


def test_a_report_without_a_url_is_explained_by_its_row(desk, enter, visit):
    sue = enter(Role.SUPPORT)
    row = {"table": "users", "pk": "u2", "attributes": {"avatarUrl": ""}}
    kept = desk.diagnostics.report(sue, "", note="Empty frame", record=row)
    page = visit("doctor")
    page.button(key=f"report_{kept.id}").click().run()
    assert not page.exception
    assert '<ol class="ui-way"' in shown(page)


def test_markup_in_a_url_stays_text(enter, visit):
    enter(Role.SUPPORT)
    page = visit("doctor", url="https://x.cloudfront.net/<script>alert(1)</script>.jpg")
    assert "<script" not in shown(page)
