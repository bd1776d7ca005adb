"""Builds random worlds in the emulator, a few calls each, and asks its data plane as a viewer does.

The raw port is asked with a Host header: the site's own edge in front of it would answer from its cache.
"""

import hashlib
import html
import http.client
import json
import re
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from tests.diagnostics.differential.strategies import (
    ACCOUNT,
    ALWAYS,
    ARCHIVED,
    ARN,
    BUCKETS,
    FUNCTIONS,
    IDENTITY,
    KEYS,
    NEVER,
    SHUT,
    behavior_of,
    config_of,
    origin_of,
)

OPEN_BLOCK = dict.fromkeys(
    ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), False
)
IDENTITY_CODE = b"function handler(event) { return event.request; }"


@dataclass(frozen=True)
class Answer:
    """What a viewer got; `place` is the bucket and key that S3 named, in a body or in an error."""

    status: int
    by: str  # s3, cloudfront or function
    place: tuple[str, str] | None
    code: str = ""


class Laboratory:
    """Three buckets with the same keys, three functions and one distribution that is changed."""

    def __init__(self, emulator):
        root = emulator.root_clients()
        self._s3, self._cloudfront, self._port = root.s3, root.cloudfront, emulator.port
        self._held = {bucket: self._stock(bucket) for bucket in BUCKETS}
        self._places = {
            one["ETag"]: (b, one["Key"]) for b, held in self._held.items() for one in held
        }
        self._functions = {name: self._make_function(name) for name in FUNCTIONS}
        self._policies = dict.fromkeys(BUCKETS)
        self._names = {ALWAYS: self._control("always"), NEVER: self._control("never"), ARN: ""}
        self._distribution, self._etag = self._first_distribution()
        self._names[ARN] = self._distribution["ARN"]
        self._line = None

    @property
    def host(self):
        return self._distribution["DomainName"]

    # --- building -----------------------------------------------------------------------------

    def _stock(self, bucket):
        with suppress(self._s3.exceptions.BucketAlreadyOwnedByYou):
            self._s3.create_bucket(Bucket=bucket)
        block = {**OPEN_BLOCK, "RestrictPublicBuckets": bucket == SHUT}
        self._s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=block)
        return [self._put(bucket, key) for key in KEYS]

    def _put(self, bucket, key):
        """The body names its place, so that its ETag does too: also where there is no body."""
        body, kind = f"{bucket}\n{key}".encode(), "GLACIER" if key == ARCHIVED else "STANDARD"
        self._s3.put_object(Bucket=bucket, Key=key, Body=body, StorageClass=kind)
        tag = f'"{hashlib.md5(body).hexdigest()}"'
        return {"Key": key, "Size": len(body), "ETag": tag, "StorageClass": kind,
                "ContentType": "binary/octet-stream"}  # fmt: skip

    def _control(self, signing):
        config = {"Name": f"differential-{signing}", "SigningProtocol": "sigv4",
                  "SigningBehavior": signing, "OriginAccessControlOriginType": "s3"}  # fmt: skip
        made = self._cloudfront.create_origin_access_control(OriginAccessControlConfig=config)
        return made["OriginAccessControl"]["Id"]

    def _make_function(self, name):
        made = self._cloudfront.create_function(
            Name=name, FunctionConfig={"Comment": "", "Runtime": "cloudfront-js-2.0"},
            FunctionCode=IDENTITY_CODE,
        )  # fmt: skip
        self._cloudfront.publish_function(Name=name, IfMatch=made["ETag"])
        return (None, made["ETag"])

    def _first_distribution(self):
        plain = config_of([origin_of("o0", BUCKETS[0], "", "none")], behavior_of("o0"))
        made = self._cloudfront.create_distribution(DistributionConfig=self._filled(plain))
        return made["Distribution"], made["ETag"]

    def _filled(self, shape):
        text = json.dumps(shape)
        for name, value in self._names.items():
            text = text.replace(name, value).replace(name.upper(), value.upper())
        return json.loads(text)

    def build(self, world):
        """Make this world real; answers its snapshot in boto3's shapes."""
        for name, wanted in world.functions.items():
            self._set_function(name, wanted)
        for bucket, policy in world.policies.items():
            self._set_policy(bucket, self._filled(policy))
        made = self._cloudfront.update_distribution(
            Id=self._distribution["Id"], IfMatch=self._etag,
            DistributionConfig=self._filled(world.config),
        )  # fmt: skip
        self._distribution, self._etag = made["Distribution"], made["ETag"]
        return self._snapshot(world)

    def _set_function(self, name, wanted):
        now, etag = self._functions[name]
        if now == wanted:
            return
        runtime, code = wanted
        changed = self._cloudfront.update_function(
            Name=name, IfMatch=etag, FunctionConfig={"Comment": "", "Runtime": runtime},
            FunctionCode=code.encode(),
        )  # fmt: skip
        etag = changed["ResponseMetadata"]["HTTPHeaders"]["etag"]  # the model looks for "ETtag"
        self._cloudfront.publish_function(Name=name, IfMatch=etag)
        self._functions[name] = (wanted, etag)

    def _set_policy(self, bucket, policy):
        if policy == self._policies[bucket]:
            return
        if policy is None:
            self._s3.delete_bucket_policy(Bucket=bucket)
        else:
            self._s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))
        self._policies[bucket] = policy

    def _snapshot(self, world):
        return {
            "id": "differential", "account_id": ACCOUNT, "now": datetime.now(UTC).isoformat(),
            "request": {"Url": ""}, "distributions": [self._distribution],
            "account_public_access_block": OPEN_BLOCK,
            "origin_access_controls": [
                {"Id": self._names[name], "OriginAccessControlConfig": {
                    "SigningBehavior": signing, "OriginAccessControlOriginType": "s3"}}
                for name, signing in ((ALWAYS, "always"), (NEVER, "never"))],
            "origin_access_identities": [{"Id": IDENTITY, "S3CanonicalUserId": "c" * 64}],
            "functions": [
                {"Name": name, "FunctionARN": f"arn:aws:cloudfront::{ACCOUNT}:function/{name}",
                 "Runtime": runtime, "LiveCode": code, "DevelopmentCode": code}
                for name, (runtime, code) in world.functions.items()],
            "buckets": [self._bucket(bucket, world) for bucket in BUCKETS],
            "public_keys": [], "key_groups": [], "kms_keys": [], "cache_policies": [],
            "origin_request_policies": [], "web_acls": [], "edge_cache": [], "invalidations": [],
        }  # fmt: skip

    def _bucket(self, bucket, world):
        return {
            "Name": bucket, "Region": "us-east-1", "OwnerAccountId": ACCOUNT,
            "Policy": self._filled(world.policies[bucket]), "RequestPayer": "BucketOwner",
            "PublicAccessBlock": {**OPEN_BLOCK, "RestrictPublicBuckets": bucket == SHUT},
            "ObjectOwnership": "BucketOwnerEnforced", "Versioning": None, "Website": None,
            "Cors": None, "Lifecycle": None, "MultipartUploads": [], "Objects": self._held[bucket],
        }  # fmt: skip

    @contextmanager
    def stored_as(self, bucket, key, item):
        """The object with these encryption fields, as long as it takes."""
        if item:
            body = self._s3.get_object(Bucket=bucket, Key=key)["Body"].read()
            self._s3.put_object(Bucket=bucket, Key=key, Body=body, **item)
        yield
        if item:
            self._put(bucket, key)

    def close(self):
        if self._line is not None:
            self._line.close()

    # --- asking -------------------------------------------------------------------------------

    def ask(self, asked, host=None):
        path = re.sub(r"[^\x21-\x7e]", _escaped, asked.path)
        target = path + (f"?{asked.query}" if asked.query else "")
        headers = {"Host": host or self.host, "X-Forwarded-Proto": asked.scheme, **asked.headers}
        try:
            return self._asked(asked.method, target, headers)
        except ConnectionError:  # the server closed the idle connection: a viewer asks anew
            self.close()
            self._line = None
            return self._asked(asked.method, target, headers)

    def _asked(self, method, target, headers):
        line = self._line = self._line or http.client.HTTPConnection("127.0.0.1", self._port)
        line.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
        for name, value in headers.items():
            line.putheader(name, value)
        line.endheaders()
        answer = line.getresponse()
        return self._read(answer, answer.read())

    def _read(self, answer, body):
        status, cache = answer.status, answer.headers.get("x-cache", "")
        if cache.startswith("FunctionGenerated"):
            return Answer(status, "function", None)
        if b"<Error>" in body[:200] and b"cloudfront" not in body[:50]:
            _, bucket, *key = _told("Resource", body).split("/", 2)
            place = (bucket, key[0]) if key else None
            return Answer(status, "s3", place, _told("Code", body))
        if cache.startswith("Error"):
            return Answer(status, "cloudfront", None)
        return Answer(status, "s3", self._places.get(answer.headers.get("etag")))


def _told(element, document):
    """Not parsed as XML: a key's control characters make the error no document at all."""
    found = re.search(rf"<{element}>(.*?)</{element}>".encode(), document, re.DOTALL)
    return html.unescape(found[1].decode()) if found else "/"


def _escaped(found):
    return "".join(f"%{byte:02X}" for byte in found.group().encode())
