"""The embedded cloud on our own port: S3 and the CDN for browsers, same-origin.

Only presigned requests for the media bucket reach S3, with the Host and the path that were
signed. What is served here is other people's content on our origin: it is sandboxed.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from functools import lru_cache

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from core.emulator.edge_cache import EdgeResponse, UnknownDistributionError, ViewerRequest
from core.emulator.edge_log import Viewer
from core.emulator.passage import Passage, body_of, passed_back
from core.emulator.service import Emulator, edge_location
from core.errors import AwsUnavailable

S3_PREFIX, CDN_PREFIX = "/emulator/s3/", "/emulator/cdn/"

_HARMLESS = {
    "content-security-policy": (
        "sandbox; default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'"
    ),
    "x-content-type-options": "nosniff",
}
_PASSED_TO_S3 = frozenset(
    {
        "cache-control",
        "content-disposition",
        "content-encoding",
        "content-language",
        "content-length",
        "content-md5",
        "content-type",
        "expires",
        "if-match",
        "if-modified-since",
        "if-none-match",
        "if-range",
        "if-unmodified-since",
        "range",
    }
)
_SIGNED = re.compile(r"(?:^|&)X-Amz-Signature=[0-9a-f]{64}(?:&|$)")


class EmulatorRoutes:
    """`running` answers the emulator of this process, None before it runs or on AWS."""

    def __init__(self, running: Callable[[], Emulator | None]) -> None:
        self._running = running
        self._edge = lru_cache(maxsize=1)(edge_location)
        self._passage = lru_cache(maxsize=1)(Passage)

    async def s3(self, request: Request) -> Response:
        emulator = self._running()
        target = _rest(request, S3_PREFIX)
        if emulator is None or target is None or not _is_of(emulator.stack.media_bucket, target):
            return _problem(404, "Not found", "There is no such bucket here.")
        if not _is_signed(request):
            return _problem(403, "Not allowed", "The address carries no signature.")
        try:
            answer = await self._passage(emulator.port).send(
                request.method,
                f"{target}?{request.url.query}" if request.url.query else target,
                {**_headers_for_s3(request), "host": emulator.endpoint.removeprefix("http://")},
                _body(request),
            )
        except AwsUnavailable as error:
            return _down(error)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody reads it: the upload was given up
        headers = {k: v for k, v in passed_back(answer.headers).items() if not _is_cors(k)}
        return _response(request, EdgeResponse(answer.status_code, headers, body_of(answer)))

    async def cdn(self, request: Request) -> Response:
        emulator = self._running()
        rest = _rest(request, CDN_PREFIX)
        if emulator is None or rest is None:
            return _problem(404, "Not found", "There is no CDN here.")
        label, _, path = rest.removeprefix("/").partition("/")
        viewer = ViewerRequest(
            label.lower(), request.method, f"/{path}", request.url.query, dict(request.headers),
            request.client.host if request.client else None,
        )  # fmt: skip
        try:
            answer = await self._edge(emulator).answer(viewer)
            return _response(request, emulator.edge_log.watched(viewer, answer, _viewer(request)))
        except UnknownDistributionError:
            detail = f"No distribution has the domain {label}.cloudfront.net."
            return _problem(404, "Unknown distribution", detail)
        except AwsUnavailable as error:
            return _down(error)


def emulator_routes(running: Callable[[], Emulator | None]) -> list[Route]:
    """The routes of the embedded cloud; they answer 404 where none runs."""
    routes = EmulatorRoutes(running)
    return [
        Route(f"{S3_PREFIX}{{path:path}}", routes.s3, methods=["GET", "HEAD", "PUT", "POST"]),
        Route(f"{CDN_PREFIX}{{path:path}}", routes.cdn, methods=["GET", "HEAD", "OPTIONS"]),
    ]


def _viewer(request: Request) -> Viewer:
    client = request.client
    version = f"HTTP/{request.scope.get('http_version', '1.1')}"
    if client is None:
        return Viewer("-", 0, request.url.scheme, version)
    return Viewer(client.host, client.port, request.url.scheme, version)


def _rest(request: Request, prefix: str) -> str | None:
    """What follows the prefix, with its slash and exactly as the browser sent it."""
    raw: str = request.scope["raw_path"].decode("latin-1")
    mounted = request.scope.get("root_path", "") + prefix
    return "/" + raw.removeprefix(mounted) if raw.startswith(mounted) else None


def _is_of(bucket: str, target: str) -> bool:
    return target.removeprefix("/").partition("/")[0] == bucket


def _is_signed(request: Request) -> bool:
    if request.method == "POST":  # a form carries its signature in the body
        return request.headers.get("content-type", "").startswith("multipart/form-data")
    return _SIGNED.search(request.url.query) is not None


def _headers_for_s3(request: Request) -> dict[str, str]:
    def passes(name: str) -> bool:
        return name in _PASSED_TO_S3 or (name.startswith("x-amz-") and name != "x-amz-target")

    return {name: value for name, value in request.headers.items() if passes(name)}


def _body(request: Request) -> AsyncIterator[bytes] | None:
    return request.stream() if request.method in {"PUT", "POST"} else None


def _is_cors(name: str) -> bool:
    return name.startswith("access-control-")


def _response(request: Request, answer: EdgeResponse) -> Response:
    headers = {**answer.headers, **_HARMLESS}
    if "gzip" in request.headers.get("accept-encoding", ""):
        # Our server would compress it on the fly, without a length and a core at full load.
        headers.setdefault("content-encoding", "identity")
    if isinstance(answer.body, bytes):
        response = Response(answer.body, answer.status)
    else:
        response = StreamingResponse(answer.body, answer.status)
    _set_headers(response, headers)
    return response


def _set_headers(response: Response, headers: dict[str, str]) -> None:
    """Exactly these: Starlette would add a length of 0 to a HEAD or a 304, and a charset."""
    response.raw_headers = [
        (name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()
    ]


def _down(error: AwsUnavailable) -> Response:
    return _problem(503, error.title, f"{error.message} {error.hint}", {"retry-after": "1"})


def _problem(
    status: int, title: str, detail: str, headers: dict[str, str] | None = None
) -> Response:
    content = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return JSONResponse(
        content,
        status,
        headers={**_HARMLESS, "cache-control": "no-store", **(headers or {})},
        media_type="application/problem+json",
    )
