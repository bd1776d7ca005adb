"""How much a request may send: nobody fills memory or disk, signed in or not."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.web.api.problems import problem

MIB = 1024 * 1024
FILE_LIMIT = 100 * MIB  # one file through the server; larger ones go straight to S3
BODY_LIMIT = 16 * MIB  # JSON; the largest is a saved case
_FORM_OVERHEAD = 64 * 1024  # boundaries and part headers around the file


class BodyLimit:
    """Answers 413 before reading what is announced as too long, and stops reading what is."""

    def __init__(self, app: ASGIApp, file_paths: tuple[str, ...]) -> None:
        self._app, self._file_paths = app, file_paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._limit(scope)
        if _announced(scope) > limit:
            await problem(413, "too-large", "Too large", _sentence(limit), hint=_HINT)(
                scope, receive, send
            )
            return
        await self._app(scope, _counted(receive, limit), send)

    def _limit(self, scope: Scope) -> int:
        takes_file = scope["method"] == "POST" and scope["path"].endswith(self._file_paths)
        return FILE_LIMIT + _FORM_OVERHEAD if takes_file else BODY_LIMIT


_HINT = "Send large files with POST /api/uploads: they go straight to S3."


def _counted(receive: Receive, limit: int) -> Receive:
    seen = 0

    async def count() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            raise HTTPException(413, _sentence(limit))
        return message

    return count


def _announced(scope: Scope) -> int:
    value = dict(scope["headers"]).get(b"content-length", b"0")
    return int(value) if value.isdigit() else 0


def _sentence(limit: int) -> str:
    return f"The request is larger than {limit // MIB} MiB."
