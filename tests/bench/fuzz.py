"""100,000 random URLs, policies, functions and damaged cases: no crash, no hang, clear refusals.

`python -m tests.bench.fuzz`; `--cases N`, `--seed N` (else a random one, which is printed).
"""

import argparse
import json
import multiprocessing
import secrets
import signal
import sys
import time
import traceback
from collections import Counter

from tests.diagnostics.fuzzing import EXTREMES, made, outcome

LIMIT = 5.0  # seconds for one case
BARS = {"cases": 100_000, "crashes": 0, "hangs": 0, "slowest_ms": 5000}


class Hang(BaseException):
    """Not an Exception: nothing on the way may take it for a failure of its own."""


def hang(*_):
    raise Hang


def tried(make):
    """(what came of it, seconds, the place of a crash)."""
    case = make()
    begun = time.perf_counter()
    signal.setitimer(signal.ITIMER_REAL, LIMIT)
    try:
        result, place = outcome(case), ""
    except Hang:
        result, place = "hang", traceback.format_exc(limit=-6)
    except Exception as error:  # noqa: BLE001  # exactly what is looked for
        last = traceback.extract_tb(error.__traceback__)[-1]
        result, place = (
            "crash",
            f"{type(error).__name__} {last.filename}:{last.lineno} {error}"[:400],
        )
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return result, time.perf_counter() - begun, place


def share(seeds, pipe):
    signal.signal(signal.SIGALRM, hang)
    counts, faults, slowest = Counter(), [], (0.0, None)
    for seed in seeds:
        result, seconds, place = tried(lambda s=seed: made(s))
        counts[result] += 1
        slowest = max(slowest, (seconds, seed), key=lambda one: one[0])
        if place:
            faults.append((result, seed, place))
    pipe.send((counts, faults, slowest))


def in_two(first, cases):
    """Both halves at once; a half that dies is the worst crash."""
    context, parts = multiprocessing.get_context("fork"), []
    for half in range(2):
        mine, theirs = context.Pipe(duplex=False)
        seeds = range(first + half, first + cases, 2)
        process = context.Process(target=share, args=(seeds, theirs))
        process.start()
        theirs.close()
        parts.append((process, mine))
    for process, mine in parts:
        try:
            yield mine.recv()
        except EOFError:
            process.join()
            yield Counter(crash=1), [("crash", process.exitcode, "a process died")], (0.0, None)


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--cases", type=int, default=100_000)
    options.add_argument("--seed", type=int, default=None)
    chosen = options.parse_args()
    first = (secrets.randbits(32) if chosen.seed is None else chosen.seed) * 1_000_000
    begun, counts, faults, slowest = time.monotonic(), Counter(), [], (0.0, None)
    signal.signal(signal.SIGALRM, hang)
    for name, make in EXTREMES.items():
        result, seconds, place = tried(make)
        counts[result] += 1
        slowest = max(slowest, (seconds, name), key=lambda one: one[0])
        faults += [(result, name, place)] if place else []
    for part, broken, slow in in_two(first, chosen.cases):
        counts, faults = counts + part, faults + broken
        slowest = max(slowest, slow, key=lambda one: one[0])
    for fault in faults[:20]:
        print(*fault, file=sys.stderr)
    print(json.dumps({
        "bench": "fuzz", "cases": sum(counts.values()), "reports": counts["report"],
        "refused": counts["refused"], "crashes": counts["crash"], "hangs": counts["hang"],
        "slowest_ms": round(slowest[0] * 1000, 1), "slowest_case": slowest[1],
        "seconds": round(time.monotonic() - begun, 1), "seed": first // 1_000_000, "bar": BARS,
    }))  # fmt: skip
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
