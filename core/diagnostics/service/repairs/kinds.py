"""What each kind of action reads and writes: a document of AWS, or the dashboard's own record."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from core.aws.clients import AwsClients
from core.aws.cloudfront import CloudFrontReader
from core.aws.cloudfront_writer import CloudFrontWriter
from core.aws.dynamodb_rows import TableRows
from core.aws.kms import KeyWriter
from core.aws.s3_config import BucketReader
from core.aws.s3_writer import BucketWriter
from core.diagnostics.repairs.edits import counted
from core.errors import Conflict, NotAllowed, NotFound
from core.model.repair import Action, ActionKind
from core.stores.records import RecordStore

Document = Any
Read = Callable[[Action], tuple[Document, str]]  # the document and its ETag, '' where it has none
Write = Callable[[Action, Document, Document, str], str]  # old, new, ETag; what AWS named
_HEADERS = ("ContentType", "ContentDisposition", "ContentEncoding", "CacheControl",
            "ServerSideEncryption", "SSEKMSKeyId")  # fmt: skip


def kinds(
    clients: AwsClients, store: RecordStore, own_table: str
) -> dict[ActionKind, tuple[Read, Write]]:
    edge, held = _CloudFront(clients), _Objects(clients)
    rows = _Rows(clients, store, own_table)
    return {
        ActionKind.DISTRIBUTION: (edge.read_config, edge.write_config),
        ActionKind.ACCESS_CONTROL: (edge.read_control, edge.write_control),
        ActionKind.NEW_ACCESS_CONTROL: (edge.read_named, edge.write_named),
        ActionKind.FUNCTION: (edge.read_function, edge.write_function),
        ActionKind.INVALIDATION: (edge.read_nothing, edge.invalidate),
        ActionKind.RECORD: (rows.read, rows.write),
        ActionKind.COPY: (held.read_etag, held.copy),
        ActionKind.OBJECT_HEADERS: (held.read_headers, held.write_headers),
        ActionKind.DELETE_MARKER: (held.read_marker, held.write_marker),
        ActionKind.ARCHIVED_OBJECT: (held.read_restore, held.restore),
        **_bucket_kinds(clients),
        **_key_kinds(clients),
    }


def _bucket_kinds(clients: AwsClients) -> dict[ActionKind, tuple[Read, Write]]:
    read, write = BucketReader(clients.s3), BucketWriter(clients.s3)
    return {
        ActionKind.BUCKET_POLICY: (
            lambda action: (read.policy(action.target), ""),
            lambda action, _, new, __: _silent(write.put_policy(action.target, new)),
        ),
        ActionKind.PUBLIC_ACCESS_BLOCK: (
            lambda action: (read.public_access_block(action.target) or {}, ""),
            lambda action, _, new, __: _silent(write.put_public_access_block(action.target, new)),
        ),
        ActionKind.BUCKET_CORS: _setting(
            "CORSRules", read.cors, lambda bucket, rules: write.put_cors(bucket, rules or [])
        ),
        ActionKind.OBJECT_OWNERSHIP: _setting(
            "ObjectOwnership", read.ownership, write.put_ownership
        ),
        ActionKind.REQUEST_PAYER: _setting("Payer", read.request_payer, write.put_request_payer),
    }


def _setting(
    name: str, get: Callable[[str], Any], put: Callable[[str, Any], object]
) -> tuple[Read, Write]:
    """A setting that is one value: its document has one field."""
    return (
        lambda action: ({name: get(action.target)}, ""),
        lambda action, _, new, __: _silent(put(action.target, new.get(name))),
    )


def _key_kinds(clients: AwsClients) -> dict[ActionKind, tuple[Read, Write]]:
    def keys() -> KeyWriter:
        return KeyWriter(clients.kms)  # made only where a key is repaired

    return {
        ActionKind.KEY_POLICY: (
            lambda action: (keys().policy(action.target), ""),
            lambda action, _, new, __: _silent(keys().put_policy(action.target, new)),
        ),
        ActionKind.KEY_STATE: (
            lambda action: ({"KeyState": keys().state(action.target)}, ""),
            lambda action, _, new, __: _silent(
                keys().set_enabled(action.target, new["KeyState"] == "Enabled")
            ),
        ),
    }


def _silent(_: object) -> str:
    return ""


class _CloudFront:
    def __init__(self, clients: AwsClients) -> None:
        self._read = CloudFrontReader(clients.cloudfront)
        self._write = CloudFrontWriter(clients.cloudfront)

    def read_config(self, action: Action) -> tuple[Document, str]:
        return self._write.distribution_config(action.target)

    def write_config(self, action: Action, _: Document, new: Document, etag: str) -> str:
        self._write.update_distribution_config(action.target, counted(new), etag)
        return ""

    def read_control(self, action: Action) -> tuple[Document, str]:
        return self._write.access_control(action.target)

    def write_control(self, action: Action, _: Document, new: Document, etag: str) -> str:
        self._write.update_access_control(action.target, new, etag)
        return ""

    def read_named(self, action: Action) -> tuple[Document, str]:
        found = self._write.access_control_named(action.target)
        if not found:
            return {}, ""
        config, etag = self._write.access_control(found)
        return config, etag

    def write_named(self, action: Action, _: Document, new: Document, etag: str) -> str:
        """Created under its name, or (undone) deleted again."""
        if new:
            return self._write.create_access_control(new)
        self._write.delete_access_control(self._write.access_control_named(action.target), etag)
        return ""

    def read_function(self, action: Action) -> tuple[Document, str]:
        etag = self._write.function_etag(action.target)
        return self._read.function(action.target), etag

    def write_function(self, action: Action, old: Document, new: Document, etag: str) -> str:
        """Publish what is in development, or (undone) the earlier code; development is kept."""
        if new["LiveCode"] != old["DevelopmentCode"]:
            etag = self._write.update_function(action.target, new["LiveCode"], etag)
            self._write.publish_function(action.target, etag)
            etag = self._write.function_etag(action.target)
            self._write.update_function(action.target, old["DevelopmentCode"], etag)
        else:
            self._write.publish_function(action.target, etag)
        return ""

    def read_nothing(self, _: Action) -> tuple[Document, str]:
        return {}, ""

    def invalidate(self, action: Action, _: Document, new: Document, __: str) -> str:
        paths = new.get("Paths") or next(e.after for e in action.edits)
        return self._write.invalidate(action.target, list(paths), action.place["reference"])


class _Objects:
    def __init__(self, clients: AwsClients) -> None:
        self._read, self._write = BucketReader(clients.s3), BucketWriter(clients.s3)

    def _head(self, action: Action) -> dict[str, Any]:
        bucket, _, key = action.target.partition("/")
        return self._read.head(bucket, key) or {}

    def read_etag(self, action: Action) -> tuple[Document, str]:
        found = self._head(action).get("ETag")
        return {"ETag": found} if found else {}, str(found or "")

    def copy(self, action: Action, _: Document, new: Document, __: str) -> str:
        """The copy's version, by which (undone) exactly that copy is removed again."""
        if new.get("ETag"):
            return self._write.copy_as_new(action.place["source"], action.target, new["ETag"])
        bucket, _, key = action.target.partition("/")
        self._write.delete(bucket, key, action.result)
        return ""

    def read_headers(self, action: Action) -> tuple[Document, str]:
        found = self._head(action)
        if not found:
            raise NotFound(f"{action.target} does not exist any more.", hint="Diagnose again.")
        return {n: found[n] for n in _HEADERS if found.get(n)}, str(found["ETag"])

    def write_headers(self, action: Action, _: Document, new: Document, etag: str) -> str:
        bucket, _, key = action.target.partition("/")
        self._write.copy_onto_itself(bucket, key, new, etag)
        return ""

    def read_marker(self, action: Action) -> tuple[Document, str]:
        bucket, _, key = action.target.partition("/")
        latest = [v for v in self._read.versions(bucket, key) if v["IsLatest"]]
        hidden = bool(latest) and bool(latest[0]["DeleteMarker"])
        return {"Deleted": hidden}, str(latest[0]["VersionId"]) if latest else ""

    def write_marker(self, action: Action, _: Document, new: Document, latest: str) -> str:
        """Remove the marker that was seen, or (undone) hide the object again."""
        bucket, _, key = action.target.partition("/")
        if new["Deleted"]:
            self._write.delete(bucket, key)
        elif latest != action.place["version"]:
            raise Conflict(
                f"{action.target} was deleted again since. Nothing was written.",
                hint="Diagnose the URL again.",
            )
        else:
            self._write.delete(bucket, key, latest)
        return ""

    def read_restore(self, action: Action) -> tuple[Document, str]:
        found = self._head(action)
        shown = {"Restore": found["Restore"]} if found.get("Restore") else {}
        return shown, str(found.get("ETag") or "")

    def restore(self, action: Action, _: Document, __: Document, ___: str) -> str:
        bucket, _, key = action.target.partition("/")
        days = int(action.place["days"]) if "days" in action.place else None
        self._write.restore_archived(bucket, key, action.place["tier"], days)
        return ""


