"""Diagnosing URLs of the configured account, saved cases, and the URLs that people reported."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from core.aws.clients import AwsClients
from core.aws.edge import Edge
from core.diagnostics.engine import diagnose
from core.diagnostics.service import live
from core.diagnostics.service.capture import Capture
from core.diagnostics.service.linting import Linting
from core.diagnostics.urls import parse_url, redact_deep
from core.errors import NotFound
from core.model.diagnosis import ReportedUrl, UrlDiagnosis
from core.model.identity import Actor, Permission
from core.model.lint import LintReport, PriceCheck
from core.stores.collection import Collection
from core.stores.records import RecordStore

FindRecord = Callable[[str], "dict[str, Any] | None"]
_REPORTS = 100


class DiagnosticsService:
    """`cdn_prefix` is where this site itself serves distributions: `/emulator/cdn/`, '' on AWS.

    `edge` asks the CDN for a live probe; `find_record` tells the library's row of a key; `prices`
    is the price sheet's answer to what a document says of prices.
    """

    def __init__(
        self,
        clients: AwsClients,
        clock: Callable[[], datetime],
        cdn_prefix: str = "",
        find_record: FindRecord | None = None,
        store: RecordStore | None = None,
        edge: Edge | None = None,
        prices: PriceCheck | None = None,
    ) -> None:
        self._clients, self._clock = clients, clock
        self._linting = Linting(clients, clock, prices)
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

    def warm_up(self) -> None:
        """Make the clients and rules that the first diagnosis would wait for; AWS is not asked."""
        now = self._clock()
        Capture(self._clients, now)
        diagnose({"now": now.isoformat(), "request": {"Url": ""}})

    def diagnose_snapshot(self, actor: Actor, snapshot: Mapping[str, Any]) -> UrlDiagnosis:
        """A saved case (or its `snapshot` part); AWS is not asked."""
        actor.require(Permission.URL_DIAGNOSE)
        inner = snapshot.get("snapshot")
        return diagnose(inner if isinstance(inner, Mapping) else snapshot)

    def lint(self, actor: Actor) -> LintReport:
        """Known mistakes in the account, as far as it may be read."""
        return self._linting.lint(actor)

    def lint_document(self, actor: Actor, name: str, text: str) -> LintReport:
        """Known mistakes in a text, or in JSON that describes AWS; AWS is not asked."""
        return self._linting.lint_document(actor, name, text)

    def lint_snapshot(self, actor: Actor, snapshot: Mapping[str, Any]) -> LintReport:
        return self._linting.lint_snapshot(actor, snapshot)

    def bundle(self, actor: Actor, url: str) -> dict[str, Any]:
        """The snapshot of this URL with secrets blanked, ready to be shared."""
        actor.require(Permission.URL_DIAGNOSE)
        shared: dict[str, Any] = _jsonable(redact_deep(self._case(url, probe=False)))
        return {"id": shared["id"], "snapshot": shared}

    def capture(
        self, actor: Actor, url: str, *, probe: bool = False, report_id: str = ""
    ) -> dict[str, Any]:
        """The snapshot itself, with its secrets: for what goes on in this process only."""
        actor.require(Permission.URL_DIAGNOSE)
        found = next((r for r in self._recent() if r.id == report_id), None) if report_id else None
        return self._case(url, probe=probe, record=found.record if found else None)

    def _case(
        self, url: str, *, probe: bool, record: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        asked = self.public_url(url)
        case = Capture(self._clients, self._clock()).snapshot(asked)
        record = self._record(url, asked) if record is None else record
        if record is not None:
            case["db_record"] = record
        if probe and asked and self._edge is not None:
            live.ask(case, asked, self._edge, self._cdn_prefix)
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

    def _record(self, url: str, asked: str) -> Mapping[str, Any] | None:
        """A report's own row first, else the library's."""
        for report in self._recent():
            if report.record is not None and report.url in {url, asked}:
                return report.record
        if self._find_record is None:
            return None
        key = parse_url(asked).raw_path.lstrip("/")
        return self._find_record(key)

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
        if found is None:
            raise NotFound(
                "This report does not exist any more.", hint="Choose one from the list of reports."
            )
        return diagnose(self._case(found.url, probe=probe, record=found.record))

    def _recent(self) -> tuple[ReportedUrl, ...]:
        if self._reports is None:
            return ()
        return self._reports.page(limit=_REPORTS, descending=True).items


def _jsonable(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(k): _jsonable(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_jsonable(item) for item in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)
