from datetime import UTC, datetime, timedelta

import pytest

from core.model.media import (
    DayTotal,
    DeliveryStep,
    FileKind,
    FileState,
    LibrarySummary,
    MediaFile,
    Problem,
    Upload,
    UploadState,
)
from core.ui import delivery_view

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
NASTY = "<script>alert(1)</script>.jpg"


def file(*steps, name="a.jpg"):
    return MediaFile(
        id="f1",
        owner_id="a",
        name=name,
        size=1,
        content_type="image/jpeg",
        kind=FileKind.IMAGE,
        state=FileState.UNDELIVERED,
        uploaded_at=NOW,
        bucket="media",
        key="media/f1/a.jpg",
        delivery=steps,
    )


def fails(name):
    return DeliveryStep(name=name, ok=False, expected="200", actual="403")


def summary(**fields):
    base = {
        "count": 10, "size": 100, "by_kind": (), "by_day": (),
        "processing": 0, "undelivered": 0, "trashed": 0,
    }  # fmt: skip
    return LibrarySummary(**(base | fields))


def upload(state, problem=None, name="a.jpg"):
    return Upload(
        id="u1",
        owner_id="a",
        name=name,
        size=2048,
        content_type="image/jpeg",
        folder="",
        bucket="media",
        key="incoming/u1",
        method="post",
        state=state,
        created_at=NOW - timedelta(minutes=5),
        expires_at=NOW,
        problem=problem,
    )


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"count": 4310, "undelivered": 12}, "12 of 4,310 files are not delivered."),
        ({"count": 1, "undelivered": 1}, "1 of 1 file is not delivered."),
        ({"processing": 2}, "2 files on the way to the CDN."),
        ({"count": 1}, "The one file is delivered."),
        ({"count": 4310}, "All 4,310 files are delivered."),
    ],
)
def test_the_first_sentence_says_how_delivery_stands(fields, sentence):
    assert f"<h1>{sentence}</h1>" in delivery_view.home_headline(summary(**fields), ())


def test_the_step_that_most_files_fail_at_is_named_with_its_share():
    broken = [file(fails("original: status")), file(fails("thumbnail: type"))]
    broken.append(file(DeliveryStep(name="a", ok=True), fails("original: status")))
    made = delivery_view.home_headline(summary(undelivered=3), broken)
    assert "2 of the latest 3 fail at \u201coriginal: status\u201d." in made


def test_the_first_step_that_fails_is_the_failure():
    passed = DeliveryStep(name="thumbnail: status", ok=True)
    broken = file(passed, fails("original: status"), fails("original: type"))
    assert delivery_view.first_failure(broken).name == "original: status"
    assert delivery_view.first_failure(file(passed)) is None


def test_numbers_of_the_week_count_seven_days_not_seven_rows():
    days = tuple(DayTotal(day=NOW.date() - timedelta(days=at), count=1, size=1) for at in (0, 6, 7))
    made = delivery_view.home_stats(summary(by_day=days), NOW.date())
    assert '<dt>Arrived in 7 days</dt><dd class="ui-value ui-neutral">2</dd>' in made


def test_a_file_without_checks_is_unknown_not_fine():
    assert "ui-unknown" in delivery_view.delivery_steps(file())


def test_a_refused_upload_says_why_and_what_to_do():
    problem = Problem(
        slug="x", title="x", status=422, detail="It is a ZIP archive.", hint="Rename it."
    )
    made = delivery_view.uploads_table([upload(UploadState.REFUSED, problem)], NOW)
    assert "Refused" in made
    assert made.index("It is a ZIP archive.") < made.index("Rename it.")


@pytest.mark.parametrize("state", list(UploadState))
def test_every_state_of_an_upload_has_a_word(state):
    assert "ui-badge" in delivery_view.uploads_table([upload(state)], NOW)


def test_names_from_strangers_are_never_markup():
    made = delivery_view.uploads_table([upload(UploadState.OPEN, name=NASTY)], NOW)
    assert "<script" not in made
    assert "<script" not in delivery_view.failure_sentence(file(fails("<script>")))
