"""A 1 GiB upload through the embedded cloud: how much the app's own memory grows while it runs."""

import threading
import time

from tests.bench._app import MIB, admin_client, memory_mib, report, running_app

SIZE = 1024 * MIB


class Peak(threading.Thread):
    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid, self.peak, self.running = pid, 0.0, True

    def run(self):
        while self.running:
            self.peak = max(self.peak, memory_mib(self.pid))
            time.sleep(0.05)


def send(client, size):
    request = {"name": "film.bin", "size": size, "content_type": "application/octet-stream"}
    ticket = client.post("/api/uploads", json=request).raise_for_status().json()
    part_size = ticket["part_size"]
    numbers = range(1, -(-size // part_size) + 1)
    for number in numbers:
        url = f"/api/uploads/{ticket['upload_id']}/parts"
        answer = client.post(url, json={"part_numbers": [number]}).raise_for_status().json()
        length = min(part_size, size - (number - 1) * part_size)
        client.put(answer["items"][0]["url"], content=b"\0" * length).raise_for_status()
    client.post(f"/api/uploads/{ticket['upload_id']}/complete").raise_for_status()
    while True:
        state = client.get(f"/api/uploads/{ticket['upload_id']}").json()
        if state["job"]["state"] in {"done", "failed"}:
            return state
        time.sleep(0.2)


def main():
    with running_app() as app:
        client = admin_client(app)
        send(client, 32 * MIB)  # the first upload imports what every later one uses
        before = memory_mib(app.process.pid)
        watch = Peak(app.process.pid)
        watch.start()
        begun = time.monotonic()
        state = send(client, SIZE)
        seconds = time.monotonic() - begun
        watch.running = False
        report(
            "upload_memory",
            size_mib=SIZE // MIB,
            seconds=round(seconds, 1),
            state=state["file"]["state"],
            before_mib=round(before, 1),
            peak_mib=round(watch.peak, 1),
            growth_mib=round(watch.peak - before, 1),
            bar_mib=50,
        )


if __name__ == "__main__":
    main()
