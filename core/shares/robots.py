"""Who asks without a person behind it: previews of chats, scanners of mail, prefetching. Pure.

They are shown the page and are never counted. Bytes they get none: whoever plays one to save
downloads saves nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

# Not the browsers inside of apps, nor Cubot, which makes phones.
_AGENTS = re.compile(
    r"(?<!cu)bot\b|crawl|spider|preview|facebookexternalhit|^whatsapp|slackbot|slack-imgproxy"
    r"|embedly|vkshare|google-safety|safelinks",
    re.IGNORECASE,
)
_PURPOSES = ("purpose", "sec-purpose", "x-purpose", "x-moz")


def is_robot(method: str, headers: Mapping[str, str]) -> bool:
    """Header names in lower case."""
    early = any(
        word in headers.get(name, "").lower()
        for name in _PURPOSES
        for word in ("prefetch", "preview", "prerender")
    )
    return method == "HEAD" or early or _AGENTS.search(headers.get("user-agent", "")) is not None
