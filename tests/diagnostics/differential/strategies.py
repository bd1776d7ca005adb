"""Random worlds of one distribution and three buckets, and random requests for them. Shrinkable.

Plain data in boto3's shapes. What only a deployment knows stands as a placeholder: ARN, ALWAYS, NEVER.
"""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from hypothesis import strategies as st

from tests.diagnostics.differential.edge_code import REQUEST_CODE, RESPONSE_CODE

ARN, ALWAYS, NEVER = "@arn@", "@always@", "@never@"
ACCOUNT = "000000000000"
IDENTITY = "E2DIFFERENTIAL"
OAI_ARN = "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity "
OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
MISSING_BUCKET, SHUT = "differential-nowhere", "differential-shut"  # SHUT restricts public policies
BUCKETS = ("differential-media", "differential-other", SHUT)
FUNCTIONS = ("differential-one", "differential-two", "differential-three")
ARCHIVED = "archive/old.jpg"
KEYS = (
    "index.html", "img/a.txt", "img/A.txt", "img/b c.txt", "img/a+b.txt", "img/50%.txt",
    "img/a%20b.txt", "img/a.jpg", "avatars/u1.jpg", "avatars/avatars/u1.jpg", "avatars/Ü.jpg",
    "caf\u00e9.txt", "cafe\u0301.txt", "users/u1/progress-photos/2026.jpg", "u1/2026.jpg",
    "progress-photos/2026.jpg", "e/403.html", "e/404.html", "dir/", "dir/index.html", "a//b.txt",
    "~t(1)!'.txt", "q&a=1;x.txt", "x:y@z$.txt", "写真/日本.jpg", "a?b#c.txt", "v1/img/a.txt", ARCHIVED,
)  # fmt: skip


@dataclass(frozen=True)
class World:
    config: dict[str, Any]
    policies: dict[str, Any]
    functions: dict[str, tuple[str, str]]  # runtime and code, by name


@dataclass(frozen=True)
class Asked:
    path: str
    method: str = "GET"
    scheme: str = "https"
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def url(self, host):
        return f"{self.scheme}://{host}{self.path}" + (f"?{self.query}" if self.query else "")


def rarely(strategy, otherwise):
    """`otherwise` three times out of four; it is also what a failure shrinks to."""
    return st.integers(0, 3).flatmap(lambda n: strategy if n == 3 else st.just(otherwise))


# --- the distribution -----------------------------------------------------------------------

ORIGIN_PATHS = ("", "", "/avatars", "/users/u1", "/dir", "/v1", "/caf%C3%A9")


def origin_of(name, bucket, path, access):
    return {
        "Id": name, "DomainName": f"{bucket}.s3.us-east-1.amazonaws.com", "OriginPath": path,
        "OriginAccessControlId": access if access.startswith("@") else "",
        "CustomHeaders": {"Quantity": 0},
        "S3OriginConfig": {"OriginAccessIdentity":
                           f"origin-access-identity/cloudfront/{IDENTITY}" if access == "oai" else ""},
    }  # fmt: skip


@st.composite
def origins(draw):
    made = []
    for number in range(draw(st.integers(1, 3))):
        bucket = draw(st.sampled_from((*BUCKETS * 3, MISSING_BUCKET)))
        access = draw(st.sampled_from((ALWAYS, ALWAYS, ALWAYS, "oai", "oai", "none", NEVER)))
        made.append(origin_of(f"o{number}", bucket, draw(st.sampled_from(ORIGIN_PATHS)), access))
    return made


PATTERNS = st.one_of(
    st.sampled_from(
        ("/img/*", "img/*", "avatars/*", "*.jpg", "/Img/*", "*", "/img/?.txt", "*/progress-photos/*",
         "/users/*/2026.jpg", "/e/40?.html", "/*/*", "/dir/", "/dir/*", "/old/*", "*a*", "/img/a.txt",
         "/?mg/*", "*.txt", "/caf*", "/~*", "/img/a+*", "/x:y@z$.*", "/q&a=*")
    ),
    st.text("/aimgvux*?.-_", min_size=1, max_size=7),
)  # fmt: skip
METHODS = (("GET", "HEAD"), ("GET", "HEAD", "OPTIONS"),
           ("GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"))  # fmt: skip


