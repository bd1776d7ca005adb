"""The emulator's process: ministack on loopback, behind the gate, with saves while it runs.

Run by `core.emulator.process` as `python -m core.emulator.child`; the environment it needs is
described there. ministack reads that environment when it is imported.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import ministack.app as ministack
from hypercorn.asyncio import serve
from hypercorn.config import Config
from ministack.core import responses
from ministack.core.persistence import save_state

from core.emulator.gate import Gate, Head
from core.emulator.inventories import know_inventories
from core.emulator.snapshots import Receive, Snapshots

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_PR_SET_PDEATHSIG = 1
_CALM_SECONDS = 2.0


class EmbeddedApp:
    """ministack as an ASGI app that only lets through what the gate allows."""

    def __init__(self, gate: Gate, snapshots: Snapshots) -> None:
        self._gate = gate
        self._snapshots = snapshots

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _acknowledge_lifespan(receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close"})
        else:
            await self._http(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        head = _head(scope)
        if problem := self._gate.refusal(head):
            await _answer(send, 403, {"error": problem})
        elif head.path == "/_embed/health":
            await _answer(send, 200, {"pid": os.getpid()})
        elif head.path == "/_embed/snapshot":
            await _answer(send, 200, {"saved": await self._snapshots.save()})
        elif head.changes_state:
            async with self._snapshots.write(receive) as guarded:
                await ministack.app(scope, guarded, send)
        else:
            await ministack.app(scope, receive, send)


def _head(scope: Scope) -> Head:
    headers = {n.decode("latin-1").lower(): v.decode("latin-1") for n, v in scope["headers"]}
    query = scope.get("query_string", b"").decode("latin-1")
    return Head(scope["method"], scope["path"], query, headers)


async def _answer(send: Send, status: int, body: dict[str, object]) -> None:
    content = json.dumps(body).encode()
    length = str(len(content)).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", length)]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})


async def _acknowledge_lifespan(receive: Receive, send: Send) -> None:
    # ministack's own start-up would run init scripts from /etc, reach for Docker and start
    # schedulers; what it does for our services is done in `_serve`.
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


def _restrict(services: tuple[str, ...]) -> None:
    """Load and save only these: an unloaded service's file is left alone."""
    ministack._state_map = {name: name for name in services}  # noqa: SLF001


def _keep_versions_on_disk() -> None:
    """Else every byte that was ever stored stays in memory until the next start.

    ministack keeps a version's bytes although they are on disk; without them it reads the disk,
    as it does after a restart.
    """
    s3 = ministack._get_module("s3")  # noqa: SLF001
    record = s3._record_object_version  # noqa: SLF001

    def record_without_bytes(
        bucket: str, key: str, prior: object, current: object, _: bytes
    ) -> Any:
        return record(bucket, key, prior, current, None)

    s3._record_object_version = record_without_bytes  # noqa: SLF001


async def _serve() -> None:
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(16))
    ministack._MAIN_LOOP = loop  # noqa: SLF001
    ministack._load_persisted_state()  # noqa: SLF001
    snapshots = Snapshots(ministack._build_persistence_save_dict, save_state)  # noqa: SLF001
    port = int(os.environ["GATEWAY_PORT"])
    origins = frozenset(os.environ["EMBED_ORIGINS"].split(","))
    app = EmbeddedApp(Gate(port, os.environ["EMBED_TOKEN"], origins), snapshots)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    helpers = [asyncio.create_task(_stop_with_parent(stop))]
    helpers.append(asyncio.create_task(snapshots.save_when_due()))
    helpers.append(asyncio.create_task(_warm_up()))
    await serve(app, _config(port), shutdown_trigger=stop.wait)  # type: ignore[arg-type]
    for helper in helpers:
        helper.cancel()
    await snapshots.save()


async def _warm_up() -> None:
    """What the first read of a bucket policy would wait for, after the rush of the start."""
    await asyncio.sleep(_CALM_SECONDS)
    await asyncio.to_thread(responses._service_model, "s3")  # noqa: SLF001  # imports botocore


def _config(port: int) -> Config:
    config = Config()
    config.bind = [f"127.0.0.1:{port}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = 3
    config.loglevel = "WARNING"
    return config


async def _stop_with_parent(stop: asyncio.Event) -> None:
    """Standard input is a pipe from the parent: its end is the parent's end."""
    reader = asyncio.StreamReader()
    with suppress(ValueError):  # not a pipe: started by hand
        await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
        )
        await reader.read()
        stop.set()


def _die_with_parent() -> None:
    """Linux: SIGTERM when the parent dies, even if another process kept the pipe open."""
    if sys.platform == "linux":
        import ctypes  # noqa: PLC0415  # 2 MB that other systems don't need

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def main() -> None:
    _die_with_parent()
    services = tuple(os.environ["SERVICES"].split(","))
    _restrict(services)
    _keep_versions_on_disk()
    know_inventories(ministack._get_module("s3"))  # noqa: SLF001
    if "cloudformation" in services:
        ministack._get_module("cloudformation")  # noqa: SLF001  # a second, beside the parent's imports
    asyncio.run(_serve())


if __name__ == "__main__":
    main()
