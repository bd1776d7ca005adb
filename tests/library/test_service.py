"""The library on a real store, a real index and a versioned bucket: seen, changed, trashed, gone."""

import threading
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from botocore.credentials import RefreshableCredentials
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.aws.clients import AwsClients
from core.aws.s3 import MediaBucket, ServedAs
from core.errors import (
    AwsUnavailable,
    Configuration,
    Conflict,
    InvalidInput,
    NotAllowed,
    NotFound,
)
from core.library.service import LibraryService
from core.model.changes import BulkChange, BulkKind, Selection
from core.model.library import FileChanges
from core.model.media import FileKind, FileQuery, FileSort, FileState, JobState
from core.settings import load_settings
from core.stores.job_runner import JobRunner
from core.stores.jobs import JobQueue
from core.stores.search_index import SearchIndex


def events(room):
    return [event.action for event in reversed(room.audit.page("2026-11").items)]


def keys(room):
    return [item.ref.key for item in room.bucket.list("")]


# Seeing


def test_members_page_through_their_own_files_only(room, add, people):
    add("f1")
    add("f2", owner="other")
    assert [f.id for f in room.library.page(people.owner, FileQuery()).items] == ["f1"]
    assert room.library.page(people.owner, FileQuery(owner_id="other")).total == 0
    assert room.library.page(people.support, FileQuery()).total == 2


def test_another_members_file_is_not_found(room, add, people):
    add("f1")
    for call in (room.library.get, room.library.download):
        with pytest.raises(NotFound):
            call(people.other, "f1")
    for call in (room.library.trash, room.library.restore):
        with pytest.raises(NotFound):
            call(people.other, ["f1"])
    with pytest.raises(NotFound):
        room.library.change(people.other, "f1", FileChanges(name="mine.jpg"))


def test_removed_places_are_shown_to_their_owner_only(room, add, people):
    add("f1")
    assert room.library.get(people.owner, "f1").removed[0].value == "52.5"
    for seen in (
        room.library.get(people.admin, "f1"),
        room.library.page(people.admin, FileQuery()).items[0],
        room.library.trash(people.admin, ["f1"])[0],
    ):
        assert (seen.removed[0].name, seen.removed[0].value) == ("GPSLatitude", "")
    assert room.library.get(people.owner, "f1").removed[0].value == "52.5"  # still stored


def test_the_summary_counts_what_the_person_may_see(room, add, people):
    add("f1")
    add("f2", owner="other", kind=FileKind.VIDEO, state=FileState.UNDELIVERED)
    assert room.library.summary(people.owner).count == 1
    everything = room.library.summary(people.support)
    assert (everything.count, everything.undelivered) == (2, 1)


def test_addresses_are_on_the_cdn(room, add):
    file = add("f1", key="media/f1/a b.jpg")
    assert room.library.url(file) == "https://cdn.example/media/f1/a%20b.jpg"
    assert room.library.thumbnail_url(file) == "https://cdn.example/media/f1/thumbnail.webp"
    assert room.library.preview_url(file) == ""


@pytest.mark.parametrize("limit", [0, -1, 201])
def test_a_page_of_an_impossible_size_is_refused(room, people, limit):
    with pytest.raises(InvalidInput):
        room.library.page(people.owner, FileQuery(), limit=limit)


def test_a_cursor_of_another_search_is_refused(room, add, people):
    for number in range(3):
        add(f"f{number}", objects=False)
    cursor = room.library.page(people.owner, FileQuery(), limit=1).next_cursor
    with pytest.raises(InvalidInput, match="another search"):
        room.library.page(people.owner, FileQuery(sort=FileSort.NAME), limit=1, cursor=cursor)
    with pytest.raises(InvalidInput, match="another search"):
        room.library.page(people.support, FileQuery(), limit=1, cursor=cursor)


def test_pages_show_every_file_exactly_once(room, add, people):
    for number in range(23):  # many with equal names and moments
        room.clock.forward(seconds=number % 3 == 0)
        add(f"f{number:02}", name=f"name-{number % 4}.jpg", size=number % 5, objects=False)

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(limit=st.integers(1, 25), sort=st.sampled_from(FileSort))
    def walk(limit, sort):
        seen, cursor = [], None
        while True:
            page = room.library.page(people.owner, FileQuery(sort=sort), limit=limit, cursor=cursor)
            seen += [file.id for file in page.items]
            cursor = page.next_cursor
            if cursor is None:
                break
        assert sorted(seen) == [f"f{number:02}" for number in range(23)]

    walk()


