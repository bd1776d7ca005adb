"""New bytes for a file: under a new address or the same, the old ones kept, also after a crash."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from core.aws.s3 import ServedAs
from core.errors import (
    AwsDenied,
    AwsUnavailable,
    Conflict,
    NotAllowed,
    NotFound,
    UnsupportedType,
)
from core.model.changes import InvalidationState
from core.model.identity import Account, Actor, Role
from core.model.media import (
    FileState,
    Grant,
    JobState,
    ObjectRef,
    Problem,
    RemovedField,
    Right,
    UploadState,
)
from core.model.object_names import own_folders
from core.model.versions import objects, served_keys, with_bytes
from core.stores.account_records import AccountRecords
from core.stores.invalidations import JOB as INVALIDATE
from core.stores.invalidations import InvalidationBook
from core.upload.service import UploadRequest
from core.upload.service.replacing import Replacing
from tests.upload.test_crashes import Killed, calls_of, fused, restart

__all__ = ["fused"]


def picture(shade, format="JPEG"):
    out = io.BytesIO()
    image = Image.linear_gradient("L").resize((60, 40)).point(lambda value: value * shade // 10)
    image.convert("RGB").save(out, format)
    return out.getvalue()


@pytest.fixture
def world(world):
    """With somebody who does the invalidations, which are the library's."""
    build, world.forgotten = world.build, []

    def with_cdn(*args):
        build(*args)
        world.runner._handlers[INVALIDATE] = world.forgotten.append

    world.build = with_cdn
    world.build()
    return world


def everything(world):
    return world.keys()


def send(world, ticket, content):
    world.bucket.put(f"incoming/{ticket.upload_id}", content, ServedAs("image/jpeg"))
    return ticket.upload_id


def upload(world, content=None, name="a.jpg"):
    content = content or picture(10)
    asked = UploadRequest(name=name, size=len(content), content_type="")
    id_ = send(world, world.service.open(world.actor, asked), content)
    world.service.complete(world.actor, id_)
    world.runner.run_until_idle()
    return id_


def replace(world, id, content=None, name="b.jpg", actor=None, **how):
    content = content or picture(5)
    actor = actor or world.actor
    asked = UploadRequest(name=name, size=len(content), content_type="")
    ticket = world.service.open_replacement(actor, id, asked, **how)
    return send(world, ticket, content)


def finish(world, upload_id, actor=None):
    completion = world.service.complete(actor or world.actor, upload_id)
    world.runner.run_until_idle()
    return world.jobs.get(completion.job.id)


def file_of(world, id):
    return world.service._shelf.files.get(id)


def test_new_bytes_get_a_new_address_and_the_old_ones_stay(world):
    id_ = upload(world)
    before = file_of(world, id_)
    assert finish(world, replace(world, id_)).state is JobState.DONE
    after = file_of(world, id_)
    assert (after.revision, after.name, after.state) == (2, "a.jpg", FileState.DELIVERED)
    assert after.key != before.key
    assert after.key.startswith(f"media/{id_}/r2-")
    assert after.checksum != before.checksum
    assert (after.changed_by, after.stored_by) == ("ann", "ann")
    (old,) = after.versions
    assert (old.number, old.key, old.checksum) == (1, before.key, before.checksum)
    assert (old.stored_at, old.stored_by) == (before.uploaded_at, "ann")
    for key in (old.key, old.renditions[0].key, old.pristine.key, after.renditions[0].key):
        assert world.bucket.find(key) is not None
    assert "file.replaced" in world.actions()
    assert not [key for key in everything(world) if key.startswith("incoming/")]


def test_the_old_bytes_are_served_until_the_new_ones_are_in_place(world):
    id_ = upload(world)
    before = file_of(world, id_)
    upload_id = replace(world, id_)
    completion = world.service.complete(world.actor, upload_id)
    assert completion.file == before
    assert world.service.complete(world.actor, upload_id).job.id == completion.job.id
    assert file_of(world, id_) == before


def test_the_same_address_keeps_the_old_bytes_by_their_versions(world):
    id_ = upload(world)
    before = file_of(world, id_)
    old_bytes = b"".join(world.bucket.open_stream(_ref(before)))
    finish(world, replace(world, id_, same_key=True))
    after = file_of(world, id_)
    assert (after.key, after.revision) == (before.key, 2)
    assert [r.key for r in after.renditions] == [r.key for r in before.renditions]
    (old,) = after.versions
    assert old.version_id != after.version_id
    assert b"".join(world.bucket.open_stream(_ref(old))) == old_bytes
    assert b"".join(world.bucket.open_stream(_ref(after))) != old_bytes
    assert all(small.version_id for small in (*old.renditions, *after.renditions))
    assert any("browsers" in note for note in after.notes)
    assert not [
        key for key in everything(world) if "/r2-" in key and not key.startswith("originals/")
    ]


