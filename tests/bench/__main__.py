"""Runs every bench, one after the other, and prints one JSON object per line.

`python -m tests.bench` runs all, `python -m tests.bench NAME …` some.
"""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main():
    benches = {p.stem: p for p in sorted(HERE.glob("*.py")) if not p.stem.startswith("_")}
    chosen = sys.argv[1:] or list(benches)
    unknown = [name for name in chosen if name not in benches]
    if unknown:
        sys.exit(f"There is no bench {unknown[0]!r}. There are: {', '.join(benches)}.")
    failed = [
        name for name in chosen if subprocess.call([sys.executable, "-m", f"tests.bench.{name}"])
    ]
    if failed:
        sys.exit(f"These benches failed: {', '.join(failed)}.")


if __name__ == "__main__":
    main()
