"""Objects that two records name: whatever becomes of the one, the other keeps its bytes."""

import pytest

from core.aws.s3 import ServedAs
from core.errors import Conflict, NotFound
from core.model.changes import BulkChange, BulkKind, Selection
from core.model.identity import Account, Role
from core.model.media import FileVersion, ObjectRef, Rendition
from core.model.progress import ProgressPhoto
from core.model.versions import trimmed
from core.stores.account_records import AccountRecords
from core.stores.collection import Collection
from core.upload.service.avatars import AvatarService
from core.upload.service.sweeping import ORPHAN_AGE, Sweeping
from tests.library.clouds import Front, objects, service, visible
from tests.library.conftest import START


@pytest.fixture
def twice(room, add):
    """Two older records of one picture with its thumbnail, outside of any file's folder."""
    served = ServedAs("image/jpeg")
    for key in ("legacy/a.jpg", "legacy/a.small", "legacy/own.jpg"):
        room.bucket.put(key, b"bytes", served)
    small = Rendition(name="thumbnail", key="legacy/a.small", width=1, height=1, size=1)
    for id_ in ("f1", "f2"):
        add(id_, objects=False, key="legacy/a.jpg", renditions=(small,), pristine=None)
    room.files.update(
        "f1", lambda file: file.model_copy(update={"versions": (earlier("legacy/own.jpg"),)})
    )


def earlier(key, number=1, by="owner", version_id=None):
    return FileVersion(number=number, name="a.jpg", bucket="media", key=key, size=1,
                       version_id=version_id, content_type="image/jpeg", stored_by=by,
                       stored_at="2026-11-20T12:00:00Z")  # fmt: skip


def gone_for_good(room, people, *ids):
    bulks = room.library.bulks
    room.library.trash(people.owner, ids)
    bulks.start(people.owner, Selection(ids=ids), BulkChange(kind=BulkKind.DELETE))


def test_a_deleted_file_takes_only_what_nobody_else_names(room, twice, people):
    gone_for_good(room, people, "f1")
    assert objects(room) == {"legacy/a.jpg", "legacy/a.small"}
    gone_for_good(room, people, "f2")
    assert objects(room) == set()


def test_two_that_are_purged_together_leave_nothing(room, twice, people):
    room.library.trash(people.owner, ["f1", "f2"])
    room.clock.forward(days=31)
    assert room.library.purge() == 2
    assert objects(room) == set()


def test_what_lies_in_a_files_own_folder_may_be_anothers_too(room, add, people):
    add("f1")
    versions = (earlier("originals/f1/beach.jpg"),)
    add("f2", objects=False, key="media/f1/beach.jpg", renditions=(), pristine=None,
        versions=versions)  # fmt: skip
    gone_for_good(room, people, "f1")
    assert objects(room) == {"media/f1/beach.jpg", "originals/f1/beach.jpg"}
    room.library.get(people.owner, "f2")
    gone_for_good(room, people, "f2")
    assert objects(room) == set()


def test_the_sweep_leaves_what_a_record_elsewhere_names(room, add):
    room.bucket.put("media/nobody/a.jpg", b"bytes", ServedAs("image/jpeg"))
    room.bucket.put("media/nobody/b.jpg", b"bytes", ServedAs("image/jpeg"))
    add("f1")
    add("f2", objects=False, key="media/nobody/a.jpg", renditions=(), pristine=None)
    shelf = room.library.invalidations._shelf
    assert Sweeping(shelf)._sweep_orphans(room.bucket.head("media/f1/beach.jpg").last_modified
                                          + ORPHAN_AGE) == 1  # fmt: skip
    assert "media/nobody/a.jpg" in visible(room)
    assert "media/nobody/b.jpg" not in visible(room)


def test_a_picture_of_a_person_outlives_the_file_and_the_file_the_picture(room, add, people):
    key, small = "avatars/avatar_owner_1700000000000_{}512.jpg", "{}128.jpg"
    key = key.format("0" * 8 + "-0000-0000-0000-" + "0" * 9)
    small = small.format(key.removesuffix("512.jpg"))
    for one in (key, small):
        room.bucket.put(one, b"face", ServedAs("image/jpeg"))
    records = AccountRecords(room.store).accounts
    records.add(
        Account(
            id="owner",
            email="o@example.com",
            username="o",
            role=Role.MEMBER,
            created_at=room.clock.now,
            avatar_key=key,
        )
    )
    for id_ in ("f1", "f2"):
        add(id_, objects=False, key=key, renditions=(), pristine=None)
    gone_for_good(room, people, "f1")
    assert objects(room) == {key, small}
    shelf = room.library.invalidations._shelf
    avatars = AvatarService(room.store, room.bucket, Front(room.bucket), shelf.jobs, room.audit,
                            shelf.settings, room.clock, shelf.uses)  # fmt: skip
    avatars.remove(people.owner)
    assert objects(room) == {key}  # the small one was the account's alone
    gone_for_good(room, people, "f2")
    assert objects(room) == set()


