"""Opening a folder of 5,000 photos: copyparty from PyPI against us, in one run, in one Chromium.

The clock runs from the navigation until every picture on the first screen is decoded. Both sites
have shown another page before, so that their scripts are in the browser's cache.

* copyparty makes thumbnails when they are first asked for: each load starts it anew on the photos
  with none made. It has Pillow and libvips; both are timed, the faster one counts.
* We make thumbnails while photos are uploaded; that is the state in which a folder of ours is
  opened for the first time. The 60 newest went the normal way; the others share their pictures.
* `uploading_now` is the one moment in which ours are not made either: the first screen's photos
  sent, nothing processed; until all is on the screen. Ours then makes two renditions, a copy
  without metadata and asks the CDN, copyparty one thumbnail; told, not compared.
"""

import contextlib
import datetime as dt
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx
from PIL import Image
from playwright.sync_api import sync_playwright

from core.model.media import FileQuery, MediaFile
from core.stores.files import file_records
from core.stores.search_index import SearchIndex
from core.stores.sqlite import SqliteRecordStore
from tests.bench._app import admin_client, report, sign_in
from tests.bench._gallery import FIRST_SCREEN, first_screen
from tests.browser.running import RunningApp, free_port, launch

PHOTOS, DISTINCT, UPLOADED, ROUNDS = 5000, 12, 60, 5
SOURCES = Path(__file__).parents[1] / "photos"
PACKAGES = ("copyparty==1.20.26", "pillow==13.0.0", "pyvips==3.2.0", "pyvips-binary==8.18.7")
ENGINES = ("pil", "vips")
OUR_FOLDER = "/library?in=Folders&folder=photos"
SCREEN = {"width": 1440, "height": 900}


def camera_photos(folder):
    """12 megapixels each, made of real photos, with the grain that makes files of that size."""
    sources = [p for sub in ("cameras", "gps") for p in sorted((SOURCES / sub).glob("*.jpg"))]
    for seed in range(DISTINCT):
        chance = random.Random(seed)
        with Image.open(sources[seed % len(sources)]) as source:
            picture = source.convert("RGB").resize((4000, 3000), Image.Resampling.BICUBIC)
        grain = Image.frombytes("RGB", (800, 600), chance.randbytes(800 * 600 * 3))
        noise = grain.resize((4000, 3000), Image.Resampling.BICUBIC)
        Image.blend(picture, noise, 0.15).save(folder / f"{seed}.jpg", quality=92)
    return sorted(folder.iterdir())


def name_of(number):
    return f"DSC_{number:05}.jpg"


# --- the peer -----------------------------------------------------------------------------------


