"""Repairs from proposal to proof: proposed by support, approved, applied, verified, rolled back.

Everything is written down before it is done, and read again from AWS right before the write.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from core.aws.clients import AwsClients
from core.aws.edge import Edge
from core.aws.s3 import MediaBucket
from core.diagnostics.service.doctor import DiagnosticsService, FindRecord
from core.diagnostics.service.repairs.book import Book, storable
from core.diagnostics.service.repairs.offers import Offers
from core.diagnostics.service.repairs.proof import Prover
from core.diagnostics.service.repairs.run import Run
from core.diagnostics.service.repairs.writes import Hands
from core.diagnostics.urls import redact
from core.errors import AwsDenied, Conflict, InvalidInput, NotAllowed
from core.model.diagnosis import BlastRadius, DryRun, Fix, FixType
from core.model.identity import ROLE_PERMISSIONS, Account, Actor, Permission
from core.model.repair import (
    Action,
    ActionKind,
    Edit,
    Outcome,
    RecordChange,
    Repair,
    RepairPage,
    RepairState,
)
from core.stores.audit_log import AuditLog
from core.stores.collection import Stored
from core.stores.records import RecordStore

SIGNED_FOR = timedelta(hours=1)
LARGEST_GROUP = 200
_OPEN = (RepairState.PROPOSED, RepairState.APPROVED)
_APPLIED = (RepairState.APPLIED, RepairState.VERIFIED, RepairState.UNVERIFIED)
AccountOf = Callable[[str], Account | None]
SignerOf = Callable[[str], MediaBucket]


class RepairsService:
    """`account_of` tells what a person may do now; `signer_of` signs a bucket's URLs."""

    def __init__(
        self,
        clients: AwsClients,
        store: RecordStore,
        audit: AuditLog,
        clock: Callable[[], datetime],
        diagnostics: DiagnosticsService,
        edge: Edge,
        *,
        account_of: AccountOf,
        signer_of: SignerOf,
        cdn_prefix: str = "",
        own_table: str = "",
        find_record: FindRecord | None = None,
    ) -> None:
        self._account_of, self._signer_of = account_of, signer_of
        self._book = Book(store, audit, clock)
        self._offers = Offers(diagnostics, find_record)
        self._hands = Hands(clients, store, own_table)
        self._prover = Prover(diagnostics, edge, cdn_prefix)
        self._run = Run(self._book, self._hands)

    # --- proposing --------------------------------------------------------------------------

    def propose(
        self, actor: Actor, url: str, fix_id: str, *, title: str = "", choice: str = "",
        report_id: str = "",
    ) -> Repair:  # fmt: skip
        """Diagnose again and write down what the fix would change. `Conflict`: it is gone.

        `choice` is the key that was chosen among several; `report_id` names a reported row that
        has no URL.
        """
        actor.require(Permission.URL_DIAGNOSE)
        draft = Repair(
            id=secrets.token_hex(8), url=url, report_id=report_id, title=title, choice=choice,
            fix=Fix(id=fix_id, type=FixType.WAIT, title=title), proposed_by=actor.account_id,
            proposed_at=self._book.now(),
        )  # fmt: skip
        offer = self._offers.named(actor, draft, fix_id, url)
        plan, notes = offer.plan, offer.plan.notes
        actions, warning = self._checked(plan.actions)
        repair = draft.model_copy(update={
            "title": offer.fix.title, "fix": offer.fix, "cause": offer.cause, "actions": actions,
            "steps": plan.steps, "by_hand": plan.by_hand, "new_url": plan.new_url,
            "sign": "/".join(plan.sign) if plan.sign else "", "notes": (*notes, *warning),
        })  # fmt: skip
        return self._book.save(repair, 0, "proposed", actor).value

    def propose_records(self, actor: Actor, rows: Sequence[RecordChange], group: str) -> Repair:
        """Many rows in one repair, each written only where its old value is still there."""
        actor.require(Permission.URL_DIAGNOSE)
        if not 0 < len(rows) <= LARGEST_GROUP:
            raise InvalidInput(
                f"{len(rows)} rows can't be one repair.",
                hint=f"Propose between 1 and {LARGEST_GROUP} at a time.",
            )
        if any(redact(row.old) != row.old for row in rows):
            raise InvalidInput(
                "Some of these rows hold a signature, which can't be kept until they are written.",
                hint="Repair those rows one by one.",
            )
        actions = tuple(storable(_row_action(row)) for row in rows)
        names = sorted({row.attribute for row in rows})
        title = f"Write {', '.join(names)} anew in {len(rows)} records"
        shown = DryRun(before={"example": redact(rows[0].old)},
                       after={"example": redact(rows[0].new)})  # fmt: skip
        fix = Fix(id="group", type=FixType.FIX_DB_RECORD, title=title, dry_run=shown,
                  blast_radius=BlastRadius(records_same_pattern=len(rows), other_urls_changed=0),
                  needs=actions[0].needs, rollback="Write the earlier values back.")  # fmt: skip
        repair = Repair(
            id=secrets.token_hex(8), url=rows[0].url, title=title, fix=fix, actions=actions,
            proposed_by=actor.account_id, proposed_at=self._book.now(), group=group,
            urls=tuple(row.url for row in rows if row.url),
        )  # fmt: skip
        return self._book.save(repair, 0, "proposed", actor).value

    def _checked(self, actions: Sequence[Action]) -> tuple[tuple[Action, ...], tuple[str, ...]]:
        """Each as it would be written now; a missing right of the dashboard is said beforehand."""
        checked: list[Action] = []
        warnings: list[str] = []
        for action in actions:
            try:
                checked.append(self._hands.check(action))
            except AwsDenied as error:
                checked.append(action)
                warnings.append(f"{error.message} {error.hint}")
        return tuple(checked), tuple(warnings)

    # --- deciding ---------------------------------------------------------------------------

    def approve(self, actor: Actor, id: str) -> Repair:
        actor.require(Permission.URL_APPROVE)
        stored = self._in_state(id, RepairState.PROPOSED)
        change = {"state": RepairState.APPROVED, "approved_by": actor.account_id,
                  "approved_at": self._book.now()}  # fmt: skip
        return self._save(stored, change, "approved", actor)

    def withdraw(self, actor: Actor, id: str) -> Repair:
        """By whoever proposed it, or by somebody who may approve."""
        actor.require(Permission.URL_DIAGNOSE)
        stored = self._in_state(id, *_OPEN)
        if stored.value.proposed_by != actor.account_id:
            actor.require(Permission.URL_APPROVE)
        change = {"state": RepairState.WITHDRAWN, "withdrawn_by": actor.account_id,
                  "withdrawn_at": self._book.now()}  # fmt: skip
        return self._save(stored, change, "withdrawn", actor)

    # --- applying ---------------------------------------------------------------------------

    def apply(self, actor: Actor, id: str, *, url: str = "") -> Repair:
        """Write it, then ask for the URL. `url` in full where the kept one has blanked secrets."""
        actor.require(Permission.URL_REPAIR)
        stored = self._in_state(id, *_OPEN)
        repair = stored.value
        self._require_approval(actor, repair)
        if repair.actions and not repair.group:
            asked = self._asked_url(repair, url)
            fresh = self._offers.again(actor, repair, asked).plan.actions
            actions = tuple(self._hands.check(action) for action in fresh)
        else:
            actions = repair.actions
        now = self._book.now()
        begun = {"state": RepairState.APPLYING, "applied_by": actor.account_id, "applied_at": now}
        if Permission.URL_APPROVE in self._may(actor.account_id) and not repair.approved_by:
            begun |= {"approved_by": actor.account_id, "approved_at": now}
        stored = self._book.save(repair.model_copy(update=begun), stored.version)
        stored = self._run.apply(stored, actions, actor)
        if stored.value.state is RepairState.FAILED:
            return stored.value
        return self._proved(actor, stored, url)

    def verify(self, actor: Actor, id: str, *, url: str = "") -> Repair:
        """Ask again; what waits for an edge or for a person is verified once it is there."""
        actor.require(Permission.URL_DIAGNOSE)
        return self._proved(actor, self._in_state(id, *_APPLIED), url)

    def _proved(self, actor: Actor, stored: Stored[Repair], url: str) -> Repair:
        """In the answer, and nowhere else, a signed URL is whole."""
        asked = self._asked_url(stored.value, url)
        repair = stored.value.model_copy(update={"url": asked})
        if repair.sign:
            repair = self._signed(actor, repair)
        said, state = self._prover.prove(actor, repair, self._book.now())
        change = {"verification": said, "state": state, "problem": None}
        event = "verified" if state is RepairState.VERIFIED else "checked"
        kept = self._book.save(repair.model_copy(update=change), stored.version, event, actor)
        return kept.value.model_copy(update={"new_url": repair.new_url})

    def _signed(self, actor: Actor, repair: Repair) -> Repair:
        actor.require(Permission.URL_REPAIR)
        actor.require(Permission.MEDIA_READ_ALL)
        bucket, _, key = repair.sign.partition("/")
        signer = self._signer_of(bucket)
        end, credentials_end = self._book.now() + SIGNED_FOR, signer.credentials_end()
        if credentials_end is not None:
            end = min(end, credentials_end)
        url = signer.presign_get(key, expires=SIGNED_FOR)
        return repair.model_copy(update={"new_url": url, "new_url_ends_at": end})

    # --- the way back -----------------------------------------------------------------------

    def rollback(self, actor: Actor, id: str) -> Repair:
        """Write back what was there before, unless it has been changed since."""
        actor.require(Permission.URL_REPAIR)
        self._require_role(actor)
        stored = self._in_state(id, *_APPLIED, RepairState.FAILED)
        done = [a for a in stored.value.actions if a.outcome is Outcome.DONE]
        if not any(action.reversible for action in done):
            raise Conflict(
                "There is nothing that could be written back.",
                hint=stored.value.fix.rollback or "It changed nothing that lasts.",
            )
        begun = {"state": RepairState.ROLLING_BACK, "rolled_back_by": actor.account_id,
                 "rolled_back_at": self._book.now()}  # fmt: skip
        begun_at = self._book.save(stored.value.model_copy(update=begun), stored.version)
        return self._run.roll_back(begun_at, actor).value

    def recover(self, older_than: timedelta = timedelta()) -> int:
        """Settle what a process left half done when it died, by what AWS holds now."""
        return self._run.recover(older_than)

    # --- reading ----------------------------------------------------------------------------

    def get(self, actor: Actor, id: str) -> Repair:
        actor.require(Permission.URL_DIAGNOSE)
        return self._book.find(id).value

    def list(
        self, actor: Actor, *, url: str = "", state: RepairState | None = None,
        after: str | None = None, limit: int = 50,
    ) -> RepairPage:  # fmt: skip
        actor.require(Permission.URL_DIAGNOSE)
        return self._book.page(redact(url), state, after, limit)

    # --- rules ------------------------------------------------------------------------------

    def _in_state(self, id: str, *states: RepairState) -> Stored[Repair]:
        stored = self._book.find(id)
        if stored.value.state not in states:
            raise Conflict(
                f"This repair is {stored.value.state.value.replace('_', ' ')}.",
                hint="Load it again to see what can be done with it now.",
            )
        return stored

    def _save(
        self, stored: Stored[Repair], change: dict[str, object], event: str, actor: Actor
    ) -> Repair:
        changed = stored.value.model_copy(update=change)
        return self._book.save(changed, stored.version, event, actor).value

    def _may(self, account_id: str) -> frozenset[Permission]:
        """What this person's role allows now, whatever an older session says."""
        account = self._account_of(account_id) if account_id else None
        if account is None or account.disabled:
            return frozenset()
        return ROLE_PERMISSIONS[account.role]

    def _require_role(self, actor: Actor) -> None:
        if Permission.URL_REPAIR not in self._may(actor.account_id):
            raise NotAllowed(
                "Your account may not repair any more.", hint="Ask an admin about your role."
            )

    def _require_approval(self, actor: Actor, repair: Repair) -> None:
        self._require_role(actor)
        if Permission.URL_APPROVE in self._may(actor.account_id):
            return
        if Permission.URL_APPROVE not in self._may(repair.approved_by):
            raise NotAllowed(
                "This repair has not been approved by somebody who may.",
                hint="Ask an admin to approve it; it waits in the list of repairs.",
            )

    def _asked_url(self, repair: Repair, url: str) -> str:
        if url and redact(url) != repair.url:
            raise InvalidInput(
                "This is not the URL that the repair was proposed for.",
                hint="Give the same URL, with its signature where it has one.",
            )
        return url or repair.url


def _row_action(row: RecordChange) -> Action:
    place = {"pk": row.pk} | ({"sk": row.sk} if row.sk else {})
    edit = Edit(path=(row.attribute,), before=row.old, after=row.new)
    needs = ("dynamodb:DescribeTable", "dynamodb:GetItem", "dynamodb:UpdateItem")
    return Action(kind=ActionKind.RECORD, target=row.table, edits=(edit,), place=place, needs=needs)
