"""The bucket adapter against moto: what is written is what is read, and addresses say so."""

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.credentials import RefreshableCredentials
from moto import mock_aws

import core.aws.s3 as s3_module
from core.aws.clients import AwsClients
from core.aws.s3 import MediaBucket, ServedAs
from core.errors import Configuration, Conflict, NotFound
from core.model.media import ObjectRef

HOUR = timedelta(hours=1)
PNG = ServedAs("image/png", "public, max-age=31536000, immutable", "inline")


@pytest.fixture
def bucket():
    with mock_aws():
        client = AwsClients("us-east-1", None, "AKIATEST", "secret").s3
        client.create_bucket(Bucket="media")
        client.put_bucket_versioning(Bucket="media", VersioningConfiguration={"Status": "Enabled"})
        yield MediaBucket(client, "media")


def test_an_object_answers_with_the_headers_it_was_put_with(bucket):
    ref = bucket.put("a b/ü.png", b"bytes", PNG, {"file": "1"})
    found = bucket.head("a b/ü.png")
    assert found.ref == ref
    assert found.ref.size == 5
    assert (found.content_type, found.content_disposition) == ("image/png", "inline")
    assert found.cache_control == "public, max-age=31536000, immutable"
    assert found.metadata == {"file": "1"}


def test_a_missing_object_is_not_found(bucket):
    assert bucket.find("nothing") is None
    with pytest.raises(NotFound):
        bucket.head("nothing")


def test_a_missing_bucket_is_a_matter_of_configuration(bucket):
    other = MediaBucket(bucket._s3, "elsewhere")
    with pytest.raises(Configuration):
        other.put("k", b"", PNG)
    bucket.check()
    with pytest.raises((NotFound, Configuration)):
        other.check()


def test_a_stream_gives_the_pinned_version_even_after_an_overwrite(bucket):
    ref = bucket.put("k", b"first" * 1000, PNG)
    bucket.put("k", b"second", PNG)
    assert b"".join(bucket.open_stream(ref)) == b"first" * 1000
    assert bucket.read_range("k", 0, 3, ref.version_id) == b"fir"


def test_a_stream_of_changed_bytes_is_a_conflict(bucket):
    ref = bucket.put("k", io.BytesIO(b"first"), PNG)
    bucket.put("k", b"second", PNG)
    unpinned = ref.model_copy(update={"version_id": None})
    with pytest.raises(Conflict):
        list(bucket.open_stream(unpinned))


def test_a_copy_has_its_own_headers(bucket):
    source = bucket.put("from", b"bytes", ServedAs("text/html"))
    target = bucket.copy(
        source, "to/ü +.bin", ServedAs("application/octet-stream", "", "attachment")
    )
    found = bucket.head("to/ü +.bin")
    assert found.ref == target
    assert (found.content_type, found.content_disposition) == (
        "application/octet-stream",
        "attachment",
    )


def test_a_very_large_object_is_copied_in_parts(bucket, monkeypatch):
    monkeypatch.setattr(s3_module, "LARGEST_COPY", 6 * 1024**2)
    monkeypatch.setattr(s3_module, "_COPY_PART", 5 * 1024**2)
    body = b"0123456789" * 800_000
    source = bucket.put("from", body, PNG)
    target = bucket.copy(source, "to", PNG)
    assert target.size == len(body)
    assert b"".join(bucket.open_stream(target)) == body
    assert bucket.head("to").content_type == "image/png"


def test_a_copy_in_parts_that_fails_leaves_no_parts(bucket, monkeypatch):
    monkeypatch.setattr(s3_module, "LARGEST_COPY", 6 * 1024**2)
    monkeypatch.setattr(s3_module, "_COPY_PART", 5 * 1024**2)
    source = bucket.put("from", b"0123456789" * 800_000, PNG)
    bucket.erase("from")
    with pytest.raises(NotFound):
        bucket.copy(source, "to", PNG)
    assert bucket.list_uploads("to") == ()


def test_what_is_carried_keeps_its_headers_and_the_bytes_of_its_version(bucket):
    first = bucket.put("k", b"first", ServedAs("text/plain", "no-store", "attachment"))
    bucket.put("k", b"second", PNG)
    there = bucket.carry(first, "there")
    found = bucket.head("there")
    assert bucket.read_range("there", 0, 9) == b"first"
    assert found.ref == there
    assert (found.content_type, found.cache_control, found.content_disposition) == (
        *("text/plain", "no-store", "attachment"),
    )
    bucket.carry(first, "there", lambda headers: replace(headers, cache_control="max-age=9"))
    assert bucket.head("there").cache_control == "max-age=9"
    assert bucket.head("there").content_disposition == "attachment"
    with pytest.raises(NotFound):
        bucket.carry(there.model_copy(update={"key": "never"}), "there")


def test_a_folder_goes_but_for_what_is_to_be_kept(bucket):
    for key in ("f/1/a", "f/1/b", "f/1/b2"):
        bucket.put(key, b"x", PNG)
    assert bucket.delete_prefix("f/1/", {"f/1/b"}) == 2
    assert [found.ref.key for found in bucket.list("f/")] == ["f/1/b"]


