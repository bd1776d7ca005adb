"""For each mistake that configuration can show: an account with it, and the same one without."""

from worlds import (
    HOST,
    attached,
    behavior,
    bucket,
    case,
    custom,
    distribution,
    origin,
    policy,
    statement,
    thing,
)

B = "acme-media-prod"
CDN = f"https://{HOST}"
PRESIGNED = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=ab12"


def quiet(**config):
    """A distribution that compresses nothing, so that only the mistake in question speaks."""
    origins = config.pop("origins", [origin()])
    default = config.pop("default", behavior(target=origins[0]["Id"], Compress=False))
    return distribution(origins, default=default, **config)


def account(*held, url="", path="", **parts):
    """A private bucket behind one distribution, read to its end."""
    given = {"distributions": [quiet()], **parts}
    asked = url or (f"{CDN}{path}" if path else "")
    return case(held=held or ("avatars/u1.jpg",), url=asked, **given)


def holding(*held, **changes):
    return {"buckets": [bucket(B, *held, **{"Notifications": {}, **changes})]}


def row(pk="USER#5e1f7a", **attributes):
    return {"table": "app", "pk": pk, "attributes": attributes}


def nested(**changes):
    return [quiet(origins=[origin(OriginPath="/avatars", **changes)])]


def served_under(pattern, **changes):
    dead_end = origin("elsewhere", **custom()) | {"DomainName": "app.example.com"}
    return [
        distribution(
            [origin(), dead_end],
            [behavior(pattern, Compress=False, **changes)],
            default=behavior(target="elsewhere", Compress=False),
        )
    ]


def event(*rules):
    filters = {"Filter": {"Key": {"FilterRules": list(rules)}}} if rules else {}
    arn = "arn:aws:lambda:us-east-1:111122223333:function:make-thumbnail"
    rows = [{"LambdaFunctionArn": arn, "Events": ["s3:ObjectCreated:*"], **filters}]
    return {"LambdaFunctionConfigurations": rows}


def identity(effect="Allow", action="s3:GetObject", resource=f"arn:aws:s3:::{B}/avatars/*"):
    held = {"Effect": effect, "Action": action, "Resource": resource}
    return [{"PolicyName": "app", "Holder": "role app", "PolicyDocument": policy(held)}]


PUBLIC = statement(B, Sid="Everybody", Principal="*", Condition={})
OPEN = dict.fromkeys(
    ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), False
)
LAMBDA = "abc123.lambda-url.us-east-1.on.aws"
FUNCTION_ORIGIN = [quiet(origins=[origin("api", **custom()) | {"DomainName": LAMBDA}])]
OAI = {"S3OriginConfig": {"OriginAccessIdentity": "origin-access-identity/cloudfront/E2OAI77"},
       "OriginAccessControlId": ""}  # fmt: skip
BIG, SMALL = 5_000_000, 9_000
ERROR_PAGE = {"Quantity": 1, "Items": [{"ErrorCode": 404, "ResponsePagePath": "/sorry.html",
                                        "ResponseCode": "404"}]}  # fmt: skip


def error_pages(*codes):
    items = [{**ERROR_PAGE["Items"][0], "ErrorCode": code} for code in codes]
    return [quiet(CustomErrorResponses={"Quantity": len(items), "Items": items})]


def tier(size, n):
    return [
        thing(f"p/{size}-{i}.jpg", Size=size, StorageClass="INTELLIGENT_TIERING") for i in range(n)
    ]


def versions(cache, *etags):
    return [
        thing("avatars/u1.jpg", ETag=etag, IsLatest=at == 0, VersionId=f"v{at}", CacheControl=cache)
        for at, etag in enumerate(etags)
    ]


INVALIDATED = [{"Id": "I1", "Status": "Completed", "CreateTime": "2026-11-20T11:00:00Z",
                "Paths": {"Quantity": 1, "Items": ["/avatars/*"]}}]  # fmt: skip
