"""Where an audit's URLs come from: the library, a table, a file of rows, access logs, a case."""

from __future__ import annotations

import gzip
import io
import json
import re
import tempfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import IO, Any

from core.aws.clients import AwsClients
from core.aws.dynamodb_tables import TableReader
from core.aws.parallel import merged
from core.aws.s3 import MediaBucket
from core.diagnostics.audit_files import URLS, Skipped, csv_rows
from core.diagnostics.audits.log_lines import Logged, read_log
from core.diagnostics.service.audit_sources import is_utf8, parquet_rows
from core.diagnostics.service.audits.results import Asked
from core.diagnostics.urls import path_of
from core.errors import InvalidInput
from core.model.media import FileQuery, MediaFile, ObjectRef
from core.model.url_audit import (
    AuditSource,
    CaseSource,
    CsvSource,
    DynamoSource,
    Holds,
    LibrarySource,
    LogSource,
)
from core.stores.search_index import SearchIndex

UPLOADS = "uploads"  # folder of what was uploaded
_PAGE = 1000
_LINES = 5000  # requests that are handed on together
_LONGEST_LINE = 1 << 20
_MOST_LOGGED = 1_000_000  # different URLs of access logs
_IN_MEMORY = 8 << 20
_HOUR = re.compile(r"\.(\d{4}-\d{2}-\d{2})-(\d{2})\.")


@dataclass(slots=True)
class Notes:
    """What the reading of a source has to tell beside the URLs."""

    skipped: Skipped = field(default_factory=Skipped)
    warnings: list[str] = field(default_factory=list)
    capacity_units: float | None = None
    in_table: bool = False


@dataclass(frozen=True, slots=True)
class Reach:
    """What the sources may read. `address` is the public URL of a key of the library."""

    clients: AwsClients
    index: SearchIndex
    address: Callable[[str], str]


def read_source(reach: Reach, source: AuditSource, folder: Path, notes: Notes) -> Iterator[Asked]:
    """Every URL of a source, in a stable order where it has one."""
    match source:
        case LibrarySource():
            return _library(reach)
        case DynamoSource():
            return _table(reach, source, notes)
        case CsvSource():
            return _file(folder, source, notes)
        case LogSource():
            return _logs(reach, folder, source, notes)
        case CaseSource():
            return _case(folder, notes)


# --- the library ------------------------------------------------------------------------------


def _library(reach: Reach) -> Iterator[Asked]:
    cursor: str | None = None
    while True:
        page = reach.index.search(FileQuery(), limit=_PAGE, cursor=cursor)
        for file in page.items:
            yield from _served(file, reach.address)
        if page.next_cursor is None:
            return
        cursor = page.next_cursor


def _served(file: MediaFile, address: Callable[[str], str]) -> Iterator[Asked]:
    if file.key:
        yield Asked(file.id, address(file.key))
    for made in file.renditions:
        yield Asked(f"{file.id}/{made.name}", address(made.key))


# --- a table ----------------------------------------------------------------------------------


def _table(reach: Reach, source: DynamoSource, notes: Notes) -> Iterator[Asked]:
    reader = TableReader(reach.clients.dynamodb)
    facts = reader.facts(source.table)
    if set(facts.key_attributes) != set(source.key_attributes):
        raise InvalidInput(
            f"The key of {source.table} is {' and '.join(facts.key_attributes)}.",
            hint="Choose these as the key attributes.",
        )
    notes.in_table, notes.capacity_units = True, 0.0
    wanted = (*facts.key_attributes, source.attribute)
    for page in reader.scan(source.table, wanted, facts.segments):
        notes.capacity_units += page.units
        for row in page.rows:
            yield from _row(row, facts.key_attributes, source, notes.skipped)


def _row(
    row: dict[str, Any], keys: tuple[str, ...], source: DynamoSource, skipped: Skipped
) -> Iterator[Asked]:
    named = {key: row.get(key) for key in keys}
    name = "/".join(str(value) for value in named.values())
    value = row.get(source.attribute)
    if source.attribute not in row:
        skipped.add(f"no attribute {source.attribute}", name)
    elif isinstance(value, str):
        url, old = url_of(value, source.holds, source.host)
        yield Asked(name, url, 1, old, json.dumps(named))
    elif isinstance(value, list) and all(isinstance(one, str) for one in value):
        for i, one in enumerate(value):
            url, old = url_of(one, source.holds, source.host)
            yield Asked(f"{name}#{i}", url, 1, old)  # one item of a list is not written anew
    else:
        skipped.add(f"{source.attribute} is no text", name)


def url_of(value: str, holds: Holds, host: str) -> tuple[str, str]:
    """The URL to judge, and the value itself where that is something else."""
    if holds is Holds.URL or not value or not host:
        return value, ""
    if holds is Holds.AUTO and (":" in value.partition("/")[0] or value.startswith("//")):
        return value, ""
    return f"https://{host}{path_of(value.removeprefix('/'))}", value


# --- a file of rows ---------------------------------------------------------------------------


def _file(folder: Path, source: CsvSource, notes: Notes) -> Iterator[Asked]:
    path = uploaded(folder, "urls")
    url, name, hits = source.url, source.id or source.url, source.hits or source.url
    rows = file_rows(path, (name, url, hits), source.file or "The file", notes.skipped)
    for number, (id, value, count) in enumerate(rows, 1):  # noqa: A001
        asked, old = url_of(value, source.holds, source.host)
        times = _hits(count) if source.hits else 1
        if times is None:
            notes.skipped.add(f"{hits} is no whole number", f"row {number}: {count[:40]}")
            continue
        yield Asked(id if source.id else str(number), asked, times, old)


