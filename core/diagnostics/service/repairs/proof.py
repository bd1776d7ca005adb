"""Whether a repair worked: a real request as a viewer makes it, and the diagnosis after it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.aws.edge import Edge, EdgeAnswer
from core.diagnostics.engine import diagnose
from core.diagnostics.service import live
from core.diagnostics.service.doctor import DiagnosticsService
from core.diagnostics.urls import parse_url, redact
from core.model.base import UtcTime
from core.model.diagnosis import UrlDiagnosis
from core.model.identity import Actor
from core.model.repair import ActionKind, Repair, RepairState, Verification

_REFUSES_HEAD = {405, 501}
_SAMPLE = 5  # URLs of a group that are asked
# What time alone repairs: the change is made, the edges (or S3) have not caught up with it.
_WAITING = frozenset({
    "cached-error-response", "cached-stale-object", "distribution-not-deployed",
    "invalidation-in-progress", "origin-new-bucket-307", "browser-cache-stale",
})  # fmt: skip

Proof = tuple[Verification, RepairState]


@dataclass(frozen=True)
class Prover:
    diagnostics: DiagnosticsService
    edge: Edge
    cdn_prefix: str

    def prove(self, actor: Actor, repair: Repair, now: UtcTime) -> Proof:
        if repair.urls:
            return self._group(actor, repair, now)
        if repair.sign:
            return self._signed(repair, now)
        if repair.url or repair.new_url:
            return self._url(actor, repair, repair.new_url or repair.url, now)
        said = Verification(
            url="", method="GetItem", at=now, sentence="The row reads back as it was written."
        )
        return said, RepairState.VERIFIED if repair.actions else RepairState.APPLIED

    def _url(self, actor: Actor, repair: Repair, url: str, now: UtcTime) -> Proof:
        raw = self.diagnostics.capture(actor, url, probe=True, report_id=repair.report_id)
        method, status, error = "HEAD", *_answer(raw)
        if status in _REFUSES_HEAD:
            method, answer = "GET", self._by_get(raw, url)
            status, error = answer.status or None, answer.error
        report = diagnose(raw)
        state, sentence = self._judge(repair, raw, report, (method, status, error))
        said = Verification(url=redact(url), method=method, status=status, at=now,
                            sentence=sentence)  # fmt: skip
        return said, state

    def _judge(
        self, repair: Repair, raw: dict[str, Any], report: UrlDiagnosis,
        asked: tuple[str, int | None, str],
    ) -> tuple[RepairState, str]:  # fmt: skip
        method, status, error = asked
        causes = {report.verdict.primary_cause, *report.verdict.also}
        if status is None:
            return RepairState.APPLIED, f"Nobody could be asked: {error}."
        wrong_type = _wrong_type(repair, raw)
        if _fine(repair, status) and repair.cause not in causes and not wrong_type:
            return RepairState.VERIFIED, f"{method} was answered {status}."
        sentence = wrong_type or f"{method} was answered {status}. {report.verdict.sentence}"
        waits = bool(causes & _WAITING) or repair.by_hand or _thaws(repair)
        return (RepairState.APPLIED if waits else RepairState.UNVERIFIED), sentence

    def _by_get(self, raw: dict[str, Any], url: str) -> EdgeAnswer:
        asked = parse_url(self.diagnostics.public_url(url))
        target, refusal = live.target_of(raw, asked, self.cdn_prefix)
        return self.edge.first_byte(target) if target else EdgeAnswer(0, error=refusal)

    def _signed(self, repair: Repair, now: UtcTime) -> Proof:
        """A URL signed for GET refuses HEAD."""
        answer = self.edge.first_byte(repair.new_url)
        good = 200 <= answer.status < 300
        sentence = answer.error or f"GET of one byte was answered {answer.status}."
        said = Verification(url=redact(repair.new_url), method="GET", at=now,
                            status=answer.status or None, sentence=sentence)  # fmt: skip
        return said, RepairState.VERIFIED if good else RepairState.UNVERIFIED

    def _group(self, actor: Actor, repair: Repair, now: UtcTime) -> Proof:
        """A sample: as many as a person would open."""
        proofs = [
            self._url(actor, repair, url, now) for url in dict.fromkeys(repair.urls[:_SAMPLE])
        ]
        worst = next((p for p in proofs if p[1] is not RepairState.VERIFIED), proofs[0])
        good = sum(state is RepairState.VERIFIED for _, state in proofs)
        sentence = f"{good} of {len(proofs)} URLs that were asked answer. {worst[0].sentence}"
        return worst[0].model_copy(update={"sentence": sentence}), worst[1]


def _answer(raw: dict[str, Any]) -> tuple[int | None, str]:
    cdn = (raw.get("probe") or {}).get("cdn") or {}
    return cdn.get("Status"), str(cdn.get("Error") or "there is nothing to ask")


def _fine(repair: Repair, status: int) -> bool:
    """A redirect counts where the dry run promised it."""
    return status < 300 or (status < 400 and status == repair.fix.dry_run.retrace_status)


def _wrong_type(repair: Repair, raw: dict[str, Any]) -> str:
    """Asked only where the repair was about it: a listing does not tell an object's type."""
    edits = [e for a in repair.actions if a.kind is ActionKind.OBJECT_HEADERS for e in a.edits]
    wanted = next((e.after for e in edits if e.path == ("ContentType",)), None)
    seen = next((e.get("ContentType") for e in raw.get("edge_cache") or ()), None)
    if not wanted or not seen or seen.partition(";")[0] == str(wanted).partition(";")[0]:
        return ""
    return f"It was answered as {seen}, not as {wanted}: the edges may keep the earlier answer."


def _thaws(repair: Repair) -> bool:
    return any(action.kind is ActionKind.ARCHIVED_OBJECT for action in repair.actions)
