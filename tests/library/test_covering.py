"""An earlier version at the address of today: covered, forgotten by the CDN, and never half."""

import pytest

from core.aws.s3 import ServedAs
from core.errors import AwsDenied, AwsUnavailable, Conflict, NotFound
from core.library.leftovers import LeftObjects
from core.library.service.covering import JOB
from core.model.changes import InvalidationState
from core.model.identity import Account, Role
from core.model.library import FileChanges
from core.model.media import JobState
from core.model.versions import BROWSERS_KEEP, served_keys
from core.stores.account_records import AccountRecords
from core.stores.job_runner import JobRunner
from core.stores.jobs import MAX_ATTEMPTS, JobQueue
from tests.library.clouds import service
from tests.library.test_versions import bytes_of


@pytest.fixture
def library(room):
    made = service(room)
    jobs = made.invalidations._shelf.jobs
    del jobs.attempt  # the real one: what a click begins is done at once
    return made


@pytest.fixture
def broken(room, library, monkeypatch):
    """Have S3 do something else at the copy of this number, counted from 1."""

    def arrange(number, deed):
        bucket = library.covering._shelf.bucket
        carry, count = bucket.carry, []

        def carried(*asked):
            count.append(1)
            if len(count) == number:
                deed()
            return carry(*asked)

        monkeypatch.setattr(bucket, "carry", carried)

    return arrange


def raises(error):
    def deed():
        raise error

    return deed


def worker(room, library):
    jobs = JobQueue(room.store, room.clock)
    jobs.requeue_running()
    room.clock.forward(minutes=30)
    JobRunner(jobs, {JOB: library.covering.run}, 1).run_until_idle()
    return jobs


@pytest.mark.parametrize("same_key", [True, False])
def test_the_address_stays_the_old_bytes_are_there_and_nothing_is_lost(
    room, library, replaced, people, same_key
):
    before = replaced(same_key=same_key)
    file = library.restore_version(people.owner, "f1", 1, same_key=True)
    assert (file.revision, file.checksum, served_keys(file)) == (3, "one", served_keys(before))
    for key in served_keys(file):
        assert bytes_of(room, key) == b"bytes of f1"
    now, second, first = library.versions(people.owner, "f1")
    assert (now.version.checksum, second.version.checksum, first.version.checksum) == (
        "one", "two", "one",
    )  # fmt: skip
    assert bytes_of(room, second.version.key, second.version.version_id) == b"new bytes"
    assert bytes_of(room, first.version.key, first.version.version_id) == b"bytes of f1"
    assert BROWSERS_KEEP in file.notes
    again = library.restore_version(people.owner, "f1", 2, same_key=True)
    assert (again.checksum, bytes_of(room, again.key)) == ("two", b"new bytes")
    assert again.notes.count(BROWSERS_KEEP) == 1


def test_the_cdn_is_told_to_forget_exactly_that_address(room, library, replaced, people):
    replaced(same_key=True)
    library.restore_version(people.owner, "f1", 1, same_key=True)
    (told,) = library.invalidations.of_file(people.owner, "f1")
    assert told.paths == ("/media/f1/beach.jpg", "/media/f1/thumbnail.webp")
    assert told.state is InvalidationState.REQUESTED
    (event,) = [e for e in room.audit.page("2026-11").items if e.action == "file.version_restored"]
    assert (event.details["address"], event.details["version"]) == ("the same", "1")


def test_bytes_that_are_served_already_are_not_copied_over_themselves(
    room, library, replaced, people, broken
):
    replaced()
    library.restore_version(people.owner, "f1", 1)
    broken(1, raises(AssertionError("nothing is to be copied")))
    file = library.restore_version(people.owner, "f1", 1, same_key=True)
    assert (file.revision, file.key) == (4, "media/f1/beach.jpg")
    assert library.invalidations.of_file(people.owner, "f1") == ()


