"""The audit answers as `diagnose` does: on made URLs, on odd ones, and whatever hypothesis finds."""

import copy
import random
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from worlds import (
    HOST,
    attached,
    behavior,
    bucket,
    case,
    custom,
    distribution,
    facts,
    function,
    lists,
    origin,
    policy,
    record,
    statement,
)

from core.diagnostics.audit import Audit, ListedIndexes, read_listings, with_listings
from core.diagnostics.audit_files import Skipped
from core.diagnostics.engine import diagnose
from core.errors import InvalidInput
from tests.effort import examples

MEDIA, SHOP = "acme-media-prod", "acme-shop"
OTHER = "d222222abcdef8.cloudfront.net"
ARN2 = "arn:aws:cloudfront::111122223333:distribution/E2SHOP"
REWRITE = "function handler(e){var r=e.request;r.uri=r.uri.replace('/old/','/avatars/');return r;}"
QUERY_CORS = {"ForwardedValues": {"QueryString": True, "Headers": {"Items": ["Origin"]}}}
KEYS = (
    *(f"avatars/u{i}.jpg" for i in range(40)),
    *(f"media/{i * 7919:012x}/thumbnail.webp" for i in range(40)),
    *(f"media/{i * 7919:012x}/IMG_{i:04d}.jpg" for i in range(40)),
    *(f"progress-photos/{i % 4}/photo-{i}.jpg" for i in range(40)),
    *(f"users/{i}/progress-photos/{i}.jpg" for i in range(8)),
    "avatars/avatars/twice.jpg", "photos/Zürich.jpg", "photos/Zu\u0308rich 2.jpg", "a b/c+d.png",
    "a//b.jpg", "/lead.jpg", "docs/index.html", "docs/a%20b.pdf", "Mixed/Case.JPG", "x&y.jpg",
    "q?v=1.jpg", "h#1.jpg", "tail ", "new\nline.jpg", "back\\slash.jpg", "secret/s1.jpg",
    "staging/avatars/u77.jpg", "u77.jpg", ".hidden/file.jpg", "originals/u99.jpg",
)  # fmt: skip


def rows(*, odd=True):
    found = [[MEDIA, key, "48213", "2026-11-01T09:00:00Z", "STANDARD"] for key in KEYS]
    found += [[SHOP, f"products/{i}.png", "9000", "", "STANDARD"] for i in range(30)]
    if odd:
        found += [
            [MEDIA, "avatars/empty.jpg", "0", "", "STANDARD"],
            [MEDIA, "avatars/cold.jpg", "100", "", "DEEP_ARCHIVE"],
            [MEDIA, "avatars/cool.jpg", "100", "", "GLACIER_IR"],
            [MEDIA, "avatars/huge.jpg", "99000000", "", ""],
            [MEDIA, "avatars/u1.jpg", "5", "", "STANDARD"],
        ]
    return found


def world(*, default=None, media_policy=None, **parts):
    """Two distributions, two listed buckets, one that is only listed, one that is never listed."""
    first = distribution(
        [origin(), origin("s3-avatars", MEDIA, OriginPath="/avatars"), origin("s3-shop", SHOP),
         origin("api", DomainName="api.example.com", **custom())],
        [behavior("/u/*", "s3-avatars"), behavior("/products/?.png", "s3-shop"),
         behavior("*.svg", "s3-shop"), behavior("secret/*", TrustedKeyGroups={"Enabled": True, "Items": ["kg"]}),
         behavior("/old/*", FunctionAssociations=attached("rewrite")), behavior("/api/*", "api"),
         behavior("/q/*", CachePolicyId="", **QUERY_CORS)],
        default,
        Aliases={"Items": ["cdn.acme.com", "*.img.acme.com"]},
        ViewerCertificate={"ACMCertificateArn": "arn:x", "Domains": ["*.acme.com", "*.img.acme.com"]},
    )  # fmt: skip
    second = distribution(
        [origin("s3-shop", SHOP)], Id="E2SHOP", ARN=ARN2, DomainName=OTHER, DefaultRootObject="docs/index.html",
        CustomErrorResponses={"Items": [
            {"ErrorCode": 403, "ResponsePagePath": "/products/1.png", "ResponseCode": "200"}]},
    )  # fmt: skip
    held = [bucket(MEDIA, Policy=media_policy or policy(statement(MEDIA))), bucket("acme-empty"),
            bucket(SHOP, Policy=policy(statement(SHOP, ARN2, Resource=f"arn:aws:s3:::{SHOP}/products/1*"),
                                       statement(SHOP, Sid="b", Resource=f"arn:aws:s3:::{SHOP}/products/?.png")))]  # fmt: skip
    return case(
        distributions=[first, second], buckets=held,
        functions=[function("rewrite", REWRITE)], **parts,
    )  # fmt: skip


