"""A 1 GB upload in a real Chromium whose page is reloaded at half: which parts are sent twice.

Parts are counted where they arrive, at the S3 route: every PUT that began, answered or not. A file
of this size is not kept by the browser, so it is chosen again after the reload, as a person does.
"""

import argparse
import os
import re
import tempfile
import time
from collections import Counter
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.bench._app import MIB, admin_client, report, running_app, sign_in
from tests.browser.running import launch

CHUNK = bytes(range(256)) * 4096


class Parts:
    """What the page sends: how often each part began, and which ones S3 took."""

    def __init__(self, page):
        self.begun, self.stored = Counter(), set()
        page.on("request", lambda request: self.begun.update(_part(request)))
        page.on("response", self._answered)

    def _answered(self, response):
        if response.status == 200:
            self.stored.update(_part(response.request))


def _part(request):
    found = re.search(r"/emulator/s3/.*[?&]partNumber=(\d+)", request.url)
    return [int(found[1])] if found and request.method == "PUT" else []


def film(folder, size):
    path = folder / "film.mov"
    with path.open("wb") as file:
        for _ in range(size // len(CHUNK)):
            file.write(CHUNK)
    return path


def choose(page, path):
    page.locator("input.files-input").set_input_files(str(path))


def wait_for_half(page, parts, half, seconds=600):
    """The worst moment: half is stored, and the next part is under way."""
    deadline = time.monotonic() + seconds
    while len(parts.stored) < half or not set(parts.begun) - parts.stored:
        assert time.monotonic() < deadline, f"only {len(parts.stored)} parts arrived"
        page.wait_for_timeout(5)


def upload(page, path, part_count):
    page.goto("/upload")
    page.locator(".drop").wait_for()
    parts = Parts(page)
    choose(page, path)
    wait_for_half(page, parts, part_count // 2)
    before = set(parts.stored)
    page.reload()
    row = page.locator(f'li.row[data-name="{path.name}"]')
    row.and_(page.locator('[data-stage="needs-file"]')).wait_for(timeout=60_000)
    choose(page, path)
    row.and_(page.locator('[data-stage="delivered"]')).wait_for(timeout=900_000)
    return before, parts


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--mib", type=int, default=1024)
    options.add_argument("--part-mib", type=int, default=16)
    given = options.parse_args()
    count = given.mib // given.part_mib
    environment = {"DASHBOARD_PART_BYTES": str(given.part_mib * MIB)}
    with (
        running_app(environment=environment) as app,
        tempfile.TemporaryDirectory(prefix="bench-") as folder,
        sync_playwright() as playwright,
    ):
        client = admin_client(app)
        browser = launch(playwright)
        context = browser.new_context(base_url=app.url)
        page = context.new_page()
        page.on("dialog", lambda dialog: dialog.accept())
        sign_in(page)
        begun = time.monotonic()
        before, parts = upload(page, film(Path(folder), given.mib * MIB), count)
        seconds = time.monotonic() - begun
        browser.close()
        (item,) = client.get("/api/files", params={"query": "film"}).json()["items"]
    twice = sorted(part for part, times in parts.begun.items() if times > 1)
    report(
        "resume_upload",
        size_mib=given.mib,
        parts=count,
        parts_before_reload=len(before),
        parts_sent_twice=len(twice),
        arrived_parts_sent_twice=len(before & set(twice)),
        requests=sum(parts.begun.values()),
        bar_parts_sent_twice=1,
        met=len(twice) <= 1 and item["upload_size"] == given.mib * MIB,
        seconds=round(seconds, 1),
        load=round(os.getloadavg()[0], 1),
    )


if __name__ == "__main__":
    main()
