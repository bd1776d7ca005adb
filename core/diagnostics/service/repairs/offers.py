"""The fixes that the live account is offered now, each with the writes that would carry it out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from core.diagnostics.causes.registry import Case
from core.diagnostics.engine import examine, parse_snapshot
from core.diagnostics.fixes import drafts, fixes
from core.diagnostics.plan import Order, Plan
from core.diagnostics.repairs.actions import plan_of
from core.diagnostics.repairs.draft import Draft
from core.diagnostics.repairs.edits import same
from core.diagnostics.service.doctor import DiagnosticsService, FindRecord
from core.diagnostics.service.repairs.book import storable
from core.diagnostics.urls import parse_url, redact, redact_deep
from core.errors import Conflict
from core.model.diagnosis import Fix
from core.model.identity import Actor
from core.model.repair import Action, ActionKind, Repair

_STALE = "Diagnose the URL again and propose the repair from what is there now."


@dataclass(frozen=True)
class Offer:
    fix: Fix
    draft: Draft
    cause: str
    plan: Plan


@dataclass(frozen=True)
class Offers:
    """`find_record` tells the library's own row of a key, as the diagnosis sees it."""

    diagnostics: DiagnosticsService
    find_record: FindRecord | None

    def named(self, actor: Actor, repair: Repair, fix_id: str, url: str) -> Offer:
        """The fix by its id, or by its title where the ids have moved. `Conflict`: it is gone."""
        fits = _by_id(fix_id, repair.title)
        return self._offer(actor, repair, url, fits)

    def again(self, actor: Actor, repair: Repair, url: str) -> Offer:
        """The same fix on the account as it is now. `Conflict` where it would write others."""
        fix = repair.fix
        offer = self._offer(
            actor, repair, url, lambda one: (one.type, one.title) == (fix.type, fix.title)
        )
        if offer.fix.dry_run.retrace_status != fix.dry_run.retrace_status:
            raise Conflict(
                f"Its dry run now ends in {offer.fix.dry_run.retrace_status}, when it was proposed "
                f"in {fix.dry_run.retrace_status}. Nothing was written.",
                hint=_STALE,
            )
        if not same_writes(repair.actions, offer.plan.actions):
            raise Conflict(
                "What it would write is not what was proposed any more. Nothing was written.",
                hint=_STALE,
            )
        return offer

    def _offer(self, actor: Actor, repair: Repair, url: str, fits: Callable[[Fix], bool]) -> Offer:
        """Without a request first; what only the edge's own answer shows is looked for after."""
        offered: list[tuple[Fix, Draft]] = []
        for probe in (False, True):
            raw = self.diagnostics.capture(actor, url, probe=probe, report_id=repair.report_id)
            case, found = examine(parse_snapshot(raw))
            causes = tuple(one.cause for one in found)
            offered = list(zip(fixes(case, causes), drafts(case, causes), strict=True))
            chosen = next(((fix, draft) for fix, draft in offered if fits(fix)), None)
            if chosen is not None:
                fix, draft = chosen
                library = self._is_library(url, raw)
                order = Order(case, draft, raw, f"repair-{repair.id}", repair.choice, library)
                plan = prepared(plan_of(order), repair)
                return Offer(fix, draft, _cause_of(case, causes, draft), plan)
        listed = "; ".join(fix.title for fix, _ in offered) or "none is needed"
        raise Conflict(
            f"This repair is not offered any more for {redact(url) or 'this row'}. "
            f"Offered now: {listed}.",
            hint=_STALE,
        )

    def _is_library(self, url: str, raw: dict[str, Any]) -> bool:
        if self.find_record is None or not raw.get("db_record"):
            return False
        key = parse_url(self.diagnostics.public_url(url)).raw_path.lstrip("/")
        return bool(self.find_record(key) == raw["db_record"])


def _by_id(fix_id: str, title: str) -> Callable[[Fix], bool]:
    if title:
        return lambda fix: fix.title == title
    return lambda fix: fix.id == fix_id


def _cause_of(case: Case, causes: Sequence[str], draft: Draft) -> str:
    """The first cause that this very repair removes."""
    wanted = (draft.type, draft.title)
    for cause in causes:
        if any((d.type, d.title) == wanted for d in drafts(case, (cause,))):
            return cause
    return ""


def prepared(plan: Plan, repair: Repair) -> Plan:
    """Actions as they are carried out: an invalidation has a reference that is used once."""
    made = [storable(_referenced(a, repair, n)) for n, a in enumerate(plan.actions)]
    notes = plan.notes
    if any(new.reversible != old.reversible for new, old in zip(made, plan.actions, strict=True)):
        notes = (*notes, "Something here holds a secret, which is not kept: no way back by itself.")
    return Plan(tuple(made), plan.steps, plan.by_hand, plan.new_url, notes, plan.sign)


def _referenced(action: Action, repair: Repair, number: int) -> Action:
    if action.kind is not ActionKind.INVALIDATION:
        return action
    place = {**action.place, "reference": f"{repair.id}-{number}"}
    return action.model_copy(update={"place": place})


def same_writes(stored: Sequence[Action], fresh: Sequence[Action]) -> bool:
    """The stored ones have their secrets blanked."""
    return len(stored) == len(fresh) and all(
        (one.kind, one.target, one.place) == (other.kind, other.target, other.place)
        and _same_edits(one, other)
        for one, other in zip(stored, fresh, strict=True)
    )


def _same_edits(stored: Action, fresh: Action) -> bool:
    pairs = zip(stored.edits, fresh.edits, strict=False)
    return len(stored.edits) == len(fresh.edits) and all(
        one.path == other.path
        and same(one.before or None, redact_deep(other.before) or None)
        and same(one.after, redact_deep(other.after))
        for one, other in pairs
    )