WORLDS = {
    "plain": world(),
    "listable": world(media_policy=policy(statement(MEDIA), lists(MEDIA))),
    "narrow": world(media_policy=policy(
        statement(MEDIA, Resource=[f"arn:aws:s3:::{MEDIA}/avatars/*", f"arn:aws:s3:::{MEDIA}/*/thumbnail.webp"]),
        {"Sid": "No", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
         "Resource": f"arn:aws:s3:::{MEDIA}/avatars/u1*"})),
    "no right": world(media_policy=policy(statement(MEDIA, ARN2))),
    "recorded": world(db_record=record(avatar_key="avatars/u1.jpg", avatar_url="")),
    "told": world(db_record=facts(s3="503 slow down")),
    "cached": world(edge_cache=[{"Path": "/avatars/u2.jpg", "Status": 403, "Age": 1, "XCache": "Error"}]),
    "method": world(method="DELETE"),
    "cors": world(headers={"Origin": "https://app.acme.com"}),
    "lifecycle": world(default=behavior(TargetOriginId="s3-media", ViewerProtocolPolicy="https-only")),
}  # fmt: skip
WORLDS["lifecycle"]["buckets"][0]["Lifecycle"] = {
    "Rules": [
        {
            "ID": "gone",
            "Status": "Enabled",
            "Filter": {"Prefix": "media/"},
            "Expiration": {"Days": 1},
        }
    ]
}
WORLDS["firewall"] = copy.deepcopy(WORLDS["plain"])
WORLDS["firewall"]["distributions"][0]["DistributionConfig"]["WebACLId"] = "arn:acl"
WORLDS["group"] = copy.deepcopy(WORLDS["plain"])
WORLDS["group"]["distributions"][0]["DistributionConfig"] |= {
    "OriginGroups": {"Items": [{"Id": "s3-media", "Members": {"Items": [{"OriginId": "s3-avatars"}, {"OriginId": "s3-shop"}]},
                                "FailoverCriteria": {"StatusCodes": {"Items": [403]}}}]}
}  # fmt: skip
ODD = (
    "", " ", "null", "avatars/u1.jpg", "s3://acme-media-prod/avatars/u1.jpg", "ftp://x/y", "//cdn.acme.com/a",
    "https://", "https:///x", "http://", f"https://{HOST}", f"https://{HOST}/", f"https://{HOST}?a=1",
    f"https://{HOST.upper()}/avatars/u1.jpg", f"HTTPS://{HOST}/avatars/u1.jpg", f"http://{HOST}/avatars/u1.jpg",
    f"https://{HOST}:443/avatars/u1.jpg", f"https://{HOST}./avatars/u1.jpg", f"https://a@{HOST}/avatars/u1.jpg",
    f"https://{HOST}/avatars/u1.jpg#frag", f"https://{HOST}/avatars/u1.jpg?", f"https://{HOST}/avatars/u1.jpg?&&",
    f"https://{HOST}/avatars/u1.jpg?v=1&utm_source=x", f"https://{HOST}/q/u1.jpg?utm_source=x&ts=2",
    f"https://{HOST}/avatars/u1.jpg?versionId=abc", f"https://{HOST}/q/u1.jpg?VersionId=abc",
    f"https://{HOST}/avatars/u1.jpg?X-Amz-Signature=00&X-Amz-Date=1", f"https://{HOST}/q/u.jpg?x-amz-signature=00",
    f"https://{HOST}/avatars/u1.jpg?Expires=1&Signature=aa&Key-Pair-Id=K", f"https://{HOST}/secret/s1.jpg",
    f"https://{HOST}/secret/s1.jpg?Signature=x", f"https://{HOST}/%61vatars/u1.jpg", f"https://{HOST}/avatars/u%31.jpg",
    f"https://{HOST}/avatars%2Fu1.jpg", f"https://{HOST}/avatars/%75%31%2Ejpg", f"https://{HOST}/avatars/u1%252Ejpg",
    f"https://{HOST}//avatars/u1.jpg", f"https://{HOST}/avatars//u1.jpg", f"https://{HOST}/./avatars/u1.jpg",
    f"https://{HOST}/avatars/../avatars/u1.jpg", f"https://{HOST}/u/../avatars/u1.jpg", f"https://{HOST}/avatars/u1.jpg/",
    f"https://{HOST}/photos/Zürich.jpg", f"https://{HOST}/photos/Z%C3%BCrich.jpg", f"https://{HOST}/photos/Zu%CC%88rich.jpg",
    f"https://{HOST}/a b/c%2Bd.png", f"https://{HOST}/a+b/c%2Bd.png", f"https://{HOST}/a%20b/c+d.png", f"https://{HOST}/a//b.jpg",
    f"https://{HOST}//lead.jpg", f"https://{HOST}/lead.jpg", f"https://{HOST}/docs", f"https://{HOST}/docs/", f"https://{HOST}/docs/a%2520b.pdf",
    f"https://{HOST}/docs/a%20b.pdf", f"https://{HOST}/mixed/case.jpg", f"https://{HOST}/x&amp;y.jpg", f"https://{HOST}/q?v=1.jpg",
    f"https://{HOST}/h#1.jpg", f"https://{HOST}/tail%20", f"https://{HOST}/tail", f"https://{HOST}/new%0Aline.jpg",
    f"https://{HOST}/back%5Cslash.jpg", f"https://{HOST}/back/slash.jpg", f"https://{HOST}/avatars/cold.jpg",
    f"https://{HOST}/avatars/cool.jpg", f"https://{HOST}/avatars/empty.jpg", f"https://{HOST}/avatars/huge.jpg",
    f"https://{HOST}/avatars/COLD.jpg", f"https://{HOST}/u/u1.jpg", f"https://{HOST}/u/avatars/u1.jpg", f"https://{HOST}/u/u777.jpg",
    f"https://{HOST}/.hidden/file.jpg", f"https://{HOST}/old/u3.jpg", f"https://{HOST}/old/zz.jpg", f"https://{HOST}/api/x",
    f"https://{HOST}/products/5.png", f"https://{HOST}/products/15.png", f"https://{HOST}/x.svg", f"https://{HOST}/avatars/u1.jp",
    f"https://{HOST}/avatars/\u200bu1.jpg", f"https://{HOST}/avatars/u1.jpg\u200b", f"https://{HOST}/%ZZ/%", f"https://{HOST}/%FF.jpg",
    f"https://{HOST}/" + "a" * 9000, f"https://{HOST}/avatars/u1.jpg?" + "q=1&" * 3000, f"https://{OTHER}/", f"https://{OTHER}/products/1.png",
    f"https://{OTHER}/products/2.png", f"https://{OTHER}/nothing.png", "https://cdn.acme.com/avatars/u1.jpg", "https://x.img.acme.com/avatars/u1.jpg",
    "https://a.b.img.acme.com/avatars/u1.jpg", "https://other.example/avatars/u1.jpg", f"https://{MEDIA}.s3.us-east-1.amazonaws.com/avatars/u1.jpg",
    f"https://s3.us-east-1.amazonaws.com/{MEDIA}/avatars/u1.jpg", f"https://{HOST}/{MEDIA}/avatars/u1.jpg",
    f"https://{HOST}/https://{HOST}/avatars/u1.jpg", "javascript:alert(1)", "data:image/png;base64,AA==", "https://[::1]/x", "https://-/x",
)  # fmt: skip


