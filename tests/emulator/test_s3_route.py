"""Presigned requests through the site reach S3 with their signature intact, or not at all."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import httpx
import pytest

from core.emulator.service import start_emulator
from core.settings import load_settings

pytestmark = pytest.mark.emulator

KEYS = [
    "incoming/plain.bin",
    "incoming/with space.bin",
    "incoming/ünïcode/é.bin",
    "incoming/a+b&c=d;e.bin",
    "incoming/percent%20literal.bin",
    "incoming/tilde~(1)!.bin",
    "incoming/double//slash.bin",
    "incoming/quote'$@,.bin",
]


@pytest.mark.parametrize("key", KEYS)
def test_a_presigned_put_and_get_hold_for_every_spelling_of_a_key(site, key):
    put = site.s3.generate_presigned_url("put_object", {"Bucket": site.bucket, "Key": key})
    assert site.browser.put(raw(site, put), content=b"content").status_code == 200

    get = site.s3.generate_presigned_url("get_object", {"Bucket": site.bucket, "Key": key})
    answer = site.browser.get(raw(site, get))

    assert (answer.status_code, answer.content) == (200, b"content")


def raw(site, url):
    """httpx would tidy the path: send it as it is."""
    path = site.proxied(url)
    return httpx.URL(site.base, raw_path=path.encode())


def presigned_get(site, key="incoming/signed.txt", **options):
    site.s3.put_object(Bucket=site.bucket, Key=key, Body=b"secret", ContentType="text/plain")
    parameters = {"Bucket": site.bucket, "Key": key}
    return site.proxied(site.s3.generate_presigned_url("get_object", parameters, **options))


def test_a_tampered_signature_is_refused(site):
    url = presigned_get(site)
    last = "0" if url[-1] != "0" else "1"

    answer = site.browser.get(url[:-1] + last)

    assert (answer.status_code, "SignatureDoesNotMatch" in answer.text) == (403, True)


def test_a_signature_for_another_key_is_refused(site):
    assert (
        site.browser.get(presigned_get(site).replace("signed.txt", "other.txt")).status_code == 403
    )


def test_an_expired_signature_is_refused(site):
    url = presigned_get(site, ExpiresIn=1).replace("X-Amz-Expires=1", "X-Amz-Expires=0")

    assert site.browser.get(url).status_code == 403


def test_an_address_without_a_signature_is_refused(site):
    answer = site.browser.get(f"/emulator/s3/{site.bucket}/incoming/signed.txt")

    assert answer.status_code == 403
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "path",
    ["/emulator/s3/_ministack/reset", "/emulator/s3/2020-05-31/distribution", "/emulator/s3/"],
)
def test_nothing_but_the_media_bucket_is_reached(site, path):
    signature = f"?X-Amz-Signature={'0' * 64}"

    assert site.browser.get(path + signature).status_code == 404


def test_a_presigned_form_is_stored(site):
    form = site.s3.generate_presigned_post(site.bucket, "incoming/form.txt")

    answer = site.browser.post(
        site.proxied(form["url"]), data=form["fields"], files={"file": ("f.txt", b"by form")}
    )

    assert answer.status_code == 204
    stored = site.s3.get_object(Bucket=site.bucket, Key="incoming/form.txt")
    assert stored["Body"].read() == b"by form"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"x-amz-signature": "0" * 64}, 403),
        ({"key": "incoming/elsewhere.txt"}, 403),
        ({"x-amz-credential": "test/20261120/us-east-1/s3/aws4_request"}, 403),
    ],
)
def test_a_changed_form_is_refused(site, change, status):
    form = site.s3.generate_presigned_post(site.bucket, "incoming/changed.txt")

    answer = site.browser.post(
        site.proxied(form["url"]), data={**form["fields"], **change}, files={"file": b"x"}
    )

    assert answer.status_code == status


def test_a_form_larger_than_allowed_is_refused(site):
    limits = [["content-length-range", 1, 10]]
    form = site.s3.generate_presigned_post(site.bucket, "incoming/big.txt", Conditions=limits)

    answer = site.browser.post(
        site.proxied(form["url"]), data=form["fields"], files={"file": b"x" * 11}
    )

    assert (answer.status_code, "EntityTooLarge" in answer.text) == (400, True)


def test_parts_keep_their_etag_for_the_browser(site):
    upload = site.s3.create_multipart_upload(Bucket=site.bucket, Key="incoming/parts.bin")
    parameters = {
        "Bucket": site.bucket,
        "Key": "incoming/parts.bin",
        "UploadId": upload["UploadId"],
        "PartNumber": 1,
    }
    url = site.proxied(site.s3.generate_presigned_url("upload_part", parameters))

    answer = site.browser.put(url, content=b"part")

    site.s3.complete_multipart_upload(
        Bucket=site.bucket,
        Key="incoming/parts.bin",
        UploadId=upload["UploadId"],
        MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": answer.headers["etag"]}]},
    )
    assert site.s3.head_object(Bucket=site.bucket, Key="incoming/parts.bin")["ContentLength"] == 4


def test_the_browsers_cookies_and_claims_stay_here(site):
    headers = {
        "Cookie": "dashboard_session=x",
        "Authorization": "AWS4-HMAC-SHA256 Credential=test/20261120/us-east-1/s3/aws4_request,"
        " SignedHeaders=host, Signature=0",
        "X-Embed-Token": "guess",
        "X-Amz-Target": "DynamoDB_20120810.ListTables",
        "Origin": "http://evil.example",
    }

    answer = site.browser.get(presigned_get(site), headers=headers)

    assert (answer.status_code, answer.text) == (200, "secret")
    assert "access-control-allow-origin" not in answer.headers


def test_what_is_served_is_harmless_on_our_origin(site):
    answer = site.browser.get(presigned_get(site))

    assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "set-cookie" not in answer.headers


def test_a_download_keeps_its_name_and_serves_parts(site):
    site.s3.put_object(Bucket=site.bucket, Key="incoming/part.txt", Body=b"0123456789")
    parameters = {
        "Bucket": site.bucket,
        "Key": "incoming/part.txt",
        "ResponseContentDisposition": 'attachment; filename="a.txt"',
    }
    url = site.proxied(site.s3.generate_presigned_url("get_object", parameters))

    answer = site.browser.get(url, headers={"Range": "bytes=2-4"})

    assert (answer.status_code, answer.content) == (206, b"234")
    assert answer.headers["content-disposition"] == 'attachment; filename="a.txt"'


def test_without_an_emulator_there_is_nothing(serve):
    base = serve(lambda: None)

    assert httpx.get(f"{base}/emulator/s3/b/k", trust_env=False).status_code == 404
    assert httpx.get(f"{base}/emulator/cdn/l/k", trust_env=False).status_code == 404


def test_an_upload_that_is_given_up_leaves_nothing(site):
    key = {"Bucket": site.bucket, "Key": "incoming/given-up.bin"}
    target = site.proxied(site.s3.generate_presigned_url("put_object", key))
    head = f"PUT {target} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n"
    with socket.create_connection(("127.0.0.1", site.port)) as connection:
        connection.sendall(head.encode() + b"x" * 1000)
    time.sleep(0.3)

    assert site.browser.get("/emulator/cdn/nosuchlabel/a").status_code == 404
    assert site.s3.list_objects_v2(Bucket=site.bucket, Prefix=key["Key"])["KeyCount"] == 0


def test_while_the_emulator_is_down_the_routes_say_so(serve, tmp_path):
    emulator = start_emulator(load_settings(data_dir=tmp_path))
    base = serve(lambda: emulator)
    label = emulator.stack.distribution_domain.split(".")[0]
    key = {"Bucket": emulator.stack.media_bucket, "Key": "media/a.txt"}
    emulator.clients().s3.put_object(**key, Body=b"kept", CacheControl="max-age=3600")
    signed = emulator.clients().s3.generate_presigned_url("get_object", key)
    with httpx.Client(base_url=base, trust_env=False, timeout=30) as browser:
        browser.get(f"/emulator/cdn/{label}/media/a.txt")
        emulator.stop()

        for path in (
            signed.replace(emulator.endpoint, "/emulator/s3"),
            f"/emulator/cdn/{label}/media/other.txt",
        ):
            answer = browser.get(path)
            assert answer.status_code == 503
            assert "does not answer" in answer.json()["detail"]
        assert browser.get(f"/emulator/cdn/{label}/media/a.txt").text == "kept"


SERVER = textwrap.dedent("""
    import sys, uvicorn
    from starlette.applications import Starlette
    from core.emulator.service import attach_emulator
    from core.settings import load_settings
    from core.web.emulator_routes import emulator_routes

    emulator = attach_emulator(load_settings(data_dir=sys.argv[1]))
    app = Starlette(routes=emulator_routes(lambda: emulator))
    uvicorn.run(app, fd=int(sys.argv[2]), log_level="error")
