"""The way of an upload: ticket, completion, processing, delivery, and every way it can end."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from core.aws.s3 import ServedAs
from core.errors import (
    Conflict,
    InvalidInput,
    NotFound,
    TooLarge,
    UnreadableContent,
    UnsupportedType,
)
from core.model.identity import Actor, Role
from core.model.media import FileKind, FileState, JobState, UploadState
from core.upload.service import UploadRequest
from tests.upload.conftest import PHOTOS

PHOTO = (PHOTOS / "gps" / "DSCN0010.jpg").read_bytes()
BEN = Actor(account_id="ben", role=Role.MEMBER)
CAT = Actor(account_id="cat", role=Role.SUPPORT)


def request(name="photo.jpg", content=PHOTO, content_type="image/jpeg", folder=""):
    return UploadRequest(name=name, size=len(content), content_type=content_type, folder=folder)


def send(world, name="photo.jpg", content=PHOTO, content_type="image/jpeg"):
    ticket = world.service.open(world.actor, request(name, content, content_type))
    world.bucket.put(f"incoming/{ticket.upload_id}", content, ServedAs(content_type))
    return ticket.upload_id


def deliver(world, **given):
    upload_id = send(world, **given)
    world.service.complete(world.actor, upload_id)
    world.runner.run_until_idle()
    return upload_id


def file_of(world, upload_id):
    return world.service._shelf.files.find(upload_id).value


def png():
    out = io.BytesIO()
    Image.new("RGB", (20, 10), "red").save(out, "PNG")
    return out.getvalue()


def test_a_ticket_allows_exactly_the_announced_bytes_under_one_key(world):
    ticket = world.service.open(world.actor, request())
    assert ticket.method == "post"
    assert ticket.fields["key"] == f"incoming/{ticket.upload_id}"
    assert ticket.fields["Content-Type"] == "image/jpeg"
    assert ticket.expires_at > world.clock.now


@pytest.mark.parametrize("size", [0, -1])
def test_no_bytes_are_refused_at_once(world, size):
    with pytest.raises(InvalidInput, match="empty"):
        world.service.open(world.actor, UploadRequest(name="a.jpg", size=size))


def test_over_the_limit_is_refused_at_once(world):
    size = world.settings.max_upload_bytes + 1
    with pytest.raises(TooLarge, match="most that is taken"):
        world.service.open(world.actor, UploadRequest(name="a.jpg", size=size))
    assert world.keys() == []


def test_a_photo_is_delivered_without_its_place(world):
    upload_id = deliver(world)
    file = file_of(world, upload_id)
    assert file.state is FileState.DELIVERED
    assert file.delivered_at == world.clock.now
    assert [step.name for step in file.delivery if step.ok] == [
        f"{what}: {check}"
        for what in ("thumbnail", "original")
        for check in ("status", "content type", "length", "cache header")
    ]
    assert (file.width, file.height, file.camera) == (640, 480, "NIKON COOLPIX P6000")
    assert file.taken_at.isoformat() == "2008-10-22T16:28:39+00:00"
    assert {"GPS", "EXIF", "Thumbnail", "XMP"} == {field.group for field in file.removed}
    assert len(file.checksum) == 64
    assert world.keys() == sorted([file.key, file.pristine.key, *(r.key for r in file.renditions)])
    served = world.bucket.head(file.key)
    assert served.cache_control == "public, max-age=31536000, immutable"
    assert served.content_disposition == "inline"
    with Image.open(io.BytesIO(b"".join(world.bucket.open_stream(served.ref)))) as picture:
        assert not picture.getexif()


def test_the_exact_upload_is_kept_in_private(world):
    file = file_of(world, deliver(world))
    assert file.pristine.key == f"originals/{file.id}/photo.jpg"
    assert b"".join(world.bucket.open_stream(file.pristine)) == PHOTO


def test_completion_asked_twice_answers_the_same(world):
    upload_id = send(world)
    first = world.service.complete(world.actor, upload_id)
    assert world.service.complete(world.actor, upload_id) == first
    world.runner.run_until_idle()
    again = world.service.complete(world.actor, upload_id)
    assert (again.file.id, again.job.state) == (first.file.id, JobState.DONE)
    assert world.actions() == ["file.delivered", "file.uploaded"]


def test_somebody_elses_upload_is_not_found(world):
    upload_id = send(world)
    for ask in ("complete", "status", "abort", "parts"):
        with pytest.raises(NotFound):
            getattr(world.service, ask)(BEN, upload_id)
    with pytest.raises(NotFound):
        world.service.part_url(BEN, upload_id, 1)
    assert world.service.recent(BEN) == ()
    assert [u.id for u in world.service.recent(world.actor)] == [upload_id]


def test_completion_without_bytes_is_a_conflict_that_can_be_mended(world):
    ticket = world.service.open(world.actor, request())
    with pytest.raises(Conflict, match="not arrived"):
        world.service.complete(world.actor, ticket.upload_id)
    world.bucket.put(f"incoming/{ticket.upload_id}", PHOTO, ServedAs("image/jpeg"))
    assert world.service.complete(world.actor, ticket.upload_id).file.name == "photo.jpg"


@pytest.mark.parametrize(
    ("content", "error"), [(PHOTO + b"x", TooLarge), (PHOTO[:-1], UnreadableContent)]
)
def test_other_sizes_than_announced_are_refused_and_removed(world, content, error):
    ticket = world.service.open(world.actor, request())
    world.bucket.put(f"incoming/{ticket.upload_id}", content, ServedAs("image/jpeg"))
    for _ in range(2):
        with pytest.raises(error):
            world.service.complete(world.actor, ticket.upload_id)
    assert world.keys() == []
    refused = world.service.status(world.actor, ticket.upload_id)
    assert (refused.state, refused.problem.status) == (UploadState.REFUSED, error.status)


def test_a_text_that_calls_itself_a_picture_is_refused_and_removed(world):
    upload_id = send(world, content=b"<html>no picture</html>")
    with pytest.raises(UnsupportedType, match="JPEG"):
        world.service.complete(world.actor, upload_id)
    assert world.keys() == []


def test_a_picture_with_another_name_is_taken_for_what_it_is(world):
    file = file_of(world, deliver(world, name="report.pdf", content=png()))
    assert (file.content_type, file.state) == ("image/png", FileState.DELIVERED)
    assert file.key.endswith("/report.pdf.png")
    assert "PNG" in file.notes[0]


def test_a_truncated_picture_leaves_nothing_but_a_reason(world):
    upload_id = send(world, content=PHOTO[:80_000])
    job = world.service.complete(world.actor, upload_id).job
    world.runner.run_until_idle()
    assert world.keys() == []
    assert world.service._shelf.files.find(upload_id) is None
    upload = world.service.status(world.actor, upload_id)
    assert upload.state is UploadState.REFUSED
    assert (upload.problem.slug, upload.problem.status) == ("unreadable-content", 422)
    assert world.jobs.get(job.id).state is JobState.FAILED
    with pytest.raises(UnreadableContent):
        world.service.complete(world.actor, upload_id)
    assert world.actions() == ["file.uploaded", "upload.refused"]


def test_too_many_pixels_are_refused_before_they_are_decoded(world):
    out = io.BytesIO()
    Image.new("1", (10_000, 10_000)).save(out, "PNG")
    upload_id = deliver(world, name="bomb.png", content=out.getvalue(), content_type="image/png")
    assert "64 megapixels" in world.service.status(world.actor, upload_id).problem.detail
    assert world.keys() == []


def test_bytes_changed_after_completion_are_refused(world):
    upload_id = send(world)
    world.service.complete(world.actor, upload_id)
    world.bucket.put(f"incoming/{upload_id}", b"other bytes", ServedAs("image/jpeg"))
    world.runner.run_until_idle()
    assert "replaced" in world.service.status(world.actor, upload_id).problem.detail
    assert world.keys() == []


@pytest.mark.parametrize(
    ("name", "content", "served", "shown"),
    [
        ("page.html", b"<html><script>alert(1)</script>", "application/octet-stream", False),
        (
            "logo.svg",
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            "application/octet-stream",
            False,
        ),
        ("notes.txt", "Grüße\n".encode(), "text/plain; charset=utf-8", True),
        ("paper.pdf", b"%PDF-1.7\n%\xe2\xe3\n", "application/pdf", True),
        ("data.bin", bytes(range(256)), "application/octet-stream", False),
    ],
)
def test_a_plain_file_is_served_as_it_is_and_shown_only_where_that_is_safe(
    world, name, content, served, shown
):
    file = file_of(world, deliver(world, name=name, content=content, content_type="text/html"))
    found = world.bucket.head(file.key)
    assert file.state is FileState.DELIVERED
    assert found.content_type == served
    assert found.content_disposition.startswith("inline" if shown else "attachment")
    assert file.pristine is None
    assert file.renditions == ()
    assert file.kind is not FileKind.IMAGE
    assert world.keys() == [file.key]


def test_the_same_name_twice_makes_two_files(world):
    first, second = deliver(world), deliver(world)
    assert file_of(world, first).key != file_of(world, second).key


def test_a_file_called_like_a_rendition_does_not_collide_with_it(world):
    out = io.BytesIO()
    Image.new("RGB", (20, 10)).save(out, "WEBP")
    file = file_of(world, deliver(world, name="thumbnail.webp", content=out.getvalue()))
    assert file.key.endswith("/original-thumbnail.webp")
    assert len(set(world.keys())) == 4


def test_a_name_full_of_tricks_becomes_harmless(world):
    file = file_of(
        world, deliver(world, name="../../etc/\u202egpj.\x00evil\U0001f600" + "x" * 300 + ".jpg")
    )
    assert file.state is FileState.DELIVERED
    assert file.key.isascii()
    assert ".." not in file.key
    assert file.name.endswith(".jpg")
    assert "\u202e" not in file.name


def test_a_wrong_answer_of_the_cdn_names_the_step(world):
    world.edge.spoil = {"content-type": "text/html"}
    upload_id = deliver(world)
    file = file_of(world, upload_id)
    assert file.state is FileState.UNDELIVERED
    assert [s.name for s in file.delivery if not s.ok] == [
        "thumbnail: content type",
        "original: content type",
    ]
    world.edge.spoil = {}
    assert world.service.recheck(world.actor, upload_id).state is FileState.DELIVERED


def test_a_cdn_that_is_away_for_a_moment_is_asked_again(world):
    world.edge.status = 503
    upload_id = deliver(world)
    assert file_of(world, upload_id).state is FileState.PROCESSING
    world.edge.status = 200
    world.clock.advance(seconds=2)
    assert world.runner.run_until_idle() == 1
    assert file_of(world, upload_id).state is FileState.DELIVERED


@pytest.mark.parametrize("status", [0, 503])
def test_a_cdn_that_stays_away_is_one_failed_step_each(world, status):
    world.edge.status = status
    upload_id = deliver(world)
    for _ in range(4):
        world.clock.advance(seconds=10)
        world.runner.run_until_idle()
    file = file_of(world, upload_id)
    assert file.state is FileState.UNDELIVERED
    assert [(s.name, s.actual) for s in file.delivery] == [
        ("thumbnail: status", str(status)),
        ("original: status", str(status)),
    ]


def test_who_may_see_a_file_may_have_it_checked_again(world):
    upload_id = deliver(world)
    seen = world.service.recheck(CAT, upload_id)
    assert seen.state is FileState.DELIVERED
    assert {field.value for field in seen.removed} == {""}
    with pytest.raises(NotFound):
        world.service.recheck(BEN, upload_id)
    with pytest.raises(NotFound):
        world.service.recheck(world.actor, "nothing")


def large():
    return b"0123456789abcdef" * 400_000  # 6.4 MB: two parts


def open_large(world):
    content = large()
    ticket = world.service.open(world.actor, request("film.bin", content, "video/mp4"))
    assert (ticket.method, ticket.part_size) == ("multipart", 5 * 1024**2)
    return ticket.upload_id, content


def put_part(world, upload_id, number, content):
    upload = world.service.status(world.actor, upload_id)
    size = upload.part_size
    world.bucket._s3.upload_part(
        Bucket="media",
        Key=upload.key,
        UploadId=upload.multipart_id,
        PartNumber=number,
        Body=content[(number - 1) * size : number * size],
    )


def test_a_large_file_comes_in_parts_and_is_resumed_after_a_gap(world):
    upload_id, content = open_large(world)
    put_part(world, upload_id, 1, content)
    assert [part.part_number for part in world.service.parts(world.actor, upload_id)] == [1]
    with pytest.raises(Conflict, match="Only 5242880 of 6400000"):
        world.service.complete(world.actor, upload_id)
    assert "partNumber=2" in world.service.part_url(world.actor, upload_id, 2)
    put_part(world, upload_id, 2, content)
    world.service.complete(world.actor, upload_id)
    world.runner.run_until_idle()
    file = file_of(world, upload_id)
    assert (file.state, file.size) == (FileState.DELIVERED, len(content))
    with pytest.raises(Conflict):
        world.service.parts(world.actor, upload_id)


def test_a_part_that_cannot_exist_has_no_address(world):
    upload_id, _ = open_large(world)
    for number in (0, 3):
        with pytest.raises(InvalidInput, match="no part"):
            world.service.part_url(world.actor, upload_id, number)


def test_joined_parts_survive_a_crash_before_they_are_recorded(world):
    upload_id, content = open_large(world)
    put_part(world, upload_id, 1, content)
    put_part(world, upload_id, 2, content)
    upload = world.service.status(world.actor, upload_id)
    parts = world.bucket.parts(upload.key, upload.multipart_id)
    world.bucket.complete_multipart(upload.key, upload.multipart_id, parts)
    assert world.service.complete(world.actor, upload_id).file.id == upload_id


def test_an_aborted_upload_leaves_nothing_and_stays_aborted(world):
    upload_id, content = open_large(world)
    put_part(world, upload_id, 1, content)
    world.service.abort(world.actor, upload_id)
    world.service.abort(world.actor, upload_id)
    assert world.bucket.list_uploads("incoming/") == ()
    assert world.service.status(world.actor, upload_id).state is UploadState.ABORTED
    with pytest.raises(Conflict, match="given up"):
        world.service.complete(world.actor, upload_id)


def test_a_completed_upload_cannot_be_aborted(world):
    upload_id = deliver(world)
    with pytest.raises(Conflict, match="already"):
        world.service.abort(world.actor, upload_id)


def test_a_program_sends_a_file_in_one_call(world):
    file = world.service.receive(world.actor, request(folder="a//b"), io.BytesIO(PHOTO))
    assert (file.state, file.folder) == (FileState.DELIVERED, "a/b")
    assert world.runner.run_until_idle() == 0


@pytest.mark.parametrize(
    ("content", "size", "error"),
    [
        (b"", 0, InvalidInput),
        (PHOTO[:5000], 0, UnreadableContent),
        (PHOTO, len(PHOTO) + 1, UnreadableContent),
        (b"text", 0, UnsupportedType),
    ],
)
def test_a_program_hears_at_once_what_is_wrong(world, content, size, error):
    asked = UploadRequest(name="photo.jpg", size=size, content_type="image/jpeg")
    with pytest.raises(error):
        world.service.receive(world.actor, asked, io.BytesIO(content))
    assert world.keys() == []


def test_a_stream_over_the_limit_is_cut_off(world, monkeypatch):
    monkeypatch.setattr("core.upload.policy.STREAMED_LIMIT", 1024)
    with pytest.raises(TooLarge):
        world.service.receive(world.actor, request(), io.BytesIO(PHOTO))
    assert world.keys() == []
