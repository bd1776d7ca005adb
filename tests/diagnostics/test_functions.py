"""CloudFront Functions are run, inside limits, and may not touch anything."""

import subprocess
import sys
import time

import pytest

from core.diagnostics.edge.functions import MAX_CODE, FunctionEvent, run_function
from core.diagnostics.edge.javascript import MAX_JOBS, matches_regex

EVENT = FunctionEvent(
    "viewer-request", "E1", "d1.cloudfront.net", "GET", "/a/b.jpg", "x=1&x=2&flag",
    {"accept": "image/webp", "cookie": "a=b; c=d", "host": "d1.cloudfront.net"}, "198.51.100.7",
)  # fmt: skip


@pytest.mark.parametrize(
    ("code", "uri"),
    [
        ("function handler(e){return e.request}", "/a/b.jpg"),
        ("function handler(e){var r=e.request;r.uri='/x'+r.uri;return r}", "/x/a/b.jpg"),
        ("async function handler(e){await null;e.request.uri='/y';return e.request}", "/y"),
        ("const handler=(e)=>{e.request.uri='/z';return e.request}; ", None),
        (("function handler(e){e.request.uri='/'+e.request.querystring.x.multiValue.length;"
          "return e.request}"), "/2"),
        ("function handler(e){e.request.uri+=e.request.querystring.x.value;return e.request}",
         "/a/b.jpg1"),
        ("function handler(e){e.request.uri='/'+e.request.cookies.a.value;return e.request}", "/b"),
        ("function handler(e){e.request.uri='/'+e.viewer.ip+e.context.eventType;return e.request}",
         "/198.51.100.7viewer-request"),
        (("import qs from 'querystring';function handler(e){"
          "e.request.uri='/'+qs.parse('k=v%20w').k+qs.stringify({a:1});return e.request}"), "/v wa=1"),
        ("import cf from 'cloudfront';const k=cf.kvs();function handler(e){return e.request}",
         "/a/b.jpg"),
    ],
)  # fmt: skip
def test_a_function_rewrites_the_request(code, uri):
    result = run_function(code, EVENT)
    if uri is None:
        assert result.kind in {"request", "error"}  # a lexical name is no global of the engine
    else:
        assert (result.kind, result.uri) == ("request", uri)


def test_the_query_and_headers_come_back_as_text():
    result = run_function(
        "function handler(e){e.request.headers['x-a']={value:'1'};"
        "e.request.querystring.n={value:'v'};return e.request}", EVENT,
    )  # fmt: skip
    assert result.query == "x=1&x=2&flag&n=v"
    assert result.headers["x-a"] == "1"


@pytest.mark.parametrize(
    "code",
    [
        "function handler(e){throw new Error('no')}",
        "function handler(e){return e.request}\0",
        "function handler(e){return missing}",
        "function other(e){}",
        "function handler(e){",
        "function handler(e){}",
        "function handler(e){e.request.uri='no slash';return e.request}",
        "function handler(e){return {statusCode:'many'}}",
        "function handler(e){return 'text'}",
        "function handler(e){for(;;){}}",
        "function handler(e){return handler(e)}",
        "function handler(e){var a=[];for(;;)a.push('x'.repeat(1e6)+a.length)}",
        "async function handler(e){throw new Error('later')}",
    ],
)
def test_a_function_that_fails_is_an_error_and_never_ours(code):
    started = time.perf_counter()
    assert run_function(code, EVENT).kind == "error"
    assert time.perf_counter() - started < 5


@pytest.mark.parametrize(
    "code",
    [
        (
            "import cf from 'cloudfront';async function handler(e){"
            "await cf.kvs().get('k');return e.request}"
        ),
        "var c=require('crypto');function handler(e){c.createHash('md5');return e.request}",
    ],
)
def test_what_a_function_would_ask_elsewhere_stays_unknown(code):
    assert run_function(code, EVENT).kind == "unknown"


def test_a_function_may_answer_itself_or_choose_another_origin():
    answer = run_function(
        "function handler(e){return {statusCode:302,headers:{l:{value:'/'}}}}", EVENT
    )
    assert (answer.kind, answer.status, answer.headers) == ("answer", 302, {"l": "/"})
    chosen = run_function(
        "import cf from 'cloudfront';function handler(e){"
        "cf.selectRequestOriginById('second');return e.request}", EVENT,
    )  # fmt: skip
    assert chosen.origin_change == {"select": "second"}


def test_the_first_runtime_has_no_const_but_may_mention_it():
    newer = "function handler(e){const r=e.request;return r}"
    assert run_function(newer, EVENT, "cloudfront-js-1.0").kind == "error"
    assert run_function(newer, EVENT, "cloudfront-js-2.0").kind == "request"
    quoted = "function handler(e){var a='const x';// let it be\nreturn e.request}"
    assert run_function(quoted, EVENT, "cloudfront-js-1.0").kind == "request"


