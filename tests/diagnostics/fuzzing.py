"""Random URLs, policies, functions and damaged cases for the engine, each from one seed.

Half grows from the labelled cases by mutation, half is made from nothing.
"""

import copy
import json
import random
import string
from pathlib import Path

from core.diagnostics.engine import diagnose
from core.errors import InvalidInput

CASES = [
    json.loads(path.read_text())["snapshot"]
    for path in sorted(Path(__file__).with_name("cases").glob("*.json"))
]
HOST = "d111111abcdef8.cloudfront.net"
_DEPTH = 40  # what lies deeper is damaged as a whole
_NOW = "2026-11-20T12:00:00Z"
_ODD_TEXTS = (
    "", " ", "*", "?", "/", "//", "%", "%zz", "%00", "%FF%FE", "\x00", "\n", "\ud800", "\udfff\ud800", "é", "e\u0301",
    "\u202e", "\ufeff", "😀", "x" * 100_000, "%25" * 20_000, "/" * 50_000, "*a" * 2000, "../" * 5000, "${aws:username}",
    "arn:aws:s3:::", "https://[::1", "s3://b/k", "http://:80/", "javascript:alert(1)", "NaN", "1e999", "\\", "{", "[]",
    "null", "https://" + "a." * 300 + "com/", "data:image/png;base64,AAAA", "&amp;&lt;", "'\"><script>", "=1+1",
)  # fmt: skip
_ODD_VALUES = (
    None, True, False, 0, -1, 1, 2**63, -(2**64), 10**400, 1e308, float("nan"), float("inf"), -float("inf"), [], {},
    [None], [[]], [{}], {"Items": None}, {"Items": 7}, {"Items": [{}]}, {"Quantity": -1}, {"": ""}, [1, "a", None],
)  # fmt: skip


def _deep(depth, pick):
    value = pick.choice(_ODD_VALUES[:6])
    for _ in range(depth):
        value = [value] if pick.random() < 0.5 else {"a": value}
    return value


def odd(pick):
    """Anything that JSON can hold, also what it should not."""
    kind = pick.random()
    if kind < 0.45:
        return pick.choice(_ODD_TEXTS)
    if kind < 0.85:
        return copy.deepcopy(pick.choice(_ODD_VALUES))
    if kind < 0.92:
        return _deep(pick.choice((3, 50, 400, 3000)), pick)
    return "".join(pick.choice(string.printable + "é😀\ud800") for _ in range(pick.randrange(60)))


def _like(value, pick):
    """Mostly of the same type: what can't be read at all is refused at once."""
    if pick.random() < 0.15:
        return odd(pick)
    fitting = [one for one in (*_ODD_TEXTS, *_ODD_VALUES) if type(one) is type(value)]
    return copy.deepcopy(pick.choice(fitting or _ODD_TEXTS))


# --- URLs -----------------------------------------------------------------------------------

_SCHEMES = (
    "https://",
    "http://",
    "",
    "//",
    "HTTPS://",
    "ftp://",
    "s3://",
    "https:/",
    "https:",
    "file:///",
)
_HOSTS = (HOST, HOST.upper(), HOST + ".", HOST + ":443", "user:pw@" + HOST, "a.s3.us-east-1.amazonaws.com",
          "s3.amazonaws.com/b", "a.s3-website-us-east-1.amazonaws.com", "", "[::1]", "x" * 300, "é.example", "%41.com",
          "localhost", "127.0.0.1", "cdn..example.com", ".cloudfront.net")  # fmt: skip
_PIECES = ("a", "avatars", "/", "//", ".", "..", "/../", "%2F", "%2f", "%25", "%252F", "+", "%20", " ", "é", "e\u0301",
           "%C3%A9", "%c3", "?", "#", "&", "=", ";", "*", "\\", "\n", "\ud800", "u1.jpg", "%", "%zz", "~", "|", "😀",
           "Expires=1", "Signature=x", "Key-Pair-Id=K1", "Policy=e30_", "X-Amz-Signature=0", "X-Amz-Date=2026",
           "X-Amz-Expires=99999999999999999999", "versionId=null", "x" * 9000)  # fmt: skip


def url(pick):
    pieces = "".join(pick.choice(_PIECES) for _ in range(pick.randrange(12)))
    return (
        pick.choice(_SCHEMES) + pick.choice(_HOSTS) + pick.choice(("/", "", "/", "?", "#")) + pieces
    )


# --- policies -------------------------------------------------------------------------------

