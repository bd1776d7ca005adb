"""What a migration reads before it plans: objects, rows that name them, and the CDN in front."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from core.aws.buckets import ObjectMover
from core.aws.clients import AwsClients
from core.aws.cloudfront import CloudFrontReader
from core.aws.dynamodb_tables import TableReader
from core.diagnostics.layouts.layouts import KeyMap
from core.diagnostics.layouts.learning import Entry
from core.diagnostics.layouts.mapping import LayoutIndex, Pair
from core.diagnostics.layouts.record_values import keys_in, rewrite
from core.diagnostics.origins import endpoint_of
from core.diagnostics.service.doctor import DiagnosticsService
from core.diagnostics.urls import path_of
from core.errors import Configuration, DashboardError, NotFound
from core.model.identity import Actor
from core.model.media import MediaFile
from core.model.migration import RecordSource, StepRow
from core.stores.records import RecordStore

_SAMPLED = 50
_MOST_ATTRIBUTES = 12
Named = tuple[str, str, str]  # a row's pk, its sk, and the value that names an object


class Sources:
    def __init__(
        self, clients: AwsClients, store: RecordStore, diagnostics: DiagnosticsService
    ) -> None:
        self._clients, self._store, self._diagnostics = clients, store, diagnostics

    # Objects

    def buckets(self) -> tuple[str, ...]:
        """Those that are origins of the account's distributions."""
        found = CloudFrontReader(self._clients.cloudfront).distributions()
        origins = [
            origin for one in found for origin in one["DistributionConfig"]["Origins"]["Items"]
        ]
        names = {endpoint_of(origin["DomainName"]).bucket for origin in origins}
        return tuple(sorted(name for name in names if name))

    def entries(self, bucket: str, prefix: str, limit: int | None = None) -> list[Entry]:
        listed = ObjectMover(self._clients.s3, bucket).listed(prefix)
        try:
            return [Entry(o.key, o.size, o.etag, o.modified) for o in islice(listed, limit)]
        except Configuration as error:  # the name was given by a person, not by the settings
            raise NotFound(
                f"There is no bucket {bucket!r} in this region.", hint="Compare the name."
            ) from error

    # Rows

    def rows(
        self, source: RecordSource, keys: KeyMap, origin_path: str
    ) -> dict[str, list[StepRow]]:
        """The rows that name an old key, by that key."""
        found: dict[str, list[StepRow]] = defaultdict(list)
        for pk, sk, value in self._named(source):
            for key in keys_in(value, origin_path):
                target = keys.forward(key)
                after = rewrite(value, key, target, origin_path) if target else None
                if after is not None:
                    found[key].append(StepRow(pk=pk, sk=sk, before=value, after=after))
        return found

    def _named(self, source: RecordSource) -> Iterator[Named]:
        if source.kind == "table":
            yield from self._table_values(source.table, source.attribute)
        elif source.kind == "library":
            for file in self._files():
                yield from library_keys(file)

    def _table_values(self, table: str, attribute: str) -> Iterator[Named]:
        reader = TableReader(self._clients.dynamodb)
        facts = reader.facts(table)
        for page in reader.scan(table, (*facts.key_attributes, attribute), facts.segments):
            for row in page.rows:
                value = row.get(attribute)
                if isinstance(value, str) and value:
                    pk, sk = (*(str(row[n]) for n in facts.key_attributes), "")[:2]
                    yield pk, sk, value

    def _files(self) -> Iterator[MediaFile]:
        cursor = ""
        while True:
            page = self._store.changes(cursor)
            for change in page.items:
                if change.kind == "file" and change.record is not None:
                    yield MediaFile.model_validate(change.record.data)
            if not page.items or page.cursor == cursor:
                return
            cursor = page.cursor

    # Pairs: one row that names the same object in two layouts

    def pairs(self, source: RecordSource, index: LayoutIndex) -> tuple[list[Pair], int]:
        """The pairs, and how many rows name an object at all."""
        found: list[Pair] = []
        naming = 0
        for row in self._whole_rows(source):
            keys = {key for value in row for key in keys_in(value) if index.of(key) is not None}
            naming += bool(keys)
            if len(keys) == 2:
                one, other = sorted(keys)
                found.append((one, other))
        return found, naming

    def _whole_rows(self, source: RecordSource) -> Iterator[list[str]]:
        if source.kind == "table":
            reader = TableReader(self._clients.dynamodb)
            facts = reader.facts(source.table)
            names = _texts(reader.sample(source.table, _SAMPLED), facts.key_attributes)
            if names:
                for page in reader.scan(source.table, names, facts.segments):
                    yield from ([v for v in row.values() if isinstance(v, str)]
                                for row in page.rows)  # fmt: skip
        elif source.kind == "library":
            for file in self._files():
                yield [value for _, _, value in library_keys(file)]

    # The CDN

    def served(self, actor: Actor, bucket: str, key: str) -> tuple[str, str]:
        """(domain, origin path) of a distribution that leads to this very key; ('', '') for none.

        The doctor's own routing decides, so that a prefix, a rewrite or a policy counts.
        """
        try:
            for domain, folder in self._fronts(bucket):
                if folder and not key.startswith(f"{folder.strip('/')}/"):
                    continue
                path = path_of(key.removeprefix(f"{folder.strip('/')}/") if folder else key)
                found = self._diagnostics.diagnose_url(actor, f"https://{domain}{path}").resolved
                if (found.bucket, found.key) == (bucket, key):
                    return domain, folder
        except DashboardError:
            return "", ""  # CloudFront can't be read: copies are then verified in S3 alone
        return "", ""

    def _fronts(self, bucket: str) -> Iterable[tuple[str, str]]:
        for one in CloudFrontReader(self._clients.cloudfront).distributions():
            config: dict[str, Any] = one["DistributionConfig"]
            for origin in (config.get("Origins") or {}).get("Items") or ():
                if config.get("Enabled") and endpoint_of(origin["DomainName"]).bucket == bucket:
                    yield one["DomainName"], origin.get("OriginPath") or ""


def library_keys(file: MediaFile) -> Iterator[Named]:
    yield file.id, "file", file.key
    if file.pristine is not None:
        yield file.id, "pristine", file.pristine.key
    for rendition in file.renditions:
        yield file.id, rendition.name, rendition.key


def _texts(sample: Iterable[dict[str, Any]], own: Iterable[str]) -> list[str]:
    """Attributes that hold paths in a sample of rows."""
    found = {
        name: None
        for row in sample
        for name, value in row.items()
        if isinstance(value, str) and "/" in value and name not in set(own)
    }
    return list(found)[:_MOST_ATTRIBUTES]
