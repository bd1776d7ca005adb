"""The edge location that ministack lacks: it caches, ages, invalidates and answers parts.

Only GET is cached; HEAD and ranges are served from what a GET has cached, else passed on. A
behaviour with a function is passed on whole, because functions run before the cache.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import unquote

import httpx

from core.emulator.edge_access import DENIED, Asked, refusal
from core.emulator.edge_rules import (
    Behavior,
    DistributionView,
    Invalidation,
    Part,
    cache_key,
    is_unchanged,
    one_range,
    range_holds,
    seconds_to_keep,
    wanted_part,
)
from core.emulator.edge_store import EdgeStore, Entry, Head
from core.emulator.edge_view import EdgeView
from core.emulator.passage import Passage, body_of, passed_back
from core.model.signed_access import without_signature

_LARGEST_CACHED = 32 * 1024 * 1024
_READ_AT_ONCE = 1024 * 1024
_CONDITIONS = ("range", "if-range", "if-none-match", "if-modified-since")
_PREFLIGHT = ("origin", "access-control-request-method", "access-control-request-headers")


@dataclass(frozen=True)
class ViewerRequest:
    """`raw_path` and `query` as the viewer sent them; header names in lower case."""

    label: str
    method: str
    raw_path: str
    query: str
    headers: Mapping[str, str]
    address: str | None = None

    @property
    def url(self) -> str:
        """The address at CloudFront, without its query."""
        return f"https://{self.label}.cloudfront.net{self.raw_path}"

    @property
    def target(self) -> str:
        return f"{self.raw_path}?{self.query}" if self.query else self.raw_path


@dataclass(frozen=True)
class EdgeResponse:
    status: int
    headers: Mapping[str, str]
    body: bytes | AsyncIterator[bytes] = b""


class UnknownDistributionError(LookupError):
    """No distribution has this domain: on AWS the name would not resolve."""


class EdgeLocation:
    def __init__(
        self,
        passage: Passage,
        view: EdgeView,
        store: EdgeStore,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._passage = passage
        self._view = view
        self._store = store
        self._clock = clock

    async def answer(self, request: ViewerRequest) -> EdgeResponse:
        """Raises `UnknownDistributionError`, and `AwsUnavailable` where the origin is down."""
        label = request.label
        sight = self._view.remembered(label) or await asyncio.to_thread(self._view.look, label)
        if sight is None:
            raise UnknownDistributionError(label)
        distribution, invalidations = sight
        behavior = distribution.behavior(request.raw_path)
        refused = self._refusal(request, distribution, behavior)
        if refused is not None:
            return refused
        if behavior.key_groups:
            # Nothing behind the check sees the signature, or each viewer had a copy of their own.
            request = replace(request, query=without_signature(request.query))
        if request.method == "OPTIONS" or behavior.has_function:
            return await self._passed_on(request)
        key = cache_key(label, request.raw_path, request.query, behavior.rules)
        entry = self._valid(key, request.raw_path, invalidations)
        if entry is not None and entry.head.expires > self._clock():
            return self._served(request, entry, "Hit")
        if request.method == "HEAD" or one_range(request.headers):
            return await self._passed_on(request)
        return await self._fetched(request, distribution, behavior, key, entry)

    def _refusal(
        self, request: ViewerRequest, distribution: DistributionView, behavior: Behavior
    ) -> EdgeResponse | None:
        if not distribution.enabled:
            return _refused(b"The distribution is disabled.")
        if unquote(request.raw_path).startswith("//"):
            # The child drops slashes before a key, and so finds a private one past its behaviour.
            return _refused(DENIED.body, "text/xml")
        return (
            self._signed(request, distribution.keys_of(behavior)) if behavior.key_groups else None
        )

    def _signed(self, request: ViewerRequest, keys: Mapping[str, str]) -> EdgeResponse | None:
        now = datetime.fromtimestamp(self._clock(), UTC)
        cookies = request.headers.get("cookie", "")
        found = refusal(Asked(request.url, request.query, cookies, request.address, now), keys)
        return None if found is None else _refused(found.body, "text/xml")

    def _valid(self, key: str, path: str, invalidations: tuple[Invalidation, ...]) -> Entry | None:
        entry = self._store.get(key)
        if entry is not None and any(i.covers(path, entry.head.stored) for i in invalidations):
            self._store.drop(key)
            return None
        return entry

    async def _passed_on(self, request: ViewerRequest) -> EdgeResponse:
        names = (*_CONDITIONS, *_PREFLIGHT)
        wanted = {name: request.headers[name] for name in names if name in request.headers}
        if "range" in wanted and not await self._part_holds(request):
            wanted.pop("range")
        answer = await self._ask_origin(request, wanted)
        return _streamed(answer)

    async def _part_holds(self, request: ViewerRequest) -> bool:
        """The child takes no notice of If-Range, and answers 416 to a range that means nothing."""
        if one_range(request.headers) is None:
            return False
        if "if-range" not in request.headers:
            return True
        head = await self._ask_origin(replace(request, method="HEAD"), {})
        await head.aclose()
        return range_holds(request.headers, passed_back(head.headers))

    async def _ask_origin(
        self, request: ViewerRequest, headers: Mapping[str, str]
    ) -> httpx.Response:
        host = {"host": f"{request.label}.cloudfront.net", "x-forwarded-proto": "https"}
        return await self._passage.send(request.method, request.target, {**headers, **host})

    async def _fetched(
        self,
        request: ViewerRequest,
        distribution: DistributionView,
        behavior: Behavior,
        key: str,
        stale: Entry | None,
    ) -> EdgeResponse:
        etag = stale.head.headers.get("etag") if stale is not None else None
        answer = await self._ask_origin(request, {"if-none-match": etag} if etag else {})
        asked_at = self._clock()
        headers = passed_back(answer.headers)
        if stale is not None and answer.status_code == httpx.codes.NOT_MODIFIED:
            await answer.aclose()
            return self._served(request, self._renewed(key, stale, headers, behavior), "RefreshHit")
        keep = seconds_to_keep(
            answer.status_code,
            headers,
            behavior.rules,
            datetime.fromtimestamp(asked_at, UTC),
            distribution.error_seconds,
        )
        size = int(headers.get("content-length", _LARGEST_CACHED + 1))
        if not keep or size > _LARGEST_CACHED:
            return _unless_unchanged(request, _streamed(answer))
        head = Head(request.raw_path, answer.status_code, headers, asked_at, asked_at + keep)
        return self._served(request, await self._stored(key, head, answer), "Miss")

    def _renewed(
        self, key: str, stale: Entry, headers: Mapping[str, str], behavior: Behavior
    ) -> Entry:
        now = self._clock()
        merged = {**stale.head.headers, **headers}
        merged["content-length"] = str(stale.size)
        keep = seconds_to_keep(
            stale.head.status, merged, behavior.rules, datetime.fromtimestamp(now, UTC)
        )
        draft = self._store.draft(
            key, replace(stale.head, headers=merged, stored=now, expires=now + keep)
        )
        for chunk in stale.chunks(0, stale.size):
            draft.write(chunk)
        return draft.keep()

    async def _stored(self, key: str, head: Head, answer: httpx.Response) -> Entry:
        draft = self._store.draft(key, head)
        try:
            async for chunk in body_of(answer):
                draft.write(chunk)
        except BaseException:
            draft.drop()
            raise
        return draft.keep()

    def _served(self, request: ViewerRequest, entry: Entry, how: str) -> EdgeResponse:
        headers = {**entry.head.headers, "accept-ranges": "bytes"}
        if how != "Miss":
            headers["age"] = str(max(0, int(self._clock() - entry.head.stored)))
        failed = entry.head.status >= httpx.codes.BAD_REQUEST
        headers["x-cache"] = f"{'Error' if failed else how} from cloudfront"
        whole = EdgeResponse(entry.head.status, headers)
        if failed:
            return _with_body(request, whole, entry, Part(0, entry.size))
        if is_unchanged(request.headers, headers):
            return _unless_unchanged(request, whole)
        part = wanted_part(request.headers, headers, entry.size)
        if part is None:
            return _with_body(request, whole, entry, Part(0, entry.size))
        return _partial(request, whole, entry, part)


def _partial(request: ViewerRequest, whole: EdgeResponse, entry: Entry, part: Part) -> EdgeResponse:
    if not part.satisfiable:
        headers = {**whole.headers, "content-range": f"bytes */{entry.size}", "content-length": "0"}
        return EdgeResponse(416, headers)
    shown = f"bytes {part.start}-{part.end - 1}/{entry.size}"
    answer = EdgeResponse(206, {**whole.headers, "content-range": shown})
    return _with_body(request, answer, entry, part)


def _with_body(
    request: ViewerRequest, answer: EdgeResponse, entry: Entry, part: Part
) -> EdgeResponse:
    size = part.end - part.start
    headers = {**answer.headers, "content-length": str(size)}
    if request.method == "HEAD":
        return EdgeResponse(answer.status, headers)
    if size <= _READ_AT_ONCE:
        return EdgeResponse(answer.status, headers, entry.read(part.start, part.end))
    return EdgeResponse(answer.status, headers, _sent(entry.chunks(part.start, part.end)))


async def _sent(chunks: Iterator[bytes]) -> AsyncIterator[bytes]:
    while chunk := await asyncio.to_thread(next, chunks, b""):
        yield chunk


def _streamed(answer: httpx.Response) -> EdgeResponse:
    headers = passed_back(answer.headers)
    if answer.status_code >= httpx.codes.BAD_REQUEST:
        headers["x-cache"] = "Error from cloudfront"
    return EdgeResponse(answer.status_code, headers, body_of(answer))


def _unless_unchanged(request: ViewerRequest, answer: EdgeResponse) -> EdgeResponse:
    """A 304 in the place of an answer whose content the viewer has."""
    if answer.status != httpx.codes.OK or not is_unchanged(request.headers, answer.headers):
        return answer
    left_out = {"content-length", "content-type", "content-range"}
    headers = {name: value for name, value in answer.headers.items() if name not in left_out}
    return EdgeResponse(304, headers)


def _refused(body: bytes, content_type: str = "text/plain") -> EdgeResponse:
    headers = {
        "content-type": content_type,
        "content-length": str(len(body)),
        "x-cache": "Error from cloudfront",
    }
    return EdgeResponse(403, headers, body)
