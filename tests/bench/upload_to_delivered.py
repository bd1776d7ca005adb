"""One 2 MB photo from the first request to *delivered*, as a program sends it; median of several."""

import io
import random
import statistics
import time

import httpx
from PIL import Image

from tests.bench._app import admin_client, report, running_app

ROUNDS = 9


def photo(seed):
    """About 2 MB of JPEG at 12 megapixels: smooth colour with a little grain, as cameras make."""
    chance = random.Random(seed)
    small = Image.frombytes("RGB", (400, 300), chance.randbytes(400 * 300 * 3))
    noise = small.resize((4000, 3000), Image.Resampling.BICUBIC)
    base = Image.linear_gradient("L").resize((4000, 3000)).convert("RGB")
    out = io.BytesIO()
    Image.blend(base, noise, 0.5).save(out, "JPEG", quality=92)
    return out.getvalue()


def deliver(client, content, name):
    begun = time.monotonic()
    request = {"name": name, "size": len(content), "content_type": "image/jpeg"}
    ticket = client.post("/api/uploads", json=request).raise_for_status().json()
    httpx.post(ticket["url"], data=ticket["fields"], files={"file": content}).raise_for_status()
    client.post(f"/api/uploads/{ticket['upload_id']}/complete").raise_for_status()
    while True:
        state = client.get(f"/api/uploads/{ticket['upload_id']}").json()
        if state["file"] and state["file"]["state"] != "processing":
            return time.monotonic() - begun, state["file"]["state"]
        time.sleep(0.01)


def main():
    with running_app() as app:
        client = admin_client(app)
        pictures = [photo(seed) for seed in range(ROUNDS + 1)]
        deliver(client, pictures[0], "warm.jpg")
        results = [deliver(client, p, f"photo-{n}.jpg") for n, p in enumerate(pictures[1:])]
        seconds = [taken for taken, _ in results]
        report(
            "upload_to_delivered",
            bytes=[len(p) for p in pictures[1:]],
            states=sorted({state for _, state in results}),
            median_s=round(statistics.median(seconds), 3),
            worst_s=round(max(seconds), 3),
            bar_s=1.5,
        )


if __name__ == "__main__":
    main()
