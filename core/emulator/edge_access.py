"""Whether a behaviour with trusted key groups lets a request in, which ministack doesn't check.

Source: CloudFront Developer Guide, "Serve private content with signed URLs and signed cookies".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from xml.sax.saxutils import escape

from core.model import signed_access
from core.model.signed_access import AccessPolicy


@dataclass(frozen=True)
class Refusal:
    """What CloudFront answers with status 403."""

    code: str
    message: str

    @property
    def body(self) -> bytes:
        code, message = escape(self.code), escape(self.message)
        return (
            '<?xml version="1.0" encoding="UTF-8"?>'
            f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
        ).encode()


MISSING = Refusal("MissingKey", "Missing Key-Pair-Id query parameter or cookie value")
MALFORMED = Refusal("MalformedPolicy", "Malformed Policy")
UNKNOWN = Refusal("InvalidKey", "Unknown Key")
DENIED = Refusal("AccessDenied", "Access denied")


@dataclass(frozen=True)
class Asked:
    """A request as its viewer sees it: `base` is the URL without its query."""

    base: str
    query: str
    cookies: str
    address: str | None
    now: datetime


def refusal(asked: Asked, keys: Mapping[str, str]) -> Refusal | None:
    """None where a key of `keys` (id → PEM) signed that this viewer may read this now."""
    cookies = signed_access.read_cookies(asked.cookies)
    values = signed_access.from_query(asked.query) or signed_access.from_cookies(cookies)
    key_id = values.get("Key-Pair-Id")
    if not key_id:
        return MISSING
    resource = signed_access.resource_of(asked.base, asked.query)
    policy = signed_access.policy_of(values, resource)
    signature = signed_access.decode(values.get("Signature", ""))
    if policy is None or not signature:
        return MALFORMED
    if key_id not in keys:
        return UNKNOWN
    algorithm = values.get("Hash-Algorithm", "SHA1")
    if signed_access.verify(keys[key_id], signature, policy.text, algorithm) is not None:
        return DENIED
    return None if _lets_in(policy, resource, asked) else DENIED


def _lets_in(policy: AccessPolicy, resource: str, asked: Asked) -> bool:
    scheme, _, rest = asked.base.partition("://")
    host = rest.partition("/")[0]
    return (
        signed_access.covers(policy.resource, resource, scheme=scheme, host=host)
        and (policy.expires is None or asked.now < policy.expires)
        and (policy.starts is None or policy.starts <= asked.now)
        and (not policy.addresses or signed_access.admits(policy.addresses, asked.address))
    )
