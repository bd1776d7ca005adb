"""What people upload for an audit: checked, unpacked and kept until the audit has ended."""

from __future__ import annotations

import gzip
import shutil
import zlib
from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO, Literal

from core.diagnostics.engine import parse_snapshot
from core.diagnostics.service.audits.run import SNAPSHOT, write_json
from core.diagnostics.service.audits.sources import UPLOADS, read_config, uploaded
from core.errors import InvalidInput, TooLarge
from core.model.url_audit import AuditSource, CaseSource, CsvSource, LogSource

Role = Literal["urls", "inventory", "snapshot", "logs"]
ROLES: tuple[Role, ...] = ("urls", "inventory", "snapshot", "logs")
LARGEST = 1 << 30  # bytes of one file, unpacked
_LARGEST_SNAPSHOT = 64 << 20
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Upload:
    """One file: what it is for, its name, and its bytes or where they lie."""

    role: Role
    name: str
    content: bytes | Path | IO[bytes]


def checked(
    source: AuditSource, uploads: Sequence[Upload] | Mapping[str, bytes]
) -> Sequence[Upload]:
    """The files of this source. Raise `InvalidInput` unless exactly those are there."""
    if isinstance(uploads, Mapping):
        uploads = [Upload(_role(source, name), name, held) for name, held in uploads.items()]
    _require(source, uploads)
    return uploads


def _role(source: AuditSource, name: str) -> Role:
    if isinstance(source, CaseSource):
        roles: dict[str, Role] = {
            source.urls: "urls", source.inventory: "inventory", source.snapshot: "snapshot",
        }  # fmt: skip
        return roles.get(name, "urls")
    return "logs" if isinstance(source, LogSource) else "urls"


def _require(source: AuditSource, uploads: Sequence[Upload]) -> None:
    given = {upload.role for upload in uploads}
    needed: set[Role] = set()
    if isinstance(source, CsvSource):
        needed = {"urls"}
    elif isinstance(source, CaseSource):
        needed = {"snapshot", "inventory", "urls"}
    elif isinstance(source, LogSource):
        needed = set() if source.bucket else {"logs"}
    if given != needed:
        wanted = " and ".join(sorted(needed)) or "no file"
        raise InvalidInput(
            f"This source needs {wanted}; {' and '.join(sorted(given)) or 'no file'} came.",
            hint="Send each file under the name of its part.",
        )


def keep(folder: Path, source: AuditSource, uploads: Sequence[Upload]) -> AuditSource:
    """Store the files; the source then knows their names."""
    held = folder / UPLOADS
    held.mkdir(mode=0o700, exist_ok=True)
    for number, upload in enumerate(uploads):
        _store(held, upload, number)
    if isinstance(source, CaseSource):
        _unfold_case(folder, {upload.role: upload.name for upload in uploads})
    return _named(source, uploads)


def _named(source: AuditSource, uploads: Sequence[Upload]) -> AuditSource:
    names: dict[str, str] = {upload.role: upload.name[-255:] for upload in uploads}
    if isinstance(source, CaseSource):
        return source.model_copy(update=names)
    first = next(iter(names.values()), "")
    return source.model_copy(update={"file": first}) if first else source


def _store(held: Path, upload: Upload, number: int) -> None:
    with closing(_chunks(upload)) as chunks:
        head = next(chunks, b"")
        parquet = head.startswith(b"PAR1")
        ending = f"{number:03}" if upload.role == "logs" else "parquet" if parquet else "text"
        size = 0
        with (held / f"{upload.role}.{ending}").open("wb") as file:
            while head:
                size += len(head)
                if size > LARGEST:
                    raise TooLarge(
                        f"{upload.name} is larger than {LARGEST >> 20} MB.",
                        hint="Split it, or audit the source where it lies.",
                    )
                file.write(head)
                head = next(chunks, b"")


def _chunks(upload: Upload) -> Generator[bytes, None, None]:
    """The bytes, unpacked; logs are unpacked when they are read."""
    content = upload.content
    raw: IO[bytes]
    if isinstance(content, Path):
        raw = content.open("rb")
    else:
        raw = BytesIO(content) if isinstance(content, bytes) else content
    zipped = raw.read(2) == b"\x1f\x8b" and upload.role != "logs"
    raw.seek(0)
    try:
        stream: IO[bytes] = raw
        if zipped:
            stream = gzip.GzipFile(fileobj=raw, mode="rb")  # type: ignore[assignment]
        while chunk := stream.read(_CHUNK):
            yield chunk
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InvalidInput(
            f"{upload.name} is no whole gzip file: {error}", hint="Send it again, or unpacked."
        ) from error
    finally:
        if isinstance(content, Path):
            raw.close()


def _unfold_case(folder: Path, names: dict[Role, str]) -> None:
    """The snapshot is read at once, so that a mistake is told to whoever sends it."""
    path = uploaded(folder, "snapshot")
    if path.stat().st_size > _LARGEST_SNAPSHOT:
        raise TooLarge(
            f"{names['snapshot']} is larger than {_LARGEST_SNAPSHOT >> 20} MB.",
            hint="Leave the objects out: they belong into the inventory.",
        )
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput(
            f"{names['snapshot']} is not UTF-8 at byte {error.start}.", hint="Save it as UTF-8."
        ) from error
    config = read_config(text, names["snapshot"])
    parse_snapshot({"request": {"Url": ""}, **config})
    write_json(folder / SNAPSHOT, config)
    inventory = uploaded(folder, "inventory")
    kind = "parquet" if inventory.suffix == ".parquet" else "csv"
    shutil.move(inventory, folder / f"inventory.{kind}")


def forget_uploads(folder: Path) -> None:
    shutil.rmtree(folder / UPLOADS, ignore_errors=True)
