"""kill -9 between any two calls to S3, the records or the CDN: the next start ends the same way."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from PIL import Image

from core.aws.s3 import ServedAs
from core.errors import AwsUnavailable, UnreadableContent
from core.model.media import FileState, JobState, UploadState
from core.stores.jobs import MAX_ATTEMPTS
from core.upload.service import UploadRequest


class Killed(BaseException):
    """What no `except Exception` can hold up."""


class Fuse:
    """Dies at the n-th call, either before it is made or after, when its answer is lost."""

    def __init__(self):
        self.left, self.after = None, False

    def arm(self, calls, *, after):
        self.left, self.after = calls, after

    def around(self, call, *args, **kwargs):
        if self.left is None:
            return call(*args, **kwargs)
        self.left -= 1
        if self.left == 0 and not self.after:
            raise Killed
        answer = call(*args, **kwargs)
        if self.left == 0:
            raise Killed
        return answer


class Fused:
    """Any object, with a fuse in every method that acts on the world."""

    def __init__(self, inner, fuse):
        self._inner, self._fuse = inner, fuse

    def __getattr__(self, name):
        value = getattr(self._inner, name)
        if not callable(value) or name in {"url", "list"}:
            return value
        return lambda *args, **kwargs: self._fuse.around(value, *args, **kwargs)


def picture():
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Maker"
    Image.linear_gradient("L").resize((60, 40)).save(out, "JPEG", exif=exif)
    return out.getvalue()


CASES = {
    "picture": ("a.jpg", picture()),
    "plain": ("a.txt", b"some text"),
    "damaged": ("a.jpg", picture()[:-300]),
}


@pytest.fixture
def fused(world):
    """The world with fuses, and the store's own retries left alone."""
    world.fuse = Fuse()
    world.store = Fused(world.store, world.fuse)
    world.edge = Fused(world.edge, world.fuse)
    world.jobs.__init__(world.store, world.clock)
    world.audit.__init__(world.store, world.clock)
    world.build(Fused(world.bucket, world.fuse))
    return world


def restart(world):
    """What a new process does first, then everything that is due."""
    world.fuse.left = None
    world.jobs.requeue_running()
    for _ in range(2 * MAX_ATTEMPTS):
        world.clock.advance(minutes=6)
        world.runner.run_until_idle()


def upload(world, case):
    name, content = CASES[case]
    asked = UploadRequest(name=name, size=len(content), content_type="")
    ticket = world.service.open(world.actor, asked)
    world.bucket.put(f"incoming/{ticket.upload_id}", content, ServedAs("text/plain"))
    return ticket.upload_id


def ending(world, upload_id):
    """What must be the same whether or not somebody pulled the plug."""
    ended = world.service.status(world.actor, upload_id)
    stored = world.service._shelf.files.find(upload_id)
    if stored is None:
        return (ended.state, ended.problem.slug, world.keys())
    file = stored.value
    forgotten = {"uploaded_at", "delivered_at", "version_id", "etag", "id", "pristine"}
    known = file.model_dump(exclude=forgotten)
    assert world.bucket.head(file.key).ref.version_id == file.version_id
    return (ended.state, known, world.keys(), world.jobs.get(ended.job_id).state)


def anonymous(end, upload_id):
    return repr(end).replace(upload_id, "ID")


def calls_of(world, work):
    world.fuse.arm(10_000, after=False)
    work()
    return 10_000 - world.fuse.left


@pytest.mark.parametrize("case", CASES)
def test_a_process_killed_at_any_call_ends_the_same_after_a_restart(fused, case):
    first = upload(fused, case)
    fused.service.complete(fused.actor, first)
    calls = calls_of(fused, fused.runner.run_until_idle)
    fused.fuse.left = None
    expected = anonymous(ending(fused, first), first)
    fused.bucket.delete_prefix("media/")
    fused.bucket.delete_prefix("originals/")
    assert calls > 8
    for call in range(1, calls + 1):
        for after in (False, True):
            upload_id = upload(fused, case)
            fused.service.complete(fused.actor, upload_id)
            fused.fuse.arm(call, after=after)
            try:
                fused.runner.run_until_idle()
            except Killed:
                restart(fused)
            fused.fuse.left = None
            assert anonymous(ending(fused, upload_id), upload_id) == expected, (call, after)
            fused.bucket.delete_prefix("media/")
            fused.bucket.delete_prefix("originals/")


@pytest.mark.parametrize("case", ["picture", "damaged"])
def test_a_completion_killed_at_any_call_can_be_asked_again(fused, case):
    upload_id = upload(fused, case)
    calls = calls_of(fused, lambda: fused.service.complete(fused.actor, upload_id))
    for call in range(1, calls + 1):
        for after in (False, True):
            upload_id = upload(fused, case)
            fused.fuse.arm(call, after=after)
            with pytest.raises(Killed):
                fused.service.complete(fused.actor, upload_id)
            fused.fuse.left = None
            completion = fused.service.complete(fused.actor, upload_id)
            assert completion.file.state is FileState.PROCESSING


