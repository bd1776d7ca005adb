"""What names an object: files with all they have, pictures of people, progress photos."""

from datetime import UTC, date, datetime

import pytest

from core.errors import AwsUnavailable
from core.model.identity import Account, Role
from core.model.media import FileKind, FileState, FileVersion, MediaFile, ObjectRef, Rendition
from core.model.progress import ProgressPhoto
from core.stores import projection
from core.stores.account_records import AccountRecords
from core.stores.collection import Collection
from core.stores.files import file_records
from core.stores.object_uses import ObjectUses
from core.stores.search_index import SearchIndex
from core.stores.sqlite import SqliteRecordStore

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def file_of(id, key="", **more):
    fields = {"size": 1, "content_type": "image/jpeg", "kind": FileKind.IMAGE, "bucket": "media",
              "state": FileState.DELIVERED, "uploaded_at": NOW}  # fmt: skip
    return MediaFile(id=id, owner_id="ann", name="a.jpg", key=key or f"media/{id}/a.jpg",
                     **(fields | more))  # fmt: skip


@pytest.fixture
def path(tmp_path):
    return tmp_path / "db.sqlite3"


@pytest.fixture(params=["with the index", "without"])
def world(path, request):
    index = SearchIndex(path)
    store = SqliteRecordStore(path, [index])
    store.uses = ObjectUses(store, index if request.param == "with the index" else None)
    yield store
    index.close()
    store.close()


def small(key):
    return Rendition(name="thumbnail", key=key, width=1, height=1, size=1)


def earlier(key):
    return FileVersion(number=1, name="a.jpg", bucket="media", key=key, size=1,
                       content_type="image/jpeg", stored_at=NOW, stored_by="ann",
                       renditions=(small(f"{key}.small"),),
                       pristine=ObjectRef(bucket="media", key=f"{key}.exact"))  # fmt: skip


def test_everything_that_a_file_has_is_named_by_it_wherever_it_lies(world):
    older = file_of(
        "f1",
        "legacy/a.jpg",
        renditions=(small("legacy/a.small"),),
        pristine=ObjectRef(bucket="media", key="media/f2/exact"),
        versions=(earlier("legacy/before"),),
    )
    file_records(world).add(older)
    file_records(world).add(file_of("f2"))
    keys = ["legacy/a.jpg", "legacy/a.small", "media/f2/exact", "legacy/before",
            "legacy/before.small", "legacy/before.exact", "media/f2/a.jpg", "legacy/a.jpg2",
            "legacy", "media/f3/a.jpg"]  # fmt: skip
    assert world.uses.spared("media", keys, "") == set(keys[:7])
    assert world.uses.spared("media", keys, "file/f1") == {"media/f2/a.jpg"}
    assert world.uses.spared("elsewhere", keys, "") == frozenset()
    assert world.uses.spared("media", (), "") == frozenset()
    assert world.uses.spared_below("media", "media/f2/", "file/f2") == {"media/f2/exact"}
    assert world.uses.spared_below("media", "media/f2/", "file/f1") == frozenset()
    assert world.uses.users("media", keys) == {"file/f1", "file/f2"}


def test_what_is_changed_or_gone_names_nothing_any_more(world):
    files = file_records(world)
    files.add(file_of("f1", "legacy/a.jpg"))
    files.update("f1", lambda file: file.model_copy(update={"key": "legacy/b.jpg"}))
    assert world.uses.spared("media", ["legacy/a.jpg", "legacy/b.jpg"], "") == {"legacy/b.jpg"}
    files.remove("f1")
    assert world.uses.spared("media", ["legacy/b.jpg"], "") == frozenset()


@pytest.mark.parametrize(
    "stored",
    [
        "avatars/avatar_x_1_y512.jpg",
        "avatar_x_1_y512.jpg",
        "https://cdn.example/avatars/avatar_x_1_y512.jpg?v=2",
        "/emulator/cdn/media/avatars/avatar_x_1%5Fy512.jpg",
    ],
)
def test_a_persons_picture_is_named_in_any_spelling_and_both_sizes(world, stored):
    AccountRecords(world).accounts.add(
        Account(
            id="x",
            email="x@example.com",
            username="x",
            role=Role.MEMBER,
            created_at=NOW,
            avatar_key=stored,
        )
    )
    both = {"avatars/avatar_x_1_y512.jpg", "avatars/avatar_x_1_y128.jpg"}
    assert world.uses.spared("media", [*both, "avatars/other512.jpg"], "") == both
    assert world.uses.spared("media", both, "account/x") == frozenset()


