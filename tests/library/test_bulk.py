"""Changes of many files at once: previewed, done once, stopped, resumed, undone, told."""

import pytest

from core.aws.s3 import ServedAs
from core.errors import AwsUnavailable, Conflict, InvalidInput, NotAllowed, NotFound
from core.library.bulk import permitted
from core.library.service.bulk.service import JOB
from core.model.changes import BulkChange, BulkKind, OnConflict, Selection
from core.model.identity import Account, Role
from core.model.media import FileQuery, FileState, Grant, JobState, Right
from core.stores.account_records import AccountRecords
from core.stores.job_runner import JobRunner
from core.stores.jobs import JobQueue


@pytest.fixture
def bulks(room):
    return room.library.bulks


@pytest.fixture
def work(room, bulks):
    """Do all jobs that are due."""
    runner = JobRunner(JobQueue(room.store, room.clock), {JOB: bulks.run}, 1)
    return runner.run_until_idle


def tagged(*tags):
    return BulkChange(kind=BulkKind.ADD_TAGS, tags=tags)


def some(*ids):
    return Selection(ids=ids)


EVERYTHING = Selection(query=FileQuery())


def many(add, count, **more):
    for number in range(count):
        add(f"f{number:03}", name=f"p{number:03}.jpg", objects=False, **more)


def test_a_preview_counts_names_and_changes_nothing(room, add, people, bulks):
    add("f1", objects=False)
    add("f2", objects=False, tags=("sea",))
    add("f3", objects=False, owner="other")
    seen = bulks.preview(people.owner, some("f1", "f2", "f3", "gone"), tagged("Sea"))
    assert (seen.total, seen.examined, seen.changing, seen.unchanged, seen.refused) == (
        4,
        4,
        1,
        1,
        2,
    )
    assert [(r.file_id, r.name) for r in seen.refusals] == [("f3", ""), ("gone", "")]
    (example,) = seen.examples
    assert (example.before, example.after) == ("no tags", "sea")
    assert room.library.get(people.owner, "f1").tags == ()


def test_a_few_files_are_done_before_it_returns(room, add, people, bulks):
    many(add, 3)
    bulk = bulks.start(people.owner, EVERYTHING, tagged("a"))
    assert bulk.state is JobState.QUEUED  # a search may find many
    bulk = bulks.start(people.owner, some("f000", "f001"), tagged("a"))
    assert (bulk.state, bulk.changed, bulk.done, bulk.total) == (JobState.DONE, 2, 2, 2)
    assert room.library.get(people.owner, "f000").tags == ("a",)


def test_three_of_many_are_refused_and_named_and_the_rest_is_done(room, add, people, bulks, work):
    many(add, 250)
    full = tuple(f"t{n}" for n in range(20))
    for number in (7, 120, 249):
        add(f"x{number}", name=f"full-{number}.jpg", objects=False, tags=full)
    bulk = bulks.start(people.owner, EVERYTHING, tagged("new"))
    work()
    bulk = bulks.get(people.owner, bulk.id)
    assert (bulk.state, bulk.changed, bulk.refused, bulk.total) == (JobState.DONE, 250, 3, 253)
    assert sorted(r.name for r in bulk.refusals) == ["full-120.jpg", "full-249.jpg", "full-7.jpg"]
    assert all("too many tags" in r.reason for r in bulks.refusals(people.owner, bulk.id))
    actions = [event.action for event in room.audit.page("2026-11").items]
    assert sorted(actions) == ["bulk.ended", "bulk.started"]  # not one per file


def test_a_small_bulk_tells_of_each_file(room, add, people, bulks):
    many(add, 2)
    bulks.start(people.owner, some("f000", "f001"), tagged("a"))
    events = {event.subject: event for event in room.audit.page("2026-11").items}
    assert events["file/f000"].details["tags"] == "'' → 'a'"
    assert events["file/f000"].actor_id == "owner"


def test_what_matches_later_is_not_touched(room, add, people, bulks, work, monkeypatch):
    many(add, 3)
    bulk = bulks.start(people.owner, EVERYTHING, tagged("a"))
    plan = bulks._run._plan

    def late(task, bulk, ids):
        add("late", objects=False)
        monkeypatch.setattr(bulks._run, "_plan", plan)
        return plan(task, bulk, ids)

    monkeypatch.setattr(bulks._run, "_plan", late)
    work()
    assert bulks.get(people.owner, bulk.id).changed == 3
    assert room.library.get(people.owner, "late").tags == ()