def test_the_same_address_has_exactly_its_paths_forgotten(world):
    id_ = upload(world)
    finish(world, replace(world, id_, same_key=True))
    book = InvalidationBook(world.store, world.jobs, world.clock)
    (one,) = book.records.page(id_).items
    file = file_of(world, id_)
    assert set(one.paths) == {f"/{file.key}", *(f"/{r.key}" for r in file.renditions)}
    assert (one.state, one.by) == (InvalidationState.REQUESTED, "ann")
    job = world.jobs.get(one.job_id)
    assert [(job.kind, job.id)] == [(done.kind, done.id) for done in world.forgotten]
    assert book.used(one.month) == 3


def test_a_bucket_without_versions_does_not_lose_the_old_bytes(world):
    world.bucket._s3.put_bucket_versioning(
        Bucket="media", VersioningConfiguration={"Status": "Suspended"}
    )
    id_ = upload(world)
    before = b"".join(world.bucket.open_stream(_ref(file_of(world, id_))))
    job = finish(world, replace(world, id_, same_key=True))
    assert (job.state, job.problem.slug) == (JobState.FAILED, "conflict")
    file = file_of(world, id_)
    assert file.revision == 1
    assert b"".join(world.bucket.open_stream(_ref(file))) == before


def test_another_type_can_not_have_the_same_address(world):
    id_ = upload(world)
    job = finish(world, replace(world, id_, picture(5, "PNG"), name="b.png", same_key=True))
    assert job.state is JobState.FAILED
    assert "another address" in job.problem.hint
    assert file_of(world, id_).revision == 1
    assert not [key for key in everything(world) if "/r2-" in key]
    finish(world, replace(world, id_, picture(5, "PNG"), name="b.png"))
    assert file_of(world, id_).content_type == "image/png"


def test_of_two_who_replace_the_same_file_the_second_learns_who_was_faster(world):
    id_ = upload(world)
    first, second = replace(world, id_), replace(world, id_, picture(3))
    finish(world, first)
    job = finish(world, second)
    assert (job.state, job.problem.slug) == (JobState.FAILED, "conflict")
    assert "ann replaced a.jpg at" in job.problem.detail
    assert world.service.status(world.actor, second).state is UploadState.REFUSED
    file = file_of(world, id_)
    assert (file.revision, len(file.versions)) == (2, 1)
    assert not [key for key in everything(world) if second[:8] in key]
    for key in (file.key, file.versions[0].key):
        assert world.bucket.find(key) is not None


def test_a_damaged_replacement_leaves_the_file_as_it_was(world):
    id_ = upload(world)
    before = file_of(world, id_)
    job = finish(world, replace(world, id_, picture(5)[:-300]))
    assert (job.state, job.problem.slug) == (JobState.FAILED, "unreadable-content")
    assert file_of(world, id_) == before
    assert not [key for key in everything(world) if "/r2-" in key or key.startswith("incoming/")]
    with pytest.raises(UnsupportedType):
        finish(world, replace(world, id_, b"no picture at all"))
    assert file_of(world, id_) == before
    assert world.bucket.find(before.key) is not None


def test_who_may_edit_may_replace_and_nobody_else(world):
    id_ = upload(world)
    other = Actor(account_id="bob", role=Role.MEMBER)
    with pytest.raises(NotFound):
        replace(world, id_, actor=other)
    grant = Grant(account_id="bob", right=Right.VIEW)
    world.service._shelf.change(id_, {"grants": (grant,)})
    with pytest.raises(NotAllowed):
        replace(world, id_, actor=other)
    world.service._shelf.change(id_, {"grants": (Grant(account_id="bob", right=Right.EDIT),)})
    finish(world, replace(world, id_, actor=other), actor=other)
    file = file_of(world, id_)
    assert (file.owner_id, file.stored_by) == ("ann", "bob")


