"""Progress photos: private, flat keys, both forms of old records, undo for a day."""

import io
import itertools
from datetime import date

import pytest
from PIL import Image

from core.aws.s3 import ServedAs
from core.errors import Conflict, InvalidInput, NotFound, TooLarge, UnsupportedType
from core.model.identity import Actor, Role
from core.model.preferences import Preferences
from core.model.progress import ProgressPhoto
from core.upload import progress_keys
from core.upload.service.progress import NewPhoto, ProgressService

BOB = Actor(account_id="bob", role=Role.ADMIN)


@pytest.fixture
def progress(world):
    return service(world)


def service(world):
    return ProgressService(world.store, world.bucket, world.audit, world.settings, world.clock)


def picture(size=(60, 40), **options):
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, "JPEG", **options)
    out.seek(0)
    return out


def taken(day):
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = f"{day:%Y:%m:%d} 08:00:00"
    exif[0x0112] = 6
    return exif


def test_a_photo_is_upright_stripped_private_and_flat(world, progress):
    photo = progress.add(
        world.actor, picture(exif=taken(date(2026, 5, 3))), NewPhoto(note=" a\n b")
    )
    assert photo.key == f"progress-photos/{photo.id}"
    assert len(photo.id) == 32
    assert (photo.width, photo.height) == (40, 60)
    assert (photo.taken_on, photo.note) == (date(2026, 5, 3), "a b")
    stored = world.bucket.head(photo.key)
    assert (stored.content_type, stored.cache_control) == ("image/jpeg", "private, no-store")
    body = b"".join(world.bucket.open_stream(stored.ref))
    assert not Image.open(io.BytesIO(body)).getexif()
    assert world.bucket.head(photo.thumbnail_key).cache_control == "private, no-store"
    assert world.actions() == ["progress_photo.added"]


def test_the_day_is_the_persons_then_the_cameras_then_today_where_they_are(world, progress):
    world.clock.now = world.clock.now.replace(hour=23, minute=30)
    far = world.actor.model_copy(update={"preferences": Preferences(time_zone="Asia/Tokyo")})
    exif = taken(date(2026, 5, 3))
    assert progress.add(far, picture(exif=exif), NewPhoto(date(2026, 1, 2))).taken_on.month == 1
    assert progress.add(far, picture(), NewPhoto()).taken_on > world.clock.now.date()
    ahead = progress.add(world.actor, picture(exif=taken(date(2099, 1, 1))), NewPhoto())
    assert ahead.taken_on == world.clock.now.date()


@pytest.mark.parametrize("day", [date(1899, 12, 31), date(2999, 1, 1)])
def test_a_day_that_can_not_be_is_refused(world, progress, day):
    with pytest.raises(InvalidInput, match="can't be the day"):
        progress.add(world.actor, picture(), NewPhoto(day))
    assert world.keys() == []


def test_nobody_else_sees_one_whatever_their_role(world, progress):
    photo = progress.add(world.actor, picture(), NewPhoto())
    assert progress.page(BOB).items == ()
    for ask in (progress.photo, progress.delete, progress.restore):
        with pytest.raises(NotFound, match="There is no photo"):
            ask(BOB, photo.id)
    with pytest.raises(NotFound, match="There is no photo"):
        progress.picture(BOB, photo)


def test_a_look_is_a_signed_address_for_minutes(world, progress):
    photo = progress.add(world.actor, picture(), NewPhoto())
    look = progress.picture(world.actor, photo)
    assert "X-Amz-Expires=300" in look.url
    assert "response-cache-control=private" in look.url
    assert look.url not in repr(look)
    assert (look.expires_at - world.clock()).total_seconds() == 300
    assert f"{photo.id}-400" in progress.picture(world.actor, photo, small=True).url


def test_what_is_no_picture_leaves_nothing(world, progress):
    large = b"\xff\xd8\xff" + b"0" * (6 * 1024**2)
    refused = ((b"", InvalidInput), (b"no picture", UnsupportedType), (large, TooLarge))
    for content, error in refused:
        with pytest.raises(error):
            progress.add(world.actor, io.BytesIO(content), NewPhoto())
    assert world.keys() == []
    assert progress.page(world.actor).items == ()


