"""Private media at the embedded CDN: only what a key of the key group signed, and as long as said."""

from __future__ import annotations

import socket
import uuid
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

from core.aws.cdn_signing import CdnSigner, new_private_key

pytestmark = pytest.mark.emulator


@pytest.fixture
def signer(emulator):
    site = f"https://{emulator.stack.distribution_domain}"
    return CdnSigner(
        emulator.stack.cdn_key_id, emulator.cdn_private_key, site, lambda: datetime.now(UTC)
    )


@pytest.fixture
def stored(site):
    """Stores a private object; answers its percent-encoded path at the CDN."""

    def store(name="a.txt", body=b"secret"):
        key = f"private/{uuid.uuid4().hex}/{name}"
        site.s3.put_object(Bucket=site.bucket, Key=key, Body=body, ContentType="text/plain")
        return "/" + quote(key, safe="/~")

    return store


def code_of(answer):
    return answer.text.partition("<Code>")[2].partition("</Code>")[0]


def test_without_a_signature_private_media_is_refused(site, stored):
    answer = site.browser.get(site.cdn + stored())

    assert (answer.status_code, code_of(answer)) == (403, "MissingKey")
    assert answer.headers["x-cache"] == "Error from cloudfront"


@pytest.mark.parametrize("name", ["a.txt", "a b+ü.txt", "100%.txt"])
def test_a_signed_address_works_and_its_copy_is_shared(site, stored, signer, name):
    path = stored(name)
    query = signer.query(path)

    first = site.browser.get(f"{site.cdn}{path}?{query}")
    later = signer.query(path, datetime.now(UTC) + timedelta(hours=2))
    second = site.browser.get(f"{site.cdn}{path}?{later}")

    assert (first.status_code, first.content) == (200, b"secret")
    assert second.headers["x-cache"] == "Hit from cloudfront"


def test_a_signed_address_answers_parts_and_heads(site, stored, signer):
    path = stored()
    url = f"{site.cdn}{path}?{signer.query(path)}"

    assert site.browser.head(url).status_code == 200
    part = site.browser.get(url, headers={"Range": "bytes=1-3"})
    assert part.content == b"ecr"


def test_an_address_ends_with_its_moment(site, stored, signer):
    path = stored()
    ended = signer.query(path, datetime.now(UTC) - timedelta(seconds=1))

    answer = site.browser.get(f"{site.cdn}{path}?{ended}")

    assert (answer.status_code, code_of(answer)) == (403, "AccessDenied")


def test_a_cached_copy_opens_to_nobody_without_a_signature(site, stored, signer):
    path = stored()
    site.browser.get(f"{site.cdn}{path}?{signer.query(path)}")

    assert site.browser.get(site.cdn + path).status_code == 403


def test_a_signature_is_for_one_path_only(site, stored, signer):
    one, other = stored("one.txt"), stored("other.txt")

    answer = site.browser.get(f"{site.cdn}{other}?{signer.query(one)}")

    assert code_of(answer) == "AccessDenied"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda q: q.replace("Expires=", "Expires=9"), "AccessDenied"),
        (lambda q: q.replace("Signature=", "Signature=AAAA"), "AccessDenied"),
        (lambda q: q.replace("Key-Pair-Id=", "Key-Pair-Id=K"), "InvalidKey"),
        (lambda q: q.replace("Expires=", "Expired="), "MalformedPolicy"),
        (lambda q: "&".join(p for p in q.split("&") if "Key-Pair" not in p), "MissingKey"),
        (lambda q: "&".join(p for p in q.split("&") if "Signature" not in p), "MalformedPolicy"),
    ],
)
def test_a_changed_signature_is_refused(site, stored, signer, change, code):
    path = stored()

    answer = site.browser.get(f"{site.cdn}{path}?{change(signer.query(path))}")

    assert (answer.status_code, code_of(answer)) == (403, code)


def test_a_foreign_key_signs_nothing(site, stored, emulator):
    path = stored()
    foreign = CdnSigner(
        emulator.stack.cdn_key_id,
        new_private_key(),
        f"https://{emulator.stack.distribution_domain}",
        lambda: datetime.now(UTC),
    )

    answer = site.browser.get(f"{site.cdn}{path}?{foreign.query(path)}")

    assert code_of(answer) == "AccessDenied"


def test_cookies_open_a_whole_folder_and_no_other(site, stored, signer):
    path, other = stored(), stored()
    folder = path.rpartition("/")[0]
    cookies = signer.cookies(f"{folder}/*")
    header = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}

    assert site.browser.get(site.cdn + path, headers=header).status_code == 200
    assert site.browser.get(site.cdn + other, headers=header).status_code == 403


def test_public_media_needs_no_signature(site):
    key = f"media/{uuid.uuid4().hex}/a.txt"
    site.s3.put_object(Bucket=site.bucket, Key=key, Body=b"x")

    assert site.browser.get(f"{site.cdn}/{key}").status_code == 200


@pytest.mark.parametrize(
    "disguise",
    [
        "/{}",
        "///{}",
        "%2f{}",
        "media/../{}",
        "media/%2e%2e/{}",
        "media/..%2f{}",
        "./{}",
        "%2570rivate/../{}",
        "avatars/..//{}",
    ],
)
def test_no_other_spelling_of_the_path_opens_private_media(site, stored, disguise):
    path = disguise.format(stored().removeprefix("/"))

    with socket.create_connection(("127.0.0.1", site.port)) as connection:  # nothing tidies it
        asked = f"GET {site.cdn}/{path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        connection.sendall(asked.encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b""))

    assert answer.startswith(b"HTTP/1.1 403")
    assert b"secret" not in answer
