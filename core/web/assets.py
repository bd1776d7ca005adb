"""Our built scripts, styles and fonts under /assets. Sources in `assets/src` are not served."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path, PurePosixPath

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

FOLDER = Path(__file__).resolve().parents[1] / "assets"
_TYPES = {  # said by us: what the machine's own table says differs from machine to machine
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
_FOREVER = "public, max-age=31536000, immutable"
_A_MONTH = "public, max-age=2592000"
_ASK_AGAIN = "no-cache"


class Assets(StaticFiles):
    def __init__(self) -> None:
        super().__init__(directory=FOLDER)

    async def get_response(self, path: str, scope: Scope) -> Response:
        asset = PurePosixPath(path)
        if asset.suffix not in _TYPES or asset.parts[0] == "src":
            raise HTTPException(404)
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = _cache_rule(asset, scope["query_string"])
        if response.status_code == 200:
            response.headers["Content-Type"] = _TYPES[asset.suffix]
        return response


def _cache_rule(asset: PurePosixPath, query: bytes) -> str:
    if query.startswith(b"v="):
        return _FOREVER
    return _A_MONTH if asset.suffix == ".woff2" else _ASK_AGAIN


@cache
def asset_url(name: str) -> str:
    """The address that changes with the content, so that browsers may keep it forever."""
    digest = hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()
    return f"/assets/{name}?v={digest[:12]}"
