"""A bucket of 200,000 keys listed beside `aws s3 ls` and `s5cmd du`, each request 50 ms late.

`python -m tests.bench.listing`; `--keys N --delay MS --shape media|flat|skewed`. All three ask the
same stand-in, each as a process of its own; ours also reports sizes, prefixes and classes.
"""

import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench._s3_stand_in import size_of

BARS = {"times_aws_cli": 5, "times_s5cmd": 3}
BIN = Path(sys.executable).parent

OURS = """
import sys
from core.aws.clients import AwsClients
from core.aws.list_pages import read_fast
from core.aws.listing import BucketScan
client = read_fast(AwsClients("us-east-1", sys.argv[1], "bench", "bench").s3)
objects = size = requests = 0
for batch in BucketScan(client, "bench").batches():
    objects, size, requests = objects + len(batch.rows), size + sum(batch.rows.sizes), batch.requests
print(objects, size, requests)
"""


def made_keys(shape, count, seed):
    r = random.Random(seed)
    if shape == "flat":
        return [f"img-{number:07d}.jpg" for number in range(count)]
    keys = set()
    while len(keys) < count:
        if shape == "skewed" and r.random() >= 0.95:
            keys.add(f"{r.choice('abcdefxyz')}{r.randrange(100)}/{r.randrange(10**7)}.png")
        elif shape == "skewed":
            keys.add(f"hot/2026/11/{r.randrange(10**9):09d}.jpg")
        else:
            folder = f"media/{r.getrandbits(128):032x}/"
            keys |= {folder + name for name in ("photo.jpg", "preview.webp", "thumbnail.webp")}
    return sorted(keys)[:count]


def timed(command, environment):
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    seconds = time.perf_counter() - start
    if done.returncode:
        sys.exit(f"{command[0]} failed: {done.stderr[-500:]}")
    return round(seconds, 2), done.stdout


def numbers(pattern, text):
    return tuple(int(one) for one in re.search(pattern, text).groups())


def compare(shape, count, delay, seed):
    keys = made_keys(shape, count, seed)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "keys"
        path.write_text("\n".join(keys), encoding="utf-8")
        stand_in = subprocess.Popen(
            [sys.executable, "-m", "tests.bench._s3_stand_in", str(path), str(delay)],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        try:
            return measured(f"http://127.0.0.1:{int(stand_in.stdout.readline())}", keys)
        finally:
            stand_in.kill()
            stand_in.wait()


def measured(endpoint, keys):
    environment = {**os.environ, "AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench",
                   "AWS_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true"}  # fmt: skip
    ours, said = timed([sys.executable, "-c", OURS, endpoint], environment)
    objects, size, requests = map(int, said.split())
    aws, said = timed([str(BIN / "aws"), "--endpoint-url", endpoint, "s3", "ls", "s3://bench",
                       "--recursive", "--summarize"], environment)  # fmt: skip
    aws_totals = numbers(r"Total Objects: (\d+)\s+Total Size: (\d+)", said)
    s5, said = timed(
        [str(BIN / "s5cmd"), "--endpoint-url", endpoint, "du", "s3://bench/*"], environment
    )
    s5_size, s5_objects = numbers(r"(\d+) bytes in (\d+) objects", said)
    truth = (len(keys), sum(map(size_of, range(len(keys)))))
    return {
        "seconds": ours, "aws_cli_seconds": aws, "s5cmd_seconds": s5, "requests": requests,
        "times_aws_cli": round(aws / ours, 1), "times_s5cmd": round(s5 / ours, 1),
        "equal": (objects, size) == aws_totals == (s5_objects, s5_size) == truth,
    }  # fmt: skip


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--keys", type=int, default=200_000)
    parser.add_argument("--delay", type=int, default=50)
    parser.add_argument("--seed", type=int, default=4)
    parser.add_argument("--shape", choices=("media", "flat", "skewed"))
    wanted = parser.parse_args()
    shapes = [wanted.shape] if wanted.shape else ["media", "flat", "skewed"]
    found = {shape: compare(shape, wanted.keys, wanted.delay, wanted.seed) for shape in shapes}
    met = all(
        one["equal"] and all(one[name] >= bar for name, bar in BARS.items())
        for one in found.values()
    )
    print(json.dumps({"bench": "listing", "keys": wanted.keys, "delay_ms": wanted.delay,
                      "seed": wanted.seed, "bars": BARS, "shapes": found, "met": met}))  # fmt: skip
    sys.exit(not met)


if __name__ == "__main__":
    main()
