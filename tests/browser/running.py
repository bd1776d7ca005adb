"""The real app as a child process, and a real Chromium beside it."""

import contextlib
import os
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Playwright

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def chromium():
    places = (os.environ.get("CHROMIUM", ""), "/usr/bin/chromium", "/usr/bin/google-chrome")
    return next(p for p in places if p and Path(p).exists())


def launch(playwright: Playwright) -> Browser:
    return playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_FLAGS)


@dataclass
class RunningApp:
    data: Path
    port: int = field(default_factory=free_port)
    demo: bool = False
    program: tuple[str, ...] = ("core", "serve")
    environment: dict = field(default_factory=dict)
    output: list = field(default_factory=list)
    process: subprocess.Popen | None = None
    ready_seconds: float = 0.0

    @property
    def url(self):
        return f"http://localhost:{self.port}"

    def start(self):
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("DASHBOARD_", "AWS_"))}
        clean |= {"DASHBOARD_PORT": str(self.port), "DASHBOARD_DATA_DIR": str(self.data)}
        command = [sys.executable, "-m", *self.program, *(["--demo"] if self.demo else [])]
        begun = time.monotonic()
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=clean | self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        threading.Thread(target=self._collect, args=(self.process,), daemon=True).start()
        self.wait_ready()
        self.ready_seconds = time.monotonic() - begun
        return self

    def _collect(self, process):
        with contextlib.suppress(ValueError):
            for line in process.stdout:
                self.output.append(line)

    def wait_ready(self, seconds=40.0):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError("the app ended:\n" + "".join(self.output)[-4000:])
            with contextlib.suppress(OSError):
                if urllib.request.urlopen(self.url + "/readyz", timeout=2).status == 200:
                    return
            time.sleep(0.05)
        raise RuntimeError("the app was not ready in time:\n" + "".join(self.output)[-4000:])

    def first_admin_link(self):
        return self.wait_for_output(r"http://\S+/session/first-admin\?token=\S+")

    def wait_for_output(self, pattern, seconds=10.0):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = re.search(pattern, "".join(self.output))
            if found:
                return found.group(0)
            time.sleep(0.05)
        raise AssertionError(f"{pattern} was not printed:\n" + "".join(self.output)[-4000:])

    def kill(self):
        """What a power cut does."""
        self.process.kill()
        self._end()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
        self._end()

    def _end(self):
        if self.process:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(30)
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait(10)
            self.process.stdout.close()
