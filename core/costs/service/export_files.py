"""Opens the files of a billing export: CSV, CSV.gz and Parquet, as a stream of rows."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from core.costs.exports import ExportReader
from core.errors import InvalidInput, UnreadableContent
from core.model.actuals import Actuals

_GZIP, _PARQUET = b"\x1f\x8b", b"PAR1"
_BATCH = 50_000
_CHUNK = 1024 * 1024
_HINT = "Download the export again; the numbers of a part would look like the whole month."


@dataclass(frozen=True)
class ExportFile:
    """`open` gives a new seekable stream each time."""

    name: str
    open: Callable[[], BinaryIO]


def file_at(path: Path) -> ExportFile:
    return ExportFile(path.name, lambda: path.open("rb"))


def uploaded(name: str, content: bytes) -> ExportFile:
    return ExportFile(name, lambda: io.BytesIO(content))


def read_export(files: Sequence[ExportFile], period: str, as_of: datetime) -> Actuals:
    """All files of one export. A file that is given twice is read once.

    Raises `InvalidInput` and `UnreadableContent`.
    """
    reader, seen = ExportReader(period), set[str]()
    if not files:
        raise InvalidInput("There is no export to read.", hint="Give its CSV or Parquet files.")
    twice = 0
    for file in files:
        digest = _digest(file)
        if digest in seen:
            twice += 1
            continue
        seen.add(digest)
        _read(file, reader)
    found = reader.actuals(as_of)
    told = (f"{twice} files were given twice and read once",) if twice else ()
    return found.model_copy(update={"warnings": (*found.warnings, *told)})


def _digest(file: ExportFile) -> str:
    whole = hashlib.sha256()
    with _opened(file) as stream:
        while chunk := stream.read(_CHUNK):
            whole.update(chunk)
    return whole.hexdigest()


def _opened(file: ExportFile) -> BinaryIO:
    try:
        return file.open()
    except OSError as error:
        raise InvalidInput(f"{file.name} can't be read: {error}", hint="Check the path.") from error


def _read(file: ExportFile, reader: ExportReader) -> None:
    with _opened(file) as stream:
        start = stream.read(4)
        stream.seek(0)
        try:
            if start == _PARQUET:
                _read_parquet(file.name, stream, reader)
            elif start[:2] == _GZIP:
                with gzip.open(stream) as unpacked:
                    _read_csv(file.name, unpacked, reader)
            else:
                _read_csv(file.name, stream, reader)
        except (EOFError, gzip.BadGzipFile, zlib.error, UnicodeDecodeError, csv.Error) as error:
            raise UnreadableContent(
                f"{file.name} is damaged or cut off: {error}", hint=_HINT
            ) from error


def _read_csv(name: str, stream: Any, reader: ExportReader) -> None:
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
    rows = csv.DictReader(text)
    reader.add(name, rows.fieldnames or (), rows)
    text.detach()


def _read_parquet(name: str, stream: BinaryIO, reader: ExportReader) -> None:
    import pyarrow as pa  # noqa: PLC0415  # takes long to load
    import pyarrow.parquet as pq  # noqa: PLC0415

    try:
        file = pq.ParquetFile(stream)
        flat = [n for n in file.schema_arrow.names if not _nested(file.schema_arrow.field(n).type)]
        reader.add(name, flat, _parquet_rows(file, flat))
    except (pa.ArrowInvalid, OSError) as error:
        raise UnreadableContent(f"{name} is no whole Parquet file: {error}", hint=_HINT) from error


def _nested(kind: Any) -> bool:
    """CUR 2.0 keeps tags and products in maps, which no charge needs."""
    return bool(kind.num_fields)


def _parquet_rows(file: Any, names: Sequence[str]) -> Iterator[dict[str, Any]]:
    for batch in file.iter_batches(batch_size=_BATCH, columns=list(names)):
        yield from batch.to_pylist()