def items(*held):
    return {"Quantity": len(held), "Items": list(held)} if held else {"Quantity": 0}


def behavior_of(target, pattern="", *, protocol="allow-all", methods=METHODS[0], runs=()):
    found = {
        "TargetOriginId": target, "ViewerProtocolPolicy": protocol, "Compress": False,
        "AllowedMethods": {**items(*methods), "CachedMethods": items("GET", "HEAD")},
        "CachePolicyId": OPTIMIZED, "FunctionAssociations": items(*(
            {"FunctionARN": f"arn:aws:cloudfront::{ACCOUNT}:function/{name}", "EventType": event}
            for event, name in runs)),
    }  # fmt: skip
    return {**found, "PathPattern": pattern} if pattern else found


@st.composite
def behaviors(draw, targets, pattern):
    runs = []
    if draw(rarely(st.just(True), otherwise=False)):
        runs.append(("viewer-request", draw(st.sampled_from(FUNCTIONS[:2]))))
    if draw(rarely(rarely(st.just(True), otherwise=False), otherwise=False)):
        runs.append(("viewer-response", FUNCTIONS[2]))
    return behavior_of(
        draw(st.sampled_from(targets)), pattern,
        protocol=draw(rarely(st.sampled_from(("redirect-to-https", "https-only")), "allow-all")),
        methods=draw(st.sampled_from(METHODS)), runs=runs,
    )  # fmt: skip


PAGES = ("/e/403.html", "/e/404.html", "/missing.html", "/img/a.txt", "/caf%C3%A9.txt")


def error_of(code, page="", shown=""):
    told = {"ErrorCode": code, "ErrorCachingMinTTL": 10}
    return {**told, "ResponsePagePath": page, "ResponseCode": shown} if page else told


ERRORS = st.builds(
    error_of, st.sampled_from((403, 404)), st.sampled_from((*PAGES, "")),
    st.sampled_from(("200", "403", "404")),
)  # fmt: skip


def config_of(held, default, *ordered, root="", errors=(), **more):
    return {
        "CallerReference": "differential", "Comment": "", "Enabled": True, "DefaultRootObject": root,
        "Origins": items(*held), "DefaultCacheBehavior": default, "CacheBehaviors": items(*ordered),
        "CustomErrorResponses": items(*errors), **more,
    }  # fmt: skip


@st.composite
def configs(draw):
    held = draw(origins())
    targets = [o["Id"] for o in held]
    patterns = draw(st.lists(PATTERNS, max_size=4, unique_by=lambda p: p.removeprefix("/")))
    return config_of(
        held,
        draw(behaviors(targets, "")),
        *[draw(behaviors(targets, pattern)) for pattern in patterns],
        root=draw(st.sampled_from(("", "", "index.html", "dir/index.html", "missing.html"))),
        errors=draw(rarely(st.lists(ERRORS, max_size=2, unique_by=lambda e: e["ErrorCode"]), [])),
    )


# --- policies -------------------------------------------------------------------------------

