"""The CDN told to forget exactly one file: ordered once, waited for, counted."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from core.aws.clients import AwsClients
from core.aws.cloudfront_invalidations import Invalidations
from core.errors import AwsUnavailable, Configuration, Conflict, NotAllowed, NotFound
from core.library.service import LibraryService, Outside
from core.library.service.invalidating import JOB
from core.model.changes import InvalidationState
from core.model.media import FileState, Grant, Rendition, Right
from core.model.versions import viewer_paths
from core.settings import load_settings
from core.stores.job_runner import JobRunner
from core.stores.jobs import JobQueue


class Cdn:
    """CloudFront as far as the library asks it; `down` while it does not answer."""

    def __init__(self):
        self.asked, self.done, self.down, self.others = {}, set(), False, (0, True)

    def create(self, paths, reference):
        self._answer()
        return self.asked.setdefault(reference, (f"I{len(self.asked)}", paths))[0]

    def completed(self, id):
        self._answer()
        return id in self.done

    def others_paths(self, since, known):
        self._answer()
        return self.others

    def _answer(self):
        if self.down:
            raise AwsUnavailable("CloudFront does not answer.")


@pytest.fixture
def cdn():
    return Cdn()


@pytest.fixture
def checked():
    return []


@pytest.fixture
def library(room, cdn, checked):
    settings = load_settings()
    jobs = JobQueue(room.store, room.clock)
    library = LibraryService(
        *(room.store, room.index, room.bucket, room.edge, room.audit, settings, room.clock),
        jobs=jobs,
        outside=Outside(check_delivery=checked.append),
        cdn=cdn,
    )
    return SimpleNamespace(
        invalidations=library.invalidations,
        work=JobRunner(jobs, {JOB: library.invalidations.run}, 1).run_until_idle,
    )


def test_exactly_the_paths_of_the_file_and_its_renditions_are_named(library, add, people, cdn):
    small = tuple(
        Rendition(name=n, key=f"media/f1/{n}.webp", width=1, height=1, size=1)
        for n in ("thumbnail", "preview")
    )
    add("f1", objects=False, etag="e", renditions=small)
    one = library.invalidations.start(people.owner, "f1")
    wanted = ("/media/f1/beach.jpg", "/media/f1/thumbnail.webp", "/media/f1/preview.webp")
    assert one.paths == wanted
    assert [paths for _, paths in cdn.asked.values()] == [wanted]
    assert (one.state, one.month, one.by) == (InvalidationState.IN_PROGRESS, "2026-11", "owner")


def test_it_is_complete_when_cloudfront_says_so_and_then_looked_at(
    room, library, add, people, cdn, checked
):
    add("f1", objects=False, etag="e")
    one = library.invalidations.start(people.owner, "f1")
    assert library.invalidations.get(people.owner, one.id).state is InvalidationState.IN_PROGRESS
    cdn.done.add("I0")
    assert library.invalidations.get(people.owner, one.id).state is InvalidationState.IN_PROGRESS
    room.clock.forward(seconds=2)  # edges may answer from before for a moment
    ended = library.invalidations.get(people.owner, one.id)
    assert (ended.state, ended.ended_at) == (InvalidationState.COMPLETED, room.clock.now)
    assert checked == ["f1"]
    assert len(cdn.asked) == 1


def test_a_cdn_that_is_down_is_asked_again_by_itself_and_only_once(
    room, library, add, people, cdn, checked
):
    add("f1", objects=False, etag="e")
    cdn.down = True
    one = library.invalidations.start(people.owner, "f1")
    assert (one.state, one.problem.detail) == (
        InvalidationState.REQUESTED,
        "CloudFront does not answer.",
    )
    cdn.down = False
    cdn.done.add("I0")
    room.clock.forward(seconds=2)
    library.work()
    (kept,) = library.invalidations.of_file(people.owner, "f1")
    assert (kept.state, kept.id) == (InvalidationState.COMPLETED, one.id)
    assert list(cdn.asked) == [one.id]
    assert checked == ["f1"]


def test_a_crash_after_the_request_makes_no_second_one(
    room, library, add, people, cdn, monkeypatch
):
    add("f1", objects=False, etag="e")
    save = library.invalidations._save
    monkeypatch.setattr(
        library.invalidations, "_save", lambda *a, **k: (_ for _ in ()).throw(KeyboardInterrupt)
    )
    with pytest.raises(KeyboardInterrupt):
        library.invalidations.start(people.owner, "f1")
    monkeypatch.setattr(library.invalidations, "_save", save)
    JobQueue(room.store, room.clock).requeue_running()
    cdn.done.add("I0")
    room.clock.forward(seconds=2)
    library.work()
    assert len(cdn.asked) == 1
    (kept,) = library.invalidations.of_file(people.owner, "f1")
    assert kept.state is InvalidationState.COMPLETED


def test_the_free_paths_of_the_month_are_counted(room, library, add, people, cdn):
    add("f1", objects=False, etag="e")
    library.invalidations.start(people.owner, "f1")
    library.invalidations.start(people.owner, "f1")
    cdn.others = (5, True)
    free = library.invalidations.free_paths(people.owner)
    assert (free.used, free.left, free.at_least) == (4 + 5, 991, False)
    cdn.others = (0, False)
    assert library.invalidations.free_paths(people.owner).at_least
    cdn.down = True
    free = library.invalidations.free_paths(people.owner)
    assert (free.used, free.at_least) == (4, True)
    room.clock.forward(days=30)
    cdn.down, cdn.others = False, (0, True)
    assert library.invalidations.free_paths(people.owner).used == 0


def test_only_who_may_change_the_file_may_ask(library, add, people):
    add("f1", objects=False, etag="e", grants=(Grant(account_id="other", right=Right.VIEW),))
    with pytest.raises(NotAllowed):
        library.invalidations.start(people.other, "f1")
    add("secret", objects=False, etag="e")
    with pytest.raises(NotFound):
        library.invalidations.start(people.other, "secret")
    one = library.invalidations.start(people.owner, "secret")
    with pytest.raises(NotFound, match="There is no invalidation") as told:
        library.invalidations.get(people.other, one.id)
    assert "secret" not in f"{told.value} {told.value.__cause__}"


def test_a_file_that_is_not_served_yet_has_nothing_to_forget(library, add, people):
    add("f1", objects=False, etag="", state=FileState.PROCESSING)
    with pytest.raises(Conflict):
        library.invalidations.start(people.owner, "f1")


def test_without_a_distribution_it_says_so(room, add, people):
    add("f1", objects=False, etag="e")
    with pytest.raises(Configuration):
        room.library.invalidations.start(people.owner, "f1")


def test_rare_characters_are_named_in_both_forms_that_viewers_use():
    assert viewer_paths(("media/a b.jpg",)) == ("/media/a%20b.jpg",)
    assert viewer_paths(("a(1)~.jpg",)) == ("/a%281%29~.jpg", "/a(1)%7E.jpg")
    assert viewer_paths(("all*",)) == ("/all%2A",)
    assert viewer_paths(("ü/é?#%.txt",)) == ("/%C3%BC/%C3%A9%3F%23%25.txt",)


def test_invalidations_of_others_are_counted_with_their_paths(room):
    """Against moto, which speaks CloudFront's own protocol."""
    client = AwsClients("us-east-1", None, "AKIATEST", "secret").cloudfront
    origin = {
        "Id": "o",
        "DomainName": "b.s3.amazonaws.com",
        "S3OriginConfig": {"OriginAccessIdentity": ""},
    }
    behavior = {
        "TargetOriginId": "o",
        "ViewerProtocolPolicy": "allow-all",
        "MinTTL": 0,
        "ForwardedValues": {"QueryString": False, "Cookies": {"Forward": "none"}},
    }
    config = {
        "CallerReference": "r",
        "Comment": "",
        "Enabled": True,
        "Origins": {"Quantity": 1, "Items": [origin]},
        "DefaultCacheBehavior": behavior,
    }
    id_ = client.create_distribution(DistributionConfig=config)["Distribution"]["Id"]
    cdn = Invalidations(client, id_)
    ours = cdn.create(("/a", "/b"), "ref-1")
    cdn.create(("/c", "/d", "/e"), "ref-2")
    assert cdn.completed(ours)
    now = datetime.now(UTC)
    assert cdn.others_paths(now - timedelta(hours=1), {ours}) == (3, True)
    assert cdn.others_paths(now + timedelta(hours=1), set()) == (0, True)
