"""Opens the dashboard before the first request and closes it after the last one."""

from __future__ import annotations

import asyncio
import gc
import os
import socket
import sys
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from core import dashboard
from core.demo.load import load_demo
from core.demo.people import PEOPLE, demo_password
from core.errors import DashboardError
from core.settings import load_settings
from core.web.serve import past_serve
from core.web.sockets import send_without_delay

_CALM_SECONDS = 2.0


@asynccontextmanager
async def lifespan(_: object) -> AsyncIterator[dict[str, Any]]:
    try:
        running = await asyncio.to_thread(_open)
    except DashboardError as error:
        print(f"{error.message} {error.hint}", file=sys.stderr, flush=True)  # noqa: T201
        raise SystemExit(1) from error
    try:
        yield {}
    finally:
        dashboard.install(None)
        await asyncio.to_thread(running.stop)


def _open() -> dashboard.Dashboard:
    running = dashboard.build_dashboard(load_settings())
    dashboard.install(running)
    running.start()
    send_without_delay(running.settings.port)
    if told := past_serve(running.settings, os.environ):
        _say(f"\n  {told}\n")
    if running.settings.demo:
        threading.Thread(target=_demo, args=(running,), name="demo", daemon=True).start()
    else:
        _offer_first_admin(running)
    calm = threading.Timer(_CALM_SECONDS, settle, [running])
    calm.daemon = True
    calm.start()
    return running


def settle(running: dashboard.Dashboard) -> None:
    """What the first diagnosis would wait for, after the rush of the start."""
    running.diagnostics.warm_up()
    gc.collect()
    gc.freeze()  # what is left lives to the end: a full collection need not walk it each time


def _offer_first_admin(running: dashboard.Dashboard) -> None:
    token = running.accounts.first_admin_token()
    if token is not None:
        link = f"{running.settings.site_url}/session/first-admin?token={token}"
        _say(f"\n  Make the first admin, once, with this link:\n  {link}\n")


def _demo(running: dashboard.Dashboard) -> None:
    """Demo files are fetched through our own CDN route, so the server has to answer first."""
    while not _answers(running.settings.port):
        time.sleep(0.1)
    password = demo_password(running.settings.data_dir)
    _say("\n  Demo accounts, all with the password " + password)
    for person in PEOPLE:
        _say(f"  {person.email:<24} {person.role.value}")
    try:
        count = load_demo(running)
    except DashboardError as error:
        _say(f"  The demo content is incomplete: {error.message} {error.hint}")
    else:
        _say(f"  {count} demo files were loaded.\n" if count else "")


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201  # the console is the operator's
