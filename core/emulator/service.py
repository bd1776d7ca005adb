"""Starts, joins and stops the embedded cloud: one child process, one deployed stack, one key.

The app works with the key of an IAM user that has the template's policies and nothing else, so
that signatures and rights are really checked. Root is for deploying, the demo and tests.
"""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TextIO

from core.aws.cdn_signing import public_half
from core.emulator.clients import ROOT_KEY, EmulatorClients
from core.emulator.edge_cache import EdgeLocation
from core.emulator.edge_log import EdgeLog
from core.emulator.edge_store import EdgeStore
from core.emulator.edge_view import EdgeView
from core.emulator.folder import Folder, is_alive
from core.emulator.key_group import private_key
from core.emulator.passage import Passage
from core.emulator.process import (
    DEPLOYING,
    SERVED,
    ChildProcess,
    ChildSettings,
    save_now,
    serving_pid,
)
from core.emulator.stack import (
    TEMPLATE,
    StackOutputs,
    deploy,
    fingerprint,
    is_live,
    parameters,
)
from core.emulator.user import AppKey, ensure_user, grant_diagnosis, grant_repair
from core.errors import Configuration
from core.settings import Environment, Settings

_CONNECTION, _CREDENTIALS, _STACK = "connection.json", "credentials.json", "stack.json"
_CDN_KEY = "cdn-private-key.pem"
_EDGE_CACHE_BYTES = 512 * 1024 * 1024


@dataclass(frozen=True)
class Emulator:
    """A running embedded cloud, as its owner and as a process that joined it see it."""

    endpoint: str
    access_key: str
    secret_key: str
    stack: StackOutputs
    data_dir: Path
    edge_log: EdgeLog
    cdn_private_key: str = field(repr=False)  # PEM; signs addresses of private media
    _token: str
    _app: EmulatorClients
    _root: EmulatorClients
    _stop: Callable[[], None]
    _pid: Callable[[], int]

    @property
    def pid(self) -> int:
        return self._pid()

    @property
    def port(self) -> int:
        return int(self.endpoint.rsplit(":", 1)[1])

    def stop(self) -> None:
        """Deliver the log, save and end the child. A process that only joined wrote no log."""
        self.edge_log.deliver()
        self._stop()

    def snapshot(self) -> None:
        """Have everything on disk when this returns; by itself a change is saved in a second."""
        save_now(self.port, self._token)

    def clients(self) -> EmulatorClients:
        """Clients with the app's key: what the template's policies allow."""
        return self._app

    def root_clients(self) -> EmulatorClients:
        """Clients that may do everything: for the demo's planted faults and for tests only."""
        return self._root

    def let_diagnose(self, bucket: str) -> None:
        """Let the app list and head the objects of another bucket, as its admin would on AWS."""
        grant_diagnosis(self.root_clients().iam, bucket)

    def let_repair(self, bucket: str, distribution: str, *tables: str) -> None:
        """Let the app repair another bucket behind its distribution, and rows of these tables."""
        grant_repair(self.root_clients().iam, bucket, distribution, tables)


def start_emulator(settings: Settings) -> Emulator:
    """Start the child, deploy what is not deployed, and answer when it serves.

    Raises `Configuration` in production, when another process holds the folder, and when the
    template can't be deployed; `AwsUnavailable` when the child does not start.
    """
    if settings.environment == Environment.PRODUCTION:
        raise Configuration(
            "The embedded cloud is refused in production.", hint="Set DASHBOARD_CLOUD=aws."
        )
    folder = Folder((settings.data_dir / "emulator").resolve())
    folder.prepare()
    lock = folder.lock()
    try:
        return _Start(settings, folder, lock).run()
    except BaseException:
        lock.close()
        raise


def attach_emulator(settings: Settings) -> Emulator | None:
    """Join the emulator that another process runs in this data folder; None where there is none."""
    folder = Folder((settings.data_dir / "emulator").resolve())
    connection, key, record = (folder.read(name) for name in (_CONNECTION, _CREDENTIALS, _STACK))
    if not (connection and key and record and is_alive(int(connection["owner"]))):
        return None
    if not serving_pid(int(connection["port"]), str(connection["token"])):
        return None
    return _assembled(
        settings,
        int(connection["port"]),
        str(connection["token"]),
        AppKey(**key),
        StackOutputs(**record["outputs"]),
        stop=lambda: None,
        pid=lambda: serving_pid(int(connection["port"]), str(connection["token"])),
    )


