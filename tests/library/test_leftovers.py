"""kill -9 in the middle of copies and moves: no object stays that nobody names, none is missing."""

from contextlib import suppress
from datetime import timedelta

import pytest

from core.aws.s3 import ServedAs
from core.errors import AwsDenied, AwsUnavailable, Configuration, Conflict
from core.library.leftovers import LeftObjects, still_left
from core.library.service.advising import AdvisingService
from core.library.service.bulk.service import JOB
from core.library.service.leftovers import Leftovers
from core.model.advice import Headers
from core.model.changes import BulkChange, BulkKind, JobState, Selection
from core.model.media import ObjectRef
from core.model.object_names import held_at, own_folders, owner_in, spot
from core.model.versions import objects as named_by
from core.model.versions import version_of, with_bytes
from core.stores.collection import Collection
from core.stores.job_runner import JobRunner
from core.stores.jobs import JobQueue
from tests.library.clouds import Front, later, objects, service, visible
from tests.upload.test_crashes import Fuse, Fused, Killed


def one(room):
    """A picture whose first version is covered by its second, and which tells of a person."""
    key, small = "media/f1/ada@example.com.jpg", "media/f1/thumbnail.webp"
    first = room.bucket.put(key, b"first", ServedAs("image/jpeg"))
    file = room.files.get("f1").model_copy(update={"key": key, "version_id": first.version_id})
    room.bucket.delete("media/f1/beach.jpg")
    room.bucket.erase("media/f1/beach.jpg")
    pin = room.bucket.head(small).ref.version_id
    rendition = file.renditions[0].model_copy(update={"version_id": pin})
    file = file.model_copy(update={"renditions": (rendition,), "etag": first.etag})
    second = room.bucket.put(key, b"second", ServedAs("image/jpeg"))
    fresh = version_of(file).model_copy(
        update={"version_id": second.version_id, "etag": second.etag}
    )
    after = with_bytes(file, fresh, "owner", room.clock.now)
    room.files.save(after, room.files.find("f1").version)


@pytest.fixture
def edge(room):
    return Front(room.bucket)


@pytest.fixture
def fused(room, add, edge):
    """How to get a library that dies at a call; the fuse counts calls of store and bucket."""
    add("f1")
    one(room)
    fuse = Fuse()
    return fuse, fused_library(room, fuse, edge)


def fused_library(room, fuse, edge, **settings):
    bucket = Fused(room.bucket, fuse)
    bucket._s3 = room.client
    room.bucket.beside = lambda _: bucket if fuse.left is not None else room.bucket
    return service(room, bucket=bucket, store=Fused(room.store, fuse), edge=edge, **settings)


def copied(library, people):
    library.copy(people.owner, "f1")


def restored(library, people):
    library.restore_version(people.owner, "f1", 1)


def hidden(library, people):
    library.set_private(people.owner, "f1", private=True)


def cleaned(library, people):
    shelf = library.invalidations._shelf
    AdvisingService(
        library, shelf.store, shelf.bucket, shelf.edge, shelf.audit, shelf.clock,
        right_headers=lambda *_: Headers(content_type="image/jpeg"), forget=lambda *_: None,
        recoding=None,
    ).repair(people.owner, "f1", "personal_key")  # fmt: skip


def named(room):
    """What the records name, and that each of it is there."""
    files = [*room.files.all("owner")]
    for ref in (ref for file in files for ref in named_by(file)):
        assert room.bucket.head(ref.key, ref.version_id)
    return {ref.key for file in files for ref in named_by(file)}


@pytest.mark.parametrize("work", [copied, restored, hidden, cleaned])
def test_a_process_killed_at_any_call_leaves_nothing_unknown(room, fused, edge, people, work):
    fuse, broken = fused
    healthy = service(room, edge=edge)
    calls, call = 10_000, 0
    while call < calls:
        call += 1
        for after in (False, True):
            fuse.arm(call, after=after)
            try:
                work(broken, people)
                calls = call
            except Killed:
                pass
            fuse.left = None
            later(room, healthy)
            hidden_old = {"media/f1/ada@example.com.jpg"}  # its versions are those of version 1
            assert objects(room) - hidden_old == named(room) - hidden_old, (call, after)
            if work is cleaned and "@" not in room.files.get("f1").key:
                assert not hidden_old & visible(room)
            if work is hidden:
                healthy.set_private(people.owner, "f1", private=False)
            if work is cleaned:
                key = room.files.get("f1").key
                if "@" not in key:  # back, to be cleaned again
                    first = room.bucket.carry(named_by(room.files.get("f1"))[0], *hidden_old)
                    room.files.update("f1", lambda f, ref=first: f.model_copy(
                        update={"key": ref.key, "version_id": ref.version_id}))  # fmt: skip
                    room.bucket.erase(key)
    assert calls > 4


