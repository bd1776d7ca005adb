"""X7, X14, X15, X26, X28, X32 in prose: what a document says of its own flows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.diagnostics.lint.document import Document, Hit, Line, brief
from core.diagnostics.lint.registry import Outcome, found, rule
from core.diagnostics.lint.scene import KeyAt, Scene
from core.model.lint import Severity

_PICTURES = r"\b(?:images?|photos?|pictures?|avatars?|jpe?g|png|webp|videos?)\b|image/jpe?g"
_TEXTS = re.compile(
    r"\b(?:html|css|javascript|js|json|text|scripts?|frontend|bundle|api)\b", re.IGNORECASE
)


@rule("document")
def gzip_for_pictures(scene: Scene) -> Iterator[Outcome]:
    document = scene.document
    if document is None or not document.mentions(_PICTURES) or not document.is_about_delivery:
        return
    hit = document.first(
        r"\bgzip\b|\bbrotli\b|\bautomatic(?:ally)?\s+compress\w*|\bcompress\s*:\s*true"
    )
    if hit is not None and not _TEXTS.search(hit.line.text):
        yield found(
            "X7",
            f"“{brief(hit.line.text)}” gains nothing for pictures: CloudFront compresses "
            f"text types of "
            "1,000 to 10,000,000 bytes, and JPEG, PNG and video are not among them.",
            document.spot(hit.line),
        )  # fmt: skip


# --- X14, X15 -------------------------------------------------------------------------------

_MISSING = re.compile(
    r"\b(?:does(?:n['\u2019]t| not)\s+(?:exist|match)|wrong\s+(?:path|key|prefix|folder)|"
    r"is\s+missing|"
    r"missing\s+(?:object|file|key)|no\s+such\s+key|not\s+at\s+(?:that|this)|key\s+mismatch)\b",
    re.IGNORECASE,
)


@rule("document")
def two_statuses(scene: Scene) -> Iterator[Outcome]:
    document = scene.document
    if document is None or document.mentions(
        r"\bListBucket\b|\blist\s+permission|\bmay\s+(?:not\s+)?list\b"
    ):
        return
    as_404 = _blamed(document, "404", before=8, after=2)
    as_403 = _blamed(document, "403", before=3, after=8)
    if as_404 and as_403:
        yield found(
            "X14",
            f"A missing object is a 404 in line {as_404[0].number} and a 403 in line "
            f"{as_403[0].number}: without s3:ListBucket S3 always answers 403, and the "
            f"status alone "
            "does not tell missing from denied.",
            *(document.spot(line) for line in dict.fromkeys((*as_404, *as_403))),
        )  # fmt: skip


def _blamed(document: Document, status: str, before: int, after: int) -> tuple[Line, ...]:
    """The line with the status and the line that blames a missing object for it."""
    for line in document.lines:
        if not re.search(rf"\b{status}\b", line.text):
            continue
        near = [n for n in document.around(line, before, after) if n.fence == line.fence]
        other = {"404": "403", "403": "404"}[status]
        if any(re.search(rf"\b{other}\b", n.text) for n in near):
            near = [line]
        blame = next((n for n in near if _MISSING.search(n.text)), None)
        if blame is not None:
            return line, blame
    return ()


_INVALIDATE = (
    r"\binvalidat(?:e|es|ing)\b|"
    r"\b(?:create|run|issue|send|perform|try|request|trigger)\w*\b.{0,20}\binvalidations?\b|"
    r"\b(?:clear|purg|flush)\w*\b.{0,20}\b(?:cloudfront|cdn|edge)\b"
)


@rule("document")
def invalidate_a_refusal(scene: Scene) -> Iterator[Outcome]:
    document = scene.document
    if document is None:
        return
    for hit in document.search(_INVALIDATE):
        near = document.around(hit.line, 14, 0)
        heads = (*[line.text for line in near], hit.line.heading)
        refused = [
            text
            for text in heads
            if re.search(r"\b403\b|\bforbidden\b|\baccess\s*denied\b", text, re.IGNORECASE)
        ]
        others = [
            text
            for text in heads
            if re.search(r"\b(?:404|5\d\d|stale|old\s+(?:image|content)|overwr\w+)\b", text)
        ]
        if refused and not others:
            yield found(
                "X15",
                "An invalidation does not cure a 403: CloudFront keeps a 403 only where the origin "
                "sent Cache-Control with it, and S3 sends none.",
                document.spot(hit.line),
                *[document.spot(n) for n in near if re.search(r"\b403\b", n.text)][:1],
            )  # fmt: skip
            return


# --- X26 ------------------------------------------------------------------------------------

_PAST = (
    r"\bno\s+(?:\w+\s+){0,2}(?:data|bytes|files?|traffic|transfer)\b.{0,25}\b(?:through|via|over|by)\b.{0,12}"
    r"\b(?:backend|back-end|server|api)\b|\b(?:data|files?|bytes)\s+never\b.{0,25}\b(?:backend|server)\b|"
    r"\bbypass\w*\s+(?:the\s+)?(?:backend|server)"
)
_THROUGH = (
    r"\bmulter\b|\bbusboy\b|\bformidable\b|\bmultipart(?:/form-data|\s+(?:form|upload\b(?!.{0,20}\bs3)))|"
    r"\bupload\w*\b.{0,25}\b(?:through|via|to)\s+(?:the\s+)?(?:backend|server|express|api server)\b"
)


@rule("document")
def through_the_server(scene: Scene) -> Iterator[Outcome]:
    document = scene.document
    if document is None:
        return
    through = document.first(_THROUGH)
    if through is None:
        return
    claims = [line for line in document.lines if re.search(_PAST, line.text, re.IGNORECASE)]
    limit = next(iter(document.search(r"\b(?P<size>\d+)\s?MB\b")), None)
    nginx = document.first(r"\bnginx\b") and not document.mentions(r"client_max_body_size")
    small = bool(limit and nginx and int(limit.match["size"]) > 1)
    words = []
    if claims:
        words.append(
            f"“{brief(claims[0].text)}”, but uploads pass the server "
            f"(“{brief(through.line.text)}”)."
        )
    if small and limit:
        words.append(
            f"The limit of {limit.match['size']} MB does not hold: nginx takes 1 MB unless "
            "client_max_body_size says more."
        )
    if words:
        yield found(
            "X26", " ".join(words), *map(document.spot, (*claims[:2], through.line)),
            *([document.spot(limit.line)] if small and limit else []),
        )  # fmt: skip


# --- X28 ------------------------------------------------------------------------------------

_REVOKED = (
    r"\brevo(?:ke\w*|cation)\b|\b(?:block|deny|black)[\s-]?list\w*|"
    r"\bserver-side\s+session|\bsession\s+(?:row|store|table|record)|\btoken\s+version"
)
_TOKEN = re.compile(r"\b(?:jwt|tokens?|bearer)\b", re.IGNORECASE)
_DAYS = (
    r"\b(?:expir\w*|valid\w*|life\w*|ttl|"
    r"lasts?)\b.{0,20}?\b(?P<count>\d+)[\s-]*(?P<unit>days?|weeks?|months?|years?)\b"
)


@rule("document")
def tokens_for_ever(scene: Scene) -> Iterator[Outcome]:
    document = scene.document
    if document is None:
        return
    kept = next(_kept_in_browser(document), None)
    lasting = next(_lasting(document), None)
    ends = document.mentions(_REVOKED)
    if kept is None and (lasting is None or ends):
        return
    words = []
    if lasting is not None and not ends:
        life = f"{lasting.match['count']} {lasting.match['unit']}"
        words.append(
            f"The token is good for {life} and nothing takes it back: verifying it on every "
            f"request "
            "only checks its signature."
        )
    if kept is not None:
        words.append("In the browser's storage any script of the page can read it.")
    lines = [line for line in (kept, lasting.line if lasting else None) if line is not None]
    yield found(
        "X28", " ".join(words), *(document.spot(line) for line in lines),
        severity=Severity.ERROR if kept else Severity.WARNING,
    )  # fmt: skip


def _kept_in_browser(document: Document) -> Iterator[Line]:
    for hit in document.search(r"\b(?:local|session)Storage\b(?!-)|\blocal\s+storage\b"):
        if any(_TOKEN.search(near.text) for near in document.around(hit.line, 4, 1)):
            yield hit.line


def _lasting(document: Document) -> Iterator[Hit]:
    for hit in document.search(_DAYS):
        about_token = any(_TOKEN.search(near.text) for near in document.around(hit.line, 4, 0))
        if about_token and not re.search(r"pre-?\s?signed", hit.line.text, re.IGNORECASE):
            yield hit


# --- X32 ------------------------------------------------------------------------------------

_UNIQUE = re.compile(
    r"uuid|guid|hash|timestamp|time|version|etag|sha|md5|nonce|random|date|epoch|ulid|fileid|imageid|photoid|uploadid",
    re.IGNORECASE,
)
_FRESH = (
    r"\bimmutable\b|\bnever\s+(?:over|re)writ\w+|\b(?:new|unique)\s+(?:key|"
    r"name)\s+(?:per|for\s+each|for\s+every|on\s+each)|\bversioned\s+(?:keys?|names?)|\bcontent\s+hash"
)
_AGAIN = (
    r"\b(?:overwrit\w+|replac\w+\s+(?:the\s+)?(?:existing|old|previous|same)|"
    r"same\s+key|in\s+place)\b"
)
_AGE = (
    r"\bmax-age\s*=?:?\s*(?P<age>\d{5,})|\b(?:cach\w*|ttl)\b.{0,20}\b(?P<years>\d+)[\s-]*years?\b"
)


@rule("document")
def long_caching(scene: Scene) -> Iterator[Outcome]:
    document = scene.document
    if document is None or document.mentions(_FRESH):
        return
    hits = [h for h in document.search(_AGE) if h.match["years"] or int(h.match["age"]) > 86_400]
    if not hits:
        return
    again = document.first(_AGAIN)
    fixed = [k for k in scene.keys if not _changes(k)]
    if again is None and not fixed:
        return
    line = hits[0].line
    if again is not None:
        sentence = (
            f"“{brief(line.text)}”, while “{brief(again.line.text)}”: edges and browsers go on "
            f"showing the old content."
        )
        yield found("X32", sentence, document.spot(line), document.spot(again.line))
        return
    yield found(
        "X32",
        f"“{brief(line.text)}” is right only while every content gets a new key; {fixed[0].key} "
        f"has nothing "
        "in it that changes, and written again it stays stale that long.",
        *(document.spot(h.line) for h in hits[:3]), fixed[0].spot, severity=Severity.ADVICE,
    )  # fmt: skip


def _changes(key: KeyAt) -> bool:
    return bool(_UNIQUE.search(key.name)) or bool(re.search(r"\d{6,}|[0-9a-f]{8,}", key.name))
