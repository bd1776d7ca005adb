"""Whether the process lives, whether it can work, and its numbers for Prometheus."""

from __future__ import annotations

import hmac
import os
import resource
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from core.errors import DashboardError
from core.model.media import JobState, LibrarySummary
from core.settings import Settings
from core.stores.jobs import JobQueue
from core.stores.search_index import SearchIndex

_METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_STATM = Path("/proc/self/statm")


class Patient(Protocol):
    """What is asked about the dashboard's health."""

    @property
    def settings(self) -> Settings: ...
    @property
    def index(self) -> SearchIndex: ...
    @property
    def jobs(self) -> JobQueue: ...
    def health(self) -> Mapping[str, tuple[bool, str]]: ...


def health_routes(get_dashboard: Callable[[], Patient]) -> list[Route]:
    began = time.monotonic()

    def alive(_: Request) -> Response:
        return JSONResponse({"ok": True}, headers={"Cache-Control": "no-store"})

    def ready(_: Request) -> Response:
        try:
            checks = get_dashboard().health()
        except DashboardError as error:
            checks = {"dashboard": (False, error.message)}
        return readiness(checks)

    def metrics(request: Request) -> Response:
        dashboard = get_dashboard()
        if not _may_scrape(request, dashboard.settings.metrics_token.get_secret_value()):
            return PlainTextResponse("Not Found", 404)
        numbers = exposition(
            dashboard.index.summary(None), dashboard.jobs.counts(), time.monotonic() - began
        )
        return PlainTextResponse(numbers, media_type=_METRICS_TYPE)

    return [
        Route("/healthz", alive),
        Route("/readyz", ready),
        Route("/metrics", metrics),
    ]


def readiness(checks: Mapping[str, tuple[bool, str]]) -> JSONResponse:
    """503 as soon as one dependency doesn't answer, so that no traffic is sent here."""
    ready = all(ok for ok, _ in checks.values())
    details = {name: {"ok": ok, "detail": detail} for name, (ok, detail) in checks.items()}
    return JSONResponse(
        {"ok": ready, "checks": details},
        200 if ready else 503,
        headers={"Cache-Control": "no-store"},
    )


def exposition(summary: LibrarySummary, jobs: Mapping[JobState, int], uptime: float) -> str:
    """Prometheus' text format, version 0.0.4."""
    delivered = summary.count - summary.processing - summary.undelivered
    files = {
        "delivered": delivered,
        "processing": summary.processing,
        "undelivered": summary.undelivered,
        "trashed": summary.trashed,
    }
    lines = [
        *_by_state("dashboard_files", "Files in the library by state", files),
        *_by_state("dashboard_jobs", "Jobs that wait, run or failed", jobs),
        *_single("dashboard_stored_bytes", "Bytes of served objects", summary.size),
        *_single("dashboard_uptime_seconds", "Seconds since the start", round(uptime, 1)),
        *_single("process_resident_memory_bytes", "Resident memory", resident_bytes()),
    ]
    return "\n".join(lines) + "\n"


def resident_bytes() -> int:
    try:
        return int(_STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:  # no /proc on macOS: the largest it has been, in bytes there
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _by_state(name: str, help: str, values: Mapping[Any, int]) -> Iterator[str]:
    yield f"# HELP {name} {help}"
    yield f"# TYPE {name} gauge"
    for state, value in values.items():
        yield f'{name}{{state="{state}"}} {value}'


def _single(name: str, help: str, value: float) -> Iterator[str]:
    yield f"# HELP {name} {help}"
    yield f"# TYPE {name} gauge"
    yield f"{name} {value}"


def _may_scrape(request: Request, token: str) -> bool:
    """Without a token there is nothing to find here."""
    sent = request.headers.get("authorization", "")
    return bool(token) and hmac.compare_digest(sent.encode(), f"Bearer {token}".encode())