class Both:
    """One snapshot twice: for the audit, and as `diagnose` takes it."""

    def __init__(self, config, listed):
        self.skipped, self.warnings = Skipped(), []
        listings = read_listings(iter(listed), self.skipped, self.warnings)
        snapshot = with_listings(config, listings)
        indexes = ListedIndexes(snapshot, listings)
        indexes.warm()
        self.audit = Audit(snapshot, indexes)
        self.whole = copy.deepcopy(config)
        for held in self.whole["buckets"]:
            found = [one for one in listed if one[0] == held["Name"]]
            if found:
                held["Objects"] = [as_object(*one[1:]) for one in found]

    def wanted(self, url):
        report = diagnose({**self.whole, "request": {**self.whole["request"], "Url": url}}).report()
        sure = [c for c in report["candidates"] if c["confidence"] in {"certain", "likely"}]
        first = report["candidates"][0] if report["candidates"] else None
        verdict, resolved = report["verdict"], report["resolved"]
        return (verdict["predicted_status"], verdict["primary_cause"], resolved["bucket"], resolved["key"],
                first["key"] if first in sure else None, verdict["confidence"])  # fmt: skip

    def check(self, url):
        wanted, got = self.wanted(url), tuple(self.audit.line(url))
        assert got == wanted, url
        return got


def as_object(key, size, modified, storage_class):
    found = {"Key": key, "Size": int(size), "StorageClass": storage_class or None}
    return {**found, "LastModified": modified} if modified else found


