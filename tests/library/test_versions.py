"""Earlier bytes: seen beside the current ones, compared, restored without losing anything."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from core.errors import Conflict, NotAllowed, NotFound
from core.library.service import LibraryService, Outside
from core.model.changes import OnConflict
from core.model.library import FileChanges
from core.model.media import FileQuery, FileVersion, Grant, Right
from core.model.versions import BROWSERS_KEEP, trimmed
from core.settings import load_settings


def bytes_of(room, key, version_id=None):
    return room.bucket.read_range(key, 0, 99, version_id)


def test_the_newest_comes_first_and_every_one_can_be_seen(room, replaced, people):
    replaced()
    now, old = room.library.versions(people.owner, "f1")
    assert (now.current, now.version.number, now.version.stored_by) == (True, 2, "other")
    assert (old.current, old.version.number, old.version.checksum) == (False, 1, "one")
    assert old.url == "https://cdn.example/media/f1/beach.jpg"
    assert old.thumbnail_url == "https://cdn.example/media/f1/thumbnail.webp"
    assert (old.preview_url, old.expires_at) == ("", None)


def test_a_covered_version_is_seen_straight_from_s3(room, replaced, people):
    replaced(same_key=True)
    _, old = room.library.versions(people.owner, "f1")
    assert old.expires_at is not None
    for url, wanted in ((old.url, b"bytes of f1"), (old.thumbnail_url, b"bytes of f1")):
        asked = urlsplit(url)
        (version_id,) = parse_qs(asked.query)["versionId"]
        assert bytes_of(room, asked.path.removeprefix("/"), version_id) == wanted


def test_pictures_at_a_used_address_are_not_those_that_a_browser_kept(room, replaced, people):
    file = replaced(same_key=True)
    now, _ = room.library.versions(people.owner, "f1")
    asked = urlsplit(now.thumbnail_url)
    (version_id,) = parse_qs(asked.query)["versionId"]
    assert bytes_of(room, asked.path.removeprefix("/"), version_id) == b"new small"
    assert now.url == "https://cdn.example/media/f1/beach.jpg"
    first, again = (
        room.library.thumbnail_url(file.model_copy(update={"delivered_at": at}))
        for at in (room.clock.now, room.clock.now + timedelta(seconds=9))
    )
    assert first != again
    assert first.startswith("https://cdn.example/media/f1/thumbnail.webp?")


def test_a_restored_version_is_a_new_one_and_nothing_is_lost(room, replaced, people):
    replaced()
    file = room.library.restore_version(people.owner, "f1", 1)
    assert (file.revision, file.checksum, file.key) == (3, "one", "media/f1/beach.jpg")
    assert [v.number for v in file.versions] == [1, 2]
    assert [v.checksum for v in file.versions] == ["one", "two"]
    assert (file.stored_by, file.changed_by) == ("owner", "owner")
    again = room.library.restore_version(people.owner, "f1", 2)
    assert (again.revision, again.checksum, again.key) == (4, "two", "media/f1/r2-x/beach.jpg")
    assert "file.version_restored" in [e.action for e in room.audit.page("2026-11").items]


def test_a_covered_version_comes_back_under_a_key_of_its_own(room, replaced, people):
    stored = room.files.find(replaced(same_key=True).id)
    room.files.save(stored.value.model_copy(update={"notes": (BROWSERS_KEEP,)}), stored.version)
    file = room.library.restore_version(people.owner, "f1", 1)
    assert file.key.startswith("media/f1/r3-")
    assert bytes_of(room, file.key) == b"bytes of f1"
    assert bytes_of(room, file.renditions[0].key) == b"bytes of f1"
    assert bytes_of(room, file.versions[-1].key) == b"new bytes"
    assert file.notes == ()  # its address was nobody's before
    room.library.trash(people.owner, ["f1"])
    room.clock.forward(days=31)
    room.library.purge()
    assert not list(room.bucket.list(""))


def test_versions_that_are_not_there_are_not_restored(room, replaced, people):
    file = replaced()
    with pytest.raises(NotFound):
        room.library.restore_version(people.owner, "f1", 7)
    with pytest.raises(Conflict, match="is the one that is served"):
        room.library.restore_version(people.owner, "f1", 2)
    room.bucket.erase(file.versions[0].key)
    with pytest.raises(Conflict, match="not in the bucket"):
        room.library.restore_version(people.owner, "f1", 1)
    room.library.trash(people.owner, ["f1"])
    with pytest.raises(Conflict, match="trash"):
        room.library.restore_version(people.owner, "f1", 1)


def test_two_who_restore_at_once_are_told_of_each_other(room, replaced, people):
    seen = replaced().edit
    room.clock.forward(minutes=1)
    room.library.restore_version(people.owner, "f1", 1, seen=seen)
    with pytest.raises(Conflict, match=r"owner changed beach.jpg at 2026-11-20 12:01 UTC"):
        room.library.restore_version(people.admin, "f1", 1, seen=seen)


def test_versions_are_of_those_who_may_see_or_change_the_file(room, replaced, people):
    replaced(grants=(Grant(account_id="other", right=Right.VIEW),))
    assert len(room.library.versions(people.other, "f1")) == 2
    with pytest.raises(NotAllowed):
        room.library.restore_version(people.other, "f1", 1)
    replaced(id="f2")
    with pytest.raises(NotFound):
        room.library.versions(people.other, "f2")


def test_a_comparison_names_what_differs(room, replaced, people):
    replaced()
    found = {d.what: (d.first, d.second) for d in room.library.compare(people.owner, "f1", 1, 2)}
    assert found["checksum"] == ("one", "two")
    assert found["size"] == ("10 bytes", "9 bytes")
    assert "type" not in found


def test_the_delivery_of_restored_bytes_is_looked_at(room, replaced, people):
    replaced()
    checked = []
    library = LibraryService(
        *(room.store, room.index, room.bucket, room.library._fetching._shelf.edge, room.audit),
        *(load_settings(), room.clock),
        outside=Outside(check_delivery=checked.append),
    )
    library.restore_version(people.owner, "f1", 1)
    assert checked == ["f1"]


def version(number, key, version_id=None):
    return FileVersion(
        number=number,
        name="n",
        bucket="media",
        key=key,
        version_id=version_id,
        size=1,
        content_type="image/jpeg",
        stored_at="2026-11-20T12:00:00Z",
        stored_by="o",
    )


def test_an_object_that_a_kept_version_names_outlives_the_others(room, add):
    shared, own = version(1, "media/f1/a"), version(2, "media/f1/b", "v")
    file = add("f1", objects=False, renditions=(), pristine=None).model_copy(
        update={
            "key": "media/f1/a",
            "version_id": None,
            "versions": (shared, own, version(3, "media/f1/c")),
        }
    )
    kept, gone = trimmed(file, 1, "owner")
    assert [v.number for v in kept.versions] == [3]
    assert [(ref.key, ref.version_id) for ref in gone] == [("media/f1/b", "v")]
    assert trimmed(file, 3, "owner") == (file, ())


# One file copied, and names that are taken


def test_a_copy_beside_its_original_has_a_name_of_its_own(room, add, people):
    add("f1")
    copied = room.library.copy(people.owner, "f1")
    assert (copied.name, copied.folder) == ("beach (2).jpg", "")
    assert room.library.copy(people.owner, "f1").name == "beach (3).jpg"
    assert room.library.copy(people.owner, "f1", folder="x", name="sea.jpg").name == "sea.jpg"
    with pytest.raises(Conflict, match=r"has beach\.jpg already, of owner"):
        room.library.copy(people.owner, "f1", on_conflict=OnConflict.REFUSE)
    assert room.library.page(people.owner, FileQuery()).total == 4


def test_a_rename_onto_a_taken_name_asks_what_to_do(room, add, people):
    add("f1", objects=False)
    add("f2", name="sea.jpg", objects=False)
    with pytest.raises(Conflict, match=r"has sea\.jpg already"):
        room.library.change(
            people.owner, "f1", FileChanges(name="Sea.jpg"), on_conflict=OnConflict.REFUSE
        )
    both = room.library.change(
        people.owner, "f1", FileChanges(name="sea.jpg"), on_conflict=OnConflict.KEEP_BOTH
    )
    assert both.name == "sea (2).jpg"
    room.library.change(
        people.owner, "f1", FileChanges(name="sea.jpg"), on_conflict=OnConflict.REPLACE
    )
    assert room.library.get(people.owner, "f2").trashed_at is not None
    same = room.library.change(
        people.owner, "f1", FileChanges(name="sea.jpg", tags=("a",)), on_conflict=OnConflict.REFUSE
    )
    assert same.tags == ("a",)


def test_of_two_who_take_a_name_at_the_same_moment_the_second_is_asked(
    room, add, people, monkeypatch
):
    add("f1", objects=False)
    add("f2", objects=False)
    settle = room.library._rewriting._shelf.names.settle
    first = []

    def other_first(file, how, clear):
        settled = settle(file, how, clear)
        if not first:
            first.append(1)
            room.library.change(
                people.owner, "f2", FileChanges(name="sea.jpg"), on_conflict=OnConflict.REFUSE
            )
        return settled

    monkeypatch.setattr(room.library._rewriting._shelf.names, "settle", other_first)
    with pytest.raises(Conflict, match=r"has sea\.jpg already"):
        room.library.change(
            people.owner, "f1", FileChanges(name="sea.jpg"), on_conflict=OnConflict.REFUSE
        )


def test_of_two_who_rename_the_same_file_the_second_learns_who_was_faster(room, add, people):
    seen = add("f1", objects=False).edit
    room.library.change(people.owner, "f1", FileChanges(name="a.jpg"), seen=seen)
    with pytest.raises(Conflict, match=r"owner changed a\.jpg at 2026-11-20 12:00 UTC"):
        room.library.change(people.admin, "f1", FileChanges(name="b.jpg"), seen=seen)
    now = room.library.get(people.admin, "f1")
    assert (
        room.library.change(people.admin, "f1", FileChanges(name="b.jpg"), seen=now.edit).name
        == "b.jpg"
    )


def test_the_trash_says_until_when(room, add, people):
    add("f1", objects=False)
    assert room.library.purge_at(room.library.get(people.owner, "f1")) is None
    (file,) = room.library.trash(people.owner, ["f1"])
    assert (room.library.purge_at(file) - room.clock.now).days == 30


def test_a_copy_that_is_refused_leaves_no_object(room, add, people):
    file = add("f1")
    before = {found.ref.key for found in room.bucket.list("")}
    with pytest.raises(Conflict, match="already"):
        room.library.copy(people.owner, "f1", on_conflict=OnConflict.REFUSE)
    assert {found.ref.key for found in room.bucket.list("")} == before
    room.bucket.erase(file.pristine.key)  # the last one that is copied
    before.remove(file.pristine.key)
    with pytest.raises(Conflict, match="not in the bucket"):
        room.library.copy(people.owner, "f1", folder="x")
    assert {found.ref.key for found in room.bucket.list("")} == before