def test_a_bulk_that_broke_off_goes_on_and_does_nothing_twice(
    room, add, people, bulks, work, monkeypatch
):
    many(add, 200)
    bulk = bulks.start(
        people.owner, EVERYTHING, BulkChange(kind=BulkKind.RENAME, pattern="{name}+{n}")
    )
    transact, calls = room.store.transact, []

    def dies(operations):
        calls.append(1)
        written = transact(operations)
        if len(calls) == 6:  # in the middle of the second step, after it was written
            raise KeyboardInterrupt
        return written

    monkeypatch.setattr(room.store, "transact", dies)
    with pytest.raises(KeyboardInterrupt):
        work()
    monkeypatch.undo()
    half = bulks.get(people.owner, bulk.id)
    assert 0 < half.done < 200
    JobQueue(room.store, room.clock).requeue_running()
    room.clock.forward(minutes=1)
    work()
    done = bulks.get(people.owner, bulk.id)
    assert (done.state, done.changed, done.done) == (JobState.DONE, 200, 200)
    names = sorted(f.name for f in room.library.page(people.owner, FileQuery(), limit=200).items)
    assert all(name.count("+") == 1 for name in names)
    assert len({name[-7:-4] for name in names}) == 200  # every number once


def test_cancelling_keeps_what_is_done(room, add, people, bulks, work, monkeypatch):
    many(add, 200)
    bulk = bulks.start(people.owner, EVERYTHING, tagged("a"))
    write = bulks._run._write

    def first(*args):
        monkeypatch.setattr(bulks._run, "_write", write)
        stored = write(*args)
        bulks.cancel(people.owner, bulk.id)
        return stored

    monkeypatch.setattr(bulks._run, "_write", first)
    work()
    stopped = bulks.get(people.owner, bulk.id)
    assert (stopped.cancelled, stopped.done, stopped.changed) == (True, 90, 90)
    assert stopped.state is JobState.DONE
    assert bulks.undo(people.owner, bulk.id).total == 90


@pytest.mark.parametrize(
    ("change", "field", "after"),
    [
        (BulkChange(kind=BulkKind.SET_TAGS), "tags", ()),
        (BulkChange(kind=BulkKind.REMOVE_TAGS, tags=("B",)), "tags", ("a",)),
        (BulkChange(kind=BulkKind.MOVE, folder="x/y"), "folder", "x/y"),
        (BulkChange(kind=BulkKind.REMOVE_FROM_ALBUM, album="old"), "albums", ()),
        (BulkChange(kind=BulkKind.RENAME, pattern="{date} {n}"), "name", "2026-11-20 1.jpg"),
    ],
)
def test_each_change_of_a_record_is_done_and_undone(room, add, people, bulks, change, field, after):
    before = add("f1", objects=False, tags=("a", "b"), albums=("old",), folder="here")
    bulk = bulks.start(people.owner, some("f1"), change)
    assert getattr(room.library.get(people.owner, "f1"), field) == after
    undone = bulks.undo(people.owner, bulk.id)
    assert undone.changed == 1
    assert getattr(room.library.get(people.owner, "f1"), field) == getattr(before, field)
    with pytest.raises(Conflict, match="undone already"):
        bulks.undo(people.owner, bulk.id)


def test_files_are_put_on_an_album_that_is_there_and_taken_off_again(room, add, people, bulks):
    add("f1", objects=False, albums=("old",))
    album = room.library.albums.create(people.owner, "Trip").id
    put = BulkChange(kind=BulkKind.ADD_TO_ALBUM, album=album)
    bulk = bulks.start(people.owner, some("f1"), put)
    assert room.library.get(people.owner, "f1").albums == ("old", album)
    bulks.undo(people.owner, bulk.id)
    assert room.library.get(people.owner, "f1").albums == ("old",)
    for actor, name in ((people.owner, "gone"), (people.other, album)):
        with pytest.raises(NotFound):
            bulks.start(actor, some("f1"), put.model_copy(update={"album": name}))


def test_an_album_takes_ones_own_files_only(room, add, people, bulks):
    grants = (Grant(account_id="other", right=Right.EDIT),)
    add("f1", objects=False, grants=grants)
    add("f2", owner="other", objects=False)
    album = room.library.albums.create(people.other, "Trip").id
    put = BulkChange(kind=BulkKind.ADD_TO_ALBUM, album=album)
    bulk = bulks.start(people.other, some("f1", "f2"), put)
    assert [(one.file_id, one.reason) for one in bulks.refusals(people.other, bulk.id)] == [
        ("f1", "beach.jpg is somebody else's: albums hold one's own files.")
    ]
    assert room.library.get(people.owner, "f1").albums == ()
    assert room.library.get(people.other, "f2").albums == (album,)


