"""Whether a request came from a page of this site. Browsers tell; pages can't forge it."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def is_foreign(connection: HTTPConnection, site_url: str) -> bool:
    """Another site's page made the browser send this. No Origin at all: not a browser's page."""
    origin = connection.headers.get("origin")
    return origin is not None and not _is_ours(origin, connection, site_url)


def is_ours(connection: HTTPConnection, site_url: str) -> bool:
    """The browser says that a page of this site sent this."""
    origin = connection.headers.get("origin")
    if origin is None:
        return connection.headers.get("sec-fetch-site") == "same-origin"
    return _is_ours(origin, connection, site_url)


def _is_ours(origin: str, connection: HTTPConnection, site_url: str) -> bool:
    """Hosts are compared, not schemes: behind a proxy that ends TLS this process sees http."""
    try:
        host = urlsplit(origin).netloc
    except ValueError:
        return False
    return bool(host) and host in {connection.headers.get("host"), urlsplit(site_url).netloc}