def test_a_program_that_died_while_sending_leaves_what_the_restart_ends(fused):
    name, content = CASES["picture"]
    asked = UploadRequest(name=name, size=len(content))
    sizes = range(
        1, calls_of(fused, lambda: fused.service.receive(fused.actor, asked, io.BytesIO(content)))
    )
    for call in sizes:
        fused.fuse.arm(call, after=False)
        with pytest.raises(Killed):
            fused.service.receive(fused.actor, asked, io.BytesIO(content))
        restart(fused)
    fused.clock.advance(days=40)
    fused.service.sweep()
    fused.service.sweep()
    files = [*fused.service._shelf.files.all("ann")]
    assert {file.state for file in files} == {FileState.DELIVERED}
    kept = {file.key for file in files} | {file.pristine.key for file in files}
    kept |= {r.key for file in files for r in file.renditions}
    assert set(fused.keys()) == kept


def test_an_outage_is_waited_out(world):
    upload_id = upload(world, "picture")
    world.service.complete(world.actor, upload_id)
    real = world.bucket.open_stream

    def away(ref):
        raise AwsUnavailable("away")

    world.bucket.open_stream = away
    world.runner.run_until_idle()
    job = world.jobs.get(world.service.status(world.actor, upload_id).job_id)
    assert (job.state, job.attempts, job.problem.status) == (JobState.QUEUED, 1, 503)
    assert world.runner.run_until_idle() == 0
    world.bucket.open_stream = real
    world.clock.advance(seconds=3)
    assert world.runner.run_until_idle() == 1
    assert world.service._shelf.files.get(upload_id).state is FileState.DELIVERED


def test_a_lasting_outage_ends_as_undelivered_and_can_be_taken_up_again(world):
    upload_id = upload(world, "picture")
    world.service.complete(world.actor, upload_id)
    real = world.bucket.put

    def away(*_, **__):
        raise AwsUnavailable("S3 does not answer.")

    world.bucket.put = away
    for _ in range(MAX_ATTEMPTS + 2):
        world.runner.run_until_idle()
        world.clock.advance(minutes=6)
    assert world.service.sweep() == 1
    file = world.service._shelf.files.get(upload_id)
    assert file.state is FileState.UNDELIVERED
    assert file.delivery[0].actual == "S3 does not answer."
    assert world.service.sweep() == 0
    world.bucket.put = real
    assert world.service.recheck(world.actor, upload_id).state is FileState.PROCESSING
    world.runner.run_until_idle()
    assert world.service._shelf.files.get(upload_id).state is FileState.DELIVERED
    assert world.service.sweep() == 0


def test_an_expired_upload_is_given_up_and_later_forgotten(world):
    asked = UploadRequest(name="film.mp4", size=20 * 1024**2)
    ticket = world.service.open(world.actor, asked)
    small = upload(world, "plain")
    world.clock.advance(days=3)
    assert world.service.sweep() == 2
    assert world.keys() == []
    assert world.bucket.list_uploads("incoming/") == ()
    for upload_id in (ticket.upload_id, small):
        assert world.service.status(world.actor, upload_id).state is UploadState.ABORTED
    assert world.service.sweep() == 0
    world.clock.advance(days=40)
    assert world.service.sweep() == 2
    assert world.service.recent(world.actor) == ()


def test_objects_that_nobody_knows_are_swept_after_a_day(world):
    kept = upload(world, "plain")
    world.service.complete(world.actor, kept)
    world.runner.run_until_idle()
    for key in ("incoming/lost", "media/lost/a.jpg", "originals/lost/a.jpg", "avatars/a.jpg"):
        world.bucket.put(key, b"x", ServedAs("image/jpeg"))
    world.bucket.create_multipart("incoming/lost-parts", "video/mp4")
    world.service.sweep()
    assert world.bucket.find("incoming/lost") is not None
    world.clock.advance(days=2)
    world.service.sweep()
    left = [found.ref.key for found in world.bucket.list("")]
    assert left == ["avatars/a.jpg", f"media/{kept}/a.txt"]
    assert world.bucket.list_uploads("incoming/") == ()


def test_without_any_record_no_object_is_swept(world):
    world.bucket.put("media/old/a.jpg", b"x", ServedAs("image/jpeg"))
    world.clock.advance(days=2)
    assert world.service.sweep() == 0
    assert world.bucket.find("media/old/a.jpg") is not None


def test_a_waiting_file_keeps_its_bytes_however_long_it_waits(world):
    upload_id = upload(world, "plain")
    world.service.complete(world.actor, upload_id)
    world.clock.advance(days=5)
    world.service.sweep()
    world.runner.run_until_idle()
    assert world.service._shelf.files.get(upload_id).state is FileState.DELIVERED


def test_a_refusal_is_told_again_by_the_job_of_a_second_attempt(fused):
    upload_id = upload(fused, "damaged")
    job = fused.service.complete(fused.actor, upload_id).job
    fused.runner.run_until_idle()
    with pytest.raises(UnreadableContent):
        fused.service.process(job.model_copy(update={"attempts": 2}))


def test_a_job_of_a_forgotten_upload_says_so(world):
    job = world.jobs.add("process_upload", "nothing", "ann")
    world.runner.run_until_idle()
    assert world.jobs.get(job.id).problem.slug == "not-found"
    world.clock.advance(days=31)
    world.clock.now += timedelta(seconds=1)
    assert world.service.sweep() == 1
    assert world.jobs.find(job.id) is None