def test_another_type_needs_another_address(room, library, replaced, people):
    replaced()
    stored = room.files.find("f1")
    room.files.save(stored.value.model_copy(update={"content_type": "image/png"}), stored.version)
    with pytest.raises(Conflict, match="image/png"):
        library.restore_version(people.owner, "f1", 1, same_key=True)


def test_an_object_that_another_file_shows_is_not_covered(room, library, replaced, people, add):
    before = replaced()
    add("f9", objects=False, key=before.key, version_id=None)
    with pytest.raises(Conflict, match="used elsewhere"):
        library.restore_version(people.owner, "f1", 1, same_key=True)
    assert bytes_of(room, before.key) == b"new bytes"


def test_without_versions_in_the_bucket_nothing_is_covered(
    room, library, replaced, people, monkeypatch
):
    before = replaced()
    stored = room.files.find("f1")
    room.files.save(before.model_copy(update={"version_id": None}), stored.version)
    found = room.bucket.head(before.key)
    bare = found.__class__(
        **(vars(found) | {"ref": found.ref.model_copy(update={"version_id": None})})
    )
    monkeypatch.setattr(library.covering._shelf.bucket, "head", lambda *asked: bare)
    with pytest.raises(Conflict, match="keeps no versions"):
        library.restore_version(people.owner, "f1", 1, same_key=True)


