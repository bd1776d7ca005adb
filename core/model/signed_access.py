"""CloudFront's signed URLs and cookies: what their policy says and whether a signature is real.

Source: CloudFront Developer Guide, "Use signed URLs", "Use signed cookies", "Code examples for
creating a signature". Pure: the signing itself is `core.aws.cdn_signing`.
"""

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

from core.model.wildcards import matches

PRIVATE = "private/"  # the prefix whose behaviour trusts a key group
PRIVATE_CACHE = "private, max-age=300"  # the one browser that was let in keeps it, and briefly
PARAMETERS = ("Expires", "Policy", "Signature", "Key-Pair-Id", "Hash-Algorithm")
COOKIE_PREFIX = "CloudFront-"

_LAST_MOMENT = 253402300799  # the end of the year 9999
_DIGITS = 12
_SHORT, _LONG = str.maketrans("+=/", "-_~"), str.maketrans("-_~", "+=/")


@dataclass(frozen=True, slots=True)
class AccessPolicy:
    """Who may read what until when; `text` is exactly what was signed."""

    text: bytes
    resource: str
    expires: datetime | None
    starts: datetime | None = None
    addresses: str = ""  # CIDR; '' is everybody


def from_query(query: str) -> dict[str, str]:
    """CloudFront's own parameters of a query string; empty where it brings no signature."""
    pairs = (part.partition("=") for part in query.split("&"))
    found = {name: value for name, _, value in pairs if name in PARAMETERS}
    said = found.get("Key-Pair-Id") or found.get("Signature") or found.get("Policy")
    return found if said else {}


def from_cookies(cookies: Mapping[str, str]) -> dict[str, str]:
    """The same parameters from cookies, without the prefix of their names."""
    found = {
        name.removeprefix(COOKIE_PREFIX): value
        for name, value in cookies.items()
        if name.startswith(COOKIE_PREFIX)
    }
    return found if found.get("Key-Pair-Id") or found.get("Signature") else {}


def read_cookies(header: str) -> dict[str, str]:
    pairs = (part.strip().split("=", 1) for part in header.split(";") if "=" in part)
    return dict(pairs)


def without_signature(query: str) -> str:
    """The query string without CloudFront's own parameters: what is signed, cached, forwarded."""
    kept = [p for p in query.split("&") if p and p.split("=", 1)[0] not in PARAMETERS]
    return "&".join(kept)


def resource_of(base: str, query: str) -> str:
    """The URL as a canned policy names it; `base` has neither query nor fragment."""
    rest = without_signature(query)
    return f"{base}?{rest}" if rest else base


def policy_of(values: Mapping[str, str], resource: str) -> AccessPolicy | None:
    """The policy that these parameters state; None where they are malformed."""
    if values.get("Policy"):
        return custom_policy(values["Policy"])
    expires = values.get("Expires", "")
    if not (expires.isascii() and expires.isdigit() and len(expires) <= _DIGITS):
        return None
    return canned_policy(resource, int(expires))


def canned_policy(resource: str, expires: int) -> AccessPolicy:
    text = (
        f'{{"Statement":[{{"Resource":"{resource}","Condition":'
        f'{{"DateLessThan":{{"AWS:EpochTime":{expires}}}}}}}]}}'
    )
    return AccessPolicy(text.encode(), resource, _moment(expires))


def custom_policy(encoded: str) -> AccessPolicy | None:
    raw = decode(encoded)
    if raw is None:
        return None
    try:
        statement = json.loads(raw)["Statement"][0]
        condition = statement.get("Condition") or {}
        return AccessPolicy(
            raw,
            str(statement.get("Resource", "*")),
            _epoch(condition.get("DateLessThan")),
            _epoch(condition.get("DateGreaterThan")),
            str((condition.get("IpAddress") or {}).get("AWS:SourceIp", "")),
        )
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):
        return None
    except (OverflowError, OSError, RecursionError):  # numbers and depths that nobody signs
        return None


def covers(resource: str, url: str, *, scheme: str, host: str) -> bool:
    """Whether the policy's resource, with its wildcards, is this URL (named as a policy would)."""
    pattern = resource
    if pattern.startswith("http*://"):
        pattern = scheme + pattern[5:]
    if "://" not in pattern and not pattern.startswith("*"):
        pattern = f"{scheme}://{host}/{pattern.lstrip('/')}"
    return matches(pattern, url)


def admits(addresses: str, ip: str | None) -> bool:
    """Whether the viewer's address is in the policy's range; an unknown address is let through."""
    try:
        network = ipaddress.ip_network(addresses, strict=False)
        return ip is None or network.prefixlen == 0 or ipaddress.ip_address(ip) in network
    except ValueError:
        return False


def verify(
    public_pem: str, signature: bytes, text: bytes, algorithm: str = "SHA1"
) -> Literal["bad-signature", "unverifiable"] | None:
    """None: this key signed this text. `unverifiable`: the key is of no kind that is known here."""
    digest: hashes.HashAlgorithm = (
        hashes.SHA256() if algorithm.upper() == "SHA256" else hashes.SHA1()  # noqa: S303 CloudFront's
    )
    try:
        key = serialization.load_pem_public_key(public_pem.encode())
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


def encode(data: bytes) -> str:
    """CloudFront's base64: "-" for "+", "_" for "=", "~" for "/"."""
    return base64.b64encode(data).decode().translate(_SHORT)


def decode(text: str) -> bytes | None:
    try:
        return base64.b64decode(text.replace("%3D", "=").translate(_LONG), validate=True)
    except (binascii.Error, ValueError):
        return None


def _epoch(value: Any) -> datetime | None:
    return _moment(int(value["AWS:EpochTime"])) if isinstance(value, dict) else None


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(min(seconds, _LAST_MOMENT), tz=UTC)
