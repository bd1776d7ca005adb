"""A browser at a site that serves the embedded cloud's routes, in front of the shared emulator."""

from __future__ import annotations

from types import SimpleNamespace

import httpx
import pytest


@pytest.fixture(scope="session")
def site(serve, emulator):
    """A browser at the site, with the emulator's clients and the two prefixes."""
    base = serve(lambda: emulator)
    label = emulator.stack.distribution_domain.split(".")[0]
    with httpx.Client(base_url=base, trust_env=False) as browser:
        yield SimpleNamespace(
            browser=browser,
            base=base,
            bucket=emulator.stack.media_bucket,
            s3=emulator.clients().s3,
            cdn=f"/emulator/cdn/{label}",
            port=int(base.rsplit(":", 1)[1]),
            proxied=lambda url: url.replace(emulator.endpoint, "/emulator/s3"),
        )