def _assembled(
    settings: Settings,
    port: int,
    token: str,
    key: AppKey,
    stack: StackOutputs,
    *,
    stop: Callable[[], None],
    pid: Callable[[], int],
    serves: bool = False,
) -> Emulator:
    """`serves`: the distribution is served by this process, which then writes its log, too."""
    endpoint = _endpoint(port)
    root = _root_clients(settings, port, token)
    return Emulator(
        endpoint=endpoint,
        access_key=key.access_key,
        secret_key=key.secret_key,
        stack=stack,
        data_dir=settings.data_dir,
        edge_log=EdgeLog(
            settings.data_dir / "edge-log",
            lambda: root.s3,
            stack.log_bucket if serves else "",
            stack.distribution_id,
            stack.distribution_domain.split(".")[0].lower(),
        ),
        cdn_private_key=private_key((settings.data_dir / "emulator").resolve() / _CDN_KEY),
        _token=token,
        _app=EmulatorClients(endpoint, settings.region, key.access_key, key.secret_key),
        _root=root,
        _stop=stop,
        _pid=pid,
    )


def _root_clients(settings: Settings, port: int, token: str) -> EmulatorClients:
    return EmulatorClients(_endpoint(port), settings.region, ROOT_KEY, token, token=token)


def edge_location(emulator: Emulator) -> EdgeLocation:
    """The CDN's edge in front of the emulator, with its cache in the data folder."""
    store = EdgeStore(emulator.data_dir / "edge", _EDGE_CACHE_BYTES)
    return EdgeLocation(Passage(emulator.port), EdgeView(emulator.clients()), store)


class _Start:
    """One start: the quick way where the stack is as the template says, else a deployment."""

    def __init__(self, settings: Settings, folder: Folder, lock: TextIO) -> None:
        self._settings = settings
        self._folder = folder
        self._lock = lock
        self._port = folder.port()
        self._token = secrets.token_urlsafe(32)
        self._origins = _origins(settings)
        self._template = TEMPLATE.read_text()
        self._public_key = public_half(private_key(folder.root / _CDN_KEY))
        self._child = ChildProcess(
            ChildSettings(
                folder, self._port, self._token, self._origins, settings.region, lock.fileno()
            )
        )

    def run(self) -> Emulator:
        for name in self._folder.repair():
            _say(f"The embedded cloud's {name} was damaged; its newest copy is used.")
        self._folder.keep_copy()
        try:
            emulator = self._as_deployed() or self._deployed_now()
        except BaseException:
            self._child.stop()
            raise
        self._folder.write(
            _CONNECTION, {"port": self._port, "token": self._token, "owner": os.getpid()}
        )
        return emulator

    def _as_deployed(self) -> Emulator | None:
        record, key = self._folder.read(_STACK), self._folder.read(_CREDENTIALS)
        if record.get("fingerprint") != self._fingerprint() or not key:
            return None
        self._child.start(SERVED)
        emulator = self._emulator(StackOutputs(**record["outputs"]), AppKey(**key))
        if is_live(emulator.clients(), emulator.stack):
            return emulator
        self._child.stop()
        return None

    def _deployed_now(self) -> Emulator:
        self._child.start(DEPLOYING)
        root = _root_clients(self._settings, self._port, self._token)
        outputs = deploy(root, self._template, self._parameters(), self._public_key)
        key = ensure_user(root.iam, outputs, self._folder.read(_CREDENTIALS))
        self._child.stop()  # saves, and drops the 40 MB that only a deployment needs
        self._folder.write(_CREDENTIALS, asdict(key))
        self._folder.write(_STACK, {"fingerprint": self._fingerprint(), "outputs": asdict(outputs)})
        self._child.start(SERVED)
        return self._emulator(outputs, key)

    def _fingerprint(self) -> str:
        return fingerprint(self._template, {**self._parameters(), "key": self._public_key})

    def _parameters(self) -> dict[str, str]:
        return parameters(self._origins, repairs=self._settings.demo)

    def _emulator(self, stack: StackOutputs, key: AppKey) -> Emulator:
        return _assembled(
            self._settings,
            self._port,
            self._token,
            key,
            stack,
            stop=self._stop,
            pid=lambda: self._child.pid,
            serves=True,
        )

    def _stop(self) -> None:
        self._folder.forget(_CONNECTION)
        self._child.stop()
        self._lock.close()


def _origins(settings: Settings) -> tuple[str, ...]:
    local = (f"http://localhost:{settings.port}", f"http://127.0.0.1:{settings.port}")
    return tuple(dict.fromkeys((settings.site_url, *local)))


def _endpoint(port: int) -> str:
    return f"http://127.0.0.1:{port}"


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201  # the console is the operator's
