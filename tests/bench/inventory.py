"""An inventory of ten million objects in Parquet, summed up by prefix, class and owner.

`python -m tests.bench.inventory`; `--objects N --seed N`. The memory is that of the process.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb

BARS = {"seconds": 5, "peak_rss_mb": 1536}
FILES = 8

MADE = """COPY (
 WITH o AS (SELECT i, md5((i // 3)::VARCHAR || $seed) AS file, hash(i * 7 + 1) AS r
            FROM range($start, $end) t(i))
 SELECT 'media' AS bucket,
  CASE WHEN i % 100 < 90 THEN 'media/' || file || '/' || (CASE i % 3 WHEN 0 THEN 'photo-' || i
        || '.jpg' WHEN 1 THEN 'thumbnail.webp' ELSE 'preview.webp' END)
       WHEN i % 100 < 97 THEN 'progress-photos/u' || (r % 50000) || '/2026/' || (r % 12) || '/'
        || file || i || '.jpg'
       ELSE 'avatars/avatar_u' || (r % 50000) || '_1700000000_' || file || i || '.jpg' END AS key,
  (r % 3000000)::BIGINT AS size,
  TIMESTAMP '2026-01-01' + to_seconds((r % 20000000)::BIGINT) AS last_modified_date,
  md5((i // 50 * 50 + i % 49)::VARCHAR) AS e_tag,
  CASE WHEN r % 10 < 7 THEN 'STANDARD' WHEN r % 10 < 9 THEN 'STANDARD_IA' ELSE 'GLACIER_IR' END
   AS storage_class
 FROM o) TO '{path}' (FORMAT parquet, COMPRESSION snappy)"""

CHILD = """
import json, resource, sys, time
from datetime import UTC, datetime
from pathlib import Path
start = time.perf_counter()
from core.stores.object_table import ObjectTable
folder = Path(sys.argv[1])
files = sorted(folder.glob("*.parquet"))
columns = {"key": "key", "size": "size", "modified": "last_modified_date", "etag": "e_tag",
           "class": "storage_class"}
table = ObjectTable(files, columns, folder / "spill")
found = table.breakdown(datetime(2026, 11, 20, tzinfo=UTC))
table.sum_folders()
prefixes = table.prefixes()
owners = table.owners({f"u{number}": f"person-{number}" for number in range(50000)})
seconds, cpu = time.perf_counter() - start, time.process_time()
deeper = time.perf_counter()
below = table.prefixes("progress-photos/")
deeper = time.perf_counter() - deeper
twins = time.perf_counter()
duplicates = table.duplicates()
twins = time.perf_counter() - twins
print(json.dumps({
    "seconds": round(seconds, 2), "cpu_seconds": round(cpu, 2), "one_level_deeper_seconds": round(deeper, 2),
    "duplicates_seconds": round(twins, 2), "objects": found.total.objects,
    "bytes": found.total.bytes, "classes": len(found.by_class), "owners": len(owners),
    "prefixes": [[one.prefix, one.stored.objects] for one in prefixes], "below": len(below),
    "equal": found.total.objects == sum(p.stored.objects for p in prefixes)
        == sum(o.stored.objects for o in owners)
        and found.total.bytes == sum(p.stored.bytes for p in prefixes)
        == sum(o.stored.bytes for o in owners),
    "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}))
"""


def make(folder, objects, seed):
    step = -(-objects // FILES)
    with duckdb.connect() as db:
        for number in range(FILES):
            start = number * step
            db.execute(
                MADE.replace("{path}", str(folder / f"{number}.parquet")),
                {"seed": str(seed), "start": start, "end": min(start + step, objects)},
            )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--objects", type=int, default=10_000_000)
    parser.add_argument("--seed", type=int, default=4)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        make(Path(folder), wanted.objects, wanted.seed)
        done = subprocess.run(
            [sys.executable, "-c", CHILD, folder], capture_output=True, text=True, check=False
        )
    if done.returncode:
        sys.exit(done.stderr[-2000:])
    found = json.loads(done.stdout)
    met = found["equal"] and all(found[name] <= bar for name, bar in BARS.items())
    print(
        json.dumps({"bench": "inventory", "seed": wanted.seed, "bars": BARS, **found, "met": met})
    )
    sys.exit(not met)


if __name__ == "__main__":
    main()
