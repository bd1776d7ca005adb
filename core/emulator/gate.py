"""Who may speak to the emulator's port: decided on the request's head alone, before it is served.

Any web page that is open on this machine can reach a loopback port. ministack trusts it with
everything, so the gate refuses foreign hosts and origins, administration, and the root keys.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs

from ministack.core.iam_evaluator import is_root_access_key
from ministack.core.router import extract_access_key_id

TOKEN_HEADER = "x-embed-token"  # noqa: S105  # a header's name

_CDN_HOST = re.compile(r"[a-z0-9]+\.cloudfront\.(?:net|localhost)(?::\d+)?", re.IGNORECASE)
_READ_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True)
class Head:
    """The head of a request; header names in lower case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]

    @property
    def is_cdn(self) -> bool:
        return _CDN_HOST.fullmatch(self.headers.get("host", "")) is not None


@dataclass(frozen=True)
class Gate:
    port: int
    token: str
    origins: frozenset[str]

    def has_token(self, head: Head) -> bool:
        return hmac.compare_digest(head.headers.get(TOKEN_HEADER, "").encode(), self.token.encode())

    def refusal(self, head: Head) -> str:
        """Why the request is refused; '' lets it through."""
        if not head.is_cdn and head.headers.get("host", "").lower() not in self._own_hosts():
            return "host not allowed"
        if self.has_token(head):
            return ""
        return self._refusal_of_a_stranger(head)

    def _own_hosts(self) -> tuple[str, ...]:
        return (f"127.0.0.1:{self.port}", f"localhost:{self.port}")

    def _refusal_of_a_stranger(self, head: Head) -> str:
        key = _named_key(head)
        if head.path.startswith("/_"):
            return "administration needs the embed token"
        if key and is_root_access_key(key):
            return "a root key needs the embed token"
        if head.is_cdn:  # a distribution is public, its answers are for any page
            return ""
        if "origin" in head.headers and head.headers["origin"] not in self.origins:
            return "origin not allowed"
        if not key and head.method not in _READ_METHODS and not _is_form(head):
            return "the request is not signed"
        return ""


def _named_key(head: Head) -> str:
    """The access key the emulator would act for; '' for none."""
    return str(extract_access_key_id(dict(head.headers), parse_qs(head.query)))


def _is_form(head: Head) -> bool:
    # A form carries its own signature in the body, which the emulator checks; the child's
    # root secret is the embed token, so that a form signed for a root key can't be forged.
    content_type = head.headers.get("content-type", "").lower()
    return head.method == "POST" and content_type.startswith("multipart/form-data")
