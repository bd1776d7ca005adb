"""Many files by name or by a search: which they are now, and all of them as one zip."""

import io
import zipfile

import pytest

from core.errors import InvalidInput, NotAllowed, NotFound, TooLarge
from core.library.service import selections as limits
from core.model.changes import Selection
from core.model.identity import Account, Role
from core.model.media import FileQuery, FileState
from core.stores.account_records import AccountRecords

EVERYTHING = Selection(query=FileQuery())


@pytest.fixture
def chosen(room):
    return room.library.selections


def named(*ids):
    return Selection(ids=ids)


def read(made):
    with zipfile.ZipFile(io.BytesIO(b"".join(made.chunks))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_search_means_what_it_finds_of_ones_own_now(add, people, chosen):
    add("f1")
    add("f2", owner="other")
    assert chosen.ids(people.owner, EVERYTHING, most=500) == ("f1",)
    assert set(chosen.ids(people.admin, EVERYTHING, most=500)) == {"f1", "f2"}


def test_more_than_may_be_named_are_refused_with_their_number(add, people, chosen):
    for number in range(3):
        add(f"f{number}", objects=False)
    for selection in (EVERYTHING, named("f0", "f1", "f2")):
        with pytest.raises(TooLarge, match="These are 3 files"):
            chosen.ids(people.owner, selection, most=2)


def test_a_zip_has_the_bytes_of_each_file_under_its_name(room, add, people, chosen):
    add("f1")
    add("f2")
    add("f3", owner="other")
    made = read(chosen.zipped(people.owner, EVERYTHING))
    assert set(made) == {"beach.jpg", "beach (2).jpg"}
    assert sorted(made.values()) == [b"bytes of f1", b"bytes of f2"]
    (event,) = [one for one in room.audit.page("2026-11").items if one.action == "files.zipped"]
    assert event.details["files"] == "2"


def test_what_has_no_bytes_is_counted_before_and_named_in_the_zip(add, people, chosen):
    add("f1")
    add("f2", name="late.jpg", state=FileState.PROCESSING)
    add("f3", name="lost.jpg", objects=False)
    plan = chosen.zip_plan(people.owner, EVERYTHING)
    assert (plan.count, plan.size, plan.left_out) == (2, 20, 1)
    made = read(chosen.zipped(people.owner, EVERYTHING))
    assert set(made) == {"beach.jpg", "left out.txt"}
    told = made["left out.txt"].decode()
    assert "late.jpg is still being processed" in told
    assert "The bytes of lost.jpg are not in the bucket" in told


def test_a_zip_has_its_limits_of_number_and_size(add, people, chosen, monkeypatch):
    add("f1")
    add("f2")
    monkeypatch.setattr(limits, "ZIP_BYTES", 19)
    with pytest.raises(TooLarge, match="GiB together"):
        chosen.zipped(people.owner, EVERYTHING)
    monkeypatch.setattr(limits, "ZIP_FILES", 1)
    with pytest.raises(TooLarge, match="These are 2 files"):
        chosen.zip_plan(people.owner, named("f1", "f2"))


def test_others_files_are_nobodys(add, people, chosen):
    add("f1", owner="other")
    with pytest.raises(NotFound, match="There is no file 'f1'"):
        chosen.zipped(people.owner, named("f1"))
    with pytest.raises(NotFound, match="There is no file 'f1'"):
        chosen.ids(people.owner, named("f1"), most=5)
    with pytest.raises(InvalidInput):
        chosen.zip_plan(people.owner, named())


def test_a_zip_ends_early_where_its_reader_is_disabled_meanwhile(room, add, people, chosen):
    add("f1")
    add("f2")
    account = Account(
        id="owner", email="o@example.com", username="o", role=Role.MEMBER, created_at=room.clock()
    )
    accounts = AccountRecords(room.store).accounts
    accounts.add(account)
    made = chosen.zipped(people.owner, EVERYTHING)
    next(made.chunks)
    accounts.update("owner", lambda found: found.model_copy(update={"disabled": True}))
    with pytest.raises(NotAllowed, match="disabled"):
        list(made.chunks)
