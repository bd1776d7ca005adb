"""Folder trees as documents draw them, as the keys that they mean."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from core.diagnostics.lint.document import Document, Line

_BRANCH = re.compile(
    r"^(?P<lead>[\s\u2502|]*)(?:\u251c|\u2514|\+|`)[\u2500-]{1,3}\s*(?P<rest>\S.*)$"
)
_NAME = re.compile(r"^(?P<name>[\w{}<>$:@.+%=-]+/?)(?:\s{1,}(?:[\u2190#(]|//|<-).*|\s*)$")
_S3 = re.compile(r"s3://(?P<bucket>[^/\s]+)")
_SAID = re.compile(r"\bbucket\b\W*(?:name\W*)?(?P<bucket>[a-z0-9][\w.<>{}$-]{2,})?", re.IGNORECASE)
_BARE = re.compile(r"^(?P<bucket>[a-z0-9][a-z0-9.-]{2,}(?:[<{$][\w-]+[>}])?[a-z0-9.-]*)/?$")


@dataclass(slots=True)
class _Tree:
    bucket: str
    is_bucket: bool
    open: list[tuple[int, str]] = field(default_factory=list)

    def path(self, column: int, name: str) -> str:
        while self.open and self.open[-1][0] >= column:
            self.open.pop()
        whole = "".join(folder for _, folder in self.open) + name
        if name.endswith("/"):
            self.open.append((column, name))
        return whole


def tree_keys(document: Document) -> Iterator[tuple[Line, str, str]]:
    """(line, bucket or '', key) of every file below a folder; folders themselves are no keys."""
    tree: _Tree | None = None
    before: list[Line] = []
    for line in document.lines:
        branch = _BRANCH.match(line.raw)
        if branch is None:
            if tree is None or not re.fullmatch(r"[\s\u2502|]*", line.raw):
                tree, before = None, [*before[-2:], line]
            continue
        tree = tree or _root(before, line.heading)
        named = _NAME.match(branch["rest"].strip())
        if not named or set(named["name"]) <= {"."}:
            continue
        path = tree.path(len(branch["lead"]), named["name"])
        if tree.is_bucket and "/" in path and not path.endswith("/"):
            yield line, tree.bucket, path


def _root(before: list[Line], heading: str) -> _Tree:
    """What stands above the first branch says whether this is a bucket."""
    for line in reversed(before):
        if found := _S3.search(line.raw):
            return _Tree(found["bucket"], is_bucket=True)
        if found := _SAID.search(line.text):
            return _Tree(found["bucket"] or "", is_bucket=True)
        if (found := _BARE.match(line.text)) and len(line.text) > 3:
            return _Tree(
                found["bucket"], bool(re.search(r"bucket|s3|storage", heading, re.IGNORECASE))
            )
    return _Tree("", bool(re.search(r"\b(?:bucket|s3|object)", heading, re.IGNORECASE)))
