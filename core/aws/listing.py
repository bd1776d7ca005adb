"""A whole bucket listed side by side: workers read ranges of its key space and halve slow ones.

What was read and how far it got are handed over together, so that whoever keeps both can go on
after a crash without a key missed or doubled.
"""

from __future__ import annotations

import threading
import time
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from core.aws.errors import translate
from core.aws.key_ranges import PAGE, Alphabet, KeyRange, boundary, following, remaining
from core.aws.list_pages import Columns, Page, page_of
from core.errors import AwsUnavailable, InvalidInput

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

State = list[list[str | bool | None]]

WORKERS = 24
_RAMP = 4  # new readers that each page read so far allows: small buckets stay cheap
_SAMPLE = 50  # one key of so many is looked at for the characters that keys are made of
_HAND_OVER_SECONDS = 1.0
_HAND_OVER_ROWS = 200_000
_ENDING_SECONDS = 70.0
_DIRECTORY = "--x-s3"  # ends the names of directory buckets


@dataclass(frozen=True)
class Batch:
    """Rows that were read since the last batch, and the ranges that are still to be read."""

    rows: Columns
    left: State
    requests: int  # in all, of this run


class BucketScan:
    """One run. `left` is the state of an earlier batch, to go on from there."""

    def __init__(
        self,
        client: S3Client,
        bucket: str,
        *,
        prefix: str = "",
        versions: bool = False,
        left: State | None = None,
        workers: int = WORKERS,
    ) -> None:
        self._client: Any = client
        self._bucket, self._prefix, self._versions = bucket, prefix, versions
        self._workers = workers
        if bucket.endswith(_DIRECTORY):
            raise InvalidInput(
                f"{bucket} is a directory bucket, whose listing has no order.",
                hint="Read its CloudWatch metrics instead.",
            )
        whole = [KeyRange(upto=following(prefix) if prefix else None)]
        self._waiting = whole if left is None else [KeyRange.from_state(one) for one in left]
        self._reading: list[KeyRange] = []
        self._alphabet, self._rows = Alphabet(), Columns()
        self._pages = self._requests = 0
        self._error: Exception | None = None
        self._stopped = False
        lock = threading.RLock()
        self._news, self._idle = threading.Condition(lock), threading.Condition(lock)

    def batches(self) -> Iterator[Batch]:
        """Read until the end; the last batch has nothing `left`. Raises what a reader met, after
        a batch with all that was read before. Closing the iterator ends the readers.
        """
        threads = [
            threading.Thread(target=self._work, name=f"listing-{number}", daemon=True)
            for number in range(self._workers)
        ]
        for thread in threads:
            thread.start()
        try:
            while not self._wait():
                yield self._taken()
            yield self._taken()
        finally:
            self._stop()
            for thread in threads:
                thread.join(_ENDING_SECONDS)
        if self._error is not None:
            raise self._error

    def _wait(self) -> bool:
        """Until there is enough to hand over; True at the end of it all."""
        until = time.monotonic() + _HAND_OVER_SECONDS
        with self._news:
            while len(self._rows) < _HAND_OVER_ROWS:
                pause = until - time.monotonic()
                if self._over() or pause <= 0:
                    break
                self._news.wait(pause)
            return self._over()

    def _over(self) -> bool:
        return self._stopped or self._error is not None or not (self._waiting or self._reading)

    def _taken(self) -> Batch:
        with self._news:
            rows, self._rows = self._rows, Columns()
            left = [one.state() for one in (*self._waiting, *self._reading)]
            return Batch(rows, left, self._requests)

    def _stop(self) -> None:
        with self._news:
            self._stopped = True
            self._idle.notify_all()

    # --- the readers ------------------------------------------------------------------------

    def _work(self) -> None:
        try:
            while (span := self._next()) is not None:
                while not span.done and not self._over():
                    self._absorb(span, self._read(span))
        except Exception as error:  # noqa: BLE001  # raised again where the batches are taken
            with self._news:
                self._error = self._error or error
                self._news.notify()
                self._idle.notify_all()

    def _next(self) -> KeyRange | None:
        """A range for one reader, waiting or cut off another reader's; None: nothing is left."""
        with self._news:
            while not self._over():
                span = self._waiting.pop() if self._waiting else self._cut()
                if span is not None:
                    self._reading.append(span)
                    return span
                self._idle.wait()
        return None

    def _cut(self) -> KeyRange | None:
        if len(self._reading) >= min(self._workers, _RAMP * self._pages):
            return None
        for span in sorted(self._reading, key=attrgetter("hope"), reverse=True):
            if span.hope <= PAGE:
                break
            at = boundary(span, self._alphabet)
            if at is not None:
                behind = span.cut(at)
                span.hope = remaining(span, self._alphabet)
                return behind
        return None

    def _read(self, span: KeyRange) -> Page:
        with self._news:
            self._requests += 1
        with translate("s3"):
            if self._versions:
                page = page_of(self._client.list_object_versions(**self._version_query(span)))
                page.rows = page.rows.by_key()  # some endpoints tell the delete markers last
                return page
            return page_of(self._client.list_objects_v2(**self._query(span)))

    def _query(self, span: KeyRange) -> dict[str, Any]:
        query = {"Bucket": self._bucket, "Prefix": self._prefix, "EncodingType": "url"}
        if span.cursor:
            query["StartAfter"] = span.cursor
        return {**query, "MaxKeys": PAGE}

    def _version_query(self, span: KeyRange) -> dict[str, Any]:
        query = {"Bucket": self._bucket, "Prefix": self._prefix, "EncodingType": "url"}
        if span.cursor:
            query["KeyMarker"] = span.cursor
        if span.version:
            query["VersionIdMarker"] = span.version
        return {**query, "MaxKeys": PAGE}

    def _absorb(self, span: KeyRange, page: Page) -> None:
        keys = page.rows.keys
        _check_order(keys, self._bucket)
        with self._news:
            start = bisect_right(keys, span.after)
            end = len(keys) if span.upto is None else bisect_right(keys, span.upto)
            if end > start:
                self._pages += 1
                span.first = span.first or keys[start]
                span.keys += end - start
                self._rows.extend(page.rows, start, end)
                self._alphabet.learn(keys[start:end:_SAMPLE])
            self._advance(span, page)
            span.hope = remaining(span, self._alphabet)
            if span.done:
                self._reading.remove(span)
            self._tell()

    def _tell(self) -> None:
        if self._over():
            self._idle.notify_all()
        else:
            self._idle.notify(_RAMP)
        if self._over() or len(self._rows) >= _HAND_OVER_ROWS:
            self._news.notify()

    def _advance(self, span: KeyRange, page: Page) -> None:
        last = page.next_key if self._versions else (page.rows.keys or [""])[-1]
        if not page.truncated or (span.upto is not None and last > span.upto):
            span.done = True
            return
        version = page.next_version if self._versions else ""
        if (last, version) == (span.cursor, span.version) or last < span.cursor:
            raise AwsUnavailable(
                f"The listing of {self._bucket} does not move on.", hint="Try again later."
            )
        span.cursor, span.version = last, version


def _check_order(keys: Sequence[str], bucket: str) -> None:
    if any(left > right for left, right in pairwise(keys)):
        raise AwsUnavailable(
            f"The listing of {bucket} is not in the order of its keys.",
            hint="This endpoint can't be listed side by side; use an inventory report.",
        )
