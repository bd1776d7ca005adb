"""CloudFront Functions, really run, each in a JavaScript engine of its own that has limits.

The code sees the event of the documentation and nothing else. What it would ask a key value store
is unknown to us, and stays unknown.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any, Literal

from core.diagnostics.javascript import Failure, drain, engine

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


_PRELUDE = """
var __unknown = '__unknown__', __origin = null;
var console = {log() {}, error() {}, warn() {}, info() {}};
var __cf = {
  kvs() { const ask = async () => { throw new Error(__unknown); };
          return {get: ask, exists: ask, count: ask, meta: ask}; },
  updateRequestOrigin(o) { __origin = {update: o}; },
  selectRequestOriginById(id) { __origin = {select: String(id)}; },
  createRequestOriginGroup(o) { __origin = {group: o}; },
};
var cf = __cf;
function require(name) {
  if (name === 'cloudfront') { return __cf; }
  if (name === 'querystring') { return {
    parse(t) { const o = {}; for (const p of String(t).split('&')) { if (!p) continue;
      const i = p.indexOf('='); const k = decodeURIComponent(i < 0 ? p : p.slice(0, i));
      o[k] = i < 0 ? '' : decodeURIComponent(p.slice(i + 1)); } return o; },
    stringify(o) { return Object.keys(o).map(k => encodeURIComponent(k) + '=' +
      encodeURIComponent(o[k])).join('&'); },
    escape: encodeURIComponent, unescape: decodeURIComponent }; }
  throw new Error(__unknown + ' module ' + name);
}
var __result = null, __failure = null, __chosen = null;
var __run = ((parse, stringify, text_of) => text => {
  const kept = v => { __result = stringify(v === undefined ? null : v);
                      __chosen = stringify(__origin); };
  const failed = e => { __failure = text_of(e && e.message || e); };
  if (typeof handler !== 'function') { __failure = 'The function has no handler'; return; }
  try { const out = handler(parse(text));
    if (out && typeof out.then === 'function') { out.then(kept).catch(failed); } else { kept(out); }
  } catch (e) { failed(e); }
})(JSON.parse, JSON.stringify, String);
"""
_IMPORT = re.compile(
    r"^[ \t]*import\s+(?P<name>\w+|\{[^}]*\})\s+from\s+(?P<module>['\"]\w+['\"]);?", re.MULTILINE
)
_EXPORT = re.compile(
    r"^[ \t]*export\s+(default\s+)?(?=(async\s+)?function|const|let|var)", re.MULTILINE
)
_NOISE = re.compile(r"//[^\n]*|/\*.*?\*/|'(?:\\.|[^'\\\n])*'|\"(?:\\.|[^\"\\\n])*\"", re.DOTALL)
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
    code = code.encode("utf-8", "replace").decode("utf-8")
    script = _IMPORT.sub(_as_require, _EXPORT.sub("", code))
    context = engine()
    try:
        context.eval(_PRELUDE)
        run = context.get("__run")  # before the code can put something else there
        context.eval(script)
        run(json.dumps(_event(event)))
        drain(context)
        failure, result, origin = (context.get(n) for n in ("__failure", "__result", "__chosen"))
    except Failure as error:
        return _failed(str(error).splitlines()[0] if str(error) else "out of memory")
    if failure is not None:
        return _failed(str(failure)[:500])
    return _result(result, event, origin)


def _as_require(found: re.Match[str]) -> str:
    return f"var {found['name'].replace(' as ', ': ')} = require({found['module']});"


def _failed(message: str) -> FunctionResult:
    if "__unknown__" in message:
        return FunctionResult("unknown", error="The code reads a key value store or a module")
    return FunctionResult("error", error=message)


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
    """{name: {value, multiValue?}}; `value` is the first of several, as the event structure has it."""
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