def test_a_file_in_the_trash_or_on_its_way_is_not_replaced(world):
    id_ = upload(world)
    started = replace(world, id_)
    world.service._shelf.change(id_, {"trashed_at": world.clock.now})
    with pytest.raises(Conflict):
        replace(world, id_)
    job = finish(world, started)
    assert (job.state, job.problem.slug) == (JobState.FAILED, "conflict")


def test_only_so_many_versions_are_kept_and_the_others_leave_no_object(world):
    world.settings = world.settings.model_copy(update={"kept_versions": 2})
    world.build()
    id_ = upload(world)
    for shade in (8, 6, 4):
        finish(world, replace(world, id_, picture(shade)))
    file = file_of(world, id_)
    assert [one.number for one in file.versions] == [2, 3]
    assert world.bucket.find(f"media/{id_}/a.jpg") is None
    for version in file.versions:
        assert world.bucket.find(version.key) is not None


def test_bytes_that_lose_after_all_do_not_stay_at_the_address(world, monkeypatch):
    id_ = upload(world)
    old = b"".join(world.bucket.open_stream(_ref(file_of(world, id_))))
    replacing = world.service._processing.replacing

    def trashed_meanwhile(*_):
        assert world.bucket.read_range(file_of(world, id_).key, 0, 10**6) != old
        world.service._shelf.change(id_, {"trashed_at": world.clock.now})
        raise Conflict("Somebody was faster.")

    monkeypatch.setattr(replacing, "_write", trashed_meanwhile)
    job = finish(world, replace(world, id_, same_key=True))
    assert (job.state, job.problem.slug) == (JobState.FAILED, "conflict")
    file = file_of(world, id_)
    assert (file.revision, file.versions) == (1, ())
    for ref in (file.key, file.rendition("thumbnail").key):
        assert world.bucket.find(ref) is not None
    assert world.bucket.read_range(file.key, 0, 10**6) == old


def test_a_file_made_private_meanwhile_is_not_replaced_in_public(world):
    id_ = upload(world)
    started = replace(world, id_)
    world.service.complete(world.actor, started)
    world.service._shelf.change(id_, {"private": True})
    job = finish(world, started)
    assert (job.state, job.problem.slug) == (JobState.FAILED, "conflict")
    assert "made private meanwhile" in job.problem.detail


def test_new_bytes_whose_job_gave_up_are_swept_and_the_file_stays(world, monkeypatch):
    id_ = upload(world)
    before = file_of(world, id_)
    upload_id = replace(world, id_)
    job = world.service.complete(world.actor, upload_id).job
    problem = Problem(slug="aws-unavailable", title="t", status=503, detail="S3 is away.")
    world.jobs.fail(job.id, problem, retry=False)
    assert world.service.sweep() >= 1
    assert world.service.status(world.actor, upload_id).state is UploadState.REFUSED
    assert file_of(world, id_) == before
    assert not [key for key in everything(world) if key.startswith("incoming/")]
    assert world.bucket.find(before.key) is not None


@pytest.mark.parametrize("error", [AwsUnavailable, AwsDenied])
def test_an_address_that_could_only_half_be_covered_shows_the_bytes_of_before_again(
    world, monkeypatch, error
):
    id_ = upload(world)
    before = file_of(world, id_)
    shown = {key: world.bucket.read_range(key, 0, 10**6) for key in served_keys(before)}
    carry, small = world.bucket.carry, before.rendition("thumbnail").key

    def half(ref, key, *more):
        if key == small:
            raise error("S3 says no.", hint="")
        return carry(ref, key, *more)

    monkeypatch.setattr(world.bucket, "carry", half)
    upload_id = replace(world, id_, same_key=True)
    job = finish(world, upload_id)
    if error is AwsUnavailable:
        assert world.bucket.read_range(before.key, 0, 10**6) != shown[before.key]
        world.jobs.fail(job.id, job.problem, retry=False)
    monkeypatch.undo()
    world.service.sweep()
    assert {key: world.bucket.read_range(key, 0, 10**6) for key in shown} == shown
    assert world.service.status(world.actor, upload_id).state is UploadState.REFUSED
    assert file_of(world, id_) == before


