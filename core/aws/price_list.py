"""AWS's public bulk price list over HTTPS: no credentials, bounded in size and time."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self

import httpx

from core.errors import AwsUnavailable, TooLarge

PRICE_LIST_URL = "https://pricing.us-east-1.amazonaws.com"
MAX_BYTES = 64 * 1024 * 1024  # the largest offer that is read has about 2 MB
_TIMEOUT = httpx.Timeout(30.0, connect=5.0)
_PATH = re.compile(r"/offers/v1\.0/aws/[\w./-]+")
_HINT = "The prices that are stored stay in use. Try again later."


@dataclass(frozen=True)
class Download:
    """The JSON of an offer with the checksum of its bytes."""

    data: Any
    sha256: str


class PriceList:
    def __init__(self, base_url: str = PRICE_LIST_URL, *, max_bytes: int = MAX_BYTES) -> None:
        self._base, self._max_bytes = base_url.rstrip("/"), max_bytes
        own = not self._base.startswith(PRICE_LIST_URL)  # a mirror is asked without a proxy
        self._http = httpx.Client(timeout=_TIMEOUT, follow_redirects=False, trust_env=not own)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def regional_offer(self, code: str, region: str) -> Download | None:
        """The current offer of a region; None where AWS does not offer the service there."""
        index = self._get(f"/offers/v1.0/aws/{code}/current/region_index.json").data
        try:
            entry = index["regions"].get(region)
            path = None if entry is None else entry["currentVersionUrl"]
        except (KeyError, TypeError, AttributeError) as error:
            raise self._unreadable(f"the index of {code}") from error
        return None if path is None else self._get(str(path))

    def global_offer(self, code: str) -> Download:
        return self._get(f"/offers/v1.0/aws/{code}/current/index.json")

    def _get(self, path: str) -> Download:
        if not _PATH.fullmatch(path) or ".." in path:
            raise self._unreadable(f"the address {path!r}")
        content = self._bytes(path)
        try:
            data = json.loads(content, parse_float=Decimal)
        except (ValueError, RecursionError) as error:
            raise self._unreadable(path) from error
        return Download(data, hashlib.sha256(content).hexdigest())

    def _bytes(self, path: str) -> bytes:
        try:
            with self._http.stream("GET", self._base + path) as answer:
                if answer.status_code != 200:
                    raise AwsUnavailable(
                        f"The price list answered {answer.status_code} to {path}.", hint=_HINT
                    )
                return self._limited(answer, path)
        except httpx.HTTPError as error:
            raise AwsUnavailable(
                f"The price list can't be read: {type(error).__name__} at {path}.", hint=_HINT
            ) from error

    def _limited(self, answer: httpx.Response, path: str) -> bytes:
        content = bytearray()
        for chunk in answer.iter_bytes():
            content += chunk
            if len(content) > self._max_bytes:
                raise TooLarge(f"{path} has more than {self._max_bytes} bytes.", hint=_HINT)
        return bytes(content)

    def _unreadable(self, what: str) -> AwsUnavailable:
        return AwsUnavailable(f"The price list sent no usable JSON for {what}.", hint=_HINT)
