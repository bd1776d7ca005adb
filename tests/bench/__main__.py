"""Runs every bench, one after the other, and prints one JSON object per line.

`python -m tests.bench` runs all, `python -m tests.bench NAME …` some, `--list` says what there is.
How long each took goes to stderr.
"""

import ast
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
MILLION = ("gallery_million", "search")  # they ask the same library, which takes minutes to make


def benches():
    return {p.stem: p for p in sorted(HERE.glob("*.py")) if not p.stem.startswith("_")}


def said(path):
    """What a bench says of itself in its first paragraph."""
    paragraph = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))).split("\n\n")[0]
    return " ".join(paragraph.split())


def run(name, kept):
    more = ["--keep", str(kept)] if name in MILLION else []
    begun = time.monotonic()
    failed = subprocess.call([sys.executable, "-m", f"tests.bench.{name}", *more])
    sys.stderr.write(f"{name}: {time.monotonic() - begun:.0f} s\n")
    return failed


def main():
    known = benches()
    if sys.argv[1:] == ["--list"]:
        print("\n".join(f"{name}: {said(path)}" for name, path in known.items()))
        return
    chosen = sys.argv[1:] or list(known)
    unknown = [name for name in chosen if name not in known]
    if unknown:
        sys.exit(f"There is no bench {unknown[0]!r}. There are: {', '.join(known)}.")
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        failed = [name for name in chosen if run(name, Path(folder) / "million")]
    if failed:
        sys.exit(f"These benches failed: {', '.join(failed)}.")


if __name__ == "__main__":
    main()
