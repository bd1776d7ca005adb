"""CloudFront Functions for random worlds: rewrites, redirects, answers and failures, both runtimes."""

from hypothesis import strategies as st

FIRST, SECOND = "cloudfront-js-1.0", "cloudfront-js-2.0"

REWRITES = (
    "", "request.uri = '/img/a.txt';", "request.uri = '/avatars' + request.uri;",
    "request.uri = request.uri.toLowerCase();", "request.uri = decodeURIComponent(request.uri);",
    "request.uri = encodeURI(request.uri);", "request.uri = request.uri.replace(/^\\/old/, '') || '/';",
    "request.uri = request.uri.replace(/\\/+/g, '/');", "request.uri = '/';",
    "if (request.uri.endsWith('/')) { request.uri += 'index.html'; }",
    "if (!request.uri.includes('.')) { request.uri += '/index.html'; }",
    "request.uri = request.uri.split('/').slice(0, 3).join('/');",
    "if (request.querystring.v) { request.uri = '/v' + request.querystring.v.value + request.uri; }",
    "request.uri = request.uri.replace(/\\.(png|jpg)$/, '.txt');", "request.querystring = {};",
    "request.querystring = 'v=3';", "request.headers['x-added'] = {value: 'yes'};",
    "if (request.method === 'HEAD') { request.uri = '/index.html'; }",
    "if (request.headers.host.value.indexOf('.cloudfront.') < 0) { request.uri = '/e/404.html'; }",
    "delete request.headers['user-agent'];", "console.log(request.uri);",
    "for (var i = 0; i < 50; i++) { request.uri = request.uri.replace('//', '/'); }",
    "var parts = /^\\/([^/]+)\\/(.*)$/.exec(request.uri); if (parts) { request.uri = '/' + parts[2]; }",
    "request.uri = JSON.parse(JSON.stringify({u: request.uri})).u;",
    "if (event.context.eventType !== 'viewer-request') { throw new Error('no'); }",
    "request.uri = request.uri.normalize('NFC');", "request.method = 'GET';",
)  # fmt: skip
ENDS = (
    "return request;", "return request;", "return request;", "return request;", "return event.request;",
    "return {statusCode: 302, statusDescription: 'Found', headers: {location: {value: '/img/a.txt'}}};",
    "return {statusCode: 403, body: 'not for you'};",
    "if (!request.querystring.token) { return {statusCode: 401}; } return request;",
    ("if (request.uri.startsWith('/old')) { return {statusCode: 301, headers: {location: {value: '/'}}}; }"
    " return request;"), "throw new Error('broken');", "return missing.value;", "return null;",
    "request.uri = 'img/a.txt'; return request;", "null.uri; return request;",
)  # fmt: skip
SECOND_ONLY = (
    "const shown = request.uri; let kept = `${shown}`; request.uri = kept;",
    "const {uri} = request; request.uri = uri ?? '/';",
    "request.uri = [...request.uri].filter(c => c !== '~').join('');",
    "await Promise.resolve(1);",
    "class Path { constructor(u) { this.u = u; } } request.uri = new Path(request.uri).u;",
    "request.uri = (await (async () => request.uri)());",
    "request.uri = request.uri.replaceAll('//', '/');",
)


def first_runtime(body, end):
    return FIRST, f"function handler(event) {{ var request = event.request; {body} {end} }}"


def second_runtime(body, more, end):
    return SECOND, f"async function handler(event) {{ const request = event.request; {body} {more} {end} }}"  # fmt: skip


REQUEST_CODE = st.one_of(
    st.builds(first_runtime, st.sampled_from(REWRITES), st.sampled_from(ENDS)),
    st.builds(second_runtime, st.sampled_from(REWRITES), st.sampled_from(("", *SECOND_ONLY)),
              st.sampled_from(ENDS)),
    st.builds(lambda a, b, end: first_runtime(a + b, end), st.sampled_from(REWRITES),
              st.sampled_from(REWRITES), st.sampled_from(ENDS[:5])),
    st.sampled_from(
        [(FIRST, "function other(event) { return event.request; }"), (SECOND, "syntax error here"),
         (FIRST, "function handler(event) { const request = event.request; return request; }"),
         (SECOND, ("import qs from 'querystring';\n"
                  "function handler(event) { event.request.uri = '/' + qs.stringify({a: 1}).length;"
                  " return event.request; }"))]),
)  # fmt: skip
RESPONSE_CODE = st.sampled_from(
    [(runtime, f"function handler(event) {{ var response = event.response; {body} return response; }}")
     for runtime in (FIRST, SECOND)
     for body in ("", "response.headers['x-seen'] = {value: 'yes'};", "response.statusCode = 404;",
                  "if (response.statusCode === 200) { response.statusCode = 201; }",
                  "throw new Error('late');", "if (event.request.uri.endsWith('.jpg')) { null.x; }")]
)  # fmt: skip
