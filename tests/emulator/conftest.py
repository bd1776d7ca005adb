"""A real web server that serves the embedded cloud's routes, in front of the shared emulator."""

from __future__ import annotations

import socket
import threading
import time
from types import SimpleNamespace

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette

from core.web.emulator_routes import emulator_routes
from core.web.sockets import send_without_delay


@pytest.fixture(scope="session")
def serve():
    """Serves routes for a callable that answers the emulator; yields the site's base URL."""
    servers = []

    def start(running):
        config = uvicorn.Config(Starlette(routes=emulator_routes(running)), log_level="error")
        server = uvicorn.Server(config)
        listener = socket.create_server(("127.0.0.1", 0))
        send_without_delay(listener.getsockname()[1])
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        servers.append((server, thread, listener))
        while not server.started:
            time.sleep(0.01)
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

    yield start
    for server, thread, listener in servers:
        server.should_exit = True
        thread.join(10)
        listener.close()


@pytest.fixture(scope="session")
def site(serve, emulator):
    """A browser at the site, with the emulator's clients and the two prefixes."""
    base = serve(lambda: emulator)
    label = emulator.stack.distribution_domain.split(".")[0]
    with httpx.Client(base_url=base, trust_env=False) as browser:
        yield SimpleNamespace(
            browser=browser,
            base=base,
            bucket=emulator.stack.media_bucket,
            s3=emulator.clients().s3,
            cdn=f"/emulator/cdn/{label}",
            port=int(base.rsplit(":", 1)[1]),
            proxied=lambda url: url.replace(emulator.endpoint, "/emulator/s3"),
        )
