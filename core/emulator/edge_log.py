"""The access log that ministack lacks: CloudFront's standard lines (v1) in the log bucket.

A line is on disk before the answer has ended; files are delivered every few minutes, under a name
that stays the same when a crash makes the delivery happen again.
"""

from __future__ import annotations

import contextlib
import gzip
import secrets
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TextIO
from urllib.parse import quote

from botocore.exceptions import BotoCoreError, ClientError

from core.emulator.edge_cache import EdgeResponse, ViewerRequest
from core.model.traffic import LOG_FIELDS

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PREFIX = "cdn/"
EDGE = "EMB1-C1"  # no airport has this code: these requests were served here
_HEADER = f"#Version: 1.0\n#Fields: {' '.join(LOG_FIELDS)}\n"
# CloudFront encodes a value once more: blanks, controls, what is not ASCII, "#%<>[\]^`{|}~ and '.
_LEFT_ALONE = "!$&()*+,/:;=?@"


@dataclass(frozen=True)
class Viewer:
    """What the connection tells of whoever asks."""

    address: str
    port: int
    scheme: str
    version: str = "HTTP/1.1"


class EdgeLog:
    """`bucket` may be '': then nothing is written."""

    def __init__(
        self,
        folder: Path,
        s3: Callable[[], S3Client],
        bucket: str,
        distribution_id: str,
        label: str,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._folder, self._s3, self._bucket = folder, s3, bucket
        self._distribution_id, self._label, self._clock = distribution_id, label, clock
        self._lock = threading.Lock()
        self._delivering = threading.Lock()
        self._file: TextIO | None = None

    def watched(self, request: ViewerRequest, answer: EdgeResponse, viewer: Viewer) -> EdgeResponse:
        """The same answer; its line is written when its last byte is sent, or the viewer leaves."""
        if not self._bucket or request.label != self._label:
            return answer
        begun = self._clock()
        if isinstance(answer.body, bytes):
            self._note(request, answer, viewer, len(answer.body), begun)
            return answer
        body = self._counted(request, answer, viewer, begun)
        return EdgeResponse(answer.status, answer.headers, body)

    async def _counted(
        self, request: ViewerRequest, answer: EdgeResponse, viewer: Viewer, begun: datetime
    ) -> AsyncIterator[bytes]:
        sent = 0
        assert not isinstance(answer.body, bytes)  # noqa: S101  # narrows for mypy
        try:
            async for chunk in answer.body:
                sent += len(chunk)
                yield chunk
        finally:
            self._note(request, answer, viewer, sent, begun)

    def _note(
        self,
        request: ViewerRequest,
        answer: EdgeResponse,
        viewer: Viewer,
        sent: int,
        begun: datetime,
    ) -> None:
        line = log_line(request, answer, viewer, sent, begun, self._clock())
        with self._lock:
            if self._file is None:
                self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                name = f"{self._clock():%Y-%m-%d-%H}.{secrets.token_hex(4)}.log"
                self._file = (self._folder / name).open("a", encoding="ascii")
            self._file.write(line)
            self._file.flush()

    def deliver(self) -> int:
        """Put what was written into the bucket; what fails stays. Returns how many files went."""
        if not self._bucket:
            return 0
        with self._delivering:
            with self._lock:
                if self._file is not None:
                    self._file.close()
                    self._file = None
                ended = sorted(self._folder.glob("*.log"))
            return sum(1 for path in ended if self._delivered(path))

    def _delivered(self, path: Path) -> bool:
        key = f"{PREFIX}{self._distribution_id}.{path.stem}.gz"
        content = gzip.compress(_HEADER.encode() + path.read_bytes(), mtime=0)
        try:
            self._s3().put_object(Bucket=self._bucket, Key=key, Body=content)
        except (BotoCoreError, ClientError):
            return False
        path.unlink()
        return True


def log_line(
    request: ViewerRequest,
    answer: EdgeResponse,
    viewer: Viewer,
    sent: int,
    begun: datetime,
    ended: datetime,
) -> str:
    """One line of 33 fields; bytes of headers are those that were sent, less what servers add."""
    names, seen = request.headers, answer.headers
    result = (seen.get("x-cache") or "Miss").split(" ")[0]
    first, last = _range(seen)
    seconds = f"{max(0.0, (ended - begun).total_seconds()):.3f}"
    head = request.method == "HEAD"
    values = (
        f"{begun:%Y-%m-%d}", f"{begun:%H:%M:%S}", EDGE, str(_size(seen) + sent), viewer.address,
        request.method, f"{request.label}.cloudfront.net", _encoded(request.raw_path),
        f"{answer.status:03d}", _encoded(names.get("referer")), _encoded(names.get("user-agent")),
        _encoded(request.query), "-", result, f"{secrets.token_urlsafe(39)}==",
        _encoded(names.get("host")), viewer.scheme,
        str(len(request.method) + len(request.target) + _size(names)), seconds, "-", "-", "-",
        result, viewer.version, "-", "-", str(viewer.port), seconds, result,
        _encoded(seen.get("content-type")), "-" if head else str(sent), first, last,
    )  # fmt: skip
    return "\t".join(values) + "\n"


def _encoded(value: str | None) -> str:
    return quote(value, safe=_LEFT_ALONE) if value else "-"


def _size(headers: Mapping[str, str]) -> int:
    return sum(len(name) + len(value) + 4 for name, value in headers.items())


def _range(headers: Mapping[str, str]) -> tuple[str, str]:
    with contextlib.suppress(ValueError, KeyError, IndexError):
        first, _, last = headers["content-range"].split(" ")[1].partition("/")[0].partition("-")
        return str(int(first)), str(int(last))
    return "-", "-"