SERVICE = {"Service": "cloudfront.amazonaws.com"}
PRINCIPALS = st.sampled_from(
    (SERVICE, SERVICE, SERVICE, "*", {"AWS": "*"}, {"AWS": OAI_ARN + IDENTITY},
     {"AWS": OAI_ARN + IDENTITY}, {"AWS": OAI_ARN + "E9OTHER"}, {"Service": "s3.amazonaws.com"},
     {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, {"CanonicalUser": "c" * 64},
     {"AWS": [OAI_ARN + "E9OTHER", OAI_ARN + IDENTITY]},
     {"Service": ["s3.amazonaws.com", "cloudfront.amazonaws.com"]},
     {**SERVICE, "AWS": OAI_ARN + IDENTITY})
)  # fmt: skip
ACTIONS = st.sampled_from(
    ("s3:GetObject", "s3:GetObject", "s3:GetObject", ["s3:GetObject", "s3:ListBucket"], "s3:*",
     "s3:Get*", "s3:getobject", "*", "s3:PutObject", "s3:GetObjec?", "s3:GetObjectVersion")
)  # fmt: skip
OTHER_ARN = f"arn:aws:cloudfront::{ACCOUNT}:distribution/E9OTHER"
EQUALS = ("StringEquals", "StringEqualsIgnoreCase", "StringLike", "ArnLike", "ArnEquals",
          "StringEqualsIfExists", "ForAnyValue:StringEquals", "ForAllValues:StringLike")  # fmt: skip
UNEQUAL = ("StringNotEquals", "StringNotLike", "ArnNotLike", "ArnNotEquals",
           "StringNotEqualsIfExists", "ForAllValues:StringNotEquals")  # fmt: skip


def lines(operators, key, *values):
    return st.builds(
        lambda o, v: {o: {key: v}}, st.sampled_from(operators), st.sampled_from(values)
    )


ARNS = (ARN, ARN, OTHER_ARN, [OTHER_ARN, ARN], f"arn:aws:cloudfront::{ACCOUNT}:distribution/*",
        "arn:aws:cloudfront::*:distribution/?????????????*", ARN.upper())  # fmt: skip
ABSENT = ("aws:SourceVpce", "aws:PrincipalOrgID", "aws:Referer", "aws:SourceVpc", "aws:userid")
CONDITIONS = st.one_of(
    lines((*EQUALS, *EQUALS, *UNEQUAL), "AWS:SourceArn", *ARNS),
    lines(EQUALS[:1], "aws:SourceArn", ARN),
    lines(("Bool", "StringEquals", "BoolIfExists"), "aws:SecureTransport", "true", "false"),
    lines(EQUALS[:3] + UNEQUAL[:2], "aws:SourceAccount", ACCOUNT, "111122223333"),
    lines(("DateLessThan", "DateGreaterThanEquals", "DateNotEquals"), "aws:CurrentTime",
          "2020-01-01T00:00:00Z", "2099-12-31T00:00:00Z"),
    lines(("NumericLessThan", "NumericGreaterThanEquals"), "aws:EpochTime", "1500000000", "4e9"),
    lines(("IpAddress", "NotIpAddress"), "aws:SourceIp", "203.0.113.0/24", "0.0.0.0/0",
          ["198.51.100.0/24", "2001:db8::/32"], "130.176.0.0/16"),
    st.one_of([lines((*EQUALS, *UNEQUAL), key, "x") for key in ABSENT]),
    lines(("Null",), "aws:SourceVpce", "true", "false"),
    lines(("Null",), "aws:SourceArn", "true", "false"),
    lines(("Bool",), "aws:PrincipalIsAWSService", "true", "false"),
    lines(EQUALS[:1], "aws:RequestedRegion", "us-east-1", "eu-west-1"),
    lines(EQUALS[:1], "aws:PrincipalAccount", ACCOUNT),
)  # fmt: skip


@st.composite
def statements(draw, bucket):
    arn = f"arn:aws:s3:::{bucket}"
    resource = draw(st.sampled_from(
        (f"{arn}/*", f"{arn}/*", f"{arn}/*", [arn, f"{arn}/*"], f"{arn}/img/*", f"{arn}/avatars/*",
         f"{arn}/*.jpg", f"{arn}/IMG/*", f"{arn}/im?/*", "*", arn, "arn:aws:s3:::another/*",
         f"{arn}/{KEYS[1]}", f"{arn}/*é*", [f"{arn}/e/*", f"{arn}/dir/*"])
    ))  # fmt: skip
    found = {
        "Sid": f"S{draw(st.integers(0, 9))}",
        "Effect": draw(st.sampled_from(("Allow", "Allow", "Allow", "Deny"))),
        draw(rarely(rarely(st.just("NotPrincipal"), "Principal"), "Principal")): draw(PRINCIPALS),
        draw(rarely(rarely(st.just("NotAction"), "Action"), "Action")): draw(ACTIONS),
        draw(rarely(rarely(st.just("NotResource"), "Resource"), "Resource")): resource,
    }  # fmt: skip
    conditions = draw(st.lists(CONDITIONS, max_size=2))
    if conditions:
        found["Condition"] = {k: v for one in conditions for k, v in one.items()}
    return found


def allow(bucket, principal=None, **changes):
    arn = f"arn:aws:s3:::{bucket}/*"
    plain = {"Sid": "Read", "Effect": "Allow", "Principal": principal or SERVICE,
             "Action": "s3:GetObject", "Resource": arn}  # fmt: skip
    return {**plain, **changes}


def usual(bucket):
    """What AWS documents for both kinds of access: a world is rarely broken everywhere."""
    return [
        allow(bucket, Condition={"StringEquals": {"AWS:SourceArn": ARN}}),
        allow(bucket, {"AWS": OAI_ARN + IDENTITY}, Sid="Identity"),
    ]


@st.composite
def policies(draw, bucket):
    held = draw(st.sampled_from((2, 2, 1, 0)).map(lambda n: usual(bucket)[:n]))
    held += draw(st.lists(statements(bucket), max_size=3 if not held else 2))
    return {"Version": "2012-10-17", "Statement": held} if held else None


@st.composite
def worlds(draw):
    return World(
        draw(configs()),
        {bucket: draw(policies(bucket)) for bucket in BUCKETS},
        {
            FUNCTIONS[0]: draw(REQUEST_CODE),
            FUNCTIONS[1]: draw(REQUEST_CODE),
            FUNCTIONS[2]: draw(RESPONSE_CODE),
        },
    )


# --- requests -------------------------------------------------------------------------------

_KEPT = "/-._~!$'()*,;=:@&+"  # what many clients leave alone in a path


def _spellings(path):
    """The ways in which people and programs get a key into a URL."""
    return (
        *[quote(path, safe="/-._~")] * 8, quote(path, safe=_KEPT),
        quote(path, safe="/-._~").replace("%20", "+"), quote(quote(path, safe="/"), safe="/"),
        path.replace("%", "%25").replace("?", "%3F").replace("#", "%23"),  # the client encodes the rest
        quote(path, safe="-._~"), quote(path, safe="/").swapcase(), path.replace("#", "").replace("?", ""),
        "".join(f"%{b:02x}" for b in path.encode()),
    )  # fmt: skip


@st.composite
def paths(draw):
    if draw(rarely(st.booleans(), otherwise=False)):
        alphabet = "aimg/vx.%2F0+~é?*- "
        return "/" + draw(st.text(alphabet, max_size=9)).replace("?", "%3F")
    path = draw(st.sampled_from(KEYS))
    for gone in ("avatars/", "users/u1/", "v1/", "dir/"):
        if path.startswith(gone) and draw(st.booleans()):
            path = path.removeprefix(gone)
    written = "/" + draw(st.sampled_from(_spellings(path)))
    return draw(st.sampled_from((
        *[written] * 9, written + "/", written.replace("/", "//", 1),
        "/x/.." + written, "/." + written, "/old" + written, "/avatars" + written, written + "x",
        written[:-1] or "/", "/", written.lower(), "//" + written,
    )))  # fmt: skip


QUERIES = st.sampled_from(
    ("", "", "", "v=1", "v=2", "token=x", "v=1&v=2", "a", "a=", "versionId=null", "response-content-type=x",
     "X-Amz-Date=1", "v=%41", "q=a+b")
)  # fmt: skip
REQUESTS = st.builds(
    Asked, paths(), rarely(st.sampled_from(("HEAD", "HEAD", "HEAD", "OPTIONS", "PUT", "DELETE")), "GET"),
    rarely(st.just("http"), "https"), QUERIES,
)  # fmt: skip
