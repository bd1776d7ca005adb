"""Diagnosing URLs of the configured account, saved cases, and the URLs that people reported."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from core.aws.clients import AwsClients
from core.aws.edge import Edge, EdgeAnswer
from core.diagnostics.engine import diagnose
from core.diagnostics.service.capture import Capture
from core.diagnostics.urls import parse_url, redact_deep
from core.model.diagnosis import ReportedUrl, UrlDiagnosis
from core.model.identity import Actor, Permission
from core.stores.collection import Collection
from core.stores.records import RecordStore

FindRecord = Callable[[str], "dict[str, Any] | None"]
_REPORTS = 100


class DiagnosticsService:
    """`cdn_prefix` is where this site itself serves distributions: `/emulator/cdn/`, '' on AWS.

    `edge` asks the CDN for a live probe; `find_record` tells the library's row of a key.
    """

    def __init__(
        self,
        clients: AwsClients,
        clock: Callable[[], datetime],
        cdn_prefix: str = "",
        find_record: FindRecord | None = None,
        store: RecordStore | None = None,
        edge: Edge | None = None,
    ) -> None:
        self._clients, self._clock = clients, clock
        self._cdn_prefix, self._find_record, self._edge = cdn_prefix, find_record, edge
        self._reports = (
            Collection(store, "reported_url", ReportedUrl, key=lambda r: r.id,
                       sort=lambda r: r.reported_at.isoformat())
            if store is not None else None
        )  # fmt: skip

    # --- diagnosing -------------------------------------------------------------------------

    def diagnose_url(self, actor: Actor, url: str, *, probe: bool = False) -> UrlDiagnosis:
        """Capture what this URL needs and explain it; with `probe` the CDN is asked too."""
        actor.require(Permission.URL_DIAGNOSE)
        return diagnose(self._case(url, probe=probe))

    def diagnose_snapshot(self, actor: Actor, snapshot: Mapping[str, Any]) -> UrlDiagnosis:
        """A saved case (or its `snapshot` part); AWS is not asked."""
        actor.require(Permission.URL_DIAGNOSE)
        inner = snapshot.get("snapshot")
        return diagnose(inner if isinstance(inner, Mapping) else snapshot)

    def bundle(self, actor: Actor, url: str) -> dict[str, Any]:
        """The snapshot of this URL with secrets blanked, ready to be shared."""
        actor.require(Permission.URL_DIAGNOSE)
        shared: dict[str, Any] = _jsonable(redact_deep(self._case(url, probe=False)))
        return {"id": shared["id"], "snapshot": shared}

    def _case(self, url: str, *, probe: bool) -> dict[str, Any]:
        asked = self.public_url(url)
        case = Capture(self._clients, self._clock()).snapshot(asked)
        record = self._record(url, asked, case)
        if record is not None:
            case["db_record"] = record
        if probe:
            self._probe(case, url, asked)
        return case

    def public_url(self, url: str) -> str:
        """Our own same-origin address of a distribution as the distribution's own URL."""
        path = urlsplit(url).path if "://" in url else url.split("?", 1)[0]
        if not self._cdn_prefix or not path.startswith(self._cdn_prefix):
            return url
        label, _, rest = path.removeprefix(self._cdn_prefix).partition("/")
        query = url.split("?", 1)[1] if "?" in url else ""
        return f"https://{label}.cloudfront.net/{rest}" + (f"?{query}" if query else "")

    def picture_url(self, url: str | None) -> str:
        """Where a page may show this picture from: this site or its CDN, '' for all other hosts."""
        if not url or self._edge is None:
            return ""
        local = self._local(url) if self._cdn_prefix else url
        inside = bool(self._cdn_prefix) and local.startswith(self._cdn_prefix)
        return local if inside or self._edge.serves(local) else ""

    # --- the record and the live answer -----------------------------------------------------

    def _record(self, url: str, asked: str, case: dict[str, Any]) -> dict[str, Any] | None:
        """A report's own row first, else the library's."""
        for report in self._recent():
            if report.record is not None and report.url in {url, asked}:
                return report.record
        if self._find_record is None:
            return None
        key = parse_url(asked).raw_path.lstrip("/")
        found = self._find_record(key)
        del case
        return found

    def _probe(self, case: dict[str, Any], url: str, asked: str) -> None:
        """A HEAD at the CDN, following nothing, as observed status and cache evidence."""
        edge = self._edge
        if edge is None or not url:
            return
        answer = edge.head(self._local(asked) if self._cdn_prefix else asked)
        case["probe"] = {"cdn": {"Status": answer.status or None, "Error": answer.error}}
        if answer.status:
            case["edge_cache"] = [_entry(parse_url(asked).raw_path, answer)]

    def _local(self, asked: str) -> str:
        parts = urlsplit(asked)
        label, dot, rest = (parts.hostname or "").partition(".")
        if not dot or rest != "cloudfront.net":
            return asked
        return f"{self._cdn_prefix}{label}{parts.path}" + (f"?{parts.query}" if parts.query else "")

    # --- reported URLs ----------------------------------------------------------------------

    def report(
        self, actor: Actor, url: str, *, note: str = "", record: Mapping[str, Any] | None = None
    ) -> ReportedUrl:
        """Keep a URL that does not work, with the row that holds it, until somebody looks."""
        actor.require(Permission.URL_DIAGNOSE)
        report = ReportedUrl(
            id=secrets.token_hex(8), url=url, note=note,
            record=dict(record) if record is not None else None,
            reported_by=actor.account_id, reported_at=self._clock(),
        )  # fmt: skip
        return self._reports.add(report) if self._reports is not None else report

    def reports(self, actor: Actor) -> tuple[ReportedUrl, ...]:
        """The newest reports first."""
        actor.require(Permission.URL_DIAGNOSE)
        return self._recent()

    def diagnose_report(self, actor: Actor, report_id: str, *, probe: bool = False) -> UrlDiagnosis:
        """A report by its id: also one whose URL is empty, which only its row explains."""
        actor.require(Permission.URL_DIAGNOSE)
        found = next((r for r in self._recent() if r.id == report_id), None)
        case = self._case(found.url if found else "", probe=probe)
        if found is not None and found.record is not None:
            case["db_record"] = found.record
        return diagnose(case)

    def _recent(self) -> tuple[ReportedUrl, ...]:
        if self._reports is None:
            return ()
        return self._reports.page(limit=_REPORTS, descending=True).items


def _entry(path: str, answer: EdgeAnswer) -> dict[str, Any]:
    headers = answer.headers
    age = headers.get("age", "")
    return {
        "Path": path, "Status": answer.status, "Age": int(age) if age.isdigit() else None,
        "ETag": headers.get("etag"), "XCache": headers.get("x-cache", ""),
        "AccessControlAllowOrigin": headers.get("access-control-allow-origin"),
        "ContentType": headers.get("content-type"),
    }  # fmt: skip


def _jsonable(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(k): _jsonable(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_jsonable(item) for item in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)
