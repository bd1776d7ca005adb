"""What strangers on the same machine try against the emulator's port, and what they get."""

from __future__ import annotations

from pathlib import Path

import boto3
import httpx
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

pytestmark = pytest.mark.emulator

ORIGIN = {"Origin": "http://localhost:8501"}
EVIL = {"Origin": "http://evil.example"}
ROOT = (
    "AWS4-HMAC-SHA256 Credential={key}/20261120/us-east-1/s3/aws4_request,"
    " SignedHeaders=host, Signature=0"
)


@pytest.fixture
def port(emulator):
    with httpx.Client(base_url=emulator.endpoint, trust_env=False) as client:
        yield client


@pytest.mark.parametrize("path", ["/_ministack/reset", "/_ministack/config", "/_localstack/health"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_administration_is_refused(port, path, method):
    answer = port.request(method, path, headers={"Content-Type": "text/plain"})

    assert answer.status_code == 403


def test_nothing_is_lost_by_an_attempted_reset(port, emulator):
    port.post("/_ministack/reset", headers=EVIL)

    emulator.clients().s3.head_bucket(Bucket=emulator.stack.media_bucket)


def test_a_foreign_origin_is_refused_even_for_its_preflight(port, emulator):
    headers = {**EVIL, "Access-Control-Request-Method": "PUT"}

    answer = port.options(f"/{emulator.stack.media_bucket}/media/x", headers=headers)

    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers


def test_the_site_itself_passes_its_preflight(port, emulator):
    headers = {**ORIGIN, "Access-Control-Request-Method": "PUT"}

    answer = port.options(f"/{emulator.stack.media_bucket}/incoming/x", headers=headers)

    assert answer.headers["access-control-allow-origin"] == ORIGIN["Origin"]


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1", "127.0.0.1:1"])
def test_another_host_name_is_refused(port, host):
    assert port.get("/", headers={"Host": host}).status_code == 403


@pytest.mark.parametrize("key", ["test", "000000000000", "123456789012"])
def test_a_root_key_in_the_header_is_refused(port, key):
    assert port.get("/", headers={"Authorization": ROOT.format(key=key)}).status_code == 403


@pytest.mark.parametrize(
    "query",
    [
        (
            "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=test%2F20261120%2Fus-east-1%2Fs3"
            "%2Faws4_request&X-Amz-Date=20261120T000000Z&X-Amz-Expires=9&X-Amz-SignedHeaders=host"
            "&X-Amz-Signature=0"
        ),
        "AWSAccessKeyId=test&Signature=0&Expires=9999999999",
    ],
)
def test_a_root_key_in_the_address_is_refused(port, emulator, query):
    answer = port.get(f"/{emulator.stack.media_bucket}/?{query}")

    assert answer.status_code == 403
    assert "Contents" not in answer.text


@pytest.mark.parametrize("secret", ["test", "guessed"])
def test_a_form_signed_for_a_root_key_is_refused(port, emulator, secret):
    forger = boto3.client(
        "s3",
        region_name="us-east-1",
        endpoint_url=emulator.endpoint,
        aws_access_key_id="test",
        aws_secret_access_key=secret,
        config=Config(signature_version="s3v4", s3={"addressing_style": "path"}),
    )
    form = forger.generate_presigned_post(emulator.stack.media_bucket, "media/forged.txt")

    answer = port.post(form["url"], data=form["fields"], files={"file": b"x"})

    assert answer.status_code == 403
    assert not exists(emulator, "media/forged.txt")


def test_a_form_without_a_signature_is_refused(port, emulator):
    answer = port.post(
        f"/{emulator.stack.media_bucket}", data={"key": "media/bare.txt"}, files={"file": b"x"}
    )

    assert answer.status_code == 403
    assert not exists(emulator, "media/bare.txt")


def test_an_unsigned_write_is_refused(port, emulator):
    answer = port.put(f"/{emulator.stack.media_bucket}/media/unsigned.txt", content=b"x")

    assert answer.status_code == 403


@pytest.mark.parametrize("service", ["lambda", "secretsmanager"])
def test_services_that_the_product_does_not_use_are_not_served(emulator, service):
    root = emulator.root_clients()
    client = root._client(service)
    list_something = {
        "lambda": "list_functions",
        "secretsmanager": "list_secrets",
    }[service]

    with pytest.raises(ClientError, match="400"):
        getattr(client, list_something)()


def test_a_websocket_is_refused(port):
    headers = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }

    assert port.get("/", headers=headers).status_code == 403


def test_only_loopback_listens(emulator):
    hexadecimal = f"{emulator.port:04X}"
    lines = Path("/proc/net/tcp").read_text().splitlines()
    listening = [line.split()[1] for line in lines if line.split()[3] == "0A"]

    assert [a for a in listening if a.endswith(f":{hexadecimal}")] == [f"0100007F:{hexadecimal}"]


def exists(emulator, key):
    found = emulator.root_clients().s3.list_objects_v2(
        Bucket=emulator.stack.media_bucket, Prefix=key
    )
    return found["KeyCount"] > 0
