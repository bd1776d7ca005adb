"""An account's configuration as a scene: the facts of a document, with AWS calls as places."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from core.diagnostics import facts
from core.diagnostics.lint.document import Spot
from core.diagnostics.lint.fragments import parsed
from core.diagnostics.lint.scene import KeyAt, OriginAt, Scene, StatementAt, UrlAt
from core.diagnostics.origins import endpoint_of
from core.diagnostics.routing import match_host
from core.diagnostics.urls import parse_url, redact
from core.model.delivery import AccountSnapshot, CacheBehavior, Distribution, Origin, mapping, rows


def snapshot_scene(name: str, snapshot: AccountSnapshot) -> Scene:
    return Scene(
        name=name,
        snapshot=snapshot,
        origins=tuple(_origins(snapshot)),
        keys=tuple(_keys(snapshot)),
        urls=tuple(_urls(snapshot)),
        statements=(*_bucket_statements(snapshot), *_identity_statements(snapshot)),
    )


def _origins(snapshot: AccountSnapshot) -> Iterator[OriginAt]:
    for distribution in snapshot.distributions:
        for origin in distribution.config.origins:
            endpoint = endpoint_of(origin.domain_name)
            where = f"cloudfront:GetDistribution {distribution.id} Origins[{origin.id}]"
            yield OriginAt(
                Spot(where, origin.origin_path or origin.domain_name), endpoint.bucket,
                origin.origin_path.rstrip("/"), origin.identity,
                tuple(b.path_pattern or "*" for b in behaviors_of(distribution, origin)),
                any(changes_path(b) for b in behaviors_of(distribution, origin)),
            )  # fmt: skip


def behaviors_of(distribution: Distribution, origin: Origin) -> list[CacheBehavior]:
    """The behaviours that lead to an origin, itself or as a member of a group."""
    config = distribution.config
    groups = {g.id for g in config.origin_groups if origin.id in g.member_ids}
    behaviors = (*config.cache_behaviors, config.default_cache_behavior)
    wanted = {origin.id, *groups}
    return [b for b in behaviors if b.target_origin_id in wanted]


def changes_path(behavior: CacheBehavior) -> bool:
    """Whether code runs that may ask the origin for another path."""
    events = {one.event_type for one in behavior.function_associations}
    events |= {one.event_type for one in behavior.lambda_function_associations}
    return bool(events & {"viewer-request", "origin-request"})


def _keys(snapshot: AccountSnapshot) -> Iterator[KeyAt]:
    for bucket in snapshot.buckets:
        where = f"s3:ListObjectsV2 {bucket.name}"
        for item in bucket.objects:
            if item.is_latest and not item.deleted:
                yield KeyAt(Spot(where, item.key), item.key, "listed", bucket.name)
    for record, stored in stored_values(snapshot):
        if stored.kind == "key":
            yield KeyAt(record_spot(record, stored.name, stored.value), str(stored.value), "record")


def records(snapshot: AccountSnapshot) -> Iterator[AccountSnapshot]:
    """The snapshot once per row of the application that it holds."""
    for row in (snapshot.db_record, *snapshot.db_records):
        if row:
            one = snapshot.replace(db_record=row)
            if facts.is_record(one):
                yield one


def stored_values(snapshot: AccountSnapshot) -> Iterator[tuple[AccountSnapshot, facts.Stored]]:
    for record in records(snapshot):
        for stored in facts.stored(record):
            yield record, stored


def record_spot(record: AccountSnapshot, name: str, value: Any) -> Spot:
    row = record.db_record or {}
    place = " ".join(str(part) for part in (row.get("pk"), name) if part)
    return Spot(f"{facts.record_api(record)} {place}", redact(str(value)))


def _urls(snapshot: AccountSnapshot) -> Iterator[UrlAt]:
    asked = snapshot.request.url
    if asked:
        spot = Spot("request Url", redact(asked))
        yield UrlAt(spot, asked, "", is_cdn(snapshot, asked))
    for record, stored in stored_values(snapshot):
        if stored.kind == "url":
            url = str(stored.value)
            kept = f"the record's {stored.name}"
            yield UrlAt(record_spot(record, stored.name, url), url, kept, is_cdn(snapshot, url))


def is_cdn(snapshot: AccountSnapshot, url: str) -> bool:
    host = parse_url(url).host
    return host.endswith(".cloudfront.net") or match_host(snapshot, host).owner is not None


def _bucket_statements(snapshot: AccountSnapshot) -> Iterator[StatementAt]:
    for bucket in snapshot.buckets:
        for at, statement in enumerate(bucket.policy.statement if bucket.policy else ()):
            where = f"s3:GetBucketPolicy {bucket.name} Statement[{at}]"
            resources = ", ".join(statement.resource)
            yield StatementAt(Spot(where, resources), statement, bucket.name)


def _identity_statements(snapshot: AccountSnapshot) -> Iterator[StatementAt]:
    for policy in snapshot.iam_policies:
        name = str(policy.get("PolicyName") or policy.get("Name") or "policy")
        document = mapping(policy.get("PolicyDocument") or policy.get("Document"))
        listed = document.get("Statement")
        for at, raw in enumerate(rows([listed] if isinstance(listed, dict) else listed)):
            spot = Spot(f"iam {policy.get('Holder') or name} Statement[{at}]", _brief(raw))
            if found := parsed(raw, spot, name):
                yield found


def _brief(raw: dict[str, Any]) -> str:
    return f"Action {raw.get('Action')}, Resource {raw.get('Resource')}"
