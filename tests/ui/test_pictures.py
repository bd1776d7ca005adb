from datetime import UTC, datetime

from core.model.media import DeliveryStep, FileKind, FileState, MediaFile, Rendition
from core.ui import pictures

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
THUMBNAIL = Rendition(name="thumbnail", key="t.webp", width=4, height=3, size=5)


def file(**fields):
    base = {
        "id": "f1", "owner_id": "a", "name": "<b>beach.jpg", "size": 2048,
        "content_type": "image/jpeg", "kind": FileKind.IMAGE, "state": FileState.DELIVERED,
        "uploaded_at": NOW, "bucket": "media", "key": "media/f1/a.jpg", "renditions": (THUMBNAIL,),
    }  # fmt: skip
    return MediaFile(**(base | fields))


def address(_):
    return "https://cdn.example/t.webp"


def test_a_card_leads_to_the_file_and_shows_its_picture():
    made = pictures.strip([file()], address, NOW)
    assert 'href="/library?file=f1"' in made
    assert 'src="https://cdn.example/t.webp"' in made
    assert "<b>beach" not in made.replace('">&lt;b&gt;', "")


def test_a_file_without_a_picture_shows_its_extension():
    assert ">PDF<" in pictures.thumbnail(file(name="plan.pdf", renditions=()), address)
    assert ">FILE<" in pictures.thumbnail(file(name="README", renditions=()), address)


def test_a_picture_that_does_not_load_leaves_the_files_extension():
    assert 'data-instead="JPG"' in pictures.thumbnail(file(), address)


def test_a_thumbnail_that_the_cdn_does_not_answer_is_not_asked_for():
    step = DeliveryStep(name="thumbnail: status", ok=False, expected="200", actual="403")
    assert "<img" not in pictures.thumbnail(file(delivery=(step,)), address)
    fine = step.model_copy(update={"ok": True})
    assert "<img" in pictures.thumbnail(file(delivery=(fine,)), address)


def test_a_row_names_the_file_as_text():
    made = pictures.row(file(state=FileState.UNDELIVERED), address)
    assert "&lt;b&gt;beach.jpg" in made
    assert "not checked yet" in made
