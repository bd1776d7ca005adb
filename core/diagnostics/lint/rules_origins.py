"""X10, X16, X17, X31: who signs what between viewer, CDN and origin."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from core.diagnostics.lint.document import Document, Line, Spot
from core.diagnostics.lint.registry import Outcome, found, rule, unchecked
from core.diagnostics.lint.scene import Scene
from core.diagnostics.policy import CLOUDFRONT_SERVICE
from core.diagnostics.routing import match_host, pick_behavior
from core.diagnostics.urls import parse_url
from core.model.delivery import AccountSnapshot
from core.model.lint import Severity

_LAMBDA_URL = re.compile(r"\.lambda-url\.[\w-]+\.on\.aws$", re.IGNORECASE)
_PRESIGNED = r"\bpre-?\s?signed\b|\bX-Amz-Signature\b|\bgetSignedUrl\b|\bgenerate_presigned_url\b"
_THROUGH_CDN = re.compile(
    r"\b(?:display\w*|serv(?:e|es|ed|ing)|deliver\w*|view\w*|shown?|load(?:ed|s)?|download\w*|"
    r"fetch\w*|stream\w*)\b.{0,40}\b(?:via|through|by|from|over|behind)\b.{0,20}"
    r"\b(?:cloudfront|cdn)\b",
    re.IGNORECASE,
)


# --- X10 ------------------------------------------------------------------------------------


@rule("anything")
def presigned_on_cdn(scene: Scene) -> Iterator[Outcome]:
    for url in scene.urls:
        names = {name.lower() for name in parse_url(url.url).parameters}
        if url.cdn and "x-amz-signature" in names:
            host = parse_url(url.url).host
            yield found(
                "X10",
                f"This URL carries a signature for S3's own host, but {host} is the CDN: with an "
                "origin access control S3 answers “only one auth mechanism allowed”, else the "
                "signature does not fit; and each such URL is cached apart.",
                url.spot,
            )  # fmt: skip


@rule("document")
def presigned_then_cdn(scene: Scene) -> Iterator[Outcome]:
    """A flow that presigns S3 URLs for reading and then serves them by CloudFront."""
    document = scene.document
    if document is None:
        return
    for hit in document.search(_PRESIGNED):
        if re.search(r"\b(?:upload|put|post)\w*", hit.line.text, re.IGNORECASE):
            continue
        shown = next((n for n in document.around(hit.line, 2, 5) if _serves(n)), None)
        if shown is not None:
            yield found(
                "X10",
                "URLs that are presigned for S3 are shown through CloudFront: the signature fits "
                "S3's own host only, so the CDN gets 400 or 403, and each URL is cached apart.",
                document.spot(hit.line), document.spot(shown),
            )  # fmt: skip
            return


def _serves(line: Line) -> bool:
    hit = _THROUGH_CDN.search(line.text)
    other = re.search(
        r"\b(?:frontend|front-end|spa|static|assets|site|app)\b", line.text, re.IGNORECASE
    )
    signed = re.search(r"cloudfront[\s-]+signed|signed\s+cookies", line.text, re.IGNORECASE)
    return bool(hit) and not other and not signed


# --- X16 ------------------------------------------------------------------------------------


@rule("account")
def identities(scene: Scene) -> Iterator[Outcome]:
    by_identity: dict[tuple[str, str], list[Spot]] = {}
    for origin in scene.origins:
        if origin.identity:
            by_identity.setdefault((origin.identity, origin.bucket), []).append(origin.spot)
    for (identity, bucket), spots in by_identity.items():
        yield found(
            "X16",
            f"{bucket or 'The origin'} is read by the origin access identity {identity}: it can't "
            "read SSE-KMS objects, write, or work in Regions that opened after December 2022.",
            *spots, snippet=migration_policy(scene.snapshot, identity, bucket),
        )  # fmt: skip


def migration_policy(snapshot: AccountSnapshot | None, identity: str, bucket: str) -> str:
    """Both principals, for the time in which the distribution is switched over."""
    owners = [
        d.arn or f"arn:aws:cloudfront::{d.account_id or '<account>'}:distribution/{d.id}"
        for d in (snapshot.distributions if snapshot else ())
        if any(o.identity == identity for o in d.config.origins)
    ]
    shared = {"Effect": "Allow", "Action": "s3:GetObject",
              "Resource": f"arn:aws:s3:::{bucket or '<bucket>'}/*"}  # fmt: skip
    arns: object = owners[0] if len(owners) == 1 else owners or "<distribution ARN>"
    statements = [
        {"Sid": "UntilTheSwitch", **shared, "Principal": {
            "AWS": f"arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity {identity}"}},
        {"Sid": "FromTheSwitchOn", **shared, "Principal": {"Service": CLOUDFRONT_SERVICE},
         "Condition": {"StringEquals": {"AWS:SourceArn": arns}}},
    ]  # fmt: skip
    return json.dumps({"Version": "2012-10-17", "Statement": statements}, indent=2)


@rule("document")
def identities_written(scene: Scene) -> Iterator[Outcome]:
    document = scene.document
    pattern = r"\bOAIs?\b|\b\w{1,40}OAI\b|\borigin\s+access\s+identit(?:y|ies)\b|cloudfront:user/"
    both = re.compile(r"\bOACs?\b|\borigin\s+access\s+controls?\b", re.IGNORECASE)
    found_hits = document.search(pattern) if document else ()
    hits = [hit for hit in found_hits if not both.search(hit.line.text)]
    if document is None or not hits or _is_leaving(document) or not document.is_about_delivery:
        return
    identity = next(
        (m[1] for h in hits if (m := re.search(r"Identity\s+([A-Z0-9]{3,})\b", h.line.text))),
        "<identity>",
    )
    bucket = next((s.bucket for s in scene.statements if s.bucket), "")
    yield found(
        "X16",
        "An origin access identity reads the bucket: it can't read SSE-KMS objects, write, or work "
        "in Regions that opened after December 2022; an origin access control can.",
        *(document.spot(hit.line) for hit in hits[:6]),
        snippet=migration_policy(None, identity, bucket),
    )  # fmt: skip


def _is_leaving(document: Document) -> bool:
    """The document itself is about the way from the identity to the control."""
    return document.mentions(
        r"\b(?:migrat\w*|switch\w*|mov(?:e|ed|ing)|replac\w*)\b.{0,60}\b(?:OAC|"
        r"origin access control)"
    )


# --- X17 ------------------------------------------------------------------------------------


@rule("account")
def open_function_urls(scene: Scene) -> Iterator[Outcome]:
    snapshot = scene.snapshot
    if snapshot is None:
        return
    known = {parse_url(str(u.get("FunctionUrl", ""))).host: u for u in snapshot.lambda_urls}
    for distribution in snapshot.distributions:
        for origin in distribution.config.origins:
            host = origin.domain_name.lower()
            if not _LAMBDA_URL.search(host):
                continue
            if host not in known:
                yield unchecked("X17", f"The AuthType of {host} was not read "
                                       "(lambda:ListFunctionUrlConfigs).")  # fmt: skip
    for host, url in known.items():
        if str(url.get("AuthType", "")).upper() == "NONE":
            name = str(url.get("FunctionName") or host)
            yield found(
                "X17",
                f"{host} has AuthType NONE: everybody can call {name} past CloudFront; a function "
                "URL knows NONE and AWS_IAM only, no authorizer.",
                Spot(f"lambda:ListFunctionUrlConfigs {name} AuthType", "NONE"),
                *(Spot(f"cloudfront:GetDistribution {d.id} Origins[{o.id}]", o.domain_name)
                  for d in snapshot.distributions for o in d.config.origins
                  if o.domain_name.lower() == host),
            )  # fmt: skip


@rule("document")
def open_function_urls_written(scene: Scene) -> Iterator[Outcome]:
    document = scene.document
    if document is None:
        return
    for hit in document.search(r"\bfunction\s+urls?\b|\.lambda-url\.|\bAuthType\W+NONE\b"):
        near = document.around(hit.line, 6, 14)
        if any(re.search(r"AWS_IAM", line.text) for line in near):
            continue
        proof = next((line for line in near if _unguarded(line)), None)
        if proof is not None:
            yield found(
                "X17",
                "A Lambda function URL knows AuthType NONE and AWS_IAM only: an authorizer "
                "belongs to "
                "API Gateway, so with NONE everybody can call these functions.",
                document.spot(hit.line), document.spot(proof),
            )  # fmt: skip
            return


def _unguarded(line: Line) -> bool:
    return bool(
        re.search((r"\bauth\w*\s*(?:type)?\W+none\b|\b(?:lambda|custom|"
            r"jwt)\s+authori[sz]er"), line.text,
                  re.IGNORECASE)
    )  # fmt: skip


# --- X31 ------------------------------------------------------------------------------------


@rule("account")
def signature_nobody_checks(scene: Scene) -> Iterator[Outcome]:
    snapshot = scene.snapshot
    for url in scene.urls if snapshot else ():
        parsed = parse_url(url.url)
        names = {name.lower() for name in parsed.parameters}
        owner = match_host(snapshot, parsed.host).owner if snapshot else None
        if owner is None or not {"signature", "key-pair-id"} <= names:
            continue
        behavior = pick_behavior(owner.config, parsed.match_path)
        keys = behavior.trusted_key_groups, behavior.trusted_signers
        if not any(one.enabled or one.items for one in keys):
            yield found(
                "X31",
                f"The URL is signed for CloudFront, but the behaviour {behavior.name} of "
                f"{owner.id} "
                "names no key group: nobody checks the signature, the file is readable without it.",
                url.spot,
                Spot(f"cloudfront:GetDistribution {owner.id} {behavior.name} KeyGroups", "none"),
            )  # fmt: skip


@rule("document")
def which_signature(scene: Scene) -> Iterator[Outcome]:
    document = scene.document
    if document is None or document.mentions(
        rf"{_PRESIGNED}|cloudfront[\s-]+signed|\bkey[\s-]?groups?\b|\bkey[\s-]?pairs?\b|\bSigV4\b|"
        r"signed\s+by\s+(?:s3|cloudfront)|\bs3[\s-]+signed"
    ):
        return
    hit = document.first(r"(?<!pre)(?<!pre-)(?<!pre )\bsigned\s+(?:urls?|links?|cookies?)\b")
    if hit is None:
        return
    spots = [document.spot(hit.line)]
    absent = _missing_part(document)
    more = f" The part “{absent[1]}” is listed, but not drawn." if absent else ""
    cdn = "CloudFront is there, but n" if document.mentions(r"\bcloudfront\b") else "N"
    yield found(
        "X31",
        f"Files are protected by “{hit.text}”: {cdn}othing says whether S3 or CloudFront "
        f"checks the "
        f"signature. They exclude each other on one URL.{more}",
        *spots, *([document.spot(absent[0])] if absent else []), severity=Severity.WARNING,
    )  # fmt: skip


def _missing_part(document: Document) -> tuple[Line, str] | None:
    """A service that a list names and the drawing does not, where the drawing has its siblings."""
    drawn = " ".join(
        line.raw for line in document.lines if line.fence and "\u2502" in line.raw
    ).lower()
    heads = [
        n
        for n, line in enumerate(document.lines)
        if re.match(r"services\s*:?$", line.text, re.IGNORECASE)
    ]
    for at in heads:
        items = []
        for line in document.lines[at + 1 : at + 12]:
            named = re.match(r"(?P<name>[A-Z]\w+)\s*:", line.text)
            if not named:
                break
            items.append((line, named["name"]))
        absent = [item for item in items if not re.search(rf"\b{item[1].lower()}\b", drawn)]
        if drawn and len(absent) == 1 and len(items) >= 3:
            return absent[0]
    return None
