"""Keys inside the values of records: plain, with a slash, as `s3://`, or as a URL's path.

A value is only rewritten in the form in which it was written; what is not understood is left.
"""

from __future__ import annotations

import re

from core.diagnostics.urls import key_of, path_of, redact

_URL = re.compile(r"(?P<before>https?://[^/?#]+)(?P<path>/[^?#]*)(?P<after>.*)", re.DOTALL)
_S3 = re.compile(r"(?P<before>s3://[^/]+/)(?P<key>.+)", re.DOTALL)


def keys_in(value: str, origin_path: str = "") -> tuple[str, ...]:
    """The keys that a value may mean, the plainest reading first. Empty for a signed URL."""
    if not value or redact(value) != value:
        return ()
    if found := _S3.fullmatch(value):
        return (found["key"],)
    if found := _URL.fullmatch(value):
        key = key_of(found["path"])
        folder = origin_path.strip("/")
        return (f"{folder}/{key}",) if folder else (key,)
    return (value.removeprefix("/"),)


def rewrite(value: str, old: str, new: str, origin_path: str = "") -> str | None:
    """The value with the new key in place of the old one; None where that can't be written."""
    if old not in keys_in(value, origin_path):
        return None
    if found := _S3.fullmatch(value):
        return found["before"] + new
    if found := _URL.fullmatch(value):
        folder = origin_path.strip("/")
        if folder and not new.startswith(f"{folder}/"):
            return None
        path = path_of(new.removeprefix(f"{folder}/") if folder else new)
        return f"{found['before']}{path}{found['after']}"
    return ("/" if value.startswith("/") else "") + new
