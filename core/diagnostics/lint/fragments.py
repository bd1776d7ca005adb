"""JSON inside a document, also in boxes and with comments, and policies that prose spells out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from core.diagnostics.lint.document import Document, Line, Spot
from core.diagnostics.lint.pairs import pairs
from core.diagnostics.lint.scene import StatementAt
from core.model.delivery import Statement

_ARN_BUCKET = re.compile(r"arn:aws[\w-]*:s3:::(?P<bucket>[^/*]+)")
_COMMENT = re.compile(r"\s//\s.*$")
_FIELDS = {
    "allow": "Principal", "deny": "Principal", "principal": "Principal", "effect": "Effect",
    "action": "Action", "actions": "Action", "resource": "Resource", "resources": "Resource",
    "condition": "Condition",
}  # fmt: skip


def bucket_of(resources: tuple[str, ...]) -> str:
    found = next((m for r in resources if (m := _ARN_BUCKET.match(r))), None)
    return found["bucket"] if found else ""


def json_fragments(document: Document) -> Iterator[tuple[Line, Any]]:
    """Each JSON object with the line on which it begins; an inner one is part of its outer one."""
    blocks: dict[tuple[int, int], list[Line]] = {}
    for line in document.lines:
        blocks.setdefault((line.section, line.fence), []).append(line)
    for lines in blocks.values():
        yield from _decoded(lines)


def _decoded(lines: list[Line]) -> Iterator[tuple[Line, Any]]:
    texts = [_COMMENT.sub("", line.text) for line in lines]
    whole = "\n".join(texts)
    starts = [0]
    for text in texts:
        starts.append(starts[-1] + len(text) + 1)
    decoder, at, failed = json.JSONDecoder(), 0, 0
    while (at := whole.find("{", at)) >= 0 and failed < 200:
        try:
            value, end = decoder.raw_decode(whole, at)
        except (ValueError, RecursionError):
            at, failed = at + 1, failed + 1
            continue
        row = next(i for i in range(len(texts)) if starts[i] <= at < starts[i + 1])
        yield lines[row], value
        at = end


def statements_in(value: Any) -> list[Mapping[str, Any]]:
    """The statements of a policy document, or the one statement that stands alone."""
    if not isinstance(value, Mapping):
        return []
    inner = value.get("Statement")
    listed = [inner] if isinstance(inner, Mapping) else inner if isinstance(inner, list) else []
    if not listed and "Effect" in value and ("Action" in value or "NotAction" in value):
        listed = [value]
    return [one for one in listed if isinstance(one, Mapping)]


def parsed(raw: Mapping[str, Any], spot: Spot, name: str = "") -> StatementAt | None:
    try:
        statement = Statement.model_validate(raw)
    except ValidationError:
        return None
    resource_policy = statement.principal is not None or statement.not_principal is not None
    bucket = bucket_of(statement.resource) if resource_policy else ""
    return StatementAt(spot, statement, bucket, name)


def written_policies(document: Document) -> Iterator[StatementAt]:
    """Statements in JSON, and in lines such as `Action: s3:GetObject`."""
    for line, value in json_fragments(document):
        for raw in statements_in(value):
            if found := parsed(raw, _resource_spot(document, line, raw.get("Resource"))):
                yield found
    yield from _spelled_out(document)


def _resource_spot(document: Document, start: Line, resource: Any) -> Spot:
    """The line of the resource, which lies below the line on which the JSON begins."""
    first = str(resource[0] if isinstance(resource, list) and resource else resource)
    below = document.lines[start.number - 1 : start.number + 60]
    line = next((one for one in below if first in one.text), start)
    return Spot(f"{document.name}:{line.number}", json.dumps(resource))


@dataclass(slots=True)
class _Draft:
    line: Line | None = None
    fields: dict[str, Any] = field(default_factory=dict)

    def complete(self) -> bool:
        return self.line is not None and {"Action", "Resource"} <= set(self.fields)


def _spelled_out(document: Document) -> Iterator[StatementAt]:
    draft = _Draft()
    for pair in pairs(document):
        name = _FIELDS.get(pair.name)
        if name is None or pair.line.text.startswith(('"', "'")):  # JSON has been read
            continue
        last = draft.line.number if draft.line else pair.line.number
        if name in draft.fields or pair.line.number - last > 8:
            draft = _Draft()
        draft.line = draft.line or pair.line
        _take(draft.fields, pair.name, name, pair.value)
        if (
            name == "Resource"
            and draft.complete()
            and (found := _finished(document, draft, pair.line))
        ):
            yield found


def _take(fields: dict[str, Any], word: str, name: str, value: str) -> None:
    if word in {"allow", "deny"}:
        fields["Effect"] = word.title()
    if name == "Principal":
        kind = "Service" if value.endswith(".amazonaws.com") else "AWS"
        fields[name] = "*" if value == "*" else {kind: value}
    elif name in {"Action", "Resource"}:
        fields[name] = [v for v in re.split(r"[\s,\[\]\"']+", value) if v]
    elif name != "Condition":
        fields[name] = value


def _finished(document: Document, draft: _Draft, line: Line) -> StatementAt | None:
    if not any(":" in a or a == "*" for a in draft.fields["Action"]):
        return None
    where = document.spot(line)
    resources = ", ".join(draft.fields["Resource"])
    return parsed({"Effect": "Allow", **draft.fields}, Spot(where.where, resources))
