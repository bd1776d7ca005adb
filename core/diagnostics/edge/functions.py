"""CloudFront Functions, really run, each in a JavaScript engine of its own that has limits.

The code sees the event of the documentation and nothing else: the time is the snapshot's, and what
it would ask a key value store, or leave to chance, is unknown to us and stays unknown.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any, Literal

from core.diagnostics.edge.javascript import Failure, drain, engine
from core.diagnostics.edge.runtime import BYTES, FIRST_RUNTIME_METHODS, NOT_HERE, PRELUDE

MAX_CODE = 64 * 1024  # CloudFront takes 10 KB; what is far larger was never a function
_STATUSES = range(100, 600)

Kind = Literal["request", "response", "answer", "error", "unknown"]


@dataclass(frozen=True, slots=True)
class FunctionResult:
    """`uri`, `querystring`, `headers` as the function left them; `answer`: it replied itself."""

    kind: Kind
    uri: str = ""
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    status: int | None = None
    origin_change: dict[str, Any] | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class FunctionEvent:
    """What a function gets to see; `headers` and `parameters` have plain string values."""

    event_type: str
    distribution_id: str
    domain_name: str
    method: str
    uri: str
    query: str
    headers: dict[str, str]
    ip: str
    response_status: int | None = None
    response_headers: dict[str, str] = field(default_factory=dict)
    now_ms: int = 0


_IMPORT = re.compile(
    r"^[ \t]*import\s+(?P<name>\w+|\{[^}]*\})\s+from\s+(?P<module>['\"]\w+['\"]);?", re.MULTILINE
)
_EXPORT = re.compile(
    r"^[ \t]*export\s+(default\s+)?(?=(async\s+)?function|const|let|var)", re.MULTILINE
)
_BYTES_USED = re.compile(r"[Bb]uffer|atob|btoa")
_NOISE = re.compile(r"//[^\n]*|/\*.*?\*/|'(?:\\.|[^'\\\n])*'|\"(?:\\.|[^\"\\\n])*\"", re.DOTALL)
_LACKING = re.compile(r"^'?(\w+)'? is not defined|ReferenceError: '?(\w+)'? is not defined")
_NOT_IN_FIRST_RUNTIME = re.compile(r"\b(const|let|class|async|await|import)\b(?=\s+[\w{\[(])")


def run_function(
    code: str, event: FunctionEvent, runtime: str = "cloudfront-js-2.0"
) -> FunctionResult:
    """Run one function on one event; whatever the code does, this returns."""
    if len(code) > MAX_CODE:
        return FunctionResult("unknown", error=f"The code has {len(code)} characters: too many")
    if runtime.endswith("1.0"):
        newer = _NOT_IN_FIRST_RUNTIME.search(_NOISE.sub(" ", code))
        if newer:
            return _failed(f"SyntaxError: {newer[1]} is not available in {runtime}")
    if "\0" in code:
        return _failed("SyntaxError: the code holds a null character")
    code = code.encode("utf-8", "replace").decode("utf-8")
    script = _IMPORT.sub(_as_require, _EXPORT.sub("", code))
    low, by_chance = _once(script, event, 0.0)
    if low.error.endswith("not a function") and runtime.endswith("1.0"):
        used = next((name for name in FIRST_RUNTIME_METHODS if f".{name}" in code), "")
        return _not_here(used) if used else low
    if not by_chance:
        return low
    high, _ = _once(script, event, 0.999999)
    same = (low.kind, low.uri, low.query, low.status) == (
        high.kind, high.uri, high.query, high.status,
    )  # fmt: skip
    return low if same else FunctionResult("unknown", error="The code leaves it to Math.random")


def _once(script: str, event: FunctionEvent, chance: float) -> tuple[FunctionResult, bool]:
    """One run, and whether the code asked for a random number."""
    context = engine()
    try:
        context.set("__now", float(event.now_ms))
        context.set("__chance", chance)
        context.eval(PRELUDE)
        if _BYTES_USED.search(script):
            context.eval(BYTES)
        run = context.get("__run")  # before the code can put something else there
        context.eval(script)
        run(json.dumps(_event(event)))
        drain(context)
        names = ("__failure", "__result", "__chosen", "__asked", "__random")
        failure, result, origin, asked, random = (context.get(name) for name in names)
    except Failure as error:
        return _failed(str(error).splitlines()[0] if str(error) else "out of memory"), False
    if asked is not None:
        return FunctionResult("unknown", error=f"The code asks {str(asked)[:80]}"), False
    if failure is not None:
        return _failed(str(failure)[:500]), False
    return _result(result, event, origin), bool(random)


def _as_require(found: re.Match[str]) -> str:
    return f"var {found['name'].replace(' as ', ': ')} = require({found['module']});"


def _failed(message: str) -> FunctionResult:
    """An error of the code, unless it only lacks what the real runtime has."""
    if message.startswith("__unknown__") or "Error: __unknown__" in message:
        return FunctionResult("unknown", error="The code asks for what is not in the snapshot")
    lacking = _LACKING.search(message)
    name = (lacking[1] or lacking[2]) if lacking else ""
    return _not_here(name) if name in NOT_HERE else FunctionResult("error", error=message)


def _not_here(name: str) -> FunctionResult:
    return FunctionResult("unknown", error=f"The code uses {name}, which is not run here")


def _event(event: FunctionEvent) -> dict[str, Any]:
    cookies = _cookies(event.headers.get("cookie", ""))
    shape: dict[str, Any] = {
        "version": "1.0",
        "context": {
            "distributionDomainName": event.domain_name,
            "distributionId": event.distribution_id,
            "eventType": event.event_type,
            "requestId": "diagnosis",
        },
        "viewer": {"ip": event.ip},
        "request": {
            "method": event.method,
            "uri": event.uri,
            "querystring": _querystring(event.query),
            "headers": {k: {"value": v} for k, v in event.headers.items() if k != "cookie"},
            "cookies": cookies,
        },
    }
    if event.response_status is not None:
        shape["response"] = {
            "statusCode": event.response_status,
            "statusDescription": "",
            "headers": {k: {"value": v} for k, v in event.response_headers.items()},
            "cookies": {},
        }
    return shape


def _cookies(header: str) -> dict[str, Any]:
    pairs = (part.strip().split("=", 1) for part in header.split(";") if "=" in part)
    return {name: {"value": value} for name, value in pairs}


def _querystring(query: str) -> dict[str, Any]:
    """{name: {value, multiValue?}}; of several values the first one stands in `value`."""
    seen: dict[str, list[str]] = {}
    for part in query.split("&") if query else []:
        name, _, value = part.partition("=")
        seen.setdefault(name, []).append(value)
    shaped: dict[str, Any] = {}
    for name, values in seen.items():
        shaped[name] = {"value": values[0]}
        if len(values) > 1:
            shaped[name]["multiValue"] = [{"value": value} for value in values]
    return shaped


def _result(text: Any, event: FunctionEvent, origin: Any) -> FunctionResult:
    value = _parsed(text)
    if value is None:
        return _failed("The function returned no request and no response")
    if "statusCode" in value:
        return _answer(value, event)
    uri = value.get("uri")
    if not isinstance(uri, str) or not uri.startswith("/"):
        shown = str(uri)[:80]
        return _failed(f"The function returned the uri {shown!r}, which must start with a slash")
    return FunctionResult(
        "request", uri, _joined(value.get("querystring")), _plain(value.get("headers")),
        origin_change=_parsed(origin),
    )  # fmt: skip


def _parsed(text: Any) -> dict[str, Any] | None:
    """The JSON object that the code left, whole characters only; None where it left none."""
    try:
        value = json.loads(text.encode("utf-8", "replace")) if isinstance(text, str) else None
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _answer(value: dict[str, Any], event: FunctionEvent) -> FunctionResult:
    try:
        status = int(value["statusCode"])
    except (TypeError, ValueError):
        return _failed("The function returned a status code that is no number")
    if status not in _STATUSES:
        return _failed(f"The function returned the status code {str(status)[:20]}")
    kind: Kind = "response" if event.response_status is not None else "answer"
    return FunctionResult(kind, headers=_plain(value.get("headers")), status=status)


def _plain(headers: Any) -> dict[str, str]:
    if not isinstance(headers, dict):
        return {}
    return {
        str(name).lower(): str(item.get("value", "") if isinstance(item, dict) else item)
        for name, item in headers.items()
    }


def _joined(querystring: Any) -> str:
    if not isinstance(querystring, dict):
        return querystring if isinstance(querystring, str) else ""
    parts = []
    for name, item in querystring.items():
        entry = item if isinstance(item, dict) else {"value": item}
        several = entry.get("multiValue")
        for one in several if isinstance(several, list) and several else [entry]:
            value = one.get("value", "") if isinstance(one, dict) else one
            parts.append(f"{name}={value}" if value != "" else str(name))
    return "&".join(parts)
