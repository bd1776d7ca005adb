"""Who may see and change a file, and what a change makes of it."""

from datetime import UTC, datetime, timedelta

import pytest

from core.errors import Conflict, InvalidInput
from core.library.changes import (
    changed,
    difference,
    restorable,
    restored,
    scope,
    trashed,
)
from core.library.copies import draft
from core.library.patterns import check_pattern
from core.model.identity import Actor, Role
from core.model.library import FileChanges
from core.model.media import FileKind, FileQuery, FileState, MediaFile, RemovedField
from core.model.names import download_name

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
OWNER = Actor(account_id="owner", role=Role.MEMBER)
OTHER = Actor(account_id="other", role=Role.MEMBER)
SUPPORT = Actor(account_id="support", role=Role.SUPPORT)
ADMIN = Actor(account_id="admin", role=Role.ADMIN)
FILE = MediaFile(
    id="f1",
    owner_id="owner",
    name="beach.jpg",
    size=10,
    content_type="image/jpeg",
    kind=FileKind.IMAGE,
    state=FileState.DELIVERED,
    uploaded_at=NOW - timedelta(days=1),
    bucket="media",
    key="media/f1/beach.jpg",
    removed=(RemovedField(group="GPS", name="GPSLatitude", value="52.5"),),
)


def test_a_members_query_is_narrowed_to_own_files():
    assert scope(OTHER, FileQuery()) == FileQuery(owner_id="other")
    assert scope(OTHER, FileQuery(owner_id="owner")) is None
    assert scope(SUPPORT, FileQuery()) == FileQuery()
    assert scope(SUPPORT, FileQuery(owner_id="owner")).owner_id == "owner"


def test_a_rename_changes_the_name_and_not_the_key():
    after = changed(FILE, FileChanges(name="sea.jpg"))
    assert (after.name, after.key, after.folder) == ("sea.jpg", FILE.key, FILE.folder)


@pytest.mark.parametrize("name", ["2024/sea.jpg", "..\\sea.jpg", "/"])
def test_a_name_with_a_folder_in_it_is_refused_and_not_cut(name):
    with pytest.raises(InvalidInput, match="slash"):
        changed(FILE, FileChanges(name=name))
    with pytest.raises(InvalidInput, match="slash"):
        draft(FILE, "copy", "owner", None, name)
    with pytest.raises(InvalidInput, match="slash"):
        check_pattern(f"{{n}}{name}")


def test_folder_and_tags_are_cleaned():
    after = changed(FILE, FileChanges(folder="/a//b/../", tags=(" Red ", "red", "", "a  b")))
    assert after.folder == "a/b"
    assert after.tags == ("red", "a b")


@pytest.mark.parametrize(
    "changes",
    [
        FileChanges(name=""),
        FileChanges(name="x" * 201),
        FileChanges(tags=tuple(map(str, range(21)))),
        FileChanges(tags=("x" * 51,)),
        FileChanges(folder="/".join("abcdefghijklmnop")),
    ],
)
def test_a_change_that_breaks_a_limit_is_refused(changes):
    with pytest.raises(InvalidInput):
        changed(FILE, changes)


def test_the_difference_names_only_what_changed():
    after = changed(FILE, FileChanges(name="sea.jpg", folder=""))
    assert difference(FILE, after) == {"name": "'beach.jpg' → 'sea.jpg'"}
    assert difference(FILE, FILE) == {}


def test_trashing_twice_keeps_the_first_moment():
    once = trashed(FILE, NOW)
    assert trashed(once, NOW + timedelta(hours=1)).trashed_at == NOW


def test_a_restore_within_the_time_brings_the_file_back():
    gone = trashed(FILE, NOW)
    assert restored(gone, 30, NOW + timedelta(days=29)) == FILE
    assert restored(FILE, 30, NOW) == FILE


def test_a_restore_after_the_time_is_refused():
    gone = trashed(FILE, NOW)
    assert not restorable(gone, 30, NOW + timedelta(days=30))
    with pytest.raises(Conflict, match="30 days"):
        restored(gone, 30, NOW + timedelta(days=30))


@pytest.mark.parametrize(
    ("name", "key", "saved"),
    [
        ("beach.JPG", "media/1/beach.jpg", "beach.JPG"),
        ("beach.heic", "media/1/beach.jpg", "beach.jpg"),
        ("beach.heic", "originals/1/beach.heic", "beach.heic"),
        ("my sea", "media/1/beach.jpg", "my sea.jpg"),
        ("v1.2 draft", "media/1/report.pdf", "v1.2 draft.pdf"),
        ("notes", "media/1/notes", "notes"),
    ],
)
def test_a_download_is_named_as_its_bytes_are(name, key, saved):
    assert download_name(name, key) == saved
