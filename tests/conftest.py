"""Fixtures that tests of several rooms share."""

from __future__ import annotations

import socket
import threading
import time

import hypothesis
import pytest

# A busy machine is no failure; the limit for a whole test is pytest's.
hypothesis.settings.register_profile("shared", deadline=None)
hypothesis.settings.register_profile("thorough", deadline=None)
hypothesis.settings.load_profile("shared")


@pytest.fixture(scope="session")
def emulator(tmp_path_factory):
    """A real embedded cloud in a folder of its own, stack deployed; one for the whole session."""
    from core.emulator.service import start_emulator  # noqa: PLC0415  # boto3 only where needed
    from core.settings import load_settings  # noqa: PLC0415

    running = start_emulator(load_settings(data_dir=tmp_path_factory.mktemp("cloud"), port=8501))
    yield running
    running.stop()


@pytest.fixture(scope="session")
def serve():
    """Starts web servers with the embedded cloud's routes; called with what answers the emulator."""
    import uvicorn  # noqa: PLC0415
    from starlette.applications import Starlette  # noqa: PLC0415

    from core.web.emulator_routes import emulator_routes  # noqa: PLC0415
    from core.web.sockets import send_without_delay  # noqa: PLC0415

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
