"""The engine against the emulator's CDN, long: at least 1,000 random worlds and 5,000 requests.

`python -m tests.bench.differential`; `--worlds N`, `--seed N` (else a random one, which is printed).
"""

import argparse
import json
import secrets
import sys
import tempfile
import time
from pathlib import Path

from core.emulator.service import start_emulator
from core.settings import load_settings
from tests.diagnostics.differential.campaign import Tally, run
from tests.diagnostics.differential.laboratory import Laboratory

BARS = {"worlds": 1000, "compared": 5000, "disagreements": 0}


def campaign(worlds, seed):
    with tempfile.TemporaryDirectory(prefix="bench-differential-") as folder:
        emulator = start_emulator(load_settings(data_dir=Path(folder), port=8501))
        try:
            laboratory = Laboratory(emulator)
            tally = run(laboratory, seed, worlds, Tally(), stop=False)
            laboratory.close()
        finally:
            emulator.stop()
    return tally


def shown(tally):
    """One example of each kind of disagreement, for people."""
    kinds = {}
    for world, asked, expected, answer in tally.disagreements:
        kinds.setdefault((expected.status, expected.by, answer.status, answer.by),
                         (world, asked, expected, answer))  # fmt: skip
    for world, asked, expected, answer in kinds.values():
        print(
            world, asked, f"predicted {expected}", f"answered {answer}", sep="\n", file=sys.stderr
        )


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--worlds", type=int, default=2000)
    options.add_argument("--seed", type=int, default=None)
    chosen = options.parse_args()
    seed = secrets.randbits(32) if chosen.seed is None else chosen.seed
    begun = time.monotonic()
    tally = campaign(chosen.worlds, seed)
    shown(tally)
    print(json.dumps({
        "bench": "differential", "worlds": tally.worlds, "compared": tally.compared,
        "disagreements": len(tally.disagreements), "seconds": round(time.monotonic() - begun, 1),
        "seed": seed, "unknown": tally.unknown, "left_out": dict(tally.left_out.most_common()),
        "statuses": dict(tally.statuses.most_common()), "bar": BARS,
    }))  # fmt: skip
    sys.exit(bool(tally.disagreements))


if __name__ == "__main__":
    main()