_OPERATORS = ("StringEquals", "StringLike", "StringNotLike", "ArnLike", "Bool", "Null", "IpAddress", "NotIpAddress",
              "NumericLessThan", "DateGreaterThan", "ForAllValues:StringLike", "ForAnyValue:ArnLikeIfExists", "Odd",
              "BinaryEquals", "stringequals", "ForAllValues:", "IfExists", "")  # fmt: skip
_KEYS = ("aws:SourceArn", "AWS:SOURCEIP", "aws:CurrentTime", "aws:EpochTime", "aws:SecureTransport", "s3:prefix",
         "aws:PrincipalTag/x", "aws:Referer", "aws:Unheard", "", "aws:SourceVpce")  # fmt: skip
_VALUES = ("*", "*a" * 3000, "true", "0.0.0.0/0", "::/0", "999.1.1.1/99", "2026-11-20T12:00:00Z", "9999-99-99", "1e999",
           "NaN", "arn:aws:cloudfront::1:distribution/*", "${aws:x}", "", "-1", "9" * 5000, None, 7, True, ["a", None], {})  # fmt: skip


def policy(pick):
    return {
        "Version": pick.choice(("2012-10-17", "", None, 7)),
        "Statement": [_statement(pick) for _ in range(pick.choice((0, 1, 2, 5, 60)))],
    }


def _statement(pick):
    one = {
        "Effect": pick.choice(("Allow", "Allow", "Deny", "Maybe", "")),
        pick.choice(("Principal", "Principal", "NotPrincipal")): pick.choice((
            "*", {"AWS": "*"}, {"Service": "cloudfront.amazonaws.com"}, {"Service": ["a", 7]}, {"CanonicalUser": "c"},
            {"Federated": {}}, [], "arn", {"AWS": [None]}, {"": ""})),
        pick.choice(("Action", "NotAction")): pick.choice(("s3:*", "*", ["s3:GetObject"], "s3:get*", "", [], "?" * 3000)),
        pick.choice(("Resource", "NotResource")): pick.choice(
            ("*", "arn:aws:s3:::*", ["arn:aws:s3:::acme-media-prod/*"], "*a" * 3000, "", [], "${a}", "arn")),
    }  # fmt: skip
    if pick.random() < 0.6:
        one["Condition"] = {
            pick.choice(_OPERATORS): {pick.choice(_KEYS): pick.choice(_VALUES)} for _ in range(pick.randrange(4))
        }  # fmt: skip
    if pick.random() < 0.1:
        one[pick.choice(list(one))] = odd(pick)
    return one


# --- functions ------------------------------------------------------------------------------

_HOSTILE = (
    "function handler(e){for(;;){}}", "for(;;){}", "function handler(e){var s='x';for(;;)s+=s}",
    "function handler(e){var a=[];for(;;)a.push(new Uint8Array(1e6))}", "function handler(e){return handler(e)}",
    "function handler(e){return /^(a+)+$/.test('a'.repeat(40)+'b')}", "x=" + "[" * 20000 + "]" * 20000,
    "async function handler(e){for(;;) await null}", "function handler(e){throw {toString(){for(;;){}}}}",
    "function handler(e){e.request.uri='/'+'a'.repeat(2**22);return e.request}", "eval('('.repeat(1e6))",
    "function handler(e){return new Proxy({},{get(){return 7}})}", "function handler(e){e.request.uri='/\\ud800';return e.request}",
    "function handler(e){e.request.uri='/'+String.fromCharCode(0);return e.request}",
)  # fmt: skip
_TOKENS = ("function handler(e){", "return e.request", "}", "var r=e.request;", "r.uri='/x'", ";", "(", ")", "[", "`", "'",
           "async ", "await ", "const ", "=>", "statusCode:302", "{", "throw 1", "import cf from 'cloudfront';", "/*", "//",
           "e.request.uri+='/index.html';", "e.request.querystring={a:{multiValue:[{value:1}]}};", "0/0", "\n", "\ud800",
           "e.request.headers={a:null};", "while(1)", "new Function('x')", "Symbol()", "1n", "\\u{110000}")  # fmt: skip


def code(pick):
    if pick.random() < 0.03:
        return pick.choice(_HOSTILE)
    if pick.random() < 0.4:
        body = "".join(pick.choice(_TOKENS[3:]) for _ in range(pick.randrange(4)))
        return f"function handler(e){{{body};return e.request}}"
    return "".join(pick.choice(_TOKENS) for _ in range(pick.randrange(20)))


