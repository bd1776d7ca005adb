"""Who may do what with a repair, what is written down, and what a crash or a change leaves."""

from datetime import UTC, datetime, timedelta

import pytest
from moto import mock_aws

from core.aws.clients import AwsClients
from core.aws.dynamodb_rows import TableRows
from core.aws.edge import EdgeAnswer
from core.aws.s3 import MediaBucket
from core.diagnostics.service import DiagnosticsService
from core.diagnostics.service.repairs.book import Book
from core.diagnostics.service.repairs.service import LARGEST_GROUP, RepairsService
from core.diagnostics.service.repairs.writes import Hands
from core.errors import AwsUnavailable, Conflict, InvalidInput, NotAllowed, NotFound
from core.model.identity import Account, Actor, Role
from core.model.repair import Outcome, RecordChange, RepairState
from core.stores.audit_log import AuditLog
from core.stores.sqlite import SqliteRecordStore

MEMBER, SUPPORT, OTHER, ADMIN = (
    Actor(account_id=number, role=role)
    for number, role in (
        ("m", Role.MEMBER),
        ("s", Role.SUPPORT),
        ("s2", Role.SUPPORT),
        ("a", Role.ADMIN),
    )
)


def now():
    return datetime.now(UTC)


class Edge:
    """A CDN that always gives one answer."""

    status = 200

    def head(self, _):
        return EdgeAnswer(self.status)


class Desk:
    def __init__(self, folder):
        self.clients = AwsClients("us-east-1", None, "AKIATEST", "secret")
        self.store = SqliteRecordStore(folder / "r.sqlite3")
        self.audit, self.edge = AuditLog(self.store, now), Edge()
        self.roles = {"m": Role.MEMBER, "s": Role.SUPPORT, "s2": Role.SUPPORT, "a": Role.ADMIN}
        self.disabled = set()
        self.book = Book(self.store, self.audit, now)
        doctor = DiagnosticsService(self.clients, now, "", None, self.store, self.edge)
        self.repairs = RepairsService(
            self.clients, self.store, self.audit, now, doctor, self.edge,
            account_of=self.account_of, signer_of=MediaBucket(self.clients.s3, "held").beside,
        )  # fmt: skip

    def account_of(self, number):
        return Account(
            id=number, email=f"{number}@x.org", username=number, role=self.roles[number], created_at=now(),
            disabled=number in self.disabled,
        )  # fmt: skip

    def rows(self, *names):
        for name in names:
            item = {"id": {"S": name}, "url": {"S": f"old-{name}"}}
            self.clients.dynamodb.put_item(TableName="users", Item=item)
        return [
            RecordChange(table="users", pk=n, attribute="url", old=f"old-{n}", new=f"new-{n}")
            for n in names
        ]

    def url(self, name):
        found = self.clients.dynamodb.get_item(TableName="users", Key={"id": {"S": name}})
        return found["Item"]["url"]["S"]

    def events(self):
        page = self.audit.page(f"{now():%Y-%m}").items
        return [(e.action, e.actor_id) for e in reversed(page)]


@pytest.fixture
def desk(tmp_path):
    with mock_aws():
        made = Desk(tmp_path)
        made.clients.dynamodb.create_table(
            TableName="users", BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        )  # fmt: skip
        yield made
        made.store.close()


def proposed(desk, *names, actor=SUPPORT):
    return desk.repairs.propose_records(actor, desk.rows(*names), "avatars")


# --- who --------------------------------------------------------------------------------------


def test_a_member_may_neither_look_nor_touch(desk):
    number = proposed(desk, "u1").id
    repairs = desk.repairs
    for verb in (repairs.get, repairs.approve, repairs.apply, repairs.rollback, repairs.withdraw,
                 repairs.verify):  # fmt: skip
        with pytest.raises(NotAllowed):
            verb(MEMBER, number)
    for call in (
        lambda: repairs.propose(MEMBER, "https://x.example/a", "f1"),
        lambda: repairs.propose_records(MEMBER, [], ""),
        lambda: repairs.list(MEMBER),
    ):
        with pytest.raises(NotAllowed):
            call()
    assert desk.url("u1") == "old-u1"


def test_support_applies_only_what_an_admin_has_approved(desk):
    number = proposed(desk, "u1").id
    with pytest.raises(NotAllowed, match="not been approved"):
        desk.repairs.apply(SUPPORT, number)
    with pytest.raises(NotAllowed, match="url:approve"):
        desk.repairs.approve(SUPPORT, number)
    assert desk.repairs.approve(ADMIN, number).state is RepairState.APPROVED
    done = desk.repairs.apply(SUPPORT, number)
    assert (done.state, desk.url("u1")) == (RepairState.VERIFIED, "new-u1")
    assert (done.proposed_by, done.approved_by, done.applied_by) == ("s", "a", "s")


def test_an_admin_who_applies_has_thereby_approved(desk):
    done = desk.repairs.apply(ADMIN, proposed(desk, "u1").id)
    assert (done.approved_by, done.applied_by) == ("a", "a")