def install(folder):
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    pip = [str(folder / "bin/python"), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    subprocess.run([*pip, *PACKAGES], check=True, stdout=2)
    return folder / "bin/python"


def shared(folder, distinct):
    """5,000 files; those of the same bytes are one on the disk, and still a thumbnail each."""
    (folder / "photos").mkdir(parents=True)
    (folder / "empty").mkdir()
    for number in range(PHOTOS):
        os.link(distinct[number % DISTINCT], folder / "photos" / name_of(number))
    return folder


@contextlib.contextmanager
def copyparty(python, folder, engine):
    """Without any thumbnail made: what it remembers lies in a folder of this one run."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="bench-") as memory:
        command = [str(python), "-m", "copyparty", "-q", "-i", "127.0.0.1", "-p", str(port)]
        command += ["--grid", "--no-crt", "--th-no-jxl", "--th-dec", engine, "--hist", memory]
        command += [arg for v in ("photos", "empty") for arg in ("-v", f"{folder / v}:{v}:r")]
        process = subprocess.Popen(
            command, env=os.environ | {"XDG_CONFIG_HOME": memory}, stdout=subprocess.DEVNULL
        )
        try:
            _wait_for(f"http://127.0.0.1:{port}/empty/")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(30)


def _wait_for(url):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(url).status_code == 200:
                return
        time.sleep(0.05)
    raise RuntimeError(f"{url} did not answer")


def theirs(browser, python, folder, engine):
    """(ms until the first screen, pictures on it); every thumbnail was made, not an icon."""
    with copyparty(python, folder, engine) as url:
        context = browser.new_context(base_url=url, viewport=SCREEN)
        context.add_init_script(FIRST_SCREEN)
        page = context.new_page()
        page.goto("/empty/")
        page.wait_for_load_state("networkidle")
        kinds = set()
        page.on("response", lambda r: "th=" in r.url and kinds.add(r.headers["content-type"]))
        taken = first_screen(page, "/photos/", "#ggrid > a")
        context.close()
    assert kinds <= {"image/webp", "image/jpeg", "image/jxl"}, kinds
    assert kinds
    return taken


# --- ours ---------------------------------------------------------------------------------------


def send(client, path, name):
    """The three steps of the upload page, without waiting for what is made of the photo."""
    request = {"name": name, "size": path.stat().st_size, "content_type": "image/jpeg"}
    ticket = client.post("/api/uploads", json=request | {"folder": "photos"}).json()
    with path.open("rb") as file:
        form = {"data": ticket["fields"], "files": {"file": file}}
        httpx.post(ticket["url"], **form, timeout=120).raise_for_status()
    client.post(f"/api/uploads/{ticket['upload_id']}/complete").raise_for_status()
    return ticket["upload_id"]


def wait_until_made(client, ids):
    for upload in ids:
        while client.get(f"/api/uploads/{upload}").json()["job"]["state"] not in {"done", "failed"}:
            time.sleep(0.02)


def fill(data, total):
    """As many files as there are still to come, older than the uploaded ones, with their pictures."""
    path = data / "dashboard.sqlite3"
    index = SearchIndex(path)
    store = SqliteRecordStore(path, [index])
    files = file_records(store)
    real = [files.get(r.id) for r in index.search(FileQuery(), limit=UPLOADED).items]
    for first in range(0, total - len(real), 100):
        numbers = range(first, min(first + 100, total - len(real)))
        store.transact([files.put(_copy(real[n % len(real)], n)) for n in numbers])
    store.close()
    index.close()


def _copy(file: MediaFile, number):
    moment = file.uploaded_at - dt.timedelta(days=1, seconds=number)
    fields = {"id": f"{number:032x}", "name": name_of(number), "uploaded_at": moment}
    return file.model_copy(update=fields)


def ours(browser, app, state):
    context = browser.new_context(base_url=app.url, viewport=SCREEN, storage_state=state)
    context.add_init_script(FIRST_SCREEN)
    page = context.new_page()
    page.goto("/upload")
    page.locator(".drop").wait_for()
    page.wait_for_load_state("networkidle")
    taken = first_screen(page, OUR_FOLDER, ".tile")
    context.close()
    return taken


def signed_in(browser, app):
    context = browser.new_context(base_url=app.url)
    sign_in(context.new_page())
    state = context.storage_state()
    context.close()
    return state


def uploading_now(browser, app, client, state, distinct, shown):
    """Seconds from the last byte of a screen of photos until all of them are on it."""
    ids = [send(client, distinct[n % DISTINCT], f"new-{n}.jpg") for n in range(shown)]
    sent = time.monotonic()
    wait_until_made(client, ids)
    taken, _ = ours(browser, app, state)
    return time.monotonic() - sent, taken


# --- both ---------------------------------------------------------------------------------------


def compare(playwright, folder):
    (folder / "distinct").mkdir()
    distinct = camera_photos(folder / "distinct")
    python, party = install(folder / "venv"), shared(folder / "party", distinct)
    app, browser = RunningApp(folder / "data"), launch(playwright)
    try:
        client = admin_client(app.start())
        names = [name_of(n) for n in range(PHOTOS - UPLOADED, PHOTOS)]
        wait_until_made(
            client, [send(client, distinct[n % DISTINCT], name) for n, name in enumerate(names)]
        )
        app.stop()
        fill(folder / "data", PHOTOS)
        app.start()
        state = signed_in(browser, app)
        ours(browser, app, state)
        rounds = [
            (ours(browser, app, state), *(theirs(browser, python, party, e) for e in ENGINES))
            for _ in range(ROUNDS)
        ]
        now, _ = uploading_now(browser, app, client, state, distinct, rounds[0][0][1])
    finally:
        app.stop()
        browser.close()
    return rounds, now, [path.stat().st_size for path in distinct]


def main():
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, sync_playwright() as playwright:
        rounds, now, sizes = compare(playwright, Path(folder))
    times = {
        name: [taken for taken, _ in column]
        for name, column in zip(("ours", *ENGINES), zip(*rounds, strict=True), strict=True)
    }
    medians = {name: round(statistics.median(taken)) for name, taken in times.items()}
    best = min(ENGINES, key=medians.__getitem__)
    report(
        "copyparty",
        photos=PHOTOS,
        photo_mib=[round(min(sizes) / 2**20, 1), round(max(sizes) / 2**20, 1)],
        rounds=ROUNDS,
        our_ms=medians["ours"],
        our_pictures=rounds[0][0][1],
        copyparty_ms=medians[best],
        copyparty_engine=best,
        copyparty_other_ms=medians[next(e for e in ENGINES if e != best)],
        copyparty_pictures=rounds[0][1][1],
        versions=PACKAGES,
        times_faster=round(medians[best] / medians["ours"], 2),
        uploading_now_s=round(now, 1),
        load=round(os.getloadavg()[0], 1),
        met=medians["ours"] < medians[best],
    )


if __name__ == "__main__":
    main()