class _Rows:
    def __init__(self, clients: AwsClients, store: RecordStore, own_table: str) -> None:
        self._clients, self._store, self._own_table = clients, store, own_table

    @cached_property
    def _tables(self) -> TableRows:
        return TableRows(self._clients.dynamodb)

    def read(self, action: Action) -> tuple[Document, str]:
        if action.place.get("store") == "library":
            record = self._store.get("file", action.place["pk"])
            if record is None:
                raise NotFound("The library's file is gone.", hint="Diagnose the URL again.")
            return record.data, str(record.version)
        self._foreign(action)
        place = action.place
        return self._tables.read(action.target, place["pk"], place.get("sk", "")), ""

    def write(self, action: Action, old: Document, new: Document, version: str) -> str:
        place = action.place
        if place.get("store") == "library":
            record = self._store.get("file", place["pk"])
            if record is None or str(record.version) != version:
                raise Conflict("The library's file was changed in the meantime.", hint="Try again.")
            self._store.put(record.model_copy(update={"data": new}))
        else:
            self._tables.change(action.target, place["pk"], place.get("sk", ""), old, new)
        return ""

    def _foreign(self, action: Action) -> None:
        if action.target == self._own_table:
            raise NotAllowed(
                f"{action.target} holds the dashboard's own records.",
                hint="Change a file on the Library page, an account on the People page.",
            )
