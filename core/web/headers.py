"""Security headers on every answer. An answer that brings its own policy keeps it."""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.settings import Cloud, Settings
from core.web.gate import Door

_INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_ONE_YEAR = 31_536_000
_FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class SecurityHeaders:
    def __init__(self, app: ASGIApp, get_dashboard: Callable[[], Door]) -> None:
        self._app, self._get_dashboard = app, get_dashboard
        self._headers: dict[str, str] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        # Built at the first request: the settings don't change while the process runs.
        self._headers = self._headers or security_headers(self._get_dashboard().settings)

        async def add(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    answer.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, add)


def security_headers(settings: Settings) -> dict[str, str]:
    headers = _FIXED | {"Content-Security-Policy": content_policy(settings, script_hashes())}
    if settings.site_url.startswith("https://"):
        headers["Strict-Transport-Security"] = f"max-age={_ONE_YEAR}"
    return headers


def content_policy(settings: Settings, hashes: tuple[str, ...]) -> str:
    """What Streamlit's page may load. `blob:` is how Streamlit starts its components' scripts."""
    media = " ".join(media_hosts(settings))
    allowed = {
        "default-src": "'self'",
        "script-src": " ".join(["'self'", "blob:", *hashes]),
        "worker-src": "'self' blob:",
        "style-src": "'self' 'unsafe-inline'",
        "img-src": f"'self' data: blob: {media}",
        "media-src": f"'self' blob: {media}",
        "font-src": "'self' data:",
        "connect-src": f"'self' {media}",
        "frame-src": "'self' blob:",
        "frame-ancestors": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "object-src": "'none'",
    }
    return "; ".join(f"{name} {sources}".strip() for name, sources in allowed.items())


def media_hosts(settings: Settings) -> tuple[str, ...]:
    """Where pictures come from and uploads go. Embedded, all of it is this site."""
    if settings.cloud is not Cloud.AWS:
        return ()
    bucket, region = settings.media_bucket, settings.region
    hosts = [f"https://{settings.cdn_domain}"]
    if "." in bucket:  # such a name breaks the certificate: boto3 puts it into the path
        return (*hosts, f"https://s3.{region}.amazonaws.com", "https://s3.amazonaws.com")
    return (
        *hosts,
        f"https://{bucket}.s3.{region}.amazonaws.com",
        f"https://{bucket}.s3.amazonaws.com",
    )


@cache
def script_hashes() -> tuple[str, ...]:
    """Of the scripts inside the installed Streamlit's page: an upgrade may change them."""
    found = importlib.util.find_spec("streamlit")
    if found is None or found.origin is None:
        return ()
    page = Path(found.origin).parent / "static" / "index.html"
    return inline_hashes(page.read_text(encoding="utf-8"))


def inline_hashes(page: str) -> tuple[str, ...]:
    """CSP sources of the page's inline scripts."""
    digests = [hashlib.sha256(script.encode()).digest() for script in _INLINE_SCRIPT.findall(page)]
    return tuple(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
