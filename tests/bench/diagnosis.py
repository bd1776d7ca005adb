"""One diagnosis: from a saved snapshot, and with capture from the embedded cloud, first and warm.

`python -m tests.bench.diagnosis`; `--rounds N` for more of each.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CASES = sorted((ROOT / "tests" / "diagnostics" / "cases").glob("*.json"))
BARS = {"snapshot_median_ms": 10, "capture_first_ms": 400, "capture_cold_ms": 400,
        "capture_warm_ms": 400}  # fmt: skip
KEYS = ("avatars/u1_ab12.jpg", "users/u1/progress-photos/2026-01-14-front.jpg", "press/a.jpg")
PATHS = ("/avatars/u1_ab12.jpg", "/progress-photos/2026-01-14-front.jpg", "/press/a.jpg")


def milliseconds(work):
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


def from_snapshots(rounds):
    """The fastest of several per case: what the machine does besides is not ours."""
    from core.diagnostics.engine import diagnose  # noqa: PLC0415  # not before the capture is timed

    shapes = [json.loads(path.read_text())["snapshot"] for path in CASES]
    for shape in shapes:
        diagnose(shape)
    times = sorted(
        min(milliseconds(lambda s=s: diagnose(s)) for _ in range(rounds)) for s in shapes
    )
    return {
        "cases": len(times), "snapshot_median_ms": round(statistics.median(times), 2),
        "snapshot_p95_ms": round(times[round(0.95 * (len(times) - 1))], 2),
        "snapshot_worst_ms": round(times[-1], 2),
    }  # fmt: skip


def planted(emulator):
    """A bucket behind a distribution whose origin path is doubled, as support meets it."""
    from tests.diagnostics.differential.strategies import (  # noqa: PLC0415
        behavior_of,
        config_of,
        origin_of,
    )

    root, name = emulator.root_clients(), "bench-diagnosis"
    root.s3.create_bucket(Bucket=name)
    for key in KEYS:
        root.s3.put_object(Bucket=name, Key=key, Body=b"picture", ContentType="image/jpeg")
    control = root.cloudfront.create_origin_access_control(
        OriginAccessControlConfig={
            "Name": name, "SigningProtocol": "sigv4", "SigningBehavior": "always",
            "OriginAccessControlOriginType": "s3"}
    )["OriginAccessControl"]["Id"]  # fmt: skip
    held = [origin_of("a", name, "/avatars", control), origin_of("b", name, "", control)]
    held = [{**one, "OriginAccessControlId": control} for one in held]
    config = config_of(held, behavior_of("b"), behavior_of("a", "/avatars/*"))
    made = root.cloudfront.create_distribution(DistributionConfig=config)["Distribution"]
    statement = {
        "Sid": "Read", "Effect": "Allow", "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{name}/*",
        "Condition": {"StringEquals": {"AWS:SourceArn": made["ARN"]}},
    }  # fmt: skip
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    root.s3.put_bucket_policy(Bucket=name, Policy=json.dumps(policy))
    emulator.let_diagnose(name)
    return made["DomainName"]


def captured(endpoint, key, secret, host, rounds):
    """In a process of its own that has assembled the service and asked nothing yet."""
    from core.aws.clients import AwsClients  # noqa: PLC0415  # what a server has loaded
    from core.diagnostics.service import DiagnosticsService  # noqa: PLC0415
    from core.model.identity import Actor, Role  # noqa: PLC0415

    clients = AwsClients("us-east-1", endpoint, key, secret)
    service = DiagnosticsService(clients, lambda: datetime.now(UTC), "/emulator/cdn/")
    actor = Actor(account_id="bench", role=Role.SUPPORT)
    urls = [f"https://{host}{path}" for path in PATHS]
    first = milliseconds(lambda: service.diagnose_url(actor, urls[0]))
    warm = [milliseconds(lambda u=u: service.diagnose_url(actor, u)) for u in urls * rounds]
    print(json.dumps({"first": first, "warm": warm}))


def in_server(server):
    from core.model.identity import Actor, Role  # noqa: PLC0415

    url = f"https://{server.emulator.stack.distribution_domain}/media/x/none.jpg"
    actor = Actor(account_id="bench", role=Role.SUPPORT)
    return milliseconds(lambda: server.diagnostics.diagnose_url(actor, url))


def with_capture(rounds):
    """`first` in a server that has settled, `cold` in processes that have made no client yet."""
    from core.dashboard import build_dashboard  # noqa: PLC0415
    from core.settings import load_settings  # noqa: PLC0415
    from core.web.lifespan import settle  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix="bench-diagnosis-") as folder:
        server = build_dashboard(load_settings(data_dir=Path(folder), port=8501))
        try:
            time.sleep(3)  # the embedded cloud settles too
            settle(server)
            first = in_server(server)
            cloud, host = server.emulator, planted(server.emulator)
            asked = [cloud.endpoint, cloud.access_key, cloud.secret_key, host, str(rounds)]
            command = [sys.executable, "-m", "tests.bench.diagnosis", "--captured", *asked]
            runs = [json.loads(subprocess.check_output(command, cwd=ROOT)) for _ in range(5)]
        finally:
            server.stop()
    cold, warm = [run["first"] for run in runs], sorted(ms for run in runs for ms in run["warm"])
    return {
        "capture_first_ms": round(first, 1),
        "capture_cold_ms": round(statistics.median(cold), 1),
        "capture_cold_worst_ms": round(max(cold), 1),
        "capture_warm_ms": round(statistics.median(warm), 1),
        "capture_warm_p95_ms": round(warm[round(0.95 * (len(warm) - 1))], 1),
    }  # fmt: skip


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=10)
    options.add_argument("--captured", nargs=5, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.captured:
        *where, rounds = chosen.captured
        captured(*where, int(rounds))
        return
    shown = {**with_capture(chosen.rounds), **from_snapshots(chosen.rounds)}
    print(json.dumps({"bench": "diagnosis", **shown, "bar": BARS}))


if __name__ == "__main__":
    main()