def test_what_can_not_be_copied_is_refused_by_name(room, add, people, bulks, work):
    add("f1", objects=False)
    add("f2", state=FileState.PROCESSING, objects=False)
    add("f3")
    room.library.trash(people.owner, ["f3"])
    change = BulkChange(kind=BulkKind.COPY)
    bulk = bulks.start(people.owner, some("f1", "f2", "f3"), change)
    work()
    reasons = [refusal.reason for refusal in bulks.refusals(people.owner, bulk.id)]
    for words, reason in zip(
        ("not in the bucket", "being processed", "in the trash"), reasons, strict=True
    ):
        assert words in reason


def test_an_older_file_outside_its_own_folder_is_copied_into_one(room, add, people, bulks, work):
    room.bucket.put("legacy/f1.jpg", b"old bytes", ServedAs("image/jpeg"))
    add("f1", key="legacy/f1.jpg", objects=False, renditions=(), pristine=None, folder="x")
    copied = room.library.copy(people.owner, "f1")
    assert copied.key == f"media/{copied.id}/f1.jpg"
    assert copied.folder == "x"
    assert room.bucket.read_range(copied.key, 0, 99) == b"old bytes"


def test_previews_of_every_kind_change_nothing(room, add, people, bulks):
    add("f1", objects=False)
    add("f2", objects=False)
    room.library.trash(people.owner, ["f2"])
    wanted = {
        BulkKind.COPY: ("f1", "/", "/x"),
        BulkKind.DELETE: ("f2", "in the trash", "deleted for good"),
        BulkKind.TRASH: ("f1", "in the library", "in the trash"),
        BulkKind.RESTORE: ("f2", "in the trash", "in the library"),
    }
    before = [room.files.find(one) for one in ("f1", "f2")]
    for kind, (file_id, old, new) in wanted.items():
        (example,) = bulks.preview(
            people.owner, some(file_id), BulkChange(kind=kind, folder="x")
        ).examples
        assert (example.before, example.after) == (old, new)
    assert [room.files.find(one) for one in ("f1", "f2")] == before
    assert bulks.preview(people.owner, EVERYTHING, tagged("a")).total == 1


def test_one_file_that_others_never_stop_writing_is_named_and_the_rest_is_done(
    room, add, people, bulks, work, monkeypatch
):
    many(add, 5)
    transact = room.store.transact

    def busy(operations):
        files = [
            op.record.id
            for op in operations
            if getattr(op, "record", None) and op.record.kind == "file"
        ]
        if "f003" in files:
            raise Conflict("Somebody was faster.")
        return transact(operations)

    monkeypatch.setattr(room.store, "transact", busy)
    bulk = bulks.start(people.owner, some(*(f"f00{n}" for n in range(5))), tagged("a"))
    assert (bulk.changed, bulk.refused) == (4, 1)
    assert "changed by others" in bulk.refusals[0].reason


def test_undo_leaves_what_was_changed_again(room, add, people, bulks):
    many(add, 2)
    bulk = bulks.start(people.owner, some("f000", "f001"), tagged("a"))
    bulks.start(people.owner, some("f001"), tagged("mine"))
    undone = bulks.undo(people.owner, bulk.id)
    assert (undone.changed, undone.refused) == (1, 1)
    assert "changed since" in undone.refusals[0].reason
    assert room.library.get(people.owner, "f001").tags == ("a", "mine")


def test_trash_and_back_by_undo(room, add, people, bulks):
    many(add, 2)
    bulk = bulks.start(
        people.owner,
        EVERYTHING.model_copy(update={"query": None, "ids": ("f000", "f001")}),
        BulkChange(kind=BulkKind.TRASH),
    )
    assert room.library.page(people.owner, FileQuery()).total == 0
    bulks.undo(people.owner, bulk.id)
    assert room.library.page(people.owner, FileQuery()).total == 2


