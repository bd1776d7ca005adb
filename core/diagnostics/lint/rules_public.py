"""X19 in prose: a folder that everybody may read, beside Block Public Access."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.diagnostics.lint.document import Document, Hit, Line, brief
from core.diagnostics.lint.registry import Outcome, found, rule
from core.diagnostics.lint.scene import Scene
from core.diagnostics.policy import is_public
from core.model.delivery import BucketPolicy
from core.model.lint import Severity

_PUBLIC = (
    r"\bpublic(?:ly)?[\s-]+(?:read\w*|accessible|viewable)\b|\bpublic\s+(?:access\s+)?(?:is\s+)?"
    r"(?:allowed|granted|permitted|opened)\b|\bopen(?:ed)?\s+to\s+(?:everybody|everyone|the\s+public|"
    r"anyone)\b|\b(?:everybody|everyone|anyone)\s+(?:may|can)\s+read\b"
)
_BLOCKED = (
    r"\bblock(?:s|ed|ing)?\W+(?:all\W+)?public\W*(?:access|policy)\b|\bBlockPublicPolicy\b|"
    r"\bRestrictPublicBuckets\b|\brestrict\s+public\s+buckets\b"
)
_OFF = re.compile(r"\b(?:off|disabled|false|no|inactive)\b", re.IGNORECASE)
_BUCKET = re.compile(
    r"(?:s3://|arn:aws:s3:::)(?P<uri>[\w.<>{}-]+)|"
    r"\b(?P<word>[a-z0-9]+(?:-[a-z0-9]+)+-(?:<[\w-]+>|\{[\w-]+\}|[a-z0-9]{3,}))|"
    r"\bbucket\W+(?P<named>[a-z][\w.<>]*-[\w.<>-]{2,})"
)


@rule("document")
def public_and_blocked(scene: Scene) -> Iterator[Outcome]:
    document = scene.document
    if document is None:
        return
    public = document.first(_PUBLIC)
    blocked = next((h for h in document.search(_BLOCKED) if not _OFF.search(_rest(h))), None)
    opened = [s for s in scene.statements if is_public(BucketPolicy(statement=(s.statement,)))]
    if blocked is None or (public is None and not opened):
        return
    spots = [document.spot(public.line)] if public else [s.spot for s in opened[:1]]
    here = _bucket(document, public.line) if public else opened[0].bucket
    there = _bucket(document, blocked.line)
    apart = bool(here and there and here != there)
    told = brief(public.line.text if public else "Principal *")
    tail = (
        "on the same bucket, or as a setting of the account, it refuses exactly that policy, and "
        "without it the public folder has no protection."
        if apart or not (here and there)
        else f"S3 refuses exactly that policy on {here}."
    )
    yield found(
        "X19", f"“{told}” beside “{brief(blocked.line.text)}”: {tail}", *spots,
        document.spot(blocked.line),
        severity=Severity.ERROR if here and here == there else Severity.WARNING,
    )  # fmt: skip


def _rest(hit: Hit) -> str:
    return hit.line.text[hit.match.end() :]


def _bucket(document: Document, line: Line) -> str:
    """The nearest bucket named above a line in its section."""
    for near in reversed(document.around(line, 14, 0)):
        if found_here := _BUCKET.search(near.text):
            return found_here["uri"] or found_here["word"] or found_here["named"]
    return ""
