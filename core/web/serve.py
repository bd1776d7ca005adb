"""Starts the web server: checks the port first, so that a taken one is said in one line."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

from core.errors import Configuration
from core.model.networks import networks, with_mapped
from core.settings import Settings

ROOT = Path(__file__).resolve().parents[2]


def serve(settings: Settings, *, demo: bool) -> None:
    """Become Streamlit's server. Raises `Configuration` where the port is taken."""
    _refuse_taken_port(settings.address, settings.port)
    environment = os.environ | {
        "DASHBOARD_DATA_DIR": str(settings.data_dir.resolve()),
        "DASHBOARD_PORT": str(settings.port),
        "DASHBOARD_DEMO": "true" if demo or settings.demo else "false",
        "FORWARDED_ALLOW_IPS": proxies(settings),
    }
    command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py"]
    options = [f"--server.port={settings.port}", f"--server.address={settings.address}"]
    print(f"Opening {settings.site_url} …", flush=True)  # noqa: T201
    os.chdir(ROOT)
    os.execve(sys.executable, [*command, *options], environment)  # noqa: S606  # our own interpreter


def proxies(settings: Settings) -> str:
    """For uvicorn, which would believe every program on this machine if nothing were said.

    Whoever is believed chooses the address that wrong passwords are counted for.
    """
    trusted = networks(settings.trusted_proxies)
    return ",".join(one for network in trusted for one in with_mapped(network))


def past_serve(settings: Settings, environment: Mapping[str, str]) -> str:
    """What the operator should know where the server was started in another way; '' for nothing."""
    wanted, name = proxies(settings), "FORWARDED_ALLOW_IPS"
    believed = environment.get(name, "127.0.0.1")  # uvicorn's own
    if believed == wanted:
        return ""
    return (
        f"X-Forwarded-For is believed from {believed or 'nobody'}, not as "
        f"DASHBOARD_TRUSTED_PROXIES says: start with `python -m core serve`, "
        f"or set {name}={wanted!r}."
    )


def _refuse_taken_port(address: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            raise Configuration(
                f"Port {port} on {address} can't be used ({error.strerror}).",
                hint=f"Choose another one: make run PORT={port + 1}",
            ) from error
