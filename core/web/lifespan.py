"""Opens the dashboard before the first request and closes it after the last one."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from core import dashboard
from core.errors import DashboardError
from core.settings import load_settings


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
    token = running.accounts.first_admin_token()
    if token is not None:
        link = f"{running.settings.site_url}/session/first-admin?token={token}"
        print(f"\n  Make the first admin, once, with this link:\n  {link}\n", flush=True)  # noqa: T201
    return running
