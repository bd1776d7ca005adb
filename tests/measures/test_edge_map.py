"""A logged path leads to its bucket, its key and its TTL, or nobody says that it does."""

from datetime import UTC, datetime

import pytest

from core.measures.edge_map import EdgeMap
from core.model.caching import cache_control_of, told_seconds
from core.model.delivery import AccountSnapshot

NOW = datetime(2026, 11, 20, tzinfo=UTC)
OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"


def behavior(pattern="", origin="media", policy=OPTIMIZED, **more):
    return {"PathPattern": pattern, "TargetOriginId": origin, "CachePolicyId": policy} | more


def edge(*behaviors, policies=(), **config):
    origins = [
        {"Id": "media", "DomainName": "m.s3.eu-central-1.amazonaws.com", "OriginPath": ""},
        {"Id": "deep", "DomainName": "n.s3.amazonaws.com", "OriginPath": "/site"},
        {"Id": "api", "DomainName": "api.example.org"},
    ]
    shape = {
        "Id": "E1", "DistributionConfig": {
            "Origins": {"Items": origins}, "DefaultCacheBehavior": behavior(),
            "CacheBehaviors": {"Items": list(behaviors)}, **config,
        },
    }  # fmt: skip
    return EdgeMap(
        AccountSnapshot.model_validate(
            {"now": NOW, "request": {}, "distributions": [shape], "cache_policies": policies}
        )
    )


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/media/a%2520b.jpg", ("m", "media/a b.jpg")),
        ("/deep/x.png", ("n", "site/deep/x.png")),
        ("/", ("m", "index.html")),
        ("/api/x", None),
        ("/code/x", None),
        ("/late/x", ("m", "late/x")),
        ("/group/x", ("m", "group/x")),
    ],
)
def test_a_path_leads_through_its_behaviour_to_a_key(path, found):
    def runs(event):
        return {"FunctionAssociations": {"Items": [{"EventType": event, "FunctionARN": "f"}]}}

    made = edge(
        behavior("deep/*", "deep"), behavior("/api/*", "api"), behavior("code/*", **runs("viewer-request")),
        behavior("late/*", **runs("viewer-response")), behavior("group/*", "both"),
        DefaultRootObject="index.html",
        OriginGroups={"Items": [{"Id": "both", "Members": {"Items": [{"OriginId": "media"}, {"OriginId": "deep"}]}}]},
    )  # fmt: skip
    target = made.target(path)
    assert (target and (target.bucket, target.key)) == found


def test_a_root_without_a_root_object_is_no_key():
    assert edge().target("/") is None


@pytest.mark.parametrize(
    ("folder", "bucket"),
    [("/media/", "m"), ("/deep/", "n"), ("/mixed/", None), ("/", None), ("/api/", None), ("/run/", None)],
)  # fmt: skip
def test_a_folder_has_a_bucket_where_all_below_it_comes_from_one(folder, bucket):
    made = edge(
        behavior("deep/*", "deep"), behavior("mixed/*.jpg", "deep"), behavior("api/*", "api"),
        behavior("run/*", LambdaFunctionAssociations={"Items": [{"EventType": "origin-request"}]}),
    )  # fmt: skip
    assert made.bucket_below(folder) == bucket


@pytest.mark.parametrize(
    ("policy", "header", "seconds"),
    [
        (OPTIMIZED, "", 86_400),
        (OPTIMIZED, "public, max-age=600", 600),
        (OPTIMIZED, "max-age=600, s-maxage=900", 900),
        (OPTIMIZED, "no-store", 1),
        (OPTIMIZED, None, None),
        (DISABLED, "max-age=600", 0),
        ("own", "max-age=99999", 3600),
        ("own", "max-age=0", 60),
        ("unread", "max-age=600", None),
    ],
)
def test_the_ttl_is_what_the_object_says_within_the_limits_of_the_policy(policy, header, seconds):
    own = {"Id": "own", "CachePolicyConfig": {"Name": "o", "MinTTL": 60, "DefaultTTL": 60, "MaxTTL": 3600}}  # fmt: skip
    made = edge(behavior("media/*", policy=policy, OriginRequestPolicyId="x"), policies=[own])
    assert made.seconds("/media/a.jpg", header) == seconds


def test_a_header_that_says_nothing_and_an_expires_are_two_things():
    assert told_seconds("public") is None
    assert cache_control_of({}) == ""
    assert cache_control_of(None) is None
    assert cache_control_of({"Expires": "Thu"}) is None
    assert cache_control_of({"Expires": "Thu", "CacheControl": "max-age=1"}) == "max-age=1"
