"""A monitor on the embedded cloud: an object goes, comes back, and goes again."""

import pytest
from test_service import site

from core.aws.clients import AwsClients
from core.aws.edge import Edge
from core.diagnostics.service import DiagnosticsService
from core.diagnostics.service.cases.service import CasesService
from core.model.identity import Actor, Role
from core.model.saved_case import Interval, WatchState
from core.stores.audit_log import AuditLog
from core.stores.sqlite import SqliteRecordStore
from tests.diagnostics.test_saved_cases import Clock

pytestmark = pytest.mark.emulator
SUPPORT = Actor(account_id="s1", role=Role.SUPPORT)
KEY = "avatars/u1_ab12.jpg"


@pytest.fixture
def watched(emulator, serve, tmp_path):
    """The cases of the real doctor, a saved URL that works, and how its object goes and comes."""
    domain = site(emulator, "t-watched", [KEY])
    edge = Edge("/emulator/cdn/any", connect_base=serve(lambda: emulator))
    clients = AwsClients("us-east-1", emulator.endpoint, emulator.access_key, emulator.secret_key)
    store, clock = SqliteRecordStore(tmp_path / "db.sqlite3"), Clock()
    doctor = DiagnosticsService(
        clients, clock=clock, cdn_prefix="/emulator/cdn/", store=store, edge=edge
    )
    cases = CasesService(store, doctor, AuditLog(store, clock), clock)
    yield cases, clock, f"https://{domain}/{KEY}", emulator.root_clients().s3
    store.close()
    edge.close()


def test_a_url_that_breaks_after_its_repair_is_reported_as_relapsed(watched):
    cases, clock, url, s3 = watched
    case = cases.save(SUPPORT, url=url)
    cases.watch(SUPPORT, case.id, Interval.QUARTER)

    def look():
        clock.forward(minutes=15)
        assert cases.check_due() == 1
        return cases.get(SUPPORT, case.id).monitor

    assert (look().state, look().last.observed_status) == (WatchState.WORKS, 200)
    s3.delete_object(Bucket="t-watched", Key=KEY)
    gone = look()
    assert (gone.state, gone.last.cause) == (WatchState.RELAPSED, "object-missing")
    assert gone.last.observed_status == 403
    assert [one.id for one in cases.relapsed(SUPPORT)] == [case.id]
    s3.put_object(Bucket="t-watched", Key=KEY, Body=b"picture", ContentType="image/jpeg")
    assert look().state is WatchState.WORKS
    assert cases.relapses(SUPPORT) == 0