@pytest.mark.parametrize("stored", ["", "https://[", "https://cdn.example/"])
def test_an_account_without_a_picture_names_nothing(world, stored):
    AccountRecords(world).accounts.add(
        Account(
            id="x",
            email="x@example.com",
            username="x",
            role=Role.MEMBER,
            created_at=NOW,
            avatar_key=stored,
        )
    )
    assert world.uses.users("media", ["avatars/a512.jpg", "avatars/"]) == frozenset()


@pytest.mark.parametrize("asked", ["spared", "users"])
def test_people_and_photos_are_read_once_for_however_many_keys(world, monkeypatch, asked):
    """On DynamoDB a snapshot pays for reading the whole table."""
    keys, reads, snapshot, query = [], [], world.snapshot, world.query
    for number in range(20):
        keys += [f"progress-photos/p{number}", f"avatars/avatar_{number}.jpg"]
    monkeypatch.setattr(world, "snapshot", lambda kind: reads.append(kind) or snapshot(kind))
    monkeypatch.setattr(
        world, "query", lambda kind, *a, **more: reads.append(kind) or query(kind, *a, **more)
    )
    getattr(world.uses, asked)("media", keys, *([""] if asked == "spared" else []))
    assert reads.count("progress_photo") == reads.count("account") == 1
    assert reads.count("file") <= 1


def test_progress_photos_name_what_is_recorded_and_nothing_of_other_people(world):
    photos = Collection(world, "progress_photo", ProgressPhoto, key=lambda photo: photo.id)
    for user in ("1", "2"):
        photos.add(
            ProgressPhoto(
                id=f"p{user}",
                owner_id=user,
                key=f"users/{user}/progress-photos/one",
                taken_on=date(2026, 1, 1),
                uploaded_at=NOW,
                thumbnail_key=f"progress-photos/p{user}-400",
            )
        )
    keys = ["users/1/progress-photos/one", "progress-photos/p2-400", "progress-photos/one"]
    assert world.uses.users("media", keys) == {"progress_photo/p1", "progress_photo/p2"}
    assert world.uses.spared("media", keys, "progress_photo/p1") == {keys[1]}


def test_an_index_that_is_behind_lets_nothing_be_deleted(path, monkeypatch):
    monkeypatch.setattr(projection, "STEP", 1)
    blind = SqliteRecordStore(path)
    for number in range(4):
        file_records(blind).add(file_of(f"f{number}", f"legacy/{number}"))
    blind.close()
    index = SearchIndex(path)
    store = SqliteRecordStore(path, [index])
    uses = ObjectUses(store, index)
    for ask in (lambda: uses.spared("media", ["x"], ""),
                lambda: uses.spared_below("media", "media/x/", "")):  # fmt: skip
        with pytest.raises(AwsUnavailable, match="still being read"):
            ask()
    index.build(store)
    assert uses.spared("media", ["legacy/3", "x"], "") == {"legacy/3"}
    index.close()
    store.close()


def test_an_index_beside_the_store_takes_in_what_is_new_before_it_answers(path, tmp_path):
    store, index = SqliteRecordStore(path), SearchIndex(tmp_path / "search.sqlite3")
    uses = ObjectUses(store, index)
    for number in range(2):
        file_records(store).add(file_of(f"f{number}", f"legacy/{number}"))
        assert uses.spared("media", [f"legacy/{number}"], "") == {f"legacy/{number}"}
    index._feed._building = True  # by another thread, which has the lock
    with index._feed._refreshing, pytest.raises(AwsUnavailable, match="still being read"):
        uses.spared("media", ["legacy/0"], "")
    assert uses.users("media", ["legacy/0"]) == {"file/f0"}
    index.close()
    store.close()