# Changing


def test_a_rename_keeps_key_and_url_and_is_remembered(room, add, people):
    before = add("f1")
    after = room.library.change(people.owner, "f1", FileChanges(name="sea.jpg", tags=("Blue",)))
    assert (after.name, after.tags) == ("sea.jpg", ("blue",))
    assert room.library.url(after) == room.library.url(before)
    (event,) = room.audit.page("2026-11").items
    assert (event.action, event.subject, event.actor_id) == ("file.changed", "file/f1", "owner")
    assert event.details["name"] == "'beach.jpg' → 'sea.jpg'"


def test_a_change_that_changes_nothing_leaves_no_event(room, add, people):
    add("f1")
    room.library.change(people.owner, "f1", FileChanges(name="beach.jpg"))
    assert events(room) == []


def test_support_may_look_but_not_change(room, add, people):
    add("f1")
    with pytest.raises(NotAllowed):
        room.library.change(people.support, "f1", FileChanges(name="x.jpg"))
    with pytest.raises(NotAllowed):
        room.library.trash(people.support, ["f1"])


def test_changes_at_once_are_all_kept(room, add, people):
    add("f1", objects=False)
    edits = [FileChanges(name="n.jpg"), FileChanges(folder="a/b"), FileChanges(tags=("t",))]
    threads = [
        threading.Thread(target=room.library.change, args=(people.owner, "f1", edit))
        for edit in edits
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    file = room.library.get(people.owner, "f1")
    assert (file.name, file.folder, file.tags) == ("n.jpg", "a/b", ("t",))


# Trash


def test_a_trashed_file_leaves_the_list_and_comes_back(room, add, people):
    add("f1")
    (trashed,) = room.library.trash(people.owner, ["f1"])
    assert trashed.trashed_at == room.clock.now
    assert room.library.page(people.owner, FileQuery()).total == 0
    assert room.library.page(people.owner, FileQuery(trashed=True)).total == 1
    room.clock.forward(minutes=1)
    room.library.restore(people.owner, ["f1"])
    assert room.library.page(people.owner, FileQuery()).total == 1
    assert events(room) == ["file.trashed", "file.restored"]


def test_trashing_twice_is_one_event(room, add, people):
    add("f1")
    room.library.trash(people.owner, ["f1", "f1"])
    room.library.trash(people.owner, ["f1"])
    assert events(room) == ["file.trashed"]


def test_one_file_that_is_not_ours_keeps_all_others_where_they_are(room, add, people):
    add("f1")
    add("f2", owner="other")
    with pytest.raises(NotFound):
        room.library.trash(people.owner, ["f1", "f2"])
    assert room.library.get(people.owner, "f1").trashed_at is None


def test_hundreds_of_files_are_trashed_in_one_call(room, add, people):
    ids = [f"f{number}" for number in range(130)]
    for file_id in ids:
        add(file_id, objects=False)
    assert len(room.library.trash(people.owner, ids)) == 130
    assert room.library.summary(people.owner).trashed == 130


def test_the_purge_takes_only_what_lay_long_enough(room, add, people):
    add("f1")
    add("f2")
    room.library.trash(people.owner, ["f1"])
    room.clock.forward(days=29)
    room.library.trash(people.owner, ["f2"])
    assert room.library.purge() == 0
    room.clock.forward(days=1)
    assert room.library.purge() == 1
    assert room.library.purge() == 0
    with pytest.raises(NotFound):
        room.library.get(people.owner, "f1")
    assert room.library.get(people.owner, "f2").trashed_at is not None
    assert "file.purged" in [event.action for event in room.audit.page("2026-12").items]


def test_the_purge_leaves_no_version_of_any_object(room, add, people):
    file = add("f1", pristine=None)
    room.bucket.put(file.key, b"a newer version", ServedAs("image/jpeg"))
    room.bucket.put("legacy/f2.jpg", b"x", ServedAs("image/jpeg"))
    room.bucket.put("legacy/f2.jpg.txt", b"somebody else's", ServedAs("image/jpeg"))
    add("f2", key="legacy/f2.jpg")
    room.library.trash(people.owner, ["f1", "f2"])
    room.clock.forward(days=31)
    assert room.library.purge() == 2
    versions = room.client.list_object_versions(Bucket="media")
    assert [v["Key"] for v in versions["Versions"]] == ["legacy/f2.jpg.txt"]
    assert "DeleteMarkers" not in versions


def test_a_purge_that_broke_off_is_finished_by_the_next(room, add, people, monkeypatch):
    add("f1")
    room.library.trash(people.owner, ["f1"])
    room.clock.forward(days=31)
    with monkeypatch.context() as broken:
        broken.setattr(room.bucket, "delete_prefix", gone_away)
        with pytest.raises(AwsUnavailable):
            room.library.purge()
    with pytest.raises(NotFound):  # it was claimed: nobody gets half of it back
        room.library.restore(people.owner, ["f1"])
    assert room.library.purge() == 1
    assert keys(room) == []


def test_nothing_is_deleted_where_the_record_could_not_be_claimed(room, add, people, monkeypatch):
    add("f1")
    room.library.trash(people.owner, ["f1"])
    room.clock.forward(days=31)
    with monkeypatch.context() as broken:
        broken.setattr(room.store, "transact", gone_away)
        with pytest.raises(AwsUnavailable):
            room.library.purge()
    assert len(keys(room)) == 3
    assert room.library.purge() == 1


def test_a_purged_file_can_no_longer_be_restored_half_way(room, add, people):
    add("f1")
    room.library.trash(people.owner, ["f1"])
    room.clock.forward(days=31)
    with pytest.raises(Conflict, match="more than 30 days"):
        room.library.restore(people.owner, ["f1"])


def test_an_object_in_another_bucket_is_not_touched(room, add, people):
    add("f1", objects=False, bucket="elsewhere", key="avatars/a.jpg", pristine=None)
    room.bucket.put("avatars/a.jpg", b"x", ServedAs("image/jpeg"))
    room.library.trash(people.owner, ["f1"])
    room.clock.forward(days=31)
    assert room.library.purge() == 1
    assert keys(room) == ["avatars/a.jpg"]


def test_a_purge_does_not_trust_an_index_that_is_behind(room, add, people, tmp_path):
    add("f1")
    add("f2")
    room.library.trash(people.owner, ["f1", "f2"])
    behind = SearchIndex(tmp_path / "behind.sqlite3")
    behind.refresh(room.store)
    room.library.restore(people.owner, ["f1"])
    room.clock.forward(days=31)
    assert room.library.purge() == 1
    late = LibraryService(
        room.store, behind, room.bucket, room.edge, room.audit, load_settings(), room.clock
    )
    assert behind.search(FileQuery(trashed=True)).total == 2
    assert late.purge() == 0
    assert "media/f1/beach.jpg" in keys(room)
    behind.close()


def test_a_file_that_others_never_stop_writing_is_given_up(room, add, people, monkeypatch):
    add("f1")

    def faster(_):
        raise Conflict("Somebody was faster.", hint="Read again.")

    monkeypatch.setattr(room.store, "transact", faster)
    with pytest.raises(Conflict, match="by others"):
        room.library.trash(people.owner, ["f1"])


# Downloading


def test_a_download_is_a_signed_link_of_one_hour_under_the_display_name(room, add, people):
    add("f1", name='Übersicht; "1".jpg')
    link = room.library.download(people.owner, "f1")
    asked = parse_qs(urlsplit(link.url).query)
    assert link.expires_at == room.clock.now + timedelta(hours=1)
    assert asked["X-Amz-Expires"] == ["3600"]
    (disposition,) = asked["response-content-disposition"]
    assert disposition.startswith("attachment; filename=")
    assert disposition.endswith("filename*=UTF-8''%C3%9Cbersicht%3B%20%221%22.jpg")


@pytest.mark.emulator
def test_the_embedded_cloud_saves_a_download_under_its_name(emulator, room, add, people):
    clients = AwsClients("us-east-1", emulator.endpoint, emulator.access_key, emulator.secret_key)
    bucket = MediaBucket(clients.s3, emulator.stack.media_bucket)
    ref = bucket.put("media/f1/beach.jpg", b"bytes", ServedAs("image/jpeg", "", "inline"))
    add("f1", objects=False, version_id=ref.version_id, name="b.jpg")
    parts = (room.index, bucket, room.edge, room.audit, load_settings(), lambda: datetime.now(UTC))
    answer = httpx.get(LibraryService(room.store, *parts).download(people.owner, "f1").url)
    assert answer.content == b"bytes"
    assert answer.headers["content-disposition"].startswith('attachment; filename="b.jpg"')


def test_a_link_tells_the_truth_when_the_signer_ends_earlier(room, add, people):
    add("f1")
    end = datetime.now(UTC) + timedelta(minutes=40)
    room.clock.now = datetime.now(UTC)
    metadata = {"access_key": "A", "secret_key": "s", "token": "t", "expiry_time": end.isoformat()}
    room.client._request_signer._credentials = RefreshableCredentials.create_from_metadata(
        metadata, refresh_using=lambda: metadata, method="assume-role"
    )
    assert room.library.download(people.owner, "f1").expires_at == end


def test_the_exact_upload_is_for_its_owner(room, add, people):
    add("f1")
    link = room.library.download(people.owner, "f1", pristine=True)
    assert urlsplit(link.url).path.endswith("originals/f1/beach.jpg")
    with pytest.raises(NotAllowed):
        room.library.download(people.admin, "f1", pristine=True)
    with pytest.raises(NotFound):
        room.library.download(people.other, "f1", pristine=True)


def test_a_plain_file_is_its_own_exact_upload(room, add, people):
    add("f1", pristine=None)
    link = room.library.download(people.owner, "f1", pristine=True)
    assert urlsplit(link.url).path.endswith("media/f1/beach.jpg")


def test_a_file_in_the_making_says_when_to_come_back(room, add, people):
    add("f1", state=FileState.PROCESSING)
    with pytest.raises(Conflict, match="still being processed"):
        room.library.download(people.owner, "f1")


def test_a_file_whose_bytes_are_missing_gives_no_dead_link(room, add, people):
    add("f1", objects=False, state=FileState.UNDELIVERED)
    add("f2", objects=False, state=FileState.UNDELIVERED, key="", pristine=None)
    add("f3", state=FileState.UNDELIVERED)
    for file_id in ("f1", "f2"):
        with pytest.raises(Conflict, match="not in the bucket"):
            room.library.download(people.owner, file_id)
    assert room.library.download(people.owner, "f3").url


def gone_away(*_):
    raise AwsUnavailable("The store can't be reached.", hint="Try again.")


# Faults


def test_a_store_that_can_not_be_written_says_so_and_loses_nothing(room, add, people, monkeypatch):
    add("f1")
    sealed = Configuration("The database can't be written.", hint="Give the app write access.")
    monkeypatch.setattr(room.store, "transact", raises(sealed))
    change = BulkChange(kind=BulkKind.TRASH)
    for call in (
        lambda: room.library.change(people.owner, "f1", FileChanges(name="x.jpg")),
        lambda: room.library.trash(people.owner, ["f1"]),
        lambda: room.library.copy(people.owner, "f1", folder="x"),
        lambda: room.library.bulks.start(people.owner, Selection(ids=("f1",)), change),
    ):
        with pytest.raises(Configuration, match="can't be written"):
            call()
    monkeypatch.undo()
    assert room.library.get(people.owner, "f1").name == "beach.jpg"
    assert room.library.page(people.owner, FileQuery()).total == 1
    assert room.bucket.find("media/f1/beach.jpg") is not None


def test_a_bulk_that_finds_the_store_sealed_fails_with_exact_counts(room, add, people, monkeypatch):
    for number in range(100):
        add(f"f{number:03}", objects=False)
    bulks = room.library.bulks
    change = BulkChange(kind=BulkKind.ADD_TAGS, tags=("a",))
    bulk = bulks.start(people.owner, Selection(query=FileQuery()), change)
    write, left = bulks._run._write, [1]

    def once(*args):
        if left:
            left.pop()
            return write(*args)
        raise Configuration("The database can't be written.", hint="Give the app write access.")

    monkeypatch.setattr(bulks._run, "_write", once)
    JobRunner(JobQueue(room.store, room.clock), {"bulk_change": bulks.run}, 1).run_until_idle()
    failed = bulks.get(people.owner, bulk.id)
    assert (failed.state, failed.done, failed.changed) == (JobState.FAILED, 90, 90)
    assert "can't be written" in failed.problem.detail
    tagged = room.library.page(people.owner, FileQuery(tags=("a",)))
    assert tagged.total == 90


def raises(error):
    def call(*_, **__):
        raise error

    return call
