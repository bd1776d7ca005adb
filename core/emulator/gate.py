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
_OBJECT_PATH = re.compile(r"/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/.")
_FOR_S3 = re.compile(r"(?:/|%2F)s3(?:/|%2F)aws4_request")
_DYNAMODB_READ = re.compile(r"DynamoDB_\d+\.(?:Get|BatchGet|Query|Scan|Describe|List|TransactGet)")
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

    @property
    def is_form(self) -> bool:
        content_type = self.headers.get("content-type", "").lower()
        return self.method == "POST" and content_type.startswith("multipart/form-data")

    @property
    def changes_state(self) -> bool:
        """Whether it may change what only a save keeps; objects are on disk at once."""
        if self.method in _READ_METHODS or self.is_cdn or self.is_form:
            return False
        target = self.headers.get("x-amz-target", "")
        if target:
            return not _DYNAMODB_READ.match(target)
        signed_for = self.headers.get("authorization", "") + self.query
        return not (_FOR_S3.search(signed_for) and _OBJECT_PATH.match(self.path))


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
        # A form carries its own signature in the body, which the emulator checks; the child's
        # root secret is the embed token, so that a form signed for a root key can't be forged.
        if not key and head.method not in _READ_METHODS and not head.is_form:
            return "the request is not signed"
        return ""


def _named_key(head: Head) -> str:
    """The access key the emulator would act for; '' for none."""
    return str(extract_access_key_id(dict(head.headers), parse_qs(head.query)))