@pytest.mark.parametrize("at", [1, 2])
def test_what_a_killed_process_began_is_gone_on_with(room, library, replaced, people, broken, at):
    replaced(same_key=True)
    broken(at, raises(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        library.restore_version(people.owner, "f1", 1, same_key=True)
    worker(room, library)
    file = room.files.get("f1")
    assert (file.revision, file.checksum) == (3, "one")
    assert [bytes_of(room, key) for key in served_keys(file)] == [b"bytes of f1"] * 2
    assert list(library.leftovers._left.all()) == []


def test_an_s3_that_does_not_answer_is_asked_again_by_itself(
    room, library, replaced, people, broken
):
    replaced(same_key=True)
    broken(2, raises(AwsUnavailable("S3 says SlowDown.")))
    with pytest.raises(AwsUnavailable, match="SlowDown") as told:
        library.restore_version(people.owner, "f1", 1, same_key=True)
    assert told.value.hint == "It is tried again by itself."
    worker(room, library)
    assert room.files.get("f1").checksum == "one"


def test_whoever_replaces_the_file_meanwhile_is_not_covered(
    room, library, replaced, people, broken
):
    replaced(same_key=True)
    theirs = []

    def other():
        ref = room.bucket.put("media/f1/beach.jpg", b"theirs", ServedAs("image/jpeg"))
        stored = room.files.find("f1")
        update = {"revision": 3, "version_id": ref.version_id, "checksum": "three"}
        theirs.append(room.files.save(stored.value.model_copy(update=update), stored.version))

    broken(1, other)
    with pytest.raises(Conflict, match="got other bytes"):
        library.restore_version(people.owner, "f1", 1, same_key=True)
    assert room.files.get("f1") == theirs[0]
    assert bytes_of(room, "media/f1/beach.jpg") == b"theirs"
    assert bytes_of(room, "media/f1/thumbnail.webp") == b"new small"
    assert JobQueue(room.store, room.clock).counts()[JobState.RUNNING] == 0
    assert list(library.covering._begun.all()) == []


def test_a_file_deleted_for_good_meanwhile_leaves_no_copies(
    room, library, replaced, people, broken
):
    replaced(same_key=True)

    def delete():
        library.trash(people.owner, ["f1"])
        room.clock.forward(days=31)
        library.purge()

    broken(2, delete)
    with pytest.raises(Conflict):
        library.restore_version(people.owner, "f1", 1, same_key=True)
    with pytest.raises(NotFound):
        library.get(people.owner, "f1")
    left = {found.ref.key for found in room.bucket.list("media/")}
    assert left == set()


def test_a_rename_at_the_same_moment_is_kept(room, library, replaced, people, broken):
    replaced(same_key=True)
    broken(2, lambda: library.change(people.owner, "f1", FileChanges(name="dawn.jpg")))
    file = library.restore_version(people.owner, "f1", 1, same_key=True)
    assert (file.name, file.checksum) == ("dawn.jpg", "one")


def test_a_bucket_of_before_is_not_written_to(room, library, replaced, people):
    replaced()
    stored = room.files.find("f1")
    room.files.save(stored.value.model_copy(update={"bucket": "archive"}), stored.version)
    with pytest.raises(Conflict, match="lies in archive"):
        library.restore_version(people.owner, "f1", 1, same_key=True)


def test_a_file_trashed_at_the_same_moment_shows_its_own_bytes_again(
    room, library, replaced, people, broken
):
    before = replaced(same_key=True)
    broken(2, lambda: library.trash(people.owner, ["f1"]))
    with pytest.raises(Conflict, match="in the trash"):
        library.restore_version(people.owner, "f1", 1, same_key=True)
    assert [bytes_of(room, key) for key in served_keys(before)] == [b"new bytes", b"new small"]
    assert room.files.get("f1").checksum == "two"


def test_what_s3_refuses_half_way_shows_the_bytes_of_before_again(
    room, library, replaced, people, broken
):
    before = replaced(same_key=True)
    broken(2, raises(AwsDenied("S3 refuses s3:PutObject.", hint="Grant it.")))
    with pytest.raises(Conflict, match="refuses"):
        library.restore_version(people.owner, "f1", 1, same_key=True)
    assert [bytes_of(room, key) for key in served_keys(before)] == [b"new bytes", b"new small"]
    assert list(library.covering._begun.all()) == []


def test_what_was_tried_in_vain_for_long_shows_the_bytes_of_before_again(
    room, library, replaced, people, monkeypatch
):
    before = replaced(same_key=True)
    shelf = library.covering._shelf
    copy, small = shelf.bucket.copy, before.renditions[0].key

    def slow(source, key, *more):
        if key == small:
            raise AwsUnavailable("S3 says SlowDown.", hint="")
        return copy(source, key, *more)

    monkeypatch.setattr(shelf.bucket, "copy", slow)
    with pytest.raises(AwsUnavailable):
        library.restore_version(people.owner, "f1", 1, same_key=True)
    for _ in range(MAX_ATTEMPTS):
        jobs = worker(room, library)
    assert [job.kind for job in jobs.failed()] == [JOB]
    monkeypatch.undo()
    library.purge()
    assert [bytes_of(room, key) for key in served_keys(before)] == [b"new bytes", b"new small"]
    assert list(library.covering._begun.all()) == []
    assert room.files.get("f1").checksum == "two"


@pytest.mark.parametrize("change", [{"disabled": True}, {"role": Role.MEMBER}])
def test_rights_that_were_taken_away_since_are_not_used(
    room, library, replaced, people, broken, change
):
    before = replaced(same_key=True)
    accounts = AccountRecords(room.store).accounts
    admin = Account(id="admin", email="a@example.com", username="a", role=Role.ADMIN,
                    created_at=room.clock.now)  # fmt: skip
    accounts.add(admin)
    broken(2, raises(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        library.restore_version(people.admin, "f1", 1, same_key=True)
    accounts.update("admin", lambda account: account.model_copy(update=change))
    jobs = worker(room, library)
    assert [job.kind for job in jobs.failed()] == [JOB]
    assert [bytes_of(room, key) for key in served_keys(before)] == [b"new bytes", b"new small"]
    assert room.files.get("f1").checksum == "two"


def test_what_a_move_elsewhere_has_begun_stays_known(room, library, replaced, people):
    """Public copies of a private file, say, which the housekeeping deletes."""
    replaced(same_key=True)
    left = LeftObjects(file_id="f1", by=people.owner, bucket="media", keys=("private/f1/a",),
                       begun=room.clock.now)  # fmt: skip
    library.leftovers._left.add(left)
    library.restore_version(people.owner, "f1", 1, same_key=True)
    assert list(library.leftovers._left.all()) == [left]