def test_the_latest_day_comes_first_page_by_page(world, progress):
    for day in (3, 1, 2):
        progress.add(world.actor, picture(), NewPhoto(date(2026, 5, day)))
    first = progress.page(world.actor, limit=2)
    rest = progress.page(world.actor, limit=2, after=first.next)
    assert [p.taken_on.day for p in (*first.items, *rest.items)] == [3, 2, 1]
    assert rest.next is None


# By ticket


def send(world, ticket, body):
    world.bucket.put(ticket.fields["key"], body, ServedAs(ticket.fields["Content-Type"]))


def test_bytes_that_were_sent_by_ticket_are_taken_in_once(world, progress):
    body = picture().getvalue()
    ticket = progress.open(world.actor, len(body), "image/jpeg", NewPhoto(note="front"))
    with pytest.raises(Conflict, match="have not arrived"):
        progress.complete(world.actor, ticket.upload_id)
    send(world, ticket, body)
    with pytest.raises(NotFound):
        progress.complete(BOB, ticket.upload_id)
    photo = progress.complete(world.actor, ticket.upload_id)
    assert photo.note == "front"
    assert progress.complete(world.actor, ticket.upload_id) == photo
    assert world.keys() == sorted([photo.key, photo.thumbnail_key])
    world.clock.advance(days=3)
    assert progress.sweep() == 0


def test_a_ticket_takes_more_than_json_and_not_everything(world, progress):
    progress.open(world.actor, 20 * 1024**2, "image/heic", NewPhoto())
    with pytest.raises(TooLarge, match="more than 25 MiB"):
        progress.open(world.actor, 26 * 1024**2, "image/heic", NewPhoto())


@pytest.mark.parametrize("body", [b"x" * 9, b"<html>1234"])
def test_wrong_bytes_end_the_ticket_and_nothing_is_kept(world, progress, body):
    ticket = progress.open(world.actor, 10, "image/jpeg", NewPhoto())
    send(world, ticket, body)
    with pytest.raises(InvalidInput):
        progress.complete(world.actor, ticket.upload_id)
    assert world.keys() == []
    with pytest.raises(NotFound):
        progress.complete(world.actor, ticket.upload_id)


def test_a_ticket_that_nobody_completes_is_swept(world, progress):
    ticket = progress.open(world.actor, 3, "image/jpeg", NewPhoto())
    send(world, ticket, b"abc")
    world.clock.advance(minutes=90)
    assert progress.sweep() == 0
    world.clock.advance(minutes=31)
    assert progress.sweep() == 1
    assert world.keys() == []