LIFECYCLE = [{"ID": "tier", "Status": "Enabled", "Filter": {"Prefix": ""},
              "Transitions": [{"Days": 0, "StorageClass": "INTELLIGENT_TIERING"}]}]  # fmt: skip
SIZED = [{**LIFECYCLE[0], "Filter": {"ObjectSizeGreaterThan": 131072}}]

WRONG = {
    "X1 a URL with the folder of the origin path": account(
        "avatars/u1.jpg", path="/avatars/u1.jpg", distributions=nested()),
    "X1 a stored URL with the folder of the origin path": account(
        "avatars/u1.jpg", distributions=nested(),
        db_record=row(avatarUrl=f"{CDN}/avatars/u1.jpg")),
    "X1 a behaviour whose pattern repeats the origin path": account(
        "avatars/u1.jpg", distributions=[quiet(
            origins=[origin(OriginPath="/avatars")],
            behaviors=[behavior("/avatars/*", Compress=False)])]),
    "X5 every action": account(iam_policies=identity(action="s3:*", resource="*")),
    "X5 one action in every bucket": account(iam_policies=identity(action="s3:PutObject", resource="*")),
    "X5 full access attached": account(
        iam_policies=[{"PolicyName": "AmazonS3FullAccess", "Holder": "user app"}]),
    "X5 an access key": account(access_keys=[
        {"UserName": "app", "AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "Status": "Active",
         "CreateDate": "2024-02-01T00:00:00Z"}]),
    "X6 an origin path is served, the policy says everything": account(distributions=nested()),
    "X6 one behaviour is served, the policy says everything": account(
        distributions=served_under("/avatars/*")),
    "X7 pictures are compressed": account(distributions=[distribution()]),
    "X9 a stored CDN address": account(db_record=row(avatarUrl=f"{CDN}/avatars/u1.jpg")),
    "X9 in one of many rows": account(db_records=[row(avatarUrl=f"{CDN}/avatars/u1.jpg")]),
    "X10 an S3 signature on the CDN": account(path=f"/avatars/u1.jpg?{PRESIGNED}"),
    "X11 an event of every key": account(**holding("photos/a.jpg", Notifications=event())),
    "X11 an event of every key, results beside": account(
        **holding("photos/a.jpg", "thumbs/a.jpg", Notifications=event())),
    "X12 small objects in tiers": account(**holding(*tier(SMALL, 6), *tier(BIG, 2))),
    "X12 small objects on the way to tiers": account(
        **holding(*(thing(f"t/{i}.jpg", Size=SMALL) for i in range(4)), Lifecycle=LIFECYCLE)),
    "X14 an error page that never shows": account(distributions=error_pages(404)),
    "X15 an invalidation of a refused path": account(
        path="/avatars/u1.jpg", invalidations=INVALIDATED, **holding("avatars/u1.jpg", Policy=None)),
    "X16 an identity": account(distributions=[quiet(origins=[origin(**OAI)])]),
    "X17 a function that everybody can call": account(distributions=FUNCTION_ORIGIN, lambda_urls=[
        {"FunctionUrl": f"https://{LAMBDA}/", "AuthType": "NONE", "FunctionName": "users"}]),
    "X19 a public policy that is blocked": account(**holding("a/b.jpg", Policy=policy(PUBLIC))),
    "X19 a public policy that the account blocks": account(
        **holding("a/b.jpg", Policy=policy(PUBLIC), PublicAccessBlock=OPEN),
        account_public_access_block={"RestrictPublicBuckets": True}),
    "X20 a stored S3 address": account(
        db_record=row(avatarUrl=f"https://{B}.s3.us-east-1.amazonaws.com/avatars/u1.jpg")),
    "X20 a stored website address": account(
        db_record=row(avatarUrl=f"http://{B}.s3-website-us-east-1.amazonaws.com/avatars/u1.jpg")),
    "X20 a stored placeholder": account(
        db_record=row(avatarUrl="https://your-bucket.s3.region.amazonaws.com/avatars/u1.jpg")),
    "X21 some keys without extension": account("avatars/u1.jpg", "avatars/u2"),
    "X22 a key that names nobody": account(db_record=row(photoKey="photos/7c1d.jpg")),
    "X23 two layouts": account(
        "users/9f31/progress-photos/a1.jpg", "users/77ab/progress-photos/b2.jpg",
        "progress-photos/c3.jpg"),
    "X25 an address in the key": account("users/ann@example.com/a.jpg"),
    "X25 a plus sign": account("photos/a+b.jpg"),
    "X27 a record of another form": account(
        "users/u1/uuid-1234-report.pdf", db_record=row(s3_key="users/u1/uuid-1234-5678-report.pdf")),
    "X29 longer than a week": account(
        url=f"https://{B}.s3.us-east-1.amazonaws.com/a.jpg?{PRESIGNED}&X-Amz-Expires=864000"),
    "X29 longer than the credentials live": account(
        url=f"https://{B}.s3.us-east-1.amazonaws.com/a.jpg?{PRESIGNED}&X-Amz-Expires=172800"
            "&X-Amz-Security-Token=tok"),
    "X31 a signature that nobody checks": account(
        path="/avatars/u1.jpg?Signature=abc&Key-Pair-Id=K1&Expires=1800000000"),
    "X32 exchanged under the same key": account(
        **holding(*versions("public, max-age=31536000", '"b"', '"a"'))),
}  # fmt: skip