def test_an_editor_may_tag_but_not_trash_or_delete(room, add, people, bulks):
    add("f1", objects=False, grants=(Grant(account_id="other", right=Right.EDIT),))
    assert bulks.start(people.other, some("f1"), tagged("a")).changed == 1
    for kind in (BulkKind.TRASH, BulkKind.RESTORE, BulkKind.DELETE):
        assert bulks.preview(people.other, some("f1"), BulkChange(kind=kind)).refused == 1
    trash = bulks.start(people.other, some("f1"), BulkChange(kind=BulkKind.TRASH))
    assert (trash.changed, trash.refused) == (0, 1)


def test_a_copy_is_a_file_of_its_own(room, add, people, bulks, work):
    add("f1", tags=("a",), albums=("x",))
    bulk = bulks.start(people.owner, some("f1"), BulkChange(kind=BulkKind.COPY, folder="b"))
    work()
    assert bulks.get(people.owner, bulk.id).changed == 1
    copied = room.library.page(people.owner, FileQuery(folder="b")).items[0]
    assert copied.id != "f1"
    assert (copied.tags, copied.albums, copied.grants) == (("a",), (), ())
    original = room.library.get(people.owner, "f1")
    for ref in (copied.key, copied.renditions[0].key, copied.pristine.key):
        assert f"/{copied.id}/" in ref
        assert room.bucket.read_range(ref, 0, 99) == b"bytes of f1"
    room.library.trash(people.owner, ["f1"])
    room.clock.forward(days=31)
    room.library.purge()
    assert room.bucket.find(original.key) is None
    assert room.bucket.find(copied.key) is not None


def test_a_copy_of_somebody_elses_file_leaves_their_exact_upload_with_them(
    room, add, people, bulks, work
):
    add("f1", owner="other", grants=(Grant(account_id="owner", right=Right.VIEW),))
    bulks.start(people.owner, some("f1"), BulkChange(kind=BulkKind.COPY))
    work()
    (copied,) = room.library.page(people.owner, FileQuery(owner_id="owner")).items
    assert copied.pristine is None
    assert copied.removed[0].value == ""


def test_deleting_for_good_takes_only_what_is_in_the_trash(room, add, people, bulks, work):
    add("f1")
    add("f2")
    room.library.trash(people.owner, ["f1"])
    bulk = bulks.start(people.owner, some("f1", "f2"), BulkChange(kind=BulkKind.DELETE))
    work()
    bulk = bulks.get(people.owner, bulk.id)
    assert (bulk.changed, bulk.refused, bulk.undoable) == (1, 1, False)
    assert "not in the trash" in bulk.refusals[0].reason
    assert {ref.ref.key.split("/")[1] for ref in room.bucket.list("")} == {"f2"}


def test_emptying_the_trash_and_restoring_at_once_never_halves_a_file(
    room, add, people, bulks, work, monkeypatch
):
    add("f1")
    add("f2")
    room.library.trash(people.owner, ["f1", "f2"])
    bulk = bulks.empty_trash(people.owner)
    plan = bulks._run._plan

    def restored_meanwhile(*args):
        monkeypatch.setattr(bulks._run, "_plan", plan)
        planned = plan(*args)
        room.library.restore(people.owner, ["f1"])
        return planned

    monkeypatch.setattr(bulks._run, "_plan", restored_meanwhile)
    work()
    bulk = bulks.get(people.owner, bulk.id)
    assert (bulk.changed, bulk.refused) == (1, 1)
    assert room.library.get(people.owner, "f1").trashed_at is None
    assert len([k for k in room.bucket.list("") if "/f1/" in k.ref.key]) == 3
    with pytest.raises(NotFound):
        room.library.restore(people.owner, ["f2"])
    assert not [k for k in room.bucket.list("") if "/f2/" in k.ref.key]


def test_s3_that_is_overloaded_is_given_time(room, add, people, bulks, work, monkeypatch):
    add("f1")
    room.library.trash(people.owner, ["f1"])
    waits, erase, left = [], room.bucket.delete_prefix, [AwsUnavailable("SlowDown")] * 2

    def slow(prefix, keep):
        if left:
            raise left.pop()
        return erase(prefix, keep)

    monkeypatch.setattr(room.bucket, "delete_prefix", slow)
    monkeypatch.setattr(bulks._run, "_pause", waits.append)
    bulk = bulks.empty_trash(people.owner)
    work()
    assert bulks.get(people.owner, bulk.id).state is JobState.DONE
    assert [wait for wait in waits if wait] == [0.5, 1.0]
    assert not list(room.bucket.list(""))


def test_private_media_that_this_site_lacks_is_refused_at_once(room, add, people, bulks):
    add("f1", objects=False)
    with pytest.raises(Conflict, match="no private media"):
        bulks.start(people.owner, some("f1"), BulkChange(kind=BulkKind.MAKE_PRIVATE))


