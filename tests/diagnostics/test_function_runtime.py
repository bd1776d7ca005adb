"""What CloudFront Functions find around them."""

from __future__ import annotations

import pytest
from worlds import (
    HOST,
)

from core.diagnostics.edge.functions import FunctionEvent, run_function

EVENT = FunctionEvent(
    "viewer-request", "E1", HOST, "GET", "/a.jpg", "", {"host": HOST}, "198.51.100.7",
    now_ms=1795176000000,
)  # fmt: skip


@pytest.mark.parametrize("code", [
    "Buffer.from('user:pass').toString('base64') === 'dXNlcjpwYXNz'",
    "Buffer.from('dXNlcjpwYXNz', 'base64').toString() === 'user:pass'",
    "Buffer.from('_-8', 'base64url').toString('base64url') === '_-8'",
    "Buffer.from('Zürich').toString('hex') === '5ac3bc72696368'",
    "Buffer.concat([Buffer.from('a'), Buffer.from('b')]).equals(Buffer.from('6162', 'hex'))",
    "Buffer.isBuffer(Buffer.alloc(2)) && Buffer.byteLength('ü') === 2",
    "require('buffer').Buffer === Buffer && atob(btoa('abcd')) === 'abcd'",
    "new Date().toISOString() === '2026-11-20T12:00:00.000Z' && Date.now() === 1795176000000",
    "new Date(0).getTime() === 0 && new Date() instanceof Date",
    "(() => { const cf = 1, Buffer = 2; return cf + Buffer === 3; })()",
])  # fmt: skip
def test_a_function_finds_what_the_runtime_promises(code):
    result = run_function(
        f"function handler(e){{return {{statusCode: {code} ? 204 : 500}}}}", EVENT
    )
    assert result.status == 204, result


@pytest.mark.parametrize("code", [
    # the error is caught, and what the code then does would be a guess
    ("const k=require('cloudfront').kvs();async function handler(e){"
     "try{e.request.uri=await k.get('x')}catch(x){}return e.request}"),
    ("const c=require('crypto');function handler(e){try{c.createHmac('sha256','k')}"
     "catch(x){return {statusCode:401}}return e.request}"),
    "const x=require('zlib');function handler(e){return e.request}",
    "function handler(e){if(Math.random()<0.5){e.request.uri='/b.jpg'}return e.request}",
    "function handler(e){new TextEncoder();return e.request}",
])  # fmt: skip
def test_what_cannot_be_known_about_a_function_stays_unknown(code):
    assert run_function(code, EVENT).kind == "unknown"


def test_chance_that_changes_no_path_changes_nothing():
    code = (
        "function handler(e){e.request.headers['x-id']={value:''+Math.random()};return e.request}"
    )
    assert run_function(code, EVENT).uri == "/a.jpg"


@pytest.mark.parametrize("name", ["cf", "Buffer", "atob", "require", "console"])
def test_code_may_use_names_of_the_runtime_for_its_own(name):
    code = f"const {name} = 1; function handler(e){{return {{statusCode: 200 + {name}}}}}"
    assert run_function(code, EVENT).status == 201


def test_methods_of_the_first_runtime_are_no_error_there():
    code = "function handler(e){'a'.toUTF8();return e.request}"
    assert run_function(code, EVENT, "cloudfront-js-1.0").kind == "unknown"
    assert run_function(code, EVENT, "cloudfront-js-2.0").kind == "error"
    assert run_function("function handler(e){e.nope()}", EVENT, "cloudfront-js-1.0").kind == "error"
