"""A repair of a URL: what would be written where, who allowed it, and what a real request said.

Every value here is what is stored: signatures and tokens are blanked before they get in.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pydantic import Field

from core.model.base import Noun, UtcTime
from core.model.diagnosis import Fix
from core.model.media import Problem


class RepairState(StrEnum):
    PROPOSED = "proposed"
    APPROVED = "approved"
    APPLYING = "applying"  # written down before the first write, so that a crash loses nothing
    APPLIED = "applied"  # written, but no request has shown the effect yet
    VERIFIED = "verified"  # a real request answered as it should
    UNVERIFIED = "unverified"  # applied, but the request still fails: see `verification`
    FAILED = "failed"  # not applied, or only in part: see `problem` and each action's outcome
    ROLLING_BACK = "rolling_back"
    ROLLED_BACK = "rolled_back"
    WITHDRAWN = "withdrawn"


class ActionKind(StrEnum):
    """One write to one thing. The comment says what `target` names."""

    DISTRIBUTION = "distribution"  # its id
    ACCESS_CONTROL = "access_control"  # id of an origin access control
    NEW_ACCESS_CONTROL = "new_access_control"  # the name it gets
    BUCKET_POLICY = "bucket_policy"  # bucket, as for the next four
    BUCKET_CORS = "bucket_cors"
    OBJECT_OWNERSHIP = "object_ownership"
    REQUEST_PAYER = "request_payer"
    PUBLIC_ACCESS_BLOCK = "public_access_block"
    KEY_POLICY = "key_policy"  # ARN of a KMS key, as for the next one
    KEY_STATE = "key_state"
    FUNCTION = "function"  # its name
    RECORD = "record"  # table
    COPY = "copy"  # bucket/key of the new object
    OBJECT_HEADERS = "object_headers"  # bucket/key, as for the next two
    DELETE_MARKER = "delete_marker"
    ARCHIVED_OBJECT = "archived_object"
    INVALIDATION = "invalidation"  # id of the distribution


class Outcome(StrEnum):
    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"
    UNDONE = "undone"


class Edit(Noun):
    """One value of the thing: None before means "added", None after means "removed".

    `path` leads to it in AWS's own words; items of a list are named (an origin's id, a path
    pattern, a Sid), and a list's own value is the order of those names.
    """

    path: tuple[str, ...]
    before: Any = None
    after: Any = None

    @property
    def name(self) -> str:
        return " / ".join(step for step in self.path if step != "Items")


class Action(Noun):
    """One write. It is refused where a `before` is not what is there any more."""

    kind: ActionKind
    target: str
    edits: tuple[Edit, ...] = ()
    place: dict[str, str] = Field(
        default_factory=dict
    )  # what else names it: a row's key, a copy's source
    guard: str = ""  # ETag (or version) that was read before the write
    needs: tuple[str, ...] = ()
    reversible: bool = True
    outcome: Outcome = Outcome.PENDING
    result: str = ""  # what AWS named: an invalidation, a new origin access control
    problem: str = ""  # why it was not done

    @property
    def before(self) -> dict[str, Any]:
        return {edit.name: edit.before for edit in self.edits}

    @property
    def after(self) -> dict[str, Any]:
        return {edit.name: edit.after for edit in self.edits}


class Verification(Noun):
    """What a real request said. `status` is None where nobody could be asked."""

    url: str
    method: str = "HEAD"
    status: int | None = None
    at: UtcTime
    sentence: str


class Repair(Noun):
    """`actions` may be empty: then the fix lies outside AWS, and `steps` say who does what."""

    id: str
    url: str
    report_id: str = ""  # of a reported row whose URL is empty
    title: str
    choice: str = ""  # the candidate that was chosen
    cause: str = ""  # what the fix removes
    fix: Fix
    actions: tuple[Action, ...] = ()
    sign: str = ""  # bucket/key whose S3 URL is presigned anew whenever this is applied
    steps: tuple[str, ...] = ()  # what a person does by hand, exactly
    by_hand: bool = False  # the change itself is made by a person; here it is only verified
    new_url: str = ""  # the URL that is handed out instead; a signature only in the answer itself
    new_url_ends_at: UtcTime | None = None
    notes: tuple[
        str, ...
    ] = ()  # said before it is applied: what can't be taken back, what it costs
    state: RepairState = RepairState.PROPOSED
    proposed_by: str
    proposed_at: UtcTime
    approved_by: str = ""
    approved_at: UtcTime | None = None
    applied_by: str = ""
    applied_at: UtcTime | None = None
    rolled_back_by: str = ""
    rolled_back_at: UtcTime | None = None
    withdrawn_by: str = ""
    withdrawn_at: UtcTime | None = None
    verification: Verification | None = None
    problem: Problem | None = None
    group: str = ""  # the pattern that the records of a group repair share
    urls: tuple[str, ...] = ()  # of a group repair: each record's URL

    @property
    def before(self) -> dict[str, dict[str, Any]]:
        """What was there, by target."""
        return {action.target: action.before for action in self.actions}

    @property
    def after(self) -> dict[str, dict[str, Any]]:
        return {action.target: action.after for action in self.actions}

    @property
    def reversible(self) -> bool:
        """Whether something was (or would be) written that can be put back."""
        return bool(self.actions) and all(action.reversible for action in self.actions)


class RecordChange(Noun):
    """One row of a group repair: `attribute` holds `old` and is to hold `new`."""

    table: str
    pk: str
    sk: str = ""
    attribute: str
    old: str
    new: str
    url: str = ""  # by which the new value is verified


class RepairPage(Noun):
    """The newest first."""

    items: tuple[Repair, ...]
    next: str | None = None
