"""CloudFront signed URLs and cookies: canned and custom policies, verified with the public keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from core.diagnostics.urls import REDACTED, RequestUrl
from core.model import signed_access
from core.model.delivery import AccountSnapshot, CacheBehavior
from core.model.signed_access import AccessPolicy

Problem = Literal[
    "missing", "malformed", "expired", "not-yet-valid", "unknown-key", "bad-signature",
    "ip-restricted", "unverifiable",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class SignedCheck:
    """`problems` in the order in which CloudFront meets them; empty means the access is granted."""

    required: bool
    source: Literal["none", "url", "cookie"] = "none"
    problems: tuple[Problem, ...] = ()
    key_id: str = ""
    resource: str = ""
    expires: datetime | None = None
    starts: datetime | None = None
    addresses: str = ""
    known_keys: tuple[str, ...] = ()


def needs_signature(behavior: CacheBehavior) -> bool:
    groups, signers = behavior.trusted_key_groups, behavior.trusted_signers
    return (groups.enabled and bool(groups.items)) or (signers.enabled and bool(signers.items))


def check(snapshot: AccountSnapshot, behavior: CacheBehavior, url: RequestUrl) -> SignedCheck:
    """Decide the signature of this request from the snapshot alone."""
    if not needs_signature(behavior):
        return SignedCheck(required=False)
    keys = _key_ids(snapshot, behavior)
    values, source = _presented(snapshot, url)
    if source == "none":
        return SignedCheck(True, "none", ("missing",), known_keys=keys)
    return _judge(snapshot, behavior, url, values, source, keys)


def _key_ids(snapshot: AccountSnapshot, behavior: CacheBehavior) -> tuple[str, ...]:
    groups = [g for g in snapshot.key_groups if g.id in behavior.trusted_key_groups.items]
    return tuple(key for group in groups for key in group.items)


def cookies_of(snapshot: AccountSnapshot) -> dict[str, str]:
    return signed_access.read_cookies(snapshot.request.header("cookie") or "")


def _presented(
    snapshot: AccountSnapshot, url: RequestUrl
) -> tuple[dict[str, str], Literal["none", "url", "cookie"]]:
    if query := signed_access.from_query(url.query):
        return query, "url"
    if cookies := signed_access.from_cookies(cookies_of(snapshot)):
        return cookies, "cookie"
    return {}, "none"


def _judge(
    snapshot: AccountSnapshot,
    behavior: CacheBehavior,
    url: RequestUrl,
    values: Mapping[str, str],
    source: Literal["url", "cookie"],
    keys: tuple[str, ...],
) -> SignedCheck:
    key_id = values.get("Key-Pair-Id", "")
    if not key_id:
        return SignedCheck(True, source, ("missing",), known_keys=keys)
    if REDACTED in values.values():
        return SignedCheck(True, source, ("unverifiable",), key_id, known_keys=keys)
    policy = signed_access.policy_of(values, signed_resource(url))
    problems: list[Problem] = []
    if policy is None or not values.get("Signature"):
        return SignedCheck(True, source, ("malformed",), key_id, known_keys=keys)
    signature = _verify(snapshot, behavior, values, policy, keys)
    if signature:
        problems.append(signature)
    elif not _covers(policy.resource, url):
        problems.append("bad-signature")
    problems.extend(_times(snapshot, policy))
    return SignedCheck(
        True, source, tuple(problems), key_id, policy.resource, policy.expires, policy.starts,
        policy.addresses, keys,
    )  # fmt: skip


def _times(snapshot: AccountSnapshot, policy: AccessPolicy) -> list[Problem]:
    problems: list[Problem] = []
    if policy.expires and policy.expires < snapshot.now:
        problems.append("expired")
    if policy.starts and policy.starts > snapshot.now:
        problems.append("not-yet-valid")
    if policy.addresses and not signed_access.admits(policy.addresses, snapshot.request.viewer.ip):
        problems.append("ip-restricted")
    return problems


def signed_resource(url: RequestUrl) -> str:
    """The URL as a canned policy names it: without CloudFront's own parameters."""
    base = url.text.split("#", 1)[0].split("?", 1)[0]
    return signed_access.resource_of(base, url.query)


def _covers(resource: str, url: RequestUrl) -> bool:
    return signed_access.covers(resource, signed_resource(url), scheme=url.scheme, host=url.host)


def _verify(
    snapshot: AccountSnapshot,
    behavior: CacheBehavior,
    values: Mapping[str, str],
    policy: AccessPolicy,
    keys: tuple[str, ...],
) -> Problem | None:
    key_id = values["Key-Pair-Id"]
    groups_known = all(
        any(g.id == wanted for g in snapshot.key_groups)
        for wanted in behavior.trusted_key_groups.items
    )
    if key_id not in keys:
        certain = groups_known and not behavior.trusted_signers.enabled
        return "unknown-key" if certain else "unverifiable"
    public = next((k.encoded_key for k in snapshot.public_keys if k.id == key_id), "")
    signature = signed_access.decode(values["Signature"])
    if not public:
        return "unverifiable"
    if signature is None:
        return "bad-signature"
    algorithm = values.get("Hash-Algorithm", "SHA1")
    return signed_access.verify(public, signature, policy.text, algorithm)
