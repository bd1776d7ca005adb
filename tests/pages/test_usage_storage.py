"""Storage on the usage page: scanned for real, walked into, compared, and honest where unknown."""

import json
from datetime import timedelta

import pytest

from core.model.identity import Role
from core.model.usage import StorageSource
from core.stores.job_runner import JobRunner
from core.usage.service.storage import JOB
from tests.pages.conftest import shown, utc_now


@pytest.fixture
def admin(enter):
    return enter(Role.ADMIN)


@pytest.fixture
def scanned(desk, admin):
    """Put these objects into the bucket, by key and size, and list it."""

    def run(objects, source=StorageSource.LISTING):
        for key, size in objects.items():
            desk.clients.s3.put_object(Bucket="media", Key=key, Body=b"x" * size)
        desk.storage.scan(admin, "media", source)
        JobRunner(desk.jobs, {JOB: desk.storage.work}, 1).run_until_idle()

    return run


def blocks(page):
    """The rectangles of the map, as the browser gets them."""
    sent = (json.loads(one.proto.json) for one in page.get("bidi_component"))
    (drawn,) = (data["map"] for data in sent if "map" in data)
    return json.loads(drawn)["blocks"]


def press(page, label):
    next(button for button in page.button if button.label == label).click().run()
    assert not page.exception


def test_before_a_scan_what_is_stored_is_unknown_and_not_0(admin, visit):
    html = shown(visit("usage", view="Storage"))
    assert "What is stored is not known yet" in html
    assert "Nobody has looked into this bucket yet" in html


def test_one_file_makes_a_whole_page_and_says_what_looking_cost(scanned, visit):
    scanned({"media/f1/a.jpg": 2048})
    html = shown(visit("usage", view="Storage"))
    assert "2.0 KiB stored in 1 object" in html
    assert "1 objects" not in html
    assert "LIST requests: &lt; $0.0001" in html
    assert "us-east-1: 0.005 per 1000" in html
    assert "scan with versions to know" in html
    assert "Inventory: It was not read yet." in html


def test_an_empty_bucket_is_0_because_somebody_looked(scanned, visit):
    scanned({})
    html = shown(visit("usage", view="Storage"))
    assert "0 B stored in 0 objects" in html
    assert "There is no object in this bucket." in html
    assert "This source does not tell it." not in html


def test_folders_are_rectangles_with_what_is_in_them(scanned, visit):
    scanned({"media/f1/a.jpg": 100, "media/f2/b.jpg": 300, "avatars/c.png": 50, "x.txt": 7})
    found = {one["label"]: one for one in blocks(visit("usage", view="Storage"))}
    assert {name: one["value"] for name, one in found.items()} == {
        "media/": 400, "avatars/": 50, "files here": 7,
    }  # fmt: skip
    assert [one["into"] for one in found["media/"]["inside"]] == ["media/f2/", "media/f1/"]
    assert found["files here"]["into"] == ""


def test_the_address_says_at_any_depth_which_prefix_was_walked_into(scanned, visit):
    scanned({"media/a/b/c/d/e/x.jpg": 100, "media/a/y.jpg": 20, "avatars/c.png": 50})
    page = visit("usage", view="Storage", at="media/a/b/c/d/")
    assert [one["into"] for one in blocks(page)] == ["media/a/b/c/d/e/"]
    html = shown(page)
    assert "170 B stored in 3 objects" in html
    assert "The figures below are of media/a/b/c/d/ alone." in html
    press(page, "a/")
    assert page.query_params["at"] == "media/a/"
    assert {one["label"]: one["value"] for one in blocks(page)} == {"b/": 100, "files here": 20}
    press(page, "Whole bucket")
    assert sum(one["value"] for one in blocks(page)) == 170
    assert "at" not in page.query_params


def test_a_prefix_of_the_address_that_holds_nothing_says_so(scanned, visit):
    scanned({"media/f1/a.jpg": 100})
    html = shown(visit("usage", view="Storage", at="gone/"))
    assert "There is no object below this prefix." in html


def test_the_headline_is_of_the_bucket_that_is_shown(scanned, visit):
    scanned({"media/f1/a.jpg": 100})
    html = shown(visit("usage", view="Storage", bucket="other-bucket"))
    assert "What is stored is not known yet" in html
    assert "100 B stored" not in html


def test_keys_of_strangers_are_never_markup(scanned, visit):
    scanned({"<script>alert(1)</script>/%{x}<b>.jpg": 10, "=cmd()/x": 5})
    page = visit("usage", view="Storage")
    assert "<script>alert" not in shown(page)
    assert {one["label"] for one in blocks(page)} == {"<script>alert(1)</", "=cmd()/"}
    at = visit("usage", view="Storage", at="<script>alert(1)</script>/")
    assert "<script>alert" not in shown(at)


def test_a_scan_goes_on_and_can_be_cancelled(admin, visit, desk):
    page = visit("usage", view="Storage")
    next(button for button in page.button if button.label == "Scan now").click().run()
    assert not page.exception
    next(button for button in page.button if button.label == "Cancel").click().run()
    JobRunner(desk.jobs, {JOB: desk.storage.work}, 1).run_until_idle()
    assert "Nobody has looked into this bucket yet" in shown(visit("usage", view="Storage"))


def test_a_source_that_fails_is_named_and_the_last_good_numbers_stay(scanned, visit):
    scanned({"media/f1/a.jpg": 100})
    scanned({}, StorageSource.INVENTORY)
    html = shown(visit("usage", view="Storage"))
    assert "S3 Inventory: " in html
    assert "ui-fail" in html
    assert "100 B stored in 1 object" in html


def test_growth_is_told_against_the_first_day_that_is_known(scanned, visit, desk):
    scanned({"media/f1/a.jpg": 300})
    [today] = desk.storage._days.all("media")
    day = utc_now() - timedelta(days=9)
    total = today.total.model_copy(update={"bytes": 200})
    before = {"day": f"{day:%Y-%m-%d}", "sampled_at": day, "total": total}
    desk.storage._days.add(today.model_copy(update=before))
    page = visit("usage", view="Storage")
    assert f"50 % more than on {day.day} {day:%b}" in shown(page)
    assert "Stored over time" in shown(page)
