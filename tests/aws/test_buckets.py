"""Moving objects in a bucket of moto: small and large ones, with all that belongs to them."""

import ast
from pathlib import Path

import botocore.session
import pytest
from botocore import xform_name
from moto import mock_aws

from core.aws import buckets
from core.aws.buckets import ObjectMover, same_object
from core.aws.clients import AwsClients
from core.errors import NotFound

MIB = 1024 * 1024
HEADERS = {"CacheControl": "max-age=60", "ContentType": "image/jpeg", "Metadata": {"taken": "7"}}


@pytest.fixture
def s3():
    with mock_aws():
        clients = AwsClients("us-east-1", None, "AKIATEST", "secret")
        clients.s3.create_bucket(Bucket="media")
        yield clients.s3


@pytest.fixture
def mover(s3):
    return ObjectMover(s3, "media")


def put(s3, key, body=b"bytes", **more):
    s3.put_object(Bucket="media", Key=key, Body=body, **{**HEADERS, **more})


def test_a_copy_has_the_headers_the_class_and_the_tags(s3, mover):
    put(s3, "old", StorageClass="STANDARD_IA", Tagging="kind=photo")
    mover.copy(mover.look("old"), "new")
    made = mover.look("new")
    assert same_object(mover.look("old"), made)
    assert made.storage_class == "STANDARD_IA"
    assert made.headers["Metadata"] == {"taken": "7"}
    tags = s3.get_object_tagging(Bucket="media", Key="new")["TagSet"]
    assert tags == [{"Key": "kind", "Value": "photo"}]


def test_what_is_too_large_for_one_copy_goes_in_parts_with_all_that_belongs_to_it(
    s3, mover, monkeypatch
):
    monkeypatch.setattr(buckets, "LARGEST_COPY", 1)
    monkeypatch.setattr(buckets, "_PART", 5 * MIB)
    put(s3, "old", b"x" * (6 * MIB), Tagging="a=1&b=2")
    mover.copy(mover.look("old"), "new")
    old, new = mover.look("old"), mover.look("new")
    assert (new.size, new.headers) == (old.size, old.headers)
    assert new.etag != old.etag
    assert not same_object(old, new)  # nothing here proves it: whoever copied has to remember
    tags = {
        t["Key"]: t["Value"] for t in s3.get_object_tagging(Bucket="media", Key="new")["TagSet"]
    }
    assert tags == {"a": "1", "b": "2"}


def test_other_bytes_headers_or_tags_are_another_object(s3, mover):
    put(s3, "old")
    put(s3, "bytes", b"sbyte")
    put(s3, "header", CacheControl="no-store")
    put(s3, "tags", Tagging="kind=photo")
    old = mover.look("old")
    assert same_object(old, old)
    assert not any(same_object(old, mover.look(key)) for key in ("bytes", "header", "tags"))


def test_a_checksum_tells_where_etags_differ():
    def facts(etag, **sums):
        return buckets.ObjectFacts("k", 5, etag, {}, {}, sums)

    assert same_object(facts("a", ChecksumSHA256="x"), facts("b", ChecksumSHA256="x"))
    assert not same_object(facts("a", ChecksumSHA256="x"), facts("b", ChecksumSHA256="y"))
    assert not same_object(facts("a", ChecksumSHA256="x-2"), facts("b", ChecksumSHA256="x-2"))


def test_a_hidden_object_comes_back_only_where_versions_are_kept(s3, mover):
    put(s3, "plain")
    mover.hide("plain")
    assert not mover.keeps_versions()
    assert not mover.bring_back("plain")
    s3.put_bucket_versioning(Bucket="media", VersioningConfiguration={"Status": "Enabled"})
    assert mover.keeps_versions()
    put(s3, "kept")
    put(s3, "kept-too")
    mover.hide("kept")
    with pytest.raises(NotFound):
        mover.look("kept")
    assert mover.bring_back("kept")
    assert mover.look("kept").version_id
    assert not mover.bring_back("kept")
    assert [one.key for one in mover.listed("kep")] == ["kept", "kept-too"]


def calls():
    tree = ast.parse(Path(buckets.__file__).read_text())
    for node in ast.walk(tree):
        called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
        if called.startswith("self._s3.") and "get_paginator" not in called:
            yield node.func.attr, [k.arg for k in node.keywords if k.arg]


@pytest.mark.parametrize(("method", "arguments"), list(calls()))
def test_the_operation_and_its_arguments_exist(method, arguments):
    model = botocore.session.get_session().get_service_model("s3")
    names = {xform_name(name): name for name in model.operation_names}
    shape = model.operation_model(names[method]).input_shape
    kept = buckets._KEPT + buckets._STORED_AS
    assert set(arguments) <= set(shape.members)
    if method == "create_multipart_upload":
        assert set(kept) <= set(shape.members)