def test_objects_of_an_upload_that_crashed_are_swept(world, progress, monkeypatch):
    def power_cut(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(progress._arrival, "_file", power_cut)
    with pytest.raises(KeyboardInterrupt):
        progress.add(world.actor, picture(), NewPhoto())
    assert len(world.keys()) == 2
    world.clock.advance(hours=2)
    assert service(world).sweep() == 1
    assert world.keys() == []


# Deleting, and having back


def test_a_picture_that_another_record_names_is_not_erased_with_the_photo(world, progress):
    photo = progress.add(world.actor, picture(), NewPhoto())
    twin = photo.model_copy(update={"id": "twin", "owner_id": "bob", "thumbnail_key": ""})
    progress._photos.add(twin)
    progress.delete(world.actor, photo.id)
    world.clock.advance(days=2)
    assert progress.sweep() == 1
    assert world.keys() == [photo.key]
    progress.delete(BOB, "twin")
    world.clock.advance(days=2)
    assert progress.sweep() == 1
    assert world.keys() == []


def test_however_many_are_erased_the_store_is_read_once_for_what_names_them(
    world, progress, monkeypatch
):
    """On DynamoDB each such reading pays for the whole table."""
    for _ in range(3):
        progress.delete(world.actor, progress.add(world.actor, picture(), NewPhoto()).id)
    world.clock.advance(days=2)
    reads, snapshot = [], world.store.snapshot
    monkeypatch.setattr(world.store, "snapshot", lambda kind: reads.append(kind) or snapshot(kind))
    assert progress.sweep() == 3
    assert reads.count("progress_photo") == 1
    assert world.keys() == []


def test_a_deleted_photo_can_be_had_back_for_a_day(world, progress):
    photo = progress.add(world.actor, picture(), NewPhoto())
    progress.delete(world.actor, photo.id)
    assert progress.page(world.actor).items == ()
    assert [p.id for p in progress.page(world.actor, deleted=True).items] == [photo.id]
    world.clock.advance(hours=23)
    assert progress.sweep() == 0
    assert progress.restore(world.actor, photo.id) == photo
    world.clock.advance(days=2)
    assert progress.sweep() == 0
    assert progress.page(world.actor).items == (photo,)


def test_after_a_day_nothing_is_left_of_it(world, progress):
    photo = progress.add(world.actor, picture(), NewPhoto())
    progress.delete(world.actor, photo.id)
    progress.delete(world.actor, photo.id)
    world.clock.advance(days=1, seconds=1)
    assert progress.sweep() == 1
    assert world.keys() == []
    with pytest.raises(NotFound):
        progress.restore(world.actor, photo.id)


def test_a_photo_that_is_had_back_while_it_is_swept_stays_whole(world, progress, monkeypatch):
    photo = progress.add(world.actor, picture(), NewPhoto())
    progress.delete(world.actor, photo.id)
    world.clock.advance(days=2)
    find = progress._photos.find

    def slow(id):
        stored = find(id)
        monkeypatch.setattr(progress._photos, "find", find)
        progress.restore(world.actor, id)
        return stored

    monkeypatch.setattr(progress._photos, "find", slow)
    assert progress.sweep() == 0
    assert len(world.keys()) == 2
    assert progress.page(world.actor).items == (photo,)


# Records of before


def old_record(world, progress, photo, key, **more):
    data = {"photoId": photo, "userId": "ann", "s3_key": key, "taken_on": "2025-03-01"}
    data |= {"uploaded_at": world.clock().isoformat(), **more}
    return progress._photos.add(ProgressPhoto.model_validate(data))


OLD, FLAT = "users/abc123/progress-photos/xyz789.jpg", "progress-photos/xyz789.jpg"


@pytest.mark.parametrize("at", [OLD, FLAT])
def test_an_old_record_is_shown_from_whichever_form_exists(world, progress, at):
    photo = old_record(world, progress, "xyz789.jpg", OLD)
    assert photo.legacy
    world.bucket.put(at, b"x", ServedAs("image/jpeg"))
    assert f"/{at}?" in progress.picture(world.actor, photo).url
    assert f"/{at}?" in progress.picture(world.actor, photo, small=True).url


def test_an_old_record_without_a_picture_says_so(world, progress):
    photo = old_record(world, progress, "xyz789.jpg", OLD)
    with pytest.raises(NotFound, match="gone from the bucket"):
        progress.picture(world.actor, photo)


def test_deleting_takes_both_forms(world, progress):
    world.bucket.put("users/other/progress-photos/0.jpg", b"y", ServedAs("image/jpeg"))
    cases = itertools.product((True, False), ("old", "flat", "both", "none"))
    for number, (recorded_flat, there) in enumerate(cases):
        flat = f"progress-photos/{number}.jpg"
        old = f"users/{'ann' if recorded_flat else 'abc123'}/{flat}"
        photo = old_record(world, progress, f"{number}.jpg", flat if recorded_flat else old)
        for key in {"old": (old,), "flat": (flat,), "both": (old, flat), "none": ()}[there]:
            world.bucket.put(key, b"x", ServedAs("image/jpeg"))
        progress.delete(world.actor, photo.id)
    world.clock.advance(days=2)
    assert progress.sweep() == 8
    assert world.keys() == ["users/other/progress-photos/0.jpg"]


def test_a_flat_key_that_is_another_photos_by_now_stays(world, progress):
    other = progress.add(world.actor, picture(), NewPhoto())
    old = old_record(world, progress, "r1", f"users/abc/progress-photos/{other.id}")
    world.bucket.put(old.key, b"x", ServedAs("image/jpeg"))
    progress.delete(world.actor, "r1")
    world.clock.advance(days=2)
    progress.sweep()
    assert world.keys() == sorted([other.key, other.thumbnail_key])


def test_a_key_of_neither_form_is_only_itself():
    photo = ProgressPhoto(
        id="a", owner_id="ann", key="elsewhere/a.jpg", taken_on=date(2026, 1, 1),
        uploaded_at="2026-01-01T00:00:00Z",
    )  # fmt: skip
    assert progress_keys.forms(photo) == ("elsewhere/a.jpg",)


def test_a_long_note_is_refused(world, progress):
    with pytest.raises(InvalidInput, match="The note has 501 characters"):
        progress.add(world.actor, picture(), NewPhoto(note="x" * 501))
