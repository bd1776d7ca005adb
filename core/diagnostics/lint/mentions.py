"""Keys and URLs that a document mentions, with what it does with them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.diagnostics.lint.document import Document, Line, Spot
from core.diagnostics.lint.pairs import Pair, pairs
from core.diagnostics.lint.scene import KeyAt, UrlAt
from core.diagnostics.lint.trees import tree_keys

URL = re.compile(r"https?://[^\s\"'`<>)|\]]+(?:<[\w-]+>[^\s\"'`)|\]]*)?")
_S3_URI = re.compile(r"s3://(?P<bucket>[^/\s\"']+)/(?P<key>[^\s\"'`),]+)")
_TOKEN = re.compile(r"(?<![\w/.:@~%-])(?P<key>[\w{}<>$@.+%=-]+(?:/[\w{}<>$@.+%=:-]+)+)(?![\w/*])")
_KEY_NAME = re.compile(
    r"(?:^|s3|object|storage|file|image|photo|media|picture|avatar)(?:key|path)$"
)
_CONTEXT = re.compile(
    r"\b(?:s3|objects?|keys?|bucket|stored?\s+(?:at|as|in|under|file)|upload\w*\s+to|"
    r"saved\s+(?:at|as|under))\b",
    re.IGNORECASE,
)
_MIME = re.compile(r"^(?:image|video|audio|text|application|font|multipart)/[\w.+*-]+$")
_HOST = re.compile(r"\.(?:com|net|org|io|dev|aws|cn|app)$", re.IGNORECASE)
_FILE = re.compile(r"\.[A-Za-z][A-Za-z0-9]{1,4}$")
_HOLE = re.compile(r"\{[^}]+\}|<[^>]+>|\$\w+|\.\.\.")

_STORES = re.compile(
    r"\b(?:stor(?:e|es|ed|ing)|sav(?:e|es|ed|ing)|persist\w*|insert(?:s|ed)?|"
    r"(?:writ(?:e|es|ing|ten)|put|keep(?:s|ing)?)\b.{0,40}\b(?:db|database|table|row|record)|"
    r"(?:up)?dates?\s+(?:the\s+)?(?:profile|record|row|user)|"
    r"set\s+\w*(?:url|link|image)\w*\s*=|in\s+(?:the\s+)?(?:db|database|dynamodb))\b",
    re.IGNORECASE,
)
_OBJECT_STORED = re.compile(
    r"\b(?:object|image|file|photo)s?\s+(?:is\s+|are\s+)?stored\b", re.IGNORECASE
)
_CONVERTS = re.compile(
    r"\bconvert\w*|\bturn(?:s|ed)\s+into|\bbuild(?:s|ing)?\b.*\burl", re.IGNORECASE
)
_SAVED_URL = re.compile(
    r"\b(?:url|link)\b.{0,20}\b(?:saved|stored|persisted)|set\s+\w*url", re.IGNORECASE
)
_CDN_NAME = re.compile(r"(?:cdn|cloudfront|distribution|media)(?:domain|host|url|base|baseurl)*$")


def document_keys(document: Document) -> list[KeyAt]:
    """Every key with its place: drawn in a tree, given to S3, or named in a sentence."""
    found = [
        KeyAt(Spot(f"{document.name}:{line.number}", key), key, "listed", bucket)
        for line, bucket, key in tree_keys(document)
    ]
    folders = {key.key.split("/")[0] for key in found}
    for line in document.lines:
        for bucket, key in _in_line(document, line, folders):
            found.append(KeyAt(Spot(f"{document.name}:{line.number}", key), key, "example", bucket))
    return _records(document, _unique(found))


def _in_line(document: Document, line: Line, folders: set[str]) -> Iterator[tuple[str, str]]:
    for uri in _S3_URI.finditer(line.text):
        key = uri["key"].rstrip(".,;")
        if key and not key.endswith("/"):
            yield uri["bucket"], key
    text = URL.sub(" ", _S3_URI.sub(" ", line.text))
    said = any(_CONTEXT.search(near.text) for near in document.around(line, 1, 0))
    for token in _TOKEN.finditer(text):
        key = token["key"].rstrip(".,;:")
        if _is_key(key, folders, said=said):
            yield "", key


def _is_key(key: str, folders: set[str], *, said: bool) -> bool:
    first, _, rest = key.partition("/")
    if re.match(r"\$\d", key) or "</" in key or "/>" in key:
        return False  # an amount of money, or HTML
    if not rest or _MIME.match(key) or _HOST.search(first) or first in {".", "..", "arn"}:
        return False
    if key.isupper() or (not re.search(r"[a-z]", first) and not _HOLE.search(first)):
        return False
    if first in folders:
        return True
    return said and bool(_HOLE.search(key) or _FILE.search(key))


def _unique(keys: list[KeyAt]) -> list[KeyAt]:
    return list({(key.spot.where, key.key): key for key in reversed(keys)}.values())[::-1]


def _records(document: Document, keys: list[KeyAt]) -> list[KeyAt]:
    """`"s3Key": "a/b"` is what a database holds; keys at such a name count even without a slash."""
    named: dict[tuple[str, str], Pair] = {}
    for pair in pairs(document):
        if _KEY_NAME.search(pair.name) and re.fullmatch(r"[\w{}<>$@.+%=:/-]+", pair.value):
            named[f"{document.name}:{pair.line.number}", pair.value] = pair
    kept = [k for k in keys if (k.spot.where, k.key) not in named]
    for (where, key), pair in named.items():
        first = key.split("/")[0]
        if "/" not in key.strip("/") or key.startswith("/") or _HOST.search(first):
            continue
        role = "record" if re.search(r"s3|object|storage", pair.name) else "example"
        kept.append(KeyAt(Spot(where, key), key, "record" if role == "record" else "example"))
    return kept


def cdn_hosts(document: Document) -> set[str]:
    """Hosts that the document itself calls its CDN."""
    named = {
        re.sub(r"^https?://", "", pair.value).split("/")[0].lower()
        for pair in pairs(document)
        if _CDN_NAME.search(pair.name) and "." in pair.value and " " not in pair.value
    }
    return {host for host in named if not host.endswith(".amazonaws.com")}


def document_urls(document: Document) -> list[UrlAt]:
    hosts = cdn_hosts(document)
    found = []
    for line in document.lines:
        for match in URL.finditer(line.text):
            url = match.group(0).rstrip(".,;:!")
            host = url.split("/")[2].split(":")[0].lower()
            cdn = host.endswith(".cloudfront.net") or host in hosts
            spot = Spot(f"{document.name}:{line.number}", url)
            link = line.text[: match.start()].endswith("](")
            found.append(UrlAt(spot, url, "" if link else _kept_by(document, line), cdn))
    return found


def _kept_by(document: Document, line: Line) -> str:
    """The sentence that stores this URL, or an empty string."""
    for near in reversed(document.around(line, 1, 0)):
        stores = _STORES.search(near.text) and not _OBJECT_STORED.search(near.text)
        if stores and (near is line or not URL.search(near.text)):
            return near.text
    converted = any(_CONVERTS.search(near.text) for near in document.around(line, 3, 0))
    if converted:
        saved = (n for n in document.around(line, 0, 10) if _SAVED_URL.search(n.text))
        return next((near.text for near in saved), "")
    return ""