# --- whole cases ----------------------------------------------------------------------------


def _places(value, path=()):
    if path:
        yield path
    inner = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, one in inner if len(path) < _DEPTH else ():
        yield from _places(one, (*path, key))


def _at(value, path):
    for step in path:
        value = value[step]
    return value


def damaged(pick):
    """A labelled case with some parts removed, replaced, repeated or taken from another case."""
    case = copy.deepcopy(pick.choice(CASES))
    for _ in range(pick.randint(1, 3)):
        path = pick.choice(list(_places(case)) or [("id",)])
        holder = _at(case, path[:-1])
        way = pick.random()
        if way < 0.25:
            del holder[path[-1]]
        elif way < 0.6:
            holder[path[-1]] = _like(holder[path[-1]], pick)
        elif way < 0.8:
            other = pick.choice(CASES)
            holder[path[-1]] = copy.deepcopy(_at(other, pick.choice(list(_places(other)))))
        elif isinstance(holder, list):
            holder.extend([holder[path[-1]]] * pick.choice((1, 3, 40)))
        elif isinstance(holder[path[-1]], str):
            holder[path[-1]] = _bent(holder[path[-1]], pick)
    return case


def _bent(text, pick):
    place = pick.randrange(len(text) + 1)
    return pick.choice((text[:place], text[place:], text.swapcase(), text * 3, text[:place] + pick.choice(_ODD_TEXTS)
                        + text[place:], text[::-1], text + "/"))  # fmt: skip


def with_url(pick):
    case = copy.deepcopy(pick.choice(CASES))
    case["request"] = {**case["request"], "Url": url(pick),
                       "Method": pick.choice(("GET", "HEAD", "PUT", "", "get", "\n"))}  # fmt: skip
    return case


def _as_text(document):
    try:
        return json.dumps(document)
    except RecursionError:
        return "[" * 5000


def with_policy(pick):
    case = copy.deepcopy(pick.choice(CASES))
    for bucket in case.get("buckets") or []:
        bucket["Policy"] = policy(pick) if pick.random() < 0.9 else _as_text(policy(pick))
    for key in case.get("kms_keys") or []:
        key["Policy"] = policy(pick)
    return case


def small(pick):
    """A world from nothing: every field may be anything, mostly of the right kind."""

    def maybe(value):
        return odd(pick) if pick.random() < 0.008 else value

    name, arn = pick.choice(("b", "acme-media-prod", "a.b")), "arn:aws:cloudfront::1:function/f"
    behaviors = [
        {"PathPattern": maybe(pick.choice(("*", "/a/*", "*.jpg", "?" * 50, "*a" * 60, ""))),
         "TargetOriginId": maybe(pick.choice(("o", "g", "none"))),
         "FunctionAssociations": maybe({"Items": [{"FunctionARN": arn, "EventType": pick.choice(("viewer-request", "viewer-response"))}]}),
         "ViewerProtocolPolicy": maybe(pick.choice(("allow-all", "https-only", "redirect-to-https")))}
        for _ in range(pick.choice((0, 1, 2, 8)))
    ]  # fmt: skip
    domain = pick.choice((f"{name}.s3.us-east-1.amazonaws.com", HOST, f"{name}.s3-website-us-east-1.amazonaws.com",
                          "s3.amazonaws.com", "origin.example", "cdn.example.com", "", "."))  # fmt: skip
    config = {
        "Origins": maybe({"Items": [{"Id": "o", "DomainName": maybe(domain), "OriginPath": maybe(pick.choice(("", "/a", "a/", "/%zz")))}]}),
        "OriginGroups": maybe({"Items": [{"Id": "g", "Members": {"Items": [{"OriginId": "g"}, {"OriginId": "o"}]},
                                         "FailoverCriteria": {"StatusCodes": {"Items": [403, "x", 404]}}}]}),
        "DefaultCacheBehavior": maybe({"TargetOriginId": pick.choice(("o", "g")), "ViewerProtocolPolicy": "allow-all"}),
        "CacheBehaviors": {"Items": behaviors}, "Aliases": maybe({"Items": ["cdn.example.com", "*.example.com"]}),
        "DefaultRootObject": maybe(pick.choice(("", "index.html", "/"))),
        "CustomErrorResponses": maybe({"Items": [{"ErrorCode": pick.choice((403, 404, 0)), "ResponsePagePath": maybe("/e.html"),
                                                 "ResponseCode": maybe("200")}]}),
    }  # fmt: skip
    return {
        "id": "fuzz", "now": _NOW, "account_id": "1",
        "request": {"Url": url(pick), "Method": "GET", "Headers": maybe({"Origin": "x", "Cookie": "a=b"})},
        "distributions": maybe([{"Id": "E", "ARN": maybe("arn:aws:cloudfront::1:distribution/E"), "DomainName": maybe(HOST),
                                 "DistributionConfig": config}]),
        "functions": maybe([{"Name": "f", "FunctionARN": arn, "Runtime": maybe(pick.choice(("cloudfront-js-1.0", "cloudfront-js-2.0"))),
                             "LiveCode": maybe(code(pick)), "DevelopmentCode": maybe(code(pick))}]),
        "buckets": maybe([{"Name": name, "Region": maybe("us-east-1"), "Policy": maybe(policy(pick)),
                           "Objects": [{"Key": maybe(pick.choice(("a", "a/u1.jpg", "e.html", "/", "é", "A/U1.JPG"))),
                                        "Size": maybe(1)} for _ in range(pick.randrange(5))]}]),
        "dns": maybe([{"name": "cdn.example.com", "target": pick.choice((HOST, "cdn.example.com", "x"))},
                      {"name": "x", "target": "cdn.example.com"}]),
        "db_record": maybe({"table": "users", "attributes": {"url": url(pick), "id": 1}}),
    }  # fmt: skip