@pytest.mark.parametrize("loss", ["demoted approver", "disabled approver", "demoted actor"])
def test_a_right_that_was_lost_since_does_not_count_any_more(desk, loss):
    number = proposed(desk, "u1").id
    desk.repairs.approve(ADMIN, number)
    if loss == "demoted approver":
        desk.roles["a"] = Role.SUPPORT
    elif loss == "disabled approver":
        desk.disabled.add("a")
    else:
        desk.roles["s"] = Role.MEMBER
    with pytest.raises(NotAllowed):
        desk.repairs.apply(SUPPORT, number)
    assert desk.url("u1") == "old-u1"


def test_a_proposal_is_withdrawn_by_its_author_or_by_an_admin(desk):
    first, second = proposed(desk, "u1").id, proposed(desk, "u2").id
    with pytest.raises(NotAllowed):
        desk.repairs.withdraw(OTHER, first)
    assert desk.repairs.withdraw(SUPPORT, first).state is RepairState.WITHDRAWN
    assert desk.repairs.withdraw(ADMIN, second).withdrawn_by == "a"
    with pytest.raises(Conflict, match="withdrawn"):
        desk.repairs.apply(ADMIN, first)


def test_each_step_is_an_audit_event_of_its_actor(desk):
    number = proposed(desk, "u1").id
    desk.repairs.approve(ADMIN, number)
    desk.repairs.apply(SUPPORT, number)
    desk.repairs.rollback(SUPPORT, number)
    assert desk.events() == [
        ("repair.proposed", "s"), ("repair.approved", "a"), ("repair.applied", "s"),
        ("repair.verified", "s"), ("repair.rolled_back", "s"),
    ]  # fmt: skip


# --- many rows --------------------------------------------------------------------------------


def test_rows_that_were_changed_since_are_named_and_the_others_written_and_put_back(desk):
    made = proposed(desk, "u1", "u2", "u3")
    desk.clients.dynamodb.put_item(
        TableName="users", Item={"id": {"S": "u2"}, "url": {"S": "mine"}}
    )
    done = desk.repairs.apply(ADMIN, made.id)
    assert done.state is RepairState.FAILED
    assert done.problem.detail.startswith("1 of 3 rows were left as they are: u2.")
    assert [desk.url(n) for n in ("u1", "u2", "u3")] == ["new-u1", "mine", "new-u3"]
    assert [a.outcome for a in done.actions] == [Outcome.DONE, Outcome.FAILED, Outcome.DONE]

    desk.clients.dynamodb.put_item(
        TableName="users", Item={"id": {"S": "u3"}, "url": {"S": "late"}}
    )
    back = desk.repairs.rollback(ADMIN, made.id)
    assert back.state is RepairState.FAILED
    assert "u3" in back.problem.detail
    assert [desk.url(n) for n in ("u1", "u2", "u3")] == ["old-u1", "mine", "late"]


def test_a_group_is_verified_by_asking_for_some_of_its_urls(desk):
    rows = [
        r.model_copy(update={"url": f"https://x.example/{r.pk}"}) for r in desk.rows("u1", "u2")
    ]
    made = desk.repairs.propose_records(SUPPORT, rows, "avatars")
    done = desk.repairs.apply(ADMIN, made.id)
    assert done.state is RepairState.APPLIED
    assert "0 of 2 URLs" in done.verification.sentence
    assert "x.example" in done.verification.sentence


def test_too_many_rows_none_and_rows_with_signatures_are_refused(desk):
    row = desk.rows("u1")[0]
    with pytest.raises(InvalidInput):
        desk.repairs.propose_records(SUPPORT, [], "g")
    with pytest.raises(InvalidInput):
        desk.repairs.propose_records(SUPPORT, [row] * (LARGEST_GROUP + 1), "g")
    signed = row.model_copy(update={"old": "https://x/a?X-Amz-Signature=00"})
    with pytest.raises(InvalidInput, match="signature"):
        desk.repairs.propose_records(SUPPORT, [signed], "g")


def test_a_group_of_the_largest_size_fits_one_item_of_any_store(desk):
    url = "https://media.example.com/" + "a" * 200
    row = RecordChange(
        table="users", pk="USER#0123456789", attribute="url", old=url, new=url, url=url
    )
    made = desk.repairs.propose_records(SUPPORT, [row] * LARGEST_GROUP, "avatars")
    assert len(made.model_dump_json()) < 350_000  # DynamoDB's limit for an item is 400 KB


# --- states -----------------------------------------------------------------------------------


def test_what_is_done_is_not_done_twice(desk):
    number = proposed(desk, "u1").id
    desk.repairs.apply(ADMIN, number)
    with pytest.raises(Conflict, match="verified"):
        desk.repairs.apply(ADMIN, number)
    with pytest.raises(Conflict):
        desk.repairs.approve(ADMIN, number)
    assert desk.repairs.rollback(ADMIN, number).rolled_back_by == "a"
    with pytest.raises(Conflict, match="rolled back"):
        desk.repairs.rollback(ADMIN, number)
    with pytest.raises(NotFound):
        desk.repairs.get(ADMIN, "none")