def test_what_a_restored_version_pushes_out_goes_after_a_kill_too(room, fused, edge, people):
    fuse, healthy = fused[0], service(room, edge=edge)
    broken = fused_library(room, fuse, edge, kept_versions=1)
    calls, call = 10_000, 0
    while call < calls:
        call += 1
        fuse.arm(call, after=True)
        try:
            number = room.files.get("f1").versions[-1].number
            broken.restore_version(people.owner, "f1", number)
            calls = call
        except Killed:
            pass
        fuse.left = None
        room.clock.forward(hours=2)
        healthy.purge()
        assert objects(room) == named(room), call
        pinned = {spot(ref) for ref in named_by(room.files.get("f1")) if ref.version_id}
        assert served_versions(room) == pinned, call
    assert calls > 4


def test_a_version_is_restored_though_what_it_pushes_out_cannot_be_deleted_now(
    room, fused, edge, people, monkeypatch
):
    library = service(room, edge=edge, kept_versions=1)
    with monkeypatch.context() as patch:
        patch.setattr(room.index, "caught_up", lambda _: False)  # just begun, a million files
        assert library.restore_version(people.owner, "f1", 1).revision == 3
    assert "media/f1/ada@example.com.jpg" in objects(room)
    library.purge()
    assert objects(room) == named(room)


def test_what_can_not_be_deleted_keeps_nothing_else_from_it(room, add, people, monkeypatch):
    """Else one object with a lock on it would fill the trash for ever."""
    for id_ in ("f1", "f2", "f3"):
        add(id_)
    left = LeftObjects(file_id="f0", by=people.owner, bucket="no-such-bucket", keys=("a",))
    Collection(room.store, "left_objects", LeftObjects, key=lambda left: left.key).add(left)
    room.library.trash(people.owner, ["f1", "f2", "f3"])
    room.clock.forward(days=31)
    delete, refused = room.bucket.delete_prefix, AwsDenied("S3 refuses it.", hint="Ask.")

    def locked(folder, keep=()):
        if "/f2/" in folder:
            raise refused
        return delete(folder, keep)

    monkeypatch.setattr(room.bucket, "delete_prefix", locked)
    for _ in range(2):  # the second finds f2 claimed
        with pytest.raises(AwsDenied):
            room.library.purge()
        assert {owner_in(key) for key in objects(room)} == {"f2"}
    monkeypatch.undo()
    with pytest.raises(Configuration, match="NoSuchBucket"):
        room.library.purge()
    assert objects(room) == set()


def served_versions(room):
    pages = room.client.get_paginator("list_object_versions").paginate(
        Bucket="media", Prefix="media/"
    )
    return {(one["Key"], one["VersionId"]) for page in pages for one in page.get("Versions", [])}


def test_a_bulk_that_was_killed_copies_the_same_file_again_at_once(room, fused, people, edge):
    _, broken = fused
    bulk = broken.bulks.start(people.owner, Selection(ids=("f1",)), BulkChange(kind=BulkKind.COPY))
    copy = room.bucket.copy
    room.bucket.copy = lambda *_: (_ for _ in ()).throw(Killed)
    jobs = JobQueue(room.store, room.clock)
    with pytest.raises(Killed):
        JobRunner(jobs, {JOB: broken.bulks.run}, 1).run_until_idle()
    room.bucket.copy = copy
    assert jobs.requeue_running() == 1
    healthy = service(room, edge=edge)
    JobRunner(jobs, {JOB: healthy.bulks.run}, 1).run_until_idle()
    ended = healthy.bulks.get(people.owner, bulk.id)
    assert (ended.state, ended.changed, ended.refused) == (JobState.DONE, 1, 0)
    later(room, healthy)
    assert objects(room) == named(room)
    assert len({owner_in(key) for key in objects(room)}) == 2


# Several at once


def planned(people, *keys, **more):
    return LeftObjects(file_id="f1", by=people.owner, bucket="media", keys=keys, **more)


def test_what_somebody_deletes_is_not_made_anew_meanwhile(room, people):
    room.bucket.put("media/f1/a", b"old", ServedAs("image/jpeg"))
    mine, other = Leftovers(shelf_of(room)), Leftovers(shelf_of(room))
    intent = mine.begin(planned(people, "media/f1/a"))
    refused, erase = [], room.bucket.erase

    def meanwhile(key):
        with pytest.raises(Conflict, match="moved by others"):
            other.begin(planned(people, "media/f1/a"))
        assert other.finish() == 0
        refused.append(key)
        return erase(key)

    room.bucket.beside = lambda _: room.bucket
    room.bucket.erase = meanwhile
    mine.give_up(intent)
    assert refused == ["media/f1/a"]
    assert other.begin(planned(people, "media/f1/a"))