def test_what_somebody_else_put_there_meanwhile_is_not_covered_by_the_bytes_of_before(
    world, monkeypatch
):
    id_ = upload(world)
    first = b"".join(world.bucket.open_stream(_ref(file_of(world, id_))))
    carry, small = world.bucket.carry, file_of(world, id_).rendition("thumbnail").key

    def half(ref, key, *more):
        if key == small:
            raise AwsUnavailable("S3 says SlowDown.", hint="")
        return carry(ref, key, *more)

    with monkeypatch.context() as patch:
        patch.setattr(world.bucket, "carry", half)
        late = replace(world, id_, picture(3), same_key=True)
        finish(world, late)
    world.service.complete(world.actor, other := replace(world, id_, picture(8), same_key=True))
    world.runner.run_until_idle()
    assert world.service.status(world.actor, other).state is not UploadState.REFUSED
    theirs = file_of(world, id_)
    assert theirs.revision == 2
    assert b"".join(world.bucket.open_stream(_ref(theirs.versions[0]))) == first
    served = {key: world.bucket.read_range(key, 0, 10**6) for key in served_keys(theirs)}
    world.clock.advance(hours=1)
    world.runner.run_until_idle()
    assert world.service.status(world.actor, late).state is UploadState.REFUSED
    assert file_of(world, id_) == theirs
    for key, shown in served.items():
        assert world.bucket.read_range(key, 0, 10**6) == shown


def test_what_fails_after_the_new_bytes_are_in_place_takes_none_of_them(world, monkeypatch):
    id_ = upload(world)
    erase = world.bucket.erase

    def refused(key):
        if "/r2-" in key:
            raise AwsDenied("S3 refuses s3:DeleteObjectVersion.", hint="Grant it.")
        return erase(key)

    monkeypatch.setattr(world.bucket, "erase", refused)
    finish(world, replace(world, id_, same_key=True))
    after = file_of(world, id_)
    assert after.revision == 2
    for ref in objects(after):
        assert world.bucket.find(ref.key) is not None
    assert world.bucket.head(after.pristine.key)


@pytest.mark.parametrize("same_key", [False, True])
def test_a_replacement_killed_at_any_call_ends_the_same_after_a_restart(fused, same_key):
    world = fused
    id_ = upload(world)
    first = replace(world, id_, same_key=same_key)
    world.service.complete(world.actor, first)
    calls = calls_of(world, world.runner.run_until_idle)
    world.fuse.left = None
    assert calls > 12
    for turn, call in enumerate(range(1, calls + 1, 6)):  # all of them were run when it was made
        after = bool(turn % 2)
        id_ = upload(world)
        old = file_of(world, id_)
        bytes_before = b"".join(world.bucket.open_stream(_ref(old)))
        upload_id = replace(world, id_, same_key=same_key)
        world.service.complete(world.actor, upload_id)
        world.fuse.arm(call, after=after)
        try:
            world.runner.run_until_idle()
        except Killed:
            restart(world)
        world.fuse.left = None
        file = file_of(world, id_)
        where = (call, after)
        assert (file.revision, len(file.versions)) == (2, 1), where
        kept = b"".join(world.bucket.open_stream(_ref(file.versions[0])))
        assert kept == bytes_before, where
        assert world.bucket.find(file.key).ref.version_id == file.version_id, where
        assert not [key for key in everything(world) if key.startswith("incoming/")], where
        assert (file.key == old.key) is same_key, where


def _ref(held):
    return ObjectRef(bucket=held.bucket, key=held.key, version_id=held.version_id)


def editor_of(world, id):
    world.service._shelf.change(id, {"grants": (Grant(account_id="bob", right=Right.EDIT),)})
    return Actor(account_id="bob", role=Role.MEMBER)


@pytest.mark.parametrize("right", [Right.VIEW, None])
def test_whose_right_was_taken_back_meanwhile_replaces_nothing(world, right):
    id_ = upload(world)
    bob = editor_of(world, id_)
    begun = replace(world, id_, actor=bob)
    completion = world.service.complete(bob, begun)
    left = (Grant(account_id="bob", right=right),) if right else ()
    world.service._shelf.change(id_, {"grants": left})
    world.runner.run_until_idle()
    assert world.jobs.get(completion.job.id).state is JobState.FAILED
    file = file_of(world, id_)
    assert (file.revision, file.versions) == (1, ())
    assert not [key for key in everything(world) if "/r2-" in key or key.startswith("incoming/")]


def test_a_disabled_account_replaces_nothing(world):
    id_ = upload(world)
    bob = editor_of(world, id_)
    account = Account(
        id="bob", email="b@example.com", username="bob", role=Role.MEMBER, disabled=True,
        created_at=world.clock(),
    )  # fmt: skip
    world.store.transact(AccountRecords(world.store).new_account(account))
    job = finish(world, replace(world, id_, actor=bob), actor=bob)
    assert (job.state, job.problem.slug) == (JobState.FAILED, "not-allowed")
    assert file_of(world, id_).revision == 1