def test_delete_hides_and_erase_removes_every_version(bucket):
    first = bucket.put("k", b"1", PNG)
    bucket.put("k", b"2", PNG)
    bucket.put("k-longer", b"3", PNG)
    bucket.delete("k")
    assert bucket.find("k") is None
    assert bucket.head("k", first.version_id).ref.size == 1
    assert bucket.erase("k") == 3
    with pytest.raises(NotFound):
        bucket.head("k", first.version_id)
    assert bucket.find("k-longer") is not None
    assert bucket.erase("k") == 0


def test_a_folder_is_removed_and_its_neighbour_stays(bucket):
    for key in ("f/1/a", "f/1/b", "f/10/a"):
        bucket.put(key, b"x", PNG)
    assert bucket.delete_prefix("f/1/") == 2
    assert [o.ref.key for o in bucket.list("f/")] == ["f/10/a"]
    with pytest.raises(ValueError, match="not a folder"):
        bucket.delete_prefix("f/1")


def test_a_listing_starts_after_a_key(bucket):
    for key in ("l/1", "l/2", "l/3"):
        bucket.put(key, b"x", PNG)
    assert [o.ref.key for o in bucket.list("l/", start_after="l/1")] == ["l/2", "l/3"]


def test_a_multipart_upload_lists_its_parts_and_becomes_an_object(bucket):
    upload = bucket.create_multipart("big", "video/mp4")
    for number, body in ((1, b"a" * 5 * 1024**2), (2, b"b")):
        bucket._s3.upload_part(
            Bucket="media", Key="big", UploadId=upload, PartNumber=number, Body=body
        )
    assert [u.multipart_id for u in bucket.list_uploads("b")] == [upload]
    parts = bucket.parts("big", upload)
    assert [(p.part_number, p.size) for p in parts] == [(1, 5 * 1024**2), (2, 1)]
    ref = bucket.complete_multipart("big", upload, parts)
    assert bucket.head("big").ref == ref
    with pytest.raises(NotFound):
        bucket.parts("big", upload)


def test_aborting_twice_is_silent(bucket):
    upload = bucket.create_multipart("big", "video/mp4")
    bucket.abort_multipart("big", upload)
    bucket.abort_multipart("big", upload)
    assert bucket.list_uploads("") == ()


def test_an_address_for_the_emulator_is_rewritten_for_the_browser():
    client = AwsClients("us-east-1", "http://127.0.0.1:4566", "AKIATEST", "secret").s3
    bucket = MediaBucket(
        client, "media", signing_endpoint="http://127.0.0.1:4566", public_prefix="/emulator/s3"
    )
    url = bucket.presign_get(
        "a b+c/é.png", expires=HOUR, content_disposition='attachment; filename="x"'
    )
    parts = urlsplit(url)
    assert parts.path == "/emulator/s3/media/a%20b%2Bc/%C3%A9.png"
    query = parse_qs(parts.query)
    assert query["X-Amz-Expires"] == ["3600"]
    assert query["response-content-disposition"] == ['attachment; filename="x"']
    part = bucket.part_url("k", "upload", 7, expires=HOUR)
    assert part.startswith("/emulator/s3/media/k?")
    assert parse_qs(urlsplit(part).query)["partNumber"] == ["7"]
    post = bucket.presign_post("k", content_type="image/png", size=3, expires=HOUR)
    assert post.url == "/emulator/s3/media"
    assert post.fields["key"] == "k"


def test_an_address_on_aws_is_absolute_and_regional():
    client = AwsClients("eu-central-1", None, "AKIATEST", "secret").s3
    url = MediaBucket(client, "media").presign_get("k", expires=HOUR)
    assert url.startswith("https://media.s3.eu-central-1.amazonaws.com/k?")


def test_an_unknown_version_is_not_found(bucket):
    ref = bucket.put("k", b"1", PNG)
    gone = ObjectRef(bucket="media", key="k", version_id="0" * 32, etag=ref.etag)
    with pytest.raises(NotFound):
        list(bucket.open_stream(gone))


def test_credentials_without_an_end_never_end(bucket):
    assert bucket.credentials_end() is None


def test_temporary_credentials_tell_when_they_end(bucket):
    end = datetime.now(UTC) + timedelta(minutes=40)
    keys = {"access_key": "A", "secret_key": "s", "token": "t", "expiry_time": end.isoformat()}
    bucket._s3._request_signer._credentials = RefreshableCredentials.create_from_metadata(
        keys, refresh_using=lambda: keys, method="assume-role"
    )
    assert bucket.credentials_end() == end


@pytest.mark.emulator
def test_a_range_of_a_version_takes_in_no_more_than_that(emulator):
    clients = AwsClients("us-east-1", emulator.endpoint, emulator.access_key, emulator.secret_key)
    bucket = MediaBucket(clients.s3, emulator.stack.media_bucket)
    ref = bucket.put("incoming/range", b"0123456789" * 1000, PNG)
    assert bucket.read_range("incoming/range", 7, 5, ref.version_id) == b"78901"
    assert bucket.read_range("incoming/range", 7, 5) == b"78901"
    assert bucket.read_range("incoming/range", 9_998, 5, ref.version_id) == b"89"


def test_the_same_bucket_asked_with_another_client_signs_as_before(bucket):
    other = bucket.asked_with(bucket._s3)
    assert (other.name, type(other)) == (bucket.name, type(bucket))
    assert (
        other.presign_get("a", expires=timedelta(hours=1)).partition("?")[0]
        == (bucket.presign_get("a", expires=timedelta(hours=1)).partition("?")[0])
    )
