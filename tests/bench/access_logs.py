"""`core logs report` against GoAccess on the same access logs, plain and gz, in one run.

`python -m tests.bench.access_logs`; `--lines N`, `--seed N`, `--rounds N`. Needs the Debian package
goaccess. Both tools run `--rounds` times, in turn; the best time of each counts. Startup of the
process is included on both sides.
"""

import argparse
import gzip
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench._access_lines import write

ROOT = Path(__file__).resolve().parents[2]
BAR = 8
# The fields up to x-edge-result-type and time-taken, tab-separated; the rest of a line is left out.
FORMAT = r"%d\t%t\t%^\t%b\t%h\t%m\t%v\t%U\t%s\t%R\t%u\t%q\t%^\t%C\t%^\t%^\t%^\t%^\t%T\t%^"


def timed(command, **options):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.perf_counter()
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, **options)
    wall = time.perf_counter() - begun
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, cpu, done.stdout


def ours(path):
    command = [sys.executable, "-m", "core", "logs", "report", str(path), "--format", "json"]
    wall, cpu, out = timed(command, cwd=path.parent, env={**os.environ, "PYTHONPATH": str(ROOT)})
    found = json.loads(out)
    return wall, cpu, (found["requests"], found["bytes"], classes(found["statuses"]))


def classes(statuses):
    sums = {}
    for status, count in statuses.items():
        sums[status[0]] = sums.get(status[0], 0) + count
    return sums


def goaccess(path):
    report = path.with_name("goaccess.json")
    command = ["goaccess", "-", f"--log-format={FORMAT}", "--date-format=%Y-%m-%d",
               "--time-format=%H:%M:%S", "--no-progress", "--no-global-config", "-o", str(report)]  # fmt: skip
    if path.suffix == ".gz":  # GoAccess 1.7 reads gz from a pipe only
        unpack = subprocess.Popen(["zcat", path], stdout=subprocess.PIPE)
        wall, cpu, _ = timed(command, stdin=unpack.stdout)
        unpack.wait()
    else:
        with path.open("rb") as file:
            wall, cpu, _ = timed(command, stdin=file)
    found = json.loads(report.read_text())
    statuses = {row["data"][0]: row["hits"]["count"] for row in found["status_codes"]["data"]}
    general = found["general"]
    return wall, cpu, (general["valid_requests"], general["bandwidth"], statuses)


def measured(path, rounds):
    best = {}
    for _ in range(rounds):
        for tool in (goaccess, ours):
            found = tool(path)
            best[tool] = min(best.get(tool, found), found, key=lambda one: one[0])
    theirs, mine = best[goaccess], best[ours]
    assert theirs[2] == mine[2], (theirs[2], mine[2])
    return {
        "goaccess_seconds": round(theirs[0], 2), "goaccess_cpu": round(theirs[1], 2),
        "seconds": round(mine[0], 2), "cpu": round(mine[1], 2),
        "times_faster": round(theirs[0] / mine[0], 2), "times_less_cpu": round(theirs[1] / mine[1], 2),
    }  # fmt: skip


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--lines", type=int, default=1_000_000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--rounds", type=int, default=2)
    chosen = options.parse_args()
    if not shutil.which("goaccess"):
        sys.exit("This bench needs GoAccess: apt-get install goaccess")
    with tempfile.TemporaryDirectory(prefix="bench-logs-") as made:
        plain, packed = Path(made) / "access.log", Path(made) / "access.log.gz"
        write(plain, chosen.lines, chosen.seed)
        with plain.open("rb") as source, gzip.open(packed, "wb", compresslevel=6) as target:
            shutil.copyfileobj(source, target)
        found = {"plain": measured(plain, chosen.rounds), "gz": measured(packed, chosen.rounds)}
    version = subprocess.run(["goaccess", "--version"], capture_output=True, text=True, check=True)
    print(json.dumps({
        "bench": "access_logs", "lines": chosen.lines, "seed": chosen.seed,
        "against": version.stdout.splitlines()[0].strip(" ."), "equal_totals": True, **found,
        "bar": {"times_faster": BAR},
    }))  # fmt: skip


if __name__ == "__main__":
    main()
