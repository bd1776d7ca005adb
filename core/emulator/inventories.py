"""S3 Inventory configurations, which ministack lacks: kept and listed, so that the reports of a
bucket are found as on AWS. No report is written by itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_SPACE = b"http://s3.amazonaws.com/doc/2006-03-01/"
_DECLARATION = re.compile(rb"^\s*<\?xml[^>]*\?>\s*")
_NONE = ("NoSuchConfiguration", "The specified configuration does not exist.", 404)
_TYPE = {"Content-Type": "application/xml"}

Answer = tuple[int, dict[str, str], bytes]


def know_inventories(s3: Any) -> None:
    """Has ministack's module answer `?inventory`, and save what it was told."""
    kept = s3.AccountScopedDict()
    s3._PERSISTED_BUCKET_DICTS["bucket_inventories"] = kept  # noqa: SLF001
    dispatch = s3._dispatch  # noqa: SLF001

    def dispatch_all(
        method: str, bucket: str, key: str, headers: Any, body: bytes, query: Mapping[str, Any]
    ) -> Any:
        if not bucket or key or "inventory" not in query:
            return dispatch(method, bucket, key, headers, body, query)
        if bucket not in s3._buckets:  # noqa: SLF001
            return s3._no_such_bucket(bucket)  # noqa: SLF001
        name, known = s3._qp(query, "id", ""), kept.get(bucket) or {}  # noqa: SLF001
        if method == "GET" and not name:
            return _listed(known)
        if method == "PUT" and name:
            kept[bucket] = known | {name: _DECLARATION.sub(b"", body)}
            return 200, {}, b""
        return _one(method, name, known) or s3._error(*_NONE)  # noqa: SLF001

    s3._dispatch = dispatch_all  # noqa: SLF001


def _one(method: str, name: str, known: dict[str, bytes]) -> Answer | None:
    if name not in known or method not in ("GET", "DELETE"):
        return None
    if method == "GET":
        return 200, dict(_TYPE), known[name]
    del known[name]
    return 204, {}, b""


def _listed(known: Mapping[str, bytes]) -> Answer:
    parts = b"".join(text for _, text in sorted(known.items()))
    head = b"<ListInventoryConfigurationsResult xmlns='" + _SPACE + b"'>"
    end = b"<IsTruncated>false</IsTruncated></ListInventoryConfigurationsResult>"
    return 200, dict(_TYPE), head + parts + end
