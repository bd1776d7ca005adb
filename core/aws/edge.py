"""What the CDN answers, seen as a viewer sees it: a HEAD without credentials or redirects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote

import httpx

from core.model.signed_access import PRIVATE

if TYPE_CHECKING:
    from datetime import datetime

    from core.aws.cdn_signing import CdnSigner

_TIMEOUT = httpx.Timeout(5.0, connect=2.0)


@dataclass(frozen=True)
class EdgeAnswer:
    """`status` is 0 where nobody answered; then `error` says why. Header names in lower case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    error: str = ""


class Edge:
    """`base_url` is what browsers use, possibly relative to this site, as `/emulator/cdn/media`.

    Then `connect_base` completes it when this process itself asks. With a `signer` addresses of
    private media are signed; without one they answer 403.
    """

    def __init__(
        self, base_url: str, *, connect_base: str = "", signer: CdnSigner | None = None
    ) -> None:
        self.base_url, self.signer = base_url.rstrip("/"), signer
        self._connect_base = connect_base.rstrip("/")
        headers = {"Accept-Encoding": "identity"}  # a compressed answer has another length
        # A proxy from the environment would answer for the CDN; the answer must be its own.
        self._http = httpx.Client(
            timeout=_TIMEOUT, headers=headers, follow_redirects=False, trust_env=False
        )

    def url(self, key: str, *, until: datetime | None = None) -> str:
        """The address of `key`, percent-encoded by RFC 3986 with `/` kept.

        That of private media works for 15 to 20 minutes, and no longer than `until`.
        """
        path = f"/{quote(key, safe='/~')}"
        if self.signer is None or not key.startswith(PRIVATE):
            return self.base_url + path
        ends = self.signer.ends()
        return f"{self.base_url}{path}?{self.signer.query(path, min(ends, until or ends))}"

    def plain_url(self, key: str) -> str:
        """The address without a signature: to see that it does not work."""
        return f"{self.base_url}/{quote(key, safe='/~')}"

    def serves(self, url: str) -> bool:
        """Whether this CDN's own address leads to it, which pages may show pictures from."""
        return url.startswith(f"{self.base_url}/")

    def head(self, url: str) -> EdgeAnswer:
        target = self._connect_base + url if url.startswith("/") else url
        try:
            answer = self._http.head(target)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return EdgeAnswer(0, error=f"no answer: {type(error).__name__}")
        return EdgeAnswer(answer.status_code, dict(answer.headers))

    def first_byte(self, url: str) -> EdgeAnswer:
        """The same by GET, for addresses that refuse HEAD: one byte is asked for, none is read."""
        target = self._connect_base + url if url.startswith("/") else url
        try:
            with self._http.stream("GET", target, headers={"Range": "bytes=0-0"}) as answer:
                return EdgeAnswer(answer.status_code, dict(answer.headers))
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return EdgeAnswer(0, error=f"no answer: {type(error).__name__}")

    def close(self) -> None:
        self._http.close()
