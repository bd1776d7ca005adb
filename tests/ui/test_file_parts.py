"""The parts of the file drawer as HTML built from data: nothing runs, nothing is left unsaid."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from core.costs.file_cost import file_cost, usual_delivery
from core.costs.service.sheets import bundled_sheet
from core.library.file_use import file_use
from core.model.advice import AdviceChange, AdviceLevel, FileAdvice, RepairKind
from core.model.changes import Difference, FreePaths, Invalidation, InvalidationState
from core.model.media import (
    FileKind,
    FileState,
    FileVersion,
    MediaFile,
    ObjectRef,
    Rendition,
)
from core.model.sharing import (
    Ending,
    LinkState,
    OwnLink,
    ShareKind,
    ShareLink,
    ShareTarget,
    TargetKind,
)
from core.model.viewing import EdgeState, EdgeStatus
from core.ui import file_advice, file_cost_view, file_delivery, file_references, file_versions
from core.ui.markup import tag
from core.ui.viewer import read_details, view_link

NOW = datetime(2026, 11, 20, tzinfo=UTC)
NASTY = "<script>alert(1)</script>"


def media(**changes):
    fields = {
        "id": "f1", "owner_id": "o", "name": "beach.jpg", "size": 4_000, "kind": FileKind.IMAGE,
        "content_type": "image/jpeg", "state": FileState.DELIVERED, "bucket": "b",
        "uploaded_at": NOW, "key": "media/f1/beach.jpg", "upload_size": 5_000,
    }  # fmt: skip
    return MediaFile(**(fields | changes))


PREVIEW = Rendition(name="preview", key="media/f1/preview.webp", width=1600, height=900, size=600)
OLD = FileVersion(
    number=1, name="beach.jpg", bucket="b", key="media/f1/old.jpg", size=1_000, upload_size=300,
    content_type="image/jpeg", renditions=(PREVIEW,), stored_at=NOW, stored_by="o",
    pristine=ObjectRef(bucket="b", key="originals/f1/old.jpg"),
)  # fmt: skip


# What is priced


def test_every_object_of_a_file_is_priced_once():
    pristine = ObjectRef(bucket="b", key="originals/f1/beach.jpg", size=5_100)
    use = file_use(media(renditions=(PREVIEW,), pristine=pristine, versions=(OLD,)), "us-east-1")
    assert [(part.name, part.bytes, part.count) for part in use.parts] == [
        ("what the CDN serves", 4_000, 1), ("renditions", 600, 1), ("the exact upload", 5_100, 1),
        ("earlier versions", 1_900, 3),
    ]  # fmt: skip
    assert (use.view_of, use.view_bytes) == ("original", 4_000)


def test_an_exact_upload_of_unknown_size_counts_what_was_sent_and_a_missing_preview_the_original():
    use = file_use(media(pristine=ObjectRef(bucket="b", key="o")), "us-east-1", "preview")
    assert use.parts[-1].bytes == 5_000
    assert (use.view_of, use.view_bytes) == ("original", 4_000)
    small = file_use(media(renditions=(PREVIEW,)), "us-east-1", "preview")
    assert (small.view_of, small.view_bytes) == ("preview", 600)


def test_a_version_without_an_exact_upload_counts_what_it_has():
    plain = OLD.model_copy(update={"pristine": None})
    assert file_use(media(versions=(plain,)), "r").parts[-1].bytes == 1_600


@pytest.mark.parametrize(
    ("value", "shown"),
    [("0", "$0.00"), ("12.346", "$12.35"), ("0.01", "$0.0100"), ("0.0000023456", "$0.0000023"),
     ("0.00000000001234", "$0.000000000012")],
)  # fmt: skip
def test_an_amount_keeps_what_makes_it_more_than_nothing(value, shown):
    assert file_cost_view.amount(Decimal(value)) == shown


def cost(region="us-east-1"):
    return file_cost(file_use(media(), region), usual_delivery(None), bundled_sheet(), "2026-11")


def test_a_cost_says_what_it_assumes_and_where_its_prices_come_from():
    html = file_cost_view.provenance(cost())
    assert "90 %, assumed: no access logs tell it" in html
    assert "viewers in North America" in html
    assert "bundled-" in html
    assert "s3.storage.STANDARD" in file_cost_view.stored(cost())


def test_what_has_no_price_is_said_and_makes_the_rest_a_lower_bound():
    html = file_cost_view.stored(cost("mars-north-1"))
    assert "at least $0.00" in html
    assert "unpriced" in html
    assert "mars-north-1" in html


# Delivery


def status(state, **changes):
    return EdgeStatus(state=state, sentence="The edge says so.", checked_at=NOW, url="u", **changes)


def test_each_state_of_the_edge_has_a_word_beside_its_colour():
    for state, word in (("delivered", "Delivered"), ("stale", "Stale"), ("unknown", "Unknown")):
        assert word in file_delivery.edge_line(status(EdgeState(state)))
    html = file_delivery.edge_line(status(EdgeState.BROKEN, status=403, served_from=NASTY))
    assert "Broken" in html
    assert "403" in html
    assert "<script>" not in html


def test_free_paths_that_could_not_all_be_counted_are_a_lower_bound():
    free = FreePaths(month="2026-11", used=12, at_least=True)
    assert "at least 12 of 1,000 free paths" in file_delivery.free_line(free)


def forgetting(*paths):
    return Invalidation(
        id="i", file_id="f1", owner_id="o", paths=paths, by="o", created_at=NOW,
        month="2026-11", state=InvalidationState.IN_PROGRESS,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("path", "gone"), [("/media/f1/a.jpg", True), ("/private/f1/a.jpg", False)]
)
def test_an_address_from_before_is_told_from_those_of_now(path, gone):
    moved = media(key="private/f1/a.jpg", private=True)
    assert file_delivery.of_before(forgetting(path), moved) is gone


def test_an_invalidation_tells_how_far_it_is():
    one = forgetting("/a", "/b")
    assert "CloudFront is forgetting it" in file_delivery.invalidation_line(one)
    assert "2 paths" in file_delivery.invalidation_line(one)


# Advice


def test_advice_shows_what_its_repair_changes_and_runs_nothing():
    one = FileAdvice(
        rule="r", level=AdviceLevel.WARN, sentence=NASTY, why="Because.", repair=RepairKind.HEADERS,
        changes=(AdviceChange(what="Cache-Control", before="", after="max-age=1"),),
    )  # fmt: skip
    html = file_advice.card(one)
    assert "<script>" not in html
    assert "nothing" in html
    assert "max-age=1" in html
    assert "1 piece of advice" in file_advice.badge((one,))
    assert "2 pieces of advice" in file_advice.badge((one, one))
    assert file_advice.badge(()) is None


def test_every_kind_of_repair_has_its_own_button():
    assert set(file_advice._BUTTONS) == set(RepairKind)


# Where it is used


def own_link(target):
    link = ShareLink(
        id="s", owner_id="o", kind=ShareKind.VIEW, title=NASTY, target=target, created_at=NOW,
        renewed_at=NOW, expires_at=NOW,
    )  # fmt: skip
    return OwnLink(link=link, state=LinkState.OPEN, ending=Ending(at=NOW, cut_by="link"))


@pytest.mark.parametrize(
    ("target", "leads"),
    [
        (ShareTarget(kind=TargetKind.FILES, file_ids=("x", "f1")), True),
        (ShareTarget(kind=TargetKind.FILES, file_ids=("x",)), False),
        (ShareTarget(kind=TargetKind.FOLDER, folder="trips"), True),
        (ShareTarget(kind=TargetKind.FOLDER, folder="trips/2024"), True),
        (ShareTarget(kind=TargetKind.FOLDER, folder="tri"), False),
        (ShareTarget(kind=TargetKind.FOLDER, folder=""), True),
        (ShareTarget(kind=TargetKind.ALBUM, album_id="a1"), True),
        (ShareTarget(kind=TargetKind.ALBUM, album_id="a2"), False),
    ],
)
def test_a_link_leads_to_what_its_target_holds(target, leads):
    file = media(folder="trips/2024", albums=("a1",))
    assert file_references.leads_to(own_link(target), file) is leads


def test_a_drop_box_shows_nothing_and_so_leads_to_no_file():
    one = own_link(ShareTarget(kind=TargetKind.FOLDER, folder=""))
    drop = one.model_copy(update={"link": one.link.model_copy(update={"kind": ShareKind.DROP})})
    assert file_references.leads_to(drop, media()) is False


def test_links_are_listed_with_their_counts_and_titles_as_text():
    html = file_references.link_table([own_link(ShareTarget(kind=TargetKind.FILES))])
    assert "<script>" not in html
    assert file_references.link_table([]) is None


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://d1.cloudfront.net/media/f1/beach.jpg?x=1", True),
        ("https://cdn.example/media/f1/preview.webp", True),
        ("https://cdn.example/old-media/f1/beach.jpg", False),
        ("https://cdn.example/media/f1/beach.jpg.bak", False),
    ],
)
def test_a_case_is_about_the_file_whose_key_its_url_ends_in(url, found):
    assert file_references.names(url, media(renditions=(PREVIEW,))) is found


# Versions and the viewer


def test_versions_that_differ_in_nothing_say_so():
    assert "nothing that is recorded" in file_versions.differences((), 1, 2)
    rows = (Difference(what="size", first="1 byte", second=NASTY),)
    assert "<script>" not in file_versions.differences(rows, 1, 2)


def test_a_link_to_the_viewer_works_without_its_script_and_keeps_names_text():
    html = view_link(tag("span", "x"), "f1", NASTY)
    assert 'href="/library?show=f1"' in html
    assert 'data-view="f1"' in html
    assert "<script>" not in html


@pytest.mark.parametrize(
    ("told", "read"),
    [({}, None), ({"details": ""}, None), ({"details": 3}, None), ({"details": "f1"}, "f1")],
)
def test_only_an_id_asks_for_details(told, read):
    assert read_details(told) == read
