"""A whole address inside a path, as somebody joined it twice: a URL, a host, s3:// or an ARN."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple
from urllib.parse import unquote

from core.diagnostics.origins import endpoint_of
from core.diagnostics.urls import key_of, parse_url

_URL = re.compile(r".*\bhttps?:/{1,2}(?P<rest>[^/].*)$", re.IGNORECASE | re.DOTALL)
_OBJECT = re.compile(
    r".*\b(?:s3:/{1,2}|arn:aws[a-z-]*:s3:::)(?P<bucket>[a-z0-9.-]+)(?P<path>/.+)$",
    re.IGNORECASE | re.DOTALL,
)
_DECODINGS = 3
_MARKS = ("http", "s3:", "s3%3a", "s3%253a", "arn")


class Inner(NamedTuple):
    """The key of the inner address; an empty `bucket` is the one that its host leads to."""

    bucket: str
    key: str


def inner_address(raw_path: str, is_known: Callable[[str], bool]) -> Inner | None:
    """The innermost address that the path holds; `is_known` tells a host of this account."""
    bare = raw_path.lstrip("/")
    host = bare.partition("/")[0]
    if "." in host and (is_known(host) or _is_s3(host)):
        return _at_host(bare)
    if not any(mark in raw_path.lower() for mark in _MARKS):
        return None
    return next(_read(raw_path), None)


def _read(text: str) -> Iterator[Inner]:
    """As it stands, then with its escapes taken away."""
    for _ in range(_DECODINGS):
        if found := _URL.match(text):
            yield _at_host(found["rest"])
        elif found := _OBJECT.match(text):
            yield Inner(found["bucket"], key_of(found["path"]))
        plain = unquote(text)
        if plain == text:
            return
        text = plain


def _is_s3(host: str) -> bool:
    return endpoint_of(host).kind in {"rest", "website", "path-style"}


def _at_host(text: str) -> Inner:
    url = parse_url("https://" + text)
    endpoint, path = endpoint_of(url.host), url.raw_path
    if endpoint.kind == "path-style":
        bucket, _, rest = path.lstrip("/").partition("/")
        return Inner(bucket, key_of("/" + rest))
    bucket = endpoint.bucket if endpoint.kind in {"rest", "website"} else ""
    return Inner(bucket, key_of(path))
