"""The same questions to DuckDB and to Athena give the same rows; what Athena costs is told before."""

import secrets
import socket
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import botocore.session
import pytest
from botocore.stub import Stubber

from core.aws.athena import AthenaPlace, AthenaRunner
from core.emulator.clients import EmulatorClients
from core.emulator.folder import Folder
from core.emulator.process import ChildProcess, ChildSettings
from core.errors import AwsUnavailable, Configuration, InvalidInput
from core.model.traffic import LOG_FIELDS
from core.stores.athena_engine import AthenaEngine
from core.stores.log_batch import Delivery
from core.stores.log_store import LogStore
from core.stores.queries import ALL, EVERYTHING, TOTALS
from core.usage.access_logs import column_of, columns_of, shape_of
from core.usage.traffic import query_cost
from tests.usage.logs import row, v1, written
from tests.usage.test_log_report import some

DDL = Path(__file__).resolve().parents[2] / "deploy" / "athena" / "2_cloudfront_logs.sql"
NOW = datetime(2026, 11, 2, tzinfo=UTC)
ASKED = {**EVERYTHING, "folder": "^/([^/]*/){0,1}"}


def _as_athena_does(params, **_):
    """Athena puts execution parameters into the text; the emulator leaves them out."""
    values = params.pop("ExecutionParameters", None) or []
    parts = params["QueryString"].split("?")
    assert len(parts) == len(values) + 1
    params["QueryString"] = "".join(
        part + value for part, value in zip(parts, [*values, ""], strict=True)
    )


@pytest.fixture(scope="module")
def cloud(tmp_path_factory):
    folder = Folder(tmp_path_factory.mktemp("athena"))
    lock, token = folder.lock(), secrets.token_urlsafe(16)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    child = ChildProcess(ChildSettings(folder, port, token, (), "us-east-1", lock.fileno()))
    child.start(("s3", "glue", "athena"))
    yield EmulatorClients(f"http://127.0.0.1:{port}", "us-east-1", "test", token, token=token)
    child.stop()
    lock.close()


@pytest.fixture(scope="module")
def athena(cloud):
    client = cloud._client("athena")
    client.meta.events.register("provide-client-params.athena.StartQueryExecution", _as_athena_does)
    return client


LINES = some(230)
FILES = {
    "a.gz": v1(LINES[:200]),
    "b.gz": v1([*LINES[170:], row(9001, cs_uri_stem="/top.jpg", cs_referer="https://a.example/'")]),
    "old.gz": v1([row(9002), row(9003, date="2026-11-02", sc_status="503")], LOG_FIELDS[:15]),
}  # fmt: skip


@pytest.fixture(scope="module")
def engines(cloud, athena, tmp_path_factory):
    folder = tmp_path_factory.mktemp("logs")
    cloud.s3.create_bucket(Bucket="acme-logs")
    cloud.s3.create_bucket(Bucket="answers")
    duck = LogStore(folder / "store", shape_of, columns_of, lambda: NOW)
    for name, data in FILES.items():
        path = written(folder / name, data)
        cloud.s3.put_object(Bucket="acme-logs", Key=f"cdn/{name}", Body=path.read_bytes())
        duck.add("acme-logs", [Delivery(path, name, name, path.stat().st_size)])
    cloud._client("glue").create_database(DatabaseInput={"Name": "media_logs"})
    runner = AthenaRunner(athena, AthenaPlace("media_logs", output="s3://answers/"))
    runner.run(DDL.read_text().replace("s3://BUCKET/PREFIX/", "s3://acme-logs/cdn/"), [])
    yield duck, AthenaEngine(runner.run, "cloudfront_logs", lambda: 3 * 1024**4)
    duck.close()


@pytest.mark.emulator
@pytest.mark.parametrize("query", ALL, ids=lambda query: query.name)
def test_both_engines_answer_the_same_rows(engines, query):
    duck, athena = engines
    expected = duck.ask(query, ASKED, 1000)
    assert expected or query.name == "countries"
    assert athena.ask(query, ASKED, 1000) == expected


@pytest.mark.emulator
@pytest.mark.parametrize(
    "filters",
    [
        {"status": 404}, {"prefix": "/media/f3/"}, {"result": "Hit", "first_day": "2026-11-01"},
        {"edge": "x' OR '1' = '1"}, {"site": "cdn.example.com", "last_day": "2026-10-31"},
    ],
    ids=str,
)  # fmt: skip
def test_both_engines_filter_alike_and_values_stay_values(engines, filters):
    duck, athena = engines
    expected = duck.ask(TOTALS, {**ASKED, **filters}, 10)
    assert athena.ask(TOTALS, {**ASKED, **filters}, 10) == expected
    assert (expected == ()) == ("edge" in filters)


@pytest.mark.emulator
def test_a_query_that_fails_says_what_athena_says(engines, athena):
    runner = AthenaRunner(athena, AthenaPlace("media_logs", output="s3://answers/"))
    with pytest.raises(InvalidInput, match="FAILED"):
        runner.run("SELECT nothing FROM nowhere", [])


def test_a_query_that_takes_too_long_is_stopped():
    client = botocore.session.get_session().create_client(
        "athena", "us-east-1", aws_access_key_id="k", aws_secret_access_key="s"
    )
    pauses = []
    with Stubber(client) as stub:
        sent = {
            "QueryString": "SELECT ?", "QueryExecutionContext": {"Database": "d"},
            "WorkGroup": "w", "ExecutionParameters": ["'it''s'"],
        }  # fmt: skip
        stub.add_response("start_query_execution", {"QueryExecutionId": "q"}, sent)
        running = {"QueryExecution": {"Status": {"State": "RUNNING"}}}
        for _ in range(2):
            stub.add_response("get_query_execution", running)
        stub.add_response("stop_query_execution", {}, {"QueryExecutionId": "q"})
        runner = AthenaRunner(client, AthenaPlace("d", "w"), seconds=0.15, sleep=pauses.append)
        with pytest.raises(AwsUnavailable):
            runner.run("SELECT ?", ["it's"])
    assert pauses == [0.1, pytest.approx(0.15)]


def test_what_a_report_costs_is_known_before():
    price = (Decimal(5), "the price sheet")
    assert query_cost("duckdb", 0, 11, (None, ""), 0).usd == 0
    small = query_cost("athena", 1000, 10, price, 200 * 1024**2)
    assert (small.bytes, small.confirm) == (100 * 1024**2, False)  # 10 MB a query at least
    large = query_cost("athena", 1024**4, 10, price, 200 * 1024**2)
    assert (large.usd, large.confirm) == (50, True)
    assert query_cost("athena", 1024**4, 10, (None, "unpriced"), 0).usd is None


def test_a_table_has_a_plain_name():
    with pytest.raises(Configuration):
        AthenaEngine(lambda *_: ((), 0), "logs; DROP TABLE x", lambda: 0)


def test_the_table_declares_every_field_in_its_place():
    declared = [
        line.split()[0].strip("`") for line in DDL.read_text().splitlines() if line.startswith("  ")
    ]
    assert declared == [column_of(field) for field in LOG_FIELDS]