@pytest.mark.parametrize("name", WORLDS)
def test_odd_urls_get_the_answer_of_the_whole_engine(name):
    both = Both(WORLDS[name], rows())
    for url in (*ODD, *reversed(ODD)):  # the second time the shortcuts are known
        both.check(url)


def mistaken(key, chance):
    """A URL for a key, often with one of the mistakes that people make."""
    plain = chance.choice((HOST, OTHER, "cdn.acme.com"))
    path = key.replace("%", "%25").replace("?", "%3F").replace("#", "%23")
    made = chance.choice((
        path, path, path, path.upper(), path.lower(), path.replace("/", "//", 1), path + "?v=3", f"avatars/{path}",
        path.removeprefix("avatars/"), path.replace(".jpg", ".png"), path.replace("-", "%2D"), path.replace("/", "%2F", 1),
        path.replace("u", "uu", 1), path[:-1], path[::-1], f"u/{path}", f"{MEDIA}/{path}", path.replace("1", "2"),
        path.rpartition("/")[2], f"gone/{chance.randrange(99)}.jpg", path.replace(" ", "+"), path + "/", f"old/{path}",
        path.partition("/")[2], path.replace("media", "medai"), f"progress-photos/{path}", path.replace("webp", "jpg"),
    ))  # fmt: skip
    return f"{chance.choice(('https', 'https', 'http'))}://{plain}/{made}"


@pytest.mark.parametrize("name", ["plain", "narrow", "listable"])
def test_a_thousand_made_urls_get_the_answer_of_the_whole_engine(name):
    chance = random.Random(f"audit {name}")
    both = Both(WORLDS[name], rows())
    answers = Counter(both.check(mistaken(chance.choice(KEYS), chance))[1] for _ in range(1000))
    assert answers["none-ok"] > 50
    assert len(answers) > 12


HARD = st.text(alphabet=list("aAu1./%2Fb+ ?&=#-~é\u0308\\'$;:@"), max_size=24)


@settings(max_examples=examples(300), deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from((HOST, OTHER, "cdn.acme.com")),
    st.sampled_from(("", *KEYS)),
    HARD,
    st.booleans(),
)
def test_any_url_gets_the_answer_of_the_whole_engine(host, key, text, before):
    path = text + key if before else key + text
    PLAIN.check(f"https://{host}/{path}")


PLAIN = Both(WORLDS["plain"], rows())


def test_names_that_many_objects_share_are_found_alike_with_both_indexes():
    listed = [
        [MEDIA, f"media/{i:06x}{i % 3}/thumbnail.webp", "9", "", "STANDARD"] for i in range(400)
    ]
    listed += [[MEDIA, f"flat/photo-{i:05d}-front.jpg", "9", "", "STANDARD"] for i in range(400)]
    listed += [[MEDIA, f"flat/{i * 982451653:016x}.jpg", "9", "", "STANDARD"] for i in range(400)]
    both = Both(WORLDS["plain"], listed)
    tried = [f"/media/{listed[5][1][6:13]}/thumbnails.webp", "/media/zz/thumbnail.webp", f"/x/{listed[5][1]}",
             f"/{listed[7][1].upper()}", "/flat/photo-00007-fornt.jpg", "/flat/photo-99999-front.jpg"]  # fmt: skip
    swapped = listed[900][1]
    tried += [f"/{swapped[:12]}{swapped[13]}{swapped[12]}{swapped[14:]}", f"/{swapped[:-6]}.jpg"]
    causes = [both.check(f"https://{HOST}{path}")[1] for path in tried]
    assert "key-typo-near-miss" in causes


def test_a_bucket_that_is_only_listed_exists_and_is_otherwise_unread():
    config = case(buckets=[])
    listed = [[MEDIA, "avatars/u1.jpg", "9", "", "STANDARD"]]
    found = with_listings(config, read_listings(listed, Skipped(), []))
    assert [b.name for b in found.buckets] == [MEDIA]
    assert not found.buckets[0].read("policy")


def test_an_inventory_without_objects_is_refused():
    with pytest.raises(InvalidInput, match="no object"):
        with_listings(case(), {})


def test_rows_without_a_key_and_sizes_that_are_no_number_are_counted():
    both = Both(WORLDS["plain"], rows())
    assert both.warnings == ["1 objects are listed more than once; the last row counts"]
    skipped, warnings = Skipped(), []
    read_listings([[MEDIA, "", "1", "", ""], [MEDIA, "a", "big", "", ""]], skipped, warnings)
    assert skipped.report()["reasons"][0]["reason"] == "no bucket or key"
    assert warnings == ["1 objects have no size that is a number"]
