"""URLs as CloudFront and S3 read them: the raw path, the normalised path, S3's decoding.

CloudFront normalises a path (RFC 3986) to choose the cache behaviour, then sends the *raw* path to
the origin. S3 decodes it once and reads a raw "+" as a space.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, unquote_to_bytes

_URL = re.compile(
    r"^(?:(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*):)?(?://(?P<host>[^/?#]*))?"
    r"(?P<path>[^?#]*)(?:\?(?P<query>[^#]*))?(?:#(?P<fragment>.*))?$",
    re.DOTALL,
)
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_DIGITS = 11  # seconds up to the year 5138
_SENT_AS_IS = "%/:@!$&'()*+,;=~-._[]|^`{}<>\""  # what clients leave alone in a path


@dataclass(frozen=True, slots=True)
class RequestUrl:
    """A URL taken apart; `raw_path` is what the client sends, `match_path` what is matched."""

    text: str
    scheme: str
    host: str
    raw_path: str
    match_path: str
    query: str
    fragment: str

    @property
    def is_absolute_http(self) -> bool:
        return self.scheme in {"http", "https"} and bool(self.host)

    @property
    def parameters(self) -> dict[str, str]:
        return dict(parse_qsl(self.query, keep_blank_values=True))


def parse_url(text: str) -> RequestUrl:
    """Never raises: what is no URL comes back with an empty host."""
    text = text.encode("utf-8", "replace").decode("utf-8")  # lone surrogates are no characters
    found = _URL.match(text)
    parts = found.groupdict() if found else {}
    host = (parts.get("host") or "").rsplit("@", 1)[-1].split(":", 1)[0].rstrip(".").lower()
    raw = as_sent(parts.get("path") or "") or "/"
    return RequestUrl(
        text=text,
        scheme=(parts.get("scheme") or "").lower(),
        host=host,
        raw_path=raw,
        match_path=normalise(raw),
        query=parts.get("query") or "",
        fragment=parts.get("fragment") or "",
    )


def as_sent(path: str) -> str:
    """A path as clients put it on the wire: spaces, controls and non-ASCII percent-encoded."""
    return quote(path, safe=_SENT_AS_IS, errors="surrogatepass")


def normalise(path: str) -> str:
    """RFC 3986 as CloudFront uses it for matching: dots resolved, escapes and slashes tidied."""
    plain = _ESCAPE.sub(_tidy_escape, path) if "%" in path else path
    if "//" not in plain and "/." not in plain and plain.startswith("/"):
        return plain
    kept: list[str] = []
    for segment in re.sub(r"/{2,}", "/", plain).split("/"):
        if segment == ".." and len(kept) > 1:
            kept.pop()
        elif segment not in {".", ".."}:
            kept.append(segment)
    if plain.endswith(("/.", "/..")):
        kept.append("")
    joined = "/".join(kept)
    return joined if joined.startswith("/") else "/" + joined


def _tidy_escape(found: re.Match[str]) -> str:
    character = chr(int(found.group(1), 16))
    return character if character in _UNRESERVED else found.group(0).upper()


def key_of(path: str) -> str:
    """The key that S3 looks up for a raw path (without its first slash)."""
    text = path.removeprefix("/")
    if text.isascii() and "%" not in text and "+" not in text:
        return text
    raw = unquote_to_bytes(text.replace("+", " ").encode("utf-8", "replace"))
    return raw.decode("utf-8", errors="replace")


def path_of(key: str) -> str:
    """The raw path that makes S3 look up exactly `key`; "+" becomes %2B."""
    return "/" + quote(key, safe="/-._~!$'()*,;=:@&", errors="surrogatepass")


def whole_number(text: str) -> int | None:
    """A count or a time in seconds; None for what is no number, or none that fits a calendar."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else None


def decode_once(text: str) -> str:
    return unquote(text, errors="replace")


_SECRETS = (
    "signature", "x-amz-signature", "x-amz-security-token", "policy", "key-pair-id", "cookie",
    "authorization",
)  # fmt: skip
REDACTED = "REDACTED"
_SECRET_PAIR = re.compile(
    r"(?i)(?P<name>(?<![A-Za-z-])(?:" + "|".join(_SECRETS) + r"))=(?P<value>[^&\s#\"]+)"
)


def redact(text: str) -> str:
    """The same text with signatures, tokens, policies and key ids blanked."""
    return _SECRET_PAIR.sub(lambda found: f"{found['name']}={REDACTED}", text)


def redact_deep(value: Any) -> Any:
    """A JSON value with every secret blanked, in URLs and in headers of that name."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        hidden = {"cookie", "authorization", "x-amz-security-token"}
        return {
            k: REDACTED if str(k).lower() in hidden else redact_deep(v) for k, v in value.items()
        }
    return [redact_deep(item) for item in value] if isinstance(value, list | tuple) else value