def _hits(text: str) -> int | None:
    plain = text.strip()
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) <= 15 else None


def file_rows(
    path: Path, columns: tuple[str, ...], name: str, skipped: Skipped
) -> Iterator[list[str]]:
    """Rows of a CSV or Parquet file; a CSV's column names count in any case."""
    if path.suffix == ".parquet":
        yield from parquet_rows(path, columns, name, skipped)
        return
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        lowered = [column.strip().lower() for column in columns]
        yield from csv_rows(_bounded(file), lowered, name, skipped, clean=is_utf8(path))


def _bounded(file: IO[str]) -> Iterator[str]:
    """Lines, none of them longer than memory should hold."""
    return iter(partial(file.readline, _LONGEST_LINE), "")


def uploaded(folder: Path, role: str) -> Path:
    """The uploaded file of this role."""
    found = sorted((folder / UPLOADS).glob(f"{role}.*"))
    if not found:
        raise InvalidInput(f"No file for the {role} was sent.", hint="Start the audit with it.")
    return found[0]


# --- access logs ------------------------------------------------------------------------------


def _logs(reach: Reach, folder: Path, source: LogSource, notes: Notes) -> Iterator[Asked]:
    """Different URLs with their hits, the most asked first."""
    hits: Counter[str] = Counter()
    left_out = 0
    for found, skipped in _logged(reach, folder, source):
        _add(notes.skipped, skipped)
        for one in found:
            if one.url in hits or len(hits) < _MOST_LOGGED:
                hits[one.url] += 1
            else:
                left_out += 1
    if left_out:
        notes.warnings.append(
            f"{left_out:,} requests were left out: there are more than {_MOST_LOGGED:,} URLs."
        )
    for number, (url, count) in enumerate(hits.most_common(), 1):
        yield Asked(str(number), url, count)


Batch = tuple[list[Logged], Skipped]


def _logged(reach: Reach, folder: Path, source: LogSource) -> Iterator[Batch]:
    if not source.bucket:
        for path in sorted((folder / UPLOADS).glob("logs.*")):
            with path.open("rb") as file:
                yield from _requests(file, source.file or path.name, source)
        return
    bucket = MediaBucket(reach.clients.s3, source.bucket)
    refs = (stored.ref for stored in bucket.list(source.prefix))
    wanted = [ref for ref in refs if _may_hold(ref.key, source)]
    yield from merged([partial(_fetched, bucket, ref, source) for ref in wanted])


def _may_hold(key: str, source: LogSource) -> bool:
    """Whether a file's hour lies in the time that was asked for; entries may be an hour late."""
    found = _HOUR.search(key.rpartition("/")[2])
    if found is None:
        return True
    try:
        hour = datetime.fromisoformat(f"{found[1]}T{found[2]}:00:00").replace(tzinfo=UTC)
    except ValueError:
        return True
    late = hour + timedelta(hours=1)
    return (source.until is None or hour <= source.until) and (
        source.since is None or late >= source.since
    )


def _fetched(bucket: MediaBucket, ref: ObjectRef, source: LogSource) -> Iterator[Batch]:
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as file:
        for chunk in bucket.open_stream(ref):
            file.write(chunk)
        file.seek(0)
        yield from _requests(file, ref.key, source)


def _requests(file: IO[bytes], name: str, source: LogSource) -> Iterator[Batch]:
    """The requests that count, many at a time; what could not be read comes with the last."""
    skipped, batch = Skipped(), list[Logged]()
    try:
        for one in read_log(_log_lines(file), name, skipped):
            if _counts(one, source):
                batch.append(one)
            if len(batch) >= _LINES:
                yield batch, Skipped()
                batch = []
    except (OSError, EOFError, zlib.error) as error:
        skipped.add("not a whole gzip file", f"{name}: {error}")
    yield batch, skipped


def _log_lines(file: IO[bytes]) -> Iterator[str]:
    zipped = file.read(2) == b"\x1f\x8b"
    file.seek(0)
    raw: IO[bytes] = file
    if zipped:
        raw = gzip.GzipFile(fileobj=file, mode="rb")  # type: ignore[assignment]
    text = io.TextIOWrapper(raw, encoding="utf-8", errors="replace", newline="\n")
    try:
        yield from _bounded(text)
    finally:
        text.detach()  # the file is closed by whoever opened it


def _counts(one: Logged, source: LogSource) -> bool:
    if one.status not in source.statuses:
        return False
    if one.at is None:
        return True
    return (source.since is None or one.at >= source.since) and (
        source.until is None or one.at <= source.until
    )


def _add(total: Skipped, more: Skipped) -> None:
    for reason, places in more.places.items():
        for place in places:
            total.add(reason, place)
        total.counts[reason] += more.counts[reason] - len(places)


# --- a case -----------------------------------------------------------------------------------


def _case(folder: Path, notes: Notes) -> Iterator[Asked]:
    for id, url in file_rows(uploaded(folder, "urls"), URLS, "The URLs", notes.skipped):  # noqa: A001
        yield Asked(id, url)


def read_config(text: str, name: str) -> dict[str, Any]:
    """The configuration of an uploaded case. Raises `InvalidInput` with the place."""
    hint = "Give the JSON of a case, or its `snapshot` part."
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        place = f"{name} line {error.lineno} column {error.colno}"
        raise InvalidInput(f"{place} is no JSON: {error.msg}.", hint=hint) from error
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"{name} is no JSON that can be read.", hint=hint) from error
    inner = value.get("snapshot", value) if isinstance(value, dict) else None
    if not isinstance(inner, dict):
        raise InvalidInput(f"{name} holds no JSON object.", hint=hint)
    return inner