def test_copies_that_were_given_up_can_not_be_named_any_more(room, people):
    left = Leftovers(shelf_of(room))
    slow = left.begin(planned(people, "media/f1/a"))
    assert left.finish() == 0
    room.clock.forward(hours=2)
    assert left.finish() == 1
    for settled in (left.settled(slow), left.settled(slow, planned(people, "media/f1/b"))):
        with pytest.raises(Conflict):
            room.store.transact([settled])
    left.give_up(slow)  # which is somebody else's by now
    assert left.finish() == 0


@pytest.mark.parametrize("work", [copied, restored, hidden, cleaned])
def test_whoever_was_taken_for_dead_names_nothing_that_is_gone(room, fused, edge, people, work):
    slow, housekeeper = service(room, edge=edge), service(room, edge=edge)
    transact, swept = room.store.transact, []

    def late(operations):
        if not swept and any(one.record.kind == "file" for one in operations if put(one)):
            swept.append(later(room, housekeeper))
        return transact(operations)

    room.store.transact = late
    with suppress(Conflict):
        work(slow, people)
    assert swept == [1]
    later(room, housekeeper)
    named(room)


def put(operation):
    return hasattr(operation, "record")


def test_a_claim_of_somebody_who_died_ends(room, people, monkeypatch):
    left = Leftovers(shelf_of(room))
    left.begin(planned(people, "media/f1/a"))
    room.clock.forward(hours=2)
    with monkeypatch.context() as patched:
        patched.setattr(left, "_delete", lambda _: (_ for _ in ()).throw(AwsUnavailable("away")))
        with pytest.raises(AwsUnavailable):
            left.finish()
    found = left._left.find("f1")
    dead = found.value.model_copy(update={"claimed": room.clock.now})
    left._left.save(dead, found.version)
    assert left.finish() == 0
    room.clock.forward(minutes=11)
    assert left.finish() == 1


def test_an_error_that_comes_between_leaves_the_copies_to_the_housekeeping(room, people):
    room.bucket.put("media/f1/a", b"copy", ServedAs("image/jpeg"))
    left = Leftovers(shelf_of(room))
    room.bucket.beside = lambda _: (_ for _ in ()).throw(AwsUnavailable("away"))
    with pytest.raises(ZeroDivisionError), left.begun(planned(people, "media/f1/a")):
        raise ZeroDivisionError
    del room.bucket.beside
    assert left.finish() == 1
    assert objects(room) == set()


def shelf_of(room):
    return service(room).invalidations._shelf


def test_what_is_only_hidden_may_be_that_of_an_earlier_version(add, people):
    file = add("f1", objects=False, renditions=(), pristine=None)
    key = file.key
    moved = with_bytes(
        file, version_of(file).model_copy(update={"key": "media/f1/b"}), "owner", file.uploaded_at
    )
    assert still_left(planned(people, key, "media/f1/b"), moved) == ()
    assert still_left(planned(people, key, "media/f1/b", hide=True), moved) == (key,)
    assert still_left(planned(people, key), None) == (key,)


@pytest.mark.parametrize(
    ("key", "owner"),
    [("media/f1/a", "f1"), ("private/f1/r2/a", "f1"), ("originals/f1/", "f1"), ("media/a", ""),
     ("legacy/f1/a", ""), ("", "")],
)  # fmt: skip
def test_the_folder_of_a_key_tells_whose_it_is(key, owner):
    assert owner_in(key) == owner
    assert not owner or key.startswith(own_folders(owner))


def test_only_what_was_copied_is_named_elsewhere(add):
    file = add("f1", objects=False)
    assert held_at(file, {}) == file
    served, small, exact = named_by(file)
    there = ObjectRef(bucket="b", key="new", version_id="v", etag="e", size=1)
    assert held_at(file, {spot(small): there}).renditions[0].key == "new"
    assert held_at(file, {spot(exact): there}).pristine == there
    moved = held_at(file, {spot(served): there})
    assert (moved.bucket, moved.key, moved.version_id, moved.etag) == ("b", "new", "v", "e")
    assert (moved.renditions, moved.pristine) == (file.renditions, file.pristine)
    bare = file.model_copy(update={"pristine": None})
    assert held_at(bare, {spot(exact): there}).pristine is None


def test_housekeeping_takes_what_broke_off_along(room, people):
    room.bucket.put("media/f1/a", b"copy", ServedAs("image/jpeg"))
    Leftovers(shelf_of(room)).begin(planned(people, "media/f1/a"))
    room.clock.now += timedelta(hours=2)
    service(room).purge()
    assert objects(room) == set()
