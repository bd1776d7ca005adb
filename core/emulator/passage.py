"""Hands HTTP through to the child byte for byte, both ways as a stream."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from weakref import WeakKeyDictionary

import httpx

from core.errors import AwsUnavailable

# Nothing of the connection, nothing that could set state on our own origin, and the two lines
# that our own server writes itself.
_NOT_PASSED_BACK = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "set-cookie",
        "clear-site-data",
        "service-worker-allowed",
        "date",
        "server",
    }
)
_TIMEOUT = httpx.Timeout(120.0, connect=2.0)
# A connection each: a pooled one could be closed by a child that is just being revived.
_LIMITS = httpx.Limits(max_connections=128, max_keepalive_connections=0)


class Passage:
    def __init__(self, port: int) -> None:
        self._base = f"http://127.0.0.1:{port}/"
        self._clients: WeakKeyDictionary[asyncio.AbstractEventLoop, httpx.AsyncClient] = (
            WeakKeyDictionary()
        )

    async def send(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str],
        body: AsyncIterator[bytes] | None = None,
    ) -> httpx.Response:
        """The answer with its body unread; close it. `target` goes out exactly as given.

        Raises `AwsUnavailable` where the child can't be reached.
        """
        client = self._client()
        request = client.build_request(
            method,
            self._base,
            headers={"accept-encoding": "identity", "accept": "*/*", **headers},
            content=body,
            # httpx would tidy the path, and a tidied path breaks a signature
            extensions={"target": target.encode("latin-1")},
        )
        try:
            return await client.send(request, stream=True)
        except httpx.HTTPError as error:
            raise AwsUnavailable(
                "The embedded cloud does not answer.",
                hint="It is restarted by itself; try again in a moment.",
            ) from error

    def _client(self) -> httpx.AsyncClient:
        loop = asyncio.get_running_loop()
        if loop not in self._clients:
            self._clients[loop] = httpx.AsyncClient(
                timeout=_TIMEOUT, limits=_LIMITS, trust_env=False, follow_redirects=False
            )
        return self._clients[loop]


def passed_back(headers: httpx.Headers) -> dict[str, str]:
    """The answer's headers that a viewer may have; names in lower case."""
    named = {name.lower(): value for name, value in headers.items()}
    return {name: value for name, value in named.items() if name not in _NOT_PASSED_BACK}


async def body_of(answer: httpx.Response) -> AsyncIterator[bytes]:
    try:
        async for chunk in answer.aiter_raw():
            yield chunk
    finally:
        await answer.aclose()
