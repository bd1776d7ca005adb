"""Our 400 px and 1600 px WebP renditions against sharp's: same pictures, sizes, quality, effort.

Both run on all cores, in turn and a few pictures at a time, so that whatever else the machine does
hits both. CPU seconds are told as well: they stay the same on a busy machine.
"""

import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import PIL
from PIL import Image, features

from core.upload.images import prepare
from core.upload.pixels import renditions, upright

HERE = Path(__file__).parent
PHOTOS = HERE.parent / "photos"
SHARP = HERE / "sharp"
ROUNDS, GENERATED, AT_ONCE = 7, 10, 8
CORES = os.cpu_count() or 1
PARALLEL = 2 * CORES
ORIENTATION = 0x0112


def generate(folder):
    """12 megapixels each: smooth colour with grain, as cameras make."""
    for seed in range(GENERATED):
        chance = random.Random(seed)
        small = Image.frombytes("RGB", (400, 300), chance.randbytes(400 * 300 * 3))
        noise = small.resize((4000, 3000), Image.Resampling.BICUBIC)
        base = Image.linear_gradient("L").resize((4000, 3000)).convert("RGB")
        Image.blend(base, noise, 0.4).save(folder / f"generated-{seed}.jpg", quality=92)
    return sorted(folder.iterdir())


def ours(path):
    with Image.open(path) as image:
        icc = image.info.get("icc_profile", b"")
        return renditions(upright(image, image.getexif().get(ORIENTATION, 1)), icc)


def whole_way(path):
    """Everything that processing does with a picture: also the stripped copy and its report."""
    with path.open("rb") as source, tempfile.TemporaryFile() as target:
        prepare(source, target, max_pixels=64_000_000)


def our_round(work, files):
    begun, used = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(PARALLEL) as pool:
        list(pool.map(work, files))
    return time.perf_counter() - begun, time.process_time() - used


class Sharp:
    def __init__(self):
        if not (SHARP / "node_modules").exists():
            npm = shutil.which("npm")
            if npm is None:
                sys.exit("This bench needs Node.js: its peer, sharp, runs there.")
            subprocess.run(
                [npm, "install", "--no-audit", "--no-fund"], cwd=SHARP, check=True, stdout=2
            )
        self._node = subprocess.Popen(
            ["node", str(SHARP / "renditions.js")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.versions = {}

    def round(self, way, files):
        asked = {"files": [str(f) for f in files], "way": way, "parallel": PARALLEL}
        self._node.stdin.write(json.dumps(asked) + "\n")
        self._node.stdin.flush()
        answer = json.loads(self._node.stdout.readline())
        self.versions = answer["versions"]
        return answer["seconds"], answer["cpu"]

    def close(self):
        self._node.communicate()


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    sharp = Sharp()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        photos = sorted(PHOTOS.rglob("*.jpg"))
        files = [*photos, *generate(Path(folder))]
        seconds, cpu = measure(sharp, files, rounds)
    sharp.close()
    best = min(seconds["sharp_twice"], seconds["sharp_once"])
    best_cpu = min(cpu["sharp_twice"], cpu["sharp_once"])
    numbers = {
        "bench": "thumbnails",
        "photos": len(photos),
        "generated_12_megapixels": GENERATED,
        "cores": CORES,
        "rounds": rounds,
        "load": os.getloadavg()[0],
        "median_s": rounded(seconds, 3),
        "median_cpu_s": rounded(cpu, 3),
        "ratio_to_sharp": round(best / seconds["ours"], 2),
        "cpu_ratio_to_sharp": round(best_cpu / cpu["ours"], 2),
        "bar": 1.0,
        "versions": {
            "pillow": PIL.__version__,
            "webp": features.version("webp"),
            "sharp": sharp.versions.get("sharp"),
            "webp_of_sharp": sharp.versions.get("webp"),
        },
    }
    print(json.dumps(numbers))


def measure(sharp, files, rounds):
    """Medians over the rounds, by the clock and of the CPU, for each way."""
    runners = {
        "ours": lambda some: our_round(ours, some),
        "sharp_twice": lambda some: sharp.round("twice", some),
        "sharp_once": lambda some: sharp.round("once", some),
        "ours_with_served_copy": lambda some: our_round(whole_way, some),
    }
    mixed = [file for start in range(AT_ONCE) for file in files[start::AT_ONCE]]
    batches = [mixed[at : at + AT_ONCE] for at in range(0, len(mixed), AT_ONCE)]
    taken = {name: [] for name in runners}
    for number in range(rounds + 1):
        sums = dict.fromkeys(runners, (0.0, 0.0))
        for turn, batch in enumerate(batches):
            order = [*runners][turn % len(runners) :] + [*runners][: turn % len(runners)]
            for name in order:  # nobody always comes after the same one
                sums[name] = tuple(map(sum, zip(sums[name], runners[name](batch), strict=True)))
        if number:  # the first round warms up
            for name, both in sums.items():
                taken[name].append(both)
    return tuple(
        {name: statistics.median(pair[which] for pair in pairs) for name, pairs in taken.items()}
        for which in (0, 1)
    )


def rounded(numbers, digits):
    return {name: round(value, digits) for name, value in numbers.items()}


if __name__ == "__main__":
    main()
