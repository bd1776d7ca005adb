"""What the Python side of the browser components believes, and that they mount in a page."""

import json

# ruff: noqa: PLC0415  (AppTest runs the body of a page function alone)
from streamlit.testing.v1 import AppTest

from core.model.media import FileKind, FileState
from core.ui.gallery import GalleryEvent, GalleryItem, read_event
from core.ui.uploader import UploadBatch, read_batch

ITEMS = tuple(
    GalleryItem(
        id=f"f{number}",
        name=f"photo {number}.jpg",
        kind=FileKind.IMAGE,
        state=FileState.DELIVERED,
        size="1.0 MiB",
        thumbnail=f"/emulator/cdn/demo/media/f{number}/thumbnail.webp",
    )
    for number in range(3)
)


def said(*ids, page=""):
    return {"selected": {"page": page, "ids": list(ids)}, "open": None}


def test_only_ids_of_the_page_shown_count_as_selected():
    event = read_event(said("f2", "gone", "f0"), ITEMS)
    assert event == GalleryEvent(selected=("f2", "f0"), opened=None)


def test_what_is_said_of_the_page_before_does_not_count_for_this_one():
    event = read_event(said("f2", page="before"), ITEMS, "now")
    assert event == GalleryEvent(selected=(), opened=None, known=False)
    assert read_event(said("f2", page="now"), ITEMS, "now").selected == ("f2",)


def test_an_id_that_is_not_shown_cannot_be_opened():
    assert read_event({"selected": [], "open": "somebody-elses"}, ITEMS).opened is None
    assert read_event({"selected": [], "open": "f1"}, ITEMS).opened == "f1"


def test_a_page_that_heard_nothing_yet_has_no_batch_and_no_selection():
    assert read_batch(None) is None
    assert read_event({}, ITEMS) == GalleryEvent(selected=(), opened=None, known=False)


def test_the_report_of_the_browser_becomes_a_batch():
    report = {"delivered": ["f1", "f2"], "undelivered": [], "failed": 3, "at": 1}
    assert read_batch(report) == UploadBatch(("f1", "f2"), (), 3)


def gallery_page():
    import streamlit as st

    from core.model.media import FileKind, FileState
    from core.ui.gallery import GalleryItem, gallery

    item = GalleryItem("f1", "<b>a</b>.pdf", FileKind.DOCUMENT, FileState.PROCESSING, "3 B")
    event = gallery([item], "gallery", label="Files")
    st.write(len(event.selected), event.opened)


def uploader_page():
    import streamlit as st

    from core.ui.uploader import uploader

    st.write(uploader("uploads", account_id="a1", max_bytes=5, folder="2026") is None)


def mounted(page):
    app = AppTest.from_function(page).run()
    assert not app.exception
    (component,) = app.get("bidi_component")
    return app, component.proto


def test_the_gallery_mounts_with_its_items_as_data_not_as_markup():
    app, proto = mounted(gallery_page)
    assert "/assets/gallery.js?v=" in proto.js_content
    assert not proto.html_content
    (item,) = json.loads(json.loads(proto.json)["page"])["items"]
    assert item["name"] == "<b>a</b>.pdf"
    assert item["state"] == "processing"
    assert app.markdown[0].value == "`0` `None`"


def test_the_uploader_mounts_with_its_limit_and_account():
    app, proto = mounted(uploader_page)
    assert "/assets/uploader.js?v=" in proto.js_content
    sent = proto.json.replace(" ", "")
    assert '"account":"a1"' in sent
    assert '"maxBytes":5' in sent
    assert '"folder":"2026"' in sent
    assert app.markdown[0].value == "`True`"