RIGHT = {
    "X1 the folder is in the origin path only": account(
        "avatars/u1.jpg", path="/u1.jpg", distributions=nested()),
    "X1 the object really is at the doubled key": account(
        "avatars/avatars/u1.jpg", path="/avatars/u1.jpg", distributions=nested()),
    "X1 a function takes the folder away": account(
        "avatars/u1.jpg", distributions=[quiet(
            origins=[origin(OriginPath="/avatars")], behaviors=[behavior(
                "/avatars/*", Compress=False, FunctionAssociations=attached("strip"))])]),
    "X1 neither key exists": account("other/u9.jpg", path="/avatars/u1.jpg", distributions=nested()),
    "X5 three actions on one prefix": account(
        iam_policies=identity(action=["s3:PutObject", "s3:GetObject", "s3:DeleteObject"])),
    "X5 listing has no narrower resource": account(
        iam_policies=identity(action="cloudfront:ListDistributions", resource="*")),
    "X5 everything is denied": account(iam_policies=identity("Deny", "s3:*", "*")),
    "X5 a key that was switched off": account(
        access_keys=[{"UserName": "app", "AccessKeyId": "AKIA1", "Status": "Inactive"}]),
    "X6 the whole bucket is served": account(),
    "X6 the policy names the folder": account(distributions=nested(), **holding(
        "avatars/u1.jpg", Policy=policy(statement(B, Resource=f"arn:aws:s3:::{B}/avatars/*")))),
    "X6 a function may ask for anything": account(distributions=served_under(
        "/avatars/*", FunctionAssociations=attached("rewrite"))),
    "X7 text is compressed": account(distributions=[distribution()], **holding(
        "app/a.css", "app/a.jpg") | holding(thing("app/a.css", ContentType="text/css"), "app/a.jpg")),
    "X9 a stored key": account(
        "avatars/5e1f7a.jpg", db_record=row(avatarKey="avatars/5e1f7a.jpg")),
    "X10 an S3 signature on S3": account(
        url=f"https://{B}.s3.us-east-1.amazonaws.com/a.jpg?{PRESIGNED}&X-Amz-Expires=900"),
    "X11 an event of one folder": account(**holding(
        "photos/a.jpg", "thumbs/a.jpg", Notifications=event({"Name": "prefix", "Value": "photos/"}))),
    "X11 nobody is told": account(**holding("photos/a.jpg")),
    "X12 large objects in tiers": account(**holding(*tier(BIG, 6), *tier(SMALL, 1))),
    "X12 only large ones are moved": account(
        **holding(*(thing(f"t/{i}.jpg", Size=SMALL) for i in range(4)), Lifecycle=SIZED)),
    "X14 an error page for both": account(distributions=error_pages(403, 404)),
    "X14 the bucket may be listed": account(distributions=error_pages(404), **holding(
        "a/b.jpg", Policy=policy(statement(B), statement(
            B, Action="s3:ListBucket", Resource=f"arn:aws:s3:::{B}")))),
    "X15 the path is served": account(path="/avatars/u1.jpg", invalidations=INVALIDATED),
    "X15 another path was invalidated": account(
        path="/other/u1.jpg", invalidations=INVALIDATED, **holding("other/u1.jpg", Policy=None)),
    "X17 signed by CloudFront": account(distributions=FUNCTION_ORIGIN, lambda_urls=[
        {"FunctionUrl": f"https://{LAMBDA}/", "AuthType": "AWS_IAM", "FunctionName": "users"}]),
    "X19 a public policy where nothing is blocked": account(
        **holding("a/b.jpg", Policy=policy(PUBLIC), PublicAccessBlock=OPEN)),
    "X20 the address was only asked for": account(
        url=f"https://{B}.s3.us-east-1.amazonaws.com/avatars/u1.jpg"),
    "X21 folders of another kind": account("avatars/u1.jpg", "manifests/latest"),
    "X22 the key names its owner": account(db_record=row(photoKey="photos/5e1f7a/7c1d.jpg")),
    "X22 the row is not a person's": account(db_record=row("FILE#77aa11", photoKey="photos/7c1d.jpg")),
    "X23 renditions in folders of their own": account(
        "thumbs/avatars/a.jpg", "avatars/a.jpg", "avatars/small/a.jpg"),
    "X25 opaque ids": account("users/5e1f7a/a.jpg"),
    "X27 the record is right": account(
        "users/u1/uuid-1234-report.pdf", db_record=row("FILE#1", s3_key="users/u1/uuid-1234-report.pdf")),
    "X27 another file of the same folder": account(
        "users/u1/uuid-9012-summary.xlsx", db_record=row("FILE#1", s3_key="users/u1/uuid-1234-report.pdf")),
    "X29 an hour by temporary credentials": account(
        url=f"https://{B}.s3.us-east-1.amazonaws.com/a.jpg?{PRESIGNED}&X-Amz-Expires=3600"
            "&X-Amz-Security-Token=tok"),
    "X31 a key group checks": account(
        path="/avatars/u1.jpg?Signature=abc&Key-Pair-Id=K1&Expires=1800000000",
        distributions=[quiet(default=behavior(Compress=False, TrustedKeyGroups={
            "Enabled": True, "Quantity": 1, "Items": ["KG1"]}))]),
    "X32 exchanged, but kept for minutes": account(
        **holding(*versions("public, max-age=300", '"b"', '"a"'))),
    "X32 uploaded twice with the same content": account(
        **holding(*versions("public, max-age=31536000", '"a"', '"a"'))),
}  # fmt: skip

UNREAD = {
    "X1 the listing has no end": account(
        "a/b.jpg", path="/avatars/u1.jpg", distributions=nested(),
        buckets=[bucket(B, "a/b.jpg", listing_complete=False)]),
    "X11 the events": account(),
    "X14 the policy": account(distributions=error_pages(404), buckets=[{"Name": B}]),
    "X17 the function URL": account(distributions=FUNCTION_ORIGIN),
    "X19 the block": account(
        buckets=[{"Name": B, "Policy": policy(PUBLIC)}], account_public_access_block=None),
    "X27 the rest of the listing": account(
        db_record=row(s3_key="users/u1/uuid-1234-5678-report.pdf"),
        buckets=[bucket(B, "users/u1/uuid-1234-report.pdf", listing_complete=False)]),
    "X32 how long it is kept": account(**holding(*(
        {k: v for k, v in item.items() if k != "CacheControl"} for item in versions("", '"b"', '"a"')))),
}  # fmt: skip
