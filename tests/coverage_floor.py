"""Fails where the pure files of the rooms fall under their floor of covered branches.

Reads the JSON that `coverage json` writes; `python -m tests.coverage_floor coverage.json`.
"""

import json
import sys
from collections import Counter
from pathlib import Path

FLOOR = 95.0
ROOMS = (
    "core/accounts/",
    "core/upload/",
    "core/library/",
    "core/shares/",
    "core/diagnostics/",
    "core/usage/",
    "core/costs/",
    "core/model/",
)


def is_pure(path):
    return path.startswith(ROOMS) and "service" not in Path(path).parts[2]


def main():
    files = json.loads(Path(sys.argv[1]).read_text())["files"]
    covered, total = Counter(), Counter()
    for path, found in files.items():
        if is_pure(path):
            room = "/".join(path.split("/")[:2])
            covered[room] += found["summary"]["covered_branches"]
            total[room] += found["summary"]["num_branches"]
    low = []
    for room in sorted(total):
        share = 100 * covered[room] / total[room] if total[room] else 100.0
        print(f"{room}: {share:.1f} % of {total[room]} branches in pure files")
        if share < FLOOR:
            low.append(room)
    if low:
        sys.exit(f"Under the floor of {FLOOR} %: {', '.join(low)}.")


if __name__ == "__main__":
    main()
