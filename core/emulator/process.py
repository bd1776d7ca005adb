"""The child process: its environment, its start and end, and its revival when it dies."""

from __future__ import annotations

import http.client
import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.emulator.folder import Folder
from core.errors import AwsUnavailable

SERVED = ("s3", "dynamodb", "iam", "sts", "cloudfront", "kms")
DEPLOYING = (*SERVED, "cloudformation")  # 40 MB more: only while the stack is deployed

logger = logging.getLogger(__name__)

_INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
_START_SECONDS = 30.0
_STOP_SECONDS = 30.0
_QUICK_DEATH_SECONDS = 5.0
_QUICK_DEATHS = 5
_SOURCE_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class ChildSettings:
    folder: Folder
    port: int
    token: str
    origins: Sequence[str]
    region: str
    lock_fd: int


def environment(settings: ChildSettings, services: Sequence[str]) -> dict[str, str]:
    """Everything ministack reads when it is imported, and none of what this machine has set.

    An inherited AWS_ACCESS_KEY_ID, for one, would be one more root key.
    """
    folder = settings.folder
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    return inherited | {
        "GATEWAY_PORT": str(settings.port),
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_ACCOUNT_ID": "000000000000",
        "MINISTACK_REGION": settings.region,
        "SERVICES": ",".join(services),
        "PERSIST_STATE": "1",
        "STATE_DIR": str(folder.state),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(folder.objects),
        "TMPDIR": str(folder.temporary),
        "AUTH": "true",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "LOG_LEVEL": "WARNING",
        "DOCKER_HOST": "unix:///nonexistent.sock",  # or it would reap a local Docker's containers
        "EMBED_TOKEN": settings.token,
        "EMBED_ORIGINS": ",".join(settings.origins),
        # The secret of the root keys, else "test": a form signed for root would be believed.
        "AWS_SECRET_ACCESS_KEY": settings.token,
        "PYTHONPATH": str(_SOURCE_ROOT),
        "MALLOC_ARENA_MAX": "2",  # whole objects pass through memory; give it back
        "PYTHONUNBUFFERED": "1",
    }


class ChildProcess:
    """Keeps one child alive between `start` and `stop`."""

    def __init__(self, settings: ChildSettings) -> None:
        self._settings = settings
        self._stopping = threading.Event()
        self._keeper: threading.Thread | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._gave_up = False
        self.starts = 0

    @property
    def pid(self) -> int:
        return self._process.pid if self._process is not None else 0

    def start(self, services: Sequence[str]) -> None:
        """Return when the child answers. Raises `AwsUnavailable` with the end of its log."""
        self._stopping.clear()
        self._gave_up = False
        # Linux ends a child with the *thread* that made it, so one thread owns it for life.
        self._keeper = threading.Thread(
            target=self._keep, args=(tuple(services),), name="emulator", daemon=True
        )
        self._keeper.start()
        if not self._answers_in_time():
            self.stop()
            raise AwsUnavailable(
                f"The embedded cloud does not start: {self._settings.folder.end_of_log()}",
                hint=f"Its log is {self._settings.folder.log}.",
            )

    def stop(self) -> None:
        """Ask the child to save and end; returns when it has."""
        self._stopping.set()
        process, keeper = self._process, self._keeper
        if process is not None and process.poll() is None:
            process.terminate()
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
        if keeper is not None:
            keeper.join()

    def _keep(self, services: tuple[str, ...]) -> None:
        quick_deaths = 0
        while not self._stopping.is_set():
            born = time.monotonic()
            self._spawn_and_wait(services)
            lived = time.monotonic() - born
            quick_deaths = quick_deaths + 1 if lived < _QUICK_DEATH_SECONDS else 0
            if self._stopping.is_set():
                return
            log = self._settings.folder.log
            if quick_deaths >= _QUICK_DEATHS:
                logger.error("The embedded cloud keeps dying and stays down; see %s.", log)
                self._gave_up = True
                return
            logger.warning("The embedded cloud died and is started again; see %s.", log)
            self._stopping.wait(0.1 * quick_deaths)

    def _spawn_and_wait(self, services: tuple[str, ...]) -> None:
        settings = self._settings
        with settings.folder.log.open("ab" if self.starts else "wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "core.emulator.child"],
                env=environment(settings, services),
                stdin=subprocess.PIPE,  # its end tells the child that we are gone
                stdout=log,
                stderr=log,
                pass_fds=(settings.lock_fd,),
                cwd=settings.folder.root,
            )
        self._process = process
        self.starts += 1
        if self._stopping.is_set():
            process.terminate()
        process.wait()
        if process.stdin is not None:
            process.stdin.close()

    def _answers_in_time(self) -> bool:
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline and not self._gave_up:
            if serving_pid(self._settings.port, self._settings.token):
                return True
            time.sleep(0.02)
        return False


def serving_pid(port: int, token: str) -> int:
    """The process that listens on the port and knows the token; 0 for none."""
    try:
        return int(json.loads(_asked("GET", "/_embed/health", port, token, 2))["pid"])
    except (AwsUnavailable, ValueError, KeyError):
        return 0


def save_now(port: int, token: str) -> None:
    """Have the child write its state; returns when it lies on disk."""
    _asked("POST", "/_embed/snapshot", port, token, 60)


def _asked(method: str, path: str, port: int, token: str, seconds: float) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
    try:
        connection.request(method, path, headers={"X-Embed-Token": token})
        answer = connection.getresponse()
        content = answer.read()
    except (OSError, http.client.HTTPException) as error:
        raise AwsUnavailable(
            "The embedded cloud can't be reached.", hint="It is restarted by itself; try again."
        ) from error
    finally:
        connection.close()
    if answer.status != http.HTTPStatus.OK:
        raise AwsUnavailable(
            f"The embedded cloud answered {answer.status} to {path}.", hint="See its log."
        )
    return content
