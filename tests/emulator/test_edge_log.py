"""The access log of the embedded CDN: CloudFront's lines, of every answer, delivered once."""

import asyncio
import gzip
import time
from datetime import UTC, datetime

import httpx
import pytest
from botocore.exceptions import EndpointConnectionError

from core.emulator.edge_cache import EdgeResponse, ViewerRequest
from core.emulator.edge_log import EdgeLog, Viewer
from core.model.traffic import LOG_FIELDS
from core.usage.access_logs import column_of, shape_of
from core.usage.service.log_report import report_of_files

NOW = datetime(2026, 10, 31, 23, 59, 59, tzinfo=UTC)
VIEWER = Viewer("198.51.100.7", 4711, "https", "HTTP/1.1")


class Bucket:
    """Takes objects; refuses them while it is `down`."""

    def __init__(self):
        self.objects, self.down = {}, False

    def put_object(self, **given):
        if self.down:
            raise EndpointConnectionError(endpoint_url="http://127.0.0.1")
        self.objects[given["Key"]] = gzip.decompress(given["Body"]).decode()


@pytest.fixture
def bucket():
    return Bucket()


@pytest.fixture
def log(tmp_path, bucket):
    return EdgeLog(tmp_path / "log", lambda: bucket, "logs", "E1", "d1", lambda: NOW)


def asked(path="/media/f1/a.jpg", label="d1", **headers):
    return ViewerRequest(label, "GET", path, "w=1&x=%20", {"host": "cdn.test", **headers})


def answer(status=200, body=b"12345", **headers):
    seen = {"content-type": "image/jpeg", "x-cache": "Hit from cloudfront", **headers}
    return EdgeResponse(status, seen, body)


def lines(bucket):
    found = "".join(bucket.objects.values()).splitlines()
    names = [column_of(field) for field in LOG_FIELDS]
    return [dict(zip(names, one.split("\t"), strict=True)) for one in found if one[0] != "#"]


def test_a_line_has_the_fields_of_a_standard_log(log, bucket):
    request = asked(
        "/media/a%20b.jpg", referer="https://a.test/x%20y", **{"user-agent": "a b\t'c'"}
    )
    log.watched(request, answer(206, **{"content-range": "bytes 10-14/99"}), VIEWER)
    assert log.deliver() == 1
    (key,) = bucket.objects
    assert key.startswith("cdn/E1.2026-10-31-23.")
    assert shape_of(bucket.objects[key].encode(), key).fields == LOG_FIELDS
    (line,) = lines(bucket)
    assert line["cs_uri_stem"] == "/media/a%2520b.jpg"
    assert line["cs_uri_query"] == "w=1&x=%2520"
    assert line["cs_user_agent"] == "a%20b%09%27c%27"
    assert (line["date"], line["time"], line["sc_status"]) == ("2026-10-31", "23:59:59", "206")
    assert (line["sc_range_start"], line["sc_range_end"]) == ("10", "14")
    assert (line["x_edge_result_type"], line["cs_host"]) == ("Hit", "d1.cloudfront.net")
    assert int(line["sc_bytes"]) > 5


def test_the_line_of_a_stream_is_written_at_its_end_with_what_was_sent(log, bucket):
    async def body():
        yield b"123"
        yield b"4567"

    async def run():
        whole = log.watched(asked(), answer(body=body()), VIEWER)
        assert [chunk async for chunk in whole.body] == [b"123", b"4567"]
        left = log.watched(asked(), answer(body=body()), VIEWER)
        async for _ in left.body:
            break
        await left.body.aclose()  # the viewer leaves

    asyncio.run(run())
    log.deliver()
    assert [line["sc_content_len"] for line in lines(bucket)] == ["7", "3"]


def test_what_can_not_be_delivered_is_kept_and_delivered_under_the_same_name(log, bucket, tmp_path):
    log.watched(asked(), answer(404, **{"x-cache": "Error from cloudfront"}), VIEWER)
    bucket.down = True
    assert log.deliver() == 0
    bucket.down = False
    other = EdgeLog(tmp_path / "log", lambda: bucket, "logs", "E1", "d1", lambda: NOW)
    assert other.deliver() == 1  # after a crash
    assert other.deliver() == 0
    assert [line["x_edge_result_type"] for line in lines(bucket)] == ["Error"]


def test_only_the_distribution_that_logs_is_logged(log, tmp_path, bucket):
    log.watched(asked(label="d2"), answer(), VIEWER)
    joined = EdgeLog(tmp_path / "log", lambda: bucket, "", "E1", "d1")
    joined.watched(asked(), answer(), VIEWER)
    assert (log.deliver(), joined.deliver()) == (0, 0)


@pytest.mark.emulator
def test_real_requests_become_a_report(emulator, serve, tmp_path):
    site = serve(lambda: emulator)
    label = emulator.stack.distribution_domain.split(".")[0]
    key = "media/edge-log/a b.txt"
    emulator.root_clients().s3.put_object(
        Bucket=emulator.stack.media_bucket, Key=key, Body=b"x" * 100, ContentType="text/plain"
    )
    config = emulator.clients().cloudfront.get_distribution_config(
        Id=emulator.stack.distribution_id
    )
    assert config["DistributionConfig"]["Logging"]["Enabled"]
    assert (
        config["DistributionConfig"]["Logging"]["Bucket"].split(".")[0] == emulator.stack.log_bucket
    )
    for path in ("media/edge-log/a%20b.txt", "media/edge-log/a%20b.txt", "media/edge-log/none"):
        httpx.get(f"{site}/emulator/cdn/{label}/{path}")
    folder = emulator.data_dir / "edge-log"
    while b"none" not in b"".join(one.read_bytes() for one in folder.glob("*.log")):
        time.sleep(0.01)  # the last line is written just after the last byte went out
    assert emulator.edge_log.deliver() >= 1
    s3 = emulator.clients().s3  # the app's own key may read it
    listed = s3.list_objects_v2(Bucket=emulator.stack.log_bucket, Prefix="cdn/")["Contents"]
    for number, item in enumerate(listed):
        body = s3.get_object(Bucket=emulator.stack.log_bucket, Key=item["Key"])["Body"].read()
        (tmp_path / f"{number}.gz").write_bytes(body)
    report = report_of_files([str(tmp_path / "*.gz")], top=10_000)
    counts = {row.shown: row.requests for row in report.top_urls}
    assert counts["/media/edge-log/a%20b.txt"] == 2
    assert counts["/media/edge-log/none"] == 1
    assert {"Hit", "Miss", "Error"} <= {row.label for row in report.edge_results}
