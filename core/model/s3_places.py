"""Folders in S3 as people write them in a setting: `s3://bucket/prefix`. Pure."""

from __future__ import annotations

import re

_PLACE = re.compile(r"s3://(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/(?P<prefix>.*))?")


def place_of(text: str) -> tuple[str, str] | None:
    """Bucket and prefix, which ends with a slash where it is not ''; None for what is no folder.

    Without that slash `cur/media` would be the beginning of `cur/media-old/` as well.
    """
    found = _PLACE.fullmatch(text)
    if found is None:
        return None
    prefix = (found["prefix"] or "").rstrip("/")
    return found["bucket"], f"{prefix}/" if prefix else ""
