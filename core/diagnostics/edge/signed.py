"""CloudFront signed URLs and cookies: canned and custom policies, verified with the public keys."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from core.diagnostics.urls import REDACTED, RequestUrl, whole_number
from core.diagnostics.wildcards import matches
from core.model.delivery import AccountSnapshot, CacheBehavior

PARAMETERS = ("Expires", "Policy", "Signature", "Key-Pair-Id", "Hash-Algorithm")
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


def strip_signature(query: str) -> str:
    """The query string without CloudFront's own parameters: what is signed, cached, forwarded."""
    kept = [p for p in query.split("&") if p and p.split("=", 1)[0] not in PARAMETERS]
    return "&".join(kept)


def _key_ids(snapshot: AccountSnapshot, behavior: CacheBehavior) -> tuple[str, ...]:
    groups = [g for g in snapshot.key_groups if g.id in behavior.trusted_key_groups.items]
    return tuple(key for group in groups for key in group.items)


def cookies_of(snapshot: AccountSnapshot) -> dict[str, str]:
    header = snapshot.request.header("cookie") or ""
    pairs = (part.strip().split("=", 1) for part in header.split(";") if "=" in part)
    return dict(pairs)


def _presented(
    snapshot: AccountSnapshot, url: RequestUrl
) -> tuple[dict[str, str], Literal["none", "url", "cookie"]]:
    query = {
        name: value
        for name, _, value in (part.partition("=") for part in url.query.split("&"))
        if name in PARAMETERS
    }
    if query.get("Key-Pair-Id") or query.get("Signature") or query.get("Policy"):
        return query, "url"
    cookies = {
        name.removeprefix("CloudFront-"): value
        for name, value in cookies_of(snapshot).items()
        if name.startswith("CloudFront-")
    }
    if cookies.get("Key-Pair-Id") or cookies.get("Signature"):
        return cookies, "cookie"
    return {}, "none"


@dataclass(frozen=True, slots=True)
class _Policy:
    text: bytes
    resource: str
    expires: datetime | None
    starts: datetime | None
    addresses: str


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
    policy = _policy(values, url)
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


def _times(snapshot: AccountSnapshot, policy: _Policy) -> list[Problem]:
    problems: list[Problem] = []
    if policy.expires and policy.expires < snapshot.now:
        problems.append("expired")
    if policy.starts and policy.starts > snapshot.now:
        problems.append("not-yet-valid")
    if policy.addresses and not _address_allowed(policy.addresses, snapshot.request.viewer.ip):
        problems.append("ip-restricted")
    return problems


def _address_allowed(addresses: str, ip: str | None) -> bool:
    try:
        network = ipaddress.ip_network(addresses, strict=False)
        return ip is None or network.prefixlen == 0 or ipaddress.ip_address(ip) in network
    except ValueError:
        return False


def _policy(values: Mapping[str, str], url: RequestUrl) -> _Policy | None:
    if values.get("Policy"):
        return _custom(values["Policy"])
    expires = whole_number(values.get("Expires", ""))
    if expires is None:
        return None
    resource = signed_resource(url)
    text = (
        f'{{"Statement":[{{"Resource":"{resource}","Condition":'
        f'{{"DateLessThan":{{"AWS:EpochTime":{expires}}}}}}}]}}'
    )
    return _Policy(text.encode(), resource, _moment(expires), None, "")


def signed_resource(url: RequestUrl) -> str:
    """The URL as a canned policy names it: without CloudFront's own parameters."""
    base = url.text.split("#", 1)[0].split("?", 1)[0]
    rest = strip_signature(url.query)
    return f"{base}?{rest}" if rest else base


def _custom(encoded: str) -> _Policy | None:
    raw = _decode(encoded)
    if raw is None:
        return None
    try:
        statement = json.loads(raw)["Statement"][0]
        condition = statement.get("Condition") or {}
        return _Policy(
            raw,
            str(statement.get("Resource", "*")),
            _epoch(condition.get("DateLessThan")),
            _epoch(condition.get("DateGreaterThan")),
            str((condition.get("IpAddress") or {}).get("AWS:SourceIp", "")),
        )
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):
        return None


def _epoch(value: Any) -> datetime | None:
    return _moment(int(value["AWS:EpochTime"])) if isinstance(value, dict) else None


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(min(seconds, 253402300799), tz=UTC)


def _decode(text: str) -> bytes | None:
    """CloudFront's base64: "-" for "+", "_" for "=", "~" for "/"."""
    plain = text.replace("-", "+").replace("_", "=").replace("~", "/").replace("%3D", "=")
    try:
        return base64.b64decode(plain, validate=True)
    except (binascii.Error, ValueError):
        return None


def _covers(resource: str, url: RequestUrl) -> bool:
    here = signed_resource(url)
    pattern = resource
    if pattern.startswith("http*://"):
        pattern = url.scheme + pattern[5:]
    if "://" not in pattern and not pattern.startswith("*"):
        pattern = f"{url.scheme}://{url.host}/{pattern.lstrip('/')}"
    return matches(pattern, here)


def _verify(
    snapshot: AccountSnapshot,
    behavior: CacheBehavior,
    values: Mapping[str, str],
    policy: _Policy,
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
    signature = _decode(values["Signature"])
    if not public:
        return "unverifiable"
    if signature is None:
        return "bad-signature"
    return _checked(public, signature, policy.text, values.get("Hash-Algorithm", "SHA1"))


def _checked(public: str, signature: bytes, text: bytes, algorithm: str) -> Problem | None:
    digest: hashes.HashAlgorithm = (
        hashes.SHA256() if algorithm.upper() == "SHA256" else hashes.SHA1()  # noqa: S303 CloudFront's
    )
    try:
        key = serialization.load_pem_public_key(public.encode())
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, text, padding.PKCS1v15(), digest)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, text, ec.ECDSA(digest))
        else:
            return "unverifiable"
    except InvalidSignature:
        return "bad-signature"
    except (ValueError, UnsupportedAlgorithm):
        return "unverifiable"
    return None