def test_who_replaces_a_file_is_not_told_what_is_its_owners_alone(world):
    id_ = upload(world)
    bob = editor_of(world, id_)
    place = RemovedField(group="GPS", name="GPSLatitude", value="52.5")
    carol = Grant(account_id="carol", right=Right.VIEW)
    bobs = file_of(world, id_).grants
    world.service._shelf.change(id_, {"removed": (place,), "grants": (*bobs, carol)})
    begun = replace(world, id_, actor=bob)
    for _ in range(2):  # asked twice, it answers the same
        told = world.service.complete(bob, begun).file
        assert [field.value for field in told.removed] == [""]
        assert told.grants == bobs
    world.service._shelf.change(id_, {"grants": (carol,)})
    with pytest.raises(NotFound):
        world.service.complete(bob, begun)


def test_a_version_that_was_put_back_is_pinned_with_the_bytes_that_it_shares(world):
    id_ = upload(world)
    finish(world, replace(world, id_))
    stored = world.service._shelf.files.find(id_)
    first = stored.value.versions[0]
    again = with_bytes(stored.value, first, "ann", world.clock())
    world.service._shelf.files.save(again, stored.version)  # the first version is served again
    finish(world, replace(world, id_, picture(2), same_key=True))
    versions = {one.number: one for one in file_of(world, id_).versions}
    assert versions[1].key == versions[3].key == file_of(world, id_).key
    assert versions[1].version_id == versions[3].version_id
    for old, new in zip(versions[1].renditions, versions[3].renditions, strict=True):
        assert old.version_id == new.version_id
        assert old.version_id


def test_who_replaces_what_they_did_not_see_learns_it_before_sending(world):
    id_ = upload(world)
    finish(world, replace(world, id_, seen=1))
    with pytest.raises(Conflict, match="ann replaced a"):
        replace(world, id_, seen=1)
    assert finish(world, replace(world, id_, seen=2)).state is JobState.DONE


def test_bytes_at_an_address_that_another_record_names_are_not_covered(world):
    id_, other = upload(world), upload(world)
    key = file_of(world, id_).key
    upload_id = replace(world, id_, same_key=True)
    world.service._shelf.change(other, {"key": key})
    job = finish(world, upload_id)
    assert job.state is JobState.FAILED
    assert "used elsewhere" in job.problem.detail
    assert file_of(world, id_).version_id == world.bucket.head(key).ref.version_id
    with pytest.raises(Conflict, match="used elsewhere"):
        replace(world, id_, same_key=True)
    assert finish(world, replace(world, id_)).state is JobState.DONE


def test_an_editor_can_not_make_the_owners_versions_go(world):
    world.settings = world.settings.model_copy(update={"kept_versions": 2})
    world.build()
    id_ = upload(world)
    for shade in (9, 8):
        finish(world, replace(world, id_, picture(shade)))
    world.service._shelf.change(id_, {"grants": (Grant(account_id="bob", right=Right.EDIT),)})
    bob = Actor(account_id="bob", role=Role.MEMBER)
    for shade in (7, 6, 5):
        finish(world, replace(world, id_, picture(shade), actor=bob), actor=bob)
    file = file_of(world, id_)
    assert [(one.number, one.stored_by) for one in file.versions] == [
        *((1, "ann"), (2, "ann"), (3, "ann")),
    ]
    assert (file.revision, file.stored_by) == (6, "bob")
    for one in file.versions:
        assert world.bucket.find(one.key) is not None
    assert not [key for key in everything(world) if "/r4-" in key or "/r5-" in key]
    finish(world, replace(world, id_, picture(4)))
    assert [one.number for one in file_of(world, id_).versions] == [3, 6]


def test_a_file_that_is_deleted_for_good_meanwhile_leaves_no_new_bytes(world, monkeypatch):
    id_ = upload(world)
    cover = Replacing._covering

    def purged(self, draft, file):
        fresh = cover(self, draft, file)
        world.service._shelf.files.remove(id_)
        for folder in own_folders(id_):
            world.bucket.delete_prefix(folder, {fresh.key})  # which came after it
        return fresh

    monkeypatch.setattr(Replacing, "_covering", purged)
    job = finish(world, replace(world, id_, same_key=True))
    assert (job.state, job.problem.slug) == (JobState.FAILED, "not-found")
    assert everything(world) == []
