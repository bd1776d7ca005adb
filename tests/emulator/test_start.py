"""The embedded cloud starts, is joined, and deploys the template."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.emulator


def test_the_app_reads_back_what_it_stored(emulator):
    s3 = emulator.clients().s3
    bucket = emulator.stack.media_bucket

    s3.put_object(Bucket=bucket, Key="media/start/a.txt", Body=b"hello")

    assert s3.get_object(Bucket=bucket, Key="media/start/a.txt")["Body"].read() == b"hello"
