"""The line between a page and the storage: made slow or cut, and what went over it."""

import re

MIB = 1024 * 1024
PART = 5 * MIB
SMALL_PARTS = {"DASHBOARD_PART_BYTES": str(PART), "DASHBOARD_SINGLE_POST_BYTES": str(2 * MIB)}


def throttle(page):
    """The page's connection: `line(bytes_per_second)`, -1 for full speed, 0 for a cut one."""
    session = page.context.new_cdp_session(page)

    def conditions(upload):
        speed = {"offline": upload == 0, "latency": 0, "downloadThroughput": -1}
        session.send("Network.emulateNetworkConditions", speed | {"uploadThroughput": upload})

    session.send("Network.enable")
    return conditions


def parts_sent(page):
    """Part numbers of the PUTs that S3 answered with 200, in their order."""
    numbers = []

    def note(response):
        part = _part_of(response.request)
        if part and response.status == 200:
            numbers.append(part)

    page.on("response", note)
    return numbers


def parts_begun(page):
    """Part numbers of all PUTs that the page began, answered or not."""
    numbers = []

    def note(request):
        part = _part_of(request)
        if part:
            numbers.append(part)

    page.on("request", note)
    return numbers


def _part_of(request):
    part = re.search(r"[?&]partNumber=(\d+)", request.url)
    return int(part[1]) if part and request.method == "PUT" else 0


def wait_for_parts(page, sent, count):
    for _ in range(400):
        if len(sent) >= count:
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"only the parts {sent} arrived")


def blob(path, size, seed=b"0123456789abcdef"):
    path.write_bytes((seed * (size // len(seed) + 1))[:size])
    return path


def row(page, name, stage=None):
    state = f'[data-stage="{stage}"]' if stage else ""
    return page.locator(f'li.row[data-name="{name}"]{state}')
