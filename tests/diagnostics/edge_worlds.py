"""Parts of small worlds around the edge: aliases, firewalls, functions, CORS, answers."""

from __future__ import annotations

from scenarios import ACM, CORS_S3, ORIGIN, dist, one_bucket
from worlds import (
    behavior,
)

ALIAS = {"Aliases": {"Quantity": 1, "Items": ["cdn.acme.com"]}, "ViewerCertificate": ACM}
CDN = "https://cdn.acme.com/avatars/u1.jpg"
WEB_ACL = "arn:aws:wafv2:us-east-1:111122223333:global/webacl/media/a1"


def dns(target, **more):
    return [{"Name": "cdn.acme.com.", "Type": "CNAME", "Target": target, **more}]


def firewall(action):
    rule = {"Name": "ips", "Priority": 0, "Action": action,
            "Statement": {"IPSet": ["198.51.100.0/24"]}}  # fmt: skip
    return {"distributions": dist(WebACLId=WEB_ACL), "web_acls": [
        {"ARN": WEB_ACL, "DefaultAction": {"Allow": {}}, "Rules": [rule]}]}  # fmt: skip


def edge_code(**more):
    return {"distributions": dist(default=behavior(**more))}


LAMBDA = {"LambdaFunctionAssociations": {"Quantity": 1, "Items": [
    {"LambdaFunctionARN": "arn:aws:lambda:us-east-1:1:function:f:1",
     "EventType": "viewer-request"}]}}  # fmt: skip


def response_policy(*origins, override=True):
    return {"response_headers_policies": [{"ResponseHeadersPolicy": {
        "Id": "rhp", "ResponseHeadersPolicyConfig": {"Name": "c", "CorsConfig": {
            "AccessControlAllowOrigins": {"Quantity": len(origins), "Items": list(origins)},
            "OriginOverride": override}}}}],
        "distributions": dist(default=behavior(ResponseHeadersPolicyId="rhp"))}  # fmt: skip


ALLOWED = [{"AllowedOrigins": ["https://app.acme.com", "https://www.acme.com"],
            "AllowedMethods": ["GET"], "AllowedHeaders": ["content-type", "x-amz-*"]}]  # fmt: skip
FORWARDED = dist(default=behavior(
    OriginRequestPolicyId=CORS_S3, AllowedMethods={"Quantity": 3, "Items": [
        "GET", "HEAD", "OPTIONS"]}))  # fmt: skip


def preflight(asked):
    return {"method": "OPTIONS", "distributions": FORWARDED, "buckets": one_bucket(Cors=ALLOWED),
            "headers": {**ORIGIN, "Access-Control-Request-Method": "GET",
                        "Access-Control-Request-Headers": asked}}  # fmt: skip


def shown(status=200, **more):
    return [{"Path": "/avatars/u1.jpg", "Status": status, "Age": 5400, "ETag": '"old"',
             "XCache": "Hit from cloudfront", **more}]  # fmt: skip
