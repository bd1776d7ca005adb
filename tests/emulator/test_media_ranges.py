"""What players ask of the CDN route: parts of sound and film, from the cache and from the origin."""

from __future__ import annotations

import uuid

import pytest

pytestmark = pytest.mark.emulator

BODY = bytes(range(256)) * 40
FILM = {"CacheControl": "public, max-age=31536000, immutable", "ContentType": "video/mp4"}


@pytest.fixture(params=["cold", "warm"])
def film(site, request):
    """Address and ETag of a film; `warm`: the edge has it already."""
    key = f"media/{uuid.uuid4().hex}/clip.mp4"
    etag = site.s3.put_object(Bucket=site.bucket, Key=key, Body=BODY, **FILM)["ETag"]
    if request.param == "warm":
        site.browser.get(f"{site.cdn}/{key}")
    return f"{site.cdn}/{key}", etag


def ask(site, url, **headers):
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return site.browser.get(url, headers=sent)


@pytest.mark.parametrize(
    ("wanted", "start", "end"),
    [
        ("bytes=0-", 0, len(BODY)),  # what a <video> asks first
        ("bytes=100-199", 100, 200),
        ("bytes=-256", len(BODY) - 256, len(BODY)),
        ("bytes=10000-99999", 10_000, len(BODY)),
        ("bytes=0-0", 0, 1),
    ],
)
def test_a_part_comes_as_206_with_its_place(site, film, wanted, start, end):
    answer = ask(site, film[0], range=wanted)
    assert answer.status_code == 206
    assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/{len(BODY)}"
    assert answer.headers["content-length"] == str(end - start)
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.content == BODY[start:end]


@pytest.mark.parametrize("wanted", [f"bytes={len(BODY)}-", "bytes=99999-100000", "bytes=-0"])
def test_a_part_that_does_not_exist_is_416_with_the_length(site, film, wanted):
    answer = ask(site, film[0], range=wanted)
    assert answer.status_code == 416
    assert answer.headers["content-range"] == f"bytes */{len(BODY)}"


def test_if_range_gives_the_part_of_the_same_bytes_only(site, film):
    url, etag = film
    same = ask(site, url, range="bytes=5-9", if_range=etag)
    assert (same.status_code, same.content) == (206, BODY[5:10])
    other = ask(site, url, range="bytes=5-9", if_range='"another"')
    assert (other.status_code, other.content) == (200, BODY)


def test_a_weak_validator_never_splices_bytes(site, film):
    url, etag = film
    answer = ask(site, url, range="bytes=5-9", if_range=f"W/{etag}")
    assert (answer.status_code, len(answer.content)) == (200, len(BODY))


@pytest.mark.parametrize("wanted", ["bytes=9-5", "bytes=a-b", "seconds=0-5", "bytes=-"])
def test_a_range_that_is_none_is_ignored(site, film, wanted):
    answer = ask(site, film[0], range=wanted)
    assert (answer.status_code, answer.content) == (200, BODY)


def test_a_range_on_head_says_what_get_would(site, film):
    answer = site.browser.head(film[0], headers={"range": "bytes=0-9"})
    assert answer.status_code in {200, 206}
    assert answer.content == b""
    assert answer.headers["accept-ranges"] == "bytes"


def test_parts_stay_sandboxed_on_our_origin(site, film):
    answer = ask(site, film[0], range="bytes=0-9")
    assert answer.headers["content-security-policy"].startswith("sandbox;")
    assert answer.headers["x-content-type-options"] == "nosniff"