def test_code_reaches_no_files_no_network_and_no_process():
    code = "function handler(e){e.request.uri='/'+[typeof std,typeof os,typeof fetch,typeof process];return e.request}"
    assert run_function(code, EVENT).uri == "/undefined,undefined,undefined,undefined"


HOSTILE = {
    "an endless loop": "function handler(e){for(;;){}}",
    "an endless loop outside": "for(;;){}",
    "growing text": "function handler(e){var s='x';for(;;)s+=s}",
    "growing arrays": "function handler(e){var a=[];for(;;)a.push(new Array(1e5).fill(1))}",
    "growing buffers": "function handler(e){var a=[];for(;;)a.push(new Uint8Array(1e6))}",
    "one huge buffer": "function handler(e){return new Uint8Array(2e9)}",
    "one huge text": "function handler(e){return 'x'.repeat(2**30-2)}",
    "a huge number": "function handler(e){return 2n**(2n**30n)}",
    "recursion": "function a(){return [1].map(a)} function handler(e){return a()}",
    "a deep answer": "function handler(e){var r=[];for(var i=0;i<1e5;i++)r=[r];return r}",
    "backtracking": "function handler(e){return /^(a+)+$/.test('a'.repeat(40)+'b')}",
    "a greedy replacement": "function handler(e){return 'a'.repeat(1e6).replace(/a/g,'aaaaaaaa')}",
    "promises for ever": "async function handler(e){for(;;) await null}",
    "promises that grow": "async function handler(e){var a=[];for(;;)"
                          "{a.push('x'.repeat(1e5)+a.length);await null}}",
    "a slow message": "function handler(e){throw {toString(){for(;;){}}}}",
    "a slow getter": "function handler(e){return {get uri(){for(;;){}}}}",
    "a slow number": "function handler(e){return {toJSON(){for(;;){}}}}",
    "deep source": "x=" + "[" * 20000 + "]" * 20000,
    "a huge evaluation": "eval('('.repeat(1e6))",
    "a huge status": "function handler(e){return {statusCode:1e300}}",
    "half a character": "function handler(e){e.request.uri='/\\ud800';return e.request}",
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_code_ends_at_once_as_an_error(name):
    started = time.perf_counter()
    assert run_function(HOSTILE[name], EVENT).kind == "error"
    assert time.perf_counter() - started < 1


def test_hostile_code_never_makes_the_process_grow():
    """In a process of its own, because a process never tells less than its highest peak."""
    script = f"""
import resource
from core.diagnostics.edge.functions import FunctionEvent, run_function
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for code in {list(HOSTILE.values())!r}:
    run_function(code, {EVENT!r})
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    assert int(done.stdout) < 64


@pytest.mark.parametrize(
    "code",
    [
        "var __run=1,__result=2;function handler(e){return e.request}",
        "JSON.stringify=()=>'['.repeat(1e5);function handler(e){return e.request}",
        "JSON={};String=0;function handler(e){return e.request}",
        "function handler(e){e.request.querystring={a:{value:1,multiValue:5}};return e.request}",
        "function handler(e){e.request.querystring=7;e.request.headers=[];return e.request}",
    ],
)
def test_code_can_not_reach_what_reads_its_answer(code):
    assert (run_function(code, EVENT).kind, run_function(code, EVENT).uri) == (
        "request",
        "/a/b.jpg",
    )


def test_a_query_may_be_left_as_text():
    code = "function handler(e){e.request.querystring='a=b';return e.request}"
    assert run_function(code, EVENT).query == "a=b"


def test_what_is_far_too_long_for_a_function_is_not_run():
    for text in ("var a='" + "x" * MAX_CODE + "';", "\n" * (MAX_CODE + 1)):
        result = run_function(text + "function handler(e){return e.request}", EVENT)
        assert (result.kind, "too many" in result.error) == ("unknown", True)


@pytest.mark.parametrize("filler", ["\n", " ", "'", "/*", "import ", "export default "])
def test_a_long_source_is_read_in_time(filler):
    code = filler * ((MAX_CODE - 100) // len(filler)) + "\nfunction handler(e){return e.request}"
    started = time.perf_counter()
    run_function(code, EVENT, "cloudfront-js-1.0")
    run_function(code, EVENT)
    assert time.perf_counter() - started < 2


def test_promises_are_followed_to_their_end_up_to_a_limit():
    code = "async function handler(e){{for(var i=0;i<{};i++)await null;return e.request}}"
    assert run_function(code.format(MAX_JOBS // 2), EVENT).kind == "request"
    assert run_function(code.format(MAX_JOBS * 2), EVENT).kind == "error"


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("^/a", "/a/b", True),
        ("(?i)^/A", "/a/b", True),
        ("b$", "/a", False),
        ("(a+)+$", "a" * 60 + "b", None),
        ("((a{1,100}){1,100}){1,100}!", "a" * 8000, None),
        ("(", "x", None),
        ("a{99999999999}", "x", False),
    ],
)
def test_an_expression_of_somebody_else_ends_in_time(pattern, text, found):
    started = time.perf_counter()
    assert matches_regex(pattern, text) is found
    assert time.perf_counter() - started < 1
