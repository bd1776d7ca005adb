"""A zip that is made while it is sent, and whose end is never faked.

Where it has to stop early, the connection is cut instead of closed in good order: the browser says
that the download failed, and nobody keeps half an archive as if it were whole.
"""

from __future__ import annotations

from collections.abc import Iterator

from starlette.responses import StreamingResponse
from starlette.types import Send

from core.errors import DashboardError


class ArchiveResponse(StreamingResponse):
    def __init__(self, chunks: Iterator[bytes], disposition: str) -> None:
        headers = {
            "Content-Disposition": disposition,
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
            # Our server would compress it on the fly: media are compressed already.
            "Content-Encoding": "identity",
        }
        super().__init__(chunks, headers=headers, media_type="application/zip")

    async def stream_response(self, send: Send) -> None:
        head = {"type": "http.response.start", "status": self.status_code}
        await send({**head, "headers": self.raw_headers})
        try:
            async for chunk in self.body_iterator:
                if chunk:
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
        except DashboardError:
            return  # told in the audit log; without a last message the server cuts the connection
        await send({"type": "http.response.body", "body": b"", "more_body": False})