""")


@pytest.fixture
def process(emulator):
    """The routes in a process of their own, joined to the emulator, whose memory can be read."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        started = subprocess.Popen(
            [sys.executable, "-c", SERVER, str(emulator.data_dir), str(listener.fileno())],
            pass_fds=(listener.fileno(),),
            env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
        )
        yield started.pid, f"http://127.0.0.1:{listener.getsockname()[1]}"
        started.terminate()
        started.wait(20)


def peak_mib(pid):
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def test_the_memory_stays_flat_while_300_mb_pass_both_ways(site, process):
    pid, base = process
    key = {"Bucket": site.bucket, "Key": "incoming/large.bin"}
    put = site.s3.generate_presigned_url("put_object", key)
    get = site.s3.generate_presigned_url("get_object", key)
    block = os.urandom(1024 * 1024)
    size = 300 * len(block)
    with httpx.Client(base_url=base, trust_env=False, timeout=60) as client:
        client.get("/emulator/s3/warm")
        before = peak_mib(pid)
        headers = {"Content-Length": str(size)}
        stored = client.put(site.proxied(put), content=(block for _ in range(300)), headers=headers)
        assert stored.status_code == 200
        with client.stream("GET", site.proxied(get)) as answer:
            received = sum(len(chunk) for chunk in answer.iter_raw())
    site.s3.delete_object(**key)

    assert received == size
    assert peak_mib(pid) - before < 40