def test_repairs_are_listed_newest_first_by_url_and_state_page_by_page(desk):
    ids = [proposed(desk, name).id for name in ("u1", "u2", "u3")]
    desk.repairs.apply(ADMIN, ids[1])
    assert [r.id for r in desk.repairs.list(SUPPORT).items] == ids[::-1]
    found = desk.repairs.list(SUPPORT, state=RepairState.VERIFIED)
    assert [r.id for r in found.items] == [ids[1]]
    assert desk.repairs.list(SUPPORT, url="https://nowhere.example/a").items == ()
    first = desk.repairs.list(SUPPORT, limit=2)
    rest = desk.repairs.list(SUPPORT, limit=2, after=first.next)
    assert [r.id for r in (*first.items, *rest.items)] == ids[::-1]


def test_a_fix_that_is_not_offered_is_a_conflict_that_names_what_is(desk):
    with pytest.raises(Conflict, match="not offered any more"):
        desk.repairs.propose(SUPPORT, "https://x.example/a.jpg", "f7")


def test_an_answer_that_never_came_is_not_taken_for_a_failure(desk, monkeypatch):
    made = proposed(desk, "u1")
    write = TableRows.change

    def answerless(self, *args):
        write(self, *args)
        raise AwsUnavailable("AWS did not answer.")

    monkeypatch.setattr(TableRows, "change", answerless)
    assert desk.repairs.apply(ADMIN, made.id).state is RepairState.VERIFIED
    assert desk.url("u1") == "new-u1"


def test_a_write_that_was_not_taken_is_a_failure_with_its_reason(desk, monkeypatch):
    def down(*_):
        raise AwsUnavailable("AWS did not answer.")

    monkeypatch.setattr(TableRows, "change", down)
    done = desk.repairs.apply(ADMIN, proposed(desk, "u1").id)
    assert (done.state, done.problem.detail) == (RepairState.FAILED, "AWS did not answer.")
    assert desk.url("u1") == "old-u1"


# --- after a crash ----------------------------------------------------------------------------


def left(desk, *names, written=0, state=RepairState.APPLYING):
    """A repair as a process leaves it that dies in the midst of it."""
    made = proposed(desk, *names)
    stored = desk.book.find(made.id)
    hands = Hands(desk.clients, desk.store, "own")
    for action in stored.value.actions[:written]:
        hands.perform(action)
    begun = {"state": state, "applied_by": "a", "applied_at": now(), "approved_by": "a"}
    desk.book.save(stored.value.model_copy(update=begun), stored.version)
    return made.id


def test_a_crash_before_the_first_write_leaves_it_to_be_applied_again(desk):
    number = left(desk, "u1")
    assert desk.repairs.recover() == 1
    found = desk.repairs.get(ADMIN, number)
    assert (found.state, found.problem.slug) == (RepairState.APPROVED, "interrupted")
    assert desk.repairs.apply(ADMIN, number).state is RepairState.VERIFIED


def test_a_crash_between_the_write_and_the_record_loses_nothing(desk):
    number = left(desk, "u1", "u2", written=2)
    desk.repairs.recover()
    found = desk.repairs.get(ADMIN, number)
    assert found.state is RepairState.APPLIED
    assert found.actions[0].edits[0].before == "old-u1"
    assert desk.repairs.verify(ADMIN, number).state is RepairState.VERIFIED
    desk.repairs.rollback(ADMIN, number)
    assert desk.url("u1") == "old-u1"


def test_a_crash_halfway_is_said_and_can_be_put_back(desk):
    number = left(desk, "u1", "u2", written=1)
    desk.repairs.recover()
    found = desk.repairs.get(ADMIN, number)
    assert found.state is RepairState.FAILED
    assert "after 1 of 2 writes" in found.problem.detail
    assert desk.repairs.rollback(ADMIN, number).state is RepairState.ROLLED_BACK
    assert desk.url("u1") == "old-u1"


def test_a_crash_while_putting_back_goes_on_with_it(desk):
    number = proposed(desk, "u1", "u2").id
    desk.repairs.apply(ADMIN, number)
    stored = desk.book.find(number)
    Hands(desk.clients, desk.store, "own").perform(stored.value.actions[1], undo=True)
    begun = {"state": RepairState.ROLLING_BACK, "rolled_back_by": "a", "rolled_back_at": now()}
    desk.book.save(stored.value.model_copy(update=begun), stored.version)
    desk.repairs.recover()
    assert desk.repairs.get(ADMIN, number).state is RepairState.ROLLED_BACK
    assert [desk.url(n) for n in ("u1", "u2")] == ["old-u1", "old-u2"]


def test_what_another_process_works_on_is_left_to_it_for_a_while(desk):
    number = left(desk, "u1")
    assert desk.repairs.recover(timedelta(minutes=15)) == 0
    assert desk.repairs.get(ADMIN, number).state is RepairState.APPLYING


def test_what_can_not_be_read_after_a_crash_is_not_called_done(desk):
    number = left(desk, "u1", written=1)
    desk.clients.dynamodb.delete_table(TableName="users")
    desk.repairs.recover()
    found = desk.repairs.get(ADMIN, number)
    assert found.state is RepairState.APPLYING
    assert found.actions[0].problem in found.problem.detail
