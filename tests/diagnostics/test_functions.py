"""CloudFront Functions are run, inside limits, and may not touch anything."""

import time

import pytest

from core.diagnostics.functions import FunctionEvent, run_function

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
        "var c=require('crypto');function handler(e){return e.request}",
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
