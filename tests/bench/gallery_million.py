"""The library's first page of 1,000,000 files in a warm headless Chromium, beside one of few files.

Records are made up; the 60 newest files are real, and so are the thumbnails on the page. Two apps
are asked in turn, so that what else the machine does hits both: their ratio is what size costs.
What stays the same on a busy machine is CPU time: `script_ms` of the app for one page, and
`all_cpu_ms` of app, cloud and browser until the last picture.
`--files N` for another size, `--keep FOLDER` to make the records once and use them again.
"""

import argparse
import contextlib
import io
import os
import shutil
import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from core.dashboard import utc_now
from core.demo.pictures import landscape
from tests.bench._app import admin_client, children, report, sign_in
from tests.bench._gallery import opened, watch_for
from tests.bench._library import library
from tests.browser.running import RunningApp, launch

SHOWN, ROUNDS, WARM, BAR_MS = 60, 7, 3, 900


def made_up(folder, count):
    """The folder of an app whose database holds so many files before it is started."""
    store, index, _ = library(folder, count)
    store.close()
    index.close()


def photographed(client):
    for number in range(SHOWN):
        content = landscape(number, utc_now())
        files = {"file": (f"bench-{number:03}.jpg", io.BytesIO(content), "image/jpeg")}
        client.post("/api/files", files=files).raise_for_status()


@contextlib.contextmanager
def serving(browser, folder):
    """A signed-in tab of an app over the folder, its memory filled, and the app's process id."""
    app = RunningApp(folder)
    try:
        client = admin_client(app.start())
        photographed(client)
        client.get("/api/files/facets").raise_for_status()  # waits until memory is filled
        total = client.get("/api/files", params={"limit": 1}).json()["total"]
        context = browser.new_context(base_url=app.url, viewport={"width": 1440, "height": 3400})
        context.add_init_script(watch_for(SHOWN))
        page = context.new_page()
        sign_in(page)
        yield page, app.process.pid, total
        context.close()
    finally:
        app.stop()


def cpu_ms(pid):
    """Of a process alone, since it began."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def used():
    """pid → CPU of this bench and of all that it has started: both apps, their clouds, Chromium."""
    found, left = {}, [os.getpid()]
    while left:
        pid = left.pop()
        with contextlib.suppress(OSError):  # one that has just ended
            found[pid] = cpu_ms(pid)
            left += children(pid)
    return found


def opening(page, pid):
    """(ms to the last thumbnail, CPU ms of everything until then, CPU ms of the app in the end)."""
    before = used()
    painted, _ = opened(page, "/library")
    after = used()
    page.wait_for_timeout(500)  # what the page still does after the pictures is its work too
    everything = sum(taken - before.get(one, 0) for one, taken in after.items())
    return painted, everything, cpu_ms(pid) - before[pid]


def told(rounds):
    painted, everything, script = zip(*rounds, strict=True)
    return {
        "navigation_ms": round(statistics.median(painted)),
        "navigation_p95_ms": round(max(painted)),  # of seven it is the worst
        "all_cpu_ms": round(statistics.median(everything)),
        "script_ms": round(statistics.median(script)),
    }


def measure(playwright, large, small):
    browser = launch(playwright)
    with serving(browser, large) as many, serving(browser, small) as few:
        for _ in range(WARM):
            opening(*many[:2])
            opening(*few[:2])
        rounds = [(opening(*many[:2]), opening(*few[:2])) for _ in range(ROUNDS)]
    browser.close()
    of_many, of_few = (told(part) for part in zip(*rounds, strict=True))
    slower = [m[0] / f[0] for m, f in rounds]
    return {
        "files": many[2],
        **of_many,
        "few_files": {"files": few[2], **of_few},
        "ratio_to_few": round(statistics.median(slower), 2),
    }


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--files", type=int, default=1_000_000)
    options.add_argument("--keep", type=Path)
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, sync_playwright() as playwright:
        large = Path(folder) / "large"
        made_up(given.keep or large, given.files)
        if given.keep:
            large.mkdir()
            shutil.copy(given.keep / "dashboard.sqlite3", large)
        numbers = measure(playwright, large, Path(folder) / "small")
    met = numbers["navigation_ms"] <= BAR_MS
    load = round(os.getloadavg()[0], 1)
    report("gallery_million", **numbers, bar_ms=BAR_MS, rounds=ROUNDS, load=load, met=met)


if __name__ == "__main__":
    main()
