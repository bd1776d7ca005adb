"""Versions are complete although their bytes live on disk, and memory stays small."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

import pytest

pytestmark = pytest.mark.emulator


@pytest.fixture
def s3(emulator):
    return emulator.clients().s3


@pytest.fixture
def key(emulator):
    return {"Bucket": emulator.stack.media_bucket, "Key": f"media/{uuid.uuid4().hex}/v.txt"}


def read(s3, key, **options):
    return s3.get_object(**key, **options)["Body"].read()


def test_each_version_keeps_its_bytes(s3, key):
    versions = {
        s3.put_object(**key, Body=body)["VersionId"]: body for body in (b"1", b"22", b"333")
    }

    assert {v: read(s3, key, VersionId=v) for v in versions} == versions
    assert read(s3, key) == b"333"


def test_an_older_version_comes_back_when_the_newer_is_deleted(s3, key):
    s3.put_object(**key, Body=b"old")
    newer = s3.put_object(**key, Body=b"new")["VersionId"]

    s3.delete_object(**key, VersionId=newer)

    assert read(s3, key) == b"old"


def test_a_deleted_object_comes_back_when_its_marker_is_removed(s3, key):
    s3.put_object(**key, Body=b"kept")
    marker = s3.delete_object(**key)["VersionId"]

    s3.delete_object(**key, VersionId=marker)

    assert read(s3, key) == b"kept"


def test_an_old_version_can_be_copied_back(s3, key):
    old = s3.put_object(**key, Body=b"old")["VersionId"]
    s3.put_object(**key, Body=b"new")

    s3.copy_object(**key, CopySource={**key, "VersionId": old})

    assert read(s3, key) == b"old"


def resident_mib(emulator):
    status = Path(f"/proc/{emulator.pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def test_what_was_stored_does_not_stay_in_memory(emulator, s3, key):
    s3.put_object(**key, Body=b"warm")
    before = resident_mib(emulator)
    for _ in range(10):
        s3.put_object(**key, Body=os.urandom(10 * 1024 * 1024))

    assert resident_mib(emulator) - before < 50
