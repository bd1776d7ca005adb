"""`core audit` on made data: a million URLs against a million objects, one in twenty broken.

`python -m tests.bench.audit`; `--urls N --objects N` for other sizes, `--seed N`, `--sample N`.
"""

import argparse
import csv
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from core.diagnostics.engine import examine, parse_snapshot, resolved_of
from core.diagnostics.verdict import verdict_of
from core.diagnostics.visit import Indexes

BARS = {"seconds": 15, "peak_rss_mb": 1500}
ACCOUNT, CDN, SHOP = "111122223333", "d111111abcdef8.cloudfront.net", "img.shop.example"
OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
EXTENSIONS = ("jpg", "jpg", "jpg", "png", "webp")
HEADER = ["bucket", "key", "size", "last_modified", "storage_class"]


def bucket(name, *arns, resource="/*"):
    return {
        "Name": name, "Region": "us-east-1", "OwnerAccountId": ACCOUNT, "RequestPayer": "BucketOwner",
        "ObjectOwnership": "BucketOwnerEnforced", "Website": None, "Cors": None, "Lifecycle": None,
        "MultipartUploads": [],
        "PublicAccessBlock": dict.fromkeys(
            ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
        ),
        "Policy": {"Version": "2012-10-17", "Statement": [
            {"Sid": f"Read{i}", "Effect": "Allow", "Principal": {"Service": "cloudfront.amazonaws.com"},
             "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{name}{resource}",
             "Condition": {"StringEquals": {"AWS:SourceArn": arn}}} for i, arn in enumerate(arns)
        ]},
    }  # fmt: skip


def behavior(target, pattern=""):
    methods = {"Quantity": 2, "Items": ["HEAD", "GET"]}
    found = {"TargetOriginId": target, "ViewerProtocolPolicy": "redirect-to-https",
             "AllowedMethods": {**methods, "CachedMethods": methods}, "CachePolicyId": OPTIMIZED,
             "Compress": True}  # fmt: skip
    return {**found, "PathPattern": pattern} if pattern else found


def distribution(name, domain, origins, default, *behaviors, aliases=()):
    return {
        "Id": name, "ARN": arn(name), "Status": "Deployed", "DomainName": domain,
        "DistributionConfig": {
            "Aliases": {"Items": list(aliases)}, "DefaultRootObject": "", "Enabled": True,
            "Origins": {"Items": [
                {"Id": o, "DomainName": f"{held}.s3.us-east-1.amazonaws.com", "OriginPath": path,
                 "OriginAccessControlId": "E3OAC", "S3OriginConfig": {"OriginAccessIdentity": ""}}
                for o, held, path in origins
            ]},
            "DefaultCacheBehavior": behavior(default), "PriceClass": "PriceClass_All",
            "CacheBehaviors": {"Items": [behavior(o, p) for p, o in behaviors]}, "WebACLId": "",
        },
    }  # fmt: skip


def arn(name):
    return f"arn:aws:cloudfront::{ACCOUNT}:distribution/{name}"


def config():
    return {
        "id": "bench", "account_id": ACCOUNT, "now": "2026-11-20T12:00:00Z",
        "request": {"Method": "GET", "Url": "", "Viewer": {"Country": "DE", "Ip": "198.51.100.7"}},
        "distributions": [
            distribution(
                "E1MEDIA", CDN, [("media", "acme-media", ""), ("avatars", "acme-media", "/avatars")],
                "media", ("/u/*", "avatars"),
            ),
            distribution("E2SHOP", "d222222abcdef8.cloudfront.net", [("shop", "acme-shop", "")], "shop",
                         aliases=[SHOP]),
        ],
        "origin_access_controls": [{"Id": "E3OAC", "OriginAccessControlConfig": {
            "SigningBehavior": "always", "OriginAccessControlOriginType": "s3"}}],
        "buckets": [bucket("acme-media", arn("E1MEDIA")),
                    bucket("acme-shop", arn("E2SHOP"), resource="/products/*")],
        "functions": [], "key_groups": [], "public_keys": [], "web_acls": [], "edge_cache": [],
        "invalidations": [], "dns": [], "db_record": None, "kms_keys": [],
    }  # fmt: skip


def key_of(number, pick):
    """(bucket, key) in one of the layouts that real buckets have."""
    ending, kind = pick.choice(EXTENSIONS), number % 5
    if kind == 0:
        return "acme-media", f"media/{pick.getrandbits(96):024x}/IMG_{number % 10000:04d}.{ending}"
    if kind == 1:
        return "acme-media", f"media/{pick.getrandbits(96):024x}/thumbnail.webp"
    if kind == 2:
        return "acme-media", f"avatars/u/user-{number}.{ending}"
    if kind == 3:
        return "acme-media", f"progress-photos/{number // 40}/photo-{number % 200}.{ending}"
    return "acme-shop", f"products/{number % 300}/{pick.getrandbits(64):016x}-front.{ending}"


def url_of(place):
    name, key = place
    if name == "acme-shop":
        return f"https://{SHOP}/{key}"
    return f"https://{CDN}/{key.removeprefix('avatars/')}"