def test_versions_that_are_pushed_out_leave_what_another_record_names(room, twice):
    file = room.files.get("f1")
    _, gone = trimmed(file, 0, "owner")
    eraser = room.library.invalidations._shelf.eraser
    eraser.release((*gone, ObjectRef(bucket="media", key="legacy/a.jpg")), "file/f1")
    assert objects(room) == {"legacy/a.jpg", "legacy/a.small"}


def test_a_file_is_not_called_private_while_another_serves_its_bytes(room, twice, people):
    library = service(room)
    before = objects(room)
    with pytest.raises(Conflict, match="used elsewhere, too"):
        library.set_private(people.owner, "f1", private=True)
    assert objects(room) == before
    gone_for_good(room, people, "f2")
    assert library.set_private(people.owner, "f1", private=True).private
    assert "legacy/a.jpg" not in objects(room)


def test_who_uses_an_object_is_told_as_far_as_one_may_know(room, twice, people, add):
    photos = Collection(room.store, "progress_photo", ProgressPhoto, key=lambda photo: photo.id)
    for owner in ("owner", "other"):
        photos.add(
            ProgressPhoto(id=f"of {owner}", owner_id=owner, key="users/x/progress-photos/one",
                          taken_on=START.date(), uploaded_at=START)
        )  # fmt: skip
    add("f3", owner="other", objects=False, key="legacy/a.jpg", renditions=(), pristine=None)
    room.files.update(
        "f1",
        lambda file: file.model_copy(
            update={"versions": (earlier("users/x/progress-photos/one"),)}
        ),
    )
    assert [(one.kind.value, one.id, one.name or one.day) for one in
            room.library.object_users(people.owner, "f1")] == [
        ("file", "f2", "beach.jpg"), ("file", "", None),
        ("progress_photo", "of owner", START.date()),
    ]  # fmt: skip
    assert [one.id for one in room.library.object_users(people.support, "f1")] == ["f2", "f3"]
    with pytest.raises(NotFound):
        room.library.object_users(people.other, "f1")


# Who may make earlier versions go


def versions_by(*people):
    return tuple(earlier(f"media/f1/{n}", n, by, "v") for n, by in enumerate(people, start=1))


@pytest.mark.parametrize(
    ("versions", "by", "kept"),
    [
        (("owner", "owner", "ed"), "owner", [2, 3]),
        (("ed", "owner", "owner"), "owner", [2, 3]),
        (("owner", "owner", "ed"), "ed", [1, 2]),
        (("owner", "owner", "owner"), "ed", [1, 2, 3]),
        (("owner", "ed", "eve", "ed", "ed"), "ed", [1, 3]),
        (("eve", "ed", "owner", "ed"), "admin", [1, 2, 3, 4]),
        (("owner", "ed"), "ed", [1, 2]),
    ],
)
def test_others_push_out_their_own_versions_only(add, versions, by, kept):
    file = add("f1", objects=False).model_copy(update={"versions": versions_by(*versions)})
    after, gone = trimmed(file, 2, by)
    assert [one.number for one in after.versions] == kept
    assert {ref.key for ref in gone} == {one.key for one in file.versions if one.number not in kept}


def test_an_editor_who_replaces_for_ever_makes_nothing_of_the_owners_go(add):
    file = add("f1", objects=False).model_copy(update={"versions": versions_by(*["owner"] * 3)})
    for number in range(4, 30):
        more = (*file.versions, earlier(f"media/f1/{number}", number, "ed", "v"))
        file, _ = trimmed(file.model_copy(update={"versions": more}), 3, "ed")
        assert [one.number for one in file.versions][:3] == [1, 2, 3]
        assert len(file.versions) == 3


def test_a_version_without_a_number_in_s3_keeps_all_of_its_key(add):
    file = add("f1", objects=False, key="media/f1/a", renditions=(), pristine=None)
    old = (earlier("media/f1/a", 1, version_id="old"), earlier("media/f1/a", 2))
    pinned = file.model_copy(update={"version_id": "new", "versions": old})
    after, gone = trimmed(pinned, 1, "owner")
    assert [one.number for one in after.versions] == [2]
    assert gone == ()
    assert trimmed(pinned, 0, "owner")[1] == (
        ObjectRef(bucket="media", key="media/f1/a", version_id="old", size=1),
    )
