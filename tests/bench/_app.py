"""A running app, an admin's HTTP session, and memory readings, for the benches."""

import contextlib
import json
import re
import tempfile
from pathlib import Path

import httpx

from tests.browser.running import RunningApp

EMAIL, PASSWORD = "bench@example.com", "granite-lantern-meadow-73"
MIB = 1024 * 1024


@contextlib.contextmanager
def running_app(**options):
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        app = RunningApp(Path(folder), **options)
        try:
            yield app.start()
        finally:
            app.stop()


def admin_client(app):
    """A program that is signed in as the admin; the first one is made as a browser does it."""
    client = httpx.Client(base_url=app.url, timeout=120)
    me = {"email": EMAIL, "password": PASSWORD}
    answer = client.post("/api/auth/login", json=me)
    if answer.status_code == 401:
        _claim(app)
        answer = client.post("/api/auth/login", json=me)
    client.headers["Authorization"] = f"Bearer {answer.raise_for_status().json()['access_token']}"
    return client


def _claim(app):
    link = app.first_admin_link()
    with httpx.Client(base_url=app.url, timeout=60) as visitor:
        form = visitor.get(link).text
        fields = dict(
            re.findall(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"', form)
        )
        fields |= {"email": EMAIL, "username": "Bench", "password": PASSWORD}
        made = visitor.post("/session/first-admin", data=fields, headers={"Origin": app.url})
        assert made.status_code == 303, made.text


def sign_in(page):
    """The same admin in a browser's tab."""
    page.goto("/session/sign-in")
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/")


def memory_mib(pid):
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1024


def children(pid):
    """Each thread keeps a list of the children that it started."""
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for found in lists for child in found.read_text().split()]


def report(name, **numbers):
    print(json.dumps({"bench": name, **numbers}))