def broken(place, number, pick):
    """A URL of an object with one of the mistakes that people make."""
    url, key = url_of(place), place[1]
    host, path = url[8:].split("/", 1)
    stem, _, ending = path.rpartition(".")
    return pick.choice((
        f"https://{host}/{path[:3].upper()}{path[3:]}", f"https://{host}/{stem}.{'png' if ending == 'jpg' else 'jpg'}",
        f"https://{host}//{path}", f"https://{host}/{path.split('/')[0]}/{path}",
        f"https://{host}/{path.replace('-', '%252D')}", f"https://{host}/avatars/{path}",
        f"https://{host}/media/{pick.getrandbits(96):024x}/IMG_{number % 10000:04d}.jpg",
        f"https://{host}/progress-photos/{number % 20000}/photo-{pick.randrange(10**6)}.jpg",
        f"https://{host}/{place[0]}/{key}", f"https://{host}/gone/{number}.jpg", f"http://{host}/{path}",
        f"https://{host}/{path}x", f"https://old-{host}/{path}", "", key,
    ))  # fmt: skip


def make(folder, objects, urls, seed):
    pick = random.Random(seed)
    places = [key_of(number, pick) for number in range(objects)]
    with (folder / "objects.csv").open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(HEADER)
        out.writerows(
            (b, k, pick.randrange(20_000, 5_000_000), "2026-05-01T10:00:00Z", "STANDARD")
            for b, k in places
        )
    with (folder / "urls.csv").open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["id", "url"])
        for number in range(urls):
            place = places[pick.randrange(objects)]
            wrong = pick.random() < 0.05
            out.writerow((f"row-{number}", broken(place, number, pick) if wrong else url_of(place)))
    (folder / "config.json").write_text(json.dumps(config()))


def plain_snapshot(folder):
    """The snapshot as `diagnose` gets it: every object a row of its bucket."""
    shape = config()
    by_name = {b["Name"]: b for b in shape["buckets"]}
    with (folder / "objects.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            by_name[row["bucket"]].setdefault("Objects", []).append(
                {"Key": row["key"], "Size": int(row["size"]), "LastModified": row["last_modified"],
                 "StorageClass": row["storage_class"]}
            )  # fmt: skip
    return parse_snapshot(shape)


def share_equal(folder, sample, seed):
    """The share of a sample, half of it reported lines, that `diagnose` answers in the same way."""
    with (folder / "urls.csv").open(newline="") as file:
        urls = {row["id"]: row["url"] for row in csv.DictReader(file)}
    lines = [json.loads(line) for line in (folder / "report.jsonl").open()]
    reported = {line["id"]: line for line in lines}
    pick = random.Random(seed)
    chosen = pick.sample(sorted(urls), min(sample, len(urls)))
    chosen += pick.sample(sorted(reported), min(sample, len(reported)))
    snapshot, indexes = plain_snapshot(folder), Indexes()
    different = []
    for one in chosen:
        request = snapshot.request.replace(url=urls[one])
        case, found = examine(snapshot.replace(request=request), indexes)
        verdict, resolved = verdict_of(case, found, ()), resolved_of(case.journey)
        wanted = {"predicted_status": verdict.predicted_status, "primary_cause": verdict.primary_cause,
                  "bucket": resolved.bucket, "key": resolved.key,
                  "confidence": verdict.confidence.value}  # fmt: skip
        if case.best is not None and case.best.sure:
            wanted["candidate_key"] = case.best.key
        got = {k: v for k, v in reported.get(one, {}).items() if k not in {"id", "url"}}
        if got != (wanted if verdict.primary_cause != "none-ok" else {}):
            different.append((urls[one], wanted, got))
    for one in different[:5]:
        print(one, file=sys.stderr)
    return len(chosen), 1 - len(different) / len(chosen)


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--urls", type=int, default=1_000_000)
    options.add_argument("--objects", type=int, default=1_000_000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--sample", type=int, default=300)
    options.add_argument("--folder", type=Path, help="Keep the files here.")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-audit-") as made:
        folder = chosen.folder or Path(made)
        folder.mkdir(exist_ok=True)
        make(folder, chosen.objects, chosen.urls, chosen.seed)
        command = [sys.executable, "-m", "core", "audit", "--snapshot", "config.json", "--inventory",
                   "objects.csv", "--urls", "urls.csv", "-o", "report.jsonl"]  # fmt: skip
        root = Path(__file__).resolve().parents[2]
        begun = time.monotonic()
        done = subprocess.run(
            command, cwd=folder, env={"PYTHONPATH": str(root), "PATH": ""}, check=True,
            capture_output=True, text=True,
        )  # fmt: skip
        wall = time.monotonic() - begun
        summary = json.loads(done.stdout)
        largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 / 1e6
        compared, share = share_equal(folder, chosen.sample, chosen.seed)
    print(json.dumps({
        "bench": "audit", "urls": chosen.urls, "objects": chosen.objects, "seed": chosen.seed,
        "seconds": round(wall, 2), "peak_rss_mb": summary["peak_rss_mb"],
        "largest_process_mb": round(largest, 1), "compared": compared, "equal": share,
        "by_cause": summary["by_cause"], "bar": BARS,
    }))  # fmt: skip


if __name__ == "__main__":
    main()