KINDS = (damaged, damaged, damaged, with_url, with_url, with_policy, small, small)


def made(seed):
    """The case of this seed: a seed is all that is needed to see a fault again."""
    pick = random.Random(seed)
    return pick.choice(KINDS)(pick)


def outcome(case):
    """`report` or `refused`; anything else that happens is a fault of ours."""
    try:
        report = diagnose(case).report()
    except InvalidInput as error:
        if not (error.message.startswith("The case can't be read: ") and error.hint):
            raise AssertionError(f"an unclear refusal: {error.message!r}") from error
        return "refused"
    json.dumps(report, ensure_ascii=False).encode()
    return "report"


# --- extremes -------------------------------------------------------------------------------


def _crowd(count):
    case = copy.deepcopy(CASES[0])
    config = case["distributions"][0]["DistributionConfig"]
    one = config["DefaultCacheBehavior"]
    config["CacheBehaviors"] = {
        "Items": [{**one, "PathPattern": f"/{n}/*?*"} for n in range(count)]
    }
    return case


def _ring(length):
    """Distributions whose origins are each other, and a CNAME chain without end."""
    case, first = copy.deepcopy(CASES[0]), CASES[0]["distributions"][0]
    case["distributions"] = []
    for n in range(length):
        one = copy.deepcopy(first)
        one["Id"], one["DomainName"] = f"E{n}", f"d{n}.cloudfront.net"
        for origin in one["DistributionConfig"]["Origins"]["Items"]:
            origin["DomainName"] = f"d{(n + 1) % length}.cloudfront.net"
        case["distributions"].append(one)
    case["request"]["Url"] = "https://d0.cloudfront.net/a.jpg"
    case["dns"] = [
        {"name": f"n{n}.example", "target": f"n{(n + 1) % length}.example"} for n in range(length)
    ]
    return case


def _asked(text):
    case = copy.deepcopy(CASES[0])
    case["request"]["Url"] = text
    return case


def _bombs():
    case = copy.deepcopy(CASES[0])
    for bucket in case["buckets"]:
        bucket["Policy"] = {"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "*a" * 500,
                                           "Resource": "*a" * 5000 + "b"}] * 200}  # fmt: skip
    return case


def _nested(depth):
    case = copy.deepcopy(CASES[0])
    for field in ("db_record", "probe"):
        value = {}
        for _ in range(depth):
            value = {"a": [value]}
        case[field] = value
    return case


EXTREMES = {
    "10,000 behaviours": lambda: _crowd(10_000), "a ring of 1,000 distributions": lambda: _ring(1000),
    "a URL of a megabyte": lambda: _asked(f"https://{HOST}/" + "a/../" * 200_000),
    "a URL of escapes": lambda: _asked(f"https://{HOST}/" + "%25" * 300_000),
    "a URL of half characters": lambda: _asked("\ud800" * 1000), "wildcard bombs": _bombs,
    "JSON 100,000 deep": lambda: _nested(50_000), "JSON 300 deep": lambda: _nested(150),
    "a query of 100,000 parts": lambda: _asked(f"https://{HOST}/a?" + "a=1&" * 100_000),
}  # fmt: skip
