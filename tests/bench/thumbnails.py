"""Our 400 px and 1600 px WebP renditions against sharp's: same pictures, sizes, quality, effort.

Both run on all cores, round by round in turn, so that whatever else the machine does hits both.
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

from core.upload import metadata
from core.upload.images import prepare
from core.upload.pixels import renditions, upright

HERE = Path(__file__).parent
PHOTOS = HERE.parent / "photos"
SHARP = HERE / "sharp"
ROUNDS, GENERATED = 7, 8
CORES = os.cpu_count() or 1
PARALLEL = 2 * CORES


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
        facts = metadata.read(image)
        return renditions(upright(image, facts.orientation), image.info.get("icc_profile", b""))


def whole_way(path):
    """Everything that processing does with a picture: also the stripped copy and its report."""
    with path.open("rb") as source, tempfile.TemporaryFile() as target:
        prepare(source, target, max_pixels=64_000_000)


def our_round(work, files):
    begun = time.perf_counter()
    with ThreadPoolExecutor(PARALLEL) as pool:
        list(pool.map(work, files))
    return time.perf_counter() - begun


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
        return answer["seconds"]

    def close(self):
        self._node.communicate()


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    sharp = Sharp()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        photos = sorted(PHOTOS.rglob("*.jpg"))
        files = [*photos, *generate(Path(folder))]
        runners = {
            "ours": lambda: our_round(ours, files),
            "sharp_twice": lambda: sharp.round("twice", files),
            "sharp_once": lambda: sharp.round("once", files),
            "ours_with_served_copy": lambda: our_round(whole_way, files),
        }
        seconds = {name: [] for name in runners}
        for number in range(rounds + 1):
            for name, run in runners.items():
                taken = run()
                if number:  # the first round warms up
                    seconds[name].append(taken)
    sharp.close()
    medians = {name: statistics.median(taken) for name, taken in seconds.items()}
    best = min(medians["sharp_twice"], medians["sharp_once"])
    numbers = {
        "bench": "thumbnails",
        "photos": len(photos),
        "generated_12_megapixels": GENERATED,
        "cores": CORES,
        "rounds": rounds,
        "median_s": {name: round(value, 3) for name, value in medians.items()},
        "pictures_per_s": {name: round(len(files) / value, 1) for name, value in medians.items()},
        "ratio_to_sharp": round(best / medians["ours"], 2),
        "bar": 1.0,
        "versions": {
            "pillow": PIL.__version__,
            "webp": features.version("webp"),
            "sharp": sharp.versions.get("sharp"),
            "webp_of_sharp": sharp.versions.get("webp"),
        },
    }
    print(json.dumps(numbers))


if __name__ == "__main__":
    main()
