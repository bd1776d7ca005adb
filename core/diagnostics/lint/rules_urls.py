"""X9, X20, X29: what is stored as a URL, and how long a presigned one really lives."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.diagnostics.lint.document import Document, brief
from core.diagnostics.lint.registry import Outcome, found, rule
from core.diagnostics.lint.scene import Scene, UrlAt
from core.diagnostics.origins import endpoint_of
from core.diagnostics.urls import parse_url, redact, whole_number
from core.model.lint import Severity

WEEK = 604_800
_ROLE_LONGEST, _TOKEN_LONGEST = 43_200, 129_600  # a role's session; GetSessionToken
_PLACEHOLDER = re.compile(
    r"(?:^|[.-])(?:your|my)[._-]?(?:bucket|domain|cdn|app|site|distribution)\w*|<|^bucket\.s3|"
    r"\.s3[.-]region\.|^example\.|^localhost$|^(?:\.+|host|domain)$|^xxx+",
    re.IGNORECASE,
)
_HOLE = re.compile(r"\$?\{+[^}]*\}+|<[^>]*>")


def kind_of(url: str) -> str:
    """placeholder, s3, website, path-style, cloudfront or other, by the host alone."""
    host = parse_url(url).host
    filled = _HOLE.sub("us-east-1" if ".amazonaws" in host else "x", host)
    endpoint = endpoint_of(filled)
    if _PLACEHOLDER.search(host):
        return "placeholder"
    if endpoint.kind == "custom" and ".s3" in host and host.endswith("amazonaws.com"):
        return "placeholder"
    return {"rest": "s3", "custom": "other"}.get(endpoint.kind, endpoint.kind)


@rule("anything")
def stored_hosts(scene: Scene) -> Iterator[Outcome]:
    """A stored absolute URL is X20 where it names S3 or nothing real, X9 where a CDN."""
    for url in scene.urls:
        kind = kind_of(url.url) if url.stored and parse_url(url.url).host else ""
        if scene.document is not None and not url.cdn and not _is_file(scene, url):
            continue
        if kind in {"placeholder", "s3", "website", "path-style"}:
            yield _outside_cdn(url, kind)
        elif kind == "cloudfront" or (kind and (url.cdn or _is_file(scene, url))):
            yield found(
                "X9",
                f"{_keeper(url)} holds the whole URL on {parse_url(url.url).host}: when the "
                f"domain, "
                "the origin path or the folder changes, every such row is wrong.",
                url.spot,
            )  # fmt: skip


_FILE = re.compile(
    r"\.(?:jpe?g|png|gif|webp|avif|heic|mp4|mov|webm|pdf)(?:\?|$)|\{\w+\}|<\w+>", re.IGNORECASE
)


def _is_file(scene: Scene, url: UrlAt) -> bool:
    """In prose a stored address counts where it leads to a file, not to a page to read."""
    return scene.document is not None and bool(_FILE.search(url.url))


def _keeper(url: UrlAt) -> str:
    return (
        url.stored[0].upper() + url.stored[1:]
        if url.stored.startswith("the record")
        else "The database"
    )


def _outside_cdn(url: UrlAt, kind: str) -> Outcome:
    host = parse_url(url.url).host
    means = {
        "placeholder": "is a placeholder that nobody answers",
        "website": (
            "is an S3 website: plain HTTP, past the CDN, and closed once the bucket is private"
        ),
    }.get(kind, "is S3 itself: past the CDN, and closed once the bucket is private")
    return found("X20", f"{_keeper(url)} holds {redact(url.url)}; {host} {means}.", url.spot)


@rule("document")
def stored_in_words(scene: Scene) -> Iterator[Outcome]:
    """The sentence alone, such as “Store CloudFront URL”, without an example."""
    document = scene.document
    if document is None or any(u.stored and kind_of(u.url) != "placeholder" for u in scene.urls):
        return
    hit = document.first(
        r"\b(?:stor|sav|persist|writ|keep)\w*\b.{0,25}\b(?:full|absolute|complete|whole|cloudfront|cdn)"
        r"\b.{0,15}\burls?\b"
    )
    if hit is not None:
        yield found(
            "X9", (f"“{brief(hit.line.text)}”: when the domain or the path changes, every such row "
                f"is wrong."),
            document.spot(hit.line),
        )  # fmt: skip


# --- X29 ------------------------------------------------------------------------------------


@rule("anything")
def presigned_life(scene: Scene) -> Iterator[Outcome]:
    for url in scene.urls:
        given = {k.lower(): v for k, v in parse_url(url.url).parameters.items()}
        asked = whole_number(given.get("x-amz-expires", ""))
        if asked is None:
            continue
        if asked > WEEK:
            yield found("X29", (f"X-Amz-Expires={asked} is more than 7 days (604800): S3 "
                f"refuses it."),
                        url.spot, severity=Severity.ERROR)  # fmt: skip
        elif "x-amz-security-token" in given and asked > _ROLE_LONGEST:
            certain = asked > _TOKEN_LONGEST
            most = "36 hours" if certain else "12 hours for a role"
            yield found(
                "X29",
                f"X-Amz-Expires={asked} promises {_span(asked)}, but temporary credentials "
                f"signed it, "
                f"which live at most {most}: the URL ends with them.",
                url.spot, severity=Severity.ERROR if certain else Severity.WARNING,
            )  # fmt: skip


_LIFE = re.compile(
    r"\b(?P<count>\d+|an?|one)[\s-]*(?P<unit>min(?:ute)?s?|h(?:ou)?rs?|h|days?|weeks?|months?|years?)\b",
    re.IGNORECASE,
)
_SECONDS = {"m": 60, "h": 3600, "d": 86_400, "w": WEEK, "mo": 2_592_000, "y": 31_536_000}
_PRESIGNED = r"\bpre-?\s?signed\b"
_EFFECTIVE = (
    r"\bcredentials?\b.{0,60}\b(?:expir\w*|life|live|valid|end)|\beffective\b|"
    r"\bmin(?:imum)? of\b|\bsigner\b"
)


@rule("document")
def presigned_life_written(scene: Scene) -> Iterator[Outcome]:
    document = scene.document
    if document is None or document.mentions(_EFFECTIVE):
        return
    for hit in document.search(_PRESIGNED):
        seconds, shown = _life(hit.line.text, hit.match.end())
        if not seconds:
            continue
        if seconds > WEEK:
            sentence = f"A presigned URL can't be valid for {shown}: S3 refuses more than 7 days."
            yield found("X29", sentence, document.spot(hit.line), severity=Severity.ERROR)
            return
        if seconds >= 3600:
            yield found("X29", _promise(document, shown), document.spot(hit.line))
            return


def _promise(document: Document, shown: str) -> str:
    del document
    return (
        f"“Valid {shown}” is only what was asked for: a presigned URL ends earlier when the "
        "credentials that signed it end."
    )


def _life(text: str, after: int) -> tuple[int, str]:
    """The time that is named next after the word, else the one before it."""
    found_here = _LIFE.search(text, after) or _LIFE.search(text)
    if not found_here:
        return 0, ""
    unit = found_here["unit"].lower()
    per = _SECONDS["mo"] if unit.startswith("mo") else _SECONDS[unit[0]]
    count = found_here["count"].lower()
    return (int(count) if count.isdigit() else 1) * per, found_here.group(0)


def _span(seconds: int) -> str:
    return f"{seconds // 86_400} days" if seconds >= 172_800 else f"{seconds // 3600} hours"