def test_names_that_are_taken_are_kept_apart_replaced_or_refused(room, add, people, bulks, work):
    add("a", name="beach.jpg", folder="x", objects=False)
    moves = {}
    for how in (OnConflict.KEEP_BOTH, OnConflict.REFUSE, OnConflict.REPLACE):
        add(f"b-{how.value}", name="beach.jpg", objects=False)
        change = BulkChange(kind=BulkKind.MOVE, folder="x", on_conflict=how)
        moves[how] = bulks.start(people.owner, some(f"b-{how.value}"), change)
    assert room.library.get(people.owner, "b-keep_both").name == "beach (2).jpg"
    assert "has beach.jpg already" in moves[OnConflict.REFUSE].refusals[0].reason
    assert room.library.get(people.owner, "b-refuse").folder == ""
    assert room.library.get(people.owner, "b-replace").name == "beach.jpg"
    assert room.library.get(people.owner, "a").trashed_at is not None


def test_somebody_elses_bulk_is_not_there_but_for_admins(room, add, people, bulks):
    add("f1", objects=False)
    bulk = bulks.start(people.owner, some("f1"), tagged("a"))
    for call in (bulks.get, bulks.cancel, bulks.undo, bulks.refusals):
        with pytest.raises(NotFound):
            call(people.other, bulk.id)
    assert bulks.get(people.admin, bulk.id).id == bulk.id
    assert bulks.recent(people.other) == ()
    assert [b.id for b in bulks.recent(people.owner)] == [bulk.id]


@pytest.mark.parametrize(
    "change",
    [
        BulkChange(kind=BulkKind.ADD_TAGS, tags=(" ",)),
        BulkChange(kind=BulkKind.MOVE),
        BulkChange(kind=BulkKind.RENAME, pattern="{owner}"),
        BulkChange(kind=BulkKind.RENAME, pattern="{n!r}"),
        BulkChange(kind=BulkKind.RENAME, pattern="a{"),
        BulkChange(kind=BulkKind.RENAME, pattern=" "),
        BulkChange(kind=BulkKind.ADD_TO_ALBUM),
        BulkChange(kind=BulkKind.UNDO),
    ],
)
def test_a_change_that_can_be_made_of_no_file_is_refused_at_once(people, bulks, change):
    with pytest.raises(InvalidInput):
        bulks.start(people.owner, some("f1"), change)


@pytest.mark.parametrize(
    "selection",
    [
        Selection(),
        Selection(ids=("a",), query=FileQuery()),
        Selection(ids=tuple(map(str, range(20_001)))),
    ],
)
def test_a_selection_says_which_files(people, bulks, selection):
    with pytest.raises(InvalidInput):
        bulks.start(people.owner, selection, tagged("a"))


def test_rights_that_were_taken_away_are_not_used_any_more(room, add, people, bulks, work):
    many(add, 40)
    account = Account(
        id="owner",
        email="o@x.test",
        username="o",
        role=Role.MEMBER,
        created_at=room.clock.now,
        disabled=True,
    )
    bulk = bulks.start(people.owner, EVERYTHING, tagged("a"))
    AccountRecords(room.store).accounts.add(account)
    work()
    failed = bulks.get(people.owner, bulk.id)
    assert (failed.state, failed.changed) == (JobState.FAILED, 0)
    assert "disabled" in failed.problem.detail


def test_copies_that_are_refused_leave_no_object(room, add, people, bulks, work):
    add("f1")
    before = {found.ref.key for found in room.bucket.list("")}
    change = BulkChange(kind=BulkKind.COPY, on_conflict=OnConflict.REFUSE)
    bulk = bulks.start(people.owner, some("f1"), change)
    work()
    assert bulks.get(people.owner, bulk.id).refused == 1
    assert {found.ref.key for found in room.bucket.list("")} == before


@pytest.mark.parametrize("kind", [BulkKind.MAKE_PRIVATE, BulkKind.MAKE_PUBLIC])
def test_a_preview_refuses_an_editor_what_is_its_owners_to_decide(add, people, kind):
    file = add("f1", objects=False, grants=(Grant(account_id="other", right=Right.EDIT),))
    with pytest.raises(NotAllowed):
        permitted(people.other, file, BulkChange(kind=kind))
    assert permitted(people.owner, file, BulkChange(kind=kind)) == file
