"""A cable between browser and app that can be pulled: TCP passed on until `cut`, resets from then on.

Harder than the browser's own "offline": what the app answered to a request that arrived is lost.
"""

import asyncio
import contextlib
import threading


class Cable:
    def __init__(self, port):
        self._far = port
        self._whole = True
        self._writers = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server = self._do(asyncio.start_server(self._plugged, "127.0.0.1", 0))
        self.port = self._server.sockets[0].getsockname()[1]

    @property
    def url(self):
        return f"http://localhost:{self.port}"

    def cut(self):
        self._do(self._sever())

    def mend(self):
        self._whole = True

    def close(self):
        self._do(self._sever())
        self._loop.call_soon_threadsafe(self._server.close)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    def _do(self, work):
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _sever(self):
        self._whole = False
        for writer in self._writers:
            writer.transport.abort()
        await asyncio.sleep(0)

    async def _plugged(self, reader, writer):
        if not self._whole:
            writer.transport.abort()
            return
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._far)
        except OSError:
            writer.transport.abort()
            return
        ends = {writer, far_writer}
        self._writers |= ends
        await asyncio.gather(_pass(reader, far_writer), _pass(far_reader, writer))
        self._writers -= ends


async def _pass(reader, writer):
    with contextlib.suppress(OSError):
        while chunk := await reader.read(1 << 16):
            writer.write(chunk)
            await writer.drain()
    writer.close()
